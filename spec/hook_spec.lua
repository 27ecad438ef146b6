-- Validation hooks written in Lua.
local scenario = require "secsock.scenario"
local secsock = require "secsock"
local parties = require "spec.support.parties"
local support = require "spec.support"
require "secsock.scenario.assertions"

describe("A validation hook", function()
  local trust, identity = parties.ca:cert(), parties.identity

  -- Two ends of which the client has the hook, and wants `name`.
  local function pair(hook, name)
    return support.pair {
      client = { trust = trust, peername = name or "mail.example", hook = hook },
      server = { identity = identity },
    }
  end

  -- A run in which the client has the hook, and wants `name`.
  local function run(hook, name)
    return parties.run { client = { hook = hook, peername = name or "mail.example" } }
  end

  describe("runs once per handshake", function()
    -- What the judge's peer shows, and what is wrong with that.
    local peers = {
      right = { problems = {}, dns = "mail.example" },
      stranger = { problems = { "issuer_unknown" }, dns = "mail.example", by = scenario.ca "Else" },
      wrong = { problems = { "expired", "name_mismatch" }, dns = "else.example",
                wrong = "expired" },
    }

    -- Both ends, as configurations for several runs.
    local function configs(case)
      local peer = peers[case.peer]
      local of_peer = (peer.by or parties.ca):issue {
        dns = peer.dns, key = case.key, eku = { "serverAuth", "clientAuth" }, wrong = peer.wrong,
      }
      local made = {}
      for _, role in ipairs { "client", "server" } do
        made[role] = assert(secsock.config {
          trust = trust, versions = { case.version },
          clientauth = case.judge == "server" and "verify" or "none",
          identity = role == case.judge and identity or of_peer,
        })
      end
      return made
    end

    -- What the judge's hook is shown; it accepts what it sees.
    local function judged(case, with)
      local seen
      local ends = {
        client = { config = with.client, peername = "mail.example" },
        server = { config = with.server },
      }
      ends[case.judge].peername = "mail.example"
      ends[case.judge].hook = function(s, verdict)
        assert.is_nil(seen)
        assert.equal("upgrading", s:state())
        seen = verdict
        return true
      end
      local r = case.scenario(ends)
      assert.secure(r)
      assert.lawful(r)
      assert.equal(1, r[case.judge].hooks)
      assert.equal(seen, r[case.judge].verdict)
      return seen, r[case.judge].info
    end

    it("whatever is agreed on, whoever judges, and whatever is wrong", function()
      assert.passed(scenario.matrix {
        version = secsock.list "versions", key = { "p256", "rsa2048", "ed25519" },
        judge = { "client", "server" }, peer = { "right", "stranger", "wrong" },
        run = function(case)
          local with, problems = configs(case), peers[case.peer].problems
          local first
          for round = 1, 2 do -- the second is resumed
            local verdict, info = judged(case, with)
            assert.equal(case.version, info.version)
            assert.equal(round == 2, info.resumed)
            assert.equal(round == 2, verdict:resumed())
            local found = verdict:problems()
            table.sort(found)
            assert.same(problems, found)
            first = first or verdict
            assert.same(first:chain(), verdict:chain())
          end
        end,
      })
    end)

    it("on a server also for a client without a certificate", function()
      local chain
      local function hook(_, verdict) chain = verdict:chain() end
      local r = parties.run { server = { trust = trust, clientauth = "verify", hook = hook } }
      assert.secure(r)
      assert.equal(1, r.server.hooks)
      assert.same({}, chain)
    end)

    it("when a certificate cannot be read, whatever it answers then", function()
      local leaf = identity:der()
      local r = parties.run {
        client = { versions = { "TLSv1.2" }, hook = function() return true end },
        wire = { to_client = function(_, bytes) -- TLS 1.2 sends certificates in the clear
          local at = bytes:find(leaf, 1, true)
          return at and bytes:sub(1, at - 1) .. "\49" .. bytes:sub(at + 1)
        end },
      }
      assert.rejected(r.client, "malformed")
      assert.equal(1, r.client.hooks)
      assert.alert(r.client)
      assert.lawful(r)
    end)
  end)

  describe("answers", function()
    local function outcome(answer, reason, name)
      local r = run(function() return answer, reason end, name)
      assert.lawful(r)
      return r
    end

    it("nil to leave it to the verdict", function()
      assert.secure(outcome(nil))
      assert.rejected(outcome(nil, nil, "wrong.example").client, "name_mismatch")
      assert.rejected(outcome("follow", nil, "wrong.example").client, "name_mismatch")
    end)

    it("true to accept what the verdict would not", function()
      local r = outcome(true, nil, "wrong.example")
      assert.secure(r)
      assert.same({ "name_mismatch" }, r.client.verdict:problems())
    end)

    it("false to reject, and says why", function()
      local r = outcome(false, "not today")
      assert.rejected(r.client)
      assert.matches("not today", r.client.details.message, 1, true)
      assert.equal("SECSOCK_E_REJECTED", r.client.details.code)
      assert.equal(r.client.verdict, r.client.details.verdict)
      assert.is_false(r.client.alert_received)
      assert.failed(r.server, "alert")
      assert.alert(r.server, r.client.alert)
    end)

    it("with the name of a problem, which chooses the alert", function()
      for problem, alert in pairs {
        revoked = "certificate_revoked", expired = "certificate_expired",
        issuer_unknown = "unknown_ca",
      } do
        local r = outcome(problem)
        assert.rejected(r.client)
        assert.alert(r.client, alert)
        assert.alert(r.server, alert)
        assert.is_true(r.server.alert_received)
      end
    end)

    it("cannot accept a missing certificate that is required", function()
      local r = parties.run { server = {
        trust = trust, clientauth = "require", hook = function() return true end,
      } }
      assert.failed(r.server, "no certificate")
      assert.lawful(r)
    end)
  end)

  describe("that fails", function()
    local function failure(hook)
      local r = run(hook)
      assert.failed(r.client, "hook error")
      assert.failed(r.server, "alert")
      assert.same({ "plain", "upgrading", "failed", "closed" }, r.client.states)
      return r.client.details.message
    end

    it("rejects the peer, and its error reaches the caller without a traceback", function()
      local message = failure(function() error "the database is down" end)
      assert.matches("hook_spec.lua:%d+: the database is down", message)
      assert.is_nil(message:find "traceback")
    end)

    it("may throw whatever Lua can throw", function()
      failure(function() error() end)
      failure(function() error {} end)
      failure(function() error(42) end)
      assert.matches("zero%?inside", failure(function() error("zero\0inside", 0) end))
      local text = { __tostring = function() return "an object" end }
      assert.matches("an object", failure(function() error(setmetatable({}, text)) end))
      failure(function() error(setmetatable({}, { __tostring = function() error "again" end })) end)
      failure(function() error(("long "):rep(10000)) end)
      failure(function() return nil + 1 end) -- luacheck: ignore
    end)

    it("is one that gives no answer", function()
      assert.matches("answered with a number", failure(function() return 1 end))
      assert.matches("answered with a table", failure(function() return {} end))
      assert.matches('answer "expird" is none', failure(function() return "expird" end))
      assert.matches("reason is a table", failure(function() return false, {} end))
      failure(function() return false, "zero\0inside" end)
    end)

    it("does not turn into an error of the next socket", function()
      run(function() error "once" end)
      assert.secure(run(function() end))
    end)
  end)

  describe("that takes its time", function()
    local wait = secsock.wait
    after_each(function() secsock.wait = wait end)

    -- Upgrades a pair, the client in a coroutine: the pair, the results, and how many yields.
    local function scheduled(hook)
      local p = pair(hook)
      local yields, result = 0, nil
      local thread = coroutine.create(function() result = { p.client:upgrade() } end)
      secsock.wait = coroutine.yield
      p.server:settimeout(0)
      repeat
        local ok, what = coroutine.resume(thread, true)
        assert(ok, what)
        if what == "hook" then yields = yields + 1 end
        p.server:upgrade()
        p:pump()
      until coroutine.status(thread) == "dead"
      return p, result, yields
    end

    it("yields to the caller's scheduler and answers when it is resumed", function()
      local p, result, yields = scheduled(function()
        for _ = 1, 3 do assert(coroutine.yield "hook" == true) end
        return nil
      end)
      assert.equal(3, yields)
      assert.equal(p.client, result[1])
      assert.equal("secure", p.client:state())
    end)

    it("keeps the connection silent meanwhile", function()
      local p = pair(function() coroutine.yield() end)
      local thread = coroutine.create(function() return p.client:upgrade() end)
      coroutine.resume(thread) -- ClientHello
      p:pump()
      p.server:upgrade()
      p:pump()
      thread = coroutine.create(function() return p.client:upgrade() end)
      coroutine.resume(thread) -- in the hook now
      assert.equal("suspended", coroutine.status(thread))
      assert.equal("verdict", p.client:want())
      assert.equal("", p.client:drain())
      assert.same({ nil, "state", "" }, { p.client:receive() })
      assert.same({ nil, "state", 0 }, { p.client:send "too early" })
      coroutine.resume(thread)
      assert.is_true(p.client:drainable() > 0)
    end)

    it("may reject, or fail, after that", function()
      local p, result = scheduled(function()
        coroutine.yield "hook"
        return "revoked", "a list says so"
      end)
      assert.equal("certificate rejected", result[2])
      assert.matches("a list says so", result[3].message)
      p.server:upgrade()
      assert.equal("certificate_revoked", p.server:lasterror().alert)
      local _, failed = scheduled(function()
        coroutine.yield "hook"
        error "no answer"
      end)
      assert.equal("hook error", failed[2])
      assert.matches("no answer", failed[3].message)
    end)

    it("cannot yield where there is nobody to resume it", function()
      local p = pair(function() coroutine.yield() end)
      local of_client = p:upgrade()
      assert.equal("hook error", of_client[2])
      assert.matches("attempt to yield", of_client[3].message)
    end)

    it("may use another connection to make up its mind", function()
      local asked
      local oracle_client, oracle_server = support.loopback {
        client = {}, server = { identity = identity },
      }
      local near, far = support.loopback {
        client = {
          trust = trust, peername = "wrong.example",
          hook = function(_, verdict)
            oracle_client:send(verdict:problems()[1] .. "\n")
            return oracle_client:receive() == "fine"
          end,
        },
        server = { identity = identity },
      }
      support.run(
        function() assert(near:upgrade()) end,
        function() assert(far:upgrade()) end,
        function()
          asked = oracle_server:receive()
          oracle_server:send "fine\n"
        end)
      assert.equal("name_mismatch", asked)
      assert.equal("secure", near:state())
      for _, s in ipairs { near, far, oracle_client, oracle_server } do s:close() end
    end)
  end)

  describe("that leaves the decision to somebody else", function()
    local function pending()
      local p = pair(function() return secsock.pending end, "wrong.example")
      local of_client = p:upgrade()
      assert.equal("timeout", of_client[2])
      assert.equal("verdict", p.client:want())
      assert.equal("SECSOCK_WANT_VERDICT", of_client[3].code)
      return p
    end

    it("waits for s:decide()", function()
      local p = pending()
      assert.equal(1, p.client:decide(true))
      assert.equal(p.client, p.client:upgrade())
      p:upgrade()
      assert.equal("secure", p.client:state())
    end)

    it("is not asked again", function()
      local calls = 0
      local p = pair(function()
        calls = calls + 1
        return secsock.pending
      end)
      p:upgrade()
      p.client:upgrade()
      p.client:decide(nil)
      p:upgrade()
      assert.equal(1, calls)
    end)

    it("is told by s:decide() what a hook could have answered", function()
      for _, case in ipairs {
        { false, "certificate_unknown" }, { "revoked", "certificate_revoked" },
      } do
        local p = pending()
        p.client:decide(case[1], "because")
        local ok, err, details = p.client:upgrade()
        assert.is_nil(ok)
        assert.equal("certificate rejected", err)
        assert.matches("because", details.message)
        assert.equal(case[2], details.alert)
      end
      local p = pending()
      p.client:decide(nil)
      assert.equal("certificate rejected", (select(2, p.client:upgrade())))
    end)

    it("says when there is nothing to decide", function()
      local ok, err = pair().client:decide(true)
      assert.is_nil(ok)
      assert.equal("state", err)
      assert.has_error(function() pending().client:decide "expird" end)
      assert.has_error(function() pending().client:decide(1) end)
      assert.has_error(function() pending().client:decide(false, {}) end)
    end)

    it("can be waited for by a scheduler", function()
      local near, far = support.loopback {
        client = { trust = trust, peername = "wrong.example" },
        server = { identity = identity },
      }
      near:setvalidatehook(function() return secsock.pending end)
      support.run(
        function() assert(near:upgrade()) end,
        function() assert(far:upgrade()) end,
        function()
          while near:want() ~= "verdict" do coroutine.yield(far, "write", 0.01) end
          near:decide(true)
        end)
      assert.equal("secure", near:state())
    end)
  end)

  describe("and its socket", function()
    it("can be set and taken away before the upgrade", function()
      local called = false
      local p = pair()
      p.client:setvalidatehook(function() called = true end)
      p.client:setvalidatehook(nil)
      p:upgrade()
      assert.is_false(called)
      local ok, err = p.client:setvalidatehook(print)
      assert.is_nil(ok)
      assert.equal("state", err)
      assert.has_error(function() p.client:setvalidatehook "x" end,
        "bad argument #1 to 'setvalidatehook' (function expected, got string)")
    end)

    it("stands for knowing whom one talks to", function()
      local p = support.pair { client = { trust = trust }, server = { identity = identity } }
      local name_result
      p.client:setvalidatehook(function(_, verdict)
        name_result = verdict:name()
        return true
      end)
      assert.equal(p.client, p:upgrade()[1])
      assert.equal("unchecked", name_result)
    end)

    it("is inherited from a listener", function()
      local calls = {}
      local listener, port = support.listen {
        identity = identity, trust = trust, clientauth = "request",
        hook = function(s) calls[#calls + 1] = s end,
      }
      local client = assert(secsock.new { trust = trust, peername = "mail.example" })
      local accepted
      support.run(
        function() assert(client:connect("127.0.0.1", port)) end,
        function()
          accepted = assert(listener:accept())
          listener:close()
        end)
      assert.equal(1, #calls)
      assert.equal(accepted, calls[1])
    end)

    it("may close it", function()
      local p = pair(function(s) s:close() end)
      local of_client = p:upgrade()
      assert.is_nil(of_client[1])
      assert.equal("closed", of_client[2])
    end)

    it("may decide by method, or upgrade in vain", function()
      local inner
      local p = pair(function(s)
        inner = { s:upgrade() }
        s:decide(true)
      end, "wrong.example")
      assert.equal(p.client, p:upgrade()[1])
      assert.equal("timeout", inner[2])
    end)

    it("may refer to it without keeping it alive", function()
      assert.is_false(support.is_kept(function()
        local s = assert(secsock.new { trust = trust, peername = "mail.example" })
        s:setvalidatehook(function() return s:state() == "upgrading" end)
        s:attachtransport("client", {
          receive = function() return nil, s and "wantread" end,
          send = function(bytes) return s and #bytes end,
        })
        assert.equal("timeout", (select(2, s:upgrade())))
        return s
      end))
    end)

    it("runs in the coroutine that upgrades, however many have upgraded before", function()
      local seen
      local p = pair(function() seen = coroutine.running() end)
      for _ = 1, 3 do
        local thread = coroutine.create(function()
          p.client:upgrade()
          p.server:upgrade()
          p:pump()
        end)
        assert(coroutine.resume(thread))
        assert.equal("dead", coroutine.status(thread))
        thread = nil -- luacheck: ignore 311
        collectgarbage()
      end
      assert.equal("secure", p.client:state())
      assert.equal("thread", type(seen))
    end)
  end)
end)
