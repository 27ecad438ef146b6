--- Argument mistakes, which throw: with the messages of Lua's own functions, at the place of the
-- call.
local check = {}

local unpack = unpack or table.unpack

-- type(), which also tells the objects of this module apart.
local function kind(value)
  local meta = type(value) == "userdata" and getmetatable(value)
  return type(meta) == "table" and meta.__name or type(value)
end

check.kind = kind

--- Throws unless `value`, argument `index` of `name`, is of the kind `wanted`.
function check.argument(index, name, value, wanted)
  if kind(value) == wanted then return value end
  local message = "bad argument #%d to '%s' (%s expected, got %s)"
  error(message:format(index, name, wanted, kind(value)), 3)
end

--- Throws unless `value`, argument `index` of `name`, is a port: a whole number from 1 to 65535.
function check.port(index, name, value)
  local port = tonumber(value)
  if port and port % 1 == 0 and port >= 1 and port <= 65535 then return port end
  local message = "bad argument #%d to '%s' (port expected, got %s)"
  error(message:format(index, name, tostring(value)), 3)
end

-- Throws unless `options` is a table whose keys are all known, each with a value of a kind that
-- `known` gives for it: one name or several, as in "string|table". `prefix` is part of their names.
local function check_options(options, known, prefix, level)
  if type(options) ~= "table" then
    error(("table of options expected, got %s"):format(kind(options)), level)
  end
  for key, value in pairs(options) do
    local wanted, name = known[key], prefix .. tostring(key)
    if not wanted then error(("unknown option '%s'"):format(name), level) end
    if not ("|" .. wanted .. "|"):find("|" .. kind(value) .. "|", 1, true) then
      error(("option '%s': %s expected, got %s"):format(name, wanted, kind(value)), level)
    end
  end
  return options
end

--- The options of a function, which the caller of that is to blame for.
function check.options(options, known)
  check_options(options, known, "", 4)
  return options
end

-- The following throw without a place, which check.blame_caller() adds.

--- The options of a function that check.blame_caller() calls; or those within the option `name`.
function check.inner_options(options, known, name)
  return check_options(options, known, name and name .. "." or "", 0)
end

--- Passes the value of the option `name` on to `set`. What that says of its argument is said of the
-- option.
function check.set(name, set, ...)
  local ok, result, err, details = pcall(set, ...)
  if ok then return result, err, details end
  local flaw = type(result) == "string" and result:match "bad argument #%d+ to .- (%b())$"
  error(flaw and ("option '%s': %s"):format(name, flaw:sub(2, -2)) or result, 0)
end

--- Calls `f` for a public function: what it throws is thrown at the place where that was called.
function check.blame_caller(f, ...)
  local ok, result, err, details = pcall(f, ...)
  if not ok then error(result, 3) end
  return result, err, details
end

local function pack(...) return { n = select("#", ...), ... } end

--- `f` for the public: what it throws is thrown at the place where it was called.
function check.public(f)
  return function(...)
    local results = pack(pcall(f, ...))
    if not results[1] then error(results[2], 2) end
    return unpack(results, 2, results.n)
  end
end

return check
