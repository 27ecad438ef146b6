--- Who is tried: a program, a server that runs, or an end of secsock's. In a run it becomes an end
-- of scenario.run.
--
--     { "curl", "--cacert", "$ca", "https://$name:$port/" }  a program's words; perhaps `input`
--     "curl --cacert $ca https://$name:$port/"               a text for the shell
--     { host = "127.0.0.1", port = 25 }                      a server that runs already
--     { trust = ca, script = function(me, lab) … end }       what secsock.new takes, and a script
--     function(me, lab) … end                                the script alone
local external = require "secsock.scenario.external"

---@alias secsock.scenario.subject string|table|function

local subject = {}

local function copy(from)
  local made = {}
  for key, value in pairs(from) do made[key] = value end
  return made
end

-- The words of a program, and what it reads; nil where it is none.
local function program(value)
  if type(value) == "string" then return { "sh", "-c", value } end
  if type(value) ~= "table" or external.is(value) then return nil end
  return value[1] and value or nil
end

--- Whether it is given the secret in its words: what it says can then be told from a farewell.
---@param value secsock.scenario.subject
function subject.has_secret(value)
  local words = program(value)
  if not words then return false end
  for _, word in ipairs(words) do
    if tostring(word):find("$secret", 1, true) then return true end
  end
  return (words.input or ""):find("$secret", 1, true) ~= nil
end

-- A program has a home of its own, so that nobody's settings matter.
local function as_program(words, lab)
  lab:open()
  local made = { "env", lab:fill "HOME=$home", lab:fill "XDG_CONFIG_HOME=$home", "LC_ALL=C.UTF-8" }
  for _, word in ipairs(words) do made[#made + 1] = lab:fill(tostring(word)) end
  made.input = words.input and lab:fill(words.input)
  return external.new(made)
end

--- The end for one run. `defaults` are for ends of secsock's that do not say otherwise.
---@param value secsock.scenario.subject
---@param lab secsock.scenario.lab  to be closed afterwards
---@param defaults table
function subject.as_end(value, lab, defaults)
  local words = program(value)
  if words then return as_program(words, lab) end
  if external.is(value) then return value end
  if type(value) == "function" then value = { script = value } end
  if type(value) ~= "table" then error("a program, a server, an end or a script expected", 0) end
  if value.port then return external.new(value) end
  local made = copy(defaults)
  for key, one in pairs(value) do made[key] = one end
  local script = made.script
  if type(script) == "function" then
    made.script = function(me) return script(me, lab) end
  end
  return made
end

return subject
