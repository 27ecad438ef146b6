--- A server in two parts: what is said in the clear it says in this process, by one of the
-- dialogues of secsock.starttls; what follows is for a TLS server that knows nothing of them.
local socket = require "socket"
local support = require "spec.support"

local front = {}
front.__index = front

-- ------------------------------------------------- the socket that the dialogue believes it has

function front:receive(count)
  while #self.heard < count do coroutine.yield() end
  local bytes = self.heard:sub(1, count)
  self.heard = self.heard:sub(count + 1)
  return bytes
end

function front:send(bytes)
  self.said = self.said .. bytes
  return #bytes
end

--- From here on, it is the other server's turn.
function front:upgrade()
  self.tcp = assert(socket.connect("127.0.0.1", self.port))
  self.tcp:settimeout(0)
  coroutine.yield()
end

function front.lasterror()
  return { message = "the front has failed" }
end

function front.close() end

-- -------------------------------------------------------------- the transport of the client's

local function go_on(self)
  local ok, err = coroutine.resume(self.thread)
  if not ok then error(debug.traceback(self.thread, err), 0) end
end

local function receive(self, count)
  if self.said ~= "" then
    local bytes = self.said:sub(1, count)
    self.said = self.said:sub(count + 1)
    return bytes
  end
  if not self.tcp then return nil, "wantread" end
  local bytes, err, partial = self.tcp:receive(count)
  if bytes or partial ~= "" then return bytes or partial end
  return nil, err == "timeout" and "wantread" or err
end

local function send(self, bytes)
  if self.tcp then
    local last, err, at = self.tcp:send(bytes)
    if last or at > 0 then return last or at end
    return nil, err == "timeout" and "wantwrite" or err
  end
  self.heard = self.heard .. bytes
  go_on(self)
  return #bytes
end

local function wait(self, want, seconds)
  if not self.tcp then return nil, "timeout" end
  local tcp, none = { self.tcp }, {}
  local reads = want == "read"
  local readable, writable = socket.select(reads and tcp or none, reads and none or tcp,
    seconds or support.PATIENCE)
  if #readable + #writable == 0 then return nil, "timeout" end
  return true
end

--- A transport, for s:attachtransport("client", …), that leads to a TLS server behind a dialogue.
---@param dialogue fun(socket: table, options?: table)
---@param options? table
---@param port integer
function front.transport(dialogue, options, port)
  local self = setmetatable({ heard = "", said = "", port = port }, front)
  self.thread = coroutine.create(function() return dialogue(self, options) end)
  go_on(self)
  return {
    receive = function(count) return receive(self, count) end,
    send = function(bytes) return send(self, bytes) end,
    wait = function(want, seconds) return wait(self, want, seconds) end,
    close = function() if self.tcp then self.tcp:close() end end,
  }
end

return front
