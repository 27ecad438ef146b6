--- The command: secsock probe, serve, validate, certs, mint, run. Each of these is a module that
-- returns a table: name, summary, usage, about (paragraphs), what options.lua wants to know,
-- examples, and run(options, arguments), which returns the exit status. Help, manual and completion
-- are made of these tables too.
local options = require "secsock.command.options"
local status = require "secsock.command.status"
local terminal = require "secsock.command.terminal"

local command = {}

local names = {
  "probe", "serve", "validate", "certs", "mint", "run", "help", "completion", "manual",
}

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

--- The sub-command of that name; it ends the command, and says which there are, if it is none.
function command.demand(name)
  return command.find(name) or status.stop("usage", "there is no command '%s'; there are %s", name,
    table.concat(names, ", "))
end

local function run(arguments)
  local first = arguments[1]
    or status.stop("usage", "which command? There are %s", table.concat(names, ", "))
  if first == "--version" then
    terminal.say("secsock %s", require("secsock").version())
    return 0
  elseif first == "--help" or first == "-h" then
    return command.find("help").run({}, {})
  end
  local chosen = command.demand(first)
  local found, rest = options.parse(chosen, arguments, 2)
  if found.help then return command.find("help").run({}, { chosen.name }) end
  return chosen.run(found, rest)
end

-- Tells what has gone wrong; the exit status for it.
local function explain(err, name)
  if status.is_interruption(err) then return status.interrupted end
  local who = command.find(name) and "secsock " .. name or "secsock"
  if not status.is_failure(err) then
    io.stderr:write(who, ": a defect: ", tostring(err), "\n")
    return status.defect
  end
  io.stderr:write(who, ": ", err.message, "\n")
  if err.status == "usage" then io.stderr:write("See ", who, " --help\n") end
  return status[err.status]
end

--- Runs it with a list of arguments; returns the exit status.
---@param arguments string[]
---@return integer
function command.main(arguments)
  local ok, result = xpcall(function() return run(arguments) end, function(err)
    if status.is_failure(err) or status.is_interruption(err) then return err end
    return debug.traceback(tostring(err), 2)
  end)
  return ok and result or explain(result, arguments[1])
end

return command
