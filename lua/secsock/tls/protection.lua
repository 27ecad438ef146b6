--- Record protection: one direction of a connection, from the moment that its key is new.
--
--     local p = protection.tls13("TLS_AES_128_GCM_SHA256", traffic_secret)
--     local kind, plaintext = p:open(record)      -- nil: it does not authenticate
--     local record = p:seal(23, "hello")
--
-- RFC 8446, section 5.2; RFC 5246, section 6.2.3.3, with RFC 5288 and RFC 7905.
local core = require "secsock.core"
local bytes = require "secsock.tls.bytes"
local records = require "secsock.tls.record"
local secrets = require "secsock.tls.secrets"
local suites = require "secsock.tls.suites"

---@class secsock.tls.protection
---@field suite secsock.tls.suite
---@field key string
---@field iv string
---@field secret? string   of TLS 1.3: what the next key follows from
---@field sequence integer  of the next record
local protection = {}
protection.__index = protection

local HEADER, APPLICATION_DATA, VERSION = records.HEADER, records.APPLICATION_DATA, "\3\3"

local function suite_of(which, version)
  local suite = suites[which]
  if suite and suite.version == version then return suite end
  error(("no suite of TLS %s is known as '%s'"):format(version, tostring(which)), 3)
end

local function new(suite, key, iv, secret)
  return setmetatable({ suite = suite, key = key, iv = iv, secret = secret, sequence = 0 },
    protection)
end

--- That of TLS 1.3, from a traffic secret.
---@param suite integer|string  its number or its IANA name
---@param secret string
---@return secsock.tls.protection
function protection.tls13(suite, secret)
  suite = suite_of(suite, "1.3")
  local function made(label, size)
    return secrets.expand_label(suite.hash, secret, label, "", size)
  end
  return new(suite, made("key", suite.key_size), made("iv", suite.iv_size), secret)
end

--- That of TLS 1.2, from the part of the key block that is its side's: suite.key_size and
--- suite.iv_size bytes.
---@param suite integer|string
---@param key string
---@param iv string
---@return secsock.tls.protection
function protection.tls12(suite, key, iv) return new(suite_of(suite, "1.2"), key, iv) end

--- The one that follows a key_update (RFC 8446, section 7.2).
---@return secsock.tls.protection
function protection:updated()
  local suite = self.suite
  return protection.tls13(suite.number,
    secrets.expand_label(suite.hash, self.secret, "traffic upd", "", suite.hash_size))
end

local function header(kind, size) return string.char(kind) .. VERSION .. bytes.number(size, 2) end

-- The nonce for the next record, the part of it that travels, and the number of the record.
local function next_nonce(self)
  local sequence = bytes.number(self.sequence, 8)
  if #self.iv == 4 then return self.iv .. sequence, sequence, sequence end
  return bytes.xor(self.iv, ("\0"):rep(4) .. sequence), "", sequence
end

local TAG = 16

-- ---------------------------------------------------------------------------------------- sealing

--- A record whose inner plaintext (RFC 8446, section 5.2) is `inner`, whatever that holds.
---@param inner string
---@param kind? integer  seen from outside; application data unless said
---@return string record
function protection:seal_inner(inner, kind)
  local nonce = next_nonce(self)
  local head = header(kind or APPLICATION_DATA, #inner + TAG)
  self.sequence = self.sequence + 1
  return head .. assert(core.key.seal(self.suite.aead, self.key, nonce, head, inner))
end

local function seal12(self, kind, plaintext)
  local nonce, travels, sequence = next_nonce(self)
  local about = sequence .. header(kind, #plaintext)
  self.sequence = self.sequence + 1
  local sealed = assert(core.key.seal(self.suite.aead, self.key, nonce, about, plaintext))
  return header(kind, #travels + #sealed) .. travels .. sealed
end

--- A record, which is as long as it is: nobody looks whether that is allowed.
---@param kind integer  20 to 23
---@param plaintext string
---@return string record
function protection:seal(kind, plaintext)
  if self.suite.version == "1.2" then return seal12(self, kind, plaintext) end
  return self:seal_inner(plaintext .. string.char(kind))
end

-- ---------------------------------------------------------------------------------------- opening

local function open13(self, record)
  local nonce = next_nonce(self)
  local inner = core.key.unseal(self.suite.aead, self.key, nonce,
                                record:sub(1, HEADER), record:sub(HEADER + 1))
  if not inner then return nil end
  local unpadded = inner:match "^(.*[^%z])" or "\0"
  return unpadded:byte(-1), unpadded:sub(1, -2)
end

local function open12(self, record)
  local nonce, travels, sequence = next_nonce(self)
  local sealed = record:sub(HEADER + 1 + #travels)
  if travels ~= "" then nonce = self.iv .. record:sub(HEADER + 1, HEADER + #travels) end
  local about = sequence .. header(record:byte(), math.max(#sealed - TAG, 0))
  local plaintext = core.key.unseal(self.suite.aead, self.key, nonce, about, sealed)
  if not plaintext then return nil end
  return record:byte(), plaintext
end

--- Opens the next record of this direction, whole, with its header. One that does not authenticate
--- is not counted.
---@param record string
---@return integer? kind      nil: it does not authenticate; 0: it holds no kind (TLS 1.3)
---@return string? plaintext
function protection:open(record)
  if #record < HEADER then return nil end
  local open = self.suite.version == "1.2" and open12 or open13
  local kind, plaintext = open(self, record)
  if kind then self.sequence = self.sequence + 1 end
  return kind, plaintext
end

return protection
