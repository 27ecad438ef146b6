--- Wrong certificates, as cases: what secsock.mint has words for, and names that somebody owns who
-- is not meant; and an ending that is none. What matters most to an attacker comes first.
local mint = require "secsock.mint"

local function told(seen)
  if seen.told then return "it completes the handshake and says what is for the server" end
end

-- A case whose server has this certificate.
local function case(name, class, text, reference, changes)
  return {
    name = name, class = class, text = text, reference = reference, shows = told,
    judged = "what is for the server is told to whoever has shown the certificate",
    server = function(lab)
      local description = type(changes) == "function" and changes(lab.name) or changes
      return { identity = lab.ca:make(lab:description(description)) }
    end,
  }
end

local function of_word(word, class, reference)
  return case(word, class, "a certificate: " .. mint.wrong[word].text, reference, { wrong = word })
end

-- What the mint's word for it excludes is not everybody's name.
local excluded = {
  name = "excluded_name", class = "constraints", reference = "RFC 5280, section 4.2.1.10",
  text = "a certificate: its issuer may not issue for it", shows = told,
  judged = "what is for the server is told to whoever has shown the certificate",
  applies = function(to) return to.lab:kind() == "dns" end,
  server = function(lab)
    local by = lab.ca:intermediate {
      subject = "Excluding CA", constraints = { excluded = { dns = { lab.name } } },
    }
    return { identity = by:make(lab:description()) }
  end,
}

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
  { "encoding", "RFC 5280, section 4.2.1.6",
    "name_with_nul name_empty name_of_a_space name_with_dot name_not_ascii name_label_long "
      .. "name_wildcard_deep name_wildcard_partial address_length email_empty email_not_ascii "
      .. "uri_relative uri_not_ascii" },
  { "encoding", "RFC 5280, section 4",
    "serial_long no_subject usage_of_a_ca path_length_of_no_ca constraints_of_no_ca policy_twice "
      .. "authority_key_id_critical default_spelled_out usage_padded too_complex" },
}

-- ----------------------------------------------------------------------------------- revocation

local function stapled(word, text, response)
  return {
    name = word, class = "revocation", text = text, reference = "RFC 6960; RFC 6066, section 8",
    shows = told, judged = "what is for the server is told although the response says revoked",
    server = function(lab)
      local made = lab.ca:make(lab:description())
      return { identity = made, staple = { data = response(made.issuer, made) } }
    end,
  }
end

local revoked = {
  stapled("revoked_stapled", mint.wrong.revoked_stapled.text, function(ca, made)
    return ca:ocsp(made, { status = "revoked", reason = "keyCompromise" })
  end),
  stapled("revoked_delegated", mint.wrong.revoked_delegated.text, function(ca, made)
    return ca:responder():ocsp(made, { status = "revoked" })
  end),
  of_word("revocation_unknown", "revocation", "RFC 7633"),
}

-- ----------------------------------------------------------------------------------------- names

-- Names beside the one that is meant; it is what the name is made of.
local function name(word, text, reference, make, subject)
  local one = case("name_" .. word, "name", text, reference, function(meant)
    return { dns = make(meant), subject = subject and meant or "Somebody" }
  end)
  one.applies = function(to) return to.lab:kind() == "dns" end
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

local all = {}

for _, row in ipairs(words) do
  for word in row[3]:gmatch "%S+" do all[#all + 1] = of_word(word, row[1], row[2]) end
end
for _, list in ipairs { { excluded }, names, revoked, endings } do
  for _, one in ipairs(list) do all[#all + 1] = one end
end

local some = {}
for i, word in ipairs { "issuer_unknown", "self_signed", "name_mismatch", "expired" } do
  some[i] = of_word(word, "certificate", "RFC 5280, section 6; RFC 9525")
end

return { all = all, some = some }
