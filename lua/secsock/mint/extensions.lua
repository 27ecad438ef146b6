--- Extensions of certificates (RFC 5280, section 4.2), from the words of a description.
local check = require "secsock.check"
local der = require "secsock.mint.der"
local names = require "secsock.mint.names"

local extensions = {}

--- The object identifiers of the extensions that are known by name.
extensions.oids = {
  subjectDirectoryAttributes = "2.5.29.9", subjectKeyIdentifier = "2.5.29.14",
  keyUsage = "2.5.29.15", subjectAltName = "2.5.29.17", issuerAltName = "2.5.29.18",
  basicConstraints = "2.5.29.19", cRLNumber = "2.5.29.20", reasonCode = "2.5.29.21",
  deltaCRLIndicator = "2.5.29.27", issuingDistributionPoint = "2.5.29.28",
  nameConstraints = "2.5.29.30", cRLDistributionPoints = "2.5.29.31",
  certificatePolicies = "2.5.29.32", policyMappings = "2.5.29.33",
  authorityKeyIdentifier = "2.5.29.35", policyConstraints = "2.5.29.36",
  extKeyUsage = "2.5.29.37", freshestCRL = "2.5.29.46", inhibitAnyPolicy = "2.5.29.54",
  authorityInfoAccess = "1.3.6.1.5.5.7.1.1", tlsFeature = "1.3.6.1.5.5.7.1.24",
  ocspNoCheck = "1.3.6.1.5.5.7.48.1.5",
}

local purposes = {
  serverAuth = "1.3.6.1.5.5.7.3.1", clientAuth = "1.3.6.1.5.5.7.3.2",
  codeSigning = "1.3.6.1.5.5.7.3.3", emailProtection = "1.3.6.1.5.5.7.3.4",
  timeStamping = "1.3.6.1.5.5.7.3.8", OCSPSigning = "1.3.6.1.5.5.7.3.9", any = "2.5.29.37.0",
}

local usages = {
  digitalSignature = 0, nonRepudiation = 1, keyEncipherment = 2, dataEncipherment = 3,
  keyAgreement = 4, keyCertSign = 5, cRLSign = 6, encipherOnly = 7, decipherOnly = 8,
}

local function list(value) return type(value) == "table" and value or { value } end

--- What an Extension holds, as a table that can still be changed: { name, critical, value }.
function extensions.new(name, critical, value)
  return { name = name, critical = critical or false, value = value }
end

local new = extensions.new

--- Its DER.
function extensions.encode(extension)
  if type(extension.name) ~= "string" or type(extension.value) ~= "string" then
    error("an extension is a name and a value in DER", 0)
  end
  local mark = extension.critical and der.yes or extension.critical_as or ""
  local oid = extensions.oids[extension.name] or extension.name
  return der.sequence(der.oid(oid), mark, der.octet_string(extension.value))
end

--- A SEQUENCE OF them, or "" where there are none.
function extensions.encode_all(those)
  local encoded = {}
  for i, extension in ipairs(those) do encoded[i] = extensions.encode(extension) end
  return #encoded > 0 and der.sequence(table.concat(encoded)) or ""
end

function extensions.subject_key_id(id)
  return new("subjectKeyIdentifier", false, der.octet_string(id))
end

function extensions.authority_key_id(id)
  return new("authorityKeyIdentifier", false, der.sequence(der.primitive(0, id)))
end

function extensions.basic_constraints(ca, path_length)
  return new("basicConstraints", true, der.sequence(ca and der.yes or "",
    path_length and der.integer(path_length) or ""))
end

function extensions.key_usage(words)
  local numbers = {}
  for i, word in ipairs(list(words)) do
    numbers[i] = usages[word] or error(("no key usage is called '%s'"):format(word), 0)
  end
  return new("keyUsage", true, der.named_bits(numbers))
end

function extensions.ext_key_usage(words)
  local encoded = {}
  for i, word in ipairs(list(words)) do encoded[i] = der.oid(purposes[word] or word) end
  return new("extKeyUsage", false, der.sequence(table.concat(encoded)))
end

function extensions.alt_names(from, critical)
  return new("subjectAltName", critical, der.sequence(table.concat(names.general(from))))
end

local function subtrees(number, from, name)
  if not from then return "" end
  check.inner_options(from, names.known, "constraints." .. name)
  local trees = names.general(from, true)
  for i, tree in ipairs(trees) do trees[i] = der.sequence(tree) end
  return der.context(number, table.concat(trees))
end

--- { permitted = { dns = …, ip = "192.0.2.0/24" }, excluded = { … } }
function extensions.name_constraints(from)
  check.inner_options(from, { permitted = "table", excluded = "table" }, "constraints")
  return new("nameConstraints", true, der.sequence(
    subtrees(0, from.permitted, "permitted"), subtrees(1, from.excluded, "excluded")))
end

function extensions.policies(oids)
  local encoded = {}
  for i, oid in ipairs(list(oids)) do encoded[i] = der.sequence(der.oid(oid)) end
  return new("certificatePolicies", false, der.sequence(table.concat(encoded)))
end

function extensions.explicit_policy(after)
  local _, octets = der.read(der.integer(after))
  return new("policyConstraints", true, der.sequence(der.primitive(0, octets)))
end

local function access(method, uris)
  local encoded = {}
  for i, uri in ipairs(list(uris)) do
    encoded[i] = der.sequence(der.oid("1.3.6.1.5.5.7.48." .. method), der.primitive(6, uri))
  end
  return table.concat(encoded)
end

--- Where responses (OCSP) and the issuer's own certificate are found.
function extensions.info_access(responders, issuers)
  return new("authorityInfoAccess", false, der.sequence(
    access(1, responders or {}), access(2, issuers or {})))
end

function extensions.crl_points(uris)
  local encoded = {}
  for i, uri in ipairs(list(uris)) do
    encoded[i] = der.sequence(der.context(0, der.context(0, der.primitive(6, uri))))
  end
  return new("cRLDistributionPoints", false, der.sequence(table.concat(encoded)))
end

--- A stapled response is demanded (RFC 7633).
function extensions.must_staple()
  return new("tlsFeature", false, der.sequence(der.integer(5)))
end

--- Nobody need ask about this responder (RFC 6960, section 4.2.2.2.1).
function extensions.ocsp_no_check() return new("ocspNoCheck", false, der.null) end

return extensions
