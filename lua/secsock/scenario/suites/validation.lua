--- Wrong certificates, as cases: what secsock.mint has words for, and names that somebody owns who
-- is not meant; right ones, of whoever does not have the key; and an ending that is none. What
-- matters most to an attacker comes first.
local hostile = require "secsock.scenario.hostile"
local mint = require "secsock.mint"

local function told(seen)
  if seen.told then return "it completes the handshake and says what is for the server" end
end

local JUDGED = "what is for the server is told to whoever has shown the certificate"

-- A case whose server has what `make(lab)` gives: an identity; a response; what it does. Its TLS is
-- that of who shows whatever there is, for secsock's own does not.
local function shown(name, class, text, reference, make)
  return {
    name = name, class = class, text = text, reference = reference, shows = told, judged = JUDGED,
    server = function(lab, version)
      local made, response, word = make(lab)
      return hostile.new {
        version = version, identity = made, staple = response, does = word,
      }
    end,
  }
end

-- A case of a certificate that differs so from one that is right.
local function case(name, class, text, reference, changes)
  return shown(name, class, text, reference, function(lab)
    local description = type(changes) == "function" and changes(lab.name) or changes
    return lab.ca:make(lab:description(description))
  end)
end

local right = case("right", "control", "a certificate: it is right", "RFC 5280, section 6")

local function of_word(word, class, reference)
  return case(word, class, "a certificate: " .. mint.wrong[word].text, reference, { wrong = word })
end

local function is_dns(to) return to.lab:kind() == "dns" end

-- What the mint's word for it excludes is not everybody's name.
local excluded = shown("excluded_name", "constraints",
  "a certificate: its issuer may not issue for it", "RFC 5280, section 4.2.1.10", function(lab)
    local by = lab.ca:intermediate {
      subject = "Excluding CA", constraints = { excluded = { dns = { lab.name } } },
    }
    return by:make(lab:description())
  end)
excluded.applies = is_dns

-- A word that is about what is sent beside the certificate.
local alone = shown("issuer_missing", "trust",
  "a certificate: " .. mint.wrong.issuer_missing.text, "RFC 8446, section 4.4.2", function(lab)
    local made = lab.ca:intermediate():make(lab:description())
    made.issuers = {}
    return made
  end)

-- -------------------------------------------------------------------------------------- by word

local words = {
  { "trust", "RFC 5280, section 6.1", "issuer_unknown self_signed" },
  { "name", "RFC 9525, section 6", "name_mismatch common_name_only" },
  { "time", "RFC 5280, section 6.1.3", "expired not_yet_valid expired_issuer expired_1950" },
  { "path", "RFC 5280, section 6.1.4; CVE-2002-0862",
    "not_a_ca issuer_may_not_sign path_too_long" },
  { "path", "RFC 5280, section 6.1.3; CVE-2020-0601",
    "bad_signature signed_by_another signature_empty signature_trailing" },
  { "usage", "RFC 5280, sections 4.2.1.3 and 4.2.1.12", "wrong_usage usage_no_signature" },
  { "constraints", "RFC 5280, section 4.2.1.10", "name_constraint" },
  { "constraints", "RFC 5280, section 6.1", "policy unknown_critical" },
  { "weak", "RFC 8446, section 4.4.2.4", "signature_md5 weak_signature weak_key" },
  { "profile", "RFC 5280, section 4.2.1.6",
    "name_with_nul name_empty name_of_a_space name_with_dot name_underscore name_not_ascii "
      .. "name_label_long name_wildcard_deep name_wildcard_partial address_length email_empty "
      .. "email_not_ascii uri_relative uri_not_ascii" },
  { "profile", "RFC 5280, section 4",
    "profile serial_negative serial_long serial_huge no_subject subject_not_utf8 generalized_time "
      .. "usage_of_a_ca path_length_of_no_ca constraints_of_no_ca policy_twice "
      .. "no_authority_key_id authority_key_id_critical issuer_serial_negative "
      .. "issuer_not_critical issuer_no_subject_key_id issuer_constraints_not_critical "
      .. "default_spelled_out usage_padded too_complex" },
  { "encoding", "X.690, sections 8 and 10",
    "length_padded length_indefinite length_too_large length_huge string_constructed tag_long "
      .. "boolean_ber oid_padded oid_empty trailing_bytes trailing_inside trailing_signature "
      .. "extension_trailing truncated empty" },
  { "encoding", "RFC 5280, section 4.1",
    "malformed serial_padded serial_missing version_4 version_spelled_out version_1_extensions "
      .. "version_2_extensions extension_twice extensions_empty names_empty purposes_empty "
      .. "policies_empty rdn_empty signature_unused_bits" },
  { "encoding", "RFC 5280, section 4.1.1.2; CVE-2014-8275",
    "algorithms_differ algorithm_parameters" },
  { "encoding", "RFC 5280, section 4.1.2.5",
    "time_without_seconds time_zone time_local time_fraction time_month time_day time_hour "
      .. "time_not_digits time_null" },
}

-- Words that are no cases, and why.
local without = {
  ["the client would have to be told of it"] = "disallowed not_pinned name_unchecked revoked "
    .. "list_missing list_stale list_forged",
  ["nobody can sign with such a key, and without it no certificate is accepted"] =
    "key_curve_spelled_out key_exponent_even key_secp256k1 key_truncated unsupported",
  ["it breaks rules of the web, which do not hold where the root is one's own"] =
    "web_any_purpose web_common_name web_edwards_key web_mailbox web_no_purpose web_serial_short "
      .. "web_two_common_names web_unique_id wildcard_suffix",
  ["it is among those who do not prove that a key is theirs"] = "no_certificate",
}

-- ----------------------------------------------------------------------------------- revocation

local function stapled(word, text, response)
  return shown(word, "revocation", "a certificate: " .. text, "RFC 6960; RFC 6066, section 8",
    function(lab)
      local made = lab.ca:make(lab:description())
      return made, response(made.issuer, made)
    end)
end

-- A response that says nothing, where one is demanded.
local function demanded(word)
  local is = mint.wrong[word]
  return shown(word, "revocation", "a certificate: it demands a stapled response; " .. is.text,
    "RFC 7633; RFC 6960, section 3.2", function(lab)
      local made, options = lab.ca:make(lab:description { must_staple = true }), {}
      is.judge(options, made)
      return made, options.ocsp
    end)
end

local revoked = {
  stapled("revoked_stapled", mint.wrong.revoked_stapled.text, function(ca, made)
    return ca:ocsp(made, { status = "revoked", reason = "keyCompromise" })
  end),
  stapled("revoked_delegated", "the same, by a responder that the issuer has charged",
    function(ca, made) return ca:responder():ocsp(made, { status = "revoked" }) end),
  of_word("revocation_unknown", "revocation", "RFC 7633"),
  demanded "response_failure", demanded "response_unknown", demanded "response_stale",
  demanded "response_of_another", demanded "response_forged", demanded "response_uncharged",
}

-- ------------------------------------------------------------------------------------- possession

-- The certificate is right, and anybody could show it.
local function possession(word, reference)
  return shown(word, "possession", "a server " .. hostile.words[word].text, reference,
    function(lab) return lab.ca:make(lab:description()), nil, word end)
end

local possessed = {
  possession("foreign_signature", "RFC 8446, section 4.4.3; CVE-2014-1266"),
  possession("signature_zero", "CVE-2022-21449"),
  possession("no_signature", "RFC 8446, section 4.4.3"),
  possession("empty_certificate", "RFC 8446, section 4.4.2.4"),
  possession("wrong_finished", "RFC 8446, section 4.4.4"),
}

-- ----------------------------------------------------------------------------------------- names

-- Names beside the one that is meant; it is what the name is made of.
local function name(word, text, reference, make, subject)
  local one = case("name_" .. word, "name", text, reference, function(meant)
    return { dns = make(meant), subject = subject and meant or "Somebody" }
  end)
  one.applies = is_dns
  return one
end

local names = {
  name("in_subject_too", "its names are somebody else's, its subject is right",
    "RFC 9525, section 6.3", function() return "other.invalid" end, true),
  name("before_nul", "its name is right up to an octet of zero", "CVE-2009-2408",
    function(meant) return meant .. "\0.evil.invalid" end),
  name("with_suffix", "its name begins with the right one", "RFC 9525, section 6.3",
    function(meant) return meant .. ".evil.invalid" end),
  name("with_prefix", "its name ends in the right one", "RFC 9525, section 6.3",
    function(meant) return "evil-" .. meant end),
  name("below", "its wildcard stands below the right name", "RFC 9525, section 6.3",
    function(meant) return "*." .. meant end),
  name("wildcard", "its name is a wildcard and nothing else", "RFC 9525, section 6.3",
    function() return "*" end),
}

-- ---------------------------------------------------------------------------------------- endings

local endings = {
  {
    name = "cut", class = "ending", wire = { to_client = { truncate = true } }, ends_well = true,
    text = "the connection ends within the response, without close_notify",
    reference = "RFC 8446, section 6.1; RFC 9112, section 9.8",
    judged = "the program ends well, as if it had all",
    shows = function(seen) return seen.ok and "it takes what it has for all" end,
    applies = function(to) return to.protocol == "https" end,
  },
}

-- ------------------------------------------------------------------------------------ all of them

-- Words that say nothing of addresses.
local of_names = { common_name_only = true, name_constraint = true }

local all = {}

for _, row in ipairs(words) do
  for word in row[3]:gmatch "%S+" do
    all[#all + 1] = of_word(word, row[1], row[2])
    all[#all].applies = of_names[word] and is_dns
  end
end
for _, list in ipairs { { alone, excluded }, names, revoked, possessed, endings } do
  for _, one in ipairs(list) do all[#all + 1] = one end
end

local some = {}
for i, word in ipairs { "issuer_unknown", "self_signed", "name_mismatch", "expired" } do
  some[i] = of_word(word, "certificate", "RFC 5280, section 6; RFC 9525")
end

return { all = all, some = some, without = without, right = right }
