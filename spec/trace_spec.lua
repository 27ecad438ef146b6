-- s:trace(): what happens on a connection, as events, whoever is at the other end.
local core = require "secsock.core"
local secsock = require "secsock"
local meeting = require "spec.support.meeting"
local openssl = require "spec.support.openssl"
local pki = require "spec.support.pki"
local process = require "spec.support.process"
local support = require "spec.support"
local trace_of = require "secsock.trace"

local function configs(version, changes)
  return {
    client = secsock.config(meeting.with({ trust = pki "ca.pem", versions = { version } },
                                         changes and changes.client)),
    server = secsock.config(meeting.with({
      identity = meeting.identity "server", versions = { version },
    }, changes and changes.server)),
  }
end

local function pair(of)
  local p = support.pair {
    client = { config = of.client, peername = "mail.example" }, server = { config = of.server },
  }
  p.client:settimeout(0)
  p.server:settimeout(0)
  return p
end

-- What an event is, in a few words; its sizes are left out.
local function brief(event)
  local names = {}
  for i, message in ipairs(event.messages or {}) do names[i] = message.name end
  local what = event.messages and table.concat(names, "+") or event.name or event.kind
  return ("%s %s%s"):format(event.who, what, event.protected and "*" or "")
end

-- Events, in a list that grows; and what they are in a few words.
local function story(s, options)
  local events = {}
  assert(s:trace(function(event) events[#events + 1] = event end, options))
  return events
end

local function briefs(events)
  local list = {}
  for i, event in ipairs(events) do list[i] = brief(event) end
  return list
end

-- A dialogue in the clear, the upgrade, a word in each direction, the end.
local function converse(p, name)
  p.client:send "STARTTLS\r\n"
  p:pump()
  assert.equal("STARTTLS", p.server:receive())
  p.server:send "220 go\r\n"
  p:pump()
  assert.equal("220 go", p.client:receive())
  p:upgrade(name)
  p.client:send "secret\r\n"
  p:pump()
  p.server:receive()
  p.server:send "ok\r\n"
  p:pump()
  p.client:receive()
  p.client:close()
  p:pump()
  p.server:receive()
  p.server:close()
end

local CLEAR = { "client plain", "server plain" }
local END = { "client data*", "server data*", "client close_notify*" }

-- The handshakes, as either end tells of them: what is its own behind the letter of the end.
local HANDSHAKES = {
  ["TLSv1.2"] = {
    "C client upgrade", "S server upgrade", "client client_hello", "S server verdict",
    "server server_hello", "server certificate", "server server_key_exchange",
    "server server_hello_done", "C client verdict", "client client_key_exchange",
    "client change_cipher_spec", "client finished*", "server new_session_ticket",
    "server change_cipher_spec", "server finished*", "S server secure", "C client secure",
  },
  ["TLSv1.2 resumed"] = {
    "C client upgrade", "S server upgrade", "client client_hello", "S server verdict",
    "server server_hello", "server change_cipher_spec", "server finished*", "C client verdict",
    "client change_cipher_spec", "client finished*", "C client secure", "S server secure",
  },
  ["TLSv1.3"] = {
    "C client upgrade", "S server upgrade", "client client_hello", "S server verdict",
    "server server_hello", "server change_cipher_spec", "server encrypted_extensions*",
    "server certificate*", "server certificate_verify*", "server finished*", "C client verdict",
    "client change_cipher_spec", "client finished*", "C client secure",
    "server new_session_ticket*", "S server secure",
  },
  ["TLSv1.3 resumed"] = {
    "C client upgrade", "S server upgrade", "client client_hello", "S server verdict",
    "server server_hello", "server change_cipher_spec", "server encrypted_extensions*",
    "server finished*", "C client verdict", "client change_cipher_spec", "client finished*",
    "C client secure", "server new_session_ticket*", "S server secure",
  },
}

-- All of it, as one end has it.
local function expected(handshake, letter, last)
  local list = {}
  for _, part in ipairs { CLEAR, HANDSHAKES[handshake], END, last } do
    for _, what in ipairs(part) do
      local whose, own = what:match "^(%u) (.*)"
      if not whose or whose == letter then list[#list + 1] = own or what end
    end
  end
  return list
end

describe("s:trace()", function()
  after_each(process.stopall)

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    it("tells both ends all that happens, " .. version .. ", in full and resumed", function()
      local of = configs(version)
      for _, how in ipairs { "", " resumed" } do
        local p = pair(of)
        local client, server = story(p.client), story(p.server)
        converse(p)
        assert.same(expected(version .. how, "C", { "client closed" }), briefs(client))
        assert.same(expected(version .. how, "S", { "server close_notify*", "server closed" }),
                    briefs(server))
      end
    end)

    it("has the facts of each, " .. version, function()
      local p = pair(configs(version))
      local by_kind, sent = {}, 0
      p.client:trace(function(event)
        by_kind[event.kind] = event
        if event.who == "client" then sent = sent + (event.size or 0) end
      end)
      converse(p)
      assert.equal("220 go\r\n", by_kind.plain.bytes)
      assert.equal("mail.example", by_kind.verdict.verdict:peername())
      assert.equal(version, by_kind.secure.info.version)
      assert.same({ 4, nil }, { by_kind.data.length, by_kind.data.bytes })
      assert.same({ "warning", 0 }, { by_kind.alert.level, by_kind.alert.number })
      assert.equal(core.wiresent(p.client), sent)
      assert.is_true(by_kind.closed.time >= by_kind.upgrade.time)
    end)

    it("opens what every cipher protects, " .. version, function()
      for _, cipher in ipairs(secsock.list "ciphers") do
        local is_1_2 = cipher:find "_WITH_" ~= nil
        if is_1_2 == (version == "TLSv1.2") and not cipher:find "_RSA_" then
          local p = pair(configs(version, { client = { ciphers = cipher } }))
          local events, said = story(p.client, { data = true }), nil
          converse(p)
          for _, event in ipairs(events) do said = event.kind == "data" and event.bytes or said end
          assert.equal("ok\r\n", said, cipher)
        end
      end
    end)

    it("tells of a refusal, with the alert and who sent it, " .. version, function()
      local p = pair(configs(version))
      local client, server = story(p.client), story(p.server)
      p:upgrade "other.example"
      for role, events in pairs { client = client, server = server } do
        local alert, failed, verdict
        for _, event in ipairs(events) do
          if event.kind == "alert" then alert = event end
          if event.kind == "failed" then failed = event end
          if event.kind == "verdict" then verdict = event.verdict end
        end
        assert.same({ "client", "fatal", "bad_certificate", 42 },
                    { alert.who, alert.level, alert.name, alert.number })
        assert.equal(role, failed.who)
        assert.is_true(#failed.message > 0)
        assert.equal(role == "server", verdict:ok())
      end
    end)

    for _, role in ipairs { "client", "server" } do
      it(("understands OpenSSL, %s, as a %s"):format(version, role), function()
        local events, other = {}, role == "client" and "server" or "client"
        local program, s = meeting.meet[role](openssl, { version = version },
          { trace = function(event) events[#events + 1] = event end })
        assert(s)
        meeting.talk(program, s)
        s:close()
        local said = table.concat(briefs(events), "\n")
        assert.matches(other .. " finished%*", said)
        assert.matches(other .. " data%*", said)
        assert.not_matches("encrypted%*", said)
        assert.not_matches("stray", said)
      end)
    end
  end

  it("tells of what has no lines before it becomes much", function()
    for _, byte in ipairs { "\0", "x" } do
      local s, told = assert(secsock.new { defer = true }), {}
      s:attachmemory "client"
      s:trace(function(event) told[#told + 1] = event.bytes end)
      for _ = 1, 20 do
        s:feed(byte:rep(10000))
        assert.equal(byte:rep(10000), s:receive(10000))
      end
      assert.is_true(#table.concat(told) > 150000)
      s:close()
      assert.equal(byte:rep(200000), table.concat(told))
    end
  end)

  it("follows a second client_hello, and new keys", function()
    local of = configs("TLSv1.3", {
      client = { groups = { "X25519", "P-256" } }, server = { groups = "P-256" },
    })
    local p = pair(of)
    local events = story(p.client)
    converse(p)
    local said = table.concat(briefs(events), "\n")
    assert.matches("client client_hello\nserver hello_retry_request", said)
    assert.matches("client client_hello\nserver server_hello", said)
    assert.matches("server finished%*", said)
    assert.not_matches("encrypted%*", said)
  end)

  it("goes on in the clear after a downgrade, and under TLS after that", function()
    local p = pair(configs "TLSv1.3")
    local events = story(p.client, { data = true })
    for _, s in ipairs { p.client, p.server } do s:allowdowngrade(true) end
    p:upgrade()
    p.client:downgrade()
    p:pump()
    p.server:downgrade()
    p:pump()
    assert(p.client:downgrade())
    p.server:send "in the clear\r\n"
    p:pump()
    p.client:receive()
    p:upgrade()
    p.client:send "secret"
    local said = table.concat(briefs(events), "\n")
    assert.matches("server close_notify%*\nclient clear\nserver plain\nclient upgrade\n", said)
    assert.equal("secret", events[#events].bytes)
  end)

  it("tells lines one by one, and what is no text at once", function()
    local p = pair(configs "TLSv1.3")
    local events = story(p.client)
    p.server:send "250-a\r\n250 b\r\nand a half"
    p:pump()
    p.client:receive()
    p.client:send "\0\1\10\2"
    p.client:send "\3\10"
    p.server:send "\7"
    p:pump()
    p.client:receive(0)
    p.client:close()
    local said = {}
    for i, event in ipairs(events) do said[i] = event.bytes or event.kind end
    assert.same({ "250-a\r\n", "250 b\r\n", "and a half", "\0\1\10\2\3\10", "\7", "closed" }, said)
  end)

  it("shows what was injected, and what is no TLS", function()
    local p = pair(configs "TLSv1.3")
    local events = story(p.server)
    p.client:send "STARTTLS\r\nMAIL FROM:<mallory>\r\n"
    p:pump()
    p.server:receive()
    p.server:upgrade()
    assert.same({ "client plain", "client plain", "server upgrade", "server failed" },
                briefs(events))
    p = pair(configs "TLSv1.3")
    events = story(p.client)
    p.client:upgrade()
    p.server:send "what?"
    p:pump()
    p.client:upgrade()
    assert.same({ "client upgrade", "client client_hello", "server stray", "client failed" },
                briefs(events))
  end)

  it("says encrypted, and how much, where it has no secret", function()
    local t, s = trace_of.new("client", 0), secsock.new()
    t:take(s, {}, { "state", "upgrading", "sent", "\22\3\1\0\4\1\0\0\0",
                    "received", "\23\3\3\0\3abc", "received", "\21\3\3\0\2\2\42",
                    "received", "\20\3\3\0\1\1", "received", "\22\3\3\0\2ab",
                    "received", "\21\3\3\0\2ab", "received", "\22\3\3\0", "state", "closed" })
    local said = {}
    for event in function() return t:next() end do
      said[#said + 1] = ("%s %s"):format(event.kind, event.size or "")
    end
    assert.same({ "upgrade ", "handshake 9", "data 8", "alert 7", "change_cipher_spec 6",
                  "handshake 7", "alert 7", "stray 4", "closed " }, said)
  end)

  it("puts messages together that are in many records", function()
    local t, s = trace_of.new("client", 0), secsock.new()
    t:take(s, {}, { "state", "upgrading", "received", "\22\3\3\0\2\11\0",
                    "received", "\22\3\3\0\4\0\3ab", "received", "\22\3\3\0\5c\14\0\0\0" })
    t:next()
    assert.same({}, t:next().messages)
    assert.same({ { name = "certificate", size = 7 } }, t:next().messages)
    local last = t:next()
    assert.same({ "certificate", { { name = "server_hello_done", size = 4 } } },
                { last.continued, last.messages })
  end)

  it("holds no secrets, nor data that nobody asked for", function()
    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
      local p, secrets = pair(configs(version)), {}
      p.client:setkeyloghook(function(line) secrets[#secrets + 1] = line:match "%x+$" end)
      local events = story(p.client)
      converse(p)
      assert.is_true(#secrets > 0)
      local function look(value, seen)
        if type(value) == "string" then
          assert.is_nil(value:find("secret", 1, true))
          for _, secret in ipairs(secrets) do assert.is_nil(value:find(secret, 1, true)) end
        elseif type(value) == "table" and not seen[value] then
          seen[value] = true
          for key, one in pairs(value) do
            look(key, seen)
            look(one, seen)
          end
        end
      end
      look(events, {})
    end
  end)

  it("is told in the caller's coroutine, where it may wait", function()
    local p, seen = pair(configs "TLSv1.3"), 0
    p.client:trace(function() seen = seen + coroutine.yield "event" end)
    local thread = coroutine.wrap(function()
      p:upgrade()
      return "done"
    end)
    local what = thread()
    while what == "event" do what = thread(1) end
    assert.equal("done", what)
    assert.is_true(seen > 8)
  end)

  it("throws what goes wrong in it at the caller, and goes on from there", function()
    local p, fails, events = pair(configs "TLSv1.3"), true, {}
    p.client:trace(function(event)
      events[#events + 1] = event.kind
      if fails then error("no room for " .. event.kind) end
    end)
    assert.error_matches(function() p.client:send "a\r\n" end, "no room for plain")
    p:pump()
    assert.equal("a", p.server:receive())
    fails = false
    p.client:send "b\r\n"
    assert.error_matches(function()
      fails = true
      p.client:close()
    end, "no room for closed")
    assert.equal("closed", p.client:state())
    assert.same({ "plain", "plain", "closed" }, events)
  end)

  it("tells what an event leads to behind it", function()
    local p, events = pair(configs "TLSv1.3"), {}
    p.client:trace(function(event, s)
      events[#events + 1] = event.bytes
      if event.bytes == "one\r\n" then s:send "two\r\n" end
    end)
    p.client:send "one\r\n"
    assert.same({ "one\r\n", "two\r\n" }, events)
  end)

  it("is over when somebody says so, at any time", function()
    local p, count = pair(configs "TLSv1.3"), 0
    p.client:trace(function(_, s)
      count = count + 1
      s:trace(nil)
    end)
    p.client:send "a\r\nb\r\n"
    p:pump()
    assert.same({ "a", "b" }, { (p.server:receive()), (p.server:receive()) })
    p:upgrade()
    assert.equal(1, count)
    assert.equal("secure", p.client:state())
    assert.same({ nil, "state" }, { p.client:trace(print), (select(2, p.client:trace(print))) })
    assert.equal(1, p.client:trace(nil))
  end)

  it("is inherited from a listener, each connection with a trace of its own", function()
    local events, of = {}, {}
    local listener, port = support.listen {
      identity = meeting.identity "server",
      trace = function(event, s)
        events[#events + 1], of[s] = brief(event), true
      end,
    }
    local client = assert(secsock.new { trust = pki "ca.pem", peername = "mail.example" })
    local accepted
    support.run(function() assert(client:connect("127.0.0.1", port)) end,
      function() accepted = assert(listener:accept()) end)
    assert.equal("server upgrade", events[1])
    assert.equal("server secure", events[#events])
    assert.is_true(of[accepted])
    assert.is_nil(of[listener])
    listener:close()
    accepted:close()
    client:close()
  end)

  it("hears a transport of the program's, too", function()
    local events = {}
    local s = secsock.new()
    local said = { "220 hi\r\n" }
    s:attachtransport("client", {
      receive = function()
        if said[1] then return table.remove(said) end
        return nil, "closed"
      end,
      send = function(bytes) return #bytes end,
    })
    s:trace(function(event) events[#events + 1] = brief(event) end)
    assert.equal("220 hi", s:receive())
    s:send "EHLO\r\n"
    assert.same({ nil, "closed", "" }, { s:receive() })
    s:close()
    assert.same({ "server plain", "client plain", "server end", "client closed" }, events)
  end)

  it("does not keep its socket alive", function()
    assert.is_false(support.is_kept(function()
      local s = secsock.new()
      s:trace(function() return s end)
      return s
    end))
  end)

  it("takes a function, and options that are some", function()
    assert.error_matches(function() secsock.new():trace "x" end, "function expected")
    assert.error_matches(function() secsock.new():trace(print, { secrets = true }) end,
                         "unknown option")
  end)
end)
