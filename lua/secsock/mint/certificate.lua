--- A certificate from a description: what is not said is as it should be.
local der = require "secsock.mint.der"
local extensions = require "secsock.mint.extensions"
local keys = require "secsock.mint.keys"
local names = require "secsock.mint.names"

local certificate = {}

local DAY = 86400

---@class secsock.mint.description
---@field dns? string|string[]        names that it is issued for (subjectAltName)
---@field ip? string|string[]
---@field email? string|string[]
---@field uri? string|string[]
---@field directory? secsock.mint.name|secsock.mint.name[]
---@field raw? string|string[]        GeneralNames in DER
---@field subject? secsock.mint.name  the first DNS name, address or mailbox unless said
---@field key? secsock.mint.kind|secsock.mint.key  "p256" unless said
---@field not_before? integer|string  seconds since 1970, "2026-01-31", "2026-01-31T23:59:59Z", or
---                                   "20260131235959Z" as it goes in; yesterday unless said
---@field not_after? integer|string   in 90 days unless said; of a CA in ten years
---@field serial? integer|string      as octets, where it is a string
---@field eku? string|string[]        "serverAuth", "clientAuth", …, "any", an OID; {} for none
---@field usage? string|string[]      "digitalSignature", …; {} for none
---@field sign? string                how the issuer signs: "sha256", "sha384", "sha512", "pss", …
---@field ca? boolean                 that it may issue certificates
---@field path_length? integer        CAs that may stand between it and the end
---@field constraints? { permitted?: table, excluded?: table }  names that a CA may issue for
---@field policies? string|string[]   OIDs
---@field explicit_policy? integer    certificates until a policy is required
---@field ocsp? string|string[]       URIs of responders
---@field issuers? string|string[]    URIs of the issuer's certificate
---@field crl? string|string[]        URIs of lists
---@field must_staple? boolean
---@field no_check? boolean           of responders: nobody need ask about it
---@field san_critical? boolean
---@field extensions? { name: string, critical?: boolean, value: string }[]  more of them; an OID or
---                                   a name known to secsock.mint.extensions, and the value in DER
---@field wrong? string|table         what is wrong with it: a word of secsock.mint.wrong, steps
---                                   like those that its words have, or a list of such
certificate.known = {
  dns = "string|table", ip = "string|table", email = "string|table", uri = "string|table",
  directory = "string|table", raw = "string|table", subject = "string|table",
  key = "string|table", not_before = "number|string", not_after = "number|string",
  serial = "number|string", eku = "string|table", usage = "string|table", sign = "string",
  ca = "boolean", path_length = "number", constraints = "table", policies = "string|table",
  explicit_policy = "number", ocsp = "string|table", issuers = "string|table",
  crl = "string|table", must_staple = "boolean", no_check = "boolean", san_critical = "boolean",
  extensions = "table", wrong = "string|table",
}

local function first(value)
  if type(value) == "table" then return value[1] end
  return value
end

local function subject_of(from)
  if from.subject then return names.name(from.subject) end
  return names.name(first(from.dns) or first(from.ip) or first(from.email) or "")
end

local function has_names(from)
  for _, kind in ipairs(names.kinds) do
    if from[kind] and from[kind] ~= "" and next { first(from[kind]) } then return true end
  end
  return false
end

-- Key usage and extended key usage that suit what the certificate is for.

local function usage_of(from, key)
  if from.usage then return from.usage end
  if from.ca then return { "keyCertSign", "cRLSign" } end
  if keys.is_rsa(key) then return { "digitalSignature", "keyEncipherment" } end
  return { "digitalSignature" }
end

local function eku_of(from)
  if from.eku then return from.eku end
  if from.ca then return {} end
  if from.email and not (from.dns or from.ip) then return { "clientAuth", "emailProtection" } end
  return { "serverAuth" }
end

local function is_empty(value) return type(value) == "table" and #value == 0 end

-- The extensions that a description asks for, in the usual order.
local function extensions_of(from, key, issuer_key, subject)
  local list = {}
  local function add(extension) list[#list + 1] = extension end
  add(extensions.subject_key_id(key.id))
  add(extensions.authority_key_id(issuer_key.id))
  add(extensions.basic_constraints(from.ca, from.path_length))
  local usage, eku = usage_of(from, key), eku_of(from)
  if not is_empty(usage) then add(extensions.key_usage(usage)) end
  if not is_empty(eku) then add(extensions.ext_key_usage(eku)) end
  if has_names(from) then
    add(extensions.alt_names(from, from.san_critical or subject == names.name ""))
  end
  if from.policies then add(extensions.policies(from.policies)) end
  if from.constraints then add(extensions.name_constraints(from.constraints)) end
  if from.explicit_policy then add(extensions.explicit_policy(from.explicit_policy)) end
  if from.crl then add(extensions.crl_points(from.crl)) end
  if from.ocsp or from.issuers then add(extensions.info_access(from.ocsp, from.issuers)) end
  if from.must_staple then add(extensions.must_staple()) end
  if from.no_check then add(extensions.ocsp_no_check()) end
  for _, extension in ipairs(from.extensions or {}) do add(extension) end
  return list
end

--- The fields of a TBSCertificate (RFC 5280, section 4.1), each in DER but for the extensions.
---@param from secsock.mint.description
---@param key secsock.mint.key
---@param issuer { name: string, key: secsock.mint.key }
---@param now integer
---@param serial string  unless the description has one
function certificate.parts(from, key, issuer, now, serial)
  local subject = subject_of(from)
  local lifetime = from.ca and 3650 or 90
  return {
    version = der.context(0, der.integer(2)),
    serial = der.integer(from.serial or serial),
    algorithm = keys.algorithms[keys.scheme(issuer.key, from.sign)],
    issuer = issuer.name or subject,
    not_before = der.time(from.not_before or now - DAY),
    not_after = der.time(from.not_after or now + lifetime * DAY),
    subject = subject,
    public = key.public,
    unique = "",
    extensions = extensions_of(from, key, issuer.key, subject),
  }
end

--- The TBSCertificate of them.
function certificate.encode(parts)
  local listed = extensions.encode_all(parts.extensions)
  return der.sequence(parts.version, parts.serial, parts.algorithm, parts.issuer,
    der.sequence(parts.not_before, parts.not_after), parts.subject, parts.public, parts.unique,
    parts.extensions_as or (listed ~= "" and der.context(3, listed) or ""))
end

return certificate
