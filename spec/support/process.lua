--- Programs in the background: what a scenario starts and stops (secsock.scenario.process), and to
-- whom one says something, for whose words one waits, and of whose port the kernel tells.
local socket = require "socket"
local background = require "secsock.scenario.process"
local shell = require "spec.support.shell"
local support = require "spec.support"

local process = {}
process.__index = process

local PAUSE = 0.005 -- seconds between two looks

local running = {}

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "*a" or ""
  if file then file:close() end
  return text
end

--- Looks again and again until `check` gives something, and gives that; nil when it takes too long.
function process.await(check)
  local ends = socket.gettime() + support.PATIENCE
  repeat
    local found = check()
    if found then return found end
    socket.sleep(PAUSE)
  until socket.gettime() > ends
end

local await = process.await

-- A pipe with a name, for what it is told; the program opens its end itself.
local function with_input(self, command)
  self.input = os.tmpname()
  os.remove(self.input)
  shell.run("mkfifo " .. self.input)
  return { "sh", "-c", 'exec "$@" <"$0"', self.input, (table.unpack or unpack)(command) }
end

--- Starts a program, given as a list of words. What it says, on either output, is in p:output().
-- It reads what p:write() says where `listens` is set, else nothing.
---@param command { [integer]: string, listens?: boolean }
function process.start(command)
  local self = setmetatable({ command = table.concat(command, " ") }, process)
  self.program = background.new(command.listens and with_input(self, command) or command)
  running[self] = true
  self.program:start()
  -- The program has opened its end, or will: this waits for it.
  if self.input then self.pipe = assert(io.open(self.input, "wb")) end
  return self
end

--- All that it has said so far.
function process:output()
  return self.program:output()
end

--- Says something to it.
function process:write(text)
  assert(self.pipe:write(text))
  self.pipe:flush()
end

--- Says to it, in the background, all that is in a file.
function process:pour(path)
  local other = process.start { "sh", "-c", 'exec >"$1"; echo >&2; cat "$0"', path, self.input }
  other:expect "\n" -- it has opened its end, so this one may be closed
end

--- The end of its input.
function process:hangup()
  if self.pipe then self.pipe:close() end
  self.pipe = nil
end

-- An error, with what it has done. What was waited for did not come.
local function complain(self, complaint)
  error(("%s: %s\n%s"):format(complaint, self.command, self:output()), 3)
end

--- Waits until its output has a match for a pattern; returns the captures, or the match.
function process:expect(pattern)
  local captures = await(function()
    local found = { self:output():match(pattern) }
    return #found > 0 and found
  end)
  if not captures then complain(self, ("it does not say %q"):format(pattern)) end
  return (table.unpack or unpack)(captures)
end

--- Waits until it ends by itself; returns its exit status and what it said.
function process:finish()
  local ended = await(function() return self.program:status() end)
  if not ended then complain(self, "it does not end") end
  return ended, self:output()
end

--- Ends it, if it has not ended yet, and forgets what it said.
function process:stop()
  running[self] = nil
  self.program:stop(function(found)
    return await(found) or complain(self, "it does not stop")
  end)
  self:hangup() -- and not before: the end of its input might let it end in another way
  if self.input then os.remove(self.input) end
end

--- Stops whatever has been started and not been stopped.
function process.stopall()
  for program in pairs(running) do program:stop() end
end

-- ------------------------------------------------------------------------- what the kernel tells

--- Whether there is a program with these words among its own, of whoever.
function process.is_running(words)
  local all = shell.run "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"
  return all:find(words, 1, true) ~= nil
end

--- Waits until there is none: who is told to end needs a moment, and the shell above another one.
function process.await_end(words)
  if not await(function() return not process.is_running(words) end) then
    error("it still runs: " .. words, 2)
  end
end

--- Its PID: that of the one child of the `timeout` that it runs beneath.
function process:pid()
  local above = self.program:pid()
  local children = ("/proc/%s/task/%s/children"):format(above, above)
  local pid = await(function() return read(children):match "%d+" end)
  return pid or complain(self, "it does not run")
end

--- Tells it what Ctrl-C tells: once. What `timeout` is told, it passes on twice.
function process:interrupt()
  shell.run("kill -INT " .. self:pid())
end

-- The sockets that a process has, by their inodes.
local function sockets_of(pid)
  local inodes = {}
  local links = shell.run(("ls -l /proc/%s/fd"):format(pid))
  for inode in links:gmatch "socket:%[(%d+)%]" do inodes[inode] = true end
  return inodes
end

-- In /proc/net/tcp: a port, the state that is LISTEN, and an inode.
local LISTENING = ":(%x+) %x+:%x+ 0A %x+:%x+ %x+:%x+ %x+ +%d+ +%d+ (%d+) "

--- The port of IPv4 that it listens on, by its own choice: no port that is chosen here is sure to
-- be free there.
function process:port()
  local inodes = sockets_of(self:pid())
  for port, inode in read("/proc/net/tcp"):gmatch(LISTENING) do
    if inodes[inode] then return tonumber(port, 16) end
  end
  complain(self, "it does not listen")
end

--- A port of 127.0.0.1 that nobody listens on, and nobody gets, until the socket that comes
-- along is closed.
function process.deaf_port()
  local holder = assert(socket.tcp4())
  assert(holder:bind("127.0.0.1", 0))
  return select(2, holder:getsockname()), holder
end

return process
