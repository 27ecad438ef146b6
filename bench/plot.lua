--- Results as one page of SVG, on a light or a dark ground as the reader's system has it.
local report = require "bench.report"
local rounds = require "bench.rounds"

local plot = {}

local WIDTH, LEFT = 960, 220
local LINE = 13       -- from one bar to the next of a row
local GAP = 9         -- from one row to the next
local BAR = 640       -- pixels of the longest bar
local MOST = 8        -- the ratio at which bars end
local CHART = { width = 360, height = 180, left = 70 }
local SMALL = 15      -- from one line of small text to the next

local STYLE = [[
  :root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ccc;
    --c1: #1b6ac9; --c2: #c2541b; --c3: #2c8a3d; --c4: #8a3da8; --c5: #a08a10; --c6: #0e8c8c;
    --c7: #777; }
  @media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #16181c; --line: #444;
    --c1: #6aaefc; --c2: #f29463; --c3: #72cf82; --c4: #cb92e8; --c5: #dcc653; --c6: #5fd0d0;
    --c7: #aaa; } }
  text { font: 12px sans-serif; fill: var(--ink) } .title { font-size: 15px; font-weight: bold }
  .end { text-anchor: end } .middle { text-anchor: middle } .small { font-size: 11px }
  .axis { stroke: var(--line) } .path { fill: none; stroke-width: 2 }
]]

local function escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local page = {}
page.__index = page

function page:add(format, ...) self[#self + 1] = format:format(...) end

function page:text(x, y, class, text)
  self:add('<text x="%g" y="%g" class="%s">%s</text>', x, y, class, escape(text))
end

-- ---------------------------------------------------------------------------------------- bars

-- A subject, by its place among all, has one colour everywhere.
local function colour(names, name)
  for i, each in ipairs(names) do
    if each == name then return ("var(--c%d)"):format((i - 1) % 7 + 1) end
  end
end

local function draw_legend(self, y, here, names)
  for i = 2, #here do
    local x = LEFT + (i - 2) * 120
    self:add('<rect x="%g" y="%g" width="12" height="12" fill="%s"/>', x, y - 10,
      colour(names, here[i]))
    self:text(x + 18, y, "", here[i])
  end
end

-- Lines behind the bars, from `y` on, at the ratios that can be read off.
local function draw_scale(self, y, height)
  for ratio = 1, MOST do
    local x = LEFT + ratio / MOST * BAR
    self:add('<line x1="%g" y1="%g" x2="%g" y2="%g" class="axis"/>', x, y, x, y + height)
    local words = { [1] = "1, even", [MOST] = MOST .. " and more" }
    self:text(x, y - 4, "middle small", words[ratio] or tostring(ratio))
  end
end

local function draw_bar(self, y, ratio, fill, name)
  local width = math.min(ratio, MOST) / MOST * BAR
  self:add('<rect x="%g" y="%g" width="%.1f" height="%g" fill="%s"><title>%s %.2f</title></rect>',
    LEFT, y, width, LINE - 2, fill, escape(name), ratio)
  self:text(LEFT + width + 4, y + LINE - 3, "small", ("%.2f"):format(ratio))
end

-- The bars of one row, of those subjects that have done it; returns where the next row is.
local function draw_row(self, y, result, names)
  local top = y
  for i = 2, #names do
    local ratio = rounds.compare(result, names[1], names[i])
    if ratio then
      draw_bar(self, y, ratio, colour(names, names[i]), names[i])
      y = y + LINE
    end
  end
  if y == top then return y end
  self:text(LEFT - 8, (top + y) / 2 + 4, "end", result.row.name)
  return y + GAP
end

-- How many times better secsock is than each other subject.
local function draw_bars(self, y, results, names)
  local rows = setmetatable({}, page)
  local top = y + 36
  draw_legend(self, y, report.present(results, names), names)
  y = top + GAP / 2
  for _, result in ipairs(results) do y = draw_row(rows, y, result, names) end
  draw_scale(self, top, y - top)
  self[#self + 1] = table.concat(rows, "\n")
  return y + 32
end

-- -------------------------------------------------------------------------------------- growth

local function scale(points, log)
  local least, most, highest = math.huge, -math.huge, 0
  for _, point in ipairs(points) do
    least, most = math.min(least, point.x), math.max(most, point.x)
    highest = math.max(highest, point.y)
  end
  local of = log and math.log or function(x) return x end
  return function(point)
    return (of(point.x) - of(least)) / (of(most) - of(least)), point.y / highest
  end, highest
end

local function draw_line(self, x, y, points, to_unit, stroke)
  local list = {}
  for i, point in ipairs(points) do
    local right, up = to_unit(point)
    local at, over = x + right * (CHART.width - CHART.left - 20), y + (1 - up) * CHART.height
    list[i] = ("%.1f,%.1f"):format(at, over)
    self:add('<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>', at, over, stroke)
  end
  self:add('<polyline points="%s" class="path" stroke="%s"/>', table.concat(list, " "), stroke)
end

local function draw_axes(self, x, y, chart, all, highest)
  local left, below, right = x + CHART.left, y + CHART.height, x + CHART.width - 20
  self:text(x, y - 12, "title", chart.title .. ", us")
  self:text(left - 6, y + 10, "end", report.number(highest))
  self:text(left - 6, below, "end", "0")
  self:text(left, below + 16, "", report.number(all[1].x))
  self:text((left + right) / 2, below + 16, "middle",
    chart.x .. (chart.log and ", by powers" or ""))
  self:text(right, below + 16, "end", report.number(all[#all].x))
  self:add('<path d="M%g %gV%gH%g" class="path axis"/>', left, y, below, right)
end

-- Below the axes each subject's slope; secsock's line comes last, over the others. Returns how high
-- it is, nil where there is nothing to be drawn.
local function draw_growth(self, x, y, results, chart, names)
  local all, here = {}, {}
  for _, name in ipairs(names) do
    local points, slope = report.points(results, chart, name)
    if slope then here[#here + 1] = { name = name, points = points, slope = slope } end
    for _, point in ipairs(points) do all[#all + 1] = point end
  end
  if #here == 0 then return nil end
  local to_unit, highest = scale(all, chart.log)
  local left, below = x + CHART.left, y + CHART.height + 20
  draw_axes(self, x, y, chart, all, highest)
  for i = #here, 1, -1 do
    local each, stroke = here[i], colour(names, here[i].name)
    draw_line(self, left, y, each.points, to_unit, stroke)
    self:add('<text x="%g" y="%g" style="fill:%s">%s: %s us for %s more</text>', left,
      below + SMALL * i, stroke, escape(each.name), report.number(each.slope),
      report.number(chart.per))
  end
  return CHART.height + 60 + SMALL * #here
end

-- Two beside each other.
local function draw_charts(self, y, outcome)
  local column, height = 0, 0
  for _, chart in ipairs(outcome.plots) do
    local taken = draw_growth(self, 20 + column * 460, y + 20, outcome.results, chart,
      outcome.names.c)
    if taken then
      column, height = column + 1, math.max(height, taken)
      if column == 2 then column, y, height = 0, y + height, 0 end
    end
  end
  return y + height
end

-- ---------------------------------------------------------------------------------------- page

local function rows_of(results, driver)
  local list = {}
  for _, result in ipairs(results) do
    if result.row.driver == driver and not result.row.plot then list[#list + 1] = result end
  end
  return list
end

local function draw_lines(self, y, text)
  for line in text:gmatch "[^\n]+" do
    self:text(20, y, "small", line)
    y = y + SMALL
  end
  return y
end

--- The page as text.
---@param outcome bench.outcome
---@return string
function plot.svg(outcome)
  local self, y = setmetatable({}, page), 30
  for _, driver in ipairs { "c", "lua" } do
    local results, names = rows_of(outcome.results, driver), outcome.names[driver]
    if #results > 0 then
      self:text(20, y, "title", ("How many times better than others secsock is, in %s"):format(
        driver == "c" and "C" or "Lua"))
      y = draw_bars(self, y + 24, results, names)
    end
  end
  y = draw_charts(self, y, outcome) + 20
  y = draw_lines(self, y, report.caption) + SMALL
  y = draw_lines(self, y, table.concat(outcome.versions, "\n"))
  local head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">\n<style>%s</style>\n'
  return head:format(WIDTH, y + 10, STYLE)
    .. '<rect width="100%" height="100%" fill="var(--paper)"/>\n'
    .. table.concat(self, "\n") .. "\n</svg>\n"
end

return plot
