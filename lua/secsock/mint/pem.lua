--- PEM (RFC 7468): bytes as text between two lines.
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function sextet(number)
  number = math.floor(number) % 64 + 1
  return alphabet:sub(number, number)
end

-- Up to three octets as four characters.
local function group(octets)
  local a, b, c = octets:byte(1, 3)
  local number = a * 65536 + (b or 0) * 256 + (c or 0)
  return sextet(number / 262144) .. sextet(number / 4096) ..
    (b and sextet(number / 64) or "=") .. (c and sextet(number) or "=")
end

--- A block of PEM.
---@param bytes string
---@param label? string  "CERTIFICATE" unless said
---@return string
return function(bytes, label)
  label = label or "CERTIFICATE"
  local text = bytes:gsub("..?.?", group):gsub(("."):rep(64), "%0\n"):gsub("\n$", "")
  return ("-----BEGIN %s-----\n%s\n-----END %s-----\n"):format(label, text, label)
end
