-- secsock and GnuTLS: each as the other's client and server.
local starttls = require "secsock.starttls"
local support = require "spec.support"
local gnutls = require "spec.support.gnutls"
local interop = require "spec.support.interop"
local meeting = require "spec.support.meeting"
local process = require "spec.support.process"

local meet, talk = meeting.meet, meeting.talk

local function in_both_versions(sentence, run)
  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it(sentence .. ", " .. version, function() run(version) end)
  end
end

describe("secsock with GnuTLS", function()
  after_each(process.stopall)

  for _, topic in ipairs(interop.topics(gnutls)) do
    describe(topic[1], function()
      for _, case in ipairs(topic[2]) do it(case[1], case[2]) end
    end)
  end

  describe("as a client", function()
    it("tells a server the name that it looks for", function()
      local program, s = meet.client(gnutls)
      talk(program, s)
      program:expect "Given server name%[1%]: mail.example\n"
    end)

    it("tells a server no address that it looks for", function()
      local program, s = meet.client(gnutls, {}, { peername = "127.0.0.1" })
      talk(program, s)
      assert.is_nil(program:output():find "Given server name")
    end)

    it("hears that a server has no application protocol in common", function()
      local _, s, err, details = meet.client(gnutls,
        { alpn = "http/1.1", words = { "--alpn-fatal" } }, { alpn = "h2" })
      assert.is_nil(s)
      assert.same({ "alert", "no_application_protocol" }, { err, details.alert })
    end)

    in_both_versions("receives the rest after it has said its last, and the end", function(version)
      local _, s = meet.client(gnutls, { version = version, http = true })
      assert(s:send "GET / HTTP/1.0\r\n\r\n")
      assert(s:shutdown "send")
      assert.matches("^HTTP/1.0 200 OK.*</HTML>", (assert(s:receive "*a")))
      assert.same({ nil, "closed", "" }, { s:receive() })
    end)

    in_both_versions("sends and receives much at once #slow", function(version)
      local numbers = meeting.numbers(64 * 1024)
      local _, s = meet.client(gnutls, { version = version })
      local received
      support.run(
        function() assert(s:send(numbers)) end,
        function() received = assert(s:receive(#numbers)) end)
      s:close()
      assert.is_true(numbers == received)
    end)
  end)

  describe("as a server", function()
    in_both_versions("sends the rest after its client has said its last", function(version)
      local program, s = meet.server(gnutls, { version = version })
      talk(program, s)
      program:hangup()
      assert.same({ nil, "closed", "" }, { s:receive() })
      assert(s:send "late news\n")
      program:expect "late news"
      s:close()
      program:expect(gnutls.orderly.client)
    end)

    in_both_versions("resumes a session", function(version)
      local listener, port = support.listen {
        identity = meeting.identity "server", timeout = support.PATIENCE,
      }
      local program = gnutls.client(port, {
        version = version,
        words = { "--resume", version == "TLSv1.3" and "--waitresumption" or nil },
      })
      local first = assert(meeting.accept(listener))
      assert.is_false(first:info "resumed")
      assert.same({ nil, "closed", "" }, { first:receive() })
      first:close()
      local second = assert(meeting.accept(listener))
      assert.is_true(second:info "resumed")
      talk(program, second)
      program:expect(gnutls.resumed)
    end)

    it("follows a client's key updates", function()
      local program, s = meet.server(gnutls,
        { version = "TLSv1.3", words = { "--inline-commands" } })
      for i = 1, 3 do
        talk(program, s)
        program:write "^rekey^\n"
        program:expect(("Rekey was completed.*"):rep(i))
      end
      talk(program, s)
    end)

    it("refuses a client's renegotiation", function()
      local program, s = meet.server(gnutls,
        { version = "TLSv1.2", words = { "--inline-commands" } })
      talk(program, s)
      program:write "^renegotiate^\n"
      assert.same({ nil, "protocol", "" }, { s:receive() })
      program:expect(gnutls.alert(10))
    end)

    in_both_versions("sends and receives much at once #slow", function(version)
      -- It sends a line in a record of its own, and a long one by 4 KiB.
      local numbers = meeting.numbers(64 * 1024):gsub("\n", " ") .. "\n"
      local file = support.write(numbers)
      local program, s = meet.server(gnutls, { version = version })
      program:pour(file)
      program:hangup()
      local received
      support.run(
        function() assert(s:send(numbers)) end,
        function() received = assert(s:receive "*a") end)
      s:close()
      os.remove(file)
      assert.is_true(numbers == received)
      local _, said = program:finish()
      assert.is_truthy(said:find(numbers, 1, true))
    end)
  end)

  -- It knows two protocols more, but not all of their servers' answers: NNTP's 201, and an OK of
  -- ManageSieve without a text behind it.
  for _, protocol in ipairs { "smtp", "lmtp", "imap", "pop3", "ftp", "xmpp", "ldap", "postgres" } do
    it("is upgraded as a server after a dialogue of " .. protocol, function()
      local listener, port = support.listen {
        identity = meeting.identity "server", timeout = support.PATIENCE, defer = true,
      }
      local program = gnutls.client(port, { words = { "--starttls-proto", protocol } })
      local s = assert(meeting.accept(listener))
      local options = protocol == "xmpp" and { domain = "mail.example" } or nil
      local session, err, details = starttls[protocol].server(s, options)
      assert(session, tostring(err) .. ": " .. tostring(details))
      talk(program, s)
      s:close()
    end)
  end
end)
