-- The STARTTLS dialogues, against peers that behave and peers that do not.
local scenario = require "secsock.scenario"
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local parties = require "spec.support.parties"
local protocols = require "spec.support.dialogues"
local support = require "spec.support"
local transcript = require "spec.support.transcript"
require "secsock.scenario.assertions"

local lines = transcript.lines

-- ------------------------------------------------------------------------------------ the ends

local identity = parties.ca:issue { dns = { "mail.example", "chat.example" } }
local configs = {
  client = secsock.config { trust = parties.ca:cert() },
  server = secsock.config { identity = identity },
}

local roles = { "client", "server" }
local other = { client = "server", server = "client" }
local letters = { client = "C", server = "S" }

local pieces = {
  ["one by one #slow"] = 1, ["record by record"] = "records", ["in pieces of any size"] = "random",
}

local CLIENT_HELLO = "\22" -- how it begins

-- A script: the dialogue of one role. One that fails says why, and leaves nothing open.
local function dialogue(name, role, options)
  options = options or protocols[name][role == "client" and "options" or "server_options"]
  return function(me)
    local session, err, details = starttls[name][role](me.socket, options)
    if session then return session end
    assert.is_truthy(details.message:find "%S")
    assert.equal("closed", me.socket:state())
    me:fail(err, details)
  end
end

-- Runs both scripts: what became of the client, of the server, and the run.
local function meet(scripts, wire, seed)
  local r = scenario.run {
    client = { config = configs.client, peername = "mail.example", script = scripts.client },
    server = { config = configs.server, script = scripts.server },
    wire = wire, seed = seed,
  }
  assert.lawful(r)
  return r.client, r.server, r
end

-- Runs the dialogue of one role against what `play` does at the other end: what became of this
-- role, of the other, and the run.
local function face(name, role, play, ...)
  local _, _, r = meet({ [role] = dialogue(name, role), [other[role]] = play }, ...)
  return r[role], r[other[role]], r
end

local function follow(name, role, steps, ...)
  if type(steps) == "string" then steps = lines(steps) end
  return face(name, role, transcript.player(steps, letters[other[role]]), ...)
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
    for how, split in pairs(pieces) do
      it("upgrades a client, whose bytes come " .. how, function()
        local client, server = follow(name, "client", protocol.client, { split = split })
        assert.secure(client)
        assert.same(protocol.facts, client.returned)
        assert.is_true(server.ok)
      end)

      it("upgrades a server, whose bytes come " .. how, function()
        local server, client = follow(name, "server", protocol.server, { split = split })
        assert.secure(server)
        assert.same({ protocol = name }, server.returned)
        assert.is_true(client.ok)
      end)
    end

    it("understands itself", function()
      local client, server = face(name, "client", function(me)
        local session = dialogue(name, "server")(me)
        transcript.follow(me, transcript.tail(protocol.client), "S")
        return session
      end)
      assert.equal(name, client.returned.protocol)
      assert.same({ protocol = name }, server.returned)
    end)

    for role, cases in pairs { client = protocol.bad_servers, server = protocol.bad_clients } do
      for _, case in ipairs(cases) do
        local what, word, steps = case[1], case[2], case[3]
        it(("gives up with '%s' when the %s %s"):format(word, other[role], what), function()
          local one, peer = follow(name, role, steps)
          assert.failed(one, word)
          assert.is_true(peer.ok)
        end)
      end
    end

    it("gives up when the other end hangs up, wherever it does", function()
      for _, role in ipairs(roles) do
        local whole = transcript.head(protocol[role])
        local said = transcript.said(whole, letters[role])
        for count = 0, #whole do
          local one = follow(name, role, transcript.head(whole, count), {}, count)
          assert.failed(one)
          assert.equal(said:sub(1, #one.sent.before), one.sent.before)
        end
      end
    end)

    -- What is injected; what a server makes of it, to which a ClientHello may come early; what
    -- either makes of it that has begun its handshake already.
    for _, injection in ipairs {
      { "a byte", "x", "injected", "not tls" },
      { "a line", "250 STARTTLS\r\n", "injected", "not tls" },
      { "a ServerHelloDone", "\22\3\3\0\4\14\0\0\0", "protocol", "protocol" },
    } do
      local thing, bytes = injection[1], injection[2]
      local server_word, late_word = injection[3], injection[4]

      it("refuses what a server injects behind its go-ahead: " .. thing, function()
        local steps = with_injection(protocol.client, "S", bytes, "the same")
        local client, _, r = follow(name, "client", steps)
        assert.failed(client, "injected")
        assert.equal(transcript.said(steps, "C"), client.sent.before)
        assert.is_nil(r:sequence():find "client_hello")
      end)

      it("refuses what a client injects behind its request: " .. thing, function()
        local steps = with_injection(protocol.server, "C", bytes, "the same")
        assert.failed(follow(name, "server", steps), server_word)
      end)

      it("refuses it in a segment of its own, whenever that comes: " .. thing, function()
        local words = { injected = true, [server_word] = true, [late_word] = true }
        for seed = 1, 4 do
          for _, role in ipairs(roles) do
            local steps = with_injection(protocol[role], letters[other[role]], bytes, "another")
            local one = follow(name, role, steps, {}, seed)
            assert.is_true(words[one.err], tostring(one.run))
            assert.is_false(one.secure)
          end
        end
      end)

      it("refuses what a server injects behind the ClientHello: " .. thing, function()
        local steps = transcript.head(protocol.client)
        steps[#steps + 1] = { "C", CLIENT_HELLO }
        steps[#steps + 1] = { "S", bytes }
        assert.failed(follow(name, "client", steps), late_word)
      end)
    end

    it("takes a ClientHello in the segment of the request", function()
      local hidden = assert(secsock.new { config = configs.client, peername = "mail.example" })
      hidden:attachmemory "client"
      hidden:settimeout(0)
      local _, err = hidden:upgrade()
      assert.equal("timeout", err)
      local steps = with_injection(protocol.server, "C", hidden:drain(), "the same")
      local server, client = face(name, "server", function(me)
        transcript.follow(me, steps, "C")
        while not hidden:upgrade() do
          me:send(hidden:drain())
          hidden:feed(me:receive(1))
        end
        me:send(hidden:drain())
        return hidden:state()
      end)
      assert.same({ protocol = name }, server.returned)
      assert.equal("secure", client.returned)
    end)
  end)
end

describe("a dialogue in lines", function()
  local greetings = {
    smtp = "220-%s\r\n", ftp = "220-%s\r\n", nntp = "200-%s\r\n", sieve = '"%s"\r\n',
    imap = "* OK ready\r\n* X%s\r\n", pop3 = "+OK\r\n+OK%s\r\n",
  }
  for name, greeting in pairs(greetings) do
    local function gives_up(role, bytes)
      assert.failed(face(name, role, { { "send", bytes } }), "limit")
    end

    it("gives up on a server that never comes to an end #slow: " .. name, function()
      gives_up("client", greeting:format(("x"):rep(900)):rep(80))
    end)

    it("gives up on an endless line #slow: " .. name, function()
      for _, role in ipairs(roles) do gives_up(role, ("x"):rep(9000)) end
    end)

    it("gives up on a client that talks without end #slow: " .. name, function()
      gives_up("server", ("a NOOP" .. (" x"):rep(450) .. "\r\n"):rep(80))
    end)
  end
end)

describe("a dialogue", function()
  it("throws at options that do not exist or make no sense", function()
    local s = secsock.new { peername = "mail.example" }
    s:attachmemory "client"
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
    assert.secure(select(3, follow("smtp", "client", steps)))
  end)

  it("does not upgrade to nobody in particular", function()
    local steps = transcript.head(protocols.postgres.client)
    local client = meet {
      client = function(me)
        me.socket:setpeername(nil)
        dialogue("postgres", "client")(me)
      end,
      server = transcript.player(steps, "S"),
    }
    assert.failed(client, "no peer name")
    assert.equal(transcript.said(steps, "C"), client.sent.before)
  end)

  it("keeps what the peer said out of a message's way", function()
    local client = follow("smtp", "client", "S: 554 \27[2J\7" .. ("x"):rep(1000))
    assert.is_nil(client.details.message:find "%c")
    assert.is_true(#client.details.message < 300)
  end)

  it("upgrades to the peer that it is told, and says what is wrong with it", function()
    local client, server = meet {
      client = dialogue("postgres", "client", { peername = "elsewhere.example" }),
      server = dialogue("postgres", "server"),
    }
    assert.rejected(client, "name_mismatch")
    assert.failed(server, "alert")
  end)
end)

describe("A server's dialogue", function()
  local root = support.write(parties.ca:pem())
  teardown(function() os.remove(root) end)

  for name in pairs(protocols) do
    it("is understood by openssl s_client: " .. name, function()
      local r = scenario.run {
        client = scenario.external {
          "openssl", "s_client", "-brief", "-starttls", name, "-connect", "127.0.0.1:$port",
          "-CAfile", root, "-verify_return_error", "-verify_hostname", "mail.example",
          "-xmpphost", "chat.example",
        },
        server = { config = configs.server, script = function(me)
          dialogue(name, "server")(me)
          me:expect_close()
        end },
      }
      assert.secure(r)
      assert.matches("Verification: OK", r.client.output, 1, true)
    end)
  end
end)
