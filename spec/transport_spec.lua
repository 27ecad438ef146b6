-- Transports of the program's own, written in Lua.
local secsock = require "secsock"
local parties = require "spec.support.parties"

describe("A transport written in Lua", function()
  local client, server = parties.options.client, parties.options.server

  -- A pipe of strings: its two ends as transports. `step` limits what one call moves.
  local function pipe(step)
    local towards = { {}, {} }
    local function ends(from, to)
      return {
        receive = function(count)
          local bytes = table.concat(towards[from])
          if bytes == "" then return nil, towards[from].closed and "closed" or "wantread" end
          local size = math.min(count, step or count)
          towards[from] = { bytes:sub(size + 1), closed = towards[from].closed }
          return bytes:sub(1, size)
        end,
        send = function(bytes)
          bytes = bytes:sub(1, step or #bytes)
          table.insert(towards[to], bytes)
          return #bytes
        end,
        close = function() towards[to].closed = true end,
      }
    end
    return ends(1, 2), ends(2, 1)
  end

  local function pair(step)
    local near, far = secsock.new(client), secsock.new(server)
    local for_near, for_far = pipe(step)
    assert.equal(near, near:attachtransport("client", for_near))
    assert.equal(far, far:attachtransport("server", for_far))
    return near, far, for_near, for_far
  end

  local function upgrade(near, far)
    local ok, err
    for _ = 1, 1000 do
      ok, err = near:upgrade()
      far:upgrade()
      if err ~= "timeout" and far:want() == nil then break end
    end
    return ok, err
  end

  for _, step in ipairs { 1, 7, 100000 } do
    it(("carries both the clear and TLS, %d bytes at a time"):format(step), function()
      local near, far = pair(step)
      near:send "STARTTLS\r\n"
      assert.equal("STARTTLS", far:receive())
      far:send "go ahead\r\n"
      assert.equal("go ahead", near:receive())
      assert.equal(near, near:upgrade() or near)
      for _ = 1, 20 do
        if far:upgrade() then break end
        near:upgrade()
      end
      assert.equal("secure", near:state())
      assert.equal("secure", far:state())
      assert.equal(6, near:send "secret")
      assert.equal("secret", far:receive(6))
      local long = ("0123456789"):rep(5000)
      assert.equal(#long, near:send(long))
      assert.equal(long, far:receive(#long))
      near:close()
      assert.same({ nil, "closed", "" }, { far:receive() })
    end)
  end

  it("says timeout where it cannot wait", function()
    local near = pair()
    assert.same({ nil, "timeout", "" }, { near:receive() })
    assert.equal("read", near:want())
    assert.equal(-1, near:getfd())
  end)

  it("waits by its own function", function()
    local near, far, transport = pair()
    local waits = {}
    local other = secsock.new(client)
    other:attachtransport("client", {
      receive = transport.receive,
      send = transport.send,
      wait = function(want, seconds)
        waits[#waits + 1] = { want, seconds }
        if #waits == 1 then return nil, "timeout" end
        far:send "now\n"
        return true
      end,
    })
    other:settimeout(2)
    assert.same({ nil, "timeout", "" }, { other:receive() })
    assert.equal("now", other:receive())
    assert.same({ { "read", 2 }, { "read", 2 } }, waits)
    assert.equal("plain", near:state())
  end)

  it("yields to a scheduler from any of its functions", function()
    local near, far, transport = pair()
    local yields = 0
    local function slow(f)
      return function(...)
        yields = yields + 1
        coroutine.yield()
        return f(...)
      end
    end
    local other = secsock.new(client)
    other:attachtransport("client", {
      receive = slow(transport.receive),
      send = slow(transport.send),
    })
    local thread = coroutine.create(function()
      local ok, err
      repeat ok, err = other:upgrade() until ok or err ~= "timeout"
      return ok, err
    end)
    local ok, result
    repeat
      ok, result = coroutine.resume(thread)
      assert(ok, result)
      far:upgrade()
    until coroutine.status(thread) == "dead"
    assert.equal(other, result)
    assert.is_true(yields > 3)
    assert.equal("plain", near:state())
  end)

  it("holds back what is sent until there is room", function()
    local room, taken = 0, {}
    local s = secsock.new(client)
    s:attachtransport("client", {
      receive = function() return nil, "wantread" end,
      send = function(bytes)
        if room == 0 then return nil, "wantwrite" end
        local count = math.min(room, #bytes)
        room = room - count
        taken[#taken + 1] = bytes:sub(1, count)
        return count
      end,
    })
    local data = ("x"):rep(40000)
    local last, err, sent = s:send(data)
    assert.is_nil(last)
    assert.equal("timeout", err)
    assert.equal("write", s:want())
    assert.is_true(sent < 20000) -- no more than a record is taken in advance
    room = 1e9
    assert.equal(#data, s:send(data, sent + 1))
    assert.is_nil(s:want())
    assert.equal(data, table.concat(taken))
  end)

  it("tells how it failed", function()
    for _, word in ipairs { "reset", "closed", "the cable is cut" } do
      local function broken() return nil, word end
      local s = secsock.new(client)
      s:attachtransport("client", { receive = broken, send = function(bytes) return #bytes end })
      assert.same({ nil, word, "" }, { s:receive() })
      s = secsock.new(client)
      s:attachtransport("client", { receive = broken, send = broken })
      assert.same({ nil, word }, { (s:send "x"), (select(2, s:send "x")) })
      s = secsock.new(client)
      local function silent() return nil, "wantread" end
      s:attachtransport("client", { receive = silent, send = broken })
      local ok, err, details = s:upgrade()
      assert.is_nil(ok)
      assert.equal(word, err)
      assert.matches(word, details.message, 1, true)
    end
  end)

  it("is cut off when it ends in the middle of TLS", function()
    local near, far, _, for_far = pair()
    near:upgrade()
    far:upgrade()
    near:upgrade()
    far:upgrade()
    assert.equal("secure", near:state())
    for_far.close()
    assert.same({ nil, "truncated", "" }, { near:receive() })
  end)

  it("does not let plaintext pass into the upgrade", function()
    local near, far = pair()
    far:send "EVIL\r\n"
    local ok, err = near:upgrade()
    assert.is_nil(ok)
    assert.equal("injected", err)
  end)

  it("carries the alert of a refusal", function()
    local near, far = pair()
    near:setpeername "wrong.example"
    local ok, err = upgrade(near, far)
    assert.is_nil(ok)
    assert.equal("certificate rejected", err)
    assert.equal("alert", (select(2, far:upgrade())))
    assert.equal("bad_certificate", far:lasterror().alert)
  end)

  it("may throw, which reaches the caller and harms nothing", function()
    local near = secsock.new(client)
    local failing = true
    near:attachtransport("client", {
      receive = function()
        if failing then error "out of order" end
        return "fine\n"
      end,
      send = function(bytes) return #bytes end,
    })
    assert.has_error(function() near:receive() end)
    failing = false
    assert.equal("fine", near:receive())
  end)

  it("is closed once, after what was left to say", function()
    local near, far, _, for_far = pair()
    near:upgrade()
    far:upgrade()
    near:upgrade()
    far:upgrade()
    local closed = 0
    local close = for_far.close
    for_far.close = function()
      closed = closed + 1
      close()
    end
    assert.equal(1, far:close())
    assert.equal(1, far:close())
    assert.equal(1, closed)
    assert.same({ nil, "closed", "" }, { near:receive() }) -- and not "truncated"
  end)

  it("is checked when it is attached", function()
    local s = secsock.new(client)
    local function none() end
    assert.has_error(function() s:attachtransport("client", {}) end)
    assert.has_error(function() s:attachtransport("client", { receive = none }) end)
    assert.has_error(function() s:attachtransport("client", none) end)
    assert.has_error(function()
      s:attachtransport("client", { receive = none, send = none, poll = none })
    end, "unknown option 'poll'")
    assert.has_error(function()
      s:attachtransport("nobody", { receive = none, send = none })
    end)
    assert.equal("new", s:state())
    s:close()
    local ok, err = s:attachtransport("client", { receive = none, send = none })
    assert.is_nil(ok)
    assert.equal("closed", err)
  end)
end)
