--- Keys and what they sign with.
local core = require "secsock.core"
local der = require "secsock.mint.der"
local weak = require "secsock.mint.weak"

local keys = {}

---@alias secsock.mint.kind "p256"|"p384"|"p521"|"ed25519"|"ed448"|"rsa2048"|"rsa3072"|"rsa4096"

---@class secsock.mint.key
---@field kind string
---@field private string  PKCS #8 in DER
---@field public string   SubjectPublicKeyInfo in DER
---@field bits string     the public key without its algorithm
---@field id string       its identifier: 20 octets (RFC 7093, section 2, method 1)

-- AlgorithmIdentifiers of signatures (RFC 3279, RFC 4055, RFC 5758, RFC 8410).

local function rsa(number)
  return der.sequence(der.oid("1.2.840.113549.1.1." .. number), der.null)
end

local function ecdsa(oid) return der.sequence(der.oid("1.2.840.10045.4." .. oid)) end

local function pss(number, salt)
  local digest = der.sequence(der.oid("2.16.840.1.101.3.4.2." .. number), der.null)
  return der.sequence(der.oid "1.2.840.113549.1.1.10", der.sequence(
    der.context(0, digest),
    der.context(1, der.sequence(der.oid "1.2.840.113549.1.1.8", digest)),
    der.context(2, der.integer(salt))))
end

keys.algorithms = {
  rsa_sha256 = rsa(11), rsa_sha384 = rsa(12), rsa_sha512 = rsa(13),
  rsa_pss_sha256 = pss(1, 32), rsa_pss_sha384 = pss(2, 48), rsa_pss_sha512 = pss(3, 64),
  ecdsa_sha256 = ecdsa "3.2", ecdsa_sha384 = ecdsa "3.3", ecdsa_sha512 = ecdsa "3.4",
  ed25519 = der.sequence(der.oid "1.3.101.112"), ed448 = der.sequence(der.oid "1.3.101.113"),
  insecure_rsa_md5 = rsa(4), insecure_rsa_sha1 = rsa(5), insecure_ecdsa_sha1 = ecdsa "1",
}

-- How each kind of key signs unless told otherwise.
local usual = {
  p256 = "ecdsa_sha256", p384 = "ecdsa_sha384", p521 = "ecdsa_sha512",
  ed25519 = "ed25519", ed448 = "ed448",
  rsa1024 = "rsa_sha256", rsa2048 = "rsa_sha256", rsa3072 = "rsa_sha256", rsa4096 = "rsa_sha256",
}

function keys.is_rsa(key) return key.kind:find "^rsa" ~= nil end

local function new_key(kind, private, id)
  local public = assert(core.key.public(private))
  local _, content = der.read(public)
  local _, _, behind = der.read(content)
  local _, bits = der.read(content, behind)
  bits = bits:sub(2)
  return {
    kind = kind, private = private, public = public, bits = bits,
    id = id or core.key.digest("sha256", bits):sub(1, 20),
  }
end

--- A key by its kind. "rsa1024" is always the same one, which everybody knows.
---@param kind secsock.mint.kind|"rsa1024"
---@param seed? string  it follows from this; not for RSA
---@return secsock.mint.key
function keys.new(kind, seed)
  if not usual[kind] then error(("no kind of key is called '%s'"):format(tostring(kind)), 0) end
  return new_key(kind, kind == "rsa1024" and weak or assert(core.key.generate(kind, seed)))
end

--- One that was made elsewhere; nil where nothing can be signed with it.
---@param kind string     RSA keys may have any size
---@param private string  PKCS #8 in DER
---@param id? string      its identifier, where that is another than it would have here
---@return secsock.mint.key?
function keys.of(kind, private, id)
  return (usual[kind] or kind:find "^rsa") and new_key(kind, private, id) or nil
end

--- The word of a signature scheme, from the word that a caller said ("sha384", "pss", or one of
--- keys.algorithms itself) or nil, and the key that signs.
function keys.scheme(key, said)
  if not said then return usual[key.kind] or "rsa_sha256" end
  local family = keys.is_rsa(key) and "rsa" or key.kind:match "^ed%d+" or "ecdsa"
  local long = said == "pss" and "rsa_pss_sha256" or (family:gsub("^ed%d+", "ecdsa")) .. "_" .. said
  for _, scheme in ipairs { said, long, "insecure_" .. long } do
    if keys.algorithms[scheme] then
      if scheme:find(family, 1, true) then return scheme end
      error(("a key of kind %s cannot sign so: '%s'"):format(key.kind, said), 0)
    end
  end
  error(("no way to sign is called '%s'"):format(said), 0)
end

--- What is to be signed, its AlgorithmIdentifier and its signature, in a SEQUENCE: a certificate, a
--- list, a response.
---@param signed string   the DER that is signed
---@param key secsock.mint.key
---@param scheme string
---@param wrong? table    { outer = AlgorithmIdentifier, signature = function(bytes, key) }
function keys.sealed(signed, key, scheme, wrong)
  local signature = der.bit_string(assert(core.key.sign(key.private, scheme, signed)))
  if wrong and wrong.signature then signature = wrong.signature(signature, signed, key, scheme) end
  return der.sequence(signed, wrong and wrong.outer or keys.algorithms[scheme], signature)
end

return keys
