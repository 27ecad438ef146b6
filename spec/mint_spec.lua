-- Certificates that are made for tests: what is right, and what says so of them.
local mint = require "secsock.mint"
local minted = require "spec.support.minted"
local secsock = require "secsock"
local support = require "spec.support"

local der = mint.der
local assert_right, assert_case = minted.assert_right, minted.assert_case
local hex, problems = minted.hex, minted.problems

describe("A minted certificate", function()
  local ca, other_ca

  setup(function() ca, other_ca = mint.ca "Test Root", mint.ca "Other Root" end)

  for _, kind in ipairs { "p256", "p384", "p521", "ed25519", "ed448", "rsa2048" } do
    it("is right with a key of " .. kind, function()
      local root = mint.ca { subject = "Root", key = kind }
      local id = assert(root:issue { dns = "mail.example", key = kind })
      assert.is_true(id:hasprivatekey())
      assert.is_false(root:cert():hasprivatekey())
      for _, profile in ipairs { "private", kind:find "^ed" and "auto" or "webpki" } do
        assert_right { chain = id, name = "mail.example", trust = root:cert(), profile = profile }
      end
    end)
  end

  for said, name in pairs {
    ["a DNS name"] = { { dns = "mail.example" }, "mail.example" },
    ["a wildcard"] = { { dns = "*.mail.example" }, "a.mail.example" },
    ["one of several names"] = { { dns = { "a.example", "b.example" } }, "b.example" },
    ["an IPv4 address"] = { { ip = "192.0.2.7" }, "192.0.2.7" },
    ["an IPv6 address"] = { { ip = "2001:db8::7" }, "2001:db8:0:0::7" },
    ["the loopback address"] = { { ip = { "127.0.0.1", "::1" } }, "::1" },
  } do
    it("is right for " .. said, function()
      for _, profile in ipairs { "private", "webpki" } do
        assert_right {
          chain = ca:issue(name[1]), name = name[2], trust = ca:cert(), profile = profile,
        }
      end
    end)
  end

  it("is right for a person", function()
    local id = ca:issue { email = "joe@example.org", subject = "Joe" }
    assert.same({ "clientAuth", "emailProtection" }, id:extkeyusage())
    assert_right {
      chain = id, name = "joe@example.org", purpose = "client", trust = ca:cert(),
      profile = "private",
    }
  end)

  it("has the parts that were asked for", function()
    local id = ca:issue {
      subject = { C = "DE", O = "Example", CN = "mail.example" }, dns = "mail.example",
      uri = "https://mail.example/", directory = { CN = "Joe" }, serial = 4660,
      not_before = "20300102030405Z", not_after = 2524608000, -- the first second of 2050
      usage = { "digitalSignature", "decipherOnly" }, eku = { "serverAuth", "1.2.3.4" },
    }
    assert.equal("CN=mail.example,O=Example,C=DE", id:subject())
    assert.equal("CN=Test Root", id:issuer())
    assert.equal("1234", id:serial():lower())
    assert.equal(1893553445, id:notbefore())
    assert.equal(2524608000, id:notafter())
    assert.same({ "digitalSignature", "decipherOnly" }, id:keyusage())
    assert.same({ "serverAuth", "1.2.3.4" }, id:extkeyusage())
    local kinds = {}
    for i, san in ipairs(id:sans()) do kinds[i] = san.kind end
    assert.same({ "dns", "uri", "directory" }, kinds)
  end)

  it("writes dates as they must be written", function()
    for moment, form in pairs {
      ["19500101000000Z"] = "\23\13" .. "500101000000Z",
      ["20491231235959Z"] = "\23\13" .. "491231235959Z",
      ["20500101000000Z"] = "\24\15" .. "20500101000000Z",
      ["99991231235959Z"] = "\24\15" .. "99991231235959Z",
      [2524607999] = "\23\13" .. "491231235959Z",
      [2524608000] = "\24\15" .. "20500101000000Z",
    } do
      assert.equal(form, der.time(moment))
    end
    local days = ca:issue { dns = "mail.example", not_before = "2026-01-31",
                            not_after = "2026-02-01T12:34:56Z" }
    assert.same({ 1769817600, 1769949296 }, { days:notbefore(), days:notafter() })
    assert.error_matches(function() ca:issue { dns = "mail.example", not_after = "soon" } end,
                         "no date as 2026%-01%-31 .*: 'soon'")
    local forever = ca:issue { dns = "mail.example", not_after = "99991231235959Z" }
    assert_right {
      chain = forever, name = "mail.example", trust = ca:cert(), profile = "private",
    }
  end)

  it("stands below as many CAs as there are to be", function()
    local below = ca
    for depth = 1, 5 do below = below:intermediate("CA " .. depth) end
    local id = below:issue { dns = "mail.example" }
    assert.equal(5, #id:chain())
    assert_right { chain = id, name = "mail.example", trust = ca:cert(), profile = "webpki" }
  end)

  it("keeps within the limits of its CA", function()
    local limited = ca:intermediate {
      subject = "Limited", path_length = 0, policies = "1.2.3", explicit_policy = 0,
      constraints = {
        permitted = { dns = "example", ip = { "192.0.2.0/25", "2001:db8::/32" } },
        excluded = { dns = "evil.example" },
      },
    }
    local function issued(name) return limited:issue { [name[1]] = name[2], policies = "1.2.3" } end
    for _, case in ipairs {
      { "dns", "mail.example", "" }, { "ip", "192.0.2.127", "" }, { "ip", "2001:db8::1", "" },
      { "dns", "evil.example", "name_constraint" }, { "dns", "mail.invalid", "name_constraint" },
      { "ip", "192.0.2.128", "name_constraint" }, { "ip", "2001:db9::1", "name_constraint" },
    } do
      assert.equal(case[3], (problems {
        chain = issued(case), name = case[2], trust = ca:cert(), profile = "private",
      }))
    end
  end)

  it("is trusted by way of a cross-signed CA", function()
    local crossed = ca:crosssign(other_ca)
    local id = crossed:issue { dns = "mail.example" }
    assert.equal(1, #id:chain())
    for _, root in ipairs { ca, other_ca } do
      assert_right { chain = id, name = "mail.example", trust = root:cert(), profile = "private" }
    end
  end)

  it("may sign itself", function()
    local id = mint.selfsigned { dns = "mail.example" }
    assert.equal(id:subject(), id:issuer())
    assert_right { chain = id, name = "mail.example", trust = id, profile = "private" }
    assert.equal("self_signed", (problems {
      chain = id, name = "mail.example", trust = ca:cert(), profile = "private",
    }))
  end)

  it("may have a key that was there before", function()
    local key = mint.key "p384"
    local one = ca:issue { dns = "mail.example", key = key }
    local next_one = ca:issue { dns = "mail.example", key = key }
    assert.equal(one:pin(), next_one:pin())
    assert.are_not.equal(one:serial(), next_one:serial())
  end)

  it("is signed in the way that was asked for", function()
    for sign, algorithm in pairs {
      sha384 = "ecdsa-with-SHA384", sha512 = "ecdsa-with-SHA512",
      ecdsa_sha256 = "ecdsa-with-SHA256",
    } do
      assert.equal(algorithm, ca:issue({ dns = "a.example", sign = sign }):signaturealgorithm())
    end
    local rsa = mint.ca { subject = "RSA Root", key = "rsa2048" }
    for _, sign in ipairs { "sha256", "sha512", "pss", "rsa_pss_sha384", "rsa_pss_sha512" } do
      assert_right {
        chain = rsa:issue { dns = "a.example", sign = sign }, name = "a.example",
        trust = rsa:cert(), profile = "private",
      }
    end
  end)

  it("makes a handshake", function()
    for _, kind in ipairs { "p256", "ed25519", "rsa2048" } do
      local client_ca = mint.ca "Client Root"
      local pair = support.pair {
        client = {
          trust = ca:cert(), peername = "mail.example",
          identity = client_ca:issue { email = "joe@example.org", subject = "Joe" },
        },
        server = {
          identity = ca:intermediate():issue { dns = "mail.example", key = kind },
          trust = client_ca:cert(), clientauth = "require",
        },
      }
      local client, server = pair:upgrade()
      assert.is_truthy(client[1], tostring(client[3]))
      assert.is_truthy(server[1], tostring(server[3]))
    end
  end)

  it("is refused in a handshake for what is wrong with it", function()
    for _, word in ipairs { "expired", "name_mismatch", "weak_key", "revoked_stapled" } do
      local case = mint.case(word)
      local pair = support.pair {
        client = { trust = case.options.trust, peername = case.options.name },
        server = {
          identity = case.made:cert(), staple = case.options.ocsp and { data = case.options.ocsp },
        },
      }
      local client = pair:upgrade()
      assert.equal("certificate rejected", client[2])
      assert.same({ case.problem }, pair.client:verdict():problems())
    end
  end)

  it("leaves as a PFX file and comes back", function()
    local id = ca:intermediate "Issuing":issue { dns = "mail.example" }
    local bytes = assert(id:export("pfx", { key = true, password = "secret" }))
    local back = assert(secsock.cert.pfx(bytes, "secret"))
    assert.equal(id, back)
    assert.is_true(back:hasprivatekey())
    assert.equal(1, #back:chain())
  end)

  it("is text, too", function()
    local made = ca:intermediate():make { dns = "mail.example" }
    local id = assert(secsock.cert.identity { certpem = made:pem(), keypem = made:keypem() })
    assert.equal(made:cert(), id)
    assert.equal(1, #id:chain())
  end)

  it("says what it cannot be", function()
    for _, case in ipairs {
      { { dnss = "a.example" }, "unknown option 'dnss'" },
      { { dns = 5 }, "option 'dns': string|table expected, got number" },
      { { key = "rsa512" }, "no kind of key is called 'rsa512'" },
      { { sign = "sha3" }, "no way to sign is called 'sha3'" },
      { { wrong = "utterly" }, "nothing that is wrong is called 'utterly'" },
      { { wrong = { "expired", 5 } }, "nothing that is wrong is called '5'" },
      { { ip = "mail.example" }, "'mail.example' is no IP address" },
      { { ip = "1.2.3.256" }, "'1.2.3.256' is no IP address" },
      { { ip = "1:2" }, "'1:2' is no IP address" },
      { { ip = "1::2::3" }, "'1::2::3' is no IP address" },
      { { subject = { XY = "a" } }, "an attribute that is not known" },
      { { usage = "everything" }, "no key usage is called 'everything'" },
      { { eku = "mail" }, "'mail' is no object identifier" },
      { { ip = "1:2:3:4:5:6:7:8::" }, "'1:2:3:4:5:6:7:8::' is no IP address" },
      { { ip = "-1::" }, "'-1::' is no IP address" },
      { { ip = "::1.2.3.256" }, "'::1.2.3.256' is no IP address" },
      { { dns = { 5 } }, "a name expected, got number" },
      { { dns = { "a.example", 5 } }, "option 'dns': text expected, got number" },
      { { sign = "pss" }, "a key of kind p256 cannot sign so: 'pss'" },
      { { sign = "ed25519" }, "a key of kind p256 cannot sign so: 'ed25519'" },
      { { serial = -1 }, "a whole number that is not negative, or octets, expected, got -1" },
      { { serial = 0 / 0 }, "a whole number that is not negative" },
      { { path_length = 1.5 }, "a whole number that is not negative" },
      { { constraints = { permited = {} } }, "unknown option 'constraints.permited'" },
      { { constraints = { excluded = { host = "a.example" } } },
        "unknown option 'constraints.excluded.host'" },
      { { extensions = { {} } }, "an extension is a name and a value in DER" },
    } do
      local ok, err = pcall(function() return (ca:issue(case[1])) end)
      assert.is_false(ok)
      assert.matches("^[^:]*spec/mint_spec.lua:%d+: ", err)
      assert.matches(case[2], err, 1, true)
      assert.is_nil(err:find("lua/secsock", 1, true), err)
    end
  end)

  it("says so where it is called, whoever is asked", function()
    local one, responder = ca:issue { dns = "a.example" }, ca:responder()
    for _, mistake in ipairs {
      function() return (mint.ca { key = "rsa512" }) end,
      function() return (mint.key "rsa512") end,
      function() return (mint.selfsigned { dns = 5 }) end,
      function() return (mint.case "utterly") end,
      function() return (mint.with { sed = 1 }) end,
      function() return (ca:intermediate { dns = 5 }) end,
      function() return (ca:crosssign(mint.ca "Other", { sign = "sha3" })) end,
      function() return (ca:crl { sign = "sha3" }) end,
      function() return (ca:ocsp(one, { status = "better" })) end,
      function() return (responder:ocsp(one, { failure = "none" })) end,
    } do
      local ok, err = pcall(mistake)
      assert.is_false(ok)
      assert.matches("^[^:]*spec/mint_spec.lua:%d+: ", err)
      assert.is_nil(err:find("lua/secsock", 1, true), err)
    end
  end)

  it("takes addresses in every form, and parts of seconds", function()
    local octets = ("\0"):rep(10) .. "\255\255\192\0\2\1"
    for _, text in ipairs { "::ffff:192.0.2.1", "0:0:0:0:0:FFFF:c000:201", "::ffff:c000:201" } do
      assert.equal(octets, mint.names.address(text))
    end
    assert.equal(("\0\1"):rep(7) .. "\0\0", mint.names.address "1:1:1:1:1:1:1::")
    assert.equal(ca:issue({ not_after = 2e9 + 0.5 }):notafter(), 2e9)
  end)
end)

-- ----------------------------------------------------------------------------------- revocation

describe("A minted CA", function()
  local root, made, options

  before_each(function()
    root = mint.ca "Root"
    made = root:make { dns = "mail.example" }
    options = {
      chain = made:chain(), name = "mail.example", trust = root:cert(), profile = "private",
      revocation = "leaf",
    }
  end)

  it("says in lists what is revoked", function()
    options.crl = { data = root:crl() }
    assert_right(options)
    root:revoke(root:issue { dns = "other.example" }, "superseded")
    options.crl = { data = root:crl { number = 2 } }
    assert_right(options)
    root:revoke(made:cert(), "keyCompromise", os.time() - 60)
    options.crl = { data = root:crl { number = 3 } }
    assert.equal("revoked", (problems(options)))
  end)

  it("says in responses what is revoked", function()
    for _, by in ipairs { root, root:responder() } do
      for _, digest in ipairs { "sha1", "sha256" } do
        options.ocsp = by:ocsp(made, { digest = digest })
        assert_right(options)
      end
    end
    root:revoke(made, "keyCompromise")
    for _, by in ipairs { root, root:responder { key = "ed25519" } } do
      options.ocsp = by:ocsp(made:cert())
      assert.equal("revoked", (problems(options)))
    end
  end)

  it("says so with every kind of key", function()
    for _, kind in ipairs { "p384", "ed25519", "rsa2048" } do
      local other = mint.ca { subject = "Other", key = kind }
      local one = other:make { dns = "mail.example" }
      for _, said in ipairs { { crl = { data = other:crl() } }, { ocsp = other:ocsp(one) } } do
        said.chain, said.name, said.trust = one:chain(), "mail.example", other:cert()
        said.revocation, said.profile = "leaf", "private"
        assert_right(said)
      end
    end
  end)
end)

-- -------------------------------------------------------------------------------- made elsewhere

describe("A CA that was made elsewhere", function()
  -- The same CA again, from a certificate with its private key and issuers.
  local function adopt(ca)
    return assert(mint.adopt(assert(secsock.cert.identity {
      certpem = ca:pem(), keypem = ca:keypem(),
    })))
  end

  for _, kind in ipairs { "p256", "p384", "p521", "ed25519", "ed448", "rsa2048" } do
    it("issues what is right, with a key of " .. kind, function()
      local root = mint.ca { subject = { O = "Test", CN = "Root" }, key = kind }
      for _, ca in ipairs { adopt(root), adopt(root):intermediate(), adopt(root:intermediate()) } do
        assert_right {
          chain = ca:issue { dns = "mail.example" }, name = "mail.example", trust = root:cert(),
          profile = "private",
        }
      end
    end)
  end

  it("says of itself and of others what it did before", function()
    local root = mint.ca "Root"
    local again, made = adopt(root), root:make { dns = "mail.example" }
    assert.equal(root:cert(), again:cert())
    assert.equal(hex(root.serial), hex(again.serial))
    assert.equal("revoked", problems {
      chain = made:chain(), name = "mail.example", trust = root:cert(), profile = "private",
      crl = { data = again:revoke(made):crl() },
    })
  end)

  it("has a private key", function()
    assert.same({ nil, "no key" }, { (mint.adopt(mint.ca():cert())),
                                     (select(2, mint.adopt(mint.ca():cert()))) })
  end)
end)

-- -------------------------------------------------------------------------------- the same again

describe("A mint with a seed", function()
  local function run(seed, kind)
    local own = mint.with { seed = seed, time = 1767225600 }
    local root = own:ca { subject = "Root", key = kind }
    local made = root:make { dns = "mail.example", key = kind }
    return root, made
  end

  it("makes the same bytes again with Edwards keys", function()
    for _, kind in ipairs { "ed25519", "ed448" } do
      local one_root, one = run("a", kind)
      local root, again = run("a", kind)
      assert.equal(hex(one_root.der), hex(root.der))
      assert.equal(hex(one:chain()), hex(again:chain()))
      assert.equal(hex(one_root:crl()), hex(root:crl()))
      local _, other = run("b", kind)
      assert.are_not.equal(one.key.private, other.key.private)
      assert.are_not.equal(one.serial, other.serial)
    end
  end)

  it("makes the same keys, numbers and dates again with others", function()
    for _, kind in ipairs { "p256", "p384", "p521" } do
      local _, one = run("a", kind)
      local _, again = run("a", kind)
      assert.equal(one.key.private, again.key.private)
      assert.equal(one.serial, again.serial)
      assert.equal(one:cert():notafter(), again:cert():notafter())
      assert.are_not.equal(one.key.private, select(2, run("b", kind)).key.private)
    end
  end)

  it("makes what is right at its own time", function()
    local root, made = run("a")
    assert_right {
      chain = made:chain(), name = "mail.example", trust = root:cert(), profile = "private",
      time = 1767225600,
    }
  end)

  it("makes cases that are the same at its own time #slow", function()
    local own = mint.with { seed = "a", time = 2000000000 }
    for _, word in ipairs(mint.words()) do assert_case(own:case(word)) end
  end)
end)
