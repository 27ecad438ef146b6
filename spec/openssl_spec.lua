-- secsock and OpenSSL: each as the other's client and server.
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local support = require "spec.support"
local front = require "spec.support.front"
local interop = require "spec.support.interop"
local meeting = require "spec.support.meeting"
local openssl = require "spec.support.openssl"
local pki = require "spec.support.pki"
local process = require "spec.support.process"

local meet, talk = meeting.meet, meeting.talk
local versions = { "TLSv1.2", "TLSv1.3" }
local numbers = meeting.numbers(256 * 1024)

local function in_both_versions(sentence, run)
  for _, version in ipairs(versions) do
    it(sentence .. ", " .. version, function() run(version) end)
  end
end

-- Lets a client leave, and waits until it has.
local function finish(program, s)
  openssl.leave(program)
  assert.same({ nil, "closed", "" }, { s:receive() })
  s:close()
  program:finish()
end

-- Waits until something comes that is no data.
local function hear(s)
  local before = s:info "wirereceived"
  s:settimeout(0)
  assert.is_true(process.await(function()
    assert.same({ nil, "timeout", "" }, { s:receive() })
    return s:info "wirereceived" > before
  end))
  s:settimeout(support.PATIENCE)
end

describe("secsock with OpenSSL", function()
  local file -- in which the numbers are

  setup(function() file = support.write(numbers) end)
  teardown(function() os.remove(file) end)
  after_each(process.stopall)

  for _, topic in ipairs(interop.topics(openssl)) do
    describe(topic[1], function()
      for _, case in ipairs(topic[2]) do it(case[1], case[2]) end
    end)
  end

  describe("as a client", function()
    -- With a second certificate s_server looks at the name that clients ask for, and tells of it.
    local named = { "-servername", "nobody.example", "-cert2", pki "server.pem",
                    "-key2", pki "server.key" }

    it("tells a server the name that it looks for", function()
      local program, s = meet.client(openssl, { words = named })
      program:expect 'Hostname in TLS extension: "mail.example"'
      assert.equal("mail.example", s:info "sni")
    end)

    it("tells a server no address that it looks for", function()
      local program, s = meet.client(openssl, { words = named }, { peername = "127.0.0.1" })
      talk(program, s)
      assert.is_nil(s:info "sni")
      assert.is_nil(program:output():find "Hostname in TLS extension")
    end)

    it("hears that a server has no application protocol in common", function()
      local _, s, err, details = meet.client(openssl, { alpn = "http/1.1" }, { alpn = "h2" })
      assert.is_nil(s)
      assert.same({ "alert", "no_application_protocol" }, { err, details.alert })
    end)

    it("tries again with the one group that a server has", function()
      -- For this group no key share has been sent: the server asks for one.
      local program, s = meet.client(openssl, { version = "TLSv1.3", group = "P-521" })
      talk(program, s)
      assert.equal("P-521", s:info "group")
    end)

    in_both_versions("receives the rest after it has said its last, and the end", function(version)
      local _, s = meet.client(openssl, { version = version, words = { "-www" } })
      assert(s:send "GET / HTTP/1.0\r\n\r\n")
      assert(s:shutdown "send")
      assert.matches("^HTTP/1.0 200 ok.*</HTML>", (assert(s:receive "*a")))
      assert.same({ nil, "closed", "" }, { s:receive() })
      assert.same({ nil, "closed", 0 }, { s:send "more" })
    end)

    in_both_versions("receives much #slow", function(version)
      local program, s = meet.client(openssl, { version = version })
      program:pour(file)
      program:hangup()
      -- This server ends without close_notify when its input does.
      local _, err, received = s:receive "*a"
      assert.equal("truncated", err)
      assert.is_true(numbers == received)
    end)

    in_both_versions("sends and receives much at once #slow", function(version)
      local program, s = meet.client(openssl, { version = version })
      program:pour(file)
      local received
      support.run(
        function() assert(s:send(numbers)) end,
        function() received = assert(s:receive(#numbers)) end)
      s:close()
      assert.is_true(numbers == received)
      local _, said = program:finish()
      assert.is_truthy(said:find(numbers, 1, true))
    end)

    for how, sentence in pairs { K = "and makes one of its own", k = "and goes on" } do
      it("follows a server's key update " .. sentence, function()
        local program, s = meet.client(openssl, { version = "TLSv1.3" })
        for _ = 1, 3 do
          talk(program, s)
          program:write(how .. "\n")
          hear(s)
        end
        talk(program, s)
      end)
    end

    for how, sentence in pairs { R = "that asks for a certificate", r = "that asks for nothing" } do
      it("refuses a server's renegotiation " .. sentence, function()
        local program, s = meet.client(openssl, { version = "TLSv1.2" })
        talk(program, s)
        program:write(how .. "\n")
        -- By a warning, of which OpenSSL makes a failure.
        assert.same({ nil, "alert", "" }, { s:receive() })
        assert.equal("handshake_failure", s:lasterror().alert)
      end)
    end
  end)

  describe("as a server", function()
    it("tries again with the one group that it has", function()
      local program, s = meet.server(openssl, { version = "TLSv1.3", group = "X25519:P-384" },
        { identity = meeting.identity "server", groups = "P-384" })
      talk(program, s)
      assert.equal("P-384", s:info "group")
    end)

    it("uses no group but its own under TLS 1.2 either", function()
      local program, s = meet.server(openssl, { version = "TLSv1.2", group = "X25519:P-384" },
        { identity = meeting.identity "rsa", groups = "P-256:P-384" })
      talk(program, s)
      assert.equal("P-384", s:info "group")
    end)

    it("takes a client that does without the compatibility mode", function()
      local program, s = meet.server(openssl, { version = "TLSv1.3", words = { "-no_middlebox" } })
      talk(program, s)
    end)

    in_both_versions("takes small fragments", function(version)
      local program, s = meet.server(openssl,
        { version = version, words = { "-max_send_frag", 512 } })
      talk(program, s)
      local line = ("x"):rep(5000)
      program:write(line .. "\n")
      assert.equal(line, (s:receive()))
    end)

    in_both_versions("resumes a session", function(version)
      local session = os.tmpname()
      local listener, port = support.listen {
        identity = meeting.identity "server", timeout = support.PATIENCE,
      }
      for _, resumed in ipairs { false, true } do
        local word = resumed and "-sess_in" or "-sess_out"
        local program = openssl.client(port, { version = version, words = { word, session } })
        local s = assert(meeting.accept(listener))
        assert.equal(resumed, s:info "resumed")
        talk(program, s)
        program:expect((resumed and "Reused, " or "New, ") .. version)
        finish(program, s)
      end
      os.remove(session)
    end)

    in_both_versions("resumes a session together with the client's certificate", function(version)
      local session = os.tmpname()
      local seen = {}
      local listener, port = support.listen {
        identity = meeting.identity "server", timeout = support.PATIENCE,
        clientauth = "require", trust = pki "ca.pem",
        hook = function(_, verdict) seen[#seen + 1] = verdict end,
      }
      for _, word in ipairs { "-sess_out", "-sess_in" } do
        local program = openssl.client(port, {
          version = version, identity = "client", words = { word, session },
        })
        local s = assert(meeting.accept(listener))
        assert.equal(word == "-sess_in", s:info "resumed")
        talk(program, s)
        finish(program, s)
      end
      os.remove(session)
      assert.same({ false, true }, { seen[1]:resumed(), seen[2]:resumed() })
      assert.equal("client", seen[2]:chain()[1]:commonname())
      assert.same(seen[1]:chain(), seen[2]:chain())
      assert.same({ {}, {} }, { seen[1]:problems(), seen[2]:problems() })
    end)

    in_both_versions("does not resume what another server began", function(version)
      local session = os.tmpname()
      for _, word in ipairs { "-sess_out", "-sess_in" } do
        local program, s = meet.server(openssl, { version = version, words = { word, session } })
        assert.is_false(s:info "resumed")
        talk(program, s)
        program:expect("New, " .. version)
        finish(program, s)
      end
      os.remove(session)
    end)

    for how, sentence in pairs { K = "and makes one of its own", k = "and goes on" } do
      it("follows a client's key update " .. sentence, function()
        local program, s = meet.server(openssl, { version = "TLSv1.3" })
        for _ = 1, 3 do
          talk(program, s)
          program:write(how .. "\n")
          hear(s)
        end
        talk(program, s)
      end)
    end

    it("refuses a client's renegotiation", function()
      local program, s = meet.server(openssl, { version = "TLSv1.2" })
      talk(program, s)
      program:write "R\n"
      assert.same({ nil, "protocol", "" }, { s:receive() })
      program:expect(openssl.alert(10))
    end)

    in_both_versions("sends much #slow", function(version)
      local program, s = meet.server(openssl, { version = version, words = { "-quiet" } })
      assert(s:send(numbers))
      s:close()
      local _, received = program:finish()
      assert.is_truthy(received:find(numbers, 1, true))
    end)
  end)

  -- What OpenSSL's server says after the upgrade to each protocol's client, as far as that waits
  -- for something; and what the dialogue of our server has to be told.
  local dialogues = {
    smtp = { "250 mail.example\n" },
    lmtp = { "250 mail.example\n" },
    imap = { "* CAPABILITY IMAP4rev1\na3 OK done\n" },
    pop3 = { "+OK\nSASL PLAIN\n.\n" },
    ftp = { "211-Features\n PBSZ\n211 End\n" },
    nntp = { "101 capabilities\nREADER\n.\n" },
    sieve = { '"SASL" "PLAIN"\nOK\n' },
    xmpp = { "<?xml version='1.0'?><stream:stream version='1.0' from='mail.example' "
      .. "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
      .. "<stream:features/>", domain = "mail.example" },
    ldap = {},
    postgres = {},
    mysql = { scramble = ("s"):rep(20) },
  }

  for protocol, dialogue in pairs(dialogues) do
    local options = { domain = dialogue.domain, scramble = dialogue.scramble }

    describe("after a dialogue of " .. protocol, function()
      it("is upgraded as a client", function()
        local program = openssl.server { identity = "server" }
        program:write(dialogue[1] or "")
        local transport = front.transport(starttls[protocol].server, options, program.port)
        local s = assert(secsock.new { trust = pki "ca.pem", timeout = support.PATIENCE })
        assert(s:attachtransport("client", transport))
        local session, err, details = starttls[protocol].client(s, { peername = "mail.example" })
        assert(session, tostring(err) .. ": " .. tostring(details))
        talk(program, s)
        s:close()
      end)

      it("is upgraded as a server", function()
        local listener, port = support.listen {
          identity = meeting.identity "server", timeout = support.PATIENCE, defer = true,
        }
        local program = openssl.client(port, {
          words = { "-starttls", protocol, "-xmpphost", "mail.example" },
        })
        local s = assert(meeting.accept(listener))
        local session, err, details = starttls[protocol].server(s, options)
        assert(session, tostring(err) .. ": " .. tostring(details))
        talk(program, s)
        s:close()
      end)
    end)
  end
end)
