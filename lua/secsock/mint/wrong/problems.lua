--- One word for each problem that a verdict can find, by the problem's own name.
local core = require "secsock.core"
local change = require "secsock.mint.wrong.change"
local der = require "secsock.mint.der"
local extensions = require "secsock.mint.extensions"

local DAY = change.DAY

-- A change of the signature's bits, in the last octet.
local function flip(bits)
  local last = bits:byte(-1)
  return bits:sub(1, -2) .. string.char(last % 2 == 0 and last + 1 or last - 1)
end

return function(word)
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

  word("bad_signature", "bad_signature", "one bit of the signature is wrong", {
    seal = { signature = flip },
  })

  word("wrong_usage", "wrong_usage", "it is for clients alone (extKeyUsage)", {
    fields = function(from) from.eku = { "clientAuth" } end,
  })

  word("not_a_ca", "not_a_ca", "its issuer is no CA", {
    issuer = change.below { subject = "No CA", ca = false, usage = {} },
  })

  word("path_too_long", "path_too_long", "its issuer stands below a CA that allows none", {
    issuer = function(ca)
      return ca:intermediate { subject = "Last CA", path_length = 0 }:intermediate "One Too Many"
    end,
  })

  word("name_constraint", "name_constraint", "its issuer may issue for other names alone", {
    issuer = change.below {
      subject = "Constrained CA", constraints = { permitted = { dns = "other.invalid" } },
    },
  })

  word("unknown_critical", "unknown_critical", "it has a critical extension that nobody knows", {
    fields = function(from)
      from.extensions = { extensions.new("1.3.6.1.4.1.55555.1", true, der.null) }
    end,
  })

  word("weak_key", "weak_key", "its RSA key has 1,024 bits", {
    fields = function(from) from.key = "rsa1024" end,
  })

  word("weak_signature", "weak_signature", "it is signed with SHA-1", {
    fields = function(from) from.sign = "sha1" end,
    issuer = function(ca) -- Edwards keys have no choice of a digest
      if ca.key.kind:find "^ed" then return ca:intermediate "Signing CA" end
    end,
  })

  word("revoked", "revoked", "its issuer has revoked it, says a list", {
    judge = function(options, made)
      made.issuer:revoke(made, "keyCompromise")
      options.crl = { data = made.issuer:crl() }
    end,
  })

  word("revocation_unknown", "revocation_unknown", "it demands a stapled response, none comes", {
    fields = function(from) from.must_staple = true end,
  })

  word("disallowed", "disallowed", "it is in the store of distrusted ones", {
    judge = function(options, made) options.disallowed = core.cert.der(made.der) end,
  })

  word("malformed", "malformed", "its serial number has no octets", {
    parts = function(parts) parts.serial = der.integer "" end,
  })

  word("policy", "policy", "its issuer requires a policy, and it has none", {
    issuer = change.below {
      subject = "Policy CA", explicit_policy = 0, policies = "1.3.6.1.4.1.55555.2",
    },
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
      local had, many = change.names(from, "dns"), {}
      for i, name in ipairs(had) do many[i] = name end
      for i = 1, 600 do many[#many + 1] = ("n%d.example"):format(i) end
      from.subject, from.dns = from.subject or had[1], many
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
end
