--- Sequence diagrams of what happened on a connection, for a terminal or as a page of HTML.
local check = require "secsock.check"

local forms = { text = "secsock.diagram.text", html = "secsock.diagram.html" }

local function draw(of, form)
  local make = forms[form or "text"]
  if type(of) ~= "table" then error("a run, or a list of events, expected", 0) end
  if not make then error(("'text' or 'html' expected, got '%s'"):format(tostring(form)), 0) end
  return require(make)(of.events or of, of.seed)
end

--- Draws a run of secsock.scenario, or a list of events such as s:trace() tells of.
---@param of secsock.scenario.run|secsock.event[]
---@param form? "text"|"html"  text unless said
---@return string
local function diagram(of, form)
  return (check.blame_caller(draw, of, form))
end

return diagram
