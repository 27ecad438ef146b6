--- Names: of subjects and issuers (X.501), and of what a certificate is for (GeneralName).
local der = require "secsock.mint.der"

local names = {}

local types = {
  CN = "2.5.4.3", SN = "2.5.4.4", serialNumber = "2.5.4.5", C = "2.5.4.6", L = "2.5.4.7",
  ST = "2.5.4.8", street = "2.5.4.9", O = "2.5.4.10", OU = "2.5.4.11", title = "2.5.4.12",
  GN = "2.5.4.42", UID = "0.9.2342.19200300.100.1.1", DC = "0.9.2342.19200300.100.1.25",
  emailAddress = "1.2.840.113549.1.9.1",
}

-- The order of a name that is given without one.
local order = {
  "DC", "C", "ST", "L", "street", "O", "OU", "SN", "GN", "title", "serialNumber", "UID", "CN",
  "emailAddress",
}

local ia5 = { DC = true, emailAddress = true }
local printable = { C = true, serialNumber = true }

local function string_of(type, value)
  if ia5[type] then return der.ia5(value) end
  return printable[type] and der.printable(value) or der.utf8(value)
end

--- One attribute as an RDN of its own.
function names.rdn(type, value)
  return der.set(der.sequence(der.oid(types[type] or type), string_of(type, value)))
end

--- A Name: "Test Root" is a common name; { O = "Example", CN = "a" } comes in the usual order, and
--- { { "CN", "a" }, { "O", "b" } } in that one. "" and {} are the empty name.
---@alias secsock.mint.name string|table<string, string>|string[][]
---@param from secsock.mint.name
function names.name(from)
  if type(from) == "string" then from = from ~= "" and { CN = from } or {} end
  if type(from) ~= "table" then error(("a name expected, got %s"):format(type(from)), 0) end
  if from.raw then return from.raw end
  local rdns = {}
  for key in pairs(from) do
    if type(key) == "string" and not types[key] then
      error(("a name has an attribute that is not known: '%s'"):format(key), 0)
    end
  end
  for _, pair in ipairs(from) do rdns[#rdns + 1] = names.rdn(pair[1], pair[2]) end
  for _, attribute in ipairs(order) do
    if from[attribute] then rdns[#rdns + 1] = names.rdn(attribute, from[attribute]) end
  end
  return der.sequence(table.concat(rdns))
end

-- ------------------------------------------------------------------------------ general names

local function ipv4(text)
  local parts = { text:match "^(%d+)%.(%d+)%.(%d+)%.(%d+)$" }
  if #parts ~= 4 then return nil end
  for i, part in ipairs(parts) do
    if tonumber(part) > 255 then return nil end
    parts[i] = string.char(part)
  end
  return table.concat(parts)
end

-- The groups of a part of an IPv6 address, two octets each.
local function groups(text)
  local found = {}
  if text:find "::" or text:find "^:" or text:find ":$" then return nil end
  for group in text:gmatch "[^:]+" do
    if not group:find "^%x%x?%x?%x?$" then return nil end
    local number = tonumber(group, 16)
    found[#found + 1] = string.char(math.floor(number / 256), number % 256)
  end
  return table.concat(found)
end

-- The end of an IPv6 address that is written like IPv4, as two groups; nil where it is none.
local function groups_of_ipv4(text)
  local bytes = ipv4(text)
  return bytes and ("%02x%02x:%02x%02x"):format(bytes:byte(1, 4))
end

local function ipv6(text)
  text = text:gsub("[%d.]+$", groups_of_ipv4)
  local head, tail = text:match "^(.-)::(.*)$"
  local before, after = groups(head or text), groups(tail or "")
  if not (before and after) then return nil end
  local left = 16 - #before - #after
  if head and left < 2 or not head and left ~= 0 then return nil end
  return before .. ("\0"):rep(left) .. after
end

--- The octets of an address: "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1".
function names.address(text)
  local bytes = ipv4(text) or (text:find(":", 1, true) and ipv6(text))
  if not bytes then error(("'%s' is no IP address"):format(text), 0) end
  return bytes
end

-- A range as a name constraint has it: "192.0.2.0/24", by address and mask.
local function range(text)
  local address, bits = text:match "^(.-)/(%d+)$"
  local bytes = names.address(address or text)
  local mask = {}
  bits = tonumber(bits or #bytes * 8)
  for i = 1, #bytes do
    local here = math.max(0, math.min(8, bits - (i - 1) * 8))
    mask[i] = string.char(256 - 2 ^ (8 - here))
  end
  return bytes .. table.concat(mask)
end

local kinds = {
  email = function(value) return der.primitive(1, value) end,
  dns = function(value) return der.primitive(2, value) end,
  directory = function(value) return der.context(4, names.name(value)) end,
  uri = function(value) return der.primitive(6, value) end,
  ip = function(value) return der.primitive(7, names.address(value)) end,
  range = function(value) return der.primitive(7, range(value)) end,
  raw = function(value) return value end,
}

--- The kinds that certificates are issued for, in the order in which they are written.
names.kinds = { "dns", "ip", "email", "uri", "directory", "raw" }

--- What a table of names may hold.
names.known = {}
for _, kind in ipairs(names.kinds) do names.known[kind] = "string|table" end

--- GeneralNames, one after the other: of { dns = "a.example" } or { dns = { … }, ip = … }.
---@param from table<string, string|string[]>
---@param ranges? boolean  addresses are ranges, as in name constraints
---@return string[]
function names.general(from, ranges)
  local found = {}
  for _, kind in ipairs(names.kinds) do
    local values = from[kind]
    local encode = kinds[ranges and kind == "ip" and "range" or kind]
    if type(values) == "string" or (kind == "directory" and values and not values[1]) then
      values = { values }
    end
    for _, value in ipairs(values or {}) do
      if kind ~= "directory" and type(value) ~= "string" then
        error(("option '%s': text expected, got %s"):format(kind, type(value)), 0)
      end
      found[#found + 1] = encode(value)
    end
  end
  return found
end

return names
