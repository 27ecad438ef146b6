--- Where secsock and OpenSSL 3.0's verify command come to different results, and who is right.
--
-- `ours` is a pattern for what secsock explains, `theirs` for what OpenSSL says; or "accepts".
-- Of what is listed something must hold for each disagreement, and some disagreement for each that
-- is listed: see differential_spec.lua.
local ACCEPTS = "^accepts$"

local inclusive = {
  ours = ACCEPTS, theirs = "certificate has expired",
  right = "secsock", section = "RFC 5280, 4.1.2.5",
  why = "notAfter itself is part of the validity period",
}

-- Rules of the profile that OpenSSL does not know; `finding` is what secsock says of the breach.
local function unknown_rule(finding, section, why)
  return { ours = finding, theirs = ACCEPTS, right = "secsock", section = section, why = why }
end

return {
  --- On chains of our own.
  own = {
    inclusive,
    {
      ours = "weak_key: its key is on the curve secp256k1", theirs = ACCEPTS,
      right = "both", section = "RFC 8446, 4.4.2.4",
      why = "TLS has no signature scheme for this curve; a certificate as such may have it",
    },
    {
      ours = "%sCN=Test Intermediate[^\n]*\n[^\n]*\n[^\n]*! revoked: ", theirs = ACCEPTS,
      right = "both", section = "RFC 5280, 6.1.3 (a) (3)",
      why = "-crl_check looks at the peer's certificate alone, secsock at every list that it has",
    },
    {
      ours = "! revoked: revoked on 2021%-01%-01", theirs = ACCEPTS,
      right = "secsock", section = "RFC 5280, 6.3.3",
      why = "of two lists of one issuer and moment OpenSSL reads one; revoked on any is revoked",
    },
  },

  --- On x509-limbo's.
  limbo = {
    inclusive,

    -- Common names, which RFC 6125 had still allowed to be looked at.
    unknown_rule("name_mismatch: issued for nobody at all", "RFC 9525, 6.3",
      "without a subjectAltName OpenSSL takes the common name for a host"),
    unknown_rule("name_mismatch: issued for [%d.]+, not for", "RFC 9525, 6.3",
      "with addresses alone in the subjectAltName, too"),
    {
      ours = ACCEPTS, theirs = "permitted subtree violation",
      right = "secsock", section = "RFC 5280, 4.2.1.10",
      why = "OpenSSL applies constraints on DNS names to a common name that looks like one",
    },
    {
      ours = ACCEPTS, theirs = "excluded subtree violation",
      right = "secsock", section = "RFC 5280, 4.2.1.10",
      why = "the same; and it sees no other path once an issuer is excluded",
    },

    -- Path building: OpenSSL follows the first issuer that seems to fit and never comes back.
    {
      ours = ACCEPTS, theirs = "unable to get local issuer certificate",
      right = "secsock", section = "RFC 5280, 6 (RFC 4158, 2.3)",
      why = "the first issuer of that name leads nowhere, another one to the anchor",
    },
    {
      ours = ACCEPTS, theirs = "invalid CA certificate",
      right = "secsock", section = "RFC 5280, 6 (RFC 4158, 2.3)",
      why = "the first issuer of that name is no CA, another one is",
    },
    {
      ours = ACCEPTS, theirs = "CA signature digest algorithm too weak",
      right = "secsock", section = "RFC 5280, 6 (RFC 4158, 2.3)",
      why = "the first issuer of that name was signed with SHA-1, another one was not",
    },
    {
      ours = ACCEPTS, theirs = "CA cert does not include key usage extension",
      right = "secsock", section = "RFC 5280, 6.3.3 (f)",
      why = "keyUsage of a list's issuer is looked at if it is there; an anchor need not have one",
    },

    -- What RFC 5280 says of names, numbers and lists.
    unknown_rule("nameConstraints constrain DNS names by what is none", "RFC 5280, 4.2.1.10",
      "a constraint on DNS names does not begin with a dot; OpenSSL takes it for its subdomains"),
    unknown_rule("it has nameConstraints, but is no CA", "RFC 5280, 4.2.1.10",
      "nameConstraints are for CAs alone"),
    unknown_rule("a DNS name in it is none", "RFC 5280, 4.2.1.6",
      "a DNS name with an empty label is none"),
    unknown_rule("name_constraint: issued for invalid@address@example.com", "RFC 5280, 4.2.1.10",
      "a mailbox with two @ is none, and cannot be compared"),
    unknown_rule("its policyConstraints are not critical", "RFC 5280, 4.2.1.11",
      "policyConstraints must be critical"),
    unknown_rule("its serial number is negative", "RFC 5280, 4.1.2.2",
      "serial numbers are positive"),
    unknown_rule("says nothing: it has no crlNumber", "RFC 5280, 5.2.3",
      "every list has a number"),

    -- The public web's rules, which -x509_strict does not mean to apply.
    unknown_rule("its authorityKeyIdentifier has no keyIdentifier", "BR 7.1.2.1.3",
      "a root's authorityKeyIdentifier has a keyIdentifier"),
    unknown_rule("its authorityKeyIdentifier has an issuer or a serial number alone",
      "RFC 5280, 4.2.1.1; BR 7.1.2.1.3", "issuer and serial number come together, or not at all"),
    unknown_rule("its common name is none of its subjectAltNames", "BR 7.1.4.3",
      "a common name repeats one of the subjectAltNames, letter by letter"),
    unknown_rule("name_mismatch: issued for %*%.", "BR 3.2.2.6",
      "no wildcard stands right below a public suffix"),
    unknown_rule("its extKeyUsage has anyExtendedKeyUsage", "BR 7.1.2.7.10",
      "a server's certificate must not be good for everything"),
    unknown_rule("its nameConstraints are empty", "BR 7.1.2.5.2; RFC 5280, 4.2.1.10",
      "nameConstraints constrain something"),
    unknown_rule("its key is of a kind %([%d.]+%) that cannot be used here", "BR 6.1.5",
      "DSA is none of the algorithms of the public web, nor of TLS 1.3"),
    unknown_rule("which is no multiple of 8", "BR 6.1.5",
      "the size of an RSA key is a multiple of 8"),
    unknown_rule("it is a CA, which no peer may be", "BR 7.1.2.7.8",
      "a server's certificate is not a CA's"),
  },
}
