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

local STYLE = [[
  :root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ccc;
    --c1: #1b6ac9; --c2: #c2541b; --c3: #2c8a3d; --c4: #8a3da8; --c5: #a08a10; --c6: #0e8c8c; }
  @media (prefers-color-scheme: dark) { :root { --ink: #ddd; --paper: #16181c; --line: #444;
    --c1: #6aaefc; --c2: #f29463; --c3: #72cf82; --c4: #cb92e8; --c5: #dcc653; --c6: #5fd0d0; } }
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
local function colour(index) return ("var(--c%d)"):format((index - 1) % 6 + 1) end

local function draw_legend(self, y, names)
  for i = 2, #names do
    local x = LEFT + (i - 2) * 145
    self:add('<rect x="%g" y="%g" width="12" height="12" fill="%s"/>', x, y - 10, colour(i))
    self:text(x + 18, y, "", "against " .. names[i])
  end
end

-- Lines behind the bars, from `y` on, at the ratios that can be read off.
local function draw_scale(self, y, height)
  for ratio = 1, MOST do
    local x = LEFT + ratio / MOST * BAR
    self:add('<line x1="%g" y1="%g" x2="%g" y2="%g" class="axis"/>', x, y, x, y + height)
    self:text(x, y - 4, "middle small", ratio == 1 and "1, even" or tostring(ratio))
  end
end

local function draw_bar(self, y, ratio, index, name)
  local width = math.min(ratio, MOST) / MOST * BAR
  self:add('<rect x="%g" y="%g" width="%.1f" height="%g" fill="%s"><title>%s %.2f</title></rect>',
    LEFT, y, width, LINE - 2, colour(index), escape(name), ratio)
  self:text(LEFT + width + 4, y + LINE - 3, "small", ("%.2f"):format(ratio))
end

-- The bars of one row, of those subjects that have done it; returns where the next row is.
local function draw_row(self, y, result, names)
  local top = y
  for i = 2, #names do
    local ratio = rounds.compare(result, names[1], names[i])
    if ratio then
      draw_bar(self, y, ratio, i, names[i])
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
  draw_legend(self, y, names)
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

local function draw_line(self, x, y, points, to_unit, index)
  local list = {}
  for i, point in ipairs(points) do
    local right, up = to_unit(point)
    list[i] = ("%.1f,%.1f"):format(x + right * (CHART.width - CHART.left - 20),
                                   y + (1 - up) * CHART.height)
  end
  self:add('<polyline points="%s" class="path" stroke="%s"/>', table.concat(list, " "),
           colour(index))
end

local function draw_growth(self, x, y, results, chart, names)
  local all, each = {}, {}
  for i, name in ipairs(names) do
    each[i] = { report.points(results, chart, name) }
    for _, point in ipairs(each[i][1]) do all[#all + 1] = point end
  end
  if #all < 2 then return false end
  local to_unit, highest = scale(all, chart.log)
  local left, below = x + CHART.left, y + CHART.height
  self:text(x, y - 12, "title", chart.title .. ", us")
  self:text(left - 6, y + 10, "end", ("%.3g"):format(highest))
  self:text(left - 6, below, "end", "0")
  self:text(left, below + 16, "", ("%d … %d %s"):format(all[1].x, all[#all].x, chart.x))
  self:add('<path d="M%g %gV%gH%g" class="path axis"/>', left, y, below, x + CHART.width - 20)
  for i, name in ipairs(names) do
    local points, slope = each[i][1], each[i][2]
    if slope then
      draw_line(self, left, y, points, to_unit, i)
      self:add('<text x="%g" y="%g" style="fill:%s">%s: %+.3g us for %d more</text>', left,
        below + 18 + 15 * i, colour(i), escape(name), slope, chart.per)
    end
  end
  return true
end

-- ---------------------------------------------------------------------------------------- page

local function rows_of(results, driver)
  local list = {}
  for _, result in ipairs(results) do
    if result.row.driver == driver and not result.row.plot then list[#list + 1] = result end
  end
  return list
end

--- The page as text.
---@param outcome bench.outcome
---@return string
function plot.svg(outcome)
  local self, y = setmetatable({}, page), 30
  for _, driver in ipairs { "c", "lua" } do
    local results, names = rows_of(outcome.results, driver), outcome.names[driver]
    if #results > 0 then
      self:text(20, y, "title", "How many times better secsock is, " ..
        (driver == "c" and "in C" or "in Lua"))
      y = draw_bars(self, y + 24, results, names)
    end
  end
  local column = 0
  for _, chart in ipairs(outcome.plots) do
    if draw_growth(self, 20 + column * 460, y + 20, outcome.results, chart, outcome.names.c) then
      column = column + 1
      if column == 2 then column, y = 0, y + CHART.height + 120 end
    end
  end
  local height = y + (column > 0 and CHART.height + 120 or 0)
  local head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">\n<style>%s</style>\n'
  return head:format(WIDTH, height, STYLE)
    .. '<rect width="100%" height="100%" fill="var(--paper)"/>\n'
    .. table.concat(self, "\n") .. "\n</svg>\n"
end

return plot
