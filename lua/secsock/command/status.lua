--- How the command ends: exit statuses, and the errors that lead to them.
local surroundings = require "secsock.scenario.surroundings"

local status = {
  trusted = 0,
  untrusted = 1,
  failed = 1,
  usage = 2,
  unloadable = 2,
  unreachable = 3,
  unsecured = 4,
  unusable = 5,
  defect = 70,
  interrupted = 130,
}

--- What each means, for people.
status.meanings = {
  { 0, "The peer is trusted; or what was asked for is done." },
  { 1, "The peer is not trusted, nothing was found, or a scenario has failed." },
  { 2, "A mistake in the arguments, or in a file of scenarios." },
  { 3, "No connection: no such host, nobody listens or answers, or the port is taken." },
  { 4, "A connection, but no TLS: the dialogue or the handshake failed, or the peer refused us." },
  { 5, "A file or a store cannot be used: not there, malformed, or the wrong password." },
  { 70, "A defect of the command itself." },
  { 130, "Interrupted." },
}

local failure = {}
failure.__index = failure
failure.__tostring = function(self) return self.message end

--- Ends the command: `name` is one of the statuses.
function status.stop(name, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  error(setmetatable({ status = name, message = message }, failure))
end

--- Whether an error is one of those that end the command.
function status.is_failure(err)
  return getmetatable(err) == failure
end

--- Whether an error is Ctrl-C.
status.is_interruption = surroundings.is_interruption

--- What a function of the module, or of Lua's io, returned: it ends the command unless that went
-- well.
function status.check(value, err, details)
  if value then return value end
  local message = type(details) == "table" and tostring(details) or err
  status.stop(err == "argument" and "usage" or "unusable", "%s", message)
end

--- Calls a function of the module with what the user has said: a mistake in an argument is the
-- user's.
function status.attempt(f, ...)
  local ok, value, err, details = pcall(f, ...)
  if ok then return status.check(value, err, details) end
  local message = type(value) == "string" and value:gsub("^.-%.lua:%d+: ", "") or ""
  if message:find "^options? '" or message:find "^bad argument" then
    status.stop("usage", "%s", message)
  end
  error(value, 0)
end

return status
