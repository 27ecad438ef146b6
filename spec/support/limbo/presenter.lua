--- Who presents the certificates of a case in a handshake, whatever they are: a peer whose TLS is
-- not secsock's and who reads none of them, where it can sign with the key.
local der = require "secsock.mint.der"
local keys = require "secsock.mint.keys"
local pki = require "spec.support.pki"
local scenario = require "secsock.scenario"
local secsock = require "secsock"
local unpem = require "secsock.mint.unpem"

local presenter = {}

local ec, rsa = der.oid "1.2.840.10045.2.1", der.oid "1.2.840.113549.1.1.1"

-- Kinds of keys by what their algorithms hold.
local kinds = {
  [der.oid "1.2.840.10045.3.1.7"] = "p256", [der.oid "1.3.132.0.34"] = "p384",
  [der.oid "1.3.132.0.35"] = "p521", [der.oid "1.3.101.112"] = "ed25519",
  [der.oid "1.3.101.113"] = "ed448", [rsa] = "rsa2048",
}

local function kind_of(bytes)
  for oid, kind in pairs(kinds) do
    if bytes:find(oid, 1, true) then return kind end
  end
end

-- PKCS #8 around a key of the older forms (RFC 5958; RFC 5915; RFC 8017, appendix A.1.2).
local function wrapped(label, bytes)
  if label == "PRIVATE KEY" then return bytes end
  local algorithm = der.sequence(rsa, der.null)
  if label == "EC PRIVATE KEY" then
    for oid in pairs(kinds) do
      if bytes:find(oid, 1, true) then algorithm = der.sequence(ec, oid) end
    end
  end
  return der.sequence(der.integer(0), algorithm, der.octet_string(bytes))
end

local function key_of(text)
  local label = text:match "BEGIN ([%u ]*PRIVATE KEY)"
  if not label then return nil end
  local private = wrapped(label, unpem(text:match("(%-+BEGIN " .. label .. ".*)"))[1])
  local ok, key = pcall(keys.of, kind_of(private), private)
  return ok and key or nil
end

-- A key that only secsock signs with.
local function by_secsock(chain, key)
  local identity, _, why = secsock.cert.identity { certpem = chain, keypem = key }
  if not identity then return nil, tostring(why) end
  return { identity = identity, trust = pki "ca.pem", peername = "mail.example" }
end

--- An end of a scenario that presents these certificates; nil and why not.
---@param chain string  PEM
---@param key string    PEM
---@return table? theirs
---@return string? err
function presenter.new(chain, key)
  local identity = { issuers = unpem(chain), key = key_of(key) }
  if not identity.key then return by_secsock(chain, key) end
  identity.der = table.remove(identity.issuers, 1)
  return scenario.hostile { version = "1.3", identity = identity }
end

return presenter
