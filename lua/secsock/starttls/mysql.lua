--- MySQL's and MariaDB's SSLRequest (client/server protocol, "Connection Phase").
--
-- The server greets in the clear, and does not greet again: what its greeting holds is needed to
-- log in, although anybody may have written it. The session has it as `greeting`.
local talk = require "secsock.starttls.talk"

local LONG_PASSWORD, PROTOCOL_41, SSL, SECURE_CONNECTION, PLUGIN_AUTH =
  0x1, 0x200, 0x800, 0x8000, 0x80000

local function has(flags, flag)
  return math.floor(flags / flag) % 2 == 1
end

-- A number in little-endian digits, and back.
local function digits(number, count)
  local bytes = {}
  for i = 1, count do
    bytes[i] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(bytes)
end

local function number(text)
  local value = 0
  for i = #text, 1, -1 do value = value * 256 + text:byte(i) end
  return value
end

-- A packet: three bytes of length, one of sequence.
local function packet(t, sequence)
  local head = t:bytes(4)
  if not head then return nil end
  if head:byte(4) ~= sequence then return t:unexpected("protocol", head) end
  return t:bytes(number(head:sub(1, 3)))
end

local function send(t, sequence, body)
  return t:send(digits(#body, 3) .. string.char(sequence) .. body)
end

-- ------------------------------------------------------------------------------------- client

-- The server's greeting, version 10 of the handshake, or its error packet (0xff).
local function greeting(t)
  local body = packet(t, 0)
  if not body then return nil end
  if body:byte() == 0xff then return t:unexpected("starttls refused", body:sub(4)) end
  local version, at = body:match "^\10([^%z]*)%z()"
  if not version or #body < at + 30 then return t:unexpected("protocol", body) end
  local low, high = body:sub(at + 13, at + 14), body:sub(at + 18, at + 19)
  local length = math.max(12, body:byte(at + 20) - 9)
  return {
    version = version,
    connection = number(body:sub(at, at + 3)),
    flags = number(low .. high),
    charset = body:byte(at + 15),
    scramble = body:sub(at + 4, at + 11) .. body:sub(at + 31, at + 30 + length),
    plugin = body:match("^[^%z]*", at + 32 + length),
  }
end

-- What the client can do; the HandshakeResponse after the upgrade repeats it.
local function request(t, theirs)
  local flags = t.options.flags or LONG_PASSWORD + PLUGIN_AUTH
  for _, flag in ipairs { PROTOCOL_41, SSL, SECURE_CONNECTION } do
    if not has(flags, flag) then flags = flags + flag end
  end
  local body = digits(flags, 4) .. digits(0x1000000, 4) .. string.char(theirs.charset)
  t.said = "SSLRequest"
  return send(t, 1, body .. ("\0"):rep(23)) and flags
end

-- ------------------------------------------------------------------------------------- server

local function greet(t)
  local scramble = assert(t.options.scramble, "the option 'scramble' is missing")
  local flags = LONG_PASSWORD + PROTOCOL_41 + SSL + SECURE_CONNECTION + PLUGIN_AUTH
  return send(t, 0, "\10" .. (t.options.version or "8.0.0-secsock") .. "\0"
    .. digits(1, 4) .. scramble:sub(1, 8) .. "\0" .. digits(flags % 0x10000, 2)
    .. "\33" .. digits(2, 2) .. digits(math.floor(flags / 0x10000), 2)
    .. string.char(#scramble + 1) .. ("\0"):rep(10) .. scramble:sub(9) .. "\0"
    .. "caching_sha2_password\0")
end

-- The client either asks for TLS or tries to log in.
local function asked(t)
  local body = packet(t, 1)
  if not body then return nil end
  if #body == 32 and has(number(body:sub(1, 4)), SSL) then return true end
  return send(t, 2, "\255" .. digits(3159, 2) .. "#HY000Connections must be secure")
    and t:fail("protocol", "the client logs in without SSLRequest")
end

return {
  client = talk.dialogue("mysql", { flags = "number" }, function(t)
    local theirs = greeting(t)
    if not theirs then return nil end
    if not has(theirs.flags, SSL) then
      return t:fail("starttls unavailable", "the server does not offer SSL")
    end
    local flags = request(t, theirs)
    if not flags or not t:upgrade() then return nil end
    t.facts.greeting, t.facts.flags, t.facts.sequence = theirs, flags, 2
    return true
  end),

  -- `options.scramble` is what the client is to scramble its password with: 20 random bytes.
  server = talk.dialogue("mysql", { version = "text", scramble = "string" }, function(t)
    return greet(t) and asked(t) and t:upgrade()
  end),
}
