-- The STARTTLS dialogues, against peers that behave and peers that do not.
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local certificates = require "spec.support.certificates"
local protocols = require "spec.support.dialogues"
local transcript = require "spec.support.transcript"

local lines = transcript.lines

-- ------------------------------------------------------------------------------------ the ends

local config, folder = {}, nil

setup(function()
  folder = certificates.make()
  config.server = secsock.config {
    identity = { cert = folder .. "/right.pem", key = folder .. "/right.key" },
  }
  config.client = secsock.config { trust = folder .. "/root.pem" }
end)

teardown(function() certificates.remove(folder) end)

local roles = { "client", "server" }
local other = { client = "server", server = "client" }
local letters = { client = "C", server = "S" }

local function memory_socket(role)
  local s = secsock.new { config = config[role] }
  if role == "client" then s:setpeername "mail.example" end
  s:attachmemory(role)
  return s
end

-- Runs the dialogue of one role against what `play` does at the other end. What the dialogue
-- returned, its socket, and what the other end returned; what was sent is in both results.
local function face(name, role, play, size)
  local options = protocols[name][role == "client" and "options" or "server_options"]
  local sockets = { client = memory_socket "client", server = memory_socket "server" }
  local results = transcript.meet(sockets, {
    [role] = function(s) return starttls[name][role](s, options) end,
    [other[role]] = play,
  }, size)
  return results[role], sockets[role], results[other[role]]
end

local function follow(name, role, steps, size)
  if type(steps) == "string" then steps = lines(steps) end
  return face(name, role, transcript.player(steps, letters[other[role]]), size)
end

local function assert_failed(word, result, socket)
  assert.is_nil(result[1])
  assert.equal(word, result[2])
  assert.is_truthy(result[3].message:find "%S")
  assert.equal("closed", socket:state())
end

-- A script up to the upgrade, in which an end says something more behind its last word: in the same
-- segment, or in another.
local function with_injection(steps, who, bytes, segment)
  local injected = transcript.head(steps)
  local last = #injected
  while injected[last][1] ~= who do last = last - 1 end
  if segment == "the same" then
    injected[last] = { who, injected[last][2] .. bytes }
  else
    table.insert(injected, last + 1, { who, bytes })
  end
  return injected
end

-- ------------------------------------------------------------------------------------ the specs

for name, protocol in pairs(protocols) do
  describe("starttls." .. name, function()
    for _, size in ipairs { 1, 7, 100000 } do
      it("upgrades a client, " .. size .. " bytes at a time", function()
        local result, socket, peer = follow(name, "client", protocol.client, size)
        assert.same(protocol.facts, result[1])
        assert.equal("secure", socket:state())
        assert.is_true(peer[1])
      end)

      it("upgrades a server, " .. size .. " bytes at a time", function()
        local result, socket, peer = follow(name, "server", protocol.server, size)
        assert.same({ protocol = name }, result[1])
        assert.equal("secure", socket:state())
        assert.is_true(peer[1])
      end)
    end

    it("understands itself", function()
      local result, _, peer = face(name, "client", function(s)
        local session = starttls[name].server(s, protocol.server_options)
        return session, session and transcript.follow(s, transcript.tail(protocol.client), "S")
      end)
      assert.equal(name, result[1].protocol)
      assert.same({ protocol = name }, peer[1])
    end)

    for _, case in ipairs(protocol.bad_servers or {}) do
      local what, word, steps = case[1], case[2], case[3]
      it("gives up with '" .. word .. "' when the server " .. what, function()
        local result, socket, peer = follow(name, "client", steps)
        assert_failed(word, result, socket)
        assert.is_true(peer[1])
      end)
    end

    for _, case in ipairs(protocol.bad_clients or {}) do
      local what, word, steps = case[1], case[2], case[3]
      it("gives up with '" .. word .. "' when the client " .. what, function()
        local result, socket, peer = follow(name, "server", steps)
        assert_failed(word, result, socket)
        assert.is_true(peer[1])
      end)
    end

    it("gives up when the other end hangs up, wherever it does", function()
      for _, role in ipairs(roles) do
        local whole = transcript.head(protocol[role])
        local said = transcript.said(whole, letters[role])
        for count = 0, #whole do
          local result, socket = follow(name, role, transcript.head(whole, count))
          assert.is_nil(result[1])
          assert.equal("closed", socket:state())
          local sent = result.sent:gsub("\22.*", "") -- a ClientHello
          assert.equal(said:sub(1, #sent), sent)
        end
      end
    end)

    -- What is injected; what a server makes of it, to which a ClientHello may come early; what a
    -- client makes of it that has its own ClientHello out already.
    for _, injection in ipairs {
      { "a byte", "x", "injected", "not tls" },
      { "a line", "250 STARTTLS\r\n", "injected", "not tls" },
      { "a ServerHelloDone", "\22\3\3\0\4\14\0\0\0", "protocol", "protocol" },
    } do
      local thing, bytes = injection[1], injection[2]
      local server_word, late_word = injection[3], injection[4]
      for _, segment in ipairs { "the same", "another" } do
        local what = thing .. " in " .. segment .. " segment"

        it("refuses what a server injects behind its go-ahead: " .. what, function()
          local steps = with_injection(protocol.client, "S", bytes, segment)
          local result, socket = follow(name, "client", steps)
          assert_failed("injected", result, socket)
          assert.equal(transcript.said(steps, "C"), result.sent)
        end)

        it("refuses what a client injects behind its request: " .. what, function()
          local steps = with_injection(protocol.server, "C", bytes, segment)
          assert_failed(server_word, follow(name, "server", steps))
        end)
      end

      it("refuses it byte by byte: " .. thing, function()
        local steps = with_injection(protocol.client, "S", bytes, "another")
        assert_failed(late_word, follow(name, "client", steps, 1))
      end)
    end

    it("takes a ClientHello in the segment of the request", function()
      local hidden = memory_socket "client"
      hidden:settimeout(0)
      local _, err = hidden:upgrade()
      assert.equal("timeout", err)
      local steps = with_injection(protocol.server, "C", hidden:drain(), "the same")
      local result, _, peer = face(name, "server", function(s)
        assert.is_true(transcript.follow(s, steps, "C"))
        while not hidden:upgrade() do
          s:send(hidden:drain())
          hidden:feed(assert(s:receive(1)))
        end
        s:send(hidden:drain())
        s:close()
        return hidden:state()
      end)
      assert.same({ protocol = name }, result[1])
      assert.equal("secure", peer[1])
    end)
  end)
end

describe("a dialogue in lines", function()
  local greetings = {
    smtp = "220-x\r\n", ftp = "220-x\r\n", nntp = "200-x\r\n", sieve = '"X"\r\n',
    imap = "* OK ready\r\n* X\r\n", pop3 = "+OK\r\n+OK\r\n",
  }
  for name, greeting in pairs(greetings) do
    it("gives up on a server that never comes to an end: " .. name, function()
      local result, socket = follow(name, "client", { { "S", greeting:rep(20000) } })
      assert_failed("limit", result, socket)
    end)

    it("gives up on an endless line: " .. name, function()
      local endless = ("x"):rep(9000)
      for _, role in ipairs(roles) do
        local result, socket = face(name, role, function(s)
          s:send(endless)
          s:close()
        end)
        assert_failed("limit", result, socket)
      end
    end)

    it("gives up on a client that talks without end: " .. name, function()
      local result, socket = face(name, "server", function(s)
        s:send(("a NOOP\r\n"):rep(20000))
        s:close()
      end)
      assert_failed("limit", result, socket)
    end)
  end
end)

describe("a dialogue", function()
  it("throws at options that do not exist or make no sense", function()
    local s = memory_socket "client"
    local client = starttls.smtp.client
    assert.has_error(function() client(s, { nmae = "x" }) end, "unknown option 'nmae'")
    assert.has_error(function() client(s, { name = 1 }) end,
                     "option 'name': string expected, got number")
    assert.has_error(function() client(s, { name = "x\r\nMAIL FROM:<>" }) end,
                     "option 'name' holds a control character")
    assert.equal("plain", s:state())
  end)

  it("bears a talkative server, before the upgrade and after it", function()
    local many = ("250-X" .. ("x"):rep(995) .. "\r\n"):rep(40)
    local steps = lines [[
      S: 220 mail.example
      C: EHLO [127.0.0.1]
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 go ahead
      TLS
      C: EHLO [127.0.0.1]
      S: 250 mail.example]]
    steps[3][2] = many .. steps[3][2]
    steps[8][2] = many .. steps[8][2]
    local result = follow("smtp", "client", steps)
    assert.is_truthy(result[1], tostring(result[3]))
  end)

  it("does not upgrade to nobody in particular", function()
    local sockets = { client = memory_socket "client", server = memory_socket "server" }
    sockets.client:setpeername(nil)
    local results = transcript.meet(sockets, {
      client = starttls.postgres.client,
      server = transcript.player(transcript.head(protocols.postgres.client), "S"),
    })
    assert_failed("no peer name", results.client, sockets.client)
    assert.equal(transcript.said(protocols.postgres.client, "C"), results.client.sent)
  end)

  it("keeps what the peer said out of a message's way", function()
    local result = follow("smtp", "client", "S: 554 \27[2J\7" .. ("x"):rep(1000))
    assert.is_nil(result[3].message:find "%c")
    assert.is_true(#result[3].message < 300)
  end)

  it("upgrades to the peer that it is told, and says what is wrong with it", function()
    local result, _, peer = face("postgres", "server", function(s)
      return starttls.postgres.client(s, { peername = "elsewhere.example" })
    end)
    assert.is_nil(peer[1])
    assert.equal("certificate rejected", peer[2])
    assert.same({ "name_mismatch" }, peer[3].verdict:problems())
    assert.equal("alert", result[2])
  end)
end)

describe("A server's dialogue", function()
  local listener, port

  setup(function()
    listener = assert(secsock.new { config = config.server, defer = true, timeout = 20 })
    assert(listener:listen("127.0.0.1", 0))
    port = select(2, listener:getsockname())
  end)

  teardown(function() listener:close() end)

  for name, protocol in pairs(protocols) do
    it("is understood by openssl s_client: " .. name, function()
      local pipe = io.popen(("openssl s_client -brief -starttls %s -connect 127.0.0.1:%d "
        .. "-CAfile %s/root.pem -verify_return_error -verify_hostname mail.example "
        .. "-xmpphost chat.example </dev/null 2>&1"):format(name, port, folder))
      local s = assert(listener:accept())
      local session, err, why = starttls[name].server(s, protocol.server_options)
      assert.is_truthy(session, tostring(why or err))
      s:receive "*a"
      s:close()
      local said = pipe:read "*a"
      pipe:close()
      assert.is_truthy(said:find("Verification: OK", 1, true), said)
    end)
  end
end)
