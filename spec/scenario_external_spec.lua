-- Scenarios in which a program that is not secsock is at one end, or at both.
local scenario = require "secsock.scenario"
local parties = require "spec.support.parties"
local process = require "spec.support.process"
require "secsock.scenario.assertions"

local files = {}

local function file(text)
  local path = os.tmpname()
  local handle = assert(io.open(path, "wb"))
  handle:write(text)
  handle:close()
  files[#files + 1] = path
  return path
end

local root, chain, key

setup(function()
  local made = parties.ca:make { dns = "mail.example" }
  root, chain, key = file(parties.ca:pem()), file(made:pem()), file(made:keypem())
end)

teardown(function()
  for _, path in ipairs(files) do os.remove(path) end
end)

local function s_server(...)
  return scenario.external { "openssl", "s_server", "-accept", "$port", "-cert", chain,
    "-key", key, ... }
end

local function curl()
  return scenario.external { "curl", "-sS", "--max-time", "60", "--cacert", root, "--resolve",
    "mail.example:$port:127.0.0.1", "https://mail.example:$port/" }
end

-- What a server of ours says to curl.
local function http(me)
  me:upgrade()
  repeat local line = me:expect() until line == ""
  me:send "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"
  me:close()
end

describe("a program", function()
  it("is the server", function()
    local r = scenario.run {
      client = parties.client { script = {
        "upgrade", { "say", "abc" }, { "expect", "^cba$" }, "close",
      } },
      server = s_server("-quiet", "-rev"),
    }
    assert.secure(r)
    assert.lawful(r)
    assert.is_true(r.server.ok)
    assert.matches("CONNECTION ESTABLISHED", r.server.output)
    assert.matches("─ server_hello %d+ ─", r:sequence())
    process.await_end(chain)
  end)

  it("is the client", function()
    local r = scenario.run { client = curl(), server = parties.server { script = http } }
    assert.secure(r)
    assert.equal(0, r.client.status)
    assert.equal("hello\n", r.client.output)
    assert.matches("^GET / HTTP", r.server.received.after)
  end)

  it("is what refuses: its exit status and its words tell", function()
    local r = scenario.run {
      client = curl(),
      server = { identity = parties.ca:issue { dns = "other.example" }, script = http },
    }
    assert.failed(r.client, "exit status 60")
    assert.matches("mail.example", r.client.output)
    assert.is_falsy(r.server.ok)
  end)

  it("is at the other end of a wire that misbehaves", function()
    assert.secure(scenario.run {
      client = curl(), server = parties.server { script = http }, wire = { split = 3 },
    })
    local r = scenario.run {
      client = curl(), server = parties.server { script = http },
      wire = { to_client = { corrupt = { record = 4 } } },
    }
    assert.is_falsy(r.client.ok)
    assert.is_falsy(r.server.ok)
  end)

  it("may be at both ends", function()
    local r = scenario.run {
      client = curl(), server = s_server "-www", wire = { split = "random", delay = 0.01 },
    }
    assert.is_true(r.client.ok, tostring(r))
    assert.matches("Ciphers supported in s_server", r.client.output)
  end)

  it("may be at both ends: then the wire tells what can be seen there", function()
    local r = scenario.run { client = curl(), server = s_server("-www", "-tls1_2") }
    local told = {}
    for _, event in ipairs(r.events) do
      local message = event.messages and event.messages[1]
      if event.kind ~= "note" then
        told[#told + 1] = event.who .. " " .. (message and message.name or event.kind)
      end
    end
    assert.same({
      "client upgrade", "client client_hello", "server upgrade", "server server_hello",
      "server certificate", "server server_key_exchange", "server server_hello_done",
      "client client_key_exchange", "client change_cipher_spec", "client handshake",
      "server change_cipher_spec", "server handshake", "client data", "server data",
      "server alert", "client alert",
    }, told)
    assert.matches("─ server_hello_done 4 ─.-═ encrypted data, %d+ bytes ═", r:sequence())
  end)

  it("is a text for the shell, and reads what it is given", function()
    local r = scenario.run {
      client = scenario.external {
        "sh", "-c", "openssl s_client -quiet -connect 127.0.0.1:$port -CAfile " .. root,
        input = "ping\n",
      },
      server = parties.server { script = { "upgrade", { "expect", "^ping$" }, { "say", "pong" } } },
    }
    assert.is_true(r.server.ok, tostring(r))
    assert.matches("pong", r.client.output)
  end)

  it("may run already", function()
    local program = process.start {
      "openssl", "s_server", "-rev", "-accept", "127.0.0.1:0", "-cert", chain, "-key", key,
    }
    finally(function() program:stop() end)
    local port = tonumber((program:expect "ACCEPT %S*:(%d+)\n"))
    assert.secure(scenario.run {
      client = parties.client { script = {
        "upgrade", { "say", "abc" }, { "expect", "^cba$" }, "close",
      } },
      server = scenario.external { port = port },
    })
    local ok, err = pcall(scenario.run, {
      client = scenario.external { port = port }, server = parties.server(),
    })
    assert.is_false(ok)
    assert.matches("a client is a program, not a port", err)
  end)

  it("is stopped when a script is a mistake", function()
    local ok, err = pcall(scenario.run, {
      client = parties.client { script = function() error "a mistake" end },
      server = s_server("-quiet", "-rev"),
    })
    assert.is_false(ok)
    assert.matches("a mistake", err)
    process.await_end(chain)
  end)

  it("that does not get so far is an error, with what it said", function()
    local ok, err = pcall(scenario.run, {
      client = parties.client(), server = scenario.external { "/does/not/exist", "$port" },
    })
    assert.is_false(ok)
    assert.matches("the server cannot be reached: .*exist", err)
    ok, err = pcall(scenario.run, {
      client = scenario.external "echo no; exit 7", server = parties.server(),
    })
    assert.is_false(ok)
    assert.matches("the client cannot be reached: no\nit ends with exit status 7$", err)
    ok, err = pcall(scenario.run, {
      client = parties.client(), server = scenario.external { "false" },
    })
    assert.is_false(ok)
    assert.matches("the server cannot be reached: it ends with exit status 1$", err)
  end)

  it("where nobody listens is an error, with the reason", function()
    local ok, err = pcall(scenario.run, {
      client = parties.client(), server = scenario.external { port = 1 },
    })
    assert.is_false(ok)
    assert.matches("the server cannot be reached: .*Connection refused", err)
  end)

  it("must be described well", function()
    for _, from in ipairs { {}, { "openssl", port = 25 }, { wrong = 1 } } do
      local ok, err = pcall(function() scenario.external(from) end)
      assert.is_false(ok)
      assert.matches("scenario_external_spec.lua:%d+: ", err)
    end
  end)
end)
