-- Sockets: their life from new to closed, over memory.
local secsock = require "secsock"
local parties = require "spec.support.parties"
local support = require "spec.support"

describe("A socket", function()
  local client, server = parties.options.client, parties.options.server

  local function pair(of_client, of_server)
    return support.pair { client = of_client or client, server = of_server or server }
  end

  -- A copy of options with others on top.
  local function with(options, more)
    local copy = {}
    for key, value in pairs(options) do copy[key] = value end
    for key, value in pairs(more) do copy[key] = value end
    return copy
  end

  describe("as an object", function()
    it("names its role and state as text", function()
      local p = pair()
      local fresh = secsock.new()
      assert.matches("^secsock: new %S+$", tostring(fresh))
      assert.matches("^secsock client: plain %S+$", tostring(p.client))
      p:upgrade()
      assert.matches("^secsock server: secure %S+$", tostring(p.server))
      p.server:close()
      assert.matches("^secsock server: closed %S+$", tostring(p.server))
      local listener = support.listen(server)
      assert.matches("^secsock: listening %S+$", tostring(listener))
      listener:close()
    end)

    it("has its methods in a table that programs can read", function()
      local methods = getmetatable(secsock.new()).__index
      assert.equal("table", type(methods))
      for _, name in ipairs {
        "accept", "allowdowngrade", "attach", "attachmemory", "attachtransport", "close", "config",
        "connect", "cork", "decide", "defer", "dirty", "downgrade", "drain", "drainable", "events",
        "feed", "getfd", "getoption", "getpeername", "getsockname", "getstats", "gettimeout",
        "info", "lasterror", "listen", "owncert", "peername", "pollfd", "receive", "role", "send",
        "setoption", "setpeername", "setstats", "settimeout", "setvalidatehook", "shutdown",
        "state", "timeout", "unread", "upgrade", "verdict", "want",
      } do
        assert.equal("function", type(methods[name]), name)
      end
    end)

    it("is not taken for something else, nor something else for it", function()
      local s = secsock.new()
      assert.has_error(function() s.receive({}) end)
      local disguised = setmetatable({}, getmetatable(s))
      assert.has_error(function() s.receive(disguised) end)
      setmetatable(disguised, nil) -- or it would be collected as a socket
      assert.has_error(function() s.send(secsock.config(), "x") end)
      assert.has_error(function() s.send(io.stdout, "x") end)
      assert.has_error(function() s.state(secsock.config()) end)
      assert.has_error(function() s.settimeout("s", 1) end)
    end)

    it("goes through its states", function()
      local p = pair()
      assert.equal("new", secsock.new():state())
      assert.equal("plain", p.client:state())
      p.client:upgrade()
      assert.equal("upgrading", p.client:state())
      p:upgrade()
      assert.equal("secure", p.client:state())
      p.client:close()
      assert.equal("closed", p.client:state())
    end)

    it("refuses what is not legal in a state, and changes nothing", function()
      local s = secsock.new()
      local ok, err, details = s:upgrade "mail.example"
      assert.is_nil(ok)
      assert.equal("state", err)
      assert.equal("SECSOCK_E_STATE", details.code)
      assert.matches("NEW", details.message)
      assert.equal("new", s:state())
      assert.same({ nil, "state", "" }, { s:receive() })
      assert.same({ nil, "state", 0 }, { s:send "x" })
    end)
  end)

  describe("from options", function()
    it("takes a configuration or its fields, but not both", function()
      local config = assert(secsock.config { trust = client.trust })
      assert.equal(config, secsock.new { config = config }:config())
      assert.has_error(function() secsock.new { config = config, alpn = "h2" } end,
        "options 'config' and 'alpn' exclude each other")
    end)

    it("refuses keys and types that it does not know", function()
      assert.has_error(function() secsock.new { peer = "x" } end, "unknown option 'peer'")
      assert.has_error(function() secsock.new { 1 } end, "unknown option '1'")
      assert.has_error(function() secsock.new { defer = 1 } end,
        "option 'defer': boolean expected, got number")
      assert.has_error(function() secsock.new { config = secsock.new() } end,
        "option 'config': secsock.config expected, got secsock")
      assert.has_error(function() secsock.new { hook = "accept" } end,
        "option 'hook': function expected, got string")
    end)

    it("applies them", function()
      local s = assert(secsock.new { peername = "mail.example", timeout = 2.5 })
      assert.equal("mail.example", s:peername())
      assert.same({ 2.5, -1 }, { s:gettimeout() })
    end)

    it("says what is wrong with a file", function()
      local s, err, details = secsock.new { trust = "/nowhere/root.pem" }
      assert.is_nil(s)
      assert.equal("file", err)
      assert.equal("SECSOCK_E_FILE", details.code)
      assert.equal(2, details.errno)
      assert.matches("/nowhere/root.pem", details.message, 1, true)
      assert.equal(details.message, tostring(details))
    end)

    it("says what is wrong with a name", function()
      local s, err, details = secsock.new { peername = "not a name" }
      assert.is_nil(s)
      assert.equal("argument", err)
      assert.matches("not a name", details.message, 1, true)
    end)
  end)

  describe("given a name with an embedded zero", function()
    it("throws, for whose name would that be", function()
      local name = "mail.example\0.evil.example"
      assert.has_error(function() secsock.new { peername = name } end)
      assert.has_error(function() secsock.new():connect(name, 25) end)
      assert.has_error(function() secsock.new():listen(name, 0) end)
      assert.has_error(function() pair().client:upgrade(name) end)
    end)
  end)

  describe("given a port that is none", function()
    it("throws", function()
      local s = secsock.new { defer = true, peername = "mail.example" }
      for _, port in ipairs { 0, -1, 65536, 25.5, "smtp", {} } do
        assert.has_error(function() s:connect("127.0.0.1", port) end)
      end
      assert.has_error(function() s:connect("127.0.0.1") end)
      assert.has_error(function() s:listen("127.0.0.1", 65536) end)
      assert.equal("new", s:state())
    end)
  end)

  describe("over memory", function()
    it("speaks in the clear, then under TLS", function()
      local p = pair()
      p.client:send "STARTTLS\r\n"
      p:pump()
      assert.equal("STARTTLS", p.server:receive())
      p.server:send "go ahead\r\n"
      p:pump()
      assert.equal("go ahead", p.client:receive())
      local of_client, of_server = p:upgrade()
      assert.equal(p.client, of_client[1])
      assert.equal(p.server, of_server[1])
      p.client:send "secret"
      assert.is_nil(p.client:drain():find("secret", 1, true))
    end)

    it("says timeout and what it wants instead of waiting", function()
      local p = pair()
      assert.same({ nil, "timeout", "" }, { p.client:receive() })
      assert.equal("read", p.client:want())
      assert.equal("r", p.client:events())
      local ok, err, details = p.client:upgrade()
      assert.is_nil(ok)
      assert.equal("timeout", err)
      assert.equal("SECSOCK_WANT_READ", details.code)
      assert.is_string(details.message)
      p:upgrade()
      assert.is_nil(p.client:want())
      assert.equal("", p.client:events())
      assert.is_nil(p.client:lasterror())
    end)

    it("is fed and drained by as much as one likes", function()
      local p = pair()
      assert.equal("", p.client:drain())
      assert.equal(0, p.client:feed "")
      p.client:send "0123456789"
      assert.equal(10, p.client:drainable())
      assert.equal("012", p.client:drain(3))
      assert.equal("", p.client:drain(0))
      assert.equal("3456789", p.client:drain(100))
      assert.equal(5, p.client:feed "a\nbc\n")
      assert.equal("a", p.client:receive())
      assert.is_true(p.client:dirty())
      assert.equal(0, p.client:timeout())
      assert.equal("bc", p.client:receive())
      assert.is_false(p.client:dirty())
      assert.is_nil(p.client:timeout())
      p.client:feed(nil)
      assert.same({ nil, "closed", "" }, { p.client:receive() })
      assert.has_error(function() p.client:feed() end)
      assert.has_error(function() p.client:drain(-1) end)
    end)

    it("drains its farewell when it is closed", function()
      local p = pair()
      p:upgrade()
      p.client:close()
      assert.is_true(p.client:drainable() > 0)
      p:pump()
      assert.same({ nil, "closed", "" }, { p.server:receive() })
    end)

    it("tells a stream that was cut from one that ended", function()
      local p = pair()
      p:upgrade()
      p.client:send "half"
      p:pump()
      p.server:feed(nil)
      assert.same({ nil, "truncated", "half" }, { p.server:receive "*a" })
      assert.equal("failed", p.server:state())
      assert.same({ nil, "truncated", "" }, { p.server:receive "*a" })
      assert.same({ nil, "truncated", 0 }, { p.server:send "x" })
      assert.equal("SECSOCK_E_TRUNCATED", p.server:lasterror().code)
    end)

    it("refuses plaintext that came before the handshake and was not read", function()
      local p = pair()
      p.client:feed "250 EVIL\r\n"
      local ok, err, details = p.client:upgrade()
      assert.is_nil(ok)
      assert.equal("injected", err)
      assert.matches("10 bytes", details.message)
      assert.equal("failed", p.client:state())
      assert.same({ nil, "injected", "" }, { p.client:receive() })
    end)

    it("takes back what something else has read", function()
      local p = pair()
      p.client:feed "line\n"
      p.client:unread "first "
      assert.equal("first line", p.client:receive())
      p:upgrade()
      local ok, err = p.client:unread "x"
      assert.is_nil(ok)
      assert.equal("state", err)
    end)

    it("will not upgrade without knowing to whom", function()
      local p = pair { trust = client.trust }
      local ok, err = p.client:upgrade()
      assert.is_nil(ok)
      assert.equal("no peer name", err)
      assert.equal("plain", p.client:state())
      assert.equal("", p.client:drain())
    end)

    it("takes the name with the upgrade", function()
      local p = pair { trust = client.trust }
      local of_client = p:upgrade "db.example"
      assert.equal(p.client, of_client[1])
      assert.equal("db.example", p.client:peername())
      assert.equal("db.example", p.server:info "sni")
    end)

    it("tells what was agreed on", function()
      local p = pair(with(client, { alpn = { "h2", "smtp" } }), with(server, { alpn = "smtp" }))
      assert.is_nil(p.client:info())
      assert.is_nil(p.client:info "cipher")
      p:upgrade()
      local info = p.client:info()
      assert.equal("TLSv1.3", info.version)
      assert.equal("smtp", info.alpn)
      assert.equal("mail.example", info.sni)
      assert.equal("client", info.role)
      assert.is_false(info.resumed)
      assert.matches("^TLS_", info.cipher)
      assert.is_string(info.group)
      assert.is_string(info.signature)
      p.client:send "12345"
      assert.equal(5, p.client:info "sent")
      assert.equal(0, p.client:info "received")
      assert.is_true(p.client:info "wiresent" > 5)
      assert.is_true(p.client:info "wirereceived" > 1000)
      assert.equal("server", p.server:info "role")
      assert.has_error(function() p.client:info "ciper" end)
    end)

    it("goes back to the clear where that is permitted", function()
      local p = pair(with(client, { downgrade = true }), with(server, { downgrade = true }))
      p:upgrade()
      assert.same({ nil, "timeout" }, { (p.client:downgrade()), (select(2, p.client:downgrade())) })
      p:pump()
      assert.equal(p.server, p.server:downgrade())
      p:pump()
      assert.equal(p.client, p.client:downgrade())
      assert.equal("plain", p.client:state())
      assert.is_nil(p.client:verdict())
      p.client:send "in the clear"
      assert.equal("in the clear", p.client:drain())
    end)

    it("does not go back where it is not permitted", function()
      local p = pair()
      p:upgrade()
      local ok, err = p.client:downgrade()
      assert.is_nil(ok)
      assert.equal("state", err)
      assert.equal("secure", p.client:state())
    end)

    it("says that it sends no more, and still receives", function()
      local p = pair()
      p:upgrade()
      p.client:send "last words"
      assert.equal(1, p.client:shutdown "send")
      assert.same({ nil, "closed", 0 }, { p.client:send "more" })
      p:pump()
      assert.equal("last words", p.server:receive "*a")
      p.server:send "answer\n"
      p:pump()
      assert.equal("answer", p.client:receive())
    end)

    it("takes LuaSocket's words for what it shuts", function()
      for _, direction in ipairs { "both", "send" } do
        local p = pair()
        p:upgrade()
        assert.equal(1, p.client:shutdown(direction))
        assert.same({ nil, "closed", 0 }, { p.client:send "more" })
      end
      local p = pair()
      p:upgrade()
      assert.equal(1, p.client:shutdown "receive")
      assert.equal(4, p.client:send "more")
      assert.has_error(function() p.client:shutdown "sideways" end)
    end)

    it("tells a mistaken address at the call", function()
      local s = secsock.new(client)
      assert.has_error(function() s:connect("localhost", 0) end,
        "bad argument #2 to 'connect' (port expected, got 0)")
      assert.has_error(function() s:connect(nil, 25) end)
    end)

    it("presents its identity and shows the peer's", function()
      local mutual = with(server, { clientauth = "require", trust = client.trust })
      local mine = parties.ca:issue { dns = "client.example", eku = "clientAuth" }
      local p = pair(with(client, { identity = mine }), mutual)
      p:upgrade()
      assert.equal("CN=mail.example", p.server:owncert():subject())
      assert.equal(p.server:owncert(), p.client:verdict():chain()[1])
      assert.equal("CN=client.example", p.server:verdict():chain()[1]:subject())
      assert.is_nil(pair().client:owncert())
    end)

    it("reports the alert of the other side", function()
      local strict = with(server, { clientauth = "require", trust = client.trust })
      local p = pair(client, strict)
      local _, of_server = p:upgrade()
      assert.equal("no certificate", of_server[2])
      local data, err = p.client:receive()
      assert.is_nil(data)
      assert.equal("alert", err)
      local details = p.client:lasterror()
      assert.equal("certificate_required", details.alert)
      assert.is_true(details.alert_received)
    end)

    it("knows other protocols when it sees them", function()
      local p = pair()
      p.client:upgrade()
      p.client:feed "HTTP/1.1 400 Bad Request\r\n\r\n"
      local ok, err = p.client:upgrade()
      assert.is_nil(ok)
      assert.equal("not tls", err)
    end)
  end)

  describe("once closed", function()
    it("says so whatever it is asked to do", function()
      for _, s in ipairs { pair().client, secsock.new(), (support.listen(server)) } do
        assert.equal(1, s:close())
        assert.equal(1, s:close())
        local function closed(ok, err) return ok == nil and err == "closed" end
        assert.is_true(closed(s:receive()))
        assert.is_true(closed(s:receive "*a"))
        assert.is_true(closed(s:receive(0)))
        assert.is_true(closed(s:send "x"))
        assert.is_true(closed(s:send ""))
        assert.is_true(closed(s:connect("127.0.0.1", 1)))
        assert.is_true(closed(s:listen("127.0.0.1", 0)))
        assert.is_true(closed(s:accept()))
        assert.is_true(closed(s:attachmemory "client"))
        assert.is_true(closed(s:attach(0, "client")))
        assert.is_true(closed(s:upgrade "mail.example"))
        assert.is_true(closed(s:downgrade()))
        assert.is_true(closed(s:shutdown()))
        assert.is_true(closed(s:unread "x"))
        assert.is_true(closed(s:feed "x"))
        assert.is_true(closed(s:setpeername "mail.example"))
        assert.is_true(closed(s:setvalidatehook(print)))
        assert.is_true(closed(s:defer(true)))
        assert.is_true(closed(s:allowdowngrade(true)))
        assert.is_true(closed(s:cork(true)))
        assert.is_true(closed(s:decide(true)))
        assert.is_true(closed(s:getpeername()))
        assert.is_true(closed(s:getsockname()))
        assert.is_true(closed(s:setoption("keepalive", true)))
        assert.is_true(closed(s:getoption "keepalive"))
        assert.equal(-1, s:getfd())
        assert.equal("closed", s:state())
        assert.is_false(s:dirty())
        assert.is_nil(s:want())
        assert.is_nil(s:info())
      end
    end)

    it("is closed by the end of its scope", function()
      if _VERSION ~= "Lua 5.4" then return end -- only 5.4 has such scopes
      local p = pair()
      p:upgrade()
      local scope = load "local s <close> = ...; s:send 'bye'"
      scope(p.client)
      assert.equal("closed", p.client:state())
      p:pump()
      assert.equal("bye", p.server:receive "*a")
    end)

    it("gives its descriptor back when it is collected", function()
      local near, far = support.loopback { client = client, server = server }
      assert.equal("plain", near:state())
      near = nil -- luacheck: ignore 311
      collectgarbage()
      collectgarbage()
      far:settimeout(support.PATIENCE)
      assert.same({ nil, "closed", "" }, { far:receive() })
      far:close()
    end)
  end)
end)
