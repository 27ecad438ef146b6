--- x509-limbo's JSON, of any size that memory holds, as Lua tables.
local cjson = require "cjson"

local corpus = {}

--- One chain, the circumstances, and what must come of it. What the file says is null is absent.
---@class limbo.case
---@field id string
---@field description string
---@field features string[]
---@field importance string
---@field conflicts_with string[]            ids of cases that no one profile can meet besides
---@field validation_kind "SERVER"|"CLIENT"  whose certificate it is
---@field trusted_certs string[]             PEM, like all that follow
---@field untrusted_intermediates string[]
---@field peer_certificate string
---@field peer_certificate_key? string
---@field crls string[]
---@field validation_time? string            RFC 3339; now
---@field expected_peer_name? { kind: "DNS"|"IP"|"RFC822", value: string }
---@field expected_peer_names { kind: string, value: string }[]
---@field key_usage string[]                 what the peer's certificate must allow
---@field extended_key_usage string[]
---@field signature_algorithms string[]      those allowed, if there are any
---@field max_chain_depth? integer           how many intermediates there may be
---@field expected_result "SUCCESS"|"FAILURE"

local lists = {
  "features", "conflicts_with", "trusted_certs", "untrusted_intermediates", "crls",
  "expected_peer_names", "key_usage", "extended_key_usage", "signature_algorithms",
}

local function is_null(value)
  return value == cjson.null
end

local function tidy(case)
  for field, value in pairs(case) do
    if is_null(value) then case[field] = nil end
  end
  for _, field in ipairs(lists) do
    case[field] = case[field] or {}
  end
  -- Every number is a float to cjson.
  case.max_chain_depth = case.max_chain_depth and math.floor(case.max_chain_depth)
  return case
end

--- The cases of a file.
---@return limbo.case[]? cases
---@return string? err
function corpus.read(path)
  local file, err = io.open(path, "rb")
  if not file then return nil, err end
  local ok, data = pcall(cjson.decode, (file:read "*a"))
  file:close()
  if not ok then return nil, ("%s: %s"):format(path, data) end
  if type(data) ~= "table" or type(data.testcases) ~= "table" then
    return nil, path .. ": there are no test cases"
  end
  for _, case in ipairs(data.testcases) do tidy(case) end
  return data.testcases
end

--- Every name that the peer must have.
---@param case limbo.case
---@return { kind: string, value: string }[]
function corpus.names(case)
  local names = { case.expected_peer_name }
  for _, name in ipairs(case.expected_peer_names) do names[#names + 1] = name end
  return names
end

--- The group that a case is counted in: its id without its own name, two parts at most.
---@param case limbo.case
function corpus.category(case)
  local first, second = case.id:match "^(.-)::(.*)$"
  local group = second and second:match "^(.-)::"
  return group and first .. "::" .. group or first or case.id
end

-- How many days before the first of March of that year, counted from 1970; years begin in March,
-- so that leap days come last.
local function days_before(year)
  return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
         - 719468
end

--- Seconds since 1970 of a time as in RFC 3339, rounded down.
function corpus.seconds(text)
  local year, month, day, hour, minute, second, rest =
    text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)[Tt ](%d%d):(%d%d):(%d%d)(.*)$"
  if not year then error(("not a time: %q"):format(text), 0) end
  local sign, hours, minutes = rest:match "([+-])(%d%d):(%d%d)$"
  if not sign and not rest:find "[Zz]$" then error(("no time zone: %q"):format(text), 0) end
  local offset = sign and (hours * 60 + minutes) * (sign == "-" and -1 or 1) or 0
  local since_march = (month + 9) % 12
  local days = days_before(month < "03" and year - 1 or year + 0)
               + math.floor((153 * since_march + 2) / 5) + day - 1
  return math.floor(((days * 24 + hour) * 60 + minute - offset) * 60 + second)
end

return corpus
