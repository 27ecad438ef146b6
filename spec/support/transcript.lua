--- Dialogues with a peer who follows a transcript.
--
-- A transcript is a list of steps: { "C", bytes } or { "S", bytes } for what the client or the
-- server says, "TLS" where they upgrade. One end of a scenario is played from it, word by word; at
-- the other end runs the code under test.
local assert = require "luassert"

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

--- Plays one end, "C" or "S".
---@param me secsock.scenario.actor
function transcript.follow(me, steps, as)
  for _, step in ipairs(steps) do
    if step == "TLS" then
      me:upgrade()
    elseif step[1] == as then
      me:send(step[2])
    else
      assert.same(step[2], me:receive(#step[2]))
    end
  end
end

--- The same as a script.
function transcript.player(steps, as)
  return function(me) transcript.follow(me, steps, as) end
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
