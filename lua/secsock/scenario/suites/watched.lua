--- Three things that are done to a peer: it is left without an answer, it is asked something, or
-- its handshake fails.
local watched = {}

local SILENCE = 0.4 -- seconds that somebody who has something to say may take, on a real clock

--- All that the peer says until it has been silent for a while: for so many seconds.
---@param me secsock.scenario.actor
---@param seconds? number
---@return string
function watched.wait(me, seconds)
  local heard, socket = {}, me.socket
  local before = socket:gettimeout()
  socket:settimeout(seconds or SILENCE)
  repeat
    local byte = socket:receive(1)
    heard[#heard + 1] = byte
  until not byte
  socket:settimeout(before)
  return table.concat(heard)
end

--- Says something, and hears the answer: it may take as long as the socket waits, for who is shown
-- a wrong password may think it over.
---@param me secsock.scenario.actor
---@param what string
---@return string  "" for none
function watched.ask(me, what)
  local first = me.socket:send(what) and me.socket:receive(1)
  return first and first .. watched.wait(me) or ""
end

local ALERT = "\21\3\3\0\2\2\40" -- fatal, handshake_failure

--- Hears a ClientHello, and ends the handshake; the connection stays in the clear.
---@param me secsock.scenario.actor
---@return boolean heard
function watched.fail(me)
  local head = me.socket:receive(5)
  if not head then return false end
  me.socket:receive(head:byte(4) * 256 + head:byte(5))
  return me.socket:send(ALERT) ~= nil
end

return watched
