--- The command secsock as processes, under the Lua that runs the specs.
local process = require "spec.support.process"
local support = require "spec.support"

local command = { MAIN = "lua/secsock/command/main.lua" }

local function quote(word)
  return "'" .. tostring(word):gsub("'", "'\\''") .. "'"
end

--- A command line for it, for a shell.
function command.line(arguments)
  local words = { quote(arg[-1]), command.MAIN }
  for _, word in ipairs(arguments) do words[#words + 1] = quote(word) end
  return table.concat(words, " ")
end

--- Runs it to its end, with what it reads, if anything: exit status, output, complaints.
function command.run(arguments, input)
  local from, out, err = support.write(input or ""), os.tmpname(), os.tmpname()
  local pipe = assert(io.popen(("timeout 30 %s <%s >%s 2>%s; echo $?"):format(
    command.line(arguments), from, out, err)))
  local status = tonumber(pipe:read "*l")
  pipe:close()
  local said, complaints = support.read(out), support.read(err)
  for _, path in ipairs { from, out, err } do os.remove(path) end
  return status, said, complaints
end

--- Starts it on a terminal of its own, with variables as in "NO_COLOR=1".
function command.on_terminal(arguments, variable)
  return process.start {
    "env", variable or "NO_COLOR=", "script", "-qec", command.line(arguments), "/dev/null",
    listens = true,
  }
end

--- Starts it in the background: see spec.support.process.
function command.start(arguments)
  local words = { arg[-1], command.MAIN }
  for _, word in ipairs(arguments) do words[#words + 1] = word end
  return process.start(words)
end

--- Starts `secsock serve` on a free port, which is at program.port.
function command.serve(arguments)
  local words = { "serve", "--port", 0 }
  for _, word in ipairs(arguments) do words[#words + 1] = word end
  local program = command.start(words)
  program.port = tonumber((program:expect "listening on %S+ port (%d+)\n"))
  return program
end

return command
