--- What is the same with every TLS library, as tables of cases.
local assert = require "luassert"
local secsock = require "secsock"
local meeting = require "spec.support.meeting"
local pki = require "spec.support.pki"

local meet, talk, identity_of, with = meeting.meet, meeting.talk, meeting.identity, meeting.with
local interop = {}

local VERSIONS = { "TLSv1.2", "TLSv1.3" }

-- ------------------------------------------------------------------------------ what is agreed on

local function must(s, err, details)
  if not s then error(("%s: %s"):format(err, tostring(details)), 2) end
end

-- Meets a peer, and compares what both say that they have agreed on; which is returned.
local function agree(peer, role, theirs, ours)
  local program, s, err, details = meet[role](peer, theirs, ours)
  must(s, err, details)
  local info, verdict = s:info(), s:verdict()
  for _, fact in ipairs { "version", "cipher", "group" } do
    if theirs[fact] then assert.equal(theirs[fact], info[fact]) end
  end
  talk(program, s)
  program:expect(peer.agreement(info))
  s:close()
  return info, verdict
end

-- One case for each version, or for one of them only.
local function in_both_versions(cases, sentence, run, only)
  for _, version in ipairs(only and { only } or VERSIONS) do
    cases[#cases + 1] = { sentence .. ", " .. version, function() run(version) end }
  end
end

-- Kinds of keys, and what they sign with under TLS 1.3. `serves`: the one version in which a server
-- can have one.
local kinds = {
  { "server", "P-256", "ecdsa_secp256r1_sha256" },
  { "p384", "P-384", "ecdsa_secp384r1_sha384" },
  { "p521", "P-521", "ecdsa_secp521r1_sha512" },
  { "rsa", "RSA", "rsa_pss_rsae_sha512" },
  { "rsa-pss", "RSA-PSS", "rsa_pss_rsae_sha512", serves = "TLSv1.3" },
  { "ed25519", "Ed25519", "ed25519" },
  { "ed448", "Ed448", "ed448" },
}

local function certificates(peer)
  local cases = {}
  for _, kind in ipairs(kinds) do
    local name, what, signature = kind[1], kind[2], kind[3]
    in_both_versions(cases, "takes a server's certificate of " .. what, function(version)
      local info, verdict = agree(peer, "client", { identity = name, version = version })
      assert.same({}, verdict:problems())
      assert.equal(2, #verdict:chain())
      if version == "TLSv1.3" then assert.equal(signature, info.signature) end
    end)
    in_both_versions(cases, "shows a client a certificate of " .. what, function(version)
      agree(peer, "server", { version = version },
        { identity = identity_of(name), versions = { version } })
    end, kind.serves)
  end
  return cases
end

local function version_of(cipher)
  return cipher:find "_WITH_" and "TLSv1.2" or "TLSv1.3"
end

local function ciphers(peer)
  local cases = {}
  for _, cipher in ipairs(secsock.list "ciphers") do
    local theirs = { cipher = cipher, version = version_of(cipher) }
    local identity = cipher:find "_RSA_" and "rsa" or "server"
    cases[#cases + 1] = { "speaks " .. cipher .. " as a client", function()
      agree(peer, "client", with(theirs, { identity = identity }))
    end }
    cases[#cases + 1] = { "speaks " .. cipher .. " as a server", function()
      agree(peer, "server", theirs, { identity = identity_of(identity) })
    end }
  end
  return cases
end

local function groups(peer)
  local cases = {}
  for _, group in ipairs(secsock.list "groups") do
    -- Neither of the peers that Debian has knows of these yet.
    if not group:find "MLKEM" then
      for role, what in pairs { client = "as a client", server = "as a server" } do
        in_both_versions(cases, "uses " .. group .. " " .. what, function(version)
          -- The curve of an EC key would have to be among the groups too (RFC 8422, section 5.1).
          local identity = role == "server" and identity_of "rsa" or nil
          agree(peer, role, { group = group, version = version }, { identity = identity })
        end)
      end
    end
  end
  return cases
end

local function names(peer)
  return {
    { "agrees on the application protocol that both ends have", function()
      assert.equal("http/1.1", agree(peer, "client", { alpn = "http/1.1" },
        { alpn = { "h2", "http/1.1" } }).alpn)
      assert.equal("http/1.1", agree(peer, "server", { alpn = "http/1.1" },
        { alpn = { "h2", "http/1.1" } }).alpn)
    end },
    { "does without an application protocol when one end has none", function()
      assert.is_nil(agree(peer, "client", {}, { alpn = "h2" }).alpn)
      assert.is_nil(agree(peer, "server", {}, { alpn = "h2" }).alpn)
      assert.is_nil(agree(peer, "server", { alpn = "h2" }).alpn)
    end },
    { "refuses a client with which it shares no application protocol", function()
      local program, s, err, details = meet.server(peer, { alpn = "http/1.1" }, { alpn = "h2" })
      assert.is_nil(s)
      assert.equal("handshake", err)
      assert.equal("no_application_protocol", details.alert)
      assert.is_false(details.alert_received)
      program:expect(peer.alert(120))
    end },
    { "is told the name that a client looks for", function()
      assert.equal("mail.example", agree(peer, "server", {}).sni)
    end },
    { "is told no name by a client that sends none", function()
      assert.is_nil(agree(peer, "server", { anonymous = true }).sni)
    end },
  }
end

-- ------------------------------------------------------------------------------------- refusing

-- What is wrong with a server, what it shows, what validation calls that, and the number of the
-- alert that the server gets.
local wrongs = {
  { "has expired", { identity = "expired" }, { "expired" }, 45 },
  { "is not valid yet", { identity = "future" }, { "not_yet_valid" }, 45 },
  { "is for somebody else", { identity = "elsewhere" }, { "name_mismatch" }, 42 },
  { "has an issuer that nobody knows", { identity = "stranger", alone = true },
    { "issuer_unknown" }, 48 },
  { "comes without its issuer", { identity = "server", alone = true }, { "issuer_unknown" }, 48 },
  { "is issued by itself", { identity = "self-signed" }, { "self_signed" }, 48 },
  { "is issued by what is no CA", { identity = "by-not-ca" }, { "not_a_ca", "wrong_usage" }, 48 },
  { "is not for servers", { identity = "wrong-usage" }, { "wrong_usage" }, 43 },
}

-- Meets a server that must be refused; returns the error's table.
local function refuse(peer, theirs, ours, alert)
  local program, s, err, details = meet.client(peer, theirs, ours)
  assert.is_nil(s)
  assert.equal("certificate rejected", err)
  assert.is_false(details.alert_received)
  program:expect(peer.alert(alert))
  return details
end

local function wrong_servers(peer)
  local cases = {}
  for _, case in ipairs(wrongs) do
    local what, theirs, problems, alert = case[1], case[2], case[3], case[4]
    in_both_versions(cases, "refuses a server whose certificate " .. what, function(version)
      local details = refuse(peer, with(theirs, { version = version }), {}, alert)
      assert.same(problems, details.verdict:problems())
    end)
  end
  in_both_versions(cases, "refuses a server for what its hook says", function(version)
    local details = refuse(peer, { version = version }, {
      peername = "mail.example",
      hook = function(_, verdict)
        assert.is_true(verdict:ok())
        return "revoked", "the hook knows better"
      end,
    }, 44)
    assert.matches("the hook knows better", details.message, 1, true)
  end)
  return cases
end

-- What is wrong with our own certificate in the eyes of a client, and its alert.
local complaints = {
  { "has expired", "expired", "certificate_expired" },
  { "is for somebody else", "elsewhere", "bad_certificate" },
  { "has an unknown issuer", "stranger", "unknown_ca" },
}

local function wrong_identities(peer)
  local cases = {}
  for _, case in ipairs(complaints) do
    local what, name, alert = case[1], case[2], case[3]
    in_both_versions(cases, "hears that its certificate " .. what, function(version)
      local _, s, err, details = meet.server(peer, { version = version },
        { identity = identity_of(name) })
      assert.is_nil(s)
      assert.equal("alert", err)
      assert.is_true(details.alert_received)
      assert.equal(peer.complaint or alert, details.alert)
    end)
  end
  return cases
end

-- Nothing in common: what the peer insists on, what we do, how it ends for us as its client and as
-- its server, and the number of the alert.
local function strangers(peer)
  local cases = {}
  for _, case in ipairs(peer.strangers) do
    local what, theirs, ours, alert = case[1], case[2], case[3], case[4]
    cases[#cases + 1] = { "refuses to be the client of a server with " .. what, function()
      local _, s, err, details = meet.client(peer, with({ identity = "rsa" }, theirs), ours)
      assert.is_nil(s)
      assert.same({ "alert", true }, { err, details.alert_received })
      assert.equal(peer.refusal or alert, details.alert)
    end }
    cases[#cases + 1] = { "refuses to be the server of a client with " .. what, function()
      local program, s, err, details = meet.server(peer, theirs,
        with({ identity = identity_of "rsa" }, ours))
      assert.is_nil(s)
      assert.equal(alert == "protocol_version" and "version" or "handshake", err)
      assert.same({ alert, false }, { details.alert, details.alert_received })
      program:expect(peer.alert(alert == "protocol_version" and 70 or 40))
    end }
  end
  return cases
end

-- ------------------------------------------------------------------------- clients' certificates

-- What a server does about them; what the client shows; what comes of it. `stranger`: the server
-- trusts somebody else.
local client_auth = {
  { "none", nil, {} },
  { "none", "client", {} },
  { "request", nil, {} },
  { "request", "client", { chain = 2 } },
  { "request", "client", { chain = 2, stranger = true } },
  { "verify", nil, {} },
  { "verify", "client", { chain = 2 } },
  { "verify", "client", { stranger = true, err = "certificate rejected" } },
  { "require", nil, { err = "no certificate" } },
  { "require", "client", { chain = 2 } },
  { "require", "client", { stranger = true, err = "certificate rejected" } },
}

-- RFC 8446, section 4.4.2.4; RFC 5246, section 7.4.6.
local no_certificate = { ["TLSv1.3"] = 116, ["TLSv1.2"] = 40 }

local function check_client(outcome, s, verdict)
  assert.equal(outcome.chain or 0, #verdict:chain())
  assert.equal(outcome.chain and "client", outcome.chain and verdict:chain()[1]:commonname())
  assert.equal(outcome.stranger or false, verdict:has "issuer_unknown")
  if outcome.chain and not outcome.stranger then assert.is_true(verdict:ok()) end
  assert.equal("secure", s:state())
end

local function client_certificates(peer)
  local cases = {}
  for _, case in ipairs(client_auth) do
    local mode, identity, outcome = case[1], case[2], case[3]
    local shown = identity and (outcome.stranger and "a wrong one" or "a right one") or "none"
    in_both_versions(cases, ("as to clients' certificates does %s, is shown %s")
      :format(mode, shown), function(version)
        local ours = { clientauth = mode, identity = identity_of "server",
                       trust = pki(outcome.stranger and "other-ca.pem" or "ca.pem") }
        local program, s, err, details = meet.server(peer,
          { identity = identity, version = version }, ours)
        assert.equal(outcome.err, err)
        if s then
          check_client(outcome, s, s:verdict())
          talk(program, s)
          s:close()
        else
          assert.equal(outcome.stranger or false, details.verdict:has "issuer_unknown")
          program:expect(peer.alert(outcome.stranger and 48 or no_certificate[version]))
        end
      end)
  end
  return cases
end

local function own_certificates(peer)
  local cases = {}
  in_both_versions(cases, "shows a server its certificate", function(version)
    local identity = assert(secsock.cert.identity(identity_of "client"))
    local program, s, err, details = meet.client(peer, { clients = "must", version = version },
      { identity = identity })
    must(s, err, details)
    assert.equal(identity, s:owncert())
    talk(program, s)
    program:expect "CN ?= ?client"
    s:close()
  end)
  in_both_versions(cases, "shows no certificate that it does not have", function(version)
    local program, s, err, details = meet.client(peer, { clients = "may", version = version })
    must(s, err, details)
    assert.is_nil(s:owncert())
    talk(program, s)
    s:close()
  end)
  in_both_versions(cases, "hears that a server insists on a certificate", function(version)
    local program, s, err = meet.client(peer, { clients = "must", version = version })
    -- Under TLS 1.3 the server answers when the handshake is over for its client.
    if version == "TLSv1.3" then s, err = s:receive() end
    assert.is_nil(s)
    assert.equal("alert", err)
    program:expect(peer.misses_certificate[version])
  end)
  return cases
end

-- ---------------------------------------------------------------------------------- resumption

local function resumption(peer)
  local cases = {}
  in_both_versions(cases, "resumes a session, and asks its hook again", function(version)
    local program = peer.server { identity = "server", version = version, connections = 2 }
    local config = assert(secsock.config { trust = pki "ca.pem" })
    local seen = {}
    for i = 1, 2 do
      local s, err, details = meeting.connect(program.port, {
        config = config,
        peername = "mail.example",
        hook = function(_, verdict) seen[i] = verdict end,
      })
      must(s, err, details)
      talk(program, s)
      assert.equal(i == 2, s:info "resumed")
      s:close()
    end
    assert.same({ false, true }, { seen[1]:resumed(), seen[2]:resumed() })
    assert.same(seen[1]:chain(), seen[2]:chain())
    assert.same({}, seen[2]:problems())
    program:expect(peer.resumed)
  end)
  return cases
end

-- ---------------------------------------------------------------------------------- how it ends

local function ends(peer)
  local cases = {}
  for role, other in pairs { client = "server", server = "client" } do
    in_both_versions(cases, "ends orderly in the eyes of a " .. other, function(version)
      local program, s = meet[role](peer, { version = version })
      talk(program, s)
      s:close()
      program:expect(peer.orderly[other])
    end)
    in_both_versions(cases, "is cut off in the eyes of a " .. other, function(version)
      local program, s, cut = meeting.cut(peer, role, { version = version })
      talk(program, s)
      cut()
      program:expect(peer.cut)
      s:close()
    end)
    in_both_versions(cases, "sees that a " .. other .. " is cut off", function(version)
      local program, s = meet[role](peer, { version = version })
      talk(program, s)
      program:stop()
      assert.same({ nil, "truncated", "" }, { s:receive() })
      assert.equal("failed", s:state())
    end)
  end
  in_both_versions(cases, "sees that a client ends orderly", function(version)
    local program, s = meet.server(peer, { version = version })
    talk(program, s)
    peer.leave(program)
    assert.same({ nil, "closed", "" }, { s:receive() })
    s:close()
  end)
  return cases
end

--- All of it: lists of what it is about, and the cases.
function interop.topics(peer)
  return {
    { "certificates", certificates(peer) },
    { "ciphers", ciphers(peer) },
    { "groups", groups(peer) },
    { "names", names(peer) },
    { "wrong servers", wrong_servers(peer) },
    { "wrong certificates of its own", wrong_identities(peer) },
    { "strangers", strangers(peer) },
    { "clients' certificates", client_certificates(peer) },
    { "its certificate as a client", own_certificates(peer) },
    { "resumption", resumption(peer) },
    { "the end", ends(peer) },
  }
end

return interop
