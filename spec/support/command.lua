--- The command secsock as processes, under the Lua that runs the specs.
local pki = require "spec.support.pki"
local process = require "spec.support.process"
local quote = require("secsock.quote").word
local support = require "spec.support"

local command = {}

local MAIN = "lua/secsock/command/main.lua"

--- Words after those of a list.
function command.with(words, ...)
  local all = {}
  for _, word in ipairs(words) do all[#all + 1] = word end
  for i = 1, select("#", ...) do all[#all + 1] = (select(i, ...)) end
  return all
end

local with = command.with
local unpack = table.unpack or unpack

--- The options for the identity of that name, and more.
function command.identity(name, ...)
  return with({ "--cert", pki(name .. "-chain.pem"), "--key", pki(name .. ".key") }, ...)
end

--- A command line for it, for a shell.
function command.line(arguments)
  local words = {}
  for i, word in ipairs(with({ arg[-1], MAIN }, unpack(arguments))) do
    words[i] = quote(word)
  end
  return table.concat(words, " ")
end

--- Runs it to its end, with what it reads, if anything: exit status, output, complaints.
function command.run(arguments, input)
  local from, out, err = support.write(input or ""), os.tmpname(), os.tmpname()
  local pipe = assert(io.popen(("timeout %d %s <%s >%s 2>%s; echo $?"):format(
    2 * support.PATIENCE, command.line(arguments), from, out, err)))
  local status = tonumber(pipe:read "*l")
  pipe:close()
  local said, complaints = support.read(out), support.read(err)
  for _, path in ipairs { from, out, err } do os.remove(path) end
  return status, said, complaints
end

-- How long the command may wait for whoever it talks to.
local PATIENT = { "--time-out", support.PATIENCE }

--- Runs `secsock probe`, which trusts the specs' CA and looks for mail.example.
function command.probe(url, ...)
  local words = { "probe", url, "--trust", pki "ca.pem", "--name", "mail.example" }
  return command.run(with(with(words, unpack(PATIENT)), ...))
end

--- The URL of a server with TLS from the start.
function command.url(program)
  return "tls://127.0.0.1:" .. program.port
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
  return process.start(with({ arg[-1], MAIN }, unpack(arguments)))
end

--- Starts `secsock serve` on a free port, which is at program.port.
function command.serve(arguments)
  local program = command.start(with(with({ "serve", "--port", 0 }, unpack(PATIENT)),
    unpack(arguments)))
  program.port = tonumber((program:expect "listening on %S+ port (%d+)\n"))
  return program
end

return command
