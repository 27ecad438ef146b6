--- The laws of secsock that can be seen to be crossed from outside, whichever the run.
local report = require "secsock.scenario.report"

---@class secsock.scenario.crossing
---@field law integer
---@field who "client"|"server"
---@field text string

---@class secsock.scenario.laws
---@field crossed secsock.scenario.crossing[]
local laws = {}
laws.__index = laws

function laws.new(of)
  return setmetatable({ report = of, crossed = {} }, laws)
end

--- Notes that an end has crossed a law.
function laws:cross(law, who, format, ...)
  local text = format:format(...)
  self.report:put { kind = "crossing", who = who, law = law, text = text }
  self.crossed[#self.crossed + 1] = { law = law, who = who, text = text }
end

-- Lines are received without their carriage returns.
local function plain(bytes) return (bytes:gsub("\r", "")) end

--- Law 4: whatever is received as protected was sent as protected, and in that order.
function laws:check_received(receiver, sender)
  local got, sent = plain(receiver.received.after), plain(sender.sent.after)
  if sent:sub(1, #got) == got then return end
  self:cross(4, receiver.role, "received as protected what the other end never sent so: %s",
             report.quote(receiver.received.after))
end

return laws
