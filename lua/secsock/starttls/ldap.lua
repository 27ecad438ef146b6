--- LDAP's StartTLS (RFC 4511, section 4.14).
local talk = require "secsock.starttls.talk"

local OID = "1.3.6.1.4.1.1466.20037"

local INTEGER, ENUMERATED, STRING, SEQUENCE = 0x02, 0x0a, 0x04, 0x30
local UNBIND, ABANDON, EXTENDED_REQUEST, EXTENDED_RESPONSE = 0x42, 0x50, 0x77, 0x78
local REQUEST_NAME = 0x80

-- -------------------------------------------------------------------- BER, as far as it goes here

-- Encodes one value, which is short.
local function ber(tag, value)
  assert(#value < 128)
  return string.char(tag, #value) .. value
end

-- The length that `digits` announce: big-endian.
local function number(digits)
  local value = 0
  for i = 1, #digits do value = value * 256 + digits:byte(i) end
  return value
end

-- Takes one value off a text: tag, value, and what follows. nil when it is not whole. Lengths are
-- definite (RFC 4511, section 5.1).
local function take(text)
  local tag, length = text:byte(1, 2)
  local at = 3
  if not length then return nil end
  if length >= 0x80 then
    local count = length - 0x80
    if count == 0 or count > 4 or #text < 2 + count then return nil end
    length, at = number(text:sub(3, 2 + count)), 3 + count
  end
  if #text < at + length - 1 then return nil end
  return tag, text:sub(at, at + length - 1), text:sub(at + length)
end

-- ---------------------------------------------------------------------------------- messages

-- One message: its number, as it is encoded (in up to four bytes), the tag of the operation and its
-- contents.
local function message(t)
  local head = t:bytes(2)
  if not head then return nil end
  local length = head:byte(2)
  if length > 0x80 and length <= 0x84 then
    local digits = t:bytes(length - 0x80)
    if not digits then return nil end
    length = number(digits)
  elseif length >= 0x80 then
    return t:unexpected("protocol", head)
  end
  local body = t:bytes(length)
  if not body then return nil end
  local kind, id, rest = take(body)
  local operation, contents = take(rest or "")
  if head:byte(1) ~= SEQUENCE or kind ~= INTEGER or #id > 4 or not operation then
    return t:unexpected("protocol", head .. body)
  end
  return id, operation, contents
end

-- A response: a result code and a text for people.
local function respond(t, id, operation, code, text)
  local result = ber(ENUMERATED, string.char(code)) .. ber(STRING, "") .. ber(STRING, text)
  return t:send(ber(SEQUENCE, ber(INTEGER, id) .. ber(operation, result)))
end

-- ------------------------------------------------------------------------------------- client

local SUCCESS, PROTOCOL_ERROR, CONFIDENTIALITY_REQUIRED = 0, 2, 13

-- Message number 0 is the server's notice that it hangs up (section 4.4.1).
local function response(t)
  local id, operation, contents = message(t)
  if not id then return nil end
  local kind, code, rest = take(contents)
  local _, _, after = take(rest or "")
  local _, text = take(after or "")
  local right = operation == EXTENDED_RESPONSE and kind == ENUMERATED and #code == 1 and text
  if not right or (id ~= "\1" and id ~= "\0") then
    return t:unexpected("protocol", contents)
  end
  code = code:byte()
  if id == "\1" and code == SUCCESS then return true end
  return t:unexpected(code == PROTOCOL_ERROR and id == "\1" and "starttls unavailable"
                      or "starttls refused", ("result %d, %s"):format(code, text))
end

-- ------------------------------------------------------------------------------------- server

-- The response to a request has the next tag, with two exceptions.
local answers = { [0x4a] = 0x6b, [0x63] = 0x65 }
for _, tag in ipairs { 0x60, 0x66, 0x68, 0x6c, 0x6e, EXTENDED_REQUEST } do
  answers[tag] = tag + 1
end

local function request(t)
  while true do
    local id, operation, contents = message(t)
    if not id then return nil end
    local kind, name = take(contents)
    if operation == EXTENDED_REQUEST and kind == REQUEST_NAME and name == OID then return id end
    if operation == UNBIND then return t:fail("closed", "the client left without StartTLS") end
    if operation ~= ABANDON then
      local answer = answers[operation]
      if not answer then return t:unexpected("protocol", contents) end
      local told = respond(t, id, answer, CONFIDENTIALITY_REQUIRED, "StartTLS comes first")
      if not told then return nil end
    end
  end
end

return {
  client = talk.dialogue("ldap", {}, function(t)
    t.said = "StartTLS"
    local operation = ber(EXTENDED_REQUEST, ber(REQUEST_NAME, OID))
    return t:send(ber(SEQUENCE, ber(INTEGER, "\1") .. operation))
      and response(t)
      and t:upgrade()
  end),

  server = talk.dialogue("ldap", {}, function(t)
    local id = request(t)
    return id and respond(t, id, EXTENDED_RESPONSE, SUCCESS, "") and t:upgrade()
  end),
}
