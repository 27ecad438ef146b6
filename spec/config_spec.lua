-- Configurations, made from tables of options.
local secsock = require "secsock"
local support = require "spec.support"

describe("A configuration", function()
  local folder, root, right

  setup(function()
    folder = support.certificates.make()
    root = folder .. "/root.pem"
    right = { cert = folder .. "/right.pem", key = folder .. "/right.key" }
  end)

  teardown(function() support.certificates.remove(folder) end)

  -- What a client with that configuration makes of a good server, or another: true, or the word.
  local function outcome(config, server)
    local p = support.pair {
      client = { config = config, peername = "mail.example" },
      server = server or { identity = right },
    }
    local of_client = p:upgrade()
    if of_client[1] then return true, p end
    return of_client[2], p
  end

  local function trusts(trust)
    return outcome(assert(secsock.config { trust = trust })) == true
  end

  describe("trusts", function()
    it("what is in a PEM file", function()
      assert.is_true(trusts(root))
      assert.is_true(trusts { file = root })
      assert.is_false(trusts(folder .. "/strange-root.crt"))
    end)

    it("what is in any of several files", function()
      assert.is_true(trusts { file = { folder .. "/strange-root.crt", root } })
    end)

    it("what is in a text", function()
      assert.is_true(trusts { pem = support.read(root) })
      local strange = support.read(folder .. "/strange-root.crt")
      assert.is_true(trusts { pem = { strange, support.read(root) } })
      assert.is_false(trusts { pem = strange })
    end)

    it("what is in a folder", function()
      local roots = os.tmpname()
      os.remove(roots)
      os.execute("mkdir " .. roots .. " && cp " .. root .. " " .. roots)
      assert.is_true(trusts { dir = roots })
      os.execute("rm -r " .. roots)
    end)

    it("a certificate", function()
      local cert = assert(secsock.cert.load(root))
      assert.is_true(trusts(cert))
      assert.is_true(trusts { cert = { cert } })
    end)

    it("a store", function()
      local store = secsock.store.new()
      store:load(root)
      assert.is_true(trusts(store))
      assert.is_true(trusts { store = store })
    end)

    it("the system's anchors when nothing is said, and besides when that is said", function()
      assert.equal("certificate rejected", (outcome(secsock.config())))
      assert.is_true(trusts { file = root, system = true })
    end)

    it("something, or it is a mistake", function()
      for _, trust in ipairs { {}, { file = {} }, { system = false } } do
        assert.has_error(function() secsock.config { trust = trust } end,
          "option 'trust' names nothing to trust in")
      end
      assert.has_error(function() secsock.config { trust = { path = root } } end,
        "unknown option 'trust.path'")
      assert.has_error(function() secsock.config { trust = { file = 1 } } end)
      assert.has_error(function() secsock.config { trust = true } end)
    end)

    it("nothing that cannot be read", function()
      local key = folder .. "/right.key"
      for _, case in ipairs {
        { "/nowhere.pem", "file" },
        { { dir = "/nowhere" }, "file" },
        { key, "format" },
        { { pem = "no PEM" }, "format" },
        { { file = { root, "/nowhere.pem" } }, "file" },
      } do
        local config, err, details = secsock.config { trust = case[1] }
        assert.is_nil(config)
        assert.equal(case[2], err)
        assert.is_string(details.message)
      end
    end)
  end)

  describe("takes an identity", function()
    it("from files, from texts, and ready-made", function()
      local texts = { certpem = support.read(right.cert), keypem = support.read(right.key) }
      for _, identity in ipairs {
        right,
        texts,
        { certpem = texts.certpem .. texts.keypem },
        assert(secsock.cert.identity(right)),
      } do
        assert.is_true((outcome(secsock.config { trust = root }, { identity = identity })))
      end
    end)

    it("in one way at a time", function()
      local message = "an identity is cert (and key), or certpem (and keypem)"
      for _, identity in ipairs {
        {}, { key = right.key }, { keypem = "x" }, { cert = right.cert, keypem = "x" },
        { cert = right.cert, certpem = "x" },
      } do
        assert.has_error(function() secsock.config { identity = identity } end, message)
      end
    end)

    it("only with its own key", function()
      local other = folder .. "/client.key"
      local config, err = secsock.config { identity = { cert = right.cert, key = other } }
      assert.is_nil(config)
      assert.equal("key mismatch", err)
      config, err = secsock.config { identity = { cert = right.cert } }
      assert.is_nil(config)
      assert.equal("no key", err)
      config, err = secsock.config { identity = assert(secsock.cert.load(root)) }
      assert.is_nil(config)
      assert.equal("no key", err)
    end)

    it("with an encrypted key and its password", function()
      local encrypted = os.tmpname()
      assert(os.execute(("openssl pkcs8 -topk8 -in %s -out %s -passout pass:sesame")
        :format(right.key, encrypted)))
      local identity = { cert = right.cert, key = encrypted, password = "sesame" }
      assert.is_true((outcome(secsock.config { trust = root }, { identity = identity })))
      for _, password in ipairs { "wrong", false } do
        identity.password = password or nil
        local config, err = secsock.config { identity = identity }
        assert.is_nil(config)
        assert.equal("password", err)
      end
      os.remove(encrypted)
    end)

    it("that has expired, and warns", function()
      local config = assert(secsock.config {
        identity = { cert = folder .. "/expired.pem", key = folder .. "/expired.key" },
      })
      local warnings = config:warnings()
      assert.equal(1, #warnings)
      assert.equal("expired", warnings[1].problem)
      assert.is_string(warnings[1].text)
      assert.same({}, secsock.config { identity = right }:warnings())
    end)
  end)

  describe("restricts", function()
    it("the versions", function()
      local _, p = outcome(secsock.config { trust = root, versions = { "TLSv1.2" } })
      assert.equal("TLSv1.2", p.client:info "version")
      _, p = outcome(secsock.config { trust = root, versions = { "TLSv1.2", "TLSv1.3" } })
      assert.equal("TLSv1.3", p.client:info "version")
      local err
      err, p = outcome(secsock.config { trust = root, versions = { "TLSv1.3" } },
        { identity = right, versions = { "TLSv1.2" } })
      assert.is_true(err == "version" or err == "alert", err)
      assert.equal("failed", p.server:state())
      assert.has_error(function() secsock.config { versions = { "SSLv3" } } end)
      assert.has_error(function() secsock.config { versions = {} } end)
      assert.has_error(function() secsock.config { versions = "TLSv1.3" } end)
      assert.equal("argument", (select(2, secsock.config { versions = { "TLSv1.3", "TLSv1.2" } })))
    end)

    it("the ciphers", function()
      local cipher, other = "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_256_GCM_SHA384"
      for _, ciphers in ipairs { cipher, { cipher } } do
        local _, p = outcome(secsock.config { trust = root, ciphers = ciphers })
        assert.equal(cipher, p.client:info "cipher")
      end
      for _, ciphers in ipairs { { cipher, other }, { other, cipher } } do
        local server = { identity = right, ciphers = ciphers } -- whose order counts
        local _, p = outcome(secsock.config { trust = root, ciphers = { cipher, other } }, server)
        assert.equal(ciphers[1], p.client:info "cipher")
      end
      local config, err, details = secsock.config { ciphers = "TLS_NULL" }
      assert.is_nil(config)
      assert.equal("argument", err)
      assert.matches("TLS_NULL", details.message, 1, true)
      assert.has_error(function() secsock.config { ciphers = { "A:B" } } end)
      assert.has_error(function() secsock.config { ciphers = { 1 } } end)
    end)

    it("the groups", function()
      local _, p = outcome(secsock.config { trust = root, groups = { "P-256" } })
      assert.equal("P-256", p.client:info "group")
      assert.equal("argument", (select(2, secsock.config { groups = "P-257" })))
    end)

    it("the application protocols", function()
      local server = { identity = right, alpn = { "h2" } }
      local _, p = outcome(secsock.config { trust = root, alpn = { "http/1.1", "h2" } }, server)
      assert.equal("h2", p.client:info "alpn")
      local err
      err, p = outcome(secsock.config { trust = root, alpn = "smtp" }, server)
      assert.equal("alert", err)
      assert.equal("no_application_protocol", p.client:lasterror().alert)
      assert.has_error(function() secsock.config { alpn = { "h2,h3" } } end)
    end)

    it("who may connect", function()
      local function server(mode)
        return { identity = right, trust = root, clientauth = mode }
      end
      local function client(name)
        local file = folder .. "/" .. (name or "")
        local identity = { cert = file .. ".pem", key = file .. ".key" }
        return secsock.config { trust = root, identity = name and identity }
      end
      local function admits(mode, name)
        local _, p = outcome(client(name), server(mode))
        return p.server:state() == "secure"
      end
      assert.is_true(admits "none")
      assert.is_true(admits "request")
      assert.is_true(admits("request", "stranger"))
      assert.is_true(admits "verify")
      assert.is_true(admits("verify", "client"))
      assert.is_false(admits("verify", "stranger"))
      assert.is_false(admits "require")
      assert.is_true(admits("require", "client"))
      assert.is_false(admits("require", "stranger"))
      assert.has_error(function() secsock.config { clientauth = "maybe" } end)
    end)

    it("the resumption of sessions", function()
      local server = assert(secsock.config { identity = right })
      local function resumed(resumption)
        local config = assert(secsock.config { trust = root, resumption = resumption })
        local second
        for _ = 1, 2 do
          local p = support.pair {
            client = { config = config, peername = "mail.example" },
            server = { config = server },
          }
          p:upgrade()
          p.server:send "x"
          p:pump()
          p.client:receive(1)
          second = p.client:info "resumed"
          assert.equal(second, p.client:verdict():resumed())
        end
        return second
      end
      assert.is_true(resumed(true))
      assert.is_true(resumed(nil))
      assert.is_false(resumed(false))
    end)
  end)

  describe("as an object", function()
    it("refuses options that it does not know", function()
      assert.has_error(function() secsock.config { verify = true } end, "unknown option 'verify'")
      assert.has_error(function() secsock.config { alpn = true } end,
        "option 'alpn': string|table expected, got boolean")
    end)

    it("says which option is wrong, at the place of the call", function()
      local wrong = {
        ["unknown option 'trust.path'"] = { trust = { path = root } },
        ["option 'trust': a list is of files, certificates and stores"] = { trust = { root, 1 } },
        ["option 'trust.file': string|table expected, got number"] = { trust = { file = 1 } },
        ["option 'trust': secsock.store expected, got number"] = { trust = { store = { 1 } } },
        ["unknown option 'crl.url'"] = { crl = { url = "http://crl.example" } },
        ["option 'crl': string expected, got table"] = { crl = { file = { {} } } },
        ["unknown option 'staple.url'"] = { staple = { url = "http://ocsp.example" } },
        ["unknown option 'suffixes.of'"] = { suffixes = { of = "com" } },
        ["unknown option 'identity.pfx'"] = { identity = { pfx = "me.pfx" } },
        ["option 'disallowed': secsock.store expected, got string"] = { disallowed = { "x" } },
        ["option 'profile': invalid option 'lax'"] = { profile = "lax" },
        ["option 'maxdepth': whole number expected"] = { maxdepth = 0.5 },
        ["option 'time': seconds since 1970 expected"] = { time = -1 },
        ["option 'revocation': invalid option 'hard'"] = { revocation = "hard" },
        ["option 'versions': invalid option 'SSLv3'"] = { versions = { "SSLv3" } },
      }
      for message, options in pairs(wrong) do
        for _, make in ipairs { secsock.config, secsock.new } do
          local before = debug.getinfo(1, "l").currentline
          local ok, err = pcall(function() make(options) end)
          assert.is_false(ok)
          assert.equal(("config_spec.lua:%d: %s"):format(before + 1, message),
            err:match "config_spec.*")
        end
      end
    end)

    it("has a setter for each setting", function()
      local config = secsock.config()
      assert.equal(config, config:setversions("TLSv1.2", "TLSv1.3"))
      assert.equal(config, config:setciphers "TLS_AES_128_GCM_SHA256")
      assert.equal(config, config:setgroups "X25519:P-256")
      assert.equal(config, config:setalpn "h2")
      assert.equal(config, config:setalpn(nil))
      assert.equal(config, config:setclientauth "none")
      assert.equal(config, config:setresumption(true))
      assert.equal(config, config:setacceleration(false))
      assert.equal(config, config:trustfile(root))
      assert.equal(config, config:trustpem(support.read(root)))
      assert.equal(config, config:truststore(secsock.store.new():add(secsock.cert.load(root))))
      assert.equal(config, config:trustsystem())
      assert.equal(config, config:setidentity(secsock.cert.identity(right)))
      assert.equal(config, config:setidentity(nil))
      assert.equal("file", (select(2, config:trustdir "/nowhere")))
      assert.has_error(function() config:setresumption(1) end)
      assert.has_error(function() secsock.config { acceleration = 1 } end,
        "option 'acceleration': boolean expected, got number")
      assert.has_error(function() config:setidentity(config) end)
    end)

    it("is frozen by its first use", function()
      local config = assert(secsock.config { trust = root })
      assert.is_true((outcome(config)))
      local ok, err, details = config:setalpn "h2"
      assert.is_nil(ok)
      assert.equal("frozen", err)
      assert.equal("SECSOCK_E_FROZEN", details.code)
    end)

    it("is the same whoever shows it", function()
      local config = assert(secsock.config { trust = root })
      local a, b = secsock.new { config = config }, secsock.new { config = config }
      assert.equal(config, a:config())
      assert.equal(a:config(), b:config())
      assert.are_not_equal(secsock.new():config(), a:config())
      assert.matches("^secsock config: ", tostring(config))
    end)

    it("lives as long as a socket that uses it", function()
      local p
      do
        local config = assert(secsock.config { trust = assert(secsock.cert.load(root)) })
        p = support.pair {
          client = { config = config, peername = "mail.example" },
          server = { identity = assert(secsock.cert.identity(right)) },
        }
      end
      for _ = 1, 3 do collectgarbage() end
      assert.equal(p.client, p:upgrade()[1])
    end)
  end)
end)

describe("The library", function()
  it("tells its version and wolfSSL's", function()
    assert.matches("^%d+%.%d+%.%d+$", secsock.version())
    assert.equal(secsock.version(), secsock._VERSION)
    assert.matches("^%d+%.%d+%.%d+", secsock.wolfsslversion())
  end)

  it("tells what it can do", function()
    assert.is_true(secsock.hasfeature "tls1.3")
    assert.is_false(secsock.hasfeature "ssl3")
    assert.same({ "TLSv1.3", "TLSv1.2" }, secsock.list "versions")
    assert.is_true(#secsock.list "ciphers" > 3)
    assert.is_true(#secsock.list "groups" > 3)
    for _, feature in ipairs(secsock.list "features") do
      assert.is_true(secsock.hasfeature(feature), feature)
    end
    assert.has_error(function() secsock.list "planets" end)
  end)
end)
