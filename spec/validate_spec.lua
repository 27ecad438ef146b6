-- Validation by itself, and the settings that it shares with handshakes.
local mint = require "secsock.mint"
local pem = require "secsock.mint.pem"
local scenario = require "secsock.scenario"
local secsock = require "secsock"
local support = require "spec.support"
require "secsock.scenario.assertions"

-- What is judged here: a root, an issuing CA below it, and their leaves.
local names = { "mail.example", "localhost" }
local root = mint.ca "Example Root"
local issuing = root:intermediate "Example Issuing Authority"
local made = {
  right = issuing:make { subject = "Example Services", dns = names },
  expired = issuing:make { subject = "Example Services", dns = names, wrong = "expired" },
  elsewhere = issuing:make { dns = "elsewhere.example" },
  client = issuing:make { dns = "client.example", eku = "clientAuth" },
  stranger = mint.ca "Nobody Knows This Root":make { dns = names },
}

-- As files: what has been issued, with its issuers and alone, and its key; and lists.
local texts = {
  ["root.pem"] = pem(root.der), ["root.crt"] = pem(root.der), ["issuing.crt"] = pem(issuing.der),
  ["empty.crl"] = issuing:crl(),
}
texts["right.crl"] = issuing:revoke(made.right):crl()
for name, one in pairs(made) do
  texts[name .. ".crt"], texts[name .. ".pem"] = pem(one.der), one:pem()
  texts[name .. ".key"] = one:keypem()
end

describe("secsock.validate", function()
  local folder

  local function file(name) return folder .. "/" .. name end

  local function text(name) return texts[name] end

  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    for name, bytes in pairs(texts) do assert(os.rename(support.write(bytes), file(name))) end
  end)

  teardown(function() os.execute("rm -r " .. folder) end)

  local function cert(name) return assert(secsock.cert.pem(text(name))) end

  local function store(...)
    local some = secsock.store.new()
    for _, name in ipairs { ... } do assert(some:add(cert(name))) end
    return some
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
      for _, version in ipairs(secsock.list "versions") do
        local r = scenario.run {
          client = merged({ trust = root, peername = "mail.example", versions = { version } },
                          (settings())),
          server = { identity = { cert = file(chain or "right.pem"), key = file "right.key" } },
        }
        local met = r.client.verdict
        assert.same(verdict:problems(), met:problems())
        assert.same(verdict:path(), met:path())
        assert.equal(verdict:revocation(1), met:revocation(1))
        assert.equal(want == "", r.client.secure)
        assert.lawful(r)
      end
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
    local chain = issuing:make({ dns = { "*.github.io", "*.co.uk" } }):chain()
    local function finds(name, suffixes)
      local from = { chain = chain, name = name, trust = root:cert(), suffixes = suffixes }
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
    for _, one in ipairs { made.expired, made.right } do assert(mine:add(one:cert())) end
    local r = scenario.run {
      client = { trust = root, peername = "mail.example" }, server = { identity = mine },
    }
    assert.secure(r)
    assert.equal(cert "right.crt", r.client.verdict:chain()[1])
  end)

  it("judges a client who is a person by its mailbox", function()
    local people = scenario.ca "People"
    local joe = people:make { subject = "Joe", email = "joe@example.org" }
    local from = { chain = joe:chain(), purpose = "client", trust = people:cert() }
    from.name = "joe@EXAMPLE.org"
    assert.same({}, secsock.validate(from):problems())
    from.name = "jane@example.org"
    assert.same({ "name_mismatch" }, secsock.validate(from):problems())
    local r = scenario.run {
      client = { trust = root, peername = "mail.example", identity = joe },
      server = {
        identity = made.right, trust = people, clientauth = "require", peername = "joe@example.org",
      },
    }
    assert.secure(r)
    assert.equal("matched", r.server.verdict:name())
  end)
end)
