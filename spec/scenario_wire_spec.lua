-- The wire of a scenario: whatever is wrong with it, an end gets what was sent, or an error.
local parties = require "spec.support.parties"
require "secsock.scenario.assertions"

local function run(wire, changes)
  changes = changes or {}
  changes.wire = wire
  local r = parties.run(changes)
  assert.lawful(r)
  return r
end

-- What each end does: a dialogue first.
local function smtp(client, server)
  return {
    client = { script = client or "smtp" }, server = { script = server or "smtp" },
  }
end

describe("a wire", function()
  it("may split and join as it likes", function()
    for _, wire in ipairs {
      { split = 1 }, { split = 7 }, { split = "records" }, { split = "random" }, { join = 0.5 },
      { delay = 3 }, { to_client = { split = 1 }, to_server = { join = 1 } },
      { split = "random", delay = 1 },
    } do
      assert.secure(run(wire))
      assert.secure(run(wire, smtp()))
    end
  end)

  it("delivers the pieces that it was told to", function()
    local sizes = {}
    local function collect(me)
      me.socket:settimeout(0)
      for _ = 1, 40 do
        local data, _, partial = me.socket:receive(100)
        if (data or partial) ~= "" then sizes[#sizes + 1] = #(data or partial) end
        me.socket:settimeout(0)
        me:sleep(1)
      end
    end
    local function talk(me)
      me:send "aaaaaaaaaa"
      me:send "bbbbb"
      me:sleep(10)
    end
    local ends = { client = { script = collect }, server = { script = talk } }
    run({ split = 4, delay = 2 }, ends)
    local sum = 0
    for _, size in ipairs(sizes) do sum = sum + size end
    assert.equal(15, sum)
    sizes = {}
    run({ join = 5 }, ends)
    assert.same({ 15 }, sizes)
  end)

  it("takes its time", function()
    local r = run { delay = 2 }
    assert.secure(r)
    assert.is_true(r.seconds >= 6, r.seconds)
  end)

  it("notes a fault for which there was no occasion", function()
    local function notes(wire, changes)
      local said = {}
      for _, event in ipairs(run(wire, changes).events) do
        if event.kind == "wire" then said[#said + 1] = event.direction .. " " .. event.text end
      end
      table.sort(said)
      return said
    end
    assert.same({
      "to_client has no occasion for corrupt = { byte = 2, record = 99 }",
      "to_client has no occasion for strip = \"\\r\\nX\"",
      "to_server has no occasion for stall = 99999",
    }, notes {
      to_client = { corrupt = { record = 99, byte = 2 }, strip = "\r\nX" },
      to_server = { stall = 99999, man = function() end, split = 700 },
    })
    -- Of those of both directions one is enough.
    assert.same({ "to_client strips \"250 STARTTLS\\r\\n\"" },
                notes({ strip = "STARTTLS" }, smtp()))
    assert.same({
      "to_client has no occasion for swap = 99", "to_server has no occasion for swap = 99",
    }, notes { swap = 99 })
  end)

  it("knows directions", function()
    local r = run { to_server = { delay = 5 } }
    assert.secure(r)
    assert.equal(15, r.seconds) -- the hello; the client's Finished and its word; its end
  end)
end)

describe("a wire that loses bytes", function()
  it("stalls until somebody's time is over", function()
    local r = run({ to_client = { stall = 300 } })
    assert.failed(r.client, "timeout")
    assert.is_false(r.client.secure)
    assert.equal(30, r.seconds)
  end)

  it("drops all after a byte, but for the end", function()
    local r = run { to_client = { drop = 300 } }
    assert.is_false(r.client.secure)
    assert.is_truthy(r.client.err)
  end)

  it("ends, after every so many bytes: never secure before the whole handshake", function()
    local size = parties.run().client.info.wirereceived
    for at = 1, size - 20, 97 do -- signatures differ in size
      local r = run { to_client = { truncate = at } }
      assert.is_falsy(r.client.secure, at)
      assert.is_truthy(r.client.err)
    end
  end)

  it("is cut off after the data: that is no end", function()
    local ends = {
      client = { script = { "upgrade", { "receive", "*a" } } },
      server = { script = { "upgrade", { "send", "all of it" }, "close" } },
    }
    assert.secure(run({}, ends))
    local r = run({ to_client = { truncate = true } }, ends)
    assert.failed(r.client, "truncated")
    assert.equal("all of it", r.client.received.after)
    assert.matches("to the client: the wire loses", r:sequence())
  end)

  it("is reset", function()
    for _, at in ipairs { 1, 100, 1000, 2000 } do
      local r = run { to_client = { reset = at } }
      assert.failed(r.client, "reset")
      assert.failed(r.server, "reset")
    end
  end)
end)

describe("a wire that spoils bytes", function()
  it("is found out, whichever record of the handshake it spoils", function()
    for record = 1, 6 do
      local r = run { to_client = { corrupt = { record = record } } }
      assert.is_false(r.client.secure, record)
      assert.is_truthy(r.client.err)
    end
  end)

  -- The version in the header of a record means nothing (RFC 8446, section 5.1).
  local function is_version(r)
    return r:sequence():find "corrupts byte [23] of record" ~= nil
  end

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    for direction, role in pairs { to_client = "client", to_server = "server" } do
      it("is found out by any byte, " .. version .. " " .. direction .. " #slow", function()
        local client = { versions = { version } }
        local size = parties.run({ client = client })[role].info.wirereceived
        for byte = 1, size do
          local r = run({ [direction] = { corrupt = { byte = byte } } }, { client = client })
          if r.client.ok and r.server.ok then assert.is_true(is_version(r), byte) end
        end
      end)
    end
  end

  it("repeats, swaps and replays records in vain", function()
    for _, word in ipairs { "duplicate", "swap", "replay" } do
      for _, record in ipairs { 1, 3, 4, 5 } do
        local r = run { to_client = { [word] = record } }
        assert.is_falsy(r.client.ok and r.server.ok, word .. record)
      end
    end
    local r = run { to_server = { duplicate = { record = 4 } } }
    assert.equal("ping\n", r.server.received.after)
    assert.is_truthy(r.server.err)
  end)

  it("swaps lines of plaintext", function()
    local r = run({ to_server = { swap = { line = 1 } } }, {
      client = { script = { { "send", "a\nb\nc\n" }, "close" } },
      server = { script = { { "receive", "*a" } } },
    })
    assert.equal("b\na\nc\n", r.server.returned)
  end)

  it("spoils plaintext without anybody's noticing: that is what TLS is for", function()
    local r = run({ to_server = { corrupt = { line = 1, byte = 1 } } }, {
      client = { script = { { "send", "abc" }, "close" } },
      server = { script = { { "receive", 3 } } },
    })
    assert.equal("`bc", r.server.returned)
  end)
end)

describe("a man in the middle", function()
  it("strips STARTTLS: the client gives up, in the clear and silent", function()
    for _, wire in ipairs {
      { to_client = { strip = "STARTTLS" } }, { to_client = { blank = "STARTTLS" } },
    } do
      local r = run(wire, smtp())
      assert.failed(r.client, "starttls unavailable")
      assert.same("EHLO [127.0.0.1]\r\n", r.client.sent.before)
      assert.same("", r.client.sent.after)
    end
    local r = run({ to_client = { blank = "STARTTLS" } }, {
      client = { script = "imap" }, server = { script = "imap" },
    })
    assert.failed(r.client, "starttls unavailable")
  end)

  it("injects a command behind STARTTLS: the server refuses the upgrade", function()
    for seed = 1, 20 do
      local changes = smtp()
      changes.seed = seed
      local inject = { after = "STARTTLS", bytes = "RSET\r\n" }
      local r = run({ to_server = { inject = inject } }, changes)
      assert.failed(r.server, "injected")
      assert.is_false(r.client.secure)
      assert.no_plaintext_after_upgrade(r)
    end
  end)

  it("injects a reply behind the go-ahead: the client refuses the upgrade", function()
    for seed = 1, 20 do
      local changes = smtp()
      changes.seed = seed
      local r = run({
        to_client = { inject = { after = "220 2.0.0", bytes = "250 AUTH PLAIN\r\n" } },
      }, changes)
      assert.failed(r.client, "injected")
      assert.no_plaintext_after_upgrade(r)
    end
  end)

  it("injects plaintext before and behind the handshake", function()
    for _, wire in ipairs {
      { to_client = { inject = { before = "250 fine\r\n" } } },
      { to_server = { inject = { before = "RSET\r\n" } } },
      { to_client = { inject = { behind = "250 fine\r\n" } } },
      { to_server = { inject = { behind = "RSET\r\n" } } },
    } do
      local r = run(wire, smtp())
      assert.is_falsy(r.client.ok and r.server.ok)
      assert.no_plaintext_after_upgrade(r)
      assert.is_nil(r.client.received.after:find "fine")
      assert.is_nil(r.server.received.after:find "RSET")
    end
  end)

  it("is a function that sees each unit, and where it is", function()
    local seen = {}
    local r = run(function(direction, bytes, where)
      seen[#seen + 1] = where
      assert.equal(where.bytes, bytes)
      where.direction = direction
    end, smtp())
    assert.secure(r)
    assert.equal("to_client", seen[1].direction)
    assert.equal("220 localhost ESMTP\r\n", seen[1].bytes)
    assert.equal(1, seen[1].line)
    local hello
    for _, where in ipairs(seen) do
      if where.kind == "client_hello" then hello = where end
    end
    assert.is_true(hello.tls)
    assert.is_false(hello.secure)
    assert.equal(1, hello.record)
    assert.equal(#"EHLO [127.0.0.1]\r\nSTARTTLS\r\n" + 1, hello.first)
    assert.is_true(seen[#seen].closing)
  end)

  it("changes, leaves out and answers", function()
    local r = run({
      to_client = function(_, bytes) return (bytes:gsub("hello", "howdy")) end,
      to_server = function(_, bytes, where)
        if bytes == "quit\r\n" then
          where.answer "nobody quits\r\n"
          return ""
        end
      end,
    }, {
      client = { script = { { "expect", "howdy" }, { "say", "quit" }, { "expect", "nobody" } } },
      server = { script = { { "say", "hello" }, "expect_close" } },
    })
    assert.is_true(r.client.ok and r.server.ok)
  end)

  it("hangs up, or resets", function()
    local function man(what)
      return function(_, _, where)
        if where.kind == "client_hello" then where[what]() end
      end
    end
    assert.failed(run(man "reset").client, "reset")
    local r = run(man "finish")
    assert.is_truthy(r.server.err)
    assert.is_false(r.client.secure)
  end)

  it("is told when a function gives no bytes", function()
    for text, man in pairs {
      ["a man in the middle: a string or nil expected, got boolean"] = function() return true end,
      ["bad argument #1 to 'answer' (string expected, got nil)"] = function(_, _, where)
        where.answer()
      end,
    } do
      local ok, err = pcall(run, man)
      assert.is_false(ok)
      assert.matches(text, err, 1, true)
    end
  end)

  it("says what it cannot do", function()
    for _, case in ipairs {
      { { split = 0 }, "option 'split': a whole number from 1 on expected" },
      { { split = 1.5 }, "option 'split': a whole number from 1 on expected" },
      { { split = "bytes" }, "option 'split': a number, 'records' or 'random' expected" },
      { { drop = -1 }, "option 'drop': a whole number from 0 on expected" },
      { { stall = 0.5 }, "option 'stall': a whole number from 0 on expected" },
      { { reset = 0 / 0 }, "option 'reset': a whole number from 0 on expected" },
      { { truncate = -1 }, "option 'truncate': a whole number from 0 on expected" },
      { { delay = -1 }, "option 'delay': a time from 0 on expected" },
      { { strip = "" }, "option 'strip': a text expected" },
      { { swap = {} }, "option 'swap': a record or line expected" },
      { { replay = 0 }, "option 'replay': a whole number from 1 on expected" },
      { { duplicate = { recrod = 1 } }, "unknown option 'duplicate.recrod'" },
      { { duplicate = { line = 1.5 } }, "option 'duplicate.line': a whole number from 1 on" },
      { { corrupt = {} }, "option 'corrupt': a byte, record or line expected" },
      { { corrupt = { byte = 0 } }, "option 'corrupt.byte': a whole number from 1 on expected" },
      { { inject = {} }, "option 'inject': what is injected, and where, expected" },
      { { inject = { after = "220" } }, "option 'inject': 'after' together with 'bytes' expected" },
      { { to_client = { drop = -1 } }, "option 'drop': a whole number from 0 on expected" },
    } do
      local ok, err = pcall(run, case[1])
      assert.is_false(ok)
      assert.matches(case[2], err, 1, true)
    end
  end)
end)
