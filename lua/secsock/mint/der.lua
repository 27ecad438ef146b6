--- Writing DER (X.690): each function gives the bytes of one element, as a string. What is wrong on
-- purpose is made of the same pieces: der.tlv() takes any tag, and der.header() any length.
local der = {}

local byte, char, concat, floor = string.byte, string.char, table.concat, math.floor

-- A number in as few octets as it takes, the highest first.
local function octets(number)
  local bytes = ""
  repeat
    bytes = char(number % 256) .. bytes
    number = floor(number / 256)
  until number == 0
  return bytes
end

--- The header of an element; `form` octets for the length instead of the fewest.
---@param tag integer
---@param length integer
---@param form? integer
function der.header(tag, length, form)
  if length < 128 and not form then return char(tag, length) end
  local bytes = octets(length)
  bytes = ("\0"):rep((form or 0) - #bytes) .. bytes
  return char(tag, 128 + #bytes) .. bytes
end

local header = der.header

--- An element of any tag.
function der.tlv(tag, content) return header(tag, #content) .. content end

local tlv = der.tlv

--- An element that holds others, given one by one.
function der.sequence(...) return tlv(0x30, concat { ... }) end
function der.set(...) return tlv(0x31, concat { ... }) end

--- [number], explicit or of something constructed.
function der.context(number, ...) return tlv(0xa0 + number, concat { ... }) end

--- [number], implicit, of something primitive.
function der.primitive(number, content) return tlv(0x80 + number, content) end

--- An INTEGER: a number that is not negative, or its octets as they stand.
function der.integer(value)
  if type(value) == "string" then return tlv(0x02, value) end
  if not (value >= 0 and value % 1 == 0) then
    error(("a whole number that is not negative, or octets, expected, got %s"):format(value), 0)
  end
  local bytes = octets(value)
  return tlv(0x02, byte(bytes) >= 128 and "\0" .. bytes or bytes)
end

function der.enumerated(number) return tlv(0x0a, char(number)) end
function der.octet_string(bytes) return tlv(0x04, bytes) end
function der.bit_string(bytes, unused) return tlv(0x03, char(unused or 0) .. bytes) end
function der.utf8(text) return tlv(0x0c, text) end
function der.printable(text) return tlv(0x13, text) end
function der.ia5(text) return tlv(0x16, text) end

der.null = "\5\0"
der.yes = "\1\1\255"
der.no = "\1\1\0" -- which DER leaves out where it is the default

-- The named bits of a list of numbers (X.690, 11.2.2: no zeros at the end).
function der.named_bits(numbers)
  local bytes, last = {}, -1
  for _, number in ipairs(numbers) do
    local at = floor(number / 8) + 1
    for i = #bytes + 1, at do bytes[i] = 0 end
    bytes[at] = bytes[at] + 2 ^ (7 - number % 8)
    if number > last then last = number end
  end
  for i, value in ipairs(bytes) do bytes[i] = char(value) end
  return der.bit_string(concat(bytes), last < 0 and 0 or 7 - last % 8)
end

local function base128(number)
  local bytes = char(number % 128)
  number = floor(number / 128)
  while number > 0 do
    bytes = char(128 + number % 128) .. bytes
    number = floor(number / 128)
  end
  return bytes
end

local oids = {} -- those that were asked for before

--- An OBJECT IDENTIFIER from its text: "2.5.4.3".
function der.oid(text)
  local known = oids[text]
  if known then return known end
  local first, second, rest = text:match "^(%d+)%.(%d+)(.*)$"
  if not first then error(("'%s' is no object identifier"):format(text), 0) end
  local parts = { base128(first * 40 + second) }
  for part in rest:gmatch "%d+" do parts[#parts + 1] = base128(tonumber(part)) end
  known = tlv(0x06, concat(parts))
  oids[text] = known
  return known
end

-- "20260131235959Z" of "2026-01-31" or "2026-01-31T23:59:59Z".
local function stamp_of_date(text)
  local date, clock = text:match "^(%d%d%d%d%-%d%d%-%d%d)(.*)$"
  local time = clock == "" and "000000" or clock and clock:match "^[T ](%d%d:%d%d:%d%d)Z?$"
  if not time then
    error(("no date as 2026-01-31 or 2026-01-31T23:59:59Z: '%s'"):format(text), 0)
  end
  return ((date .. time):gsub("[-:]", "") .. "Z")
end

-- "20260131235959Z" of seconds since 1970, a date, or such a text itself, right or wrong.
local function stamp(moment)
  if type(moment) == "number" then return os.date("!%Y%m%d%H%M%SZ", floor(moment)) end
  return moment:find "^%d+%.?%d*[Z+-]?%d*$" and moment or stamp_of_date(moment)
end

function der.generalized_time(moment) return tlv(0x18, stamp(moment)) end
function der.utc_time(moment) return tlv(0x17, (stamp(moment):sub(3))) end

--- The form that a date must have (RFC 5280, 4.1.2.5): UTCTime until 2049.
function der.time(moment)
  local text = stamp(moment)
  return text < "2050" and text >= "1950" and der.utc_time(text) or der.generalized_time(text)
end

--- The element at `from`: its tag, its content, and where the next begins. For what was made here:
--- nothing is checked.
function der.read(bytes, from)
  from = from or 1
  local tag, length = byte(bytes, from, from + 1)
  if not length then return tag, "", #bytes + 1 end
  local start = from + 2
  if length >= 128 then
    local count = length - 128
    length = 0
    for i = start, start + count - 1 do length = length * 256 + byte(bytes, i) end
    start = start + count
  end
  return tag, bytes:sub(start, start + length - 1), start + length
end

return der
