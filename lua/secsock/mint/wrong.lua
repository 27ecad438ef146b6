--- What can be wrong with a certificate, one word each: the problem that a verdict must find, and
-- how it is done. A word has steps, which a certificate goes through as it is made:
--
--     fields(description, now)   changes what was asked for
--     issuer(ca)                 another CA to issue it
--     self_signed                it signs itself
--     parts(parts, ca)           changes the fields of the TBSCertificate, which are DER
--     tbs(bytes)                 changes what is signed
--     seal                       { outer = algorithm, signature = function(bits, tbs, key,
--                                scheme) }, or one of them: what stands behind the TBSCertificate
--     bytes(bytes)               changes the whole
--     judge(options, made, ca)   tells secsock.validate what it takes to see this
local core = require "secsock.core"
local der = require "secsock.mint.der"
local extensions = require "secsock.mint.extensions"
local keys = require "secsock.mint.keys"
local pem = require "secsock.mint.pem"

local DAY = 86400

---@type table<string, { problem: string, text: string }>
local wrong = {}

local function word(name, problem, text, steps)
  steps.problem, steps.text = problem, text
  wrong[name] = steps
end

-- ---------------------------------------------------------------------- one word for each problem

word("no_certificate", "no_certificate", "none is sent", {
  judge = function(options) options.chain = "" end,
})

word("name_unchecked", "name_unchecked", "right, but nobody says whom it should be issued for", {
  judge = function(options) options.name = nil end,
})

word("expired", "expired", "it was valid until yesterday", {
  fields = function(from, now) from.not_before, from.not_after = now - 90 * DAY, now - DAY end,
})

word("not_yet_valid", "not_yet_valid", "it is valid from tomorrow on", {
  fields = function(from, now) from.not_before = now + DAY end,
})

word("issuer_unknown", "issuer_unknown", "its issuer is a CA that nobody knows", {
  issuer = function(ca) return ca.mint:ca "Unknown Root" end,
  judge = function(options, _, ca) options.trust = ca.root:cert() end,
})

word("self_signed", "self_signed", "it is signed with its own key", {
  self_signed = true,
  parts = function(parts) parts.issuer = parts.subject end,
})

word("name_mismatch", "name_mismatch", "it is issued for somebody else", {
  fields = function(from)
    from.dns, from.ip, from.email, from.uri = "other.invalid", nil, nil, nil
    from.subject = "other.invalid"
  end,
})

-- A change of the signature's bits, in the last octet.
local function flip(bits)
  local last = bits:byte(-1)
  return bits:sub(1, -2) .. string.char(last % 2 == 0 and last + 1 or last - 1)
end

word("bad_signature", "bad_signature", "one bit of the signature is wrong", {
  seal = { signature = flip },
})

word("wrong_usage", "wrong_usage", "it is for clients alone (extKeyUsage)", {
  fields = function(from) from.eku = { "clientAuth" } end,
})

word("not_a_ca", "not_a_ca", "its issuer is no CA", {
  issuer = function(ca)
    return ca:intermediate { subject = "No CA", ca = false, usage = {} }
  end,
})

word("path_too_long", "path_too_long", "its issuer stands below a CA that allows none", {
  issuer = function(ca)
    return ca:intermediate { subject = "Last CA", path_length = 0 }:intermediate "One Too Many"
  end,
})

word("name_constraint", "name_constraint", "its issuer may issue for other names alone", {
  issuer = function(ca)
    return ca:intermediate {
      subject = "Constrained CA", constraints = { permitted = { dns = "other.invalid" } },
    }
  end,
})

word("unknown_critical", "unknown_critical", "it has a critical extension that nobody knows", {
  fields = function(from)
    from.extensions = { extensions.new("1.3.6.1.4.1.55555.1", true, der.null) }
  end,
})

word("weak_key", "weak_key", "its RSA key has 1,024 bits", {
  fields = function(from) from.key = "rsa1024" end,
})

-- A CA whose signatures have a digest that can be chosen.
local function with_digest(ca, kind)
  if ca.key.kind:find "^ed" or (kind and not keys.is_rsa(ca.key)) then
    return ca:intermediate { subject = "Signing CA", key = kind or "p256" }
  end
end

word("weak_signature", "weak_signature", "it is signed with SHA-1", {
  fields = function(from) from.sign = "sha1" end,
  issuer = function(ca) return with_digest(ca) end,
})

word("revoked", "revoked", "its issuer has revoked it, says a list", {
  judge = function(options, made)
    made.issuer:revoke(made, "keyCompromise")
    options.crl = { data = made.issuer:crl() }
  end,
})

word("revocation_unknown", "revocation_unknown", "it demands a stapled response, and none comes", {
  fields = function(from) from.must_staple = true end,
})

word("disallowed", "disallowed", "it is in the store of distrusted ones", {
  judge = function(options, made) options.disallowed = core.cert.der(made.der) end,
})

word("malformed", "malformed", "its serial number has no octets", {
  parts = function(parts) parts.serial = der.integer "" end,
})

word("policy", "policy", "its issuer requires a policy, and it has none", {
  issuer = function(ca)
    return ca:intermediate {
      subject = "Policy CA", explicit_policy = 0, policies = "1.3.6.1.4.1.55555.2",
    }
  end,
})

word("profile", "profile", "its serial number is zero", {
  fields = function(from) from.serial = 0 end,
})

word("unsupported", "unsupported", "its key is of a kind that nobody knows", {
  parts = function(parts)
    parts.public = der.sequence(der.sequence(der.oid "1.3.6.1.4.1.55555.3"),
      der.bit_string(("\1"):rep(32)))
  end,
})

word("too_complex", "too_complex", "it has 600 names, its issuer as many constraints", {
  fields = function(from)
    local many = { from.dns }
    for i = 1, 600 do many[#many + 1] = ("n%d.example"):format(i) end
    from.subject, from.dns = from.dns, many
  end,
  issuer = function(ca)
    local many = {}
    for i = 1, 600 do many[i] = ("x%d.invalid"):format(i) end
    return ca:intermediate { subject = "Careful CA", constraints = { excluded = { dns = many } } }
  end,
})

word("not_pinned", "not_pinned", "right, but another key was asked for", {
  judge = function(options, _, ca)
    options.pins = ca.mint:ca "Another Root":cert():pin()
  end,
})

-- ------------------------------------------------------------- the same problems, in other ways

word("revoked_stapled", "revoked", "its issuer has revoked it, says the stapled response", {
  judge = function(options, made)
    options.ocsp = made.issuer:ocsp(made, { status = "revoked", reason = "keyCompromise" })
  end,
})

word("revoked_delegated", "revoked", "the same, by a responder that the issuer has charged", {
  judge = function(options, made)
    options.ocsp = made.issuer:responder():ocsp(made, { status = "revoked" })
  end,
})

word("expired_issuer", "expired", "its issuer has expired", {
  issuer = function(ca) return ca:intermediate { subject = "Old CA", wrong = "expired" } end,
})

word("expired_1950", "expired", "it was valid until 1950: the UTCTime 500101000000Z (RFC 5280)", {
  parts = function(parts)
    parts.not_before = der.utc_time "19500101000000Z"
    parts.not_after = der.utc_time "19500102000000Z"
  end,
})

word("issuer_missing", "issuer_unknown", "its issuer is not sent with it", {
  issuer = function(ca) return ca:intermediate "Missing CA" end,
  judge = function(options, made) options.chain = made.der end,
})

word("common_name_only", "name_mismatch", "its name stands in the subject alone", {
  fields = function(from) from.subject, from.dns = from.subject or from.dns, nil end,
})

word("wildcard_suffix", "name_mismatch", "its wildcard stands right below a public suffix", {
  fields = function(from) from.dns = "*.example" end,
})

word("signed_by_another", "bad_signature", "its issuer's name, but not its issuer's key", {
  seal = {
    signature = function(_, tbs, key, scheme)
      return der.bit_string(core.key.sign(keys.new(key.kind).private, scheme, tbs))
    end,
  },
})

word("signature_empty", "bad_signature", "its signature has no bits", {
  seal = { signature = function() return der.bit_string "" end },
})

word("signature_trailing", "bad_signature", "an octet stands behind the signature's value", {
  seal = {
    signature = function(bits)
      local _, content = der.read(bits)
      return der.bit_string(content:sub(2) .. "\0")
    end,
  },
})

word("usage_no_signature", "wrong_usage", "its key may not sign (keyUsage)", {
  fields = function(from) from.usage = { "keyAgreement" } end,
})

word("issuer_may_not_sign", "wrong_usage", "its issuer may sign lists alone (keyUsage)", {
  issuer = function(ca) return ca:intermediate { subject = "Lists CA", usage = { "cRLSign" } } end,
})

word("excluded_name", "name_constraint", "its issuer may not issue for it", {
  issuer = function(ca)
    return ca:intermediate {
      subject = "Excluding CA", constraints = { excluded = { dns = { "example" } } },
    }
  end,
})

word("signature_md5", "weak_signature", "it is signed with MD5", {
  fields = function(from) from.sign = "md5" end,
  issuer = function(ca) return with_digest(ca, "rsa2048") end,
})

-- An EC key with other parameters than its curve's name.
local function with_curve(parts, parameters)
  local _, content = der.read(keys.new("p256").public)
  local _, _, behind = der.read(content)
  parts.public = der.sequence(der.sequence(der.oid "1.2.840.10045.2.1", parameters),
    content:sub(behind))
end

word("key_secp256k1", "weak_key", "its key is on a curve that TLS does not use", {
  parts = function(parts) with_curve(parts, der.oid "1.3.132.0.10") end,
})

word("key_curve_spelled_out", "profile", "its key spells out a curve", {
  parts = function(parts) with_curve(parts, der.sequence(der.integer(1))) end,
})

word("key_exponent_even", "weak_key", "its RSA key has an even exponent", {
  parts = function(parts)
    parts.public = der.sequence(der.sequence(der.oid "1.2.840.113549.1.1.1", der.null),
      der.bit_string(der.sequence(der.integer("\0" .. ("\199"):rep(256)), der.integer(65536))))
  end,
})

word("key_truncated", "malformed", "its key is shorter than its curve's points", {
  parts = function(parts)
    local _, content = der.read(keys.new("p256").public)
    local _, algorithm, behind = der.read(content)
    local _, bits = der.read(content, behind)
    parts.public = der.sequence(der.sequence(algorithm), der.tlv(3, bits:sub(1, -2)))
  end,
})

-- -------------------------------------------------------------------------- the profile's rules

local function serial(bytes)
  return function(parts) parts.serial = der.integer(bytes) end
end

word("serial_negative", "profile", "its serial number is negative", { parts = serial "\200\1" })
word("serial_long", "profile", "its serial number has 21 octets",
  { parts = serial(("\1"):rep(21)) })
word("serial_huge", "profile", "its serial number has 2,000 octets",
  { parts = serial(("\1"):rep(2000)) })

-- The extension of a name, and where it stands.
local function find(parts, name)
  for i, extension in ipairs(parts.extensions) do
    if extension.name == name then return extension, i end
  end
end

local function without(name)
  return function(parts)
    local _, at = find(parts, name)
    table.remove(parts.extensions, at)
  end
end

-- Gives an extension another value, or adds it with that.
local function set(parts, name, value, critical)
  local extension = find(parts, name)
  if not extension then
    extension = extensions.new(name, critical)
    table.insert(parts.extensions, extension)
  end
  extension.value = value
end

local function valued(name, value)
  return function(parts) set(parts, name, value) end
end

word("no_authority_key_id", "profile", "it does not say which key signed it",
  { parts = without "authorityKeyIdentifier" })

word("authority_key_id_critical", "profile", "what is never critical is", {
  parts = function(parts) find(parts, "authorityKeyIdentifier").critical = true end,
})

word("no_subject", "profile", "it has no subject, and its names are not critical", {
  fields = function(from) from.subject, from.san_critical = "", nil end,
  parts = function(parts) find(parts, "subjectAltName").critical = false end,
})

word("usage_of_a_ca", "profile", "it may sign certificates, but is no CA (keyUsage)", {
  fields = function(from) from.usage = { "digitalSignature", "keyCertSign" } end,
})

word("path_length_of_no_ca", "profile", "it limits a path, but is no CA", {
  fields = function(from) from.path_length = 0 end,
})

word("constraints_of_no_ca", "profile", "it constrains names, but is no CA", {
  fields = function(from) from.constraints = { permitted = { dns = "example" } } end,
})

word("default_spelled_out", "profile", "an extension says that it is not critical", {
  parts = function(parts) find(parts, "subjectKeyIdentifier").critical_as = der.no end,
})

word("policy_twice", "profile", "it names a policy twice", {
  fields = function(from) from.policies = { "1.3.6.1.4.1.55555.2", "1.3.6.1.4.1.55555.2" } end,
})

word("generalized_time", "profile", "a date before 2050 is a GeneralizedTime", {
  parts = function(parts) parts.not_before = der.generalized_time "20200101000000Z" end,
})

-- A name more beside those that it is issued for.
local function another(kind, value)
  return {
    fields = function(from)
      local list = type(from[kind]) == "table" and from[kind] or { from[kind] }
      from[kind] = { value }
      for i, one in ipairs(list) do from[kind][i + 1] = one end
      from.subject = from.subject or list[1]
    end,
  }
end

local function raw_name(tag, value) return another("raw", der.primitive(tag, value)) end

word("name_with_nul", "profile", "a DNS name has an octet of zero in it",
  another("dns", "good.example\0.evil.example"))
word("name_not_ascii", "profile", "a DNS name is not in A-labels",
  another("dns", "b\195\188cher.example"))
word("name_underscore", "profile", "a DNS name has an underscore", another("dns", "_a.example"))
word("name_empty", "profile", "a DNS name is empty", another("dns", ""))
word("name_of_a_space", "profile", "a DNS name is a space", another("dns", " "))
word("name_with_dot", "profile", "a DNS name ends in a dot", another("dns", "a.example."))
word("name_label_long", "profile", "a DNS name has a label of 64 characters",
  another("dns", ("a"):rep(64) .. ".example"))
word("name_wildcard_deep", "profile", "a DNS name has a wildcard inside",
  another("dns", "a.*.example"))
word("name_wildcard_partial", "profile", "a DNS name has a wildcard that is part of a label",
  another("dns", "m*.example"))
word("address_length", "profile", "an IP address has five octets", raw_name(7, "\127\0\0\0\1"))
word("uri_relative", "profile", "a URI has no scheme", another("uri", "//example/"))
word("uri_not_ascii", "profile", "a URI is not of ASCII characters",
  another("uri", "http://b\195\188cher.example/"))
word("email_empty", "profile", "an e-mail address is empty", another("email", ""))
word("email_not_ascii", "profile", "an e-mail address is not of ASCII characters",
  another("email", "b\195\188cher@example.org"))

-- ------------------------------------------------------------------------------ below all that

word("version_4", "malformed", "its version does not exist", {
  parts = function(parts) parts.version = der.context(0, der.integer(3)) end,
})

word("version_1_extensions", "malformed", "it is of version 1 and has extensions", {
  parts = function(parts) parts.version = "" end,
})

word("version_2_extensions", "malformed", "it is of version 2 and has extensions", {
  parts = function(parts) parts.version = der.context(0, der.integer(1)) end,
})

word("version_spelled_out", "malformed", "it spells out version 1", {
  parts = function(parts) parts.version = der.context(0, der.integer(0)) end,
})

word("serial_padded", "malformed", "its serial number begins with an octet too many",
  { parts = serial "\0\0\1" })

word("serial_missing", "malformed", "it has no serial number", {
  parts = function(parts) parts.serial = "" end,
})

word("algorithms_differ", "malformed", "its algorithm is another inside than outside", {
  seal = { outer = keys.algorithms.rsa_sha512 },
})

word("algorithm_parameters", "malformed", "its algorithm has NULL beside it inside alone", {
  parts = function(parts)
    local _, content = der.read(parts.algorithm)
    parts.algorithm = der.sequence(content, der.null)
  end,
})

word("extension_twice", "malformed", "it has one extension twice", {
  parts = function(parts) table.insert(parts.extensions, parts.extensions[1]) end,
})

word("extensions_empty", "malformed", "its extensions are an empty sequence", {
  parts = function(parts) parts.extensions_as = der.context(3, der.sequence()) end,
})

word("names_empty", "malformed", "its names are an empty sequence",
  { parts = valued("subjectAltName", der.sequence()) })

word("purposes_empty", "malformed", "its purposes are an empty sequence",
  { parts = valued("extKeyUsage", der.sequence()) })

word("policies_empty", "malformed", "its policies are an empty sequence",
  { parts = valued("certificatePolicies", der.sequence()) })

word("extension_trailing", "malformed", "an octet stands behind the value of an extension", {
  parts = function(parts)
    local extension = find(parts, "subjectKeyIdentifier")
    extension.value = extension.value .. "\0"
  end,
})

word("usage_padded", "profile", "its keyUsage has zeros at the end",
  { parts = valued("keyUsage", der.bit_string("\128", 0)) })

word("boolean_ber", "malformed", "a TRUE is not 255", {
  parts = function(parts)
    local extension = find(parts, "keyUsage")
    extension.critical, extension.critical_as = false, "\1\1\1"
  end,
})

-- The same element with its length in more octets than it takes.
local function long_form(bytes)
  local tag, content = der.read(bytes)
  local form = #content < 128 and 1 or #content < 256 and 2 or 3
  return der.header(tag, #content, form) .. content
end

word("length_padded", "malformed", "a length takes more octets than it needs", {
  parts = function(parts) parts.subject = long_form(parts.subject) end,
})

word("length_indefinite", "malformed", "the length of a sequence is left open, as BER may", {
  parts = function(parts)
    local _, content = der.read(parts.subject)
    parts.subject = "\48\128" .. content .. "\0\0"
  end,
})

word("length_too_large", "malformed", "a length reaches beyond what holds it", {
  parts = function(parts)
    local _, content = der.read(parts.serial)
    parts.serial = der.header(2, 2 ^ 24) .. content
  end,
})

word("length_huge", "malformed", "a length is larger than any memory", {
  parts = function(parts) parts.serial = "\2\136\127" .. ("\255"):rep(7) .. "\1" end,
})

word("string_constructed", "malformed", "a string is made of pieces, as BER may", {
  parts = function(parts)
    local extension = find(parts, "subjectKeyIdentifier")
    local _, content = der.read(extension.value)
    extension.value = der.tlv(0x24, der.octet_string(content))
  end,
})

word("tag_long", "malformed", "a tag is written in the long form", {
  parts = function(parts)
    local _, content = der.read(parts.serial)
    parts.serial = "\31\2" .. string.char(#content) .. content
  end,
})

word("trailing_bytes", "malformed", "an octet stands behind it", {
  bytes = function(bytes) return bytes .. "\0" end,
  judge = function(options, made) options.chain = pem(made.der) end,
})

word("trailing_inside", "malformed", "an element stands behind its extensions", {
  tbs = function(bytes)
    local _, content = der.read(bytes)
    return der.sequence(content, der.null)
  end,
})

word("trailing_signature", "malformed", "an element stands behind its signature", {
  bytes = function(bytes)
    local _, content = der.read(bytes)
    return der.sequence(content, der.null)
  end,
})

word("signature_unused_bits", "malformed", "its signature ends within an octet", {
  seal = {
    signature = function(bits)
      local _, content = der.read(bits)
      return der.bit_string(content:sub(2, -2) .. "\0", 4)
    end,
  },
})

word("truncated", "malformed", "its end is missing", {
  bytes = function(bytes) return bytes:sub(1, -20) end,
  judge = function(options, made) options.chain = made.der end,
})

word("empty", "malformed", "it is an empty sequence", {
  bytes = function() return der.sequence() end,
})

local function time(field, element)
  return { parts = function(parts) parts[field] = element end }
end

word("time_without_seconds", "malformed", "a date has no seconds",
  time("not_before", der.tlv(0x17, "2001010000Z")))
word("time_zone", "malformed", "a date is not in UTC",
  time("not_before", der.tlv(0x17, "200101000000+0100")))
word("time_local", "malformed", "a date has no Z behind it",
  time("not_before", der.tlv(0x18, "20200101000000")))
word("time_fraction", "malformed", "a date has fractions of seconds",
  time("not_after", der.tlv(0x18, "20990101000000.5Z")))
word("time_month", "malformed", "a date is in the thirteenth month",
  time("not_before", der.utc_time "20201301000000Z"))
word("time_day", "malformed", "a date is the 30th of February",
  time("not_before", der.utc_time "20200230000000Z"))
word("time_hour", "malformed", "a date has an hour 24",
  time("not_before", der.utc_time "20200101240000Z"))
word("time_not_digits", "malformed", "a date has letters in it",
  time("not_before", der.tlv(0x17, "2001O1000000Z")))
word("time_null", "malformed", "a date is no date", time("not_after", der.null))

word("oid_padded", "malformed", "an object identifier has a part of more octets than it takes", {
  parts = function(parts)
    parts.subject = der.sequence(der.set(der.sequence("\6\4\85\4\128\3", der.utf8 "a")))
  end,
})

word("oid_empty", "malformed", "an object identifier has no octets", {
  parts = function(parts)
    parts.subject = der.sequence(der.set(der.sequence(der.tlv(6, ""), der.utf8 "a")))
  end,
})

word("rdn_empty", "malformed", "a part of its subject is an empty set", {
  parts = function(parts) parts.subject = der.sequence(der.set()) end,
})

return wrong
