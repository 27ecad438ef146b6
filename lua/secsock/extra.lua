--- What few sockets have, and what their calls must heed then: a limit for all the waits of a call,
-- a transport of the program's, somebody who is to be told. core.receive() and core.send() serve
-- the others alone.
local core = require "secsock.core"

local extra = {
  --- By socket: { total = seconds, carried = true, watched = true }; absent where it is none of
  --- these. It holds nothing that could refer to its socket: that is in core.private(s).
  of = setmetatable({}, { __mode = "k" }),
}

--- Gives `s` one of these, or takes it away: nil.
function extra.set(s, name, value)
  local has = extra.of[s] or {}
  has[name] = value
  extra.of[s] = next(has) and has
  core.attend(s, next(has) ~= nil)
end

--- What `s` has by that name, or nil.
function extra.get(s, name)
  local has = extra.of[s]
  return has and has[name]
end

return extra
