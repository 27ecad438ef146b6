-- The TLS of secsock.tls when it behaves: with secsock, and with OpenSSL.
local parties = require "spec.support.parties"
local scenario = require "secsock.scenario"
local core = require "secsock.core"
local suites = require "secsock.tls.suites"
local support = require "spec.support.hostile"
local write = require("spec.support").write
require "secsock.scenario.assertions"

local VERSIONS = { "1.2", "1.3" }
local files = {}

local function file(text)
  files[#files + 1] = write(text)
  return files[#files]
end

describe("TLS in Lua", function()
  local root, chain, key

  setup(function()
    local made = support.identity.server
    root, chain, key = file(parties.ca:pem()), file(made:pem()), file(made:keypem())
  end)

  teardown(function()
    for _, path in ipairs(files) do os.remove(path) end
  end)

  for _, version in ipairs(VERSIONS) do
    for _, role in ipairs { "client", "server" } do
      local as = ("as a %s under TLS %s "):format(role, version)

      it(as .. "talks to secsock", function()
        local r, good, own = support.run(role, version, {})
        assert.secure(r)
        assert.lawful(r)
        assert.equal("TLSv" .. version, good.info.version)
        assert.equal(good.info.cipher, own.info.cipher)
      end)

      it(as .. "talks to itself", function()
        local r = scenario.run {
          client = support.peer("client", version), server = support.peer("server", version),
        }
        assert.secure(r)
        assert.lawful(r)
      end)

      it(as .. "knows every cipher suite", function()
        local rsa = parties.ca:make { dns = "mail.example", key = "rsa2048" }
        for _, name in ipairs(core.list "ciphers") do
          local suite = suites[name]
          if suite.version == version then
            local is = suite.signer == "rsa" and rsa or support.identity.server
            local peer = { cipher = name, identity = role == "server" and is or nil }
            local r = scenario.run {
              [role] = support.peer(role, version, peer),
              [role == "server" and "client" or "server"] = role == "server" and parties.client()
                or parties.server { identity = is },
            }
            assert.secure(r)
            assert.equal(name, r[role].info.cipher)
          end
        end
      end)

      it(as .. "goes over TCP, split or not", function()
        assert.secure(scenario.run {
          client = role == "client" and support.peer("client", version) or parties.client(),
          server = role == "server" and support.peer("server", version) or parties.server(),
          transport = "tcp", wire = { split = 50 },
        })
      end)

      it(as .. "upgrades after a dialogue in clear", function()
        local r = scenario.run {
          client = role == "client" and support.peer("client", version, { script = "imap" })
            or parties.client { script = "imap" },
          server = role == "server" and support.peer("server", version, { script = "imap" })
            or parties.server { script = "imap" },
        }
        assert.secure(r)
        assert.lawful(r)
      end)
    end

    it("agrees on a protocol, and on client certificates, under TLS " .. version, function()
      local r = scenario.run {
        client = parties.client { alpn = { "b", "a" }, identity = support.identity.client },
        server = support.peer("server", version, { alpn = { "a" }, clientauth = true }),
      }
      assert.secure(r)
      assert.equal("a", r.client.info.alpn)
      r = scenario.run {
        client = support.peer("client", version, { alpn = { "a" } }),
        server = parties.server { alpn = { "a" }, clientauth = "require", trust = parties.ca },
      }
      assert.secure(r)
      assert.equal("a", r.server.info.alpn)
      assert.equal(1, #r.server.verdict:chain())
    end)

    it("uses the keys of every kind under TLS " .. version, function()
      for _, kind in ipairs { "p256", "p384", "p521", "rsa2048" } do
        local made = parties.ca:make { dns = "mail.example", key = kind }
        assert.secure(scenario.run {
          client = parties.client { versions = { "TLSv" .. version } },
          server = support.peer("server", version, { identity = made }),
        })
      end
    end)

    local flag = "-tls" .. version:gsub("%.", "_")

    it("talks to openssl s_server under TLS " .. version, function()
      local r = scenario.run {
        client = support.peer("client", version, { script = {
          "upgrade", { "say", "abc" }, { "expect", "^cba$" }, "close",
        } }),
        server = scenario.external {
          "openssl", "s_server", "-accept", "$port", "-cert", chain, "-key", key, flag, "-quiet",
          "-rev",
        },
      }
      assert.is_true(r.client.ok, tostring(r))
      assert.is_true(r.client.secure)
    end)

    it("talks to openssl s_client under TLS " .. version, function()
      local r = scenario.run {
        client = scenario.external {
          "openssl", "s_client", "-quiet", "-connect", "127.0.0.1:$port", "-CAfile", root,
          "-verify_return_error", "-verify_hostname", "mail.example", flag, input = "ping\n",
        },
        server = support.peer("server", version, {
          script = { "upgrade", { "expect", "^ping$" }, { "say", "pong" }, "close" },
        }),
      }
      assert.is_true(r.server.ok, tostring(r))
      assert.matches("pong", r.client.output)
    end)
  end

  it("asks for the share that it can use, and brings it when asked", function()
    local function hellos(r) return select(2, r:sequence():gsub("client_hello", "")) end
    local r = support.run("server", "1.3", {}) -- secsock's first share is of another group
    assert.equal(2, hellos(r))
    r = scenario.run { client = support.peer("client", "1.3", { does = "empty_shares" }),
                       server = parties.server() }
    assert.secure(r)
    assert.equal(2, hellos(r))
  end)

  it("says that there is nothing in common", function()
    for _, version in ipairs(VERSIONS) do
      local other = version == "1.2" and "TLSv1.3" or "TLSv1.2"
      for _, role in ipairs { "client", "server" } do
        local r = scenario.run {
          client = role == "client" and support.peer("client", version)
            or parties.client { versions = { other } },
          server = role == "server" and support.peer("server", version)
            or parties.server { versions = { other } },
        }
        assert.is_nil(r.client.ok)
        assert.is_nil(r.server.ok)
        assert.is_string(r[role].err)
        assert.is_string(r[role].details.message)
      end
    end
  end)

  it("finds out that the other's finished is wrong", function()
    for _, version in ipairs(VERSIONS) do
      for _, role in ipairs { "client", "server" } do
        local other = role == "client" and "server" or "client"
        local r = scenario.run {
          [role] = support.peer(role, version),
          [other] = support.peer(other, version, { does = "wrong_finished" }),
        }
        assert.failed(r[role], "protocol")
        assert.matches("finished message is wrong", r[role].details.message)
      end
    end
  end)

  it("tells a cut from an end", function()
    local function hear(me)
      me:upgrade()
      return { me.socket:receive "*a" }
    end
    for _, version in ipairs(VERSIONS) do
      local function heard(wire)
        return scenario.run {
          client = parties.client { script = { "upgrade", { "send", "all" }, "close" } },
          server = support.peer("server", version, { script = hear }), wire = wire,
        }.server.returned
      end
      assert.same({ "all" }, heard())
      assert.same({ nil, "truncated", "all" }, heard { truncate = true })
    end
  end)
end)
