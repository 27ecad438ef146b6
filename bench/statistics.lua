--- Numbers of many rounds, and lines through points.
local statistics = {}

--- The value below which a fraction of the list lies; of whatever order.
---@param list number[]
---@param fraction number
---@return number
function statistics.quantile(list, fraction)
  local sorted = {}
  for i, value in ipairs(list) do sorted[i] = value end
  table.sort(sorted)
  local at = 1 + (#sorted - 1) * fraction
  local below = math.floor(at)
  local above = sorted[below + 1] or sorted[below]
  return sorted[below] + (above - sorted[below]) * (at - below)
end

function statistics.median(list) return statistics.quantile(list, 0.5) end

--- The slope of the line that is closest to all the points, as least squares have it.
---@param points { x: number, y: number }[]
---@return number
function statistics.slope(points)
  local x, y = 0, 0
  for _, point in ipairs(points) do x, y = x + point.x / #points, y + point.y / #points end
  local over, under = 0, 0
  for _, point in ipairs(points) do
    over = over + (point.x - x) * (point.y - y)
    under = under + (point.x - x) ^ 2
  end
  return over / under
end

return statistics
