-- The command secsock as processes: what it says of itself, validate and certs.
local cjson = require "cjson"
local secsock = require "secsock"
local command = require "spec.support.command"
local pki = require "spec.support.pki"
local process = require "spec.support.process"
local shell = require "spec.support.shell"
local support = require "spec.support"

local run, with = command.run, command.with
local unpack = table.unpack or unpack

describe("secsock", function()
  after_each(process.stopall)

  it("shows its commands", function()
    local code, said = run { "--help" }
    assert.equal(0, code)
    for _, name in ipairs { "probe", "serve", "validate", "certs", "mint", "run", "help" } do
      assert.matches("\n  " .. name .. " +%l", said)
    end
    assert.same({ 0, said, "" }, { run { "help" } })
  end)

  it("shows how each command is used", function()
    for _, one in ipairs(require "secsock.command".all()) do
      local name = one.name
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
    for _, name in ipairs { "probe", "serve", "validate", "certs", "mint", "run" } do
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
    { { "run" }, "an argument is missing" },
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
    { { "probe", "tls://127.0.0.1:1", "--capture", "/nowhere/x" }, "/nowhere/x" },
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
    local broken = support.write [[
      package.preload["secsock.command.validate"] = function()
        return {
          name = "validate", groups = {}, arguments = { 0 }, run = function() error "oops" end,
        }
      end
      os.exit(require("secsock.command").main { "validate" })]]
    local program = process.start { arg[-1], broken }
    local code, complaint = program:finish()
    os.remove(broken)
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
      try secsock mint inter
      try secsock mint issue x --wrong expired_
      try secsock certs ~ expo
    ]])
    local said = shell.run("bash " .. script)
    os.remove(script)
    assert.equal("validate\n--version\n--tls\n1.2 1.3\nwebpki\nREADME.md\nroot\nmanual\n"
      .. "intermediate\nexpired_1950 expired_issuer\nexport\n", said)
  end)

  it("prints a manual with all that help knows", function()
    local code, page = run { "manual" }
    assert.equal(0, code)
    assert.matches("^%.TH SECSOCK 1", page)
    for _, name in ipairs { "probe", "serve", "validate", "certs", "mint", "run" } do
      for option in select(2, run { name, "--help" }):gmatch "\n  (%-%-[%l-]+)" do
        assert.is_truthy(page:find("\\fB" .. option:gsub("%-", "\\-") .. "\\fR", 1, true), option)
      end
    end
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
      local code, said = validate(chain, "--json", unpack(case[2]))
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
    assert.equal(0, (certs("--role", "ca", "add", pki "bundle.pem")))
    assert.equal(2, select(2, select(2, certs("--role", "ca")):gsub("SHA%-256", "")))
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
    assert.equal(0, (command.probe(command.url(program))))
    program:stop()
  end)
end)
