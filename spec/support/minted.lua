--- Judging what secsock.mint has made.
local assert = require "luassert"
local secsock = require "secsock"

local minted = {}

--- What a validation says, as words with spaces between them, and the reasons.
function minted.problems(options)
  local verdict, _, details = secsock.validate(options)
  assert.is_truthy(verdict, tostring(details))
  return table.concat(verdict:problems(), " "), verdict:explain()
end

function minted.assert_right(options)
  local found, why = minted.problems(options)
  assert.equal("", found, why)
end

--- That a case of mint.case() has its problem, and no other.
function minted.assert_case(case)
  local found, why = minted.problems(case.options)
  assert.equal(case.problem, found, case.word .. ": " .. why)
end

function minted.hex(bytes)
  return (bytes:gsub(".", function(octet) return ("%02x"):format(octet:byte()) end))
end

return minted
