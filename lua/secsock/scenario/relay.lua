--- The wire's side of a connection to an end, over loopback: what the end says goes over the wire
-- of the run, and what arrives there is said to the end.
local core = require "secsock.core"
local secsock = require "secsock"
local mint = require "secsock.mint"

---@class secsock.scenario.relay
---@field line? table  what the end says goes there
local relay = {}
relay.__index = relay

local MOST = 16384 -- bytes at a time

--- A socket that an end can connect to; it listens on this port, or on a free one. What listens
-- must have an identity, even where it is never going to show it.
---@param port? integer
---@return secsock.socket? s
---@return string? err
function relay.listen(port)
  local s = assert(secsock.new {
    identity = mint.selfsigned { dns = "localhost" }, defer = true, timeout = 0,
  })
  local ok, err = s:listen("127.0.0.1", port or 0)
  return ok and s, err
end

--- Connects to an end that listens.
---@return secsock.socket? s
---@return string? err
---@return secsock.error? details
function relay.connect(host, port, seconds)
  local s = assert(secsock.new { defer = true, timeout = seconds })
  local ok, err, details = s:connect(host, port)
  if ok then return s end
  s:close()
  return nil, err, details
end

--- Relays for a connected socket; `heard` is given what the end says.
---@param s secsock.socket
---@param heard fun(bytes: string)
---@return secsock.scenario.relay
function relay.new(s, heard)
  s:settimeout(0)
  return setmetatable({ s = s, heard = heard, unsaid = "" }, relay)
end

-- ---------------------------------------------------------------------------------- to the end

-- Says what there is to say, as far as the end takes it; one that is gone misses nothing.
local function say(self)
  if self.unsaid ~= "" then
    local last, err, at = self.s:send(self.unsaid)
    self.unsaid = self.unsaid:sub((last or at or 0) + 1)
    if err and err ~= "timeout" then self.unsaid = "" end
  end
  if self.unsaid == "" and self.finishing then
    self.s:shutdown "send"
    self.finishing = nil
  end
end

--- Something has come over the wire: bytes, or the end. A reset is a real one.
function relay:arrive(bytes, ending)
  if self.s:state() == "closed" then return end
  if ending == "reset" then
    self.s:setoption("linger", { on = true, timeout = 0 })
    return self:close()
  end
  self.unsaid, self.finishing = self.unsaid .. (bytes or ""), ending
  say(self)
end

-- -------------------------------------------------------------------------------- from the end

-- Hears what the end says, or how it ends.
local function hear(self)
  local bytes, err, partial = self.s:receive(MOST)
  bytes = bytes or partial
  if bytes ~= "" then self.heard(bytes) end
  if not err or err == "timeout" then return end
  self.deaf = true
  if err == "closed" then self.line:finish() else self.line:reset() end
end

local function is_ready(self, want)
  return core.poll(self.s:getfd(), want, 0) == true
end

local function may_hear(self) return not self.deaf and is_ready(self, "read") end
local function may_say(self) return self.unsaid ~= "" and is_ready(self, "write") end

--- Whether there is something to do.
function relay:has_news()
  return self.s:state() ~= "closed" and (may_hear(self) or may_say(self))
end

--- Does it.
function relay:move()
  if may_say(self) then say(self) end
  if may_hear(self) then hear(self) end
end

--- What to poll for news; nil for nothing.
function relay:fd()
  return not self.deaf and self.s:getfd() or nil
end

function relay:close()
  self.deaf = true
  self.s:close()
end

return relay
