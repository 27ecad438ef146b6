--- What is the same with every TLS library: secsock as its client and as its server, from tables of
-- cases. A peer is what spec.support.openssl and its like return. Each function gives a list of
-- { sentence, function }, for it() to take.
local assert = require "luassert"
local socket = require "socket"
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

-- One case for each version, or for one of them only.
local function in_both_versions(cases, sentence, run, only)
  for _, version in ipairs(only and { only } or VERSIONS) do
    cases[#cases + 1] = { sentence .. ", " .. version, function() run(version) end }
  end
end

-- Kinds of keys, and what they sign with under TLS 1.3. `serves`: in what version alone a server can
-- have one.
local kinds = {
  { "server", "P-256", "ecdsa_secp256r1_sha256" },
  { "p384", "P-384", "ecdsa_secp384r1_sha384" },
  { "p521", "P-521", "ecdsa_secp521r1_sha512" },
  { "rsa", "RSA", "rsa_pss_rsae_sha512" },
  { "rsa-pss", "RSA-PSS", "rsa_pss_rsae_sha512", serves = "TLSv1.3" },
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
      agree(peer, "server", { version = version },
        { identity = interop.identity(name), versions = { version } })
    end, kind.serves)
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

-- What is wrong with our own certificate in the eyes of a client, and its alert.
local wrong_identities = {
  { "has expired", "expired", "certificate_expired" },
  { "is for somebody else", "elsewhere", "bad_certificate" },
  { "has an unknown issuer", "stranger", "unknown_ca" },
}

function interop.wrong_identities(peer)
  local cases = {}
  for _, case in ipairs(wrong_identities) do
    local what, name, alert = case[1], case[2], case[3]
    in_both_versions(cases, "hears that its certificate " .. what, function(version)
      local _, s, err, details = meet.server(peer, { version = version },
        { identity = interop.identity(name) })
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
function interop.strangers(peer)
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
        with({ identity = interop.identity "rsa" }, ours))
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

function interop.client_certificates(peer)
  local cases = {}
  for _, case in ipairs(client_auth) do
    local mode, identity, outcome = case[1], case[2], case[3]
    local shown = identity and (outcome.stranger and "a wrong one" or "a right one") or "none"
    in_both_versions(cases, ("as to clients' certificates does %s, is shown %s")
      :format(mode, shown), function(version)
        local ours = { clientauth = mode, identity = interop.identity "server",
                       trust = pki(outcome.stranger and "other-ca.pem" or "ca.pem") }
        local program, s, err, details = meet.server(peer,
          { identity = identity, version = version }, ours)
        assert.equal(outcome.err, err)
        if s then
          check_client(outcome, s, s:verdict())
          interop.talk(program, s)
          s:close()
        else
          assert.equal(outcome.stranger or false, details.verdict:has "issuer_unknown")
          program:expect(peer.alert(outcome.stranger and 48 or no_certificate[version]))
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
  in_both_versions(cases, "cannot do without where a server insists", function(version)
    local program, s, err, details = meet.client(peer, { clients = "must", version = version })
    program:expect(peer.misses_certificate[version])
    -- Under TLS 1.3 the server answers when the handshake is over for its client. Under TLS 1.2 it
    -- may be gone before all is sent.
    if version == "TLSv1.3" then
      s, err = s:receive()
      assert.equal("alert", err)
    end
    assert.is_nil(s)
    assert.is_truthy(err or details)
  end)
  return cases
end

-- ---------------------------------------------------------------------------------- resumption

function interop.resumption(peer)
  local cases = {}
  in_both_versions(cases, "resumes a session, and asks its hook again", function(version)
    local program = peer.server { identity = "server", version = version, connections = 2 }
    local config = assert(secsock.config { trust = pki "ca.pem" })
    local seen = {}
    for i = 1, 2 do
      local s, err, details = interop.connect(program.port, {
        config = config,
        peername = "mail.example",
        hook = function(_, verdict) seen[i] = verdict end,
      })
      must(s, err, details)
      interop.talk(program, s)
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

-- A connection of ours that can be cut off beneath: a function does that.
local function meet_cut(peer, role, theirs)
  local program, tcp
  if role == "client" then
    program = peer.server(with({ identity = "server" }, theirs))
    tcp = assert(socket.connect("127.0.0.1", program.port))
  else
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    program = peer.client(port, theirs)
    tcp = assert(listener:accept())
    listener:close()
  end
  local fd = tcp:getfd()
  local options = role == "client" and client_options() or server_options()
  local s = assert(secsock.wrap(tcp, role, options))
  assert(s:upgrade())
  return program, s, function()
    tcp:setfd(fd)
    tcp:shutdown "both"
    tcp:setfd(-1)
  end
end

function interop.ends(peer)
  local cases = {}
  for role, other in pairs { client = "server", server = "client" } do
    in_both_versions(cases, "ends orderly in the eyes of a " .. other, function(version)
      local program, s = meet[role](peer, { version = version })
      interop.talk(program, s)
      s:close()
      program:expect(peer.orderly[other])
    end)
    in_both_versions(cases, "is cut off in the eyes of a " .. other, function(version)
      local program, s, cut = meet_cut(peer, role, { version = version })
      interop.talk(program, s)
      cut()
      program:expect(peer.cut)
      s:close()
    end)
    in_both_versions(cases, "sees that a " .. other .. " is cut off", function(version)
      local program, s = meet[role](peer, { version = version })
      interop.talk(program, s)
      program:stop()
      assert.same({ nil, "truncated", "" }, { s:receive() })
      assert.equal("failed", s:state())
    end)
  end
  in_both_versions(cases, "sees that a client ends orderly", function(version)
    local program, s = meet.server(peer, { version = version })
    interop.talk(program, s)
    peer.leave(program)
    assert.same({ nil, "closed", "" }, { s:receive() })
    s:close()
  end)
  return cases
end

-- ------------------------------------------------------------------------------- much, and at once

--- Numbers in a row, so that nothing can be lost or swapped without being noticed.
function interop.numbers(count)
  local lines = {}
  for i = 1, count do lines[i] = ("%015d"):format(i) end
  return table.concat(lines, "\n") .. "\n"
end

return interop
