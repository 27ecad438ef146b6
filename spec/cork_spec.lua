-- Small messages that leave together: s:cork().
local secsock = require "secsock"
local parties = require "spec.support.parties"
local support = require "spec.support"

describe("A corked socket", function()
  local options = parties.options

  -- In the clear, and under TLS.
  local connections = { plain = support.loopback, secure = support.secure }

  for state, connect in pairs(connections) do
    describe("that is " .. state, function()
      local near, far

      before_each(function()
        near, far = connect(options)
        far:settimeout(0)
      end)

      after_each(function()
        near:close()
        far:close()
      end)

      it("keeps what it sends until it is uncorked", function()
        local before = select(2, near:getstats())
        assert.equal(1, near:cork(true))
        for i = 1, 100 do assert.equal(4, near:send(("%03d\n"):format(i))) end
        assert.same({ nil, "timeout", "" }, { far:receive(1) })
        local sent = select(2, near:getstats())
        assert.equal(400, sent - before)
        assert.equal(1, near:cork(false))
        far:settimeout(5)
        for i = 1, 100 do assert.equal(("%03d"):format(i), far:receive()) end
        assert.equal(sent, (select(2, near:getstats())))
        assert.equal(2, near:send "x\n")
        assert.equal("x", far:receive())
      end)

      it("sends it before it waits for an answer", function()
        near:cork(true)
        far:cork(true)
        local answers = {}
        support.run(
          function()
            for i = 1, 3 do near:send(("question %d\n"):format(i)) end
            for i = 1, 3 do answers[i] = near:receive() end
          end,
          function()
            far:settimeout()
            for _ = 1, 3 do far:send(far:receive():gsub("question", "answer") .. "\n") end
            assert.same({ nil, "closed", "" }, { far:receive() })
          end,
          function()
            while not answers[3] do coroutine.yield(near, "write", 0.001) end
            near:shutdown()
          end)
        assert.same({ "answer 1", "answer 2", "answer 3" }, answers)
      end)

      it("waits for a peer that does not read, within its limit", function()
        local data, sent = ("0123456789"):rep(1000), 0
        near:settimeout(0.05)
        local function fill()
          near:cork(true)
          local last, err, at
          repeat
            last, err, at = near:send(data)
            sent = sent + (last or at)
          until not last
          assert.equal("timeout", err)
        end
        local ok, err
        repeat -- the system may yet find room for more
          fill()
          ok, err = near:cork(false)
        until not ok
        assert.equal("timeout", err)
        assert.equal("write", near:want())
        local got
        near:settimeout(5)
        far:settimeout(5)
        support.run(
          function() assert(near:cork(false)) end,
          function() got = far:receive(sent) end)
        assert.equal(sent, #got)
        assert.equal(data, got:sub(1, #data))
      end)

      it("sends it when it is closed", function()
        near:cork(true)
        near:send "goodbye\n"
        near:close()
        far:settimeout(5)
        assert.equal("goodbye", far:receive())
      end)

      it("tells how much has not left", function()
        near:cork(true)
        near:send "twelve bytes"
        far:setoption("linger", { on = true, timeout = 0 })
        far:close()
        local ok, err, details
        repeat -- the first bytes after a reset may still seem to leave
          ok, err, details = near:cork(false)
          near:cork(true)
          near:send "twelve bytes"
        until not ok
        assert.equal("reset", err)
        assert.matches("^12 gathered bytes were not sent: ", details.message)
        assert.equal("failed", near:state())
      end)
    end)
  end

  it("says all in the clear before it is upgraded, and all under TLS before it is downgraded",
    function()
      local p = support.pair(options)
      p.client:allowdowngrade(true)
      p.server:allowdowngrade(true)
      p.client:cork(true)
      p.client:send "EHLO me.example\r\n"
      p.client:send "STARTTLS\r\n"
      assert.equal(0, p.client:drainable())
      p.client:upgrade()
      p:pump()
      assert.equal("EHLO me.example", p.server:receive())
      assert.equal("STARTTLS", p.server:receive())
      p:upgrade()
      assert.equal("secure", p.client:state())
      p.client:send "QUIT\r\n"
      p.client:downgrade()
      p:pump()
      assert.equal("QUIT", p.server:receive())
      assert.same({ nil, "closed", "" }, { p.server:receive() })
      assert.equal(p.server, p.server:downgrade())
      p:pump()
      assert.equal(p.client, p.client:downgrade())
      assert.equal("plain", p.client:state())
    end)

  it("sends over a transport written in Lua, too", function()
    local sent = {}
    local s = secsock.new(options.client)
    s:attachtransport("client", {
      receive = function() return nil, "wantread" end,
      send = function(bytes)
        sent[#sent + 1] = bytes
        return #bytes
      end,
    })
    s:cork(true)
    for _ = 1, 5 do s:send "x" end
    assert.same({}, sent)
    assert.same({ nil, "timeout", "" }, { s:receive() })
    assert.same({ "xxxxx" }, sent)
    s:send "y"
    s:cork(false)
    assert.same({ "xxxxx", "y" }, sent)
  end)

  it("is told by true or false", function()
    local s = secsock.new()
    assert.has_error(function() s:cork() end)
    assert.has_error(function() s:cork(1) end)
    local listener = support.listen(options.server)
    assert.equal("state", (select(2, listener:cork(true))))
    listener:close()
  end)
end)
