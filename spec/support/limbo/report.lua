--- What has come of a corpus, for people: a table by category, and the cases that failed.
local corpus = require "spec.support.limbo.corpus"

local report = {}

local columns = {
  { "cases" }, { "passed" }, { "false accepts", "accept" }, { "false rejects", "reject" },
  { "other", "other" }, { "handshakes" }, { "not served" },
}

local Tally = {}
Tally.__index = Tally

--- Counts outcomes.
function report.tally()
  local tally = { categories = {}, order = {}, total = {}, unserved = {}, failed = {} }
  return setmetatable(tally, Tally)
end

local function count(row, what)
  row[what] = (row[what] or 0) + 1
end

-- Whose certificate it is makes no two reasons.
local function reason(text)
  return (text:gsub("^.-: ", ""))
end

function Tally:row(case)
  local name = corpus.category(case)
  if not self.categories[name] then
    self.categories[name] = {}
    self.order[#self.order + 1] = name
  end
  return self.categories[name]
end

---@param outcome limbo.outcome
function Tally:add(outcome)
  local rows = { self:row(outcome.case), self.total }
  for _, row in ipairs(rows) do
    count(row, "cases")
    count(row, outcome.passed and "passed" or outcome.wrong or "other")
    if outcome.handshake then count(row, "handshakes") end
    if outcome.unserved then count(row, "not served") end
  end
  if outcome.unserved then count(self.unserved, reason(outcome.unserved)) end
  if not outcome.passed then self.failed[#self.failed + 1] = outcome end
end

-- -------------------------------------------------------------------------------------- writing

local function line(name, row)
  local cells = { ("%-26s"):format(name) }
  for _, column in ipairs(columns) do
    local title, key = column[1], column[2] or column[1]
    local value = row and (row[key] or 0) or title
    cells[#cells + 1] = ("%" .. #title .. "s"):format(value == 0 and "." or value)
  end
  return table.concat(cells, "  ") .. "\n"
end

--- The table by category.
function Tally:table()
  table.sort(self.order)
  local lines = { line "category" }
  for _, name in ipairs(self.order) do
    lines[#lines + 1] = line(name, self.categories[name])
  end
  lines[#lines + 1] = line("all", self.total)
  return table.concat(lines)
end

--- Why certificates with a key could not be presented in a handshake; "" when all were.
function Tally:reasons()
  local lines = {}
  for why, number in pairs(self.unserved) do
    lines[#lines + 1] = ("not served: %d: %s\n"):format(number, why)
  end
  table.sort(lines)
  return table.concat(lines)
end

--- The last line.
function Tally:summary(cases)
  local total = self.total
  local passed, failed = total.passed or 0, #self.failed
  return ("limbo: %d passed, %d failed (%d false accepts, %d false rejects), %d skipped"):format(
    passed, failed, total.accept or 0, total.reject or 0, cases - passed - failed)
end

local function got(outcome)
  if not outcome.problems then return "no verdict" end
  if #outcome.problems == 0 then return "accepted" end
  return "rejected for " .. table.concat(outcome.problems, ", ")
end

--- A case in one line.
---@param outcome limbo.outcome
function report.line(outcome)
  local case = outcome.case
  local must = case.expected_result == "SUCCESS" and "accepted" or "rejected"
  local text = ("%s: must be %s, was %s"):format(case.id, must, got(outcome))
  if outcome.error then text = text .. "; " .. outcome.error end
  return text .. "\n"
end

local function indented(text)
  return (("\n" .. text):gsub("\n+$", ""):gsub("\n([^\n])", "\n    %1"):sub(2)) .. "\n"
end

--- All there is to say about a case.
---@param outcome limbo.outcome
---@param choice { profile: string, reason: string }
function report.whole(outcome, choice)
  local case, shaken = outcome.case, outcome.handshake
  local lines = {
    report.line(outcome),
    ("  profile %s (%s)"):format(choice.profile, choice.reason),
    ("  at %s, for %s"):format(case.validation_time or "the present", case.validation_kind),
    #case.features > 0 and "  features: " .. table.concat(case.features, ", ") or nil,
  }
  if shaken then
    lines[#lines + 1] = "  handshake: " .. (shaken.accepted and "accepted" or tostring(shaken.why))
  elseif outcome.unserved then
    lines[#lines + 1] = "  handshake: not served: " .. outcome.unserved
  end
  local first = table.remove(lines, 1)
  return first .. table.concat(lines, "\n") .. "\n" .. indented(outcome.explanation or "")
         .. indented(case.description)
end

return report
