--- TLS records as they go over the wire: where they end, and what can be seen of what they hold.
local numbers = require "secsock.tls.numbers"

local kinds, messages = numbers.records, numbers.messages

local record = {
  HEADER = 5,
  CHANGE_CIPHER_SPEC = kinds.change_cipher_spec, ALERT = kinds.alert,
  HANDSHAKE = kinds.handshake, APPLICATION_DATA = kinds.application_data,
}

local types = {}
for name, number in pairs(kinds) do types[number] = name end

--- The first record of `bytes` and the rest; nil while it is not all there. What cannot be a record
-- is returned whole.
function record.cut(bytes)
  if bytes == "" then return nil end
  local kind, major = bytes:byte(1, 2)
  if not types[kind] or (major and major ~= 3) then return bytes, "" end
  if #bytes < record.HEADER then return nil end
  local high, low = bytes:byte(4, 5)
  local size = record.HEADER + high * 256 + low
  if #bytes < size then return nil end
  return bytes:sub(1, size), bytes:sub(size + 1)
end

--- Whether what was cut off is a record.
function record.is_tls(bytes) return bytes:find "^[\20-\23]\3" ~= nil end

--- The name of a kind of handshake message.
---@param number integer
---@return string
function record.message(number)
  return messages[number] or ("message_%d"):format(number)
end

-- The names of the messages in a handshake record; nil when these are not in clear.
local function messages_in(body)
  local names = {}
  while body ~= "" do
    local kind, a, b, c = body:byte(1, 4)
    local size = c and a * 65536 + b * 256 + c
    if not messages[kind] or not size or #body < 4 + size then return nil end
    names[#names + 1] = messages[kind]
    body = body:sub(5 + size)
  end
  return names
end

--- What can be seen of a record: "client_hello", "application_data", …
---@param bytes string
---@return string
function record.kind(bytes)
  local name = types[bytes:byte()]
  if not name or not record.cut(bytes) then return "not TLS" end
  local seen = name == "handshake" and messages_in(bytes:sub(record.HEADER + 1))
  if seen then return table.concat(seen, ", ") end
  return name == "handshake" and "handshake, encrypted" or name
end

return record
