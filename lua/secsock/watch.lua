--- Looking on: captures, the key log, traces. The library notes down what is to be told, and the
-- loops and methods that have made it happen hand it over: in the caller's own coroutine, with no C
-- function on the stack.
local core = require "secsock.core"
local check = require "secsock.check"
local extra = require "secsock.extra"

---@class secsock.socket
local socket = core.methods

local watch = {}

local function note_watched(s)
  local private = core.private(s)
  extra.set(s, "watched", (private.keylog or private.follower) and true or nil)
end

---@class secsock.capture.options
---@field secrets? boolean  hold the TLS secrets as well, so that all can be read; true unless said

---@class secsock.socket.capture.options: secsock.capture.options
---@field port? integer     that the server is shown with, by which Wireshark knows the protocol;
---                         where it is another, a comment on the first packet tells the true one

--- Creates a capture file, that its owner alone can read, for any number of sockets. One that is
--- there already is never written to.
---@param path string
---@param from? secsock.capture.options
---@return secsock.capture? capture
---@return string? err  "file"
---@return secsock.error? details
function watch.open(path, from)
  check.argument(1, "capture", path, "string")
  from = check.options(from or {}, { secrets = "boolean" })
  return core.capture(path, from.secrets ~= false)
end

--- Records what travels from now on, for Wireshark and its like: in a new file that its owner alone
--- can read, with the TLS secrets, or in a capture that several sockets share. nil: no longer.
---@param target? string|secsock.capture
---@param from? secsock.socket.capture.options
---@return secsock.capture|1|nil capture
---@return string? err  "file"
---@return secsock.error? details
function socket:capture(target, from)
  if target == nil then return core.setcapture(self, nil, 0) end
  from = check.options(from or {}, { secrets = "boolean", port = "number" })
  local port = from.port and check.port(2, "capture", from.port) or 0
  local capture, err, details
  if type(target) == "string" then
    capture, err, details = core.capture(target, from.secrets ~= false)
    if not capture then return nil, err, details end
  elseif from.secrets ~= nil then
    error("option 'secrets' is for the call that makes the file", 2)
  else
    capture = check.argument(1, "capture", target, "secsock.capture")
  end
  local ok
  ok, err, details = core.setcapture(self, capture, port)
  if ok then return capture end
  if capture ~= target then
    capture:close()
    os.remove(target) -- nothing is in it
  end
  return nil, err, details
end

--- Sets who is told the secrets of handshakes: lines of NSS's key log format, without their ends,
--- by which Wireshark and others decrypt what they have recorded. nil, the default: nobody. An
--- error in it is thrown to whoever called the upgrade.
---@param listener? fun(line: string, s: secsock.socket)
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:setkeyloghook(listener)
  if listener ~= nil then check.argument(1, "setkeyloghook", listener, "function") end
  local private = core.private(self)
  local ok, err, details = core.usekeylog(self, (listener or private.follower) ~= nil)
  if not ok then return nil, err, details end
  private.keylog = listener
  note_watched(self)
  return ok
end

-- Hands events over, as long as they are wanted.
local function hand_over(listener)
  local function hear(trace, s)
    local private, event = core.private(s), trace:next()
    while event do
      listener(event, s)
      event = private.follower and private.follower.hear == hear and trace:next()
    end
  end
  return hear
end

---@class secsock.trace.options
---@field data? boolean  events have the bytes of what is protected, too; false unless said

--- Sets who is told what happens on the connection, from its first word in the clear on: see
--- secsock.event. Each is told by the call in which it has come to the library, in order, in the
--- caller's coroutine; an error is thrown to the caller. What is protected is opened for that, with
--- secrets that stay within. nil, the default: nobody.
---@param listener? fun(event: secsock.event, s: secsock.socket)
---@param from? secsock.trace.options
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:trace(listener, from)
  if listener ~= nil then check.argument(1, "trace", listener, "function") end
  from = check.options(from or {}, { data = "boolean" })
  return watch.follow(self, listener and hand_over(listener), from.data)
end

--- Has `hear(trace, s)` called whenever something has happened; nil: no longer.
---@param s secsock.socket
---@param hear? fun(trace: secsock.trace, s: secsock.socket)
---@param with_data? boolean
function watch.follow(s, hear, with_data)
  local private = core.private(s)
  local ok, err, details = core.usetrace(s, hear ~= nil)
  if ok then ok, err, details = core.usekeylog(s, (hear or private.keylog) ~= nil) end
  if not ok then return nil, err, details end
  private.follower = hear and { hear = hear, with_data = with_data, began = core.now() }
  note_watched(s)
  return ok
end

--- Has what a listener accepts watched as the listener is.
function watch.inherit(s, listener)
  local private, from = core.private(s), core.private(listener)
  local follower = from.follower
  private.keylog = from.keylog
  private.follower = follower and {
    hear = follower.hear, with_data = follower.with_data, began = core.now(),
  }
  note_watched(s)
end

-- Who makes events of what happens on a socket, whose role is known by then.
local function trace_of(s, follower)
  local trace = require "secsock.trace" -- which few programs need
  follower.trace = follower.trace or trace.new(s:role(), follower.began, follower.with_data)
  return follower.trace
end

--- Hands over what has been noted down since the last time.
function watch.tell(s)
  if not extra.get(s, "watched") then return end
  local lines, happened = core.keylines(s), core.traced(s)
  if not (lines or happened) then return end
  local private = core.private(s)
  local follower = private.follower
  if follower then trace_of(s, follower):take(s, lines or {}, happened or {}) end
  for _, line in ipairs(private.keylog and lines or {}) do private.keylog(line, s) end
  if follower then follower.hear(follower.trace, s) end
end

return watch
