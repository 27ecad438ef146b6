--- Reads arguments by the tables of a command:
--
--     groups     { { title, option... }... }
--     option     { "name", "VALUE", "what it does", many = true, of = { choice... }, words = … }
--     arguments  { least, most }
--
-- An option without VALUE is on or off; `words` are choices, too many for help to tell. What is
-- read comes under its name, with "_" for "-"; the values of an option that may come several times
-- are a list.
local status = require "secsock.command.status"

local options = {}

-- ------------------------------------------------------------------------------------- values

-- Days from 1970 on, in the Gregorian calendar. The year begins in March here, so that a leap day
-- is its last.
local function days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  local floor = math.floor
  return 365 * year + floor(year / 4) - floor(year / 100) + floor(year / 400)
    + floor((153 * (month - 3) + 2) / 5) + day - 719469
end

-- A moment in UTC; a day alone is its noon.
local function moment(text)
  local date, clock = text:match "^(%d%d%d%d%-%d%d%-%d%d)(.*)$"
  if not date then return nil end
  local hour, minute, second = clock:match "^[T ](%d%d):(%d%d):(%d%d)Z?$"
  if not hour and clock ~= "" then return nil end
  local year, month, day = date:match "(%d+)-(%d+)-(%d+)"
  local seconds = days(tonumber(year), tonumber(month), tonumber(day)) * 86400
    + (hour or 12) * 3600 + (minute or 0) * 60 + (second or 0)
  local again = hour and ("%s %s:%s:%s"):format(date, hour, minute, second) or date .. " 12:00:00"
  return os.date("!%Y-%m-%d %H:%M:%S", seconds) == again and seconds or nil
end

local function whole(text)
  return text:find "^%d+$" and tonumber(text)
end

-- How values are read, by what help calls them; the others are taken as they are.
local kinds = {
  SECONDS = { "a number of seconds", function(text)
    local seconds = tonumber(text)
    return seconds and seconds >= 0 and seconds < 1e9 and seconds
  end },
  NUMBER = { "a whole number", whole },
  PORT = { "a port", function(text)
    local port = whole(text)
    return port and port <= 65535 and port
  end },
  PIN = { "the base64 of a SHA-256 digest", function(text)
    return #text == 44 and text:find "^[%w+/]+=$" and text
  end },
  DATE = { "a date as 2026-11-30 or 2026-11-30T12:00:00Z", moment },
}

local function find(list, text)
  for _, item in ipairs(list) do
    if item == text then return item end
  end
end

-- The value of an option.
local function read(option, text)
  local kind = kinds[option[2]]
  local value, wanted = text, nil
  if option.of then
    value, wanted = find(option.of, text), "one of " .. table.concat(option.of, ", ")
  elseif kind then
    wanted, value = kind[1], kind[2](text)
  end
  return value or status.stop("usage", "--%s: %s expected, not '%s'", option[1], wanted, text)
end

-- ------------------------------------------------------------------------------------- reading

--- All options of a command, one after the other.
function options.each(groups)
  return coroutine.wrap(function()
    for _, group in ipairs(groups) do
      for i = 2, #group do coroutine.yield(group[i]) end
    end
  end)
end

local function key_of(option) return (option[1]:gsub("%-", "_")) end

local function store(found, option, value)
  local key = key_of(option)
  if not option.many then
    if found[key] ~= nil then status.stop("usage", "--%s comes twice", option[1]) end
    found[key] = value
  else
    found[key] = found[key] or {}
    table.insert(found[key], value)
  end
end

-- One option, at `at`; returns where the next argument is.
local function take(found, known, arguments, at)
  local name, text = arguments[at]:match "^%-%-([^=]+)=(.*)$"
  name = name or arguments[at]:match "^%-%-(.+)$" or (arguments[at] == "-h" and "help")
  local option = known[name] or status.stop("usage", "unknown option '%s'", arguments[at])
  if not option[2] then
    if text then status.stop("usage", "--%s takes no value", name) end
    store(found, option, true)
    return at + 1
  elseif text then
    store(found, option, read(option, text))
    return at + 1
  end
  text = arguments[at + 1] or status.stop("usage", "--%s: %s is missing", name, option[2])
  store(found, option, read(option, text))
  return at + 2
end

local function check_count(rest, limits, usage)
  if #rest < limits[1] then status.stop("usage", "an argument is missing: %s", usage) end
  if #rest > (limits[2] or math.huge) then
    status.stop("usage", "one argument too many: '%s'", rest[limits[2] + 1])
  end
end

--- The options and the other arguments of a command, which begin at `first`. With --help nothing
-- else matters.
function options.parse(command, arguments, first)
  local known, found, rest = { help = { "help" } }, {}, {}
  for option in options.each(command.groups) do known[option[1]] = option end
  local at = first
  while arguments[at] do
    local argument = arguments[at]
    if argument == "--" then
      for i = at + 1, #arguments do rest[#rest + 1] = arguments[i] end
      break
    elseif argument:find "^%-." then
      at = take(found, known, arguments, at)
    else
      rest[#rest + 1] = argument
      at = at + 1
    end
  end
  if not found.help then check_count(rest, command.arguments, command.usage) end
  return found, rest
end

return options
