--- Programs in the background: started, fed, watched, and stopped by their PID.
local socket = require "socket"

local process = {}
process.__index = process

-- Seconds. No program outlives a suite that has broken off; what is waited for comes soon, or not
-- at all.
local LIFE, PATIENCE, PAUSE = 60, 30, 0.005

local running = {}

local function quote(word)
  return "'" .. tostring(word):gsub("'", "'\\''") .. "'"
end

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "*a" or ""
  if file then file:close() end
  return text
end

local function await(seconds, check)
  local ends = socket.gettime() + (seconds or PATIENCE)
  repeat
    local found = check()
    if found then return found end
    socket.sleep(PAUSE)
  until socket.gettime() > ends
end

-- Starts it beneath a shell, which tells its PID at once and its exit status in the end.
local function launch(self, command)
  local shell = "{ timeout %d %s <%s >%s 2>&1 & echo $!; wait $!; echo $? >%s; } 2>/dev/null &"
  local pipe = assert(io.popen(shell:format(LIFE, command, quote(self.input), quote(self.file),
    quote(self.ending))))
  local pid = assert(pipe:read "*l")
  pipe:close()
  return pid
end

local function open_input(self)
  assert(os.execute("mkfifo " .. quote(self.input)))
  self.temporary[#self.temporary + 1] = self.input
end

--- Starts a program, given as a list of words. What it says, on either output, is in p:output().
-- It reads what p:write() says where `listens` is set, else nothing.
---@param command { [integer]: string, listens?: boolean }
function process.start(command)
  local name = os.tmpname()
  local self = setmetatable({
    file = name,
    ending = name .. ".status",
    input = command.listens and name .. ".in" or "/dev/null",
    temporary = { name, name .. ".status" },
  }, process)
  local words = {}
  for i, word in ipairs(command) do words[i] = quote(word) end
  self.command = table.concat(words, " ")
  if command.listens then open_input(self) end
  self.pid = launch(self, self.command)
  -- The program has opened its end, or will: this waits for it.
  if command.listens then self.pipe = assert(io.open(self.input, "wb")) end
  running[self] = true
  return self
end

--- All that it has said so far.
function process:output()
  return read(self.file)
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

-- What it has done, for the message of an error.
local function report(self, complaint)
  return ("%s: %s\n%s"):format(complaint, self.command, self:output())
end

--- Waits until its output has a match for a pattern; returns the captures, or the match.
function process:expect(pattern, seconds)
  local captures = await(seconds, function()
    local found = { self:output():match(pattern) }
    return #found > 0 and found
  end)
  if not captures then error(report(self, ("it does not say %q"):format(pattern)), 2) end
  return (table.unpack or unpack)(captures)
end

-- Its exit status, if it has ended.
local function status(self)
  return tonumber(read(self.ending):match "^(%d+)\n")
end

--- Waits until it ends by itself; returns its exit status and what it said.
function process:finish(seconds)
  local ended = await(seconds, function() return status(self) end)
  if not ended then error(report(self, "it does not end"), 2) end
  return ended, self:output()
end

--- Ends it, if it has not ended yet, and forgets what it said.
function process:stop()
  running[self] = nil
  if not status(self) then os.execute("kill " .. self.pid .. " 2>/dev/null") end
  local ended = await(PATIENCE, function() return status(self) end)
  self:hangup() -- and not before: the end of its input might let it end in another way
  for _, path in ipairs(self.temporary) do os.remove(path) end
  if not ended then error("it does not stop: " .. self.command, 2) end
end

--- Stops whatever has been started and not been stopped.
function process.stopall()
  for program in pairs(running) do program:stop() end
end

--- A port of 127.0.0.1 that nobody listens on.
function process.freeport()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return port
end

--- Waits until it listens on a port of 127.0.0.1, as the kernel tells: nothing connects to it.
function process:await_port(port)
  local entry = (":%04X [0-9A-F]+:0000 0A "):format(port)
  local found = await(PATIENCE, function()
    return read("/proc/net/tcp"):find(entry) or read("/proc/net/tcp6"):find(entry)
  end)
  if not found then error(report(self, "it does not listen"), 2) end
end

return process
