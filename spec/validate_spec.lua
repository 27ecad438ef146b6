-- Validation by itself, and the settings that it shares with handshakes.
local secsock = require "secsock"
local shell = require "spec.support.shell"
local support = require "spec.support"

-- How openssl makes revocation lists.
local lists = [[
[ca]
default_ca = lists
[lists]
database = revoked
crlnumber = number
default_md = sha256
unique_subject = no
crl_extensions = extensions
[extensions]
authorityKeyIdentifier = keyid
]]

describe("secsock.validate", function()
  local folder, file, text

  local function make_lists()
    local openssl = "cd " .. folder .. " && openssl ca -config lists -keyfile issuing.key" ..
      " -cert issuing.crt "
    os.rename(support.write(lists), file "lists")
    shell.run("cd " .. folder .. " && : >revoked && echo 01 >number")
    shell.run(openssl .. "-gencrl -crldays 30 -out empty.crl")
    shell.run(openssl .. "-revoke right.crt")
    shell.run(openssl .. "-gencrl -crldays 30 -out right.crl")
  end

  setup(function()
    folder = support.certificates.make()
    file = function(name) return folder .. "/" .. name end
    text = function(name) return support.read(file(name)) end
    make_lists()
  end)

  teardown(function() support.certificates.remove(folder) end)

  local function cert(name) return assert(secsock.cert.pem(text(name))) end

  local function store(...)
    local made = secsock.store.new()
    for _, name in ipairs { ... } do assert(made:add(cert(name))) end
    return made
  end

  local function merged(from, with)
    for key, value in pairs(with or {}) do from[key] = value end
    return from
  end

  -- What right.pem, or another chain, has against it with these settings.
  local function problems(with)
    local from = { chain = text "right.pem", name = "mail.example", trust = file "root.pem" }
    local verdict = assert(secsock.validate(merged(from, with)))
    return table.concat(verdict:problems(), " "), verdict
  end

  describe("reads a chain", function()
    it("of PEM", function() assert.equal("", problems { chain = text "right.pem" }) end)

    it("of DER", function()
      local der = cert("right.crt"):der() .. cert("issuing.crt"):der()
      assert.equal("", problems { chain = der })
      assert.equal("malformed", problems { chain = der:sub(1, -2) }:match "^%S+")
    end)

    it("of certificates", function()
      assert.equal("issuer_unknown", problems { chain = cert "right.crt" })
      assert.equal("", problems { chain = { cert "right.crt", cert "issuing.crt" } })
    end)

    it("of a certificate with its issuers", function()
      assert.equal("", problems { chain = assert(secsock.cert.load(file "right.pem")) })
    end)

    it("of strings and certificates", function()
      local leaf, issuer = cert "right.crt", cert "issuing.crt"
      assert.equal("", problems { chain = { text "right.crt", issuer } })
      assert.equal("", problems { chain = { leaf, text "issuing.crt" } })
      assert.equal("", problems { chain = { leaf:der(), issuer } })
      assert.equal("", problems { chain = { leaf, issuer:der() } })
    end)

    it("from a file", function()
      local from = { chainfile = file "right.pem", name = "mail.example", trust = file "root.pem" }
      assert.same({}, assert(secsock.validate(from)):problems())
      from.ocspfile = file "absent.der"
      local verdict, err, details = secsock.validate(from)
      assert.is_nil(verdict)
      assert.equal("file", err)
      assert.matches("absent.der", details.message)
    end)

    it("that is none", function()
      assert.equal("no_certificate", problems { chain = "" })
      assert.equal("no_certificate", problems { chain = {} })
      assert.equal("malformed", problems { chain = "hello" })
    end)
  end)

  it("gives a verdict", function()
    local _, verdict = problems { time = 1 }
    assert.equal(3, #verdict:path())
    assert.equal(2, #verdict:chain())
    assert.equal("matched", verdict:name())
    assert.equal("mail.example", verdict:peername())
    assert.equal(1, verdict:time())
    assert.is_false(verdict:resumed())
    assert.is_true(verdict:has "not_yet_valid")
    assert.matches("Example Root", verdict:explain())
  end)

  it("wants to know the name of a server, but not of a client", function()
    local from = { chain = text "right.pem", trust = file "root.pem" }
    assert.same({ "name_unchecked" }, secsock.validate(from):problems())
    from.purpose = "any"
    assert.same({}, secsock.validate(from):problems())
    from.purpose, from.chain = "client", text "client.pem"
    assert.same({}, secsock.validate(from):problems())
    from.chain = text "right.pem"
    assert.same({ "wrong_usage" }, secsock.validate(from):problems())
  end)

  it("takes a configuration, which it freezes", function()
    local config = assert(secsock.config { trust = file "root.pem" })
    local chain = text "right.pem"
    assert.is_true(secsock.validate({ chain = chain, name = "localhost", config = config }):ok())
    local _, err = config:setmaxdepth(1)
    assert.equal("frozen", err)
  end)

  it("takes the defaults", function()
    local verdict = secsock.validate { chain = text "right.pem", name = "mail.example" }
    assert.is_true(verdict:has "issuer_unknown")
  end)

  it("says what it was given wrongly", function()
    local both = { text "right.crt", cert("right.crt"):der() }
    for _, wrong in ipairs {
      { {}, "a chain is chain %(and ocsp%), or chainfile" },
      { { chain = "", chainfile = "" }, "a chain is chain %(and ocsp%), or chainfile" },
      { { chain = "", ocspfile = "" }, "a chain is chain %(and ocsp%), or chainfile" },
      { { chain = 5 }, "option 'chain': string" },
      { { chain = { 5 } }, "option 'chain': string" },
      { { chain = both }, "PEM and DER do not go together" },
      { { chain = "", nome = "mail.example" }, "unknown option 'nome'" },
      { { chain = "", config = secsock.config(), maxdepth = 1 }, "exclude each other" },
      { { chain = "", purpose = "mail" }, "invalid option 'mail'" },
      { { chain = "", name = "mail.example\0.evil.example" }, "embedded zero" },
    } do
      assert.error_matches(function() secsock.validate(wrong[1]) end, wrong[2])
    end
  end)

  it("gives the failures of a configuration", function()
    local verdict, err, details = secsock.validate { chain = "", trust = file "absent" }
    assert.is_nil(verdict)
    assert.equal("file", err)
    assert.matches("absent: No such file", tostring(details))
  end)

  -- Each with what validation finds; a handshake with the same settings must find the same.
  local cases = {
    { "a trusted key", function()
      return { trust = { pin = cert("issuing.crt"):pin() } }, ""
    end },
    { "one of several trusted keys", function()
      return { trust = { pin = { cert("root.crt"):pin(), cert("right.crt"):pin() } } }, ""
    end },
    { "another trusted key", function()
      return { trust = { pin = cert("stranger.crt"):pin() } }, "issuer_unknown"
    end },
    { "a required key", function() return { pins = cert("root.crt"):pin() }, "" end },
    { "several of which one is required", function()
      return { pins = { cert("stranger.crt"):pin(), cert("right.crt"):pin() } }, ""
    end },
    { "another required key", function()
      return { pins = cert("stranger.crt"):pin() }, "not_pinned"
    end },
    { "a disallowed leaf", function() return { disallowed = cert "right.crt" }, "disallowed" end },
    { "a disallowed issuer", function()
      return { disallowed = store("stranger.crt", "issuing.crt") }, "disallowed"
    end },
    { "others disallowed", function()
      return { disallowed = { cert "stranger.crt", store "elsewhere.crt" } }, ""
    end },
    { "an issuer from a store", function()
      return { intermediates = store "issuing.crt" }, "", "right.crt"
    end },
    { "an issuer by itself", function()
      return { intermediates = { cert "issuing.crt" } }, "", "right.crt"
    end },
    { "no issuer", function() return {}, "issuer_unknown", "right.crt" end },
    { "a depth that suffices", function() return { maxdepth = 1 }, "" end },
    { "a depth that does not", function() return { maxdepth = 0 }, "path_too_long" end },
    { "another time", function() return { time = 4102444800 }, "expired" end },
    { "the strict profile", function() return { profile = "private" }, "" end },
    { "the web's profile", function() return { profile = "webpki" }, "profile" end },
    { "a list that does not name it", function()
      return { crl = file "empty.crl", revocation = "leaf" }, ""
    end },
    { "no list", function() return { revocation = "leaf" }, "revocation_unknown" end },
    { "no list of the issuer", function()
      return { crl = { data = text "empty.crl" }, revocation = "chain" }, "revocation_unknown"
    end },
    { "a list that names it", function() return { crl = file "right.crl" }, "revoked" end },
    { "lists from several places", function()
      return { crl = { file = { file "empty.crl" }, data = text "right.crl" } }, "revoked"
    end },
  }
  for _, case in ipairs(cases) do
    local what, settings = case[1], case[2]
    it("finds with " .. what .. " what a handshake finds", function()
      local with, want, chain = settings()
      local alone, verdict = problems(merged({ chain = text(chain or "right.pem") }, with))
      assert.equal(want, alone)
      local p = support.pair {
        client = merged({ trust = file "root.pem", peername = "mail.example" }, (settings())),
        server = { identity = { cert = file(chain or "right.pem"), key = file "right.key" } },
      }
      p:upgrade()
      local met = p.client:verdict()
      assert.same(verdict:problems(), met:problems())
      assert.same(verdict:path(), met:path())
      assert.equal(verdict:revocation(1), met:revocation(1))
      assert.equal(want == "" and "secure" or "failed", p.client:state())
    end)
  end

  it("tells what is known about revocation", function()
    local _, verdict = problems { crl = file "right.crl" }
    assert.equal("revoked", verdict:revocation())
    assert.equal("revoked", verdict:revocation(1))
    assert.equal("unknown", verdict:revocation(2))
    assert.is_nil(verdict:revocation(4))
    local _, good = problems { crl = file "empty.crl" }
    assert.equal("good", good:revocation())
  end)

  it("keeps wildcards from public suffixes", function()
    local key, path = file "right.key", os.tmpname()
    shell.run(("openssl req -x509 -key %s -subj /CN=w -days 9 -out %s "):format(key, path) ..
      "-addext 'subjectAltName=DNS:*.github.io,DNS:*.co.uk'")
    local chain = support.read(path)
    os.remove(path)
    local function finds(name, suffixes)
      local from = { chain = chain, name = name, trust = { pem = chain }, suffixes = suffixes }
      return secsock.validate(from):has "name_mismatch"
    end
    assert.is_false(finds("mail.co.uk"))
    assert.is_true(finds("mail.co.uk", {}))
    assert.is_false(finds("my.github.io", {}))
    assert.is_true(finds("my.github.io", { private = true }))
    local _, err = secsock.config { suffixes = file "absent" }
    assert.equal("file", err)
    _, err = secsock.config { suffixes = file "root.pem" }
    assert.equal("format", err)
  end)

  it("judges with the settings that are given to it, and no others", function()
    for _, wrong in ipairs {
      { { profile = "web" }, "invalid option 'web'" },
      { { revocation = "hard" }, "invalid option 'hard'" },
      { { maxdepth = -1 }, "whole number expected" },
      { { maxdepth = 1.5 }, "whole number expected" },
      { { time = -1.5 }, "seconds since 1970 expected" },
      { { trust = {} }, "names nothing to trust in" },
      { { crl = { path = "x" } }, "unknown option 'crl.path'" },
      { { suffixes = { private = 1 } }, "option 'suffixes.private': boolean expected" },
      { { staple = {} }, "option 'staple' is a file or data" },
      { { intermediates = { 5 } }, "secsock.store expected" },
    } do
      assert.error_matches(function() secsock.config(wrong[1]) end, wrong[2])
    end
    for _, wrong in ipairs {
      { { pins = "nonsense" }, "format" },
      { { trust = { pin = "nonsense" } }, "format" },
      { { crl = { data = "nonsense" } }, "format" },
      { { crl = file "root.pem" }, "format" },
      { { crl = { dir = "/nowhere" } }, "file" },
      { { identity = secsock.store.new() }, "no key" },
      { { trust = secsock.store.new() }, "format" },
    } do
      local config, err, details = secsock.config(wrong[1])
      assert.is_nil(config)
      assert.equal(wrong[2], err)
      assert.not_equal("", tostring(details))
    end
  end)

  it("takes a server's identity from a store", function()
    local mine = secsock.store.new()
    for _, name in ipairs { "expired", "right" } do
      local parts = { cert = file(name .. ".pem"), key = file(name .. ".key") }
      assert(mine:add(assert(secsock.cert.identity(parts))))
    end
    local p = support.pair {
      client = { trust = file "root.pem", peername = "mail.example" },
      server = { identity = mine },
    }
    assert.is_true(p:upgrade()[1] and true)
    assert.equal(cert "right.crt", p.client:verdict():chain()[1])
  end)

  it("judges a client who is a person by its mailbox", function()
    local key, path = file "client.key", os.tmpname()
    shell.run(("openssl req -x509 -key %s -subj /CN=joe -days 9 -out %s "):format(key, path) ..
      "-addext subjectAltName=email:joe@example.org -addext extendedKeyUsage=clientAuth" ..
      " -addext keyUsage=critical,digitalSignature,keyCertSign")
    local joe = support.read(path)
    os.remove(path)
    local from = { chain = joe, purpose = "client", trust = { pem = joe } }
    from.name = "joe@EXAMPLE.org"
    assert.same({}, secsock.validate(from):problems())
    from.name = "jane@example.org"
    assert.same({ "name_mismatch" }, secsock.validate(from):problems())
    local p = support.pair {
      client = {
        trust = file "root.pem",
        peername = "mail.example",
        identity = { certpem = joe, keypem = text "client.key" },
      },
      server = {
        identity = { cert = file "right.pem", key = file "right.key" },
        trust = { pem = joe },
        clientauth = "require",
        peername = "joe@example.org",
      },
    }
    p:upgrade()
    assert.equal("secure", p.server:state())
    assert.equal("matched", p.server:verdict():name())
  end)
end)
