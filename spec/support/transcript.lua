--- Dialogues with a peer who follows a transcript.
--
-- A transcript is a list of steps: { "C", bytes } or { "S", bytes } for what the client or the
-- server says, "TLS" where they upgrade. One end is played from it, word by word; at the other end
-- runs the code under test. Both have real sockets, over memory.
local assert = require "luassert"
local secsock = require "secsock"

local transcript = {}

--- The steps of a text, one to a line: "C: EHLO x", "S: 220 Go", "TLS".
function transcript.lines(text)
  local steps = {}
  for line in text:gmatch "[^\n]+" do
    local who, words = line:match "^%s*([CS]): ?(.*)$"
    steps[#steps + 1] = who and { who, words .. "\r\n" } or line:match "%S+"
  end
  return steps
end

-- ------------------------------------------------------------------------------- two ends, a wire

-- The wire between two sockets, in pieces of `size` bytes, or as they are sent. Each call brings
-- one piece across, or the end, and tells whether it did.
local function wire(from, to, size)
  local waiting, carried, ended = "", {}, false
  return function()
    waiting = waiting .. from:drain()
    local piece = waiting:sub(1, size or #waiting)
    waiting = waiting:sub(#piece + 1)
    local state = from:state()
    if piece ~= "" then
      carried[#carried + 1] = piece
      to:feed(piece)
    elseif not ended and (state == "closed" or state == "failed") then
      ended = true
      to:feed(nil)
    else
      return false
    end
    return true
  end, carried
end

local function run(sockets, ends, wires)
  local threads, results = {}, {}
  for role, play in pairs(ends) do threads[role] = coroutine.create(play) end
  local function resume(role, ok, ...)
    if not ok then error(debug.traceback(threads[role], tostring(...)), 0) end
    if coroutine.status(threads[role]) == "dead" then results[role] = { ... } end
  end
  resume("client", coroutine.resume(threads.client, sockets.client))
  resume("server", coroutine.resume(threads.server, sockets.server))
  local moved
  repeat
    moved = false
    for role, thread in pairs(threads) do
      local arrived = wires[role]()
      if arrived and not results[role] then resume(role, coroutine.resume(thread)) end
      moved = moved or arrived
    end
  until not moved
  assert.is_truthy(results.client and results.server, "both ends wait for each other")
  return results
end

--- Runs a function of a socket at each end until both have returned. Gives, for client and server,
-- a list of what it returned, and as `sent` what it put on the wire.
function transcript.meet(sockets, ends, size)
  local wires, sent = {}, {}
  wires.client, sent.server = wire(sockets.server, sockets.client, size)
  wires.server, sent.client = wire(sockets.client, sockets.server, size)
  local wait = secsock.wait
  secsock.wait = function() coroutine.yield() return true end
  local ok, results = pcall(run, sockets, ends, wires)
  secsock.wait = wait
  if not ok then error(results, 0) end
  for role in pairs(ends) do results[role].sent = table.concat(sent[role]) end
  return results
end

-- ------------------------------------------------------------------------------ following a script

--- Plays one end, "C" or "S", on a socket.
function transcript.follow(socket, steps, me)
  for _, step in ipairs(steps) do
    local ok, err
    if step == "TLS" then
      ok, err = socket:upgrade()
    elseif step[1] == me then
      ok, err = socket:send(step[2])
    else
      ok, err = socket:receive(#step[2])
      if ok then assert.same(step[2], ok) end
    end
    if not ok then return nil, err end
  end
  return true
end

--- The same as a function for meet(), which hangs up in the end.
function transcript.player(steps, me)
  return function(socket)
    local ok, err = transcript.follow(socket, steps, me)
    socket:close()
    return ok, err
  end
end

--- The first `count` steps; without a count, those before the upgrade.
function transcript.head(steps, count)
  local head = {}
  for i, step in ipairs(steps) do
    if i > (count or #steps) or (step == "TLS" and not count) then break end
    head[i] = step
  end
  return head
end

--- The steps after the upgrade.
function transcript.tail(steps)
  local tail = {}
  for i = #transcript.head(steps) + 2, #steps do tail[#tail + 1] = steps[i] end
  return tail
end

--- What one end says in a transcript before the upgrade.
function transcript.said(steps, who)
  local said = {}
  for _, step in ipairs(transcript.head(steps)) do
    if step[1] == who then said[#said + 1] = step[2] end
  end
  return table.concat(said)
end

return transcript
