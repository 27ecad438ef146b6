-- The command secsock: real processes, against OpenSSL, curl, itself, and sockets in this process.
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

local run = command.run

-- Words after those of a list.
local function with(words, ...)
  local all = {}
  for _, word in ipairs(words) do all[#all + 1] = word end
  for i = 1, select("#", ...) do all[#all + 1] = (select(i, ...)) end
  return all
end

local function identity(name, ...)
  return with({ "--cert", pki(name .. "-chain.pem"), "--key", pki(name .. ".key") }, ...)
end

local function probe(url, ...)
  return run(with({ "probe", url, "--trust", pki "ca.pem", "--name", "mail.example" }, ...))
end

local function probe_json(url, ...)
  local code, said, complaints = probe(url, "--json", ...)
  return code, cjson.decode(said), complaints
end

local function tls_url(program) return "tls://127.0.0.1:" .. program.port end

describe("secsock", function()
  after_each(process.stopall)

  it("shows its commands", function()
    local code, said = run { "--help" }
    assert.equal(0, code)
    for _, name in ipairs { "probe", "serve", "validate", "certs", "help" } do
      assert.matches("\n  " .. name .. " +%l", said)
    end
    assert.same({ 0, said, "" }, { run { "help" } })
  end)

  it("shows how each command is used", function()
    for _, name in ipairs { "probe", "serve", "validate", "certs", "completion", "manual" } do
      local code, said = run { name, "--help" }
      assert.equal(0, code)
      assert.matches("^Usage: secsock " .. name, said)
      for line in said:gmatch "[^\n]+" do assert.is_true(#line <= 79, line) end
    end
  end)

  it("says its version", function()
    assert.same({ 0, "secsock " .. secsock.version() .. "\n", "" }, { run { "--version" } })
  end)

  it("has no secrets in its arguments", function()
    for _, name in ipairs { "probe", "serve", "validate", "certs" } do
      assert.is_nil(select(2, run { name, "--help" }):find "%-%-password ")
    end
  end)

  -- Status 2, nothing said, and a complaint that holds these words.
  local mistakes = {
    { {}, "which command" },
    { { "prob" }, "no command 'prob'" },
    { { "help", "prob" }, "no command 'prob'" },
    { { "probe" }, "an argument is missing" },
    { { "probe", "gopher://x" }, "no scheme 'gopher'" },
    { { "probe", "tls://127.0.0.1:1", "--frob" }, "unknown option '%-%-frob'" },
    { { "probe", "tls://127.0.0.1:1", "--ciphers", "frob" }, 'unknown cipher suite "frob"' },
    { { "probe", "tls://127.0.0.1:1", "--name", "a b" }, "no DNS name" },
    { { "probe", "tls://127.0.0.1:1", "--key", "x" }, "%-%-key is of no use" },
    { { "serve" }, "%-%-cert or %-%-store" },
    { { "serve", "--cert", "x", "--answer", "x", "--answer-file", "x" }, "exclude" },
    { { "validate" }, "an argument is missing" },
    { { "certs", "/nowhere", "frob" }, "no action 'frob'" },
    { { "certs", "/nowhere", "export" }, "too few" },
    { { "certs", "/nowhere", "list", "x" }, "too many" },
    { { "certs", "system", "find", "frob", "x" }, "find by what" },
    { { "certs", "system", "find", "thumbprint", "x" }, "not a number in hex" },
  }
  for _, mistake in ipairs(mistakes) do
    local arguments, words = mistake[1], mistake[2]
    it("takes no mistake: " .. table.concat(arguments, " "), function()
      local code, said, complaint = run(arguments)
      assert.same({ 2, "" }, { code, said })
      assert.matches(words, complaint)
      assert.matches("\nSee secsock.* %-%-help\n$", complaint)
    end)
  end

  -- Status 5.
  local unusable = {
    { { "probe", "tls://127.0.0.1:1", "--trust", "/nowhere.pem" }, "No such file" },
    { { "probe", "tls://127.0.0.1:1", "--crl", pki "server.pem" }, "no revocation list" },
    { { "probe", "tls://127.0.0.1:1", "--cert", pki "server.pem" }, "without a private key" },
    { { "validate", "/nowhere.pem" }, "No such file" },
    { { "validate", pki "trust" }, "directory" },
    { { "certs", "/nowhere" }, "/nowhere/my" },
  }
  for _, case in ipairs(unusable) do
    it("cannot use everything: " .. table.concat(case[1], " "), function()
      local code, said, complaint = run(case[1])
      assert.same({ 5, "" }, { code, said })
      assert.matches(case[2], complaint)
    end)
  end

  it("does not pass over output that cannot be written", function()
    local program = process.start { "sh", "-c", command.line { "help" } .. " >/dev/full" }
    local code, complaint = program:finish()
    assert.equal(5, code)
    assert.matches("No space left", complaint)
  end)

  it("tells a defect of its own apart from what it is to find out", function()
    local broken = [[package.preload["secsock.command.validate"] = function()
      return { name = "validate", groups = {}, arguments = { 0 }, run = function() error "oops" end }
    end]]
    local program = process.start { arg[-1], "-e", broken, command.MAIN, "validate" }
    local code, complaint = program:finish()
    assert.equal(70, code)
    assert.matches("^secsock validate: a defect: .*oops\nstack traceback:", complaint)
  end)

  it("is coloured on a terminal, unless nobody wants that", function()
    local arguments = { "validate", pki "server-chain.pem", "--trust", pki "ca.pem" }
    local function is_coloured(variable)
      local _, said = command.on_terminal(arguments, variable):finish()
      assert.matches("name_unchecked", said)
      return said:find("\27[31m", 1, true) ~= nil
    end
    assert.is_true(is_coloured "TERM=xterm")
    assert.is_false(is_coloured "NO_COLOR=1")
    assert.is_false(is_coloured "TERM=dumb")
    assert.is_nil(select(2, run(arguments)):find "\27")
  end)

  it("asks for a password, and does not show it", function()
    local program = command.on_terminal { "serve", "--cert", pki "server-chain.pem",
      "--key", pki "server-aes256.key", "--port", 0, "--count", 0 }
    program:expect "Password of %S+server%-aes256.key: "
    program:write "secret\n"
    program:expect "listening on"
    local code, said = program:finish()
    assert.equal(0, code)
    assert.is_nil(said:find("secret", 1, true))
  end)

  it("prints what bash completes it with", function()
    local script = support.write(select(2, run { "completion" }) .. [[
      try() {
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _secsock
        echo "${COMPREPLY[*]}"
      }
      try secsock va
      try secsock --v
      try secsock probe --tl
      try secsock probe --tls ""
      try secsock validate README.md --profile w
      try secsock validate READ
      try secsock certs --role r
      try secsock help man
    ]])
    local said = shell.run("bash " .. script)
    os.remove(script)
    assert.equal("validate\n--version\n--tls\n1.2 1.3\nwebpki\nREADME.md\nroot\nmanual\n", said)
  end)

  it("prints a manual with all that help knows", function()
    local code, page = run { "manual" }
    assert.equal(0, code)
    assert.matches("^%.TH SECSOCK 1", page)
    for _, name in ipairs { "probe", "serve", "validate", "certs" } do
      for option in select(2, run { name, "--help" }):gmatch "\n  (%-%-[%l-]+)" do
        assert.is_truthy(page:find("\\fB" .. option:gsub("%-", "\\-") .. "\\fR", 1, true), option)
      end
    end
  end)
end)

describe("secsock probe", function()
  after_each(process.stopall)

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("shows what is negotiated, the chain and the verdict, " .. version, function()
      local program = openssl.server { identity = "server", version = version }
      local code, said, complaint = probe(tls_url(program))
      assert.same({ 0, "" }, { code, complaint })
      assert.matches("\n    version +" .. version .. "\n", said)
      assert.matches("\n2 certificates\n  CN=mail.example,O=secsock\n", said)
      assert.matches("\n  mail.example is trusted ", said)
    end)
  end

  it("tells the same as JSON", function()
    local program = openssl.server { identity = "server", version = "TLSv1.3" }
    local code, result = probe_json(tls_url(program), "--pem")
    assert.same({ 0, "trusted", tls_url(program), "TLSv1.3", true, {} },
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
      local code, result = probe_json(tls_url(program))
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
      local code, result = probe_json(tls_url(program), (table.unpack or unpack)(case[2]))
      assert.equal(1, code)
      assert.is_truthy(table.concat(result.verdict.problems, " "):find(case[3], 1, true),
        table.concat(result.verdict.problems, " "))
    end)
  end

  it("trusts a pin instead of an authority", function()
    local program = openssl.server { identity = "server" }
    local pin = assert(secsock.cert.load(pki "server.pem")):pin()
    assert.equal(0, (run { "probe", tls_url(program), "--trust-pin", pin, "--name",
                           "mail.example" }))
  end)

  it("hears that a version or an application protocol is not to be had", function()
    local program = openssl.server { identity = "server", version = "TLSv1.2" }
    local code, result = probe_json(tls_url(program), "--tls", "1.3")
    assert.same({ 4, "unsecured", "protocol_version" },
      { code, result.outcome, result.error.alert })
    program = openssl.server { identity = "server", alpn = "http/1.1" }
    code, result = probe_json(tls_url(program), "--alpn", "h2")
    assert.same({ 4, "no_application_protocol" }, { code, result.error.alert })
  end)

  it("hears that nobody listens", function()
    local code, result, complaint = probe_json("tls://127.0.0.1:" .. process.freeport())
    assert.same({ 3, "unreachable", "connection refused", "" },
      { code, result.outcome, result.error.word, complaint })
    assert.matches("Connection refused", select(3, probe("tls://127.0.0.1:" .. process.freeport())))
  end)

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("hears that a certificate is missed, and shows one, " .. version, function()
      local program = openssl.server { identity = "server", version = version, clients = "must",
                                       connections = 2 }
      local code, result = probe_json(tls_url(program))
      assert.same({ 4, "alert" }, { code, result.error.word })
      code = probe(tls_url(program), (table.unpack or unpack)(identity "client"))
      assert.equal(0, code)
      program:expect "CN ?= ?client"
    end)
  end

  it("shows no certificate to a server that is not trusted", function()
    local program = openssl.server { identity = "stranger", clients = "may" }
    local code, result = probe_json(tls_url(program), (table.unpack or unpack)(identity "client"))
    assert.same({ 1, "certificate rejected" }, { code, result.error.word })
    assert.is_nil(result.negotiated)
    program:hangup()
    program:finish()
    assert.is_nil(program:output():find "CN ?= ?client")
  end)

  -- A server in this process: `talk` gets the connection in the clear.
  local function against(url, talk, ...)
    local listener, port = support.listen { identity = meeting.identity "server", defer = true,
                                            timeout = 10 }
    local program = command.start(with({ "probe", url .. "://127.0.0.1:" .. port, "--trust",
      pki "ca.pem", "--name", "mail.example" }, ...))
    local s = assert(listener:accept())
    s:settimeout(10)
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
    local program = command.serve(with(identity "server", (table.unpack or unpack)(mode)))
    local s = assert(meeting.connect(program.port, { identity = meeting.identity "client" }))
    s:close()
    local code, said = program:finish()
    assert.equal(0, code)
    assert.matches("\n  CN=client,O=secsock\n.*the peer is trusted", said)
  end)

  for _, name in ipairs { "stranger", "none" } do
    it("refuses a client that it does not trust: " .. name, function()
      local program = command.serve(with(identity "server", (table.unpack or unpack)(mode)))
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
    local code, result = probe_json(tls_url(program), "--revocation", "leaf")
    os.remove(password)
    assert.same({ 0, "good" }, { code, result.verdict.path[1].revocation })
  end)

  it("says that a port is taken", function()
    local program = command.serve(identity "server")
    local code, _, complaint = run(with({ "serve", "--port", program.port },
      (table.unpack or unpack)(identity "server")))
    assert.equal(3, code)
    assert.matches("in use", complaint)
  end)

  it("ends when it is interrupted", function()
    local program = command.serve(identity "server")
    shell.run(("kill -INT $(cat /proc/%s/task/%s/children)"):format(program.pid, program.pid))
    assert.same({ 130 }, { (program:finish()) })
    assert.is_nil(program:output():find "traceback")
  end)
end)

describe("secsock validate", function()
  local chain = pki "server-chain.pem"

  local function validate(path, ...)
    return run(with({ "validate", path, "--trust", pki "ca.pem" }, ...))
  end

  it("trusts a chain, and explains it", function()
    local code, said, complaint = validate(chain, "--name", "mail.example")
    assert.same({ 0, "" }, { code, complaint })
    assert.matches("mail.example is trusted.*CN=Test Root,O=secsock %(trust anchor%)", said)
  end)

  it("reads standard input", function()
    local code, said = run({ "validate", "-", "--trust", pki "ca.pem", "--name", "mail.example",
                             "--ocsp", pki "revocation/good.ocsp", "--revocation", "leaf" },
      support.read(chain))
    assert.equal(0, code)
    assert.matches("mail.example is trusted", said)
  end)

  local cases = {
    { "no name", {}, "name_unchecked" },
    { "another name", { "--name", "www.example" }, "name_mismatch" },
    { "another purpose", { "--purpose", "client" }, "wrong_usage" },
    { "a list that has it", { "--name", "mail.example", "--crl", pki "revocation/server.crl" },
      "revoked" },
    { "a response that says so", { "--name", "mail.example", "--ocsp",
      pki "revocation/revoked.ocsp" }, "revoked" },
    { "another time", { "--name", "mail.example", "--time", "2019-12-31T23:59:59Z" },
      "not_yet_valid" },
  }
  for _, case in ipairs(cases) do
    it("does not trust it with " .. case[1], function()
      local code, said = validate(chain, "--json", (table.unpack or unpack)(case[2]))
      local verdict = cjson.decode(said)
      assert.same({ 1, false, { case[3] } }, { code, verdict.trusted, verdict.problems })
      assert.same({ case[3], "string" },
        { verdict.details[1].problem, type(verdict.details[1].text) })
    end)
  end

  it("takes intermediates from elsewhere, and anchors from a folder", function()
    local leaf = pki "server.pem"
    assert.equal(1, (validate(leaf, "--name", "mail.example")))
    assert.equal(0, (run { "validate", leaf, "--name", "mail.example", "--intermediates",
                           pki "int.pem", "--trust", pki "trust" }))
  end)
end)

describe("secsock certs", function()
  local folder

  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
  end)

  after_each(function() shell.run("rm -rf " .. folder) end)

  local function certs(...)
    return run(with({ "certs", folder }, ...))
  end

  local function sha256(name)
    return assert(secsock.cert.load(pki(name .. ".pem"))):sha256()
  end

  it("adds, lists, finds and removes", function()
    local server, client = sha256 "server", sha256 "client"
    assert.equal(0, (certs("add", pki "server-all.pem", pki "client.pem")))
    local code, said = certs("--json")
    assert.equal(0, code)
    local keys = {}
    for _, cert in ipairs(cjson.decode(said)) do keys[cert.sha256] = cert.private_key end
    assert.same({ [server] = true, [client] = false }, keys)

    code, said = certs("find", "name", "mail.example")
    assert.equal(0, code)
    assert.matches("CN=mail.example,O=secsock", said)
    assert.is_nil(said:find "CN=client")
    assert.same({ 1, "", "" }, { certs("find", "name", "www.example") })
    assert.equal(1, (certs("find", "timevalid", "--time", "2060-01-01")))
    assert.equal(0, (certs("find", "privatekey")))

    assert.equal(0, (certs("remove", server)))
    assert.equal(1, (certs("remove", server)))
    assert.is_nil(select(2, certs()):find "CN=mail.example")
  end)

  it("keeps other roles apart", function()
    assert.equal(0, (certs("--role", "root", "add", pki "ca.pem")))
    assert.matches("CN=Test Root", select(2, certs("--role", "root")))
    assert.equal(5, (certs("--role", "my")))
  end)

  it("keeps and exports keys encrypted, and shows certificates all the same", function()
    local secret = support.write "secret\n"
    local server = sha256 "server"
    assert.equal(0, (certs("add", pki "server-all.pem", "--encrypt", "--password-file", secret)))
    assert.matches("BEGIN ENCRYPTED PRIVATE KEY",
      support.read(folder .. "/my/" .. server .. ".pem"))
    assert.matches("CN=mail.example", select(2, certs()))

    local pfx = folder .. "/out.pfx"
    local code, said = run({ "certs", folder, "export", server, "--key", "--format", "pfx", "--out",
                             pfx }, "secret\nother\nother\n")
    assert.same({ 0, "" }, { code, said })
    assert.equal("-rw-------", shell.run("ls -l " .. pfx):sub(1, 10))
    assert.same({ nil, "password" }, { (secsock.cert.load(pfx, "secret")),
                                       (select(2, secsock.cert.load(pfx, "secret"))) })
    local cert = assert(secsock.cert.load(pfx, "other"))
    assert.same({ server, true, 1 }, { cert:sha256(), cert:hasprivatekey(), #cert:chain() })

    assert.equal(5, (run({ "certs", folder, "export", server, "--key" }, "wrong\n")))
    os.remove(secret)
  end)

  it("exports in each form, and never over a file", function()
    certs("add", pki "server-all.pem")
    local server = sha256 "server"
    local code, pem = certs("export", server)
    assert.equal(0, code)
    assert.equal(2, select(2, pem:gsub("BEGIN CERTIFICATE", "")))
    assert.is_nil(pem:find "PRIVATE KEY")
    local cert = assert(secsock.cert.load(pki "server.pem"))
    assert.equal(cert:pem(), (select(2, certs("export", server, "--alone"))))
    assert.is_true(cert:der() == select(2, certs("export", server, "--format", "der")))
    assert.matches("BEGIN PRIVATE KEY", select(2, certs("export", server, "--key", "--plain")))
    assert.equal(2, (certs("export", server, "--format", "der", "--key")))

    local file = support.write "precious"
    assert.equal(5, (certs("export", server, "--out", file)))
    assert.equal("precious", support.read(file))
    os.remove(file)
  end)

  it("does not export a key under a password that was typed in two ways", function()
    certs("add", pki "server-all.pem")
    local code, said = run({ "certs", folder, "export", sha256 "server", "--key" }, "one\ntwo\n")
    assert.same({ 5, "" }, { code, said })
  end)

  it("shows the system's", function()
    local code, said = run { "certs", "system", "--json" }
    assert.equal(0, code)
    assert.is_true(#cjson.decode(said) > 10)
  end)

  it("has identities for serve", function()
    certs("add", pki "server-all.pem")
    local program = command.serve { "--store", folder, "--count", 1 }
    assert.equal(0, (probe(tls_url(program))))
    program:stop()
  end)
end)
