-- What comes out of scenarios: assertions and what they say, laws, matrices.
local core = require "secsock.core"
local scenario = require "secsock.scenario"
local parties = require "spec.support.parties"
local laws = require "secsock.scenario.laws"
local report = require "secsock.scenario.report"
require "secsock.scenario.assertions"

local run = parties.run

describe("an assertion about a run", function()
  local good, refused

  setup(function()
    good = run()
    refused = run { client = { peername = "other.example" } }
  end)

  -- That an assertion fails, and says all of these.
  local function fails(texts, assertion, ...)
    local ok, err = pcall(assertion, ...)
    assert.is_false(ok)
    err = tostring(err)
    for _, text in ipairs(texts) do assert.is_truthy(err:find(text, 1, true), err) end
  end

  it("holds where it should", function()
    assert.secure(good)
    assert.secure(good.client)
    assert.not_secure(refused)
    assert.rejected(refused.client)
    assert.rejected(refused.client, "name_mismatch")
    assert.not_rejected(refused.server)
    assert.failed(refused.server, "alert")
    assert.alert(refused.server, "bad_certificate")
    assert.alert(refused.server, 42)
    assert.no_plaintext_after_upgrade(good)
    assert.lawful(refused)
  end)

  it("says what was there instead, and prints the sequence", function()
    fails({ "the client to be secure", "name_mismatch", "seed 1",
            "the client begins TLS", " server_hello ", "not for other.example" },
          assert.secure, refused)
    fails({ "the client to reject its peer for expired", "its verdict: name_mismatch", "seed 1" },
          assert.rejected, refused.client, "expired")
    fails({ "the client to reject its peer: it was secure" },
          assert.rejected, good.client)
    fails({ "to fail with timeout: certificate rejected", "seed 1" },
          assert.failed, refused.client, "timeout")
    fails({ "the alert unknown_ca: it had bad_certificate", "seed 1" },
          assert.alert, refused.server, "unknown_ca")
    fails({ "it had none" }, assert.alert, good.server)
    fails({ "Expected otherwise", "seed 1" }, assert.not_secure, good)
    fails({ "Expected otherwise", "seed 1" }, assert.not_failed, refused.client)
  end)

  it("is about runs, and where it must be about one end", function()
    fails({ "a scenario's run expected" }, assert.secure, {})
    fails({ "one end of a run expected" }, assert.rejected, refused)
    fails({ "a matrix expected" }, assert.passed, good)
    fails({ "there is no problem 'name_mismtach'" }, assert.not_rejected, refused.client,
          "name_mismtach")
  end)

  it("says where it was asked what makes no sense", function()
    for _, asserts in ipairs { assert, (require "secsock.scenario.assert") } do
      local ok, err = pcall(function() asserts.rejected(refused) end)
      assert.is_false(ok)
      assert.matches("scenario_report_spec.lua:%d+: one end of a run expected", err)
    end
  end)
end)

describe("a law that is crossed is noticed:", function()
  -- Runs with a method of all sockets replaced by what `change` makes of it.
  local function with(name, change, changes)
    local methods = core.methods
    local method = methods[name]
    methods[name] = change(method)
    local ok, r = pcall(run, changes)
    methods[name] = method
    assert(ok, r)
    return r
  end

  local function crossed(law, r)
    local numbers = {}
    for i, one in ipairs(r.crossed) do numbers[i] = one.law end
    assert.same({ law }, numbers)
    assert.not_lawful(r)
    assert.matches("CROSSES LAW " .. law, r:sequence())
  end

  it("3, a hook that is never asked", function()
    crossed(3, with("setvalidatehook", function()
      return function() return 1 end
    end, { client = { hook = function() return true end } }))
  end)

  it("4, plaintext that comes out as if it had been protected", function()
    local fed
    local r = with("receive", function(receive)
      return function(...)
        if fed then return receive(...) end
        fed = true
        return "injected"
      end
    end, { server = { script = { "upgrade", { "receive" }, { "say", "pong" }, "expect_close" } },
           client = { script = { "upgrade", { "say", "ping" }, { "expect", "pong" }, "close" } } })
    crossed(4, r)
    assert.has_error(function() assert.no_plaintext_after_upgrade(r) end)
  end)

  it("4, by what was sent and received", function()
    local crossings = laws.new { put = function() end }
    local function check(sent, received)
      crossings:check_received({ role = "client", received = { after = received } },
                               { role = "server", sent = { after = sent } })
      return #crossings.crossed
    end
    assert.equal(0, check("one\r\ntwo\r\n", "one\ntwo"))
    assert.equal(0, check("one\r\ntwo\r\n", ""))
    assert.equal(1, check("one\r\ntwo\r\n", "two\n"))
  end)

  it("5, a send that works after a failed upgrade", function()
    crossed(5, with("send", function(send)
      return function(s, data, ...)
        if s:state() == "failed" then return #data end
        return send(s, data, ...)
      end
    end, { client = { peername = "other.example", script = function(me)
      me.socket:upgrade()
      me.socket:send "in the clear, then"
    end } }))
  end)

  it("6, a cut that passes for the end", function()
    crossed(6, with("receive", function(receive)
      return function(...)
        local data, err, partial = receive(...)
        return data, err == "truncated" and "closed" or err, partial
      end
    end, {
      wire = { to_client = { truncate = true } },
      client = { script = { "upgrade", "expect_close" } },
      server = { script = { "upgrade", "close" } },
    }))
  end)

  it("7, a client without the certificate that is required", function()
    local r = with("verdict", function(verdict)
      return function(s)
        if s:role() == "client" then return verdict(s) end
        return nil
      end
    end, {
      server = { clientauth = "require", trust = parties.ca },
      client = { identity = parties.ca:issue { email = "joe@mail.example" } },
    })
    crossed(7, r)
  end)

  it("9, an error without a word", function()
    crossed(9, with("receive", function()
      return function() return nil, "", "" end
    end, { server = { script = { "upgrade", { "receive" } } },
           client = { script = { "upgrade" } } }))
  end)
end)

describe("a report", function()
  it("has all in order, whatever they do who are told of it", function()
    local one = report.new { now = function() return 0 end }
    local kinds = { "first", "second" }
    local trace = { taken = 2, next = function() return { kind = table.remove(kinds, 1) } end }
    one:add("client", "before")
    one:take(trace, function()
      one:add("client", "meanwhile")
      error "is thrown"
    end)
    one:add("client", "behind")
    assert.has_error(function() one:all() end, "is thrown")
    trace.next = function() end
    local texts = {}
    for i, event in ipairs(one:all()) do texts[i] = event.text end
    assert.same({ "before", "behind", "meanwhile" }, texts)
  end)
end)

describe("a matrix", function()
  local function matrix(changes)
    local options = {
      version = { "TLSv1.2", "TLSv1.3" },
      wire = { { name = "whole" }, { name = "bytes", split = 1 } },
      resumption = { true, false },
      run = function(case)
        local r = case.scenario {
          client = parties.client { versions = { case.version }, resumption = case.resumption },
          server = parties.server(),
          wire = { split = case.wire.split },
        }
        assert.secure(r)
        assert.equal(case.version, r.client.info.version)
      end,
    }
    for name, value in pairs(changes or {}) do options[name] = value end
    local m = scenario.matrix(options)
    return m
  end

  it("runs the product, and names each case", function()
    local m = matrix()
    assert.passed(m)
    assert.equal(8, m.passed)
    assert.equal("resumption=true version=TLSv1.2 wire=whole", m.cases[1].name)
    assert.equal("resumption=false version=TLSv1.3 wire=bytes", m.cases[8].name)
  end)

  it("names values by their place where they do not read the same each time", function()
    local values = { print, parties.ca:cert(), {}, { name = "named" }, "text", 1.5, false }
    local m, names = scenario.matrix { a = values, run = function() end }, {}
    for i, case in ipairs(m.cases) do names[i] = case.name end
    assert.same({ "a=1", "a=2", "a=3", "a=named", "a=text", "a=1.5", "a=false" }, names)
  end)

  it("repeats one case by its name and seed", function()
    local all = matrix { seed = 42 }
    local name = "resumption=true version=TLSv1.3 wire=whole"
    local again = matrix { seed = 42, only = name }
    assert.equal(1, #again.cases)
    local before
    for _, case in ipairs(all.cases) do
      if case.name == name then before = case end
    end
    local function shape(case)
      local shown = {}
      for i, event in ipairs(case.run.events) do shown[i] = event.who .. " " .. event.kind end
      return shown
    end
    assert.equal(before.seed, again.cases[1].seed)
    assert.equal(before.run.seed, again.cases[1].run.seed)
    assert.same(shape(before), shape(again.cases[1]))
  end)

  it("says in a table which cases failed, and why", function()
    local m = matrix {
      run = function(case)
        if case.version == "TLSv1.2" and case.wire.split then error "not in bytes" end
      end,
    }
    assert.equal(2, m.failed)
    local text = m:table()
    assert.matches("FAILED  resumption=true version=TLSv1.2 wire=bytes.-not in bytes\n", text)
    assert.matches("ok      resumption=true version=TLSv1.2 wire=whole\n", text)
    assert.matches("6 passed, 2 failed, seed 1$", text)
    local ok, err = pcall(assert.passed, m)
    assert.is_false(ok)
    assert.is_truthy(tostring(err):find(text, 1, true))
  end)

  it("shows the first case that failed, when all were to pass", function()
    local m = matrix {
      run = function(case)
        local r = case.scenario { client = parties.client(), server = parties.server() }
        if case.version == "TLSv1.3" then assert.not_secure(r) end
        error "and what is said\nat length"
      end,
    }
    local _, err = pcall(assert.passed, m)
    assert.matches("seed 1\nat length$", tostring(err))
    m = matrix { only = m.cases[2].name, run = function(case)
      case.scenario { client = parties.client(), server = parties.server() }
      error "oops"
    end }
    _, err = pcall(assert.passed, m)
    assert.matches("1 failed, seed 1\nseed 1 resumption[^\n]+\n +client ", tostring(err))
  end)

  it("shows how far it is, and the table", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    local m = matrix { show = file }
    file:close()
    file = assert(io.open(path))
    local shown = file:read "*a"
    file:close()
    os.remove(path)
    assert.matches("^\r1 of 8, 0 failed\r2 of 8", shown)
    assert.is_truthy(shown:find(m:table(), 1, true))
  end)

  it("throws mistakes, at the caller's line", function()
    for text, changes in pairs {
      ["there is no case 'none'"] = { only = "none" },
      ["option 'run': a function of a case expected"] = { run = false },
      ["option 'key': a dimension is a list of values"] = { key = "p256" },
      ["option 'name': a dimension is a list of values"] = { name = { "a" } },
    } do
      local ok, err = pcall(matrix, changes)
      assert.is_false(ok)
      assert.matches("scenario_report_spec.lua:%d+: " .. text, err)
    end
    local ok, err = pcall(function() return (scenario.matrix { run = function() end }) end)
    assert.is_false(ok)
    assert.matches("scenario_report_spec.lua:%d+: a dimension expected", err)
  end)
end)
