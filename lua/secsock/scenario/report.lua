--- What happened in a run, in order: for people, who read it where an assertion has failed.
---@class secsock.scenario.event
---@field time number  seconds since the run began
---@field who "client"|"server"|"wire"
---@field text string

---@class secsock.scenario.report
---@field events secsock.scenario.event[]
local report = {}
report.__index = report

local SHOWN = 72 -- characters of what was said

local escapes = { ["\r"] = "\\r", ["\n"] = "\\n", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\" }

--- Bytes as text between quotes, shortened.
function report.quote(bytes)
  local text = bytes:sub(1, SHOWN):gsub('[%c"\\\127-\255]', function(c)
    return escapes[c] or ("\\%03d"):format(c:byte())
  end)
  return '"' .. text .. '"' .. (#bytes > SHOWN and ("… (%d bytes)"):format(#bytes) or "")
end

function report.new(clock)
  return setmetatable({ clock = clock, events = {} }, report)
end

--- Notes that somebody did something.
function report:add(who, format, ...)
  local text = select("#", ...) > 0 and format:format(...) or format
  self.events[#self.events + 1] = { time = self.clock:now(), who = who, text = text }
end

local columns = { client = "", wire = (" "):rep(8), server = (" "):rep(16) }

--- The sequence as text, one line for each event: the client at the left, the server at the right.
function report:text()
  local lines = {}
  for i, event in ipairs(self.events) do
    lines[i] = ("%9.3f  %s%s %s"):format(event.time, columns[event.who], event.who, event.text)
  end
  return table.concat(lines, "\n")
end

return report
