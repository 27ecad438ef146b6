--- Handshake messages, of one direction: they begin and end anywhere in its records.
local record = require "secsock.tls.record"

local HEADER = 4

---@class secsock.trace.message
---@field name string   "client_hello", …
---@field size integer  in bytes, with its header

---@class secsock.trace.messages
---@field head string   of a message, while that is not all there
---@field left integer  bytes of a message that are still to come
local messages = {}
messages.__index = messages

--- `whole(message, bytes)` is told of each one that is complete: the bytes are those behind its
-- header.
function messages.new(whole)
  return setmetatable({ head = "", left = 0, body = {}, whole = whole }, messages)
end

-- Takes what belongs to the message that has begun; gives what is behind it.
local function go_on(self, bytes)
  local part = bytes:sub(1, self.left)
  self.left = self.left - #part
  self.body[#self.body + 1] = part
  if self.left == 0 then
    local message, body = self.message, table.concat(self.body)
    self.message, self.body = nil, {}
    self.whole(message, body)
  end
  return bytes:sub(#part + 1)
end

-- Takes the header of the next message; nil while that is not all there.
local function begin(self, bytes)
  bytes = self.head .. bytes
  self.head = #bytes < HEADER and bytes or ""
  if #bytes < HEADER then return nil end
  local kind, a, b, c = bytes:byte(1, HEADER)
  self.left = a * 65536 + b * 256 + c
  self.message = { name = record.message(kind), size = HEADER + self.left }
  return bytes:sub(HEADER + 1), self.message
end

--- The messages that begin in a record of which this is the content; and the name of the one that
-- goes on in it, if there is one.
---@param bytes string
---@return secsock.trace.message[] begun
---@return string? continued
function messages:read(bytes)
  local begun, continued = {}, self.message and self.message.name
  if continued then bytes = go_on(self, bytes) end
  while bytes and bytes ~= "" do
    local message
    bytes, message = begin(self, bytes)
    begun[#begun + 1] = message
    if bytes then bytes = go_on(self, bytes) end
  end
  return begun, continued
end

return messages
