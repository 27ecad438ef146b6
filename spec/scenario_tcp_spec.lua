-- Scenarios over loopback, where each end has a connection of its own to the wire; and captures of
-- runs over either transport.
local scenario = require "secsock.scenario"
local parties = require "spec.support.parties"
local shell = require "spec.support.shell"
local tshark = require "spec.support.tshark"
require "secsock.scenario.assertions"

-- Runs both ends over TCP, with a fault in one direction or both.
local function run(wire, changes)
  local options = { transport = "tcp", wire = wire }
  for name, value in pairs(changes or {}) do options[name] = value end
  local r = parties.run(options)
  assert.lawful(r)
  return r
end

-- Ends that speak SMTP first.
local function smtp()
  return { client = { script = "smtp" }, server = { script = "smtp" } }
end

-- A client that gives up soon: the clock is the real one. The server never does so before it.
local function impatient()
  return { client = { timeout = 0.2 } }
end

describe("a wire over TCP", function()
  it("brings two ends together", function()
    local r = run()
    assert.secure(r)
    assert.same({ before = "", after = "ping\n", later = "" }, r.server.received)
    assert.same({ "plain", "upgrading", "secure", "closed" }, r.client.states)
    assert.equal(2, select(2, r:sequence():gsub("· closes", "")))
    assert.rejected(run(nil, { client = { peername = "no.example" } }).client, "name_mismatch")
  end)

  it("may split, join and delay", function()
    for _, wire in ipairs {
      { split = 7 }, { split = "records" }, { split = "random" }, { join = 0.01 },
      { delay = 0.02 }, { to_client = { split = 1 }, to_server = { join = 0.01 } },
    } do
      assert.secure(run(wire))
      assert.secure(run(wire, smtp()))
    end
  end)

  it("delays until somebody's time is over", function()
    local r = run({ to_client = { delay = 60 } }, impatient())
    assert.failed(r.client, "timeout")
  end)

  it("knows each unit for what it was when it was sent", function()
    local seen = { to_client = {}, to_server = {} }
    local r = run(function(direction, _, where)
      table.insert(seen[direction], where.kind .. (where.closing and " closing" or ""))
    end, smtp())
    assert.secure(r)
    assert.equal("line line client_hello", table.concat(seen.to_server, " ", 1, 3))
    assert.equal("line line line line server_hello", table.concat(seen.to_client, " ", 1, 5))
    assert.equal("application_data closing", seen.to_server[#seen.to_server])
  end)

  it("stalls until somebody's time is over", function()
    local r = run({ to_client = { stall = 300 } }, impatient())
    assert.failed(r.client, "timeout")
    assert.is_false(r.client.secure)
  end)

  it("drops all after a byte, but for the end", function()
    local r = run({ to_client = { drop = 300 } }, impatient())
    assert.is_false(r.client.secure)
    assert.is_truthy(r.client.err)
  end)

  it("ends after so many bytes", function()
    for _, at in ipairs { 1, 100, 1000 } do
      local r = run { to_client = { truncate = at } }
      assert.is_false(r.client.secure)
      assert.is_truthy(r.client.err)
    end
  end)

  it("is cut off after the data: that is no end", function()
    local r = run({ to_client = { truncate = true } }, {
      client = { script = { "upgrade", { "receive", "*a" } } },
      server = { script = { "upgrade", { "send", "all of it" }, "close" } },
    })
    assert.failed(r.client, "truncated")
    assert.equal("all of it", r.client.received.after)
  end)

  it("resets both ends, for real", function()
    for _, at in ipairs { 1, 100, 1000 } do
      local r = run { to_client = { reset = at } }
      assert.failed(r.client, "reset")
      assert.failed(r.server, "reset")
      assert.matches("reset by peer", r.client.details.message)
    end
  end)

  it("takes an end's reset to the other", function()
    local r = run(nil, {
      client = { script = { "upgrade", "reset" } }, server = { script = { "upgrade", "expect" } },
    })
    assert.is_true(r.client.ok)
    assert.failed(r.server, "reset")
  end)

  it("spoils, duplicates, swaps and replays in vain", function()
    for _, fault in ipairs {
      { corrupt = { record = 1 } }, { corrupt = { record = 4 } }, { corrupt = { byte = 40 } },
      { duplicate = 3 }, { swap = 3 }, { replay = 3 },
    } do
      local r = run({ to_client = fault }, impatient())
      assert.is_falsy(r.client.ok and r.server.ok)
      assert.is_false(r.client.secure)
    end
  end)

  it("swaps lines of plaintext", function()
    local r = run({ to_server = { swap = { line = 1 } } }, {
      client = { script = { { "send", "a\nb\nc\n" }, "close" } },
      server = { script = { { "receive", "*a" } } },
    })
    assert.equal("b\na\nc\n", r.server.returned)
  end)

  it("strips and blanks", function()
    for _, fault in ipairs { { strip = "STARTTLS" }, { blank = "STARTTLS" } } do
      assert.failed(run({ to_client = fault }, smtp()).client, "starttls unavailable")
    end
  end)

  it("injects before, behind and in between: nobody takes it for protected", function()
    local behind_reply = { after = "220 2.0.0", bytes = "250 AUTH PLAIN\r\n" }
    assert.failed(run({ to_client = { inject = behind_reply } }, smtp()).client, "injected")
    local behind_command = { after = "STARTTLS", bytes = "RSET\r\n" }
    assert.failed(run({ to_server = { inject = behind_command } }, smtp()).server, "injected")
    for _, where in ipairs { "before", "behind" } do
      local r = run({ to_client = { inject = { [where] = "250 fine\r\n" } } }, smtp())
      assert.is_falsy(r.client.ok and r.server.ok)
      assert.no_plaintext_after_upgrade(r)
    end
  end)

  it("has a man in the middle who answers and hangs up", function()
    local r = run({
      to_server = function(_, bytes, where)
        if bytes ~= "quit\r\n" then return nil end
        where.answer "nobody quits\r\n"
        where.finish()
        return ""
      end,
    }, {
      client = { script = { { "say", "quit" }, { "expect", "nobody" } } },
      server = { script = { "expect_close" } },
    })
    assert.is_true(r.client.ok and r.server.ok)
  end)

  it("passes on more than a connection holds #slow", function()
    local much = ("x"):rep(8 * 2 ^ 20)
    local r = run(nil, {
      client = { script = { "upgrade", { "send", much }, "close" } },
      server = { script = { "upgrade", { "sleep", 0.1 }, { "receive", "*a" } } },
    })
    assert.secure(r)
    assert.is_true(r.server.returned == much)
  end)

  it("leads to programs, too", function()
    local r = scenario.run {
      transport = "tcp", wire = { to_client = { split = 3 } },
      server = scenario.external "exec openssl s_server -accept $port -nocert -quiet",
      client = parties.client { script = { "upgrade" } },
    }
    assert.failed(r.client, "alert")
  end)
end)

describe("a run's capture", function()
  local path

  before_each(function()
    path = os.tmpname()
    os.remove(path)
  end)

  after_each(function() os.remove(path) end)

  local fields = { "smtp.req.command", "tls.handshake.extensions_server_name",
    "tls.handshake.type", "x509sat.uTF8String" }

  -- That tshark reads what was said in the clear and, decrypted, the certificate. It takes four
  -- letters of an SMTP command, and knows the protocol by its port.
  local function is_read()
    local packets = tshark.read(path, fields)
    assert.equal("EHLO|STAR|EHLO|ping",
      table.concat(tshark.all(packets, "smtp.req.command"), "|"))
    assert.same({ "mail.example" }, tshark.all(packets, "tls.handshake.extensions_server_name"))
    assert.is_truthy(table.concat(tshark.all(packets, "x509sat.uTF8String")):find "Test Root")
  end

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("is of all that travels, with the secrets, over memory: " .. version, function()
      local options = smtp()
      options.client.versions, options.capture = { version }, path
      assert.secure(parties.run(options))
      is_read()
      assert.equal("-rw-------", shell.run("ls -l " .. path):sub(1, 10))
    end)
  end

  it("is of what goes over TCP", function()
    local options = smtp()
    options.capture, options.transport = path, "tcp"
    assert.secure(parties.run(options))
    is_read()
  end)

  it("is of the server, where the client is a program", function()
    local r = scenario.run {
      capture = path,
      client = scenario.external {
        "openssl", "s_client", "-quiet", "-connect", "127.0.0.1:$port", input = "ping\n",
      },
      server = parties.server { script = { "upgrade", { "expect", "^ping$" }, "close" } },
    }
    assert.secure(r.server)
    assert.is_true(#tshark.read(path, fields) > 5)
  end)

  it("is a new file", function()
    for _, where in ipairs { "/nowhere/x.pcapng", "README.md" } do
      local ok, err = pcall(parties.run, { capture = where })
      assert.is_false(ok)
      assert.matches("option 'capture': cannot create " .. where:gsub("%p", "%%%0"), err)
    end
  end)

  it("needs an end that is secsock's", function()
    local program = scenario.external "sleep 1; echo $port"
    local ok, err = pcall(scenario.run, { capture = path, client = program, server = program })
    assert.is_false(ok)
    assert.matches("option 'capture': one end must be secsock's", err)
  end)
end)
