--- What is the same with every TLS library: secsock as its client and as its server, from tables of
-- cases. A peer is what spec.support.openssl and its like return. Each function gives a list of
-- { sentence, function }, for it() to take.
local assert = require "luassert"
local secsock = require "secsock"
local support = require "spec.support"
local pki = require "spec.support.pki"

local interop = {}

local VERSIONS = { "TLSv1.2", "TLSv1.3" }
local PATIENCE = 10 -- seconds

-- ------------------------------------------------------------------------------------- meeting

local function with(defaults, given)
  local all = {}
  for name, value in pairs(defaults) do all[name] = value end
  for name, value in pairs(given or {}) do all[name] = value end
  return all
end

--- The certificate of that name, with its key and its issuer.
function interop.identity(name)
  return { cert = pki(name .. "-chain.pem"), key = pki(name .. ".key") }
end

local function client_options(ours)
  local options = { timeout = PATIENCE }
  if not (ours and ours.config) then options.trust = pki "ca.pem" end
  if not (ours and ours.hook) then options.peername = "mail.example" end
  return with(options, ours)
end

local function server_options(ours)
  local options = { timeout = PATIENCE }
  if not (ours and ours.config) then options.identity = interop.identity "server" end
  return with(options, ours)
end

--- Connects to a port: a socket, or nil, the error and its table.
function interop.connect(port, ours)
  local s = assert(secsock.new(client_options(ours)))
  local ok, err, details = s:connect("127.0.0.1", port)
  if not ok then return nil, err, details end
  return s
end

--- The next connection of a listener, the same way.
function interop.accept(listener)
  local s, err, details = listener:accept()
  if s then s:settimeout(PATIENCE) end
  return s, err, details
end

--- How to meet a peer in the role of a client, or of a server: the program, which does what
-- `theirs` says, and the socket, or nil, the error and its table.
local meet = {}

function meet.client(peer, theirs, ours)
  local program = peer.server(with({ identity = "server" }, theirs))
  return program, interop.connect(program.port, ours)
end

function meet.server(peer, theirs, ours)
  local listener, port = support.listen(server_options(ours))
  local program = peer.client(port, theirs or {})
  return program, interop.accept(listener)
end

interop.meet = meet

--- A word in each direction.
function interop.talk(program, s)
  assert(s:send "here is secsock\n")
  program:expect "here is secsock"
  if not program.echoes then program:write "here is secsock\n" end
  assert.equal("here is secsock", (assert(s:receive())))
end

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
  interop.talk(program, s)
  program:expect(peer.agreement(info))
  s:close()
  return info, verdict
end

local function in_both_versions(cases, sentence, run)
  for _, version in ipairs(VERSIONS) do
    cases[#cases + 1] = { sentence .. ", " .. version, function() run(version) end }
  end
end

-- Kinds of keys, and what they sign with under TLS 1.3.
local kinds = {
  { "server", "P-256", "ecdsa_secp256r1_sha256" },
  { "p384", "P-384", "ecdsa_secp384r1_sha384" },
  { "p521", "P-521", "ecdsa_secp521r1_sha512" },
  { "rsa", "RSA", "rsa_pss_rsae_sha512" },
  { "ed25519", "Ed25519", "ed25519" },
  { "ed448", "Ed448", "ed448" },
}

function interop.certificates(peer)
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
      agree(peer, "server", { version = version }, { identity = interop.identity(name) })
    end)
  end
  return cases
end

local function version_of(cipher)
  return cipher:find "_WITH_" and "TLSv1.2" or "TLSv1.3"
end

function interop.ciphers(peer)
  local cases = {}
  for _, cipher in ipairs(secsock.list "ciphers") do
    local theirs = { cipher = cipher, version = version_of(cipher) }
    local identity = cipher:find "_RSA_" and "rsa" or "server"
    cases[#cases + 1] = { "speaks " .. cipher .. " as a client", function()
      agree(peer, "client", with(theirs, { identity = identity }))
    end }
    cases[#cases + 1] = { "speaks " .. cipher .. " as a server", function()
      agree(peer, "server", theirs, { identity = interop.identity(identity) })
    end }
  end
  return cases
end

function interop.groups(peer)
  local cases = {}
  for _, group in ipairs(secsock.list "groups") do
    -- Neither of the peers that Debian has knows of these yet.
    if not group:find "MLKEM" then
      for role, what in pairs { client = "as a client", server = "as a server" } do
        in_both_versions(cases, "uses " .. group .. " " .. what, function(version)
          -- The curve of an EC key would have to be among the groups too (RFC 8422, section 5.1).
          local identity = role == "server" and interop.identity "rsa" or nil
          agree(peer, role, { group = group, version = version }, { identity = identity })
        end)
      end
    end
  end
  return cases
end

function interop.names(peer)
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
      assert.is_nil(agree(peer, "server", { peername = false }).sni)
    end },
  }
end

-- ------------------------------------------------------------------------------------- refusing

-- What is wrong with a server, what it shows, what validation calls that, and the number of the alert
-- that the server gets.
local wrong_servers = {
  { "has expired", { identity = "expired" }, { "expired" }, 45 },
  { "is not valid yet", { identity = "future" }, { "not_yet_valid" }, 45 },
  { "is for somebody else", { identity = "elsewhere" }, { "name_mismatch" }, 42 },
  { "has an issuer that nobody knows", { identity = "stranger", alone = true },
    { "issuer_unknown" }, 48 },
  { "comes without its issuer", { identity = "server", alone = true }, { "issuer_unknown" }, 48 },
  { "is issued by itself", { identity = "self-signed" }, { "self_signed" }, 48 },
  { "is issued by what is no CA", { identity = "by-not-ca" }, { "not_a_ca", "wrong_usage" }, 42 },
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

function interop.wrong_servers(peer)
  local cases = {}
  for _, case in ipairs(wrong_servers) do
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

-- What is wrong with our own certificate in the eyes of a client, and the number of its alert.
local wrong_identities = {
  { "has expired", "expired", {}, "certificate_expired" },
  { "is for somebody else", "elsewhere", {}, "bad_certificate" },
  { "has an unknown issuer", "stranger", {}, "unknown_ca" },
}

function interop.wrong_identities(peer)
  local cases = {}
  for _, case in ipairs(wrong_identities) do
    local what, name, theirs, alert = case[1], case[2], case[3], case[4]
    in_both_versions(cases, "hears why its certificate " .. what, function(version)
      local _, s, err, details = meet.server(peer, with(theirs, { version = version }),
        { identity = interop.identity(name) })
      assert.is_nil(s)
      assert.equal("alert", err)
      assert.is_true(details.alert_received)
      assert.equal(peer.words and peer.words[alert] or alert, details.alert)
    end)
  end
  return cases
end

-- ------------------------------------------------------------------------- clients' certificates

-- What a server does about them; what the client shows; what comes of it.
local client_auth = {
  { "none", nil, {} },
  { "none", "client", {} },
  { "request", nil, {} },
  { "request", "client", { chain = 2 } },
  { "request", "stranger", { chain = 2, problems = true } },
  { "verify", nil, {} },
  { "verify", "client", { chain = 2 } },
  { "verify", "stranger", { err = "certificate rejected" } },
  { "require", nil, { err = "no certificate" } },
  { "require", "client", { chain = 2 } },
  { "require", "stranger", { err = "certificate rejected" } },
}

-- RFC 8446, section 4.4.2.4; RFC 5246, section 7.4.6.
local function no_certificate_alert(version)
  return version == "TLSv1.3" and 116 or 40
end

local function refuse_client(peer, program, outcome, version, s, err, details)
  assert.is_nil(s)
  assert.equal(outcome.err, err)
  local alert = 48
  if err == "no certificate" then
    alert = no_certificate_alert(version)
  else
    assert.is_true(details.verdict:has "issuer_unknown")
  end
  program:expect(peer.alert(alert))
end

local function take_client(program, outcome, s)
  local verdict = s:verdict()
  assert.equal(outcome.chain or 0, #verdict:chain())
  assert.equal(outcome.problems or false, verdict:has "issuer_unknown")
  if outcome.chain and not outcome.problems then
    assert.equal("client", verdict:chain()[1]:commonname())
    assert.same({}, verdict:problems())
  end
  interop.talk(program, s)
  s:close()
end

function interop.client_certificates(peer)
  local cases = {}
  for _, case in ipairs(client_auth) do
    local mode, identity, outcome = case[1], case[2], case[3]
    local shows = identity and "the certificate " .. identity or "no certificate"
    in_both_versions(cases, ("%s client certificates, and is shown %s"):format(mode, shows),
      function(version)
        local program, s, err, details = meet.server(peer,
          { identity = identity, version = version },
          { clientauth = mode, trust = pki "ca.pem", identity = interop.identity "server" })
        if outcome.err then
          refuse_client(peer, program, outcome, version, s, err, details)
        else
          must(s, err, details)
          take_client(program, outcome, s)
        end
      end)
  end
  return cases
end

function interop.own_certificates(peer)
  local cases = {}
  in_both_versions(cases, "shows a server its certificate", function(version)
    local identity = assert(secsock.cert.identity(interop.identity "client"))
    local program, s, err, details = meet.client(peer, { clients = "must", version = version },
      { identity = identity })
    must(s, err, details)
    assert.equal(identity, s:owncert())
    interop.talk(program, s)
    program:expect "CN ?= ?client"
    s:close()
  end)
  in_both_versions(cases, "shows no certificate that it does not have", function(version)
    local program, s, err, details = meet.client(peer, { clients = "may", version = version })
    must(s, err, details)
    assert.is_nil(s:owncert())
    interop.talk(program, s)
    s:close()
  end)
  in_both_versions(cases, "hears that a server insists on a certificate", function(version)
    local _, s, err, details = meet.client(peer, { clients = "must", version = version })
    -- Under TLS 1.3 the server answers when the handshake is over for its client.
    if s then
      s, err = s:receive()
      details = s
    end
    assert.is_nil(s)
    assert.equal("alert", err)
  end)
  return cases
end

return interop
