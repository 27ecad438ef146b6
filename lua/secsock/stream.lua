--- The methods that wait: LuaSocket's meaning of receive, send, connect and accept, over the calls
-- of secsock.core that never do; and the upgrade.
local core = require "secsock.core"
local check = require "secsock.check"
local hook = require "secsock.hook"
local loop = require "secsock.loop"
local transport = require "secsock.transport"
local watch = require "secsock.watch"

---@class secsock.socket
local socket = core.methods

-- What the core does in one go, before the same names get the methods that wait.
local once = {}
for _, name in ipairs {
  "accept", "connect", "cork", "defer", "downgrade", "receive", "send", "shutdown", "upgrade",
} do
  once[name] = socket[name]
end

local receive_once, send_once = once.receive, once.send

-- What most calls come to: their bytes are there, or leave, at once, and nobody looks on. For a
-- socket that has extras these do nothing, and give nothing, not even an error.
local receive, send = core.receive, core.send

-- ------------------------------------------------------------------------------------- receive

-- What is left of a pattern when `count` bytes are there.
local function rest(pattern, count)
  local wanted = tonumber(pattern)
  return wanted and wanted - count or pattern
end

-- Goes on with a receive() that has given `partial` so far, `prefix` included.
local function go_on_receiving(s, pattern, prefix, partial, began)
  local parts, size = { partial }, #partial
  local data, err, more
  repeat
    local ready, why = loop.await(s, began)
    if not ready then
      err = why
      break
    end
    data, err, more = receive_once(s, rest(pattern, size))
    watch.tell(s)
    more = data or more
    parts[#parts + 1], size = more, size + #more
  until err ~= "timeout"
  local whole = table.concat(parts)
  local all = type(pattern) == "string" and pattern:sub(1, 2) == "*a"
  if data or (all and err == "closed" and size > #tostring(prefix or "")) then return whole end
  return nil, err, whole
end

-- A receive() that heeds the extras of `s`.
local function receive_with_care(s, pattern, prefix)
  local began = loop.began(s)
  local data, err, partial = receive_once(s, pattern, prefix)
  watch.tell(s)
  if err ~= "timeout" then return data, err, partial end
  return go_on_receiving(s, pattern, prefix, partial, began)
end

--- Receives as LuaSocket does: a line without its end ("*l"), everything up to the peer's close
--- ("*a"), or a number of bytes.
---@param pattern? "*l"|"*a"|integer
---@param prefix? string  put before what is received; counts towards the number
---@return string? data
---@return string? err  "closed", "timeout", "truncated", ...
---@return string? partial  what has come, with the prefix
function socket:receive(pattern, prefix)
  local data, err, partial = receive(self, pattern, prefix)
  if data then return data end
  if not err then return receive_with_care(self, pattern, prefix) end
  if err ~= "timeout" then return nil, err, partial end
  return go_on_receiving(self, pattern, prefix, partial)
end

-- ---------------------------------------------------------------------------------------- send

local function go_on_sending(s, data, at, j, began)
  local last, err
  repeat
    local ready, why = loop.await(s, began)
    if not ready then return nil, why, at end
    last, err, at = send_once(s, data, at + 1, j)
    watch.tell(s)
  until err ~= "timeout"
  return last, err, at
end

-- Which bytes of `size` are meant: those after the first result, up to the second.
local function bounds(size, i, j)
  if i < 0 then i = size + i + 1 end
  if j < 0 then j = size + j + 1 end
  return math.max(i, 1) - 1, math.min(j, size)
end

-- The memory beneath a transport of the program's would take anything at once: it gets one record
-- more when the one before is gone.
local function send_carried(s, data, i, j, began)
  if type(data) == "number" then data = tostring(data) end
  local at
  at, j = bounds(#check.argument(1, "send", data, "string"), i or 1, j or -1)
  repeat
    local sent, err = loop.flush(s, began)
    if sent then sent, err = send_once(s, data, at + 1, math.min(at + transport.RECORD, j)) end
    watch.tell(s)
    if not sent then return nil, err, at end
    at = sent
  until at >= j
  local sent, err = loop.flush(s, began)
  if not sent and err ~= "timeout" then return nil, err, at end
  return at
end

-- A send() that heeds the extras of `s`.
local function send_with_care(s, data, i, j)
  local began = loop.began(s)
  if transport.carries(s) then return send_carried(s, data, i, j, began) end
  local last, err, at = send_once(s, data, i, j)
  watch.tell(s)
  if err ~= "timeout" then return last, err, at end
  return go_on_sending(s, data, at, j, began)
end

--- Sends bytes i to j of `data`, as LuaSocket does.
---@param data string
---@param i? integer
---@param j? integer
---@return integer? last  index of the last byte sent
---@return string? err
---@return integer? last  the same, when an error has kept the rest from being sent
function socket:send(data, i, j)
  local last, err, at = send(self, data, i, j)
  if last then return last end
  if not err then return send_with_care(self, data, i, j) end
  if err ~= "timeout" then return nil, err, at end
  return go_on_sending(self, data, at, j)
end

--- true: what is sent gathers from now on, up to 16 KiB, and small messages leave as one: with
--- s:cork(false), the default, when there is no room for more, before this end waits to receive,
--- before an upgrade, a downgrade and a shutdown; with s:close(), if that can be at once. An error
--- then says how much of what s:send() took has not left.
---@param on boolean
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:cork(on)
  return loop.complete(self, loop.began(self), once.cork, on)
end

-- --------------------------------------------------------------------------- the steps of a life

--- Opens a TCP connection; and upgrades it, unless deferred.
---@param host string
---@param port integer
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:connect(host, port)
  check.argument(1, "connect", host, "string")
  port = check.port(2, "connect", port)
  return loop.connect(self, once.connect, host, port)
end

--- Leaves new connections in the clear until s:upgrade().
---@param on boolean
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:defer(on)
  local ok, err, details = once.defer(self, on)
  if ok then core.private(self).deferred = on end
  return ok, err, details
end

-- What an accepted connection has from its listener, beyond what the library hands on itself.
local function inherit(s, listener)
  core.private(s).hook = core.private(listener).hook
  watch.inherit(s, listener)
end

--- The next connection of a listener. It is upgraded, unless the listener defers or must not wait
--- (settimeout(0)): then that is the caller's to do.
---@return secsock.socket? connection
---@return string? err
---@return secsock.error? details  when the handshake failed: the listener goes on
function socket:accept()
  local began = loop.began(self)
  local s, err, details = loop.complete(self, began, once.accept)
  if not s then return nil, err, details end
  inherit(s, self)
  if core.private(self).deferred or loop.polls(self) then return s end
  loop.limit(s, self)
  local ok
  ok, err, details = loop.complete(s, began, once.upgrade)
  loop.limit(s, nil)
  if ok then return s end
  s:close()
  return nil, err, details
end

--- Turns the connection into TLS: handshake, validation, hook.
---@param name? string  set as the peer name first
---@return secsock.socket? self
---@return string? err  "certificate rejected", "injected", "no peer name", ...
---@return secsock.error? details
function socket:upgrade(name)
  if name ~= nil then check.argument(1, "upgrade", name, "string") end
  if transport.carries(self) and self:state() == "plain" then
    transport.move(self, "read") -- so that plaintext which has no business there is found
  end
  return loop.complete(self, loop.began(self), once.upgrade, name)
end

--- Ends TLS and goes on in the clear, where s:allowdowngrade() permits it.
---@return secsock.socket? self
---@return string? err
---@return secsock.error? details
function socket:downgrade()
  return loop.complete(self, loop.began(self), once.downgrade)
end

--- Says that this end sends no more. What the peer still sends can be received, whatever is said.
---@param direction? "both"|"send"|"receive"  as in LuaSocket; "receive" has nothing to tell
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:shutdown(direction)
  return loop.complete(self, loop.began(self), once.shutdown, direction)
end

--- Closes at once, telling the peer if that can be done without waiting. May be repeated.
---@return 1
function socket:close()
  local result = transport.close(self)
  watch.tell(self)
  return result
end

core.metatable.__close = socket.close

-- ------------------------------------------------------------------------------------ settings

--- How long calls may wait: "b", the default, each time; "t" in all. Without a number: for ever.
---@param seconds? number  0: not at all
---@param mode? "b"|"t"
---@return 1
function socket:settimeout(seconds, mode)
  return loop.settimeout(self, seconds, mode)
end

--- The two limits, -1 for none.
---@return number block
---@return number total
function socket:gettimeout()
  return loop.gettimeout(self)
end

--- Accept, reject; the name of a problem: reject for that; nil: as the verdict says.
---@alias secsock.answer boolean|string|nil

--- Sets the judge of the peer; nil for none. It runs once per handshake, may wait and may yield.
---@param judge? fun(s: secsock.socket, verdict: secsock.verdict): secsock.answer, string?
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:setvalidatehook(judge)
  if judge ~= nil then check.argument(1, "setvalidatehook", judge, "function") end
  local ok, err, details = core.usehook(self, judge ~= nil)
  if ok then core.private(self).hook = judge end
  return ok, err, details
end

--- Uses functions of the program's to move the bytes of this connection.
---@param role "client"|"server"
---@param functions secsock.transport
---@return secsock.socket? self
---@return string? err
---@return secsock.error? details
function socket:attachtransport(role, functions)
  return transport.attach(self, role, functions)
end

--- What the last call waited for.
---@return "read"|"write"|"verdict"|nil
function socket:want()
  return transport.want(self)
end

return { socket = socket, pending = hook.pending }
