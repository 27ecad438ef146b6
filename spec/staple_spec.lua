-- Stapled OCSP responses, with OpenSSL and GnuTLS at the other end.
local secsock = require "secsock"
local socket = require "socket"
local gnutls = require "spec.support.gnutls"
local meeting = require "spec.support.meeting"
local openssl = require "spec.support.openssl"
local parties = require "spec.support.parties"
local pki = require "spec.support.pki"
local process = require "spec.support.process"
local support = require "spec.support"
require "secsock.scenario.assertions"

local meet, talk = meeting.meet, meeting.talk

local function in_both_versions(sentence, run)
  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it(sentence .. ", " .. version, function() run(version) end)
  end
end

local function response(name)
  return pki("revocation/" .. name .. ".ocsp")
end

describe("a stapled response", function()
  after_each(process.stopall)

  -- How each of them is told to staple.
  local peers = {
    { name = "OpenSSL", peer = openssl, staples = { "-status_file" } },
    { name = "GnuTLS", peer = gnutls,
      staples = { "--ignore-ocsp-response-errors", "--ocsp-response" } },
  }

  for _, is in ipairs(peers) do
    describe("of " .. is.name .. "'s server", function()
      local function connect(version, file, ours)
        local words = {}
        for _, word in ipairs(file and is.staples or {}) do words[#words + 1] = word end
        words[#words + 1] = file
        return meet.client(is.peer, { version = version, words = words }, ours)
      end

      in_both_versions("tells that its certificate is good", function(version)
        local program, s = connect(version, response "good", { revocation = "leaf" })
        assert.equal("good", assert(s):verdict():revocation(1))
        talk(program, s)
      end)

      in_both_versions("tells that its certificate is revoked", function(version)
        local _, s, err, details = connect(version, response "revoked")
        assert.is_nil(s)
        assert.same({ "certificate rejected", "certificate_revoked" }, { err, details.alert })
        assert.same({ "revoked" }, details.verdict:problems())
        assert.equal("revoked", details.verdict:revocation(1))
      end)

      in_both_versions("is missed where it must be known", function(version)
        local _, s, err, details = connect(version, nil, { revocation = "leaf" })
        assert.is_nil(s)
        assert.equal("certificate rejected", err)
        assert.same({ "revocation_unknown" }, details.verdict:problems())
      end)
    end)
  end

  describe("of OpenSSL's server", function()
    local later

    setup(function() later = support.write "\48\3\10\1\3" end)
    teardown(function() os.remove(later) end)

    in_both_versions("may be no more than a wish to be asked later", function(version)
      local program, s = meet.client(openssl, { version = version,
        words = { "-status_file", later } })
      assert.equal("unknown", assert(s):verdict():revocation(1))
      talk(program, s)
    end)

    in_both_versions("is remembered where the session is resumed", function(version)
      local config = assert(secsock.config { trust = pki "ca.pem", revocation = "leaf" })
      local program = openssl.server { version = version, identity = "server", connections = 2,
        words = { "-status_file", response "good" } }
      for _, resumed in ipairs { false, true } do
        local s = assert(meeting.connect(program.port, { config = config }))
        talk(program, s)
        assert.equal(resumed, s:info "resumed")
        assert.equal("good", s:verdict():revocation(1))
        s:close()
      end
    end)
  end)

  describe("of ours", function()
    local function listen(version, file)
      return { versions = { version }, staple = file, identity = meeting.identity "server" }
    end

    in_both_versions("reaches a client of OpenSSL that asks", function(version)
      local program, s = meet.server(openssl, { words = { "-status" } },
        listen(version, response "good"))
      talk(program, s)
      program:expect "OCSP Response Status: successful.*Cert Status: good"
    end)

    in_both_versions("does not reach a client of OpenSSL that does not ask", function(version)
      local program, s = meet.server(openssl, {}, listen(version, response "good"))
      talk(program, s)
      assert.is_nil(program:output():find "OCSP")
    end)

    in_both_versions("is missed by a client of OpenSSL where there is none", function(version)
      local program, s = meet.server(openssl, { words = { "-status" } }, listen(version))
      talk(program, s)
      program:expect "OCSP response: no response sent"
    end)

    in_both_versions("does not hinder a client of OpenSSL that resumes", function(version)
      local session = os.tmpname()
      local listener, port = support.listen(listen(version, response "good"))
      for _, option in ipairs { "-sess_out", "-sess_in" } do
        local program = openssl.client(port, { words = { "-status", option, session } })
        local s = assert(meeting.accept(listener))
        talk(program, s)
        assert.equal(option == "-sess_in", s:info "resumed")
        openssl.leave(program)
        assert.same({ nil, "closed", "" }, { s:receive() })
        s:close()
        program:finish()
      end
      os.remove(session)
    end)

    in_both_versions("reaches a client of GnuTLS", function(version)
      local saved = os.tmpname()
      local program, s = meet.server(gnutls, { words = { "--save-ocsp", saved } },
        listen(version, response "good"))
      talk(program, s)
      assert.is_true(support.read(response "good") == support.read(saved))
      os.remove(saved)
    end)

    in_both_versions("is heeded by a client of GnuTLS", function(version)
      local program, s = meet.server(gnutls, {}, listen(version, response "revoked"))
      program:expect "revoked"
      if s then assert.is_nil((s:receive())) end
    end)
  end)

  -- The certificate says where a response is to be had.
  describe("that is not there", function()
    local responder, identity

    setup(function()
      responder = assert(socket.bind("127.0.0.1", 0))
      responder:settimeout(0)
      local _, port = responder:getsockname()
      local url = ("http://127.0.0.1:%d/"):format(port)
      identity = parties.ca:issue { dns = "mail.example", ocsp = url }
    end)

    teardown(function() responder:close() end)

    in_both_versions("is fetched by nobody", function(version)
      assert.secure(parties.run {
        client = { versions = { version } }, server = { identity = identity },
      })
      assert.same({ nil, "timeout" }, { responder:accept() })
    end)
  end)
end)
