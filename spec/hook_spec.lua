-- Validation hooks written in Lua.
local secsock = require "secsock"
local support = require "spec.support"

describe("A validation hook", function()
  local folder, trust, identity

  setup(function()
    folder = support.certificates.make()
    trust = folder .. "/root.pem"
    identity = { cert = folder .. "/right.pem", key = folder .. "/right.key" }
  end)

  teardown(function() support.certificates.remove(folder) end)

  -- Two ends of which the client has the hook, and wants `name`.
  local function pair(hook, name)
    return support.pair {
      client = { trust = trust, peername = name or "mail.example", hook = hook },
      server = { identity = identity },
    }
  end

  describe("runs once per handshake", function()
    it("when nothing is wrong", function()
      local calls = {}
      local p = pair(function(s, verdict)
        calls[#calls + 1] = { s = s, verdict = verdict, state = s:state() }
      end)
      local of_client, of_server = p:upgrade()
      assert.equal(1, #calls)
      assert.equal(p.client, calls[1].s)
      assert.equal("upgrading", calls[1].state)
      assert.is_true(calls[1].verdict:ok())
      assert.equal(calls[1].verdict, p.client:verdict())
      assert.equal(p.client, of_client[1])
      assert.equal(p.server, of_server[1])
    end)

    it("when something is", function()
      local problems
      local p = pair(function(_, verdict) problems = verdict:problems() end, "wrong.example")
      local of_client = p:upgrade()
      assert.same({ "name_mismatch" }, problems)
      assert.equal("certificate rejected", of_client[2])
    end)

    it("on a server, for a client's certificate or none", function()
      local chains = {}
      local function judge(_, verdict) chains[#chains + 1] = #verdict:chain() end
      local server = { identity = identity, trust = trust, clientauth = "verify", hook = judge }
      local client = { trust = trust, peername = "mail.example" }
      support.pair({ client = client, server = server }):upgrade()
      client.identity = { cert = folder .. "/client.pem", key = folder .. "/client.key" }
      local p = support.pair { client = client, server = server }
      p:upgrade()
      assert.same({ 0, 2 }, chains)
      assert.equal("secure", p.server:state())
    end)

    it("when a certificate cannot be read, whatever it answers then", function()
      local problems, calls = nil, 0
      local p = support.pair {
        client = {
          trust = trust, peername = "mail.example", versions = { "TLSv1.2" },
          hook = function(_, verdict)
            problems, calls = verdict:problems(), calls + 1
            return true
          end,
        },
        server = { identity = identity },
      }
      p.client:upgrade()
      p:pump()
      p.server:upgrade()
      local leaf = secsock.cert.load(identity.cert):der()
      local flight = p.server:drain()
      local at = assert(flight:find(leaf, 1, true)) -- TLS 1.2 sends certificates in the clear
      p.client:feed(flight:sub(1, at - 1) .. "\49" .. flight:sub(at + 1))
      local ok, err, details = p.client:upgrade()
      assert.is_nil(ok)
      assert.equal("certificate rejected", err)
      assert.same({ "malformed" }, problems)
      assert.equal(1, calls)
      assert.is_string(details.alert)
      assert.equal("failed", p.client:state())
    end)

    it("in TLS 1.2", function()
      local calls = 0
      local p = support.pair {
        client = {
          trust = trust, peername = "mail.example", versions = { "TLSv1.2" },
          hook = function() calls = calls + 1 end,
        },
        server = { identity = identity },
      }
      p:upgrade()
      assert.equal("TLSv1.2", p.client:info "version")
      assert.equal(1, calls)
    end)
  end)

  describe("answers", function()
    local function outcome(answer, reason, name)
      local p = pair(function() return answer, reason end, name)
      local of_client = p:upgrade()
      local seen, _, partial = p.server:receive()
      return of_client, p, seen, partial
    end

    it("nil to leave it to the verdict", function()
      assert.is_table(outcome(nil))
      assert.equal("secure", select(2, outcome(nil)).client:state())
      assert.equal("certificate rejected", outcome(nil, nil, "wrong.example")[2])
      assert.equal("certificate rejected", outcome("follow", nil, "wrong.example")[2])
    end)

    it("true to accept what the verdict would not", function()
      local of_client, p = outcome(true, nil, "wrong.example")
      assert.equal(p.client, of_client[1])
      assert.equal("secure", p.client:state())
      assert.same({ "name_mismatch" }, p.client:verdict():problems())
    end)

    it("false to reject, and says why", function()
      local of_client, p = outcome(false, "not today")
      assert.equal("certificate rejected", of_client[2])
      assert.matches("not today", of_client[3].message, 1, true)
      assert.equal("SECSOCK_E_REJECTED", of_client[3].code)
      assert.is_false(of_client[3].alert_received)
      assert.equal(p.client:verdict(), of_client[3].verdict)
      assert.equal("failed", p.client:state())
      assert.equal("alert", select(2, p.server:receive()))
      assert.equal(of_client[3].alert, p.server:lasterror().alert)
    end)

    it("with the name of a problem, which chooses the alert", function()
      for _, case in ipairs {
        { "revoked", "certificate_revoked" },
        { "expired", "certificate_expired" },
        { "issuer_unknown", "unknown_ca" },
      } do
        local of_client, p = outcome(case[1])
        assert.equal("certificate rejected", of_client[2])
        assert.equal(case[2], of_client[3].alert)
        p.server:receive()
        assert.equal(case[2], p.server:lasterror().alert)
        assert.is_true(p.server:lasterror().alert_received)
      end
    end)

    it("cannot accept a missing certificate that is required", function()
      local p = support.pair {
        client = { trust = trust, peername = "mail.example" },
        server = {
          identity = identity, trust = trust, clientauth = "require",
          hook = function() return true end,
        },
      }
      local _, of_server = p:upgrade()
      assert.equal("no certificate", of_server[2])
    end)
  end)

  describe("that fails", function()
    local function failure(hook)
      local p = pair(hook)
      local of_client = p:upgrade()
      assert.is_nil(of_client[1])
      assert.equal("hook error", of_client[2])
      assert.equal("failed", p.client:state())
      assert.equal(of_client[3].message, p.client:lasterror().message)
      assert.equal("alert", select(2, p.server:receive()))
      return of_client[3].message
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
      local p = pair(function() error "once" end)
      p:upgrade()
      local good = pair(function() end)
      assert.equal(good.client, good:upgrade()[1])
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
      local alive = setmetatable({}, { __mode = "v" })
      local function make()
        local s = assert(secsock.new { trust = trust, peername = "mail.example" })
        s:setvalidatehook(function() return s:state() == "upgrading" end)
        s:attachtransport("client", {
          receive = function() return nil, s and "wantread" end,
          send = function(bytes) return s and #bytes end,
        })
        assert.equal("timeout", (select(2, s:upgrade())))
        alive[1] = s
      end
      make()
      for _ = 1, 3 do collectgarbage() end
      assert.is_nil(alive[1])
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
