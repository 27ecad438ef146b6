--- Looking on: captures, and the key log. The library notes key log lines down, and the loop that
-- drives a handshake hands them over: in the caller's own coroutine, with no C function on the
-- stack.
local core = require "secsock.core"
local check = require "secsock.check"

---@class secsock.socket
local socket = core.methods

local watch = {}

---@class secsock.capture.options
---@field secrets? boolean  hold the TLS secrets as well, so that all can be read; true unless said

---@class secsock.socket.capture.options: secsock.capture.options
---@field port? integer     the server's, for a transport without addresses; tells the protocol

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
  local ok, err, details = core.usekeylog(self, listener ~= nil)
  if ok then core.private(self).keylog = listener end
  return ok, err, details
end

--- Hands over what has been noted down since the last time.
function watch.tell(s)
  local listener = core.private(s).keylog
  for _, line in ipairs(listener and core.keylines(s) or {}) do listener(line, s) end
end

return watch
