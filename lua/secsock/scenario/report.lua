--- What happened in a run, in order: what the sockets tell of, and what else there is to know.
local quote = require "secsock.quote"

--- Of further kinds than a socket's events: "note", what an end does or finds; "wire", what the
--- wire does; "crossing", a law that is crossed.
---@class secsock.scenario.event: secsock.event
---@field time number  seconds since the run began
---@field who "client"|"server"|"wire"
---@field text? string
---@field direction? secsock.scenario.direction  of the wire
---@field law? integer

---@class secsock.scenario.report
---@field events secsock.scenario.event[]  so far
---@field pending table[]  events, and what a trace has taken down, that are to follow: from the
---                         first-th to the last-th
local report = {}
report.__index = report

local SHOWN = 72 -- characters of what was said

--- Bytes as text between quotes, shortened.
function report.quote(bytes) return quote.bytes(bytes, SHOWN) end

function report.new(clock)
  return setmetatable({ clock = clock, events = {}, pending = {}, first = 1, last = 0 }, report)
end

--- Puts an event at the end.
---@param event secsock.event|secsock.scenario.event
function report:put(event)
  event.time = self.clock:now()
  self.last = self.last + 1
  self.pending[self.last] = event
end

--- Puts there what a trace has taken down and not told of yet. It is looked into when somebody
--- wants to see it: in most runs nobody does. `belongs(event)` says whether it is to be there.
---@param trace secsock.trace
---@param belongs fun(event: secsock.event): boolean
function report:take(trace, belongs)
  self:put { trace = trace, upto = trace.taken, belongs = belongs }
end

local function add(self, event)
  self.events[#self.events + 1] = event
end

local function add_taken(self, of)
  local event = of.trace:next(of.upto)
  while event do
    event.time = of.time
    if of.belongs(event) then add(self, event) end
    event = of.trace:next(of.upto)
  end
end

--- All that has happened. Who is told of it meanwhile may put more there, and throw.
---@return secsock.scenario.event[]
function report:all()
  while self.first <= self.last do
    local one = self.pending[self.first]
    self.pending[self.first], self.first = nil, self.first + 1
    if one.trace then add_taken(self, one) else add(self, one) end
  end
  return self.events
end

--- Notes what somebody does.
function report:add(who, format, ...)
  self:put { kind = "note", who = who, text = format:format(...) }
end

return report
