--- Results as text and as records.
local rounds = require "bench.rounds"
local statistics = require "bench.statistics"

local report = {}

local CAPTION = [[
Each value is a median of rounds. Rates are for each second of CPU time, the system's included, of
one pinned thread that runs both ends. A handshake is everything from two new connections until
both are freed: the client verifies the chain against one CA and the host name, takes one session
ticket and reads one byte; contexts and loaded files are not in it. Bulk is sent and received, four
records at a time. Rows with "tcp", and all of Lua's, go over loopback: connect, accept and close
are inside; those with "local" over a local socket. A ratio says how many times better secsock is
(more of what is done, less of what is taken: above 1 it is ahead), the median of the same round's,
with the middle half of them in parentheses. "validate" of wolfssl is the chain's signatures alone;
heap is as malloc rounds it.]]

--- 12345678 as "12,345,678", small numbers with a few digits behind the point.
local function text_of(value)
  if not value then return "-" end
  if value < 100 then return ("%.3g"):format(value) end
  local text = ("%.0f"):format(value):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

local function ratio_text(ratio, low, high)
  if not ratio then return "" end
  return (" %5.2f (%.2f-%.2f)"):format(ratio, low, high)
end

-- The subjects that have a value in any of these results, in their order.
local function present(results, names)
  local list = {}
  for _, name in ipairs(names) do
    for _, result in ipairs(results) do
      if rounds.value(result, name) then
        list[#list + 1] = name
        break
      end
    end
  end
  return list
end

local function line(result, ours, names)
  local cells = { ("%-26s"):format(result.row.name) }
  for _, name in ipairs(names) do
    local behind = name == ours and " " .. result.row.unit
      or ratio_text(rounds.compare(result, ours, name))
    cells[#cells + 1] = ("%12s%-18s"):format(text_of(rounds.value(result, name)), behind)
  end
  return (table.concat(cells):gsub("%s+$", ""))
end

local function write_table(out, results, ours, names)
  local here = present(results, names)
  if #here == 0 then return end
  local cells = { ("%-26s"):format "" }
  for _, name in ipairs(here) do cells[#cells + 1] = ("%12s%-18s"):format(name, "") end
  out:write("\n", (table.concat(cells):gsub("%s+$", "")), "\n")
  for _, result in ipairs(results) do out:write(line(result, ours, here), "\n") end
end

--- The points of one plot, and their slope.
function report.points(results, plot, name)
  local points = {}
  for _, result in ipairs(results) do
    local value = result.row.plot == plot.name and rounds.value(result, name)
    if value then points[#points + 1] = { x = result.row.size, y = value } end
  end
  return points, #points > 1 and statistics.slope(points) * plot.per or nil
end

local function write_slopes(out, results, plots, names)
  for _, plot in ipairs(plots) do
    for _, name in ipairs(names) do
      local _, slope = report.points(results, plot, name)
      if slope then
        out:write(("%-14s %-14s %+.4f us for %s more %s\n"):format(
          plot.name, name, slope, text_of(plot.per), plot.x))
      end
    end
  end
end

local function filtered(results, wanted)
  local list = {}
  for _, result in ipairs(results) do
    if wanted(result.row) then list[#list + 1] = result end
  end
  return list
end

-- The worst of the rows that a target is about.
local function worst(target, results)
  local found, where
  for _, result in ipairs(results) do
    if result.row.name:find(target.rows) then
      local value = target.base and rounds.compare(result, target.subject, target.base)
      if not target.base then value = rounds.value(result, target.subject) end
      local worse = value and (not found or (target.least and value < found)
        or (target.most and value > found))
      if worse then found, where = value, result.row.name end
    end
  end
  return found, where
end

local function write_targets(out, results, targets)
  out:write "\nWhat it should show\n"
  for _, target in ipairs(targets) do
    local value, where = worst(target, results)
    if value then
      local met = target.least and value >= target.least or target.most and value <= target.most
      out:write(("%-8s %s, %s%s: %s %s, worst %s (%s)\n"):format(
        met and "met" or "NOT MET", target.subject, target.what,
        target.base and ", against " .. target.base or "",
        target.least and "at least" or "at most", text_of(target.least or target.most),
        text_of(value), where))
    end
  end
end

---@class bench.outcome
---@field results bench.result[]
---@field names table<string, string[]>  the subjects by driver, secsock's first
---@field versions string[]
---@field plots bench.plot[]

---@param out file*
---@param outcome bench.outcome
---@param targets bench.target[]
function report.text(out, outcome, targets)
  out:write(CAPTION, "\n\n", table.concat(outcome.versions, "\n"), "\n")
  for _, driver in ipairs { "c", "lua" } do
    local names = outcome.names[driver]
    write_table(out, filtered(outcome.results, function(row)
      return row.driver == driver and not row.plot
    end), names[1], names)
  end
  write_table(out, filtered(outcome.results, function(row) return row.plot end),
    outcome.names.c[1], outcome.names.c)
  out:write "\n"
  write_slopes(out, outcome.results, outcome.plots, outcome.names.c)
  write_targets(out, outcome.results, targets)
end

--- What --json writes: each subject by itself, then secsock against each.
---@param outcome bench.outcome
---@return table[]
function report.records(outcome)
  local records = {}
  local function add(result, subject, base)
    local ratio, low, high = rounds.compare(result, subject, base)
    if not ratio then return end
    records[#records + 1] = {
      work = result.row.name, subject = subject, base = base, ratio = ratio, low = low,
      high = high, value = rounds.value(result, subject), unit = result.row.unit,
    }
  end
  for _, result in ipairs(outcome.results) do
    local names = outcome.names[result.row.driver]
    for _, name in ipairs(names) do
      add(result, name, name)
      if name ~= names[1] then add(result, names[1], name) end
    end
  end
  return records
end

return report
