--- The command: secsock probe, serve, validate, certs. Each of these is a module that returns a
-- table: name, summary, usage, about (paragraphs), what options.lua wants to know, examples, and
-- run(options, arguments), which returns the exit status. Help, manual and completion are made of
-- these tables too.
local options = require "secsock.command.options"
local status = require "secsock.command.status"

local command = {}

local names = { "probe", "serve", "validate", "certs", "help", "completion", "manual" }

--- The sub-command of that name; nil for none.
function command.find(name)
  for _, known in ipairs(names) do
    if name == known then return require("secsock.command." .. name) end
  end
end

--- All of them.
function command.all()
  local all = {}
  for i, name in ipairs(names) do all[i] = command.find(name) end
  return all
end

local function run(arguments)
  local first = arguments[1] or status.stop("usage", "which command?")
  if first == "--version" then
    print("secsock " .. require("secsock").version())
    return 0
  elseif first == "--help" or first == "-h" then
    return command.find("help").run({}, {})
  end
  local chosen = command.find(first) or status.stop("usage", "there is no command '%s'", first)
  local found, rest = options.parse(chosen, arguments, 2)
  if found.help then return command.find("help").run({}, { chosen.name }) end
  return chosen.run(found, rest)
end

-- What has gone wrong, and the exit status for it.
local function explain(err, name)
  if type(err) == "string" and err:find "interrupted!$" then return status.interrupted end
  if not status.is_failure(err) then error(err, 0) end
  local who = command.find(name) and "secsock " .. name or "secsock"
  io.stderr:write(who, ": ", err.message, "\n")
  if err.status == "usage" then io.stderr:write("See ", who, " --help\n") end
  return status[err.status]
end

--- Runs it with a list of arguments; returns the exit status.
---@param arguments string[]
---@return integer
function command.main(arguments)
  io.stdout:setvbuf "line"
  local ok, result = xpcall(function() return run(arguments) end, function(err)
    local expected = type(err) ~= "string" or err:find "interrupted!$"
    return expected and err or debug.traceback(err, 2)
  end)
  return ok and result or explain(result, arguments[1])
end

return command
