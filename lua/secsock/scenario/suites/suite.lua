--- Cases that somebody's program is tried with, one by one, and what came out.
--
-- A case is never "refused" for want of trying: the program must first do well where all is right,
-- and the attack must have reached it; else nothing can be said.
local check = require "secsock.check"
local surroundings = require "secsock.scenario.surroundings"

---@alias secsock.scenario.suite.verdict "refused"|"accepted"|"cannot judge"

---@class secsock.scenario.suite.case
---@field name string
---@field class string
---@field text string       what the attacker does
---@field reference string  an RFC's section, a CVE, a study
---@field judged string     what counts as accepted

---@class secsock.scenario.suite.finding
---@field case secsock.scenario.suite.case
---@field verdict secsock.scenario.suite.verdict
---@field why string
---@field run? secsock.scenario.run

---@class secsock.scenario.suite
---@field title string
---@field cases secsock.scenario.suite.case[]
local suite = {}
suite.__index = suite

-- Those of the cases whose name or class is wanted: a word or a list of such. Nil wants all.
local function chosen(cases, only)
  if only == nil then return cases end
  local wanted, found, own = {}, {}, {}
  for _, word in ipairs(type(only) == "table" and only or { only }) do wanted[word] = true end
  for _, case in ipairs(cases) do
    if wanted[case.name] or wanted[case.class] then own[#own + 1] = case end
    found[case.name], found[case.class] = true, true
  end
  for word in pairs(wanted) do
    if not found[word] then error(("there is no case '%s'"):format(tostring(word)), 0) end
  end
  return own
end

--- Makes a suite of those of the `cases` that are wanted: `only` is as for suite:run. It throws
-- without a place. `attempt(case)` returns what an attack has come to: "accepted", "refused" or
-- "cannot judge", why, and the run; `control()` does the same where nobody attacks: why it did not
-- go well, or nil, and the run.
function suite.new(from)
  from.cases, from.only = chosen(from.cases, from.only), nil
  return setmetatable(from, suite)
end

--- What became of the run in which all is right: nil if it went well, else why it did not.
---@return string? why
---@return secsock.scenario.run? run
function suite:controlled()
  if not self.has_control then
    self.has_control = true
    local ok, why, run = surroundings.attempt(self.control)
    self.flaw, self.first = why, run
    if not ok then self.flaw = tostring(why) end
  end
  return self.flaw, self.first
end

local function find(self, name)
  for _, case in ipairs(self.cases) do
    if case.name == name then return case end
  end
  error(("there is no case '%s'"):format(tostring(name)), 0)
end

--- A case by its name.
---@param name string
---@return secsock.scenario.suite.case
function suite:case(name) return (check.blame_caller(find, self, name)) end

--- Tries one case.
---@param name string
---@return secsock.scenario.suite.finding
function suite:try(name)
  local case = check.blame_caller(find, self, name)
  local flaw, first = self:controlled()
  if flaw then
    local why = "even where all is right: " .. flaw
    return { case = case, verdict = "cannot judge", why = why, run = first }
  end
  local ok, verdict, why, run = surroundings.attempt(self.attempt, case)
  if not ok then verdict, why = "cannot judge", tostring(verdict) end
  return { case = case, verdict = verdict, why = why, run = run }
end

-- Throws what was found, unless that is good.
local function demand(finding)
  if finding.verdict == "refused" then return end
  local case = finding.case
  error(("%s: %s\n%s (%s)\n%s"):format(finding.verdict, finding.why, case.text, case.reference,
    finding.run and tostring(finding.run) or ""), 0)
end

--- Calls `use(name, test)` for each case, as Busted's `it` wants to be: the test throws unless the
-- attack is refused.
---@param use fun(name: string, test: fun())
function suite:each(use)
  for _, case in ipairs(self.cases) do
    use(("%s: %s"):format(case.name, case.text), function() demand(self:try(case.name)) end)
  end
end

-- --------------------------------------------------------------------------------- all of them

---@class secsock.scenario.suite.report
---@field title string
---@field findings secsock.scenario.suite.finding[]
---@field counts table<secsock.scenario.suite.verdict, integer>
local report = {}
report.__index = report

--- One line for each case: what came out, and why.
---@return string
function report:table()
  local width, lines = 0, { self.title }
  for _, finding in ipairs(self.findings) do width = math.max(width, #finding.case.name) end
  for _, finding in ipairs(self.findings) do
    local line = ("%-12s  %-" .. width .. "s  %s"):format(finding.verdict, finding.case.name,
      finding.why:match "[^\n]*")
    lines[#lines + 1] = line:gsub("%s+$", "")
  end
  lines[#lines + 1] = ("%d refused, %d accepted, %d cannot be judged"):format(
    self.counts.refused, self.counts.accepted, self.counts["cannot judge"])
  return table.concat(lines, "\n")
end

report.__tostring = report.table

--- The finding of a case.
---@param name string
---@return secsock.scenario.suite.finding?
function report:finding(name)
  for _, finding in ipairs(self.findings) do
    if finding.case.name == name then return finding end
  end
end

--- Tries all cases, or `only` some: a name, a class, or a list of such. `show` is a file that
-- progress and the table are written to.
---@param options? { only?: string|string[], show?: file* }
---@return secsock.scenario.suite.report
function suite:run(options)
  options = options or {}
  check.options(options, { only = "string|table", show = check.kind(options.show) })
  local cases = {}
  for _, case in ipairs(check.blame_caller(chosen, self.cases, options.only)) do
    if options.only or surroundings.wanted(case.name) then cases[#cases + 1] = case end
  end
  local result = setmetatable({
    title = self.title, findings = {}, counts = { refused = 0, accepted = 0, ["cannot judge"] = 0 },
  }, report)
  for i, case in ipairs(cases) do
    if options.show then
      options.show:write(("\r%d of %d: %-24s"):format(i, #cases, case.name))
      options.show:flush()
    end
    local finding = self:try(case.name)
    result.findings[i] = finding
    result.counts[finding.verdict] = result.counts[finding.verdict] + 1
  end
  if options.show then options.show:write("\r", result:table(), "\n") end
  return result
end

return suite
