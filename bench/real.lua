--- Chains of real servers, each with its name and a time at which it was valid, where a corpus of
-- x509-limbo's format has them (its cases "online"): real.lua FOLDER CORPUS
local corpus = require "spec.support.limbo.corpus"
local unpem = require "secsock.mint.unpem"

local folder, path = arg[1], assert(arg[2], "usage: real.lua FOLDER CORPUS")
local MOST = 64 -- judging.c has places for so many

local function write(name, ders)
  local file = assert(io.open(folder .. "/" .. name, "wb"))
  assert(file:write(table.concat(ders)))
  file:close()
end

local function der(text) return unpem(text)[1] end

local lines = {}
for _, case in ipairs(assert(corpus.read(path))) do
  if case.id:find "^online::" and case.expected_result == "SUCCESS" and #lines < MOST then
    local name, chain = "real-" .. #lines + 1, { der(case.peer_certificate) }
    for _, text in ipairs(case.untrusted_intermediates) do chain[#chain + 1] = der(text) end
    write(name .. ".der", chain)
    write(name .. ".root", { der(case.trusted_certs[1]) })
    lines[#lines + 1] = ("%s %d %s\n"):format(name, corpus.seconds(case.validation_time),
      case.expected_peer_name.value)
  end
end
write("real.list", lines)
