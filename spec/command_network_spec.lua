-- The command secsock as processes: probe and serve, against OpenSSL, curl, each other and sockets
-- in this process.
local cjson = require "cjson"
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local command = require "spec.support.command"
local meeting = require "spec.support.meeting"
local openssl = require "spec.support.openssl"
local pki = require "spec.support.pki"
local process = require "spec.support.process"
local shell = require "spec.support.shell"
local support = require "spec.support"
local tshark = require "spec.support.tshark"

local identity, probe, run, url_of = command.identity, command.probe, command.run, command.url
local with = command.with
local unpack = table.unpack or unpack

local function probe_json(url, ...)
  local code, said, complaints = probe(url, "--json", ...)
  return code, cjson.decode(said), complaints
end

describe("secsock probe", function()
  after_each(process.stopall)

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("shows what is negotiated, the chain and the verdict, " .. version, function()
      local program = openssl.server { identity = "server", version = version }
      local code, said, complaint = probe(url_of(program))
      assert.same({ 0, "" }, { code, complaint })
      assert.matches("\n    version +" .. version .. "\n", said)
      assert.matches("\n2 certificates\n  CN=mail.example,O=secsock\n", said)
      assert.matches("\n  mail.example is trusted ", said)
    end)
  end

  it("tells the same as JSON", function()
    local program = openssl.server { identity = "server", version = "TLSv1.3" }
    local code, result = probe_json(url_of(program), "--pem")
    assert.same({ 0, "trusted", url_of(program), "TLSv1.3", true, {} },
      { code, result.outcome, result.url, result.negotiated.version, result.verdict.trusted,
        result.verdict.problems })
    local leaf = result.verdict.chain[1]
    assert.same({ "CN=mail.example,O=secsock", "2049-12-31T23:59:59Z", "P-256", false },
      { leaf.subject, leaf.not_after, leaf.key.curve, leaf.private_key })
    assert.equal(assert(secsock.cert.load(pki "server.pem")), assert(secsock.cert.pem(leaf.pem)))
  end)

  local wrong = {
    expired = "expired", future = "not_yet_valid", elsewhere = "name_mismatch",
    stranger = "issuer_unknown", ["wrong-usage"] = "wrong_usage",
  }
  for name, problem in pairs(wrong) do
    it("sees all of a server that is not to be trusted: " .. name, function()
      local program = openssl.server { identity = name }
      local code, result = probe_json(url_of(program))
      assert.same({ 1, "untrusted", false }, { code, result.outcome, result.verdict.trusted })
      assert.is_truthy(table.concat(result.verdict.problems, " "):find(problem, 1, true))
      assert.is_string(result.negotiated.cipher)
    end)
  end

  local judged = {
    { "a revoked certificate", { "--crl", pki "revocation/server.pem" }, "revoked" },
    { "one of which nobody says whether it is revoked", { "--revocation", "leaf" },
      "revocation_unknown" },
    { "a key that is not pinned", { "--pin", ("A"):rep(43) .. "=" }, "not_pinned" },
    { "a day on which it is not valid", { "--time", "2060-01-01" }, "expired" },
    { "a path that is too long", { "--max-depth", 0 }, "path_too_long" },
  }
  for _, case in ipairs(judged) do
    it("does not trust " .. case[1], function()
      local program = openssl.server { identity = "server" }
      local code, result = probe_json(url_of(program), unpack(case[2]))
      assert.equal(1, code)
      assert.is_truthy(table.concat(result.verdict.problems, " "):find(case[3], 1, true),
        table.concat(result.verdict.problems, " "))
    end)
  end

  it("trusts a pin instead of an authority", function()
    local program = openssl.server { identity = "server" }
    local pin = assert(secsock.cert.load(pki "server.pem")):pin()
    assert.equal(0, (run { "probe", url_of(program), "--trust-pin", pin, "--name",
                           "mail.example" }))
  end)

  it("hears that a version or an application protocol is not to be had", function()
    local program = openssl.server { identity = "server", version = "TLSv1.2" }
    local code, result = probe_json(url_of(program), "--tls", "1.3")
    assert.same({ 4, "unsecured", "protocol_version" },
      { code, result.outcome, result.error.alert })
    program = openssl.server { identity = "server", alpn = "http/1.1" }
    code, result = probe_json(url_of(program), "--alpn", "h2")
    assert.same({ 4, "no_application_protocol" }, { code, result.error.alert })
  end)

  it("hears that nobody listens", function()
    local port, holder = process.deaf_port()
    local url = "tls://127.0.0.1:" .. port
    local code, result, complaint = probe_json(url)
    assert.same({ 3, "unreachable", "connection refused", "" },
      { code, result.outcome, result.error.word, complaint })
    assert.matches("Connection refused", select(3, probe(url)))
    holder:close()
  end)

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("hears that a certificate is missed, and shows one, " .. version, function()
      local program = openssl.server { identity = "server", version = version, clients = "must",
                                       connections = 2 }
      local code, result = probe_json(url_of(program))
      assert.same({ 4, "alert" }, { code, result.error.word })
      code = probe(url_of(program), unpack(identity "client"))
      assert.equal(0, code)
      program:expect "CN ?= ?client"
    end)
  end

  it("shows no certificate to a server that is not trusted", function()
    local program = openssl.server { identity = "stranger", clients = "may" }
    local code, result = probe_json(url_of(program), unpack(identity "client"))
    assert.same({ 1, "certificate rejected" }, { code, result.error.word })
    assert.is_nil(result.negotiated)
    program:hangup()
    program:finish()
    assert.is_nil(program:output():find "CN ?= ?client")
  end)

  -- A server in this process: `talk` gets the connection in the clear.
  local function against(url, talk, ...)
    local listener, port = support.listen { identity = meeting.identity "server", defer = true,
                                            timeout = support.PATIENCE }
    local program = command.start(with({ "probe", url .. "://127.0.0.1:" .. port, "--trust",
      pki "ca.pem", "--name", "mail.example" }, ...))
    local s = assert(listener:accept())
    s:settimeout(support.PATIENCE)
    talk(s)
    local code, said = program:finish()
    s:close()
    listener:close()
    return code, said
  end

  it("does not go on with a server from which STARTTLS was stripped", function()
    local code, said = against("smtp", function(s)
      s:send "220 mail.example\r\n"
      s:receive()
      s:send "250-mail.example\r\n250 SIZE\r\n"
      assert.same({ nil, "closed", "" }, { s:receive() })
    end)
    assert.equal(4, code)
    assert.matches("C: EHLO.*S: 250%-mail.example.*does not offer STARTTLS", said)
  end)

  it("does not go on when somebody injects", function()
    local code, said = against("smtp", function(s)
      s:send "220 mail.example\r\n"
      s:receive()
      s:send "250 STARTTLS\r\n"
      s:receive()
      s:send "220 go ahead\r\n250 forged\r\n"
      s:receive()
    end)
    assert.equal(4, code)
    assert.is_nil(said:find("S: 250 forged", 1, true))
  end)

  it("waits no longer than it is told to", function()
    local code, said = against("imap", function(s) s:receive() end, "--time-out", "0.2")
    assert.equal(4, code)
    assert.matches("timed out", said)
  end)

  it("hears no server out that never ends #slow", function()
    local code = against("tls", function(s)
      assert(s:upgrade())
      repeat until not s:send(("x"):rep(1000))
    end)
    assert.equal(0, code)
  end)

  it("shows terminals nothing that they would obey", function()
    local code, said = against("smtp", function(s) s:send "220 \27[2J\7\194\155x\r\n"
      s:send "oops\r\n" end)
    assert.equal(4, code)
    assert.matches("S: 220 %.%[2J%.%.x\n", said)
  end)
end)

describe("secsock serve", function()
  after_each(process.stopall)

  -- What the server says after the upgrade, as far as the client's dialogue waits for something.
  local replies = {
    smtp = "250 mail.example\r\n",
    lmtp = "250 mail.example\r\n",
    imap = "* CAPABILITY IMAP4rev1\r\na3 OK done\r\n",
    pop3 = "+OK\r\nSASL PLAIN\r\n.\r\n",
    ftp = "211-Features\r\n PBSZ\r\n211 End\r\n",
    nntp = "101 capabilities\r\nREADER\r\n.\r\n",
    sieve = "",
    xmpp = "<?xml version='1.0'?><stream:stream version='1.0' from='mail.example' "
      .. "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
      .. "<stream:features/>",
    ldap = "",
    postgres = "",
    mysql = "",
  }

  for protocol in pairs(starttls) do
    it("and probe understand each other: " .. protocol, function()
      local program = command.serve(identity("server", "--protocol", protocol, "--count", 1,
        "--answer", replies[protocol]))
      local code, result = probe_json(protocol .. "://127.0.0.1:" .. program.port)
      assert.same({ 0, protocol }, { code, result.protocol })
      assert.is_false(result.dialogue[1].secure)
      assert.equal(0, (program:finish()))
      assert.matches("\n  C: .*\nNegotiated\n", program:output())
    end)
  end

  it("and probe record what tshark then reads, the dialogue and what is protected", function()
    local theirs, ours = os.tmpname(), os.tmpname()
    os.remove(theirs)
    os.remove(ours)
    local program = command.serve(identity("server", "--protocol", "smtp", "--count", 1,
      "--answer", replies.smtp, "--capture", theirs))
    assert.equal(0, (probe("smtp://127.0.0.1:" .. program.port, "--capture", ours)))
    assert.equal(0, (program:finish()))
    for _, path in ipairs { theirs, ours } do
      local packets = tshark.read(path, { "smtp.req.command" }) -- known by the port that is shown
      assert.same({ "EHLO", "STAR", "EHLO" }, tshark.all(packets, "smtp.req.command"))
    end
    assert.equal(5, (probe("smtp://127.0.0.1:1", "--capture", ours))) -- it is there already
    os.remove(theirs)
    os.remove(ours)
  end)

  it("sends back what comes, as it comes", function()
    local program = command.serve(identity("server", "--count", 1))
    local s = assert(meeting.connect(program.port))
    assert(s:send "no line")
    assert.equal("no line", (assert(s:receive(7))))
    local numbers = meeting.numbers(20000)
    local received
    support.run(
      function() assert(s:send(numbers)) end,
      function() received = assert(s:receive(#numbers)) end)
    assert.is_true(numbers == received)
    s:close()
    assert.equal(0, (program:finish()))
    assert.matches((#numbers + 7) .. " bytes sent back; the client ended it\n$", program:output())
  end)

  it("gives curl the answer that it was given", function()
    local file = support.write "HTTP/1.0 200 OK\r\n\r\nhere is secsock\n"
    local program = command.serve(identity("server", "--answer-file", file))
    assert.equal("here is secsock\n", shell.run(("curl --silent --cacert %s https://localhost:%d/")
      :format(pki "ca.pem", program.port)))
    os.remove(file)
  end)

  local mode = { "--client-auth", "require", "--trust", pki "ca.pem", "--count", 1 }

  it("shows who the client is", function()
    local program = command.serve(with(identity "server", unpack(mode)))
    local s = assert(meeting.connect(program.port, { identity = meeting.identity "client" }))
    s:close()
    local code, said = program:finish()
    assert.equal(0, code)
    assert.matches("\n  CN=client,O=secsock\n.*the peer is trusted", said)
  end)

  for _, name in ipairs { "stranger", "none" } do
    it("refuses a client that it does not trust: " .. name, function()
      local program = command.serve(with(identity "server", unpack(mode)))
      local s = meeting.connect(program.port,
        { identity = name ~= "none" and meeting.identity(name) or nil })
      if s then s:receive() end
      local code, said = program:finish()
      assert.equal(1, code)
      assert.matches("the peer is not trusted", said)
    end)
  end

  it("fails with a client that fails", function()
    local program = command.serve(identity("server", "--count", 1))
    local tcp = assert(require("socket").connect("127.0.0.1", program.port))
    assert(tcp:send "GET / HTTP/1.0\r\n\r\n")
    local code, said = program:finish()
    tcp:close()
    assert.equal(4, code)
    assert.matches("it failed: ", said)
  end)

  it("takes its identity from a PFX file, and staples a response", function()
    local password = support.write "secret\n"
    local program = command.serve { "--cert", pki "pfx/modern.pfx", "--password-file", password,
                                    "--ocsp", pki "revocation/good.ocsp" }
    local code, result = probe_json(url_of(program), "--revocation", "leaf")
    os.remove(password)
    assert.same({ 0, "good" }, { code, result.verdict.path[1].revocation })
  end)

  it("says that a port is taken", function()
    local program = command.serve(identity "server")
    local code, _, complaint = run(with({ "serve", "--port", program.port },
      unpack(identity "server")))
    assert.equal(3, code)
    assert.matches("in use", complaint)
  end)

  it("ends when it is interrupted", function()
    local program = command.serve(identity "server")
    program:interrupt()
    assert.same({ 130 }, { (program:finish()) })
    assert.is_nil(program:output():find "traceback")
  end)
end)
