--- Results as text and as records.
local rounds = require "bench.rounds"
local statistics = require "bench.statistics"

local report = {}

--- What is inside the timing, and how a ratio is meant.
report.caption = [[
Each value is a median of rounds. Rates are for each second of CPU time, the system's included, of
one pinned thread that runs both ends, in a process that does nothing else and is warm. A handshake
is everything from two new connections until both are freed: the client verifies the chain against
one CA and the host name, takes one session ticket and reads one byte; contexts and loaded files are
not in it. All have met the server before, but in "fresh": there it has a key and a certificate that
nobody has seen in each handshake, its CA being known. "resumed" resumes the session before. Bulk is
sent and received, four records at a time. "gather" is sixteen messages in a row, each received by
itself: sockets that can be told to (secsock's, cqueues') send them in one record, the others one by
one. "plain" is sockets without TLS, "lua-plain" LuaSocket without it: the floor. Rows with "tcp",
and Lua's without "local", go over loopback, handshakes with connect, accept and close; those with
"local" over a local socket. "validate" parses and judges a chain, and nothing is remembered of it
but keys, by libraries that do, and the chain's CAs by wolfSSL, as its client does. Heap is as
malloc rounds it. "start-load" is a process that only loads the library, "first-connection" one that
reads the system's anchors too and makes a ClientHello, from exec to exit. A ratio says how many
times better secsock is (more of what is done, less of what is taken: above 1 it is ahead), the
median of the same round's, with the middle half of them in parentheses; behind it is what the other
one does itself.]]

--- 12345678 as "12,345,678", small numbers with a few digits behind the point.
function report.number(value)
  if math.abs(value) < 100 then return ("%.3g"):format(value) end
  local text = ("%.0f"):format(value):reverse():gsub("(%d%d%d)", "%1,"):reverse()
  return (text:gsub("^,", ""))
end

-- A table, which is one of Markdown's as well.
local function write_table(out, lines)
  local widths = {}
  for _, cells in ipairs(lines) do
    for i, cell in ipairs(cells) do widths[i] = math.max(widths[i] or 3, #cell) end
  end
  local function write(cells)
    for i, cell in ipairs(cells) do out:write("| ", cell, (" "):rep(widths[i] - #cell), " ") end
    out:write "|\n"
  end
  local rule = {}
  for i, width in ipairs(widths) do rule[i] = ("-"):rep(width) end
  out:write "\n"
  write(lines[1])
  write(rule)
  for i = 2, #lines do write(lines[i]) end
end

--- The subjects that have a value in any of these results, in their order.
---@param results bench.result[]
---@param names string[]
---@return string[]
function report.present(results, names)
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

local function cell_of(result, ours, name)
  local value = rounds.value(result, name)
  if not value then return "-" end
  if name == ours then return report.number(value) .. " " .. result.row.unit end
  local ratio, low, high = rounds.compare(result, ours, name)
  return ("%.2f (%.2f-%.2f), %s"):format(ratio, low, high, report.number(value))
end

-- What nobody has done is left out.
local function write_results(out, results, names)
  local here = report.present(results, names)
  if #here == 0 then return end
  local lines = { { "", (table.unpack or unpack)(here) } }
  for _, result in ipairs(results) do
    if #report.present({ result }, here) > 0 then
      local cells = { result.row.name }
      for _, name in ipairs(here) do cells[#cells + 1] = cell_of(result, names[1], name) end
      lines[#lines + 1] = cells
    end
  end
  write_table(out, lines)
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
  local here = report.present(results, names)
  local lines = { { "how it grows", (table.unpack or unpack)(here) } }
  for _, plot in ipairs(plots) do
    local what = ("%s: %s more %s"):format(plot.title, report.number(plot.per), plot.x)
    local cells, any = { what }, false
    for _, name in ipairs(here) do
      local _, slope = report.points(results, plot, name)
      cells[#cells + 1] = slope and report.number(slope) .. " us" or "-"
      any = any or slope
    end
    if any then lines[#lines + 1] = cells end
  end
  if #lines > 1 then write_table(out, lines) end
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
  local lines = { { "what it should show", "", "", "worst" } }
  for _, target in ipairs(targets) do
    local value, where = worst(target, results)
    if value then
      local met = target.least and value >= target.least or target.most and value <= target.most
      local bound = ("%s %s"):format(target.least and "at least" or "at most",
        report.number(target.least or target.most))
      lines[#lines + 1] = {
        target.what .. (target.base and ", against " .. target.base or ""), bound,
        met and "met" or "not met", ("%s, %s"):format(report.number(value), where),
      }
    end
  end
  if #lines > 1 then write_table(out, lines) end
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
  out:write(report.caption, "\n\n", table.concat(outcome.versions, "\n"), "\n")
  for _, driver in ipairs { "c", "lua" } do
    local names = outcome.names[driver]
    write_results(out, filtered(outcome.results, function(row)
      return row.driver == driver and not row.plot
    end), names)
  end
  local growing = filtered(outcome.results, function(row) return row.plot end)
  write_results(out, growing, outcome.names.c)
  write_slopes(out, growing, outcome.plots, outcome.names.c)
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
