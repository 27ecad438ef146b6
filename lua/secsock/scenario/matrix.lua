--- The product of several dimensions, case by case.
--
--     local m = scenario.matrix {
--       version = { "TLSv1.2", "TLSv1.3" },
--       split = { 1, "records", "random" },
--       run = function(case)
--         local r = case.scenario { client = …, wire = { split = case.split } }
--         assert.secure(r)
--       end,
--     }
--     assert.passed(m)
--
-- A case fails when its function throws. It has a name, "split=1 version=TLSv1.2", and a seed of
-- its own, made of that and the matrix's seed: with `only` and either of both it runs as it did.
-- `secsock run --only` knows it by that name, too.
-- The values of a dimension are named as they read; a table by its field `name`, or by its place,
-- as functions and the like are.
local check = require "secsock.check"
local surroundings = require "secsock.scenario.surroundings"

---@class secsock.scenario.case
---@field name string
---@field seed string
---@field scenario fun(options: secsock.scenario.options): secsock.scenario.run  with this seed
---@field [string] any       the value of each dimension
---@field ok? boolean        afterwards
---@field err? any           what it threw
---@field run? secsock.scenario.run  the last

---@class secsock.scenario.matrix
---@field cases secsock.scenario.case[]
---@field passed integer
---@field failed integer
---@field seed integer|string
local matrix = {}
matrix.__index = matrix

local settings = { run = "function", only = "string", seed = "number|string", show = "userdata" }

-- Names that a case has for itself.
local taken = { name = true, scenario = true, ok = true, err = true }

local readable = { string = true, number = true, boolean = true }

local function name_of(value, index)
  if readable[type(value)] then return tostring(value) end
  return type(value) == "table" and value.name or tostring(index)
end

-- The names of the dimensions, sorted.
local function dimensions(options)
  local names = {}
  for name, values in pairs(options) do
    if not settings[name] then
      if type(values) ~= "table" or #values == 0 or taken[name] then
        error(("option '%s': a dimension is a list of values"):format(tostring(name)), 0)
      end
      names[#names + 1] = name
    end
  end
  if #names == 0 then error("a dimension expected, a list of values by its name", 0) end
  table.sort(names)
  return names
end

-- All cases: those of the dimensions from the index-th on, for each of the values so far.
local function product(options, names, index, values, labels, found)
  local name = names[index]
  if not name then
    local case = { name = table.concat(labels, " ") }
    for key, value in pairs(values) do case[key] = value end
    found[#found + 1] = case
    return found
  end
  for i, value in ipairs(options[name]) do
    values[name], labels[index] = value, name .. "=" .. name_of(value, i)
    product(options, names, index + 1, values, labels, found)
  end
  return found
end

-- That of a case: who has it already means that case.
local function seed_of(seed, name)
  local own = " " .. name
  return tostring(seed):sub(-#own) == own and seed or seed .. own
end

local function is_wanted(case, only)
  if only then return only == case.name end
  return surroundings.wanted(case.name)
end

local function run_case(case, play, run)
  case.scenario = function(options)
    local seeded = {}
    for name, value in pairs(options) do seeded[name] = value end
    seeded.seed = options.seed or case.seed
    case.run = run(seeded)
    return case.run
  end
  case.ok, case.err = surroundings.attempt(play, case)
  if case.ok then case.err = nil end
end

-- One line that is written over, again and again.
local function progress(self, show, count)
  if not show then return end
  show:write(("\r%d of %d, %d failed"):format(self.passed + self.failed, count, self.failed))
  if self.passed + self.failed == count then show:write("\n", self:table(), "\n") end
  show:flush()
end

--- The cases, one line each: what became of them, and why.
---@return string
function matrix:table()
  local width, lines = 0, {}
  for _, case in ipairs(self.cases) do width = math.max(width, #case.name) end
  for i, case in ipairs(self.cases) do
    local why = case.ok and "" or "  " .. tostring(case.err):match "[^\n]*"
    local line = ("%-6s  %-" .. width .. "s%s"):format(case.ok and "ok" or "FAILED", case.name, why)
    lines[i] = line:gsub("%s+$", "")
  end
  lines[#lines + 1] = ("%d passed, %d failed, seed %s"):format(self.passed, self.failed, self.seed)
  return table.concat(lines, "\n")
end

matrix.__tostring = matrix.table

--- Runs all cases, or `only` the one of that name; `show` is a file that progress and the table are
-- written to. It throws without a place.
---@param run fun(options: secsock.scenario.options): secsock.scenario.run
---@param options table
---@return secsock.scenario.matrix
local function make(run, options)
  if check.kind(options) ~= "table" or not options.run then
    error("option 'run': a function of a case expected", 0)
  end
  local given = {}
  for name in pairs(settings) do given[name] = options[name] end
  check.inner_options(given, { run = "function", only = "string", seed = "number|string",
                               show = check.kind(options.show) })
  local seed = options.seed or surroundings.seed
  local self = setmetatable({ cases = {}, passed = 0, failed = 0, seed = seed }, matrix)
  for _, case in ipairs(product(options, dimensions(options), 1, {}, {}, {})) do
    case.seed = seed_of(seed, case.name)
    if is_wanted(case, options.only) then self.cases[#self.cases + 1] = case end
  end
  if options.only and #self.cases == 0 then
    error(("there is no case '%s'"):format(options.only), 0)
  end
  for _, case in ipairs(self.cases) do
    run_case(case, options.run, run)
    local outcome = case.ok and "passed" or "failed"
    self[outcome] = self[outcome] + 1
    progress(self, options.show or surroundings.show, #self.cases)
  end
  return self
end

return { run = make }
