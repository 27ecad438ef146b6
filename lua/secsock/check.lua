--- Argument mistakes, which throw: with the messages of Lua's own functions, at the place of the
-- call.
local check = {}

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

--- Throws unless every key of `options` is known, and its value of a kind that `known` gives for
-- it: one name or several, as in "string|table".
function check.options(options, known)
  for key, value in pairs(options) do
    local wanted = known[key]
    if not wanted then error(("unknown option '%s'"):format(tostring(key)), 3) end
    if not ("|" .. wanted .. "|"):find("|" .. kind(value) .. "|", 1, true) then
      error(("option '%s': %s expected, got %s"):format(key, wanted, kind(value)), 3)
    end
  end
  return options
end

return check
