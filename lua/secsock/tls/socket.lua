--- A plain socket of secsock's whose upgrade is that of secsock.tls: with the same methods, so that
-- whatever uses a socket can use it.
local peers = require "secsock.tls.peer"

---@class secsock.tls.socket
---@field plain secsock.socket
---@field options secsock.tls.options
---@field peer? secsock.tls.peer  from the upgrade on
local socket = {}

-- What it does not do by itself the plain socket does.
local function delegate(self, name)
  if socket[name] then return socket[name] end
  local value = self.plain[name]
  if type(value) ~= "function" then return value end
  return function(_, ...) return value(self.plain, ...) end
end

local class = {
  __index = delegate,
  __tostring = function(self)
    return ("secsock.tls %s: %s"):format(self.options.role, self:state())
  end,
}

---@param plain secsock.socket
---@param options secsock.tls.options
---@return secsock.tls.socket
function socket.new(plain, options)
  return setmetatable({ plain = plain, options = options, buffer = "", now = "plain" }, class)
end

--- A listener's next connection, of the same kind.
function socket:accept()
  local plain, err, details = self.plain:accept()
  if not plain then return nil, err, details end
  return socket.new(plain, self.options)
end

-- ----------------------------------------------------------------------------------------- running

local failure = { __tostring = function(self) return self.message end }

-- Notes how it failed.
local function failed(self, why)
  self.now = "failed"
  self.failure = setmetatable(why, failure)
  return nil, why.err, self.failure
end

-- Sends what the peer has to send. Whether that still arrives is seen when something is to be read.
local function flush(self)
  local output = table.concat(self.peer.channel.output)
  self.peer.channel.output = {}
  if output ~= "" then self.plain:send(output) end
end

-- Goes on with what of the peer's needs bytes now and then: its result, or nil, a word and
-- details. What is `patient` may be gone on with after "timeout". Mistakes are thrown on.
local function go_on(self, job, ...)
  local ok, value = true, job.needs
  if not value then ok, value = coroutine.resume(job.thread, self.peer, ...) end
  while ok and coroutine.status(job.thread) ~= "dead" do
    flush(self)
    local text, err, part = self.plain:receive(value, job.part)
    job.needs, job.part = value, nil
    if err == "timeout" and job.patient then
      job.part = part
      return nil, err
    end
    ok, value = coroutine.resume(job.thread, text, err)
  end
  flush(self)
  if ok then return value or true end
  if type(value) == "table" and value.err then return failed(self, value) end
  error(value, 0)
end

local function run(self, method, ...)
  return go_on(self, { thread = coroutine.create(method) }, ...)
end

-- The content of the next record of data.
local function next_data(self)
  local job = self.receiving or { thread = coroutine.create(self.peer.receive), patient = true }
  local data, err, details = go_on(self, job)
  self.receiving = err == "timeout" and job or nil
  return data, err, details
end

-- ----------------------------------------------------------------------------------------- methods

--- Does the handshake.
function socket:upgrade()
  self.peer, self.now = peers.new(self.options), "upgrading"
  local ok, err, details = run(self, self.peer.handshake)
  if not ok then return nil, err, details end
  self.now = "secure"
  return self
end

-- Whether it is past its upgrade, be that a failure or not.
local function is_upgraded(self) return self.peer ~= nil end

---@param data string
function socket:send(data, from, to)
  if not is_upgraded(self) then return self.plain:send(data, from, to) end
  if self.failure then return nil, self.failure.err, 0 end
  from, to = from or 1, to or #data
  run(self, self.peer.say, data:sub(from, to))
  return to
end

-- How many bytes of the buffer a pattern of LuaSocket's takes, and how many of them it gives.
local function match(buffer, pattern)
  if type(pattern) == "number" then
    return #buffer >= pattern and pattern or nil, pattern
  elseif pattern == "*l" or pattern == nil then
    local at = buffer:find("\n", 1, true)
    return at, at and at - 1
  end
end

-- What there is where no more comes.
local function receive_rest(self, pattern, prefix, err)
  local all = prefix .. self.buffer
  self.buffer = ""
  if pattern == "*a" and err == "closed" then return all end
  return nil, err, all
end

--- As LuaSocket has it: a line, a number of bytes, or "*a" for all.
function socket:receive(pattern, prefix)
  if not is_upgraded(self) then return self.plain:receive(pattern, prefix) end
  prefix = prefix or ""
  local taken, given = match(self.buffer, pattern)
  while not taken do
    if self.failure then return receive_rest(self, pattern, prefix, self.failure.err) end
    local data, err = next_data(self)
    if not data then return receive_rest(self, pattern, prefix, err) end
    self.buffer = self.buffer .. data
    taken, given = match(self.buffer, pattern)
  end
  local text = self.buffer:sub(1, given)
  self.buffer = self.buffer:sub(taken + 1)
  if type(pattern) ~= "number" then text = text:gsub("\r", "") end
  return prefix .. text
end

--- Ends the data that it sends.
function socket:shutdown(direction)
  if self.now == "secure" then
    run(self, self.peer.close)
    return 1
  end
  return self.plain:shutdown(direction)
end

function socket:close()
  if self.now == "secure" then run(self, self.peer.close) end
  self.now = "closed"
  return self.plain:close()
end

---@return string
function socket:state()
  return is_upgraded(self) and self.now or self.plain:state()
end

--- None: it judges nobody.
function socket.verdict() return nil end

function socket:lasterror() return self.failure or self.plain:lasterror() end

---@return table
function socket:info(name)
  local peer = self.peer
  local facts = peer and peer.suite and {
    version = "TLSv" .. peer.version, cipher = peer.suite.name, group = "P-256", resumed = false,
  } or {}
  if name then return facts[name] end
  return facts
end

return socket
