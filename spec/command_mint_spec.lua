-- secsock mint: what it writes, as openssl and secsock itself read it.
local command = require "spec.support.command"
local main = require "secsock.command".main
local mint = require "secsock.mint"
local secsock = require "secsock"
local shell = require "spec.support.shell"
local support = require "spec.support"
local terminal = require "secsock.command.terminal"

describe("secsock mint", function()
  local folder

  before_each(function() folder = shell.run("mktemp -d"):match "[^\n]+" end)
  after_each(function() shell.run("rm -r " .. folder) end)

  local function path(name) return folder .. "/" .. name end

  -- Runs it: exit status, output, complaints.
  local function run(...)
    return command.run(command.with({ "mint" }, ...))
  end

  local function well(...)
    local code, said, complaint = run(...)
    assert.same({ 0, "" }, { code, complaint })
    return said
  end

  local function openssl(words) return shell.run("cd " .. folder .. " && openssl " .. words) end

  local function mode(name) return shell.run("ls -l " .. path(name)):sub(1, 10) end

  -- A root, a CA below and a certificate of that.
  local function chain(...)
    well("root", path "ca")
    well("intermediate", path "sub", "--ca", path "ca", "--path-length", "0")
    well("issue", path "server", "--ca", path "sub", "--dns", "mail.example", ...)
  end

  it("makes a root, a CA below and certificates, as openssl verifies them", function()
    chain("--dns", "www.example", "--ip", "192.0.2.1", "--ip=2001:db8::1")
    local verify = "verify -x509_strict -CAfile ca.pem -untrusted sub.pem "
      .. "-verify_hostname www.example -verify_ip 192.0.2.1 -purpose sslserver server.pem"
    assert.equal("server.pem: OK\n", openssl(verify))
    local text = openssl "x509 -in sub.pem -noout -text"
    assert.matches("Subject: CN = sub\n", text)
    assert.matches("CA:TRUE, pathlen:0", text)
    assert.equal(2, select(2, support.read(path "server.pem"):gsub("BEGIN CERTIFICATE", "")))
    local identity = assert(secsock.cert.identity {
      cert = path "server.pem", key = path "server.key",
    })
    assert.is_true(identity:hasprivatekey())
  end)

  it("says what it has written, with keys that their owner alone can read", function()
    local said = well("root", path "ca")
    assert.equal(("%s  certificate\n%s  private key\n"):format(path "ca.pem", path "ca.key"), said)
    assert.equal("-rw-------", mode "ca.key")
  end)

  it("takes a CA that is not its own", function()
    openssl("req -x509 -newkey rsa:2048 -nodes -keyout own.key -out own.pem -days 30 "
      .. "-subj '/O=Others/CN=Own Root' -addext keyUsage=critical,keyCertSign,cRLSign "
      .. "-addext basicConstraints=critical,CA:TRUE")
    well("issue", path "a", "--ca", path "own", "--dns", "a.example")
    assert.equal("a.pem: OK\n", openssl "verify -x509_strict -CAfile own.pem a.pem")
    openssl "pkcs12 -export -in own.pem -inkey own.key -passout pass:secret -out own.pfx"
    local secret = support.write "secret\n"
    well("issue", path "b", "--ca", path "own.pfx", "--ca-password-file", secret, "--dns", "b")
    os.remove(secret)
    assert.equal("b.pem: OK\n", openssl "verify -x509_strict -CAfile own.pem b.pem")
    shell.run(("mv %s %s"):format(path "own.key", path "moved"))
    assert.matches("say %-%-ca%-key", (select(3, run("issue", path "c", "--ca", path "own.pem",
      "--dns", "c"))))
    well("issue", path "c", "--ca", path "own.pem", "--ca-key", path "moved", "--dns", "c")
  end)

  it("makes what is asked for", function()
    well("root", path "ca", "--subject", "My Root", "--key-kind", "p384", "--days", "100",
      "--time", "2026-01-01")
    local text = openssl "x509 -in ca.pem -noout -text"
    assert.matches("Subject: CN = My Root", text)
    assert.matches("NIST CURVE: P%-384", text)
    assert.matches("Not After : Apr 11 12:00:00 2026", text)
    well("issue", path "x", "--ca", path "ca", "--email", "joe@example.org", "--uri", "urn:x",
      "--client", "--eku", "codeSigning", "--eku=1.2.3.4", "--key-kind", "rsa2048",
      "--not-before", "2020-01-01T00:00:00Z", "--not-after", "2040-06-01T01:02:03Z")
    text = openssl "x509 -in x.pem -noout -text"
    assert.matches("email:joe@example.org, URI:urn:x", text)
    assert.matches("TLS Web Client Authentication, Code Signing, 1.2.3.4", text)
    assert.matches("2048 bit", text)
    assert.matches("Not Before: Jan  1 00:00:00 2020 GMT.-Not After : Jun  1 01:02:03 2040", text)
  end)

  it("is valid for a while before its end, whenever that is", function()
    local function dates(...)
      well("issue", path "x", "--dns", "x", "--force", ...)
      return (openssl "x509 -in x.pem -noout -dates")
    end
    assert.matches("Mar  3 12:00:00 2020.-Jun  1 12:00:00 2020",
      (dates("--not-after", "2020-06-01")))
    assert.matches("Jun  1 12:00:00 2020.-Jun 11 12:00:00 2020",
      (dates("--not-before", "2020-06-01", "--days", "10")))
  end)

  it("has certificates sign themselves where there is no CA", function()
    well("issue", path "alone", "--dns", "alone.example", "--server", "--client")
    assert.matches("issuer=CN = alone.example", (openssl "x509 -in alone.pem -noout -issuer"))
    assert.equal("alone.pem: OK\n", openssl "verify -CAfile alone.pem alone.pem")
  end)

  it("says in lists what is revoked", function()
    chain()
    assert.matches("sub.crl  list of 1 revoked", (well("crl", path "sub.crl", "--ca", path "sub",
      "--revoke", path "server.pem", "--reason", "superseded")))
    assert.matches("verify OK", (openssl "crl -in sub.crl -noout -CAfile sub.pem -text"))
    local text = openssl "crl -in sub.crl -noout -text"
    assert.matches("Superseded", text)
    assert.matches(assert(secsock.cert.load(path "server.pem")):serial():upper(), text)
    well("crl", path "ca.crl", "--ca", path "ca", "--der", "--days", "1")
    assert.matches("No Revoked Certificates", (openssl "crl -inform der -in ca.crl -noout -text"))
    local code, said = command.run { "validate", path "server.pem", "--name", "mail.example",
      "--trust", path "ca.pem", "--crl", path "sub.crl" }
    assert.equal(1, code)
    assert.matches("! revoked: ", said)
  end)

  it("answers as an OCSP responder would", function()
    chain()
    for _, status in ipairs { "good", "revoked", "unknown" } do
      local name = status .. ".ocsp"
      assert.matches("server.pem is " .. status, (well("ocsp", path(name), "--ca", path "sub",
        "--about", path "server.pem", "--status", status)))
      local said = openssl(("ocsp -respin %s -issuer sub.pem -cert server.pem -CAfile ca.pem"
        .. " -no_nonce 2>&1"):format(name))
      assert.matches("Response verify OK", said)
      assert.matches("server.pem: " .. status, said)
    end
  end)

  it("writes PFX files and encrypted keys, under a password that nobody sees", function()
    well("root", path "ca")
    local code, said = run { "issue" }
    assert.same({ 2, "" }, { code, said })
    code, said = command.run({ "mint", "issue", path "a", "--ca", path "ca", "--dns", "a", "--pfx",
      "--encrypt" }, "secret\nsecret\n")
    assert.equal(0, code)
    assert.is_nil(said:find "secret")
    assert.matches("BEGIN ENCRYPTED PRIVATE KEY", support.read(path "a.key"))
    assert.same({ "-rw-------", "-rw-------" }, { mode "a.key", mode "a.pfx" })
    openssl "pkey -in a.key -passin pass:secret -noout"
    assert.matches("subject=CN = a\n", (openssl "pkcs12 -in a.pfx -passin pass:secret -nokeys"))
    assert.equal(5, (command.run({ "mint", "issue", path "b", "--dns", "b", "--pfx" },
      "one\ntwo\n")))
    assert.is_nil(io.open(path "b.pem"))
  end)

  it("writes over nothing, unless told to, and then all or nothing", function()
    well("root", path "ca")
    local before = support.read(path "ca.pem")
    local code, said, complaint = run("root", path "ca")
    assert.same({ 5, "" }, { code, said })
    assert.matches("ca.pem is there already", complaint)
    os.remove(path "ca.pem")
    assert.equal(5, (run("root", path "ca")))
    assert.is_nil(io.open(path "ca.pem"))
    well("root", path "ca", "--force")
    assert.are_not.equal(before, support.read(path "ca.pem"))
    assert.equal(5, (run("root", path "nowhere/ca")))
  end)

  it("repeats itself with a seed, another for each name", function()
    local function key(name, ...)
      well("root", path(name), "--key-kind", "ed25519", "--time", "2026-01-01", "--force", ...)
      return support.read(path(name .. ".key")) .. support.read(path(name .. ".pem"))
    end
    local first = key("a", "--seed", "x")
    assert.equal(first, key("a", "--seed", "x"))
    assert.are_not.equal(first, key("a", "--seed", "y"))
    assert.are_not.equal(first, key "a")
    local b = key("b", "--seed", "x")
    assert.are_not.equal(first:match "KEY%-%-%-%-%-\n(.-)\n", b:match "KEY%-%-%-%-%-\n(.-)\n")
  end)

  it("lists what can be wrong, with a sentence each", function()
    local said = well("words")
    for _, word in ipairs(mint.words()) do
      assert.is_truthy(said:find(("\n  %-32s %s\n"):format(word, mint.wrong[word].text), 1, true),
        word)
    end
    assert.matches("\nexpired:\n", said)
  end)

  it("takes several wrong words at once", function()
    well("root", path "ca")
    local said = well("issue", path "bad", "--ca", path "ca", "--dns", "mail.example", "--wrong",
      "expired", "--wrong", "revoked")
    assert.matches("bad.crl +list\n", said)
    assert.matches("\nexpired: it was valid until yesterday\n", said)
    assert.matches("\nJudge it with %-%-crl %S+bad.crl\n$", said)
    said = select(2, command.run { "validate", path "bad.pem", "--trust", path "ca.pem",
      "--name", "mail.example", "--crl", path "bad.crl" })
    assert.matches("2 problems", said)
    assert.matches("\ntruncated: its end is missing %(malformed%)\n$",
      (well("issue", path "cut", "--ca", path "ca", "--dns", "x", "--wrong", "truncated")))
  end)

  -- What cannot be seen in a certificate, nor with options of secsock validate.
  local unseen = { disallowed = true, name_unchecked = true, no_certificate = true }

  -- Runs the command in this process: its exit status and what it says.
  local function within(...)
    local write, said = terminal.write, ""
    terminal.write = function(text) said = said .. text end
    local status = main { ... }
    terminal.write = write
    return status, said
  end

  -- Judges a certificate, with the options that secsock mint has told.
  local function judge(name, told)
    local words = command.with({ "validate", path(name .. ".pem") }, "--trust", path "ca.pem",
      "--name", "mail.example")
    for word in (told:match "Judge it with ([^\n]+)" or ""):gmatch "%S+" do
      words[#words + 1] = word
    end
    if not told:find "%-%-profile" then words = command.with(words, "--profile", "private") end
    return within((table.unpack or unpack)(words))
  end

  it("makes everything wrong that the mint can, as secsock validate finds out", function()
    assert.equal(0, (within("mint", "root", path "ca")))
    for _, word in ipairs(mint.words()) do
      local status, told = within("mint", "issue", path(word), "--ca", path "ca", "--dns",
        "mail.example", "--wrong", word)
      assert.equal(0, status, word)
      local trusted, verdict = judge(word, told)
      if not unseen[word] then
        assert.equal(1, trusted, word .. "\n" .. verdict)
        assert.is_truthy(verdict:find("! " .. mint.wrong[word].problem .. ": ", 1, true),
          word .. "\n" .. verdict)
      end
    end
  end)

  -- Status 2, nothing written, and a complaint that holds these words.
  local mistakes = {
    { { "frob" }, "no action 'frob'" },
    { { "root" }, "under which name" },
    { { "root", "" }, "under which name" },
    { { "words", "x" }, "too many" },
    { { "issue", "x" }, "for whom" },
    { { "issue", "x", "--dns", "x", "--ip", "1.2.3" }, "%-%-ip: '1.2.3' is no IP address" },
    { { "issue", "x", "--dns", "x", "--eku", "frob" }, "%-%-eku: 'frob'" },
    { { "issue", "x", "--dns", "x", "--wrong", "frob" }, "%-%-wrong: there is no word 'frob'" },
    { { "issue", "x", "--dns", "x", "--days", "1", "--not-after", "2030-01-01" }, "exclude" },
    { { "issue", "x", "--dns", "x", "--key-kind", "dsa" }, "%-%-key%-kind: one of p256" },
    { { "issue", "x", "--email", "x", "--wrong", "web_two_common_names" }, "cannot be wrong so" },
    { { "root", "x", "--wrong", "signature_md5" }, "%-%-wrong signature_md5" },
    { { "intermediate", "x" }, "which CA" },
    { { "crl", "x" }, "which CA" },
  }
  for _, mistake in ipairs(mistakes) do
    it("takes no mistake: " .. table.concat(mistake[1], " "), function()
      local code, said, complaint = run((table.unpack or unpack)(mistake[1]))
      assert.same({ 2, "" }, { code, said })
      assert.matches(mistake[2], complaint)
      assert.is_nil(io.open "x.pem")
    end)
  end

  it("needs a CA that can sign", function()
    assert.matches("nowhere", (select(3, run("issue", path "x", "--ca", "/nowhere", "--dns", "x"))))
    assert.equal(5, (run("issue", path "x", "--ca", "/nowhere", "--dns", "x")))
    well("root", path "ca")
    assert.equal(2, (run("ocsp", path "x", "--ca", path "ca")))
  end)
end)
