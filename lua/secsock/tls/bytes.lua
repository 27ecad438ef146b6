--- Numbers and vectors as they go over the wire (RFC 8446, section 3).
local bytes = {}

--- A number in `size` bytes, the highest first.
---@param number integer
---@param size integer
---@return string
function bytes.number(number, size)
  local octets = {}
  for i = size, 1, -1 do
    octets[i] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(octets)
end

--- The number that bytes stand for.
---@param text string
---@return integer
function bytes.value(text)
  local number = 0
  for i = 1, #text do number = number * 256 + text:byte(i) end
  return number
end

--- A vector: bytes behind their length, which takes `size` bytes.
---@param size integer
---@param content string
---@return string
function bytes.vector(size, content) return bytes.number(#content, size) .. content end

--- The bytes that hexadecimal digits stand for.
---@param text string
---@return string
function bytes.from_hex(text)
  return (text:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function xor(a, b)
  local result, bit = 0, 1
  while a > 0 or b > 0 do
    if a % 2 ~= b % 2 then result = result + bit end
    a, b, bit = math.floor(a / 2), math.floor(b / 2), bit * 2
  end
  return result
end

--- Two texts of the same length, bit by bit.
---@param one string
---@param other string
---@return string
function bytes.xor(one, other)
  local octets = {}
  for i = 1, #one do octets[i] = string.char(xor(one:byte(i), other:byte(i))) end
  return table.concat(octets)
end

-- ----------------------------------------------------------------------------------------- reading

---@class secsock.tls.reader
---@field text string
---@field at integer  of the next byte
local reader = {}
reader.__index = reader

--- Reads from the beginning of a text. What is not there is an error, without a place.
---@param text string
---@return secsock.tls.reader
function bytes.reader(text) return setmetatable({ text = text, at = 1 }, reader) end

--- So many bytes.
---@param count integer
---@return string
function reader:take(count)
  local taken = self.text:sub(self.at, self.at + count - 1)
  if #taken < count then error("a message ends too early", 0) end
  self.at = self.at + count
  return taken
end

--- A number of `size` bytes.
---@param size integer
---@return integer
function reader:number(size) return bytes.value(self:take(size)) end

--- The content of a vector whose length takes `size` bytes.
---@param size integer
---@return string
function reader:vector(size) return self:take(self:number(size)) end

--- Whether nothing is left.
---@return boolean
function reader:is_done() return self.at > #self.text end

--- All that is left.
---@return string
function reader:rest() return self:take(#self.text - self.at + 1) end

return bytes
