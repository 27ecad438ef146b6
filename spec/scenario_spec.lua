-- Scenarios: both ends, their scripts, the clock, and what comes out.
local scenario = require "secsock.scenario"
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local parties = require "spec.support.parties"
require "secsock.scenario.assertions"

local run = parties.run

describe("a mistake", function()
  it("in a script, or in what it calls, is thrown with the lines of the script's own", function()
    local function fails(client, wire)
      local ok, err = pcall(function()
        return (parties.run { client = { script = client }, wire = wire })
      end)
      assert.is_false(ok)
      assert.is_nil(err:find "lua/secsock/", err)
      return err
    end
    local function helper() error "oops" end
    assert.matches("%S+scenario_spec.lua:%d+: oops\n%s+%S+scenario_spec.lua:%d+: in [^\n]*"
      .. "\n%s+%S+scenario_spec.lua:%d+: in ", fails(function(me)
        helper()
        me:close()
      end))
    assert.matches("a man in the middle: a string or nil expected, got number",
                   fails(nil, function() return 5 end))
    assert.matches("expect \"%%\": malformed pattern",
                   fails({ "upgrade", { "say", "ping" }, { "expect", "%" } }))
  end)
end)

describe("a run", function()
  it("brings two ends together, who exchange a word and part", function()
    local r = run()
    assert.secure(r)
    assert.lawful(r)
    assert.same({ before = "", after = "ping\r\n", later = "" }, r.client.sent)
    assert.same({ before = "", after = "ping\n", later = "" }, r.server.received)
    assert.equal("TLSv1.3", r.client.info.version)
    assert.same({ "plain", "upgrading", "secure", "closed" }, r.client.states)
  end)

  it("says why a client refused its peer, and what the server learnt of that", function()
    local r = run { client = { peername = "other.example" } }
    assert.is_nil(r.client.ok)
    assert.equal("certificate rejected", r.client.err)
    assert.same({ "name_mismatch" }, r.client.verdict:problems())
    assert.equal("bad_certificate", r.client.alert)
    assert.is_false(r.client.alert_received)
    assert.equal("bad_certificate", r.server.alert)
    assert.is_true(r.server.alert_received)
    assert.is_false(r.client.secure)
    assert.same({ "plain", "upgrading", "failed", "closed" }, r.client.states)
    assert.lawful(r)
  end)

  it("counts how often a hook was asked", function()
    local r = run { client = { hook = function() return nil end } }
    assert.secure(r)
    assert.equal(1, r.client.hooks)
    assert.equal(0, r.server.hooks)
  end)

  it("takes what was minted for what it is: CAs, certificates, and lists of them", function()
    local ca = scenario.ca "Another Root"
    local issuing = ca:intermediate "Issuing"
    local made = issuing:make { dns = "mail.example" }
    local server = { identity = made }
    assert.secure(run { client = { trust = ca }, server = server })
    assert.secure(run { client = { trust = ca, intermediates = { issuing } }, server = server })
    assert.rejected(run { server = server }.client, "issuer_unknown")
    assert.rejected(run { client = { trust = ca, disallowed = issuing }, server = server }.client,
                    "disallowed")
  end)

  it("says so where a minted certificate is too wrong for a server to have", function()
    local ok, err = pcall(run, { server = { identity = parties.ca:make { wrong = "truncated" } } })
    assert.is_false(ok)
    assert.matches("the server cannot be made: format", err)
  end)

  it("takes a shared configuration", function()
    local config = assert(secsock.config { identity = parties.identity })
    assert.secure(scenario.run { client = parties.client(), server = { config = config } })
  end)

  it("names the option that is wrong, at the caller's line", function()
    local function says(text, options)
      local ok, err = pcall(function() scenario.run(options) end)
      assert.is_false(ok)
      assert.matches("scenario_spec.lua:%d+: ", err)
      assert.is_truthy(err:find(text, 1, true), err)
      assert.is_nil(err:find("lua/secsock", 1, true), err)
    end
    says("unknown option 'sever'", { sever = {} })
    says("the client cannot be made: unknown option 'peer'", { client = { peer = "x" } })
    says("unknown option 'wire.spilt'", { wire = { spilt = 1 } })
    says("unknown option 'wire.to_client.spilt'", { wire = { to_client = { spilt = 1 } } })
    says("option 'split'", { wire = { split = "bytes" } })
    says("option 'split'", { wire = { split = 0 } })
    says("option 'transport'", { transport = "udp" })
    says("there is no STARTTLS dialogue 'gopher'", { client = { script = "gopher" } })
    says("step 2: there is no 'shout'", { client = { script = { "upgrade", { "shout" } } } })
    says("the server cannot begin: no key", {})
    says("the client cannot be made: file", { client = { trust = "/does/not/exist" } })
  end)

  it("leaves the module's waiting and clock as they were", function()
    local wait, now = secsock.wait, secsock.now
    run()
    pcall(run, { client = { script = function() error "stop" end } })
    assert.equal(wait, secsock.wait)
    assert.equal(now, secsock.now)
  end)

  it("goes over loopback as well", function()
    local r = run { transport = "tcp" }
    assert.secure(r)
    assert.lawful(r)
    assert.equal("ping\n", r.server.received.after)
    assert.rejected(run { transport = "tcp", client = { peername = "no.example" } }.client,
                    "name_mismatch")
  end)
end)

describe("the order of a run", function()
  local script = function(me)
    for i = 1, 5 do
      me:say(me.role .. i)
      me:expect(i .. "$")
    end
  end

  local function sequence(seed)
    local r = run { seed = seed, client = { script = script }, server = { script = script },
                    wire = { split = "random" } }
    assert.is_true(r.client.ok and r.server.ok)
    return r:sequence():gsub("^seed [^\n]*", "")
  end

  it("is the same again for the same seed", function()
    assert.equal(sequence(7), sequence(7))
    assert.equal(sequence "a word", sequence "a word")
  end)

  it("is the same for a handshake in pieces, where signatures are of one size", function()
    local ca = scenario.ca { subject = "Edwards", key = "ed25519" }
    local identity = ca:issue { dns = "mail.example", key = "ed25519" }
    local first
    for _ = 1, 20 do
      local r = run {
        seed = 9, client = { trust = ca, script = "smtp" },
        server = { identity = identity, script = "smtp" }, wire = { split = "random" },
      }
      assert.secure(r)
      first = first or r:sequence()
      assert.equal(first, r:sequence())
    end
  end)

  it("is another for others", function()
    local seen, count = {}, 0
    for seed = 1, 10 do
      local one = sequence(seed)
      if not seen[one] then count = count + 1 end
      seen[one] = true
    end
    assert.is_true(count > 3, count .. " orders in ten runs")
  end)

  it("never matters for a handshake: a thousand of them #slow", function()
    local client = assert(secsock.config { trust = parties.ca:cert() })
    local server = assert(secsock.config { identity = parties.identity })
    for seed = 1, 1000 do
      local r = scenario.run {
        seed = seed,
        client = { config = client, peername = "mail.example" }, server = { config = server },
      }
      assert.secure(r)
      assert.lawful(r)
    end
  end)
end)

describe("the clock of a run", function()
  it("moves only when both ends wait", function()
    local r = run {
      client = { script = function(me)
        me:sleep(86400)
        me:say "good morning"
      end },
      server = { timeout = 100000, script = { { "expect", "^good morning$" } } },
    }
    assert.is_true(r.client.ok and r.server.ok)
    assert.equal(86400, r.seconds)
  end)

  it("ends what takes too long, per wait and in all", function()
    local r = run {
      client = { timeout = 5, script = { { "expect" } } },
      server = { script = function(me)
        me.socket:settimeout(8, "t")
        me:expect()
      end },
    }
    assert.failed(r.client, "timeout")
    assert.failed(r.server, "closed")
    assert.equal(5, r.seconds)

    r = run {
      client = { script = function(me)
        for _ = 1, 10 do
          me:send "x"
          me:sleep(1)
        end
      end },
      server = { script = function(me)
        me.socket:settimeout(3.5, "t")
        me:receive(10)
      end },
    }
    assert.failed(r.server, "timeout")
    assert.equal("xxxx", r.server.received.before)
  end)

  it("ends even waits without a limit, when nothing can come", function()
    local endless = { script = function(me)
      me.socket:settimeout(nil)
      me:receive(1)
    end }
    local r = run { client = endless, server = endless }
    assert.is_truthy(r.client.err)
    assert.is_truthy(r.server.err)
    assert.matches("waits for ever", r:sequence())
  end)

  it("moves on for those who poll", function()
    local polls = 0
    local r = run {
      client = { hook = function() return nil end, script = function(me)
        me.socket:settimeout(0)
        local ok, err
        repeat
          polls = polls + 1
          ok, err = me.socket:upgrade()
        until ok or err ~= "timeout"
        assert.is_truthy(ok)
        me:say "ping"
        local data, partial
        repeat
          data, err, partial = me.socket:receive("*l", partial)
        until data or err ~= "timeout"
        assert.equal("pong", data)
      end },
      server = { script = function(me)
        me:sleep(1)
        me:upgrade()
        me:expect()
        me:say "pong"
        me:expect_close()
      end },
    }
    assert.secure(r)
    assert.lawful(r)
    assert.is_true(polls > 500 and polls < 1500, polls)
  end)

  it("lets a hook take its time", function()
    local r = run {
      client = { hook = function(s)
        s:settimeout(50)
        secsock.wait(s, "time", 20)
        return true
      end },
    }
    assert.secure(r)
    assert.equal(20, r.seconds)
  end)
end)

describe("a script", function()
  it("is a function, a list of steps, or a mixture", function()
    local r = run {
      client = { script = {
        { "expect", "^220 " }, { "say", "STARTTLS" }, { "expect", "^220 " }, "upgrade",
        function(me) me:say(me.role) end, { "receive", 5 }, "close",
      } },
      server = { script = function(me)
        me:say "220 hello"
        me:expect "^STARTTLS$"
        me:say "220 go"
        me:upgrade()
        me:expect "^client$"
        me:send "12345"
        me:expect_close()
        return "a value"
      end },
    }
    assert.secure(r)
    assert.lawful(r)
    assert.equal("a value", r.server.returned)
    assert.equal("220 hello\n220 go\n", r.client.received.before)
    assert.equal("12345", r.client.received.after)
  end)

  it("ends with what is not as expected", function()
    local r = run {
      client = { script = { { "expect", "^220 " } } },
      server = { script = { { "say", "554 no" }, "expect_close" } },
    }
    assert.failed(r.client, "unexpected")
    assert.equal('expected "^220 ", got "554 no"', r.client.details.message)
    assert.is_true(r.server.ok)
    r = run {
      client = { script = { { "say", "more" } } },
      server = { script = { "expect_close" } },
    }
    assert.failed(r.server, "unexpected")
  end)

  it("never fails without a word", function()
    for word, said in pairs { failed = {}, mine = { "mine", "for a reason" }, ["5"] = { 5 } } do
      local r = run { client = { script = { { "fail", said[1], said[2] } } } }
      assert.failed(r.client, word)
      assert.equal(said[2], r.client.details and r.client.details.message)
    end
  end)

  it("may look at failures, by way of the socket", function()
    local r = run {
      client = { peername = "other.example", script = function(me)
        local ok, err, details = me.socket:upgrade()
        assert.is_nil(ok)
        assert.equal("certificate rejected", err)
        assert.same({ "name_mismatch" }, details.verdict:problems())
        return me.socket:state()
      end },
    }
    assert.is_true(r.client.ok)
    assert.equal("failed", r.client.returned)
    assert.rejected(r.client, "name_mismatch")
  end)

  it("goes back to the clear, and on", function()
    local r = run {
      client = { downgrade = true, script = {
        "upgrade", { "say", "secret" }, "downgrade", { "say", "public" }, { "expect", "^bye$" },
      } },
      server = { downgrade = true, script = {
        "upgrade", { "expect", "^secret$" }, "downgrade", { "expect", "^public$" },
        { "say", "bye" },
      } },
    }
    assert.secure(r)
    assert.lawful(r)
    assert.same({ before = "", after = "secret\n", later = "public\n" }, r.server.received)
  end)

  it("half closes, and still receives", function()
    local r = run {
      client = { script = { "upgrade", { "say", "over" }, "shutdown", { "receive", "*a" } } },
      server = { script = { "upgrade", { "receive", "*a" }, { "send", "and out" }, "close" } },
    }
    assert.secure(r)
    assert.lawful(r)
    assert.equal("and out", r.client.received.after)
  end)

  it("may try what it cannot, and go on", function()
    local r = run {
      client = { peername = "mail.example", script = function(me)
        me.socket:setpeername(nil)
        local ok, err = me.socket:upgrade()
        assert.is_nil(ok)
        assert.equal("no peer name", err)
        assert.equal("plain", me.socket:state())
        me.socket:setpeername "mail.example"
        me:upgrade()
        me.socket:upgrade() -- again
        me:say "ping"
        me:expect "pong"
        me:close()
      end },
    }
    assert.secure(r)
    assert.lawful(r)
  end)

  it("resets: the other end is told apart from an end", function()
    for _, before in ipairs { true, false } do
      local r = run {
        client = { script = before and { "reset" } or { "upgrade", "reset" } },
        server = { script = before and { "expect" } or { "upgrade", "expect" } },
      }
      assert.is_true(r.client.ok)
      assert.failed(r.server, "reset")
      assert.equal("the peer broke off the connection", r.server.details.message)
      assert.is_nil(r:sequence():find("close_notify", 1, true), r:sequence())
      assert.lawful(r)
    end
  end)

  it("may not be a mistake: that throws, with its place", function()
    local ok, err = pcall(run, { client = { script = function() error "a mistake" end } })
    assert.is_false(ok)
    assert.matches("scenario_spec.lua:%d+: a mistake", err)
  end)

  for protocol in pairs(starttls) do
    it("is ready for both ends of " .. protocol, function()
      local r = run { client = { script = protocol }, server = { script = protocol } }
      assert.secure(r)
      assert.lawful(r)
      assert.equal(protocol, r.client.returned.protocol)
      assert.matches("ping\n$", r.server.received.after)
    end)
  end

  it("takes options of its dialogue", function()
    local r = run {
      client = { script = scenario.starttls("smtp", { name = "me.example" }) },
      server = { script = "smtp", starttls = { name = "you.example" } },
    }
    assert.secure(r)
    assert.matches("EHLO me.example", r.server.received.before)
    assert.matches("220 you.example", r.client.received.before)
  end)
end)
