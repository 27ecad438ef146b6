--- What a CA says about revocation: lists (RFC 5280, section 5) and OCSP responses (RFC 6960).
local core = require "secsock.core"
local der = require "secsock.mint.der"
local extensions = require "secsock.mint.extensions"
local keys = require "secsock.mint.keys"

local status = {}

local DAY = 86400

local reasons = {
  unspecified = 0, keyCompromise = 1, cACompromise = 2, affiliationChanged = 3, superseded = 4,
  cessationOfOperation = 5, certificateHold = 6, removeFromCRL = 8, privilegeWithdrawn = 9,
  aACompromise = 10,
}

local function reason_of(word)
  return reasons[word] or error(("no reason is called '%s'"):format(tostring(word)), 0)
end

--- @class secsock.mint.revoked
--- @field serial string    octets
--- @field at? integer|string
--- @field reason? string   "keyCompromise", "superseded", …

local function entry(revoked, now)
  local reason = ""
  if revoked.reason then
    reason = der.sequence(extensions.encode(
      extensions.new("reasonCode", false, der.enumerated(reason_of(revoked.reason)))))
  end
  return der.sequence(der.integer(revoked.serial), der.time(revoked.at or now - DAY), reason)
end

---@class secsock.mint.crl
---@field this_update? integer|string  yesterday unless said
---@field next_update? integer|string  in 30 days unless said
---@field number? integer
---@field sign? string
---@field extensions? table[]          more of them
---@field seal? table                  what is wrong with its signature: see secsock.mint.wrong
status.crl_known = {
  this_update = "number|string", next_update = "number|string", number = "number",
  sign = "string", extensions = "table", seal = "table",
}

--- A list, in DER.
---@param by { name: string, key: secsock.mint.key }
---@param revoked secsock.mint.revoked[]
---@param from secsock.mint.crl
function status.crl(by, revoked, from, now)
  local scheme = keys.scheme(by.key, from.sign)
  local entries, listed = {}, {
    extensions.authority_key_id(by.key.id),
    extensions.new("cRLNumber", false, der.integer(from.number or 1)),
  }
  for i, one in ipairs(revoked) do entries[i] = entry(one, now) end
  for _, extension in ipairs(from.extensions or {}) do listed[#listed + 1] = extension end
  return keys.sealed(der.sequence(
    der.integer(1), keys.algorithms[scheme], by.name,
    der.time(from.this_update or now - DAY), der.time(from.next_update or now + 30 * DAY),
    #entries > 0 and der.sequence(table.concat(entries)) or "",
    der.context(0, extensions.encode_all(listed))), by.key, scheme, from.seal)
end

---@class secsock.mint.ocsp
---@field status? "good"|"revoked"|"unknown"  what the CA knows, unless said
---@field reason? string
---@field revoked_at? integer|string
---@field produced? integer|string
---@field this_update? integer|string  an hour ago unless said
---@field next_update? integer|string  in seven days unless said
---@field digest? "sha1"|"sha256"      of the identifiers; "sha1" unless said, as everybody does
---@field sign? string
---@field seal? table                  what is wrong with its signature: see secsock.mint.wrong
---@field failure? "malformedRequest"|"internalError"|"tryLater"|"sigRequired"|"unauthorized"
status.ocsp_known = {
  status = "string", reason = "string", revoked_at = "number|string", produced = "number|string",
  this_update = "number|string", next_update = "number|string", digest = "string",
  sign = "string", failure = "string", seal = "table",
}

local failures = {
  malformedRequest = 1, internalError = 2, tryLater = 3, sigRequired = 5, unauthorized = 6,
}

local digests = {
  sha1 = der.sequence(der.oid "1.3.14.3.2.26", der.null),
  sha256 = der.sequence(der.oid "2.16.840.1.101.3.4.2.1"),
}

local function cert_id(issuer, serial, digest)
  local function hash(bytes) return der.octet_string(core.key.digest(digest, bytes)) end
  return der.sequence(digests[digest] or error("no such digest of identifiers: " .. digest, 0),
    hash(issuer.name), hash(issuer.key.bits), der.integer(serial))
end

local function cert_status(from, now)
  if from.status == "good" then return der.primitive(0, "") end
  if from.status == "unknown" then return der.primitive(2, "") end
  if from.status ~= "revoked" then error("no such status: " .. tostring(from.status), 0) end
  return der.context(1, der.generalized_time(from.revoked_at or now - DAY),
    from.reason and der.context(0, der.enumerated(reason_of(from.reason))) or "")
end

--- A response about one certificate, in DER.
---@param issuer { name: string, key: secsock.mint.key }
---@param by { key: secsock.mint.key, der: string }  the responder
---@param serial string
---@param from secsock.mint.ocsp
function status.ocsp(issuer, by, serial, from, now)
  if from.failure then
    local number = failures[from.failure]
      or error(("no failure is called '%s'"):format(from.failure), 0)
    return der.sequence(der.enumerated(number))
  end
  local scheme = keys.scheme(by.key, from.sign)
  local moment = from.this_update or now - 3600
  local single = der.sequence(cert_id(issuer, serial, from.digest or "sha1"),
    cert_status(from, now), der.generalized_time(moment),
    der.context(0, der.generalized_time(from.next_update or now + 7 * DAY)))
  local data = der.sequence(
    der.context(2, der.octet_string(core.key.digest("sha1", by.key.bits))),
    der.generalized_time(from.produced or moment), der.sequence(single))
  local sealed = keys.sealed(data, by.key, scheme, from.seal)
  if by.key ~= issuer.key then
    local _, content = der.read(sealed)
    sealed = der.sequence(content, der.context(0, der.sequence(by.der)))
  end
  return der.sequence(der.enumerated(0), der.context(0, der.sequence(
    der.oid "1.3.6.1.5.5.7.48.1.1", der.octet_string(sealed))))
end

return status
