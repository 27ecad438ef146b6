--- Well-formed, but against the rules: RFC 5280's, and those of the web.
local change = require "secsock.mint.wrong.change"
local der = require "secsock.mint.der"

return function(word)
  word("serial_negative", "profile", "its serial number is negative", change.serial "\200\1")
  word("serial_long", "profile", "its serial number has 21 octets",
    change.serial(("\1"):rep(21)))
  word("serial_huge", "profile", "its serial number has 2,000 octets",
    change.serial(("\1"):rep(2000)))

  word("no_authority_key_id", "profile", "it does not say which key signed it",
    { parts = change.without "authorityKeyIdentifier" })

  word("authority_key_id_critical", "profile", "what is never critical is", {
    parts = function(parts) change.find(parts, "authorityKeyIdentifier").critical = true end,
  })

  word("no_subject", "profile", "it has no subject, and its names are not critical", {
    fields = function(from) from.subject, from.san_critical = "", nil end,
    parts = function(parts) change.find(parts, "subjectAltName").critical = false end,
  })

  word("usage_of_a_ca", "profile", "it may sign certificates, but is no CA (keyUsage)", {
    fields = function(from) from.usage = { "digitalSignature", "keyCertSign" } end,
  })

  word("path_length_of_no_ca", "profile", "it limits a path, but is no CA", {
    fields = function(from) from.path_length = 0 end,
  })

  word("constraints_of_no_ca", "profile", "it constrains names, but is no CA", {
    fields = function(from) from.constraints = { excluded = { dns = "invalid" } } end,
  })

  word("default_spelled_out", "profile", "an extension says that it is not critical", {
    parts = function(parts) change.find(parts, "subjectKeyIdentifier").critical_as = der.no end,
  })

  word("policy_twice", "profile", "it names a policy twice", {
    fields = function(from) from.policies = { "1.3.6.1.4.1.55555.2", "1.3.6.1.4.1.55555.2" } end,
  })

  word("generalized_time", "profile", "a date before 2050 is a GeneralizedTime", {
    parts = function(parts) parts.not_before = der.generalized_time "20200101000000Z" end,
  })

  word("subject_not_utf8", "profile", "its subject is not in UTF-8 though it says so", {
    fields = function(from) from.subject = "M\252ller" end,
  })
  word("name_with_nul", "profile", "a DNS name has an octet of zero in it",
    change.another("dns", "good.example\0.evil.example"))
  word("name_not_ascii", "profile", "a DNS name is not in A-labels",
    change.another("dns", "b\195\188cher.example"))
  word("name_underscore", "profile", "a DNS name has an underscore",
    change.another("dns", "_a.example"))
  word("name_empty", "profile", "a DNS name is empty", change.another("dns", ""))
  word("name_of_a_space", "profile", "a DNS name is a space", change.another("dns", " "))
  word("name_with_dot", "profile", "a DNS name ends in a dot", change.another("dns", "a.example."))
  word("name_label_long", "profile", "a DNS name has a label of 64 characters",
    change.another("dns", ("a"):rep(64) .. ".example"))
  word("name_wildcard_deep", "profile", "a DNS name has a wildcard inside",
    change.another("dns", "a.*.example"))
  word("name_wildcard_partial", "profile", "a DNS name has a wildcard that is part of a label",
    change.another("dns", "m*.example"))
  word("address_length", "profile", "an IP address has five octets",
    change.another("raw", der.primitive(7, "\127\0\0\0\1")))
  word("uri_relative", "profile", "a URI has no scheme", change.another("uri", "//example/"))
  word("uri_not_ascii", "profile", "a URI is not of ASCII characters",
    change.another("uri", "http://b\195\188cher.example/"))
  word("email_empty", "profile", "an e-mail address is empty", change.another("email", ""))
  word("email_not_ascii", "profile", "an e-mail address is not of ASCII characters",
    change.another("email", "b\195\188cher@example.org"))

  word("usage_padded", "profile", "its keyUsage has zeros at the end",
    { parts = change.valued("keyUsage", der.bit_string("\128", 0)) })

  -- The same for its issuer.

  local function issuer(name, text, steps)
    word(name, "profile", text, {
      issuer = change.below { subject = "Careless CA", wrong = steps },
    })
  end

  issuer("issuer_no_subject_key_id", "its issuer does not say which key it has",
    { parts = change.without "subjectKeyIdentifier" })
  issuer("issuer_not_critical", "its issuer's basicConstraints are not critical",
    { parts = change.critical("basicConstraints", false) })
  issuer("issuer_serial_negative", "its issuer's serial number is negative",
    change.serial "\255")
  issuer("issuer_constraints_not_critical", "its issuer's nameConstraints are not critical", {
    fields = function(from) from.constraints = { excluded = { dns = "invalid" } } end,
    parts = change.critical("nameConstraints", false),
  })

  -- What the CA/Browser Forum's Baseline Requirements forbid besides.

  local function web(name, text, steps)
    steps.judge = function(options) options.profile = "webpki" end
    word("web_" .. name, "profile", text, steps)
  end

  web("common_name", "on the web: its common name is none of its names", {
    fields = function(from) from.subject = "somebody.else.example" end,
  })
  web("two_common_names", "on the web: it has two common names", {
    fields = function(from)
      local name = change.names(from, "dns")[1]
      from.subject = { { "CN", name }, { "CN", name } }
    end,
  })
  web("any_purpose", "on the web: it is for any purpose", {
    fields = function(from) from.eku = { "serverAuth", "any" } end,
  })
  web("no_purpose", "on the web: it does not say what it is for", {
    fields = function(from) from.eku = {} end,
  })
  web("serial_short", "on the web: its serial number cannot be random", {
    fields = function(from) from.serial = 7 end,
  })
  web("mailbox", "on the web: it is for a mailbox, too", change.another("email", "a@example.org"))
  web("edwards_key", "on the web: its key is of a kind that no browser takes", {
    fields = function(from) from.key = "ed25519" end,
  })
  web("unique_id", "on the web: it has a unique identifier beside its subject",
    change.field("unique", der.primitive(2, "\0\1")))
end
