--- Secrets from secrets: HKDF with the labels of TLS 1.3 (RFC 8446, section 7.1), and the PRF of
-- TLS 1.2 (RFC 5246, section 5). A hash is "sha256" or "sha384".
local core = require "secsock.core"
local bytes = require "secsock.tls.bytes"

local secrets = {}

--- An HMAC.
---@param hash string
---@param key string
---@param data string
---@return string
function secrets.hmac(hash, key, data) return assert(core.key.hmac(hash, key, data)) end

--- A digest.
---@param hash string
---@param data string
---@return string
function secrets.digest(hash, data) return assert(core.key.digest(hash, data)) end

--- HKDF-Extract (RFC 5869, section 2.2).
---@param hash string
---@param salt string
---@param secret string
---@return string
function secrets.extract(hash, salt, secret) return secrets.hmac(hash, salt, secret) end

--- HKDF-Expand-Label.
---@param hash string
---@param secret string
---@param label string   without "tls13 "
---@param context string
---@param size integer
---@return string
function secrets.expand_label(hash, secret, label, context, size)
  local info = bytes.number(size, 2) .. bytes.vector(1, "tls13 " .. label)
    .. bytes.vector(1, context)
  local made, block, count = "", "", 0
  while #made < size do
    count = count + 1
    block = secrets.hmac(hash, secret, block .. info .. string.char(count))
    made = made .. block
  end
  return made:sub(1, size)
end

--- Derive-Secret, of the messages so far.
---@param hash string
---@param secret string
---@param label string
---@param messages string
---@return string
function secrets.derive(hash, secret, label, messages)
  local transcript = secrets.digest(hash, messages)
  return secrets.expand_label(hash, secret, label, transcript, #transcript)
end

--- The PRF of TLS 1.2.
---@param hash string
---@param secret string
---@param label string
---@param seed string
---@param size integer
---@return string
function secrets.prf(hash, secret, label, seed, size)
  seed = label .. seed
  local made, a = "", seed
  while #made < size do
    a = secrets.hmac(hash, secret, a)
    made = made .. secrets.hmac(hash, secret, a .. seed)
  end
  return made:sub(1, size)
end

return secrets
