--- Looking on: captures, and the key log. The library notes key log lines down, and the loop that
-- drives a handshake hands them over: in the caller's own coroutine, with no C function on the
-- stack.
local core = require "secsock.core"
local check = require "secsock.check"

local watch = {}

--- A file for Wireshark, tshark and their like: what travels over the sockets that are given to it.
---@class secsock.capture
---@field status fun(self): 1?, string?, secsock.error?  why nothing is recorded any more, if so
---@field close fun(self): 1?, string?, secsock.error?  ends it for all its sockets; the last status

---@class secsock.capture.options
---@field secrets? boolean  hold the TLS secrets as well, so that all can be read; true unless said
---@field port? integer     the server's, for a transport without addresses; tells the protocol

--- Creates a capture file, that its owner alone can read, for any number of sockets. One that is
--- there already is never written to.
---@param path string
---@param from? secsock.capture.options  `secrets`
---@return secsock.capture? capture
---@return string? err  "file"
---@return secsock.error? details
function watch.open(path, from)
  check.argument(1, "capture", path, "string")
  from = check.options(from or {}, { secrets = "boolean" })
  return core.capture(path, from.secrets ~= false)
end

--- s:capture(target[, options])
function watch.capture(s, target, from)
  if target == nil then return core.setcapture(s, nil, 0) end
  from = check.options(from or {}, { secrets = "boolean", port = "number" })
  local capture, err, details = target, nil, nil
  if type(target) == "string" then
    capture, err, details = core.capture(target, from.secrets ~= false)
  elseif from.secrets ~= nil then
    error("option 'secrets' is of secsock.capture() where the file is made", 3)
  end
  if not capture then return nil, err, details end
  local ok
  ok, err, details = core.setcapture(s, capture, from.port or 0)
  if not ok then return nil, err, details end
  return capture
end

--- s:setkeyloghook(hook)
function watch.setkeyloghook(s, hook)
  if hook ~= nil then check.argument(1, "setkeyloghook", hook, "function") end
  local ok, err, details = core.usekeylog(s, hook ~= nil)
  if ok then core.private(s).keylog = hook end
  return ok, err, details
end

--- Hands over what has been noted down since the last time.
function watch.tell(s)
  local hook = core.private(s).keylog
  for _, line in ipairs(hook and core.keylines(s) or {}) do hook(line, s) end
end

return watch
