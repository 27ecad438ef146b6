--- TLS records as they go over the wire: where they end, and what can be seen of what they hold.
local record = {}

local HEADER = 5

local types = { [20] = "change_cipher_spec", [21] = "alert", [22] = "handshake",
                [23] = "application_data" }

local messages = {
  [0] = "hello_request", "client_hello", "server_hello", [4] = "new_session_ticket",
  [8] = "encrypted_extensions", [11] = "certificate", [12] = "server_key_exchange",
  [13] = "certificate_request", [14] = "server_hello_done", [15] = "certificate_verify",
  [16] = "client_key_exchange", [20] = "finished", [22] = "certificate_status",
}

--- The first record of `bytes` and the rest; nil while it is not all there. What cannot be a record
-- is returned whole.
function record.cut(bytes)
  if bytes == "" then return nil end
  local kind, major = bytes:byte(1, 2)
  if not types[kind] or (major and major ~= 3) then return bytes, "" end
  if #bytes < HEADER then return nil end
  local high, low = bytes:byte(4, 5)
  local size = HEADER + high * 256 + low
  if #bytes < size then return nil end
  return bytes:sub(1, size), bytes:sub(size + 1)
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
  local seen = name == "handshake" and messages_in(bytes:sub(HEADER + 1))
  if seen then return table.concat(seen, ", ") end
  return name == "handshake" and "handshake, encrypted" or name
end

return record
