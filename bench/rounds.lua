--- Rounds: in each of them every subject does each row, one right after the other, so that whatever
-- else the machine does meets all. A ratio is of two subjects in the same round.
local statistics = require "bench.statistics"

local rounds = {}

-- How a figure that the drivers do not give themselves follows from those that they do.
local figures = {
  ms = function(answer) return answer.seconds / answer.count * 1e3 end,
}

-- The value of a row from an answer; nil where the subject cannot do it.
local function value_of(row, answer)
  if answer.cannot then return nil end
  if row.figure then
    local figure = figures[row.figure]
    return figure and figure(answer) or answer[row.figure]
  end
  local seconds = answer.seconds / answer.count
  if row.unit == "us" then return seconds * 1e6 end
  return row.per / seconds
end

--- What the subjects did in one row: their values by round, side by side.
---@class bench.result
---@field row bench.row
---@field values table<string, number[]>

--- Measures the rows, each time in processes that are begun for it.
---@param rows bench.row[]
---@param subjects fun(row: bench.row): bench.subject[]
---@param plan { rounds: integer, ms: integer }
---@param ask fun(subject: bench.subject, work: string, size: integer, amount: string): table
---@param begin fun(row: bench.row, round: integer)   is told of each turn
---@return bench.result[]
function rounds.measure(rows, subjects, plan, ask, begin)
  local results = {}
  for i, row in ipairs(rows) do results[i] = { row = row, values = {} } end
  for round = 1, plan.rounds do
    for _, result in ipairs(results) do
      local row, values = result.row, result.values
      local here = round <= (row.rounds or round) and subjects(row) or {}
      begin(row, round)
      for i = 1, #here do
        local subject = here[(i + round) % #here + 1]
        local answer = ask(subject, row.work, row.size, plan.ms .. "ms")
        values[subject.name] = values[subject.name] or {}
        values[subject.name][round] = value_of(row, answer)
      end
    end
  end
  return results
end

--- One subject against another: how much better the first is, in each round; above 1 it is ahead.
---@return number? ratio   the median
---@return number? low     a quarter of the rounds is below this,
---@return number? high    and a quarter above that
function rounds.compare(result, name, base)
  local ours, theirs, ratios = result.values[name] or {}, result.values[base] or {}, {}
  for round, value in pairs(ours) do
    if theirs[round] then
      ratios[#ratios + 1] = result.row.less and theirs[round] / value or value / theirs[round]
    end
  end
  if #ratios == 0 then return nil end
  return statistics.median(ratios), statistics.quantile(ratios, 0.25),
    statistics.quantile(ratios, 0.75)
end

--- The median of what a subject did, nil for nothing.
function rounds.value(result, name)
  local values = result.values[name]
  return values and #values > 0 and statistics.median(values) or nil
end

return rounds
