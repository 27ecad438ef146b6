--- A file of scenarios: described as for Busted, by describe, it and what goes with them, and run
-- without it.
---@class secsock.scenario.file
---@field path string
---@field cases secsock.scenario.file.case[]
local file = {}
file.__index = file

---@class secsock.scenario.file.case
---@field name string     of all that it is in, and its own
---@field title string    its own
---@field titles string[] of what it is in
---@field body? function  none: there is nothing to run yet

-- What is around cases: the file, and each describe.
local function new_group(parent, title)
  return {
    parent = parent, title = title,
    setup = {}, teardown = {}, before_each = {}, after_each = {}, members = {},
  }
end

--- How something went wrong.
---@class secsock.scenario.file.failure
---@field err any
---@field trace string

---@return secsock.scenario.file.failure?
local function attempt(f)
  local ok, failure = xpcall(f, function(err)
    return { err = err, trace = debug.traceback("", 2) }
  end)
  return not ok and failure or nil
end

-- -------------------------------------------------------------------------------------- reading

local function with_luassert()
  require "secsock.scenario.assertions"
  local installed, luassert = pcall(require, "luassert")
  return installed and luassert or require "secsock.scenario.assert"
end

local function add_case(self, group, title, body)
  local titles, above = {}, group
  while above.parent do
    table.insert(titles, 1, above.title)
    above = above.parent
  end
  local name = table.concat(titles, " ")
  local case = {
    name = name == "" and title or name .. " " .. title, title = title, titles = titles,
    body = body,
  }
  table.insert(self.cases, case)
  table.insert(group.members, case)
end

-- What a file can call.
local function vocabulary(self)
  local group = self.root
  local words = { assert = with_luassert() }

  function words.describe(title, body)
    group = new_group(group, title)
    table.insert(group.parent.members, group)
    body()
    group = group.parent
  end

  function words.it(title, body) add_case(self, group, title, body) end
  function words.pending(title) add_case(self, group, title) end

  local hooks = {
    setup = "setup", lazy_setup = "setup", strict_setup = "setup", before_each = "before_each",
    teardown = "teardown", lazy_teardown = "teardown", strict_teardown = "teardown",
    after_each = "after_each",
  }
  for word, hook in pairs(hooks) do
    words[word] = function(body) table.insert(group[hook], body) end
  end
  words.context, words.insulate, words.expose = words.describe, words.describe, words.describe
  words.spec, words.test = words.it, words.it
  return words
end

local setfenv = rawget(_G, "setfenv") -- Lua 5.1 has it

local function load_chunk(path, environment)
  if not setfenv then return loadfile(path, "t", environment) end
  local chunk, err = loadfile(path)
  return chunk and setfenv(chunk, environment), err
end

--- Where in a file it happened: the lines of a traceback that are about it; all of them where there
-- are none.
---@param path string
---@param trace string
---@return string
function file.place(path, trace)
  local name, lines = path:match "[^/]*$", {}
  for line in trace:gmatch "[^\n]+" do
    if line:find(name, 1, true) then lines[#lines + 1] = line:match "^%s*(.*)" end
  end
  return #lines > 0 and table.concat(lines, "\n") or trace
end

--- Reads a file; nil and why that is not possible, with its name and the line.
---@param path string
---@return secsock.scenario.file? file
---@return string? err
function file.load(path)
  local self = setmetatable({ path = path, cases = {}, root = new_group() }, file)
  local environment = setmetatable(vocabulary(self), { __index = _G })
  local chunk, err = load_chunk(path, environment)
  if not chunk then return nil, err end
  local failure = attempt(chunk)
  if failure and type(failure.err) ~= "string" then error(failure.err, 0) end
  if failure then return nil, failure.err .. "\n" .. file.place(path, failure.trace) end
  if #self.cases == 0 then return nil, path .. ": there is no case in it" end
  return self
end

-- -------------------------------------------------------------------------------------- running

-- Runs all of a list; the first failure.
local function attempt_all(list)
  local failure
  for _, f in ipairs(list) do failure = failure or attempt(f) end
  return failure
end

-- Hooks of a group and of those above: from outside in, or the other way round.
local function hooks(group, kind)
  local found = {}
  while group do
    for i, hook in ipairs(group[kind]) do
      table.insert(found, kind == "before_each" and i or #found + 1, hook)
    end
    group = group.parent
  end
  return found
end

local function run_case(case, group)
  if not case.body then return nil end
  local failure = attempt_all(hooks(group, "before_each")) or attempt(case.body)
  for _, hook in ipairs(hooks(group, "after_each")) do failure = attempt(hook) or failure end
  return failure
end

local function holds_selected(group, selected)
  for _, member in ipairs(group.members) do
    if selected[member] or (member.members and holds_selected(member, selected)) then
      return true
    end
  end
  return false
end

-- Runs what is selected of a group. `flaw`: how a setup around it has failed, and with that all.
local function run_group(group, selected, told, flaw)
  if not holds_selected(group, selected) then return end
  flaw = flaw or attempt_all(group.setup)
  for _, member in ipairs(group.members) do
    if member.members then
      run_group(member, selected, told, flaw)
    elseif selected[member] then
      told.begin(member)
      told.over(member, flaw or run_case(member, group))
    end
  end
  local failure = attempt_all(group.teardown)
  if failure then told.over({ name = (group.title or "the file") .. " teardown" }, failure) end
end

--- Runs cases, in their order.
---@param selected table<secsock.scenario.file.case, true>
---@param told { begin: fun(case: table), over: fun(case: table, failure?: table) }
function file:run(selected, told)
  run_group(self.root, selected, told)
end

return file
