--- The same problems, come about in other ways.
local core = require "secsock.core"
local change = require "secsock.mint.wrong.change"
local der = require "secsock.mint.der"
local keys = require "secsock.mint.keys"

local DAY = change.DAY

-- An EC key with other parameters than its curve's name.
local function with_curve(parts, parameters)
  local _, content = der.read(keys.new("p256").public)
  local _, _, behind = der.read(content)
  parts.public = der.sequence(der.sequence(der.oid "1.2.840.10045.2.1", parameters),
    content:sub(behind))
end

-- A signature by another key of the same kind.
local by_another = {
  signature = function(_, signed, key, scheme)
    return der.bit_string(core.key.sign(keys.new(key.kind).private, scheme, signed))
  end,
}

return function(word)
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
    issuer = change.below { subject = "Old CA", wrong = "expired" },
  })

  word("expired_1950", "expired", "it was valid until 1950: the UTCTime 500101000000Z (RFC 5280)", {
    parts = function(parts)
      parts.not_before = der.utc_time "19500101000000Z"
      parts.not_after = der.utc_time "19500102000000Z"
    end,
  })

  word("issuer_missing", "issuer_unknown", "its issuer is not sent with it", {
    issuer = change.below "Missing CA",
    judge = function(options, made) options.chain = made.der end,
  })

  word("common_name_only", "name_mismatch", "its name stands in the subject alone", {
    fields = function(from)
      from.subject, from.dns = from.subject or change.names(from, "dns")[1], nil
    end,
  })

  word("wildcard_suffix", "name_mismatch", "its wildcard stands right below a public suffix", {
    fields = function(from) from.dns = "*.example" end,
  })

  word("signed_by_another", "bad_signature", "its issuer's name, but not its issuer's key", {
    seal = by_another,
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
    issuer = change.below { subject = "Lists CA", usage = { "cRLSign" } },
  })

  word("excluded_name", "name_constraint", "its issuer may not issue for it", {
    issuer = change.below {
      subject = "Excluding CA", constraints = { excluded = { dns = { "example" } } },
    },
  })

  word("signature_md5", "weak_signature", "it is signed with MD5", {
    fields = function(from) from.sign = "md5" end,
    issuer = function(ca)
      if not keys.is_rsa(ca.key) then
        return ca:intermediate { subject = "Signing CA", key = "rsa2048" }
      end
    end,
  })

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

  -- Whether it is revoked must be known, and is not.

  local function must_know(name, text, tell)
    word(name, "revocation_unknown", text, {
      judge = function(options, made)
        options.revocation = "leaf"
        tell(options, made, made.issuer)
      end,
    })
  end

  must_know("list_missing", "nobody says whether it is revoked", function() end)

  must_know("list_stale", "the list of what is revoked is a year old", function(options, _, ca)
    local now = ca.mint:now()
    options.crl = { data = ca:crl { this_update = now - 365 * DAY, next_update = now - 358 * DAY } }
  end)

  must_know("list_forged", "the list is not signed by its issuer", function(options, _, ca)
    options.crl = { data = ca:crl { seal = by_another } }
  end)

  must_know("response_stale", "the stapled response is a year old", function(options, made, ca)
    local now = ca.mint:now()
    options.ocsp = ca:ocsp(made, {
      this_update = now - 365 * DAY, next_update = now - 358 * DAY,
    })
  end)

  must_know("response_unknown", "the responder does not know it", function(options, made, ca)
    options.ocsp = ca:ocsp(made, { status = "unknown" })
  end)

  must_know("response_of_another", "the response is about another certificate",
    function(options, _, ca)
      options.ocsp = ca:ocsp(ca:make { dns = "other.invalid" })
    end)

  must_know("response_uncharged", "the responder is not charged with it by the issuer",
    function(options, made, ca)
      options.ocsp = ca:responder { eku = "clientAuth" }:ocsp(made)
    end)

  must_know("response_forged", "the response is not signed by its responder",
    function(options, made, ca)
      options.ocsp = ca:ocsp(made, { seal = by_another })
    end)

  must_know("response_failure", "the responder had no answer", function(options, made, ca)
    options.ocsp = ca:ocsp(made, { failure = "tryLater" })
  end)
end
