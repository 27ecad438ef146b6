-- Waiting: time limits, and the one place where the module waits.
local core = require "secsock.core"
local secsock = require "secsock"
local parties = require "spec.support.parties"
local support = require "spec.support"

describe("Waiting", function()
  local options = parties.options
  local wait = secsock.wait

  after_each(function() secsock.wait = wait end)

  -- How long it takes, and what it gives.
  local function timed(f, ...)
    local began = core.now()
    local results = { f(...) }
    return core.now() - began, results
  end

  local function sleep(s, seconds)
    coroutine.yield(s, "read", seconds)
  end

  -- Ten bytes, one after the other, while the other end receives them.
  local function dribble(near, far, pause)
    local results, elapsed
    support.run(
      function() elapsed, results = timed(near.receive, near, 10) end,
      function()
        for _ = 1, 10 do
          if near:state() ~= "plain" or not far:send "x" then return end
          sleep(far, pause)
        end
      end)
    return results, elapsed
  end

  it("takes as long as it is allowed to, and no longer", function()
    local near, far = support.loopback(options)
    for _, mode in ipairs { "b", "t" } do
      near:settimeout()
      near:settimeout(nil, "t")
      near:settimeout(0.1, mode)
      local elapsed, results = timed(near.receive, near)
      assert.same({ nil, "timeout", "" }, results)
      assert.is_true(elapsed >= 0.1 and elapsed < 1, elapsed)
    end
    near:settimeout(10, "b")
    local elapsed = timed(near.receive, near, 1)
    assert.is_true(elapsed < 1, elapsed)
    far:close()
  end)

  it("does not happen at all with a time of zero", function()
    for _, mode in ipairs { "b", "t" } do
      secsock.wait = wait
      local near, far = support.loopback(options)
      secsock.wait = function() error "waits" end
      near:settimeout(0, mode)
      assert.same({ nil, "timeout", "" }, { near:receive() })
      assert.equal("timeout", (select(2, near:upgrade())))
      far:close()
    end
  end)

  it("is counted each time by a block limit", function()
    local near, far = support.loopback(options)
    near:settimeout(0.2)
    local results, elapsed = dribble(near, far, 0.05)
    assert.same({ ("x"):rep(10) }, results)
    assert.is_true(elapsed > 0.3, elapsed)
  end)

  it("is counted in all by a total limit", function()
    local near, far = support.loopback(options)
    near:settimeout(0.2, "t")
    local results, elapsed = dribble(near, far, 0.05)
    assert.equal("timeout", results[2])
    assert.is_true(#results[3] > 0 and #results[3] < 10, results[3])
    assert.is_true(elapsed >= 0.2 and elapsed < 0.5, elapsed)
    assert.equal(10 - #results[3], #(near:receive(10 - #results[3])))
  end)

  it("ends at whichever limit comes first", function()
    local near, far = support.loopback(options)
    near:settimeout(0.1, "b")
    near:settimeout(10, "t")
    assert.is_true(timed(near.receive, near) < 1)
    near:settimeout(10, "b")
    near:settimeout(0.1, "t")
    assert.is_true(timed(near.receive, near) < 1)
    far:close()
  end)

  it("ends a handshake with a silent peer, which can be gone on with", function()
    local near, far = support.loopback(options)
    near:settimeout(0.1)
    local elapsed, results = timed(near.upgrade, near)
    assert.is_nil(results[1])
    assert.equal("timeout", results[2])
    assert.equal("SECSOCK_WANT_READ", results[3].code)
    assert.is_true(elapsed >= 0.1 and elapsed < 1, elapsed)
    near:settimeout(5)
    support.run(function() assert(near:upgrade()) end, function() assert(far:upgrade()) end)
    assert.equal("secure", near:state())
  end)

  it("ends a send that the peer does not read, which can be gone on with", function()
    for _, connect in ipairs { support.loopback, support.secure } do
      local near, far = connect(options)
      local data = ("0123456789"):rep(1000000)
      near:settimeout(0.1)
      local last, err, sent = near:send(data)
      assert.is_nil(last)
      assert.equal("timeout", err)
      assert.equal("write", near:want())
      assert.is_true(sent > 0 and sent < #data)
      local got
      near:settimeout(5)
      far:settimeout(5)
      support.run(
        function() assert.equal(#data, near:send(data, sent + 1)) end,
        function() got = far:receive(#data) end)
      assert.is_true(got == data)
      near:close()
      far:close()
    end
  end)

  it("goes through secsock.wait, which a scheduler replaces", function()
    local near, far = support.loopback(options)
    local calls = {}
    secsock.wait = function(s, want, seconds)
      calls[#calls + 1] = { s, want, seconds }
      if #calls == 1 then return true end -- no harm in waking too early
      far:send "line\n"
      return wait(s, want, seconds)
    end
    near:settimeout(3)
    assert.equal("line", near:receive())
    assert.same({ { near, "read", 3 }, { near, "read", 3 } }, calls)
  end)

  it("may be given up by whoever waits, for a reason of its own", function()
    local near, far = support.loopback(options)
    secsock.wait = function() return nil, "cancelled" end
    assert.same({ nil, "cancelled", "" }, { near:receive() })
    local ok, err, details = near:upgrade()
    assert.is_nil(ok)
    assert.equal("cancelled", err)
    assert.matches("cancelled", tostring(details))
    secsock.wait = function() end
    ok, err, details = near:upgrade()
    assert.is_nil(ok)
    assert.equal("timeout", err)
    assert.equal("SECSOCK_WANT_READ", details.code)
    far:close()
  end)

  it("has nothing to wait on over memory", function()
    local p = support.pair(options)
    assert.same({ nil, "timeout" }, { secsock.wait(p.client, "read") })
    assert.same({ nil, "timeout" }, { secsock.wait(p.client, "write", 5) })
  end)

  it("has nothing to wait on for somebody's decision", function()
    local near, far = support.loopback(options)
    assert.same({ nil, "timeout" }, { secsock.wait(near, "verdict") })
    far:close()
  end)

  it("is answered when the descriptor is ready", function()
    local near, far = support.loopback(options)
    assert.is_true(secsock.wait(near, "write"))
    assert.same({ nil, "timeout" }, { secsock.wait(near, "read", 0) })
    far:send "x"
    assert.is_true(secsock.wait(near, "read"))
  end)

  it("moves much both ways at once between coroutines", function()
    for _, connect in ipairs { support.loopback, support.secure } do
      local near, far = connect(options)
      local data = ("0123456789abcdef"):rep(65536 * 4) -- 4 MB
      local from_near, from_far
      support.run(
        function() assert(near:send(data)) end,
        function() from_near = far:receive(#data) end,
        function() assert(far:send(data)) end,
        function() from_far = near:receive(#data) end)
      assert.is_true(from_near == data)
      assert.is_true(from_far == data)
      near:close()
      far:close()
    end
  end)

  it("is polled for as long as it takes, whatever the number", function()
    local near, far = support.loopback(options)
    assert.has_error(function() core.poll(-1, "read", 0) end)
    assert.has_error(function() core.poll(near:getfd(), "verdict", 0) end)
    far:send "x"
    assert.equal("timeout", select(2, core.poll(nil, "read", 0)))
    assert.is_true(core.poll(near:getfd(), "read", math.huge))
    assert.is_true(core.poll(near:getfd(), "read", -1))
  end)
end)
