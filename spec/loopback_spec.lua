-- Sockets over loopback: what connects, listens and takes over, on descriptors of the system.
local luasocket = require "socket"
local mint = require "secsock.mint"
local secsock = require "secsock"
local parties = require "spec.support.parties"
local process = require "spec.support.process"
local support = require "spec.support"

describe("A socket", function()
  local client, server = parties.options.client, parties.options.server

  -- A copy of options with others on top.
  local function with(options, more)
    local copy = {}
    for key, value in pairs(options) do copy[key] = value end
    for key, value in pairs(more) do copy[key] = value end
    return copy
  end

  describe("over loopback", function()
    it("connects and upgrades at once, unless deferred", function()
      local listener, port = support.listen(server)
      local s = assert(secsock.new(with(client, { timeout = support.PATIENCE })))
      local accepted
      support.run(
        function() assert.equal(1, s:connect("127.0.0.1", port)) end,
        function() accepted = assert(listener:accept()) end)
      assert.equal("secure", s:state())
      assert.equal("secure", accepted:state())
      assert.equal("server", accepted:role())
      assert.same({ "127.0.0.1", port, "inet" }, { s:getpeername() })
      assert.same({ s:getsockname() }, { accepted:getpeername() })
    end)

    it("goes on listening after a handshake that failed", function()
      local listener, port = support.listen(server)
      local stranger = assert(secsock.new(with(client, { trust = mint.ca("Stranger"):cert() })))
      local results = {}
      support.run(
        function() results.client = { stranger:connect("127.0.0.1", port) } end,
        function() results.server = { listener:accept() } end)
      assert.equal("certificate rejected", results.client[2])
      assert.is_nil(results.server[1])
      assert.equal("alert", results.server[2])
      assert.equal("unknown_ca", results.server[3].alert)
      assert.equal("listening", listener:state())
      local good, accepted = assert(secsock.new(client)), nil
      support.run(
        function() assert(good:connect("127.0.0.1", port)) end,
        function() accepted = assert(listener:accept()) end)
      assert.equal("secure", accepted:state())
    end)

    it("leaves the handshake to the caller when the listener must not wait", function()
      local listener, port = support.listen(server)
      listener:settimeout(0)
      assert.same({ nil, "timeout" }, { (listener:accept()), (select(2, listener:accept())) })
      assert.equal("read", listener:want())
      local s = assert(secsock.new(with(client, { defer = true })))
      assert(s:connect("127.0.0.1", port))
      local accepted = assert(listener:accept())
      assert.equal("plain", accepted:state())
      assert.same({ -1, -1 }, { accepted:gettimeout() })
    end)

    it("does not let a silent client hold the listener up for ever", function()
      local listener, port = support.listen(server)
      listener:settimeout(0.1)
      local s = assert(secsock.new { defer = true })
      assert(s:connect("127.0.0.1", port))
      local accepted, err = listener:accept()
      assert.is_nil(accepted)
      assert.equal("timeout", err)
    end)

    it("connects without waiting, when told so", function()
      local listener, port = support.listen(server)
      local s = assert(secsock.new { defer = true, timeout = 0 })
      local ok, err = s:connect("127.0.0.1", port)
      while not ok do
        assert.equal("timeout", err)
        assert.equal("write", s:want())
        assert.equal("w", s:events())
        assert.is_true(s:pollfd() >= 0)
        secsock.wait(s, s:want(), 1)
        ok, err = s:connect("127.0.0.1", port)
      end
      assert.equal("plain", s:state())
      listener:close()
    end)

    it("says why it cannot connect", function()
      local port, holder = process.deaf_port()
      local s = assert(secsock.new { defer = true })
      local ok, err, details = s:connect("127.0.0.1", port)
      assert.is_nil(ok)
      assert.equal("connection refused", err)
      assert.is_number(details.errno)
      assert.matches("127.0.0.1 port " .. port, details.message, 1, true)
      holder:close()
      assert.same({ nil, "host not found" }, {
        (secsock.new { defer = true }:connect("no such host", 1)),
        (select(2, secsock.new { defer = true }:connect("no such host", 1))),
      })
    end)

    it("says why it cannot listen", function()
      local listener, port = support.listen(server)
      local second = assert(secsock.new(server))
      local ok, err = second:listen("127.0.0.1", port)
      assert.is_nil(ok)
      assert.equal("address already in use", err)
      listener:close()
      ok, err = secsock.new():listen("127.0.0.1", 0)
      assert.is_nil(ok)
      assert.equal("no key", err)
    end)

    it("listens on every address for a star", function()
      local listener = assert(secsock.new(server))
      assert.equal(1, listener:listen("*", 0))
      assert.is_true(select(2, listener:getsockname()) > 0)
      listener:close()
    end)

    it("has options", function()
      local near, far = support.loopback { client = client, server = server }
      for _, name in ipairs { "tcp-nodelay", "keepalive" } do
        assert.equal(1, near:setoption(name, true))
        assert.is_true(near:getoption(name))
        assert.equal(1, near:setoption(name, false))
        assert.is_false(near:getoption(name))
      end
      assert.equal(1, near:setoption("recv-buffer-size", 8192))
      assert.is_true(near:getoption "recv-buffer-size" >= 8192)
      assert.equal(1, near:setoption("send-buffer-size", 8192))
      assert.is_true(near:getoption "send-buffer-size" >= 8192)
      assert.equal(1, near:setoption("linger", { on = true, timeout = 7 }))
      assert.same({ on = true, timeout = 7 }, near:getoption "linger")
      near:setoption("linger", { on = true, timeout = 0.2 })
      assert.same({ on = true, timeout = 1 }, near:getoption "linger")
      for _, wrong in ipairs { true, {}, { on = 1, timeout = 0 }, { on = true, timeout = -1 } } do
        assert.has_error(function() near:setoption("linger", wrong) end)
      end
      assert.has_error(function() near:setoption("colour", 1) end)
      assert.has_error(function() near:setoption("keepalive", 1) end)
      assert.has_error(function() near:getoption "colour" end)
      far:close()
    end)

    it("resets where it does not linger", function()
      local near, far = support.loopback { client = client, server = server }
      near:setoption("linger", { on = true, timeout = 0 })
      near:close()
      assert.equal("reset", select(2, far:receive(1)))
      far:close()
    end)

    it("takes over a descriptor, with what was read from it before", function()
      local listener = assert(luasocket.bind("127.0.0.1", 0))
      local near = assert(luasocket.connect("127.0.0.1", (select(2, listener:getsockname()))))
      local far = assert(listener:accept())
      far:send "line\n"
      local s = assert(secsock.new())
      assert.has_error(function() s:attach(near:getfd(), "sideways") end)
      assert.has_error(function() s:attach(-1, "client") end)
      assert.has_error(function() s:attach("stdin", "client") end)
      assert.equal(s, s:attach(near:getfd(), "client", "first "))
      near:setfd(-1)
      assert.equal("first line", s:receive())
      s:close()
      assert.same({ nil, "closed", "" }, { far:receive() })
      listener:close()
    end)

    it("does not take over what is no connection", function()
      local udp = assert(luasocket.udp4())
      local s = assert(secsock.new())
      local ok, err = s:attach(udp:getfd(), "client")
      assert.is_nil(ok)
      assert.equal("argument", err)
      assert.equal("new", s:state())
      udp:close()
    end)

    it("tells a connection that was broken off from one that ended", function()
      local near, far = support.loopback { client = client, server = server }
      far:settimeout(support.PATIENCE)
      far:send(("x"):rep(200000)) -- more than a close is willing to discard
      near:close()
      assert.same({ nil, "reset", "" }, { far:receive "*a" })
      assert.equal("SECSOCK_E_RESET", far:lasterror().code)
      assert.is_number(far:lasterror().errno)
      assert.same({ nil, "closed", 0 }, { far:send "x" })
    end)
  end)
end)
