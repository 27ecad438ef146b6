--- What PEM holds (RFC 7468): the bytes of each block, whatever they are.
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local values = {}
for i = 1, #alphabet do values[alphabet:sub(i, i)] = i - 1 end

-- The octets of base64 (RFC 4648, section 4).
local function decode(text)
  local octets, number, bits = {}, 0, 0
  for digit in text:gmatch "[%w+/]" do
    number, bits = number * 64 + values[digit], bits + 6
    if bits >= 8 then
      bits = bits - 8
      octets[#octets + 1] = string.char(math.floor(number / 2 ^ bits))
      number = number % 2 ^ bits
    end
  end
  return table.concat(octets)
end

--- The blocks of a text, in order.
---@param text string
---@return string[]
return function(text)
  local blocks = {}
  for content in text:gmatch "%-%-%-%-%-BEGIN [^\n]-%-%-%-%-%-\r?\n(.-)%-%-%-%-%-END " do
    blocks[#blocks + 1] = decode(content)
  end
  return blocks
end
