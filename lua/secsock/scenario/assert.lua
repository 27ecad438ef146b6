--- An assert for scenarios where there is no luassert: with the kit's assertions about runs, and
-- those of luassert's that everybody uses, written as there.
--
--     assert(value, message)
--     assert.equal(1, count)       assert.is_nil(err)        assert.has_error(f, "message")
--     assert.same({ 1 }, list)     assert.is_not_nil(s)      assert.matches("^220 ", line)
local assertions = require "secsock.scenario.assertions"
local show = require("secsock.quote").value

local unpack = unpack or table.unpack

-- ------------------------------------------------------------------------------------- values

local function is_same(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for key, value in pairs(a) do
    if not is_same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- --------------------------------------------------------------------------------- assertions
-- Each is how many arguments it takes, and a function of these that gives whether it holds and what
-- is expected.

local known = {}

local function compared(holds)
  return { 2, function(expected, actual)
    return holds(expected, actual), ("%s, got %s"):format(show(expected), show(actual))
  end }
end

local function judged(what, holds)
  return { 1, function(value)
    return holds(value), ("%s, got %s"):format(what, show(value))
  end }
end

known.equal = compared(function(expected, actual) return expected == actual end)
known.same = compared(is_same)
known["nil"] = judged("nil", function(value) return value == nil end)
known["true"] = judged("true", function(value) return value == true end)
known["false"] = judged("false", function(value) return value == false end)
known.truthy = judged("neither false nor nil", function(value) return value and true or false end)
known.falsy = judged("false or nil", function(value) return not value end)
for _, name in ipairs { "boolean", "function", "number", "string", "table", "userdata" } do
  known[name] = judged("a " .. name, function(value) return type(value) == name end)
end

known.matches = { 2, function(pattern, text)
  local found = type(text) == "string" and text:find(pattern) ~= nil
  return found, ("something that matches %s, got %s"):format(show(pattern), show(text))
end }

known.near = { 3, function(expected, actual, distance)
  local near = type(actual) == "number" and math.abs(expected - actual) <= distance
  return near, ("%s, give or take %s, got %s"):format(show(expected), show(distance), show(actual))
end }

-- The place of an error is not part of what is expected of it.
known.error = { 2, function(f, expected)
  local ok, err = pcall(f)
  local bare = type(err) == "string" and err:gsub("^.-:%d+: ", "", 1) or err
  local so = not ok and (expected == nil or is_same(expected, err) or is_same(expected, bare))
  return so, ("the error %s, got %s"):format(expected == nil and "of any kind" or show(expected),
    ok and "none" or show(err))
end }

known.equals, known.match, known.errors, known.falsey = known.equal, known.matches, known.error,
  known.falsy

for name, holds in pairs(assertions.holds) do
  known[name] = { 2, function(...)
    local ok, run, text = holds(...)
    return ok, text, run
  end }
end

-- ---------------------------------------------------------------------------------- their names

local fillers = { a = true, an = true, are = true, be = true, does = true, has = true,
                  have = true, is = true, the = true, to = true, was = true }
local negations = { ["no"] = true, ["not"] = true }

-- The assertion that a name such as "is_not_nil" stands for, and whether it is to hold.
local function find(name)
  local rest, expected = name:lower(), true
  while not known[rest] do
    local word, after = rest:match "^(%a+)_(.+)$"
    if not word or not (fillers[word] or negations[word]) then return nil end
    if negations[word] then expected = not expected end
    rest = after
  end
  return known[rest], expected
end

local function perform(name, ...)
  local assertion, expected = find(name)
  if not assertion then error(("there is no assertion '%s'"):format(name), 3) end
  local arguments = { n = select("#", ...), ... }
  local fine, ok, text, run = pcall(assertion[2], unpack(arguments, 1, assertion[1]))
  if not fine then error(ok, 3) end
  if ok == expected then return end
  local said = arguments[assertion[1] + 1]
  local message = assertions.message(expected, text, run)
  error(said and tostring(said) .. "\n" .. message or message, 3)
end

-- assert.is_nil and assert.is.Nil alike: names grow until they are called.
local function named(name)
  return setmetatable({}, {
    __index = function(_, more) return named(name .. "_" .. more) end,
    __call = function(_, ...)
      perform(name, ...)
      return ...
    end,
  })
end

return setmetatable({}, {
  __index = function(_, name) return named(name) end,
  __call = function(_, value, message, ...)
    if not value then error(message == nil and "assertion failed!" or message, 2) end
    return value, message, ...
  end,
})
