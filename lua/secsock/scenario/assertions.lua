--- Assertions about runs: require this, and luassert's assert has them, as has that of `secsock
-- run`. Where one fails, it says what was there instead and prints the sequence of the run.
--
--     assert.secure(r)                               both ends, or one: assert.secure(r.client)
--     assert.rejected(r.client, "name_mismatch")     it refused its peer, for this alone
--     assert.failed(r.client, "truncated")           its script ended with this word
--     assert.alert(r.server, "bad_certificate")      sent or received; 42 is the same
--     assert.no_plaintext_after_upgrade(r)
--     assert.lawful(r)                               no law of secsock was crossed
--     assert.passed(m)                               every case of a matrix
local core = require "secsock.core"

local assertions = {}

-- ---------------------------------------------------------------------------------- what is meant

-- The results that an assertion is about: those of a run, or of one end.
local function ends_of(value)
  if type(value) == "table" and value.client and value.server then
    return { value.client, value.server }, value
  end
  if type(value) == "table" and value.run and value.role then return { value }, value.run end
  error("a scenario's run expected, or one of its ends", 0)
end

local function one_end(value)
  local ends, run = ends_of(value)
  if #ends > 1 then error("one end of a run expected: r.client or r.server", 0) end
  return ends[1], run
end

local function problems_of(one)
  return one.verdict and one.verdict:problems() or {}
end

-- How an end fared, in a few words.
local function fate(one)
  if one.err then
    local message = one.details and one.details.message
    local problems = table.concat(problems_of(one), ", ")
    return one.err .. (message and " (" .. message .. ")" or "")
      .. (problems ~= "" and "; its verdict: " .. problems or "")
  end
  return one.secure and "it was secure, and its script ended well"
    or "its script ended well, without an upgrade"
end

-- -------------------------------------------------------------------------------- the assertions
-- Each gives whether it holds, the run, and what is to be said where that is not as it should be.

function assertions.secure(value)
  local ends, run = ends_of(value)
  for _, one in ipairs(ends) do
    local theirs = one.external and #ends > 1 -- of programs, only their own word could tell
    if not theirs and not (one.secure and one.ok) then
      return false, run, ("the %s to be secure: %s"):format(one.role, fate(one))
    end
  end
  return true, run, "no end to be secure"
end

local known_problems = {}
for _, name in ipairs(core.list "problems") do known_problems[name] = true end

function assertions.rejected(value, problem)
  local one, run = one_end(value)
  if problem ~= nil and not known_problems[problem] then
    error(("there is no problem '%s'"):format(tostring(problem)), 0)
  end
  local problems = problems_of(one)
  local refused = not one.secure and one.upgrade == "certificate rejected"
  local alone = not problem or (#problems == 1 and problems[1] == problem)
  return refused and alone, run, ("the %s to reject its peer%s: %s"):format(
    one.role, problem and " for " .. problem or "", fate(one))
end

function assertions.failed(value, word)
  local one, run = one_end(value)
  local so = one.err ~= nil and (not word or one.err == word)
  return so, run, ("the %s to fail%s: %s"):format(one.role, word and " with " .. word or "",
                                                 fate(one))
end

function assertions.alert(value, name)
  local one, run = one_end(value)
  if type(name) == "number" then name = core.alertname(name) end
  return one.alert ~= nil and (not name or one.alert == name), run,
    ("the %s to have %s: it had %s"):format(one.role, name and "the alert " .. name or "an alert",
                                            one.alert or "none")
end

-- What of a run crosses one law, or any.
local function crossings(run, law)
  local found = {}
  for _, one in ipairs(run.crossed) do
    if not law or one.law == law then
      found[#found + 1] = ("law %d, %s: %s"):format(one.law, one.who, one.text)
    end
  end
  return found
end

function assertions.no_plaintext_after_upgrade(value)
  local _, run = ends_of(value)
  local found = crossings(run, 4)
  return #found == 0, run, "no plaintext after the upgrade: " .. table.concat(found, "; ")
end

function assertions.lawful(value)
  local _, run = ends_of(value)
  local found = crossings(run)
  return #found == 0, run, "no law to be crossed: " .. table.concat(found, "; ")
end

-- What is to be seen of a case that has failed, below its line.
local function what_happened(case)
  local shown = tostring(case.err):match "\n.*"
  return shown or case.run and "\n" .. case.run:sequence() or ""
end

function assertions.passed(value)
  if type(value) ~= "table" or not value.cases then error("a matrix expected", 0) end
  local text = "every case to pass:\n" .. value:table()
  for _, case in ipairs(value.cases) do
    if not case.ok then return false, nil, text .. what_happened(case) end
  end
  return true, nil, text
end

-- What to say where one is not as it should be; `expected`: to hold.
local function message(expected, text, run)
  return ("Expected %s%s%s"):format(expected and "" or "otherwise than ", text,
    run and "\n" .. run:sequence() or "")
end

-- ----------------------------------------------------------------------------------- for luassert

-- luassert would format the arguments too, each a run with all that it holds.
local function say_only(state, arguments, text)
  for i = 1, arguments.n do arguments[i] = nil end
  arguments.n = 0
  state.failure_message = text
end

local function register(luassert)
  for name, holds in pairs(assertions) do
    luassert:register("assertion", name, function(state, arguments, level)
      local fine, ok, run, text = pcall(holds, arguments[1], arguments[2])
      if not fine then error(ok, (level or 1) + 1) end
      if ok ~= state.mod then
        say_only(state, arguments, message(state.mod, text, run))
      end
      return ok
    end)
  end
end

local installed, luassert = pcall(require, "luassert")
if installed then
  register(luassert)
elseif not luassert:find "^module 'luassert' not found" then
  error(luassert, 0)
end

return { holds = assertions, message = message }
