-- Waiting: time limits, and the one place where the module waits.
local core = require "secsock.core"
local secsock = require "secsock"
local parties = require "spec.support.parties"
local support = require "spec.support"

describe("Waiting", function()
  local options = parties.options
  local wait, now, PATIENCE = secsock.wait, secsock.now, support.PATIENCE

  after_each(function() secsock.wait, secsock.now = wait, now end)

  -- How long it takes, what it gives, and how long it wanted to wait, at the most.
  local function timed(f, ...)
    local began, asked = now(), 0
    secsock.wait = function(s, want, seconds)
      asked = math.max(asked, seconds)
      return wait(s, want, seconds)
    end
    local results = { f(...) }
    return now() - began, results, asked
  end

  -- Ten bytes are received, each of which the other end sends after a pause; by a clock of its own.
  local function dribble(near, far, pause)
    local clock = 0
    secsock.now = function() return clock end
    secsock.wait = function(s, want, seconds)
      clock = clock + math.min(pause, seconds)
      if seconds < pause then return nil, "timeout" end
      far:send "x"
      return wait(s, want)
    end
    local results = { near:receive(10) }
    secsock.wait, secsock.now = wait, now
    return results, clock
  end

  it("takes as long as it is allowed to, and no longer", function()
    local near, far = support.loopback(options)
    for _, mode in ipairs { "b", "t" } do
      near:settimeout()
      near:settimeout(nil, "t")
      near:settimeout(0.1, mode)
      local elapsed, results, asked = timed(near.receive, near)
      assert.same({ nil, "timeout", "" }, results)
      assert.is_true(elapsed >= 0.1, elapsed)
      assert.is_true(asked <= 0.1, asked)
    end
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
    near:settimeout(0.25)
    local results, elapsed = dribble(near, far, 0.125)
    assert.same({ ("x"):rep(10) }, results)
    assert.equal(1.25, elapsed)
  end)

  it("is counted in all by a total limit", function()
    local near, far = support.loopback(options)
    near:settimeout(0.3125, "t")
    local results, elapsed = dribble(near, far, 0.125)
    assert.same({ nil, "timeout", "xx" }, results)
    assert.equal(0.3125, elapsed)
    near:settimeout(PATIENCE, "t")
    far:send "later"
    assert.equal("later", near:receive(5))
  end)

  it("ends at whichever limit comes first", function()
    local near, far = support.loopback(options)
    for _, limits in ipairs { { 0.1, PATIENCE }, { PATIENCE, 0.1 } } do
      near:settimeout(limits[1], "b")
      near:settimeout(limits[2], "t")
      local _, results, asked = timed(near.receive, near)
      assert.equal("timeout", results[2])
      assert.is_true(asked <= 0.1, asked)
    end
    far:close()
  end)

  it("ends a handshake with a silent peer, which can be gone on with", function()
    local near, far = support.loopback(options)
    near:settimeout(0.1)
    local elapsed, results, asked = timed(near.upgrade, near)
    assert.is_nil(results[1])
    assert.equal("timeout", results[2])
    assert.equal("SECSOCK_WANT_READ", results[3].code)
    assert.is_true(elapsed >= 0.1, elapsed)
    assert.is_true(asked <= 0.1, asked)
    near:settimeout(PATIENCE)
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
      near:settimeout(PATIENCE)
      far:settimeout(PATIENCE)
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
    near:settimeout(PATIENCE)
    assert.equal("line", near:receive())
    assert.same({ { near, "read", PATIENCE }, { near, "read", PATIENCE } }, calls)
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
