-- Capture files, as tshark reads them: it knows nothing of secsock, and is told nothing but which
-- protocol a port has.
local secsock = require "secsock"
local shell = require "spec.support.shell"
local support = require "spec.support"
local pki = require "spec.support.pki"
local tshark = require "spec.support.tshark"

local FIELDS = {
  "tcp.stream", "tcp.len", "tcp.flags", "tcp.analysis.flags", "tcp.checksum.status",
  "ip.checksum.status", "ip.src", "ipv6.src", "tcp.srcport", "tcp.dstport",
  "frame.packet_flags_direction", "frame.comment", "frame.time_epoch", "_ws.expert.message",
  "smtp.req.command", "smtp.req.parameter", "smtp.response.code", "smtp.rsp.parameter",
  "imap.request", "tls.handshake.type", "tls.handshake.extensions_server_name",
  "tls.handshake.version", "tls.handshake.extensions.supported_version",
  "tls.handshake.ciphersuite", "x509sat.uTF8String", "tls.alert_message.desc",
}

local CERTIFICATE, SERVER_HELLO = "11", "2"

local function config(role, version)
  return assert(secsock.config(role == "client" and {
    trust = pki "ca.pem", versions = { version }, ciphers = {
      "TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    },
  } or {
    identity = { cert = pki "server-chain.pem", key = pki "server.key" }, versions = { version },
  }))
end

-- Both ends over a transport: "tcp" or "memory". link:say() brings a line from one to the other.
local link = {}
link.__index = link

local function connect(transport, configs)
  local options = {
    client = { config = configs.client, peername = "mail.example", downgrade = true },
    server = { config = configs.server, downgrade = true },
  }
  local self = setmetatable({}, link)
  if transport == "tcp" then
    self.client, self.server = support.loopback(options)
  else
    self.pair = support.pair(options)
    self.client, self.server = self.pair.client, self.pair.server
  end
  return self
end

function link:pump()
  if self.pair then self.pair:pump() end
end

function link:say(who, line)
  local other = who == "client" and "server" or "client"
  assert(self[who]:send(line .. "\r\n"))
  self:pump()
  assert.equal(line, (assert(self[other]:receive())))
end

function link:both(method)
  if self.pair and method == "upgrade" then
    self.pair:upgrade()
  elseif self.pair then
    self.client[method](self.client)
    self:pump()
    self.server[method](self.server)
    self:pump()
    assert(self.client[method](self.client))
  else
    support.run(function() assert(self.client[method](self.client)) end,
      function() assert(self.server[method](self.server)) end)
  end
end

function link:close()
  self.client:close()
  self:pump()
  assert.same({ nil, "closed", "" }, { self.server:receive() })
  self.server:close()
end

-- A mail that comes to nothing: in the clear up to STARTTLS.
local function dialogue(l)
  l:say("server", "220 mail.example ESMTP")
  l:say("client", "EHLO client.example")
  l:say("server", "250 STARTTLS")
  l:say("client", "STARTTLS")
  l:say("server", "220 2.0.0 Go ahead")
  l:both "upgrade"
  l:say("client", "MAIL FROM:<secret@client.example>")
  l:say("server", "250 2.1.0 Ok")
  l:say("client", "QUIT")
  l:say("server", "221 2.0.0 Bye")
  l:close()
end

-- The types of the blocks of a file.
local function blocks(path)
  local text, at, found = support.read(path), 1, {}
  local function number(i)
    local a, b, c, d = text:byte(i, i + 3)
    return a + b * 2^8 + c * 2^16 + d * 2^24
  end
  while at <= #text do
    local length = number(at + 4)
    assert.equal(length, number(at + length - 4))
    found[#found + 1] = number(at)
    at = at + length
  end
  return found
end

local SECRETS_BLOCK, PACKET_BLOCK = 10, 6

local function count(list, wanted)
  local n = 0
  for _, value in ipairs(list) do if value == wanted then n = n + 1 end end
  return n
end

describe("A capture", function()
  local path, begun

  before_each(function()
    path, begun = os.tmpname(), os.time()
    os.remove(path)
  end)

  after_each(function() os.remove(path) end)

  -- What every capture must be: in order, whole, and without a single complaint.
  local function check_transport(packets, stream)
    local times, last = 0, 0
    for i, packet in ipairs(packets) do
      assert.is_nil(packet["tcp.analysis.flags"], "packet " .. i)
      assert.equal("1", packet["tcp.checksum.status"])
      if packet["ip.src"] then assert.equal("1", packet["ip.checksum.status"]) end
      assert.equal(tostring(stream or 0), packet["tcp.stream"])
      local time = tonumber(packet["frame.time_epoch"])
      assert.is_true(time >= last)
      last, times = time, times + 1
    end
    assert.is_true(times > 3 and last >= begun and last < os.time() + 1)
    assert.equal("0x0002", packets[1]["tcp.flags"])
    assert.equal("0x0012", packets[2]["tcp.flags"])
    assert.equal("0x0010", packets[3]["tcp.flags"])
  end

  -- To tshark a command has four letters: what is behind them is its parameter.
  local function check_dialogue(packets)
    assert.same({ "EHLO", "STAR", "MAIL", "QUIT" }, tshark.all(packets, "smtp.req.command"))
    assert.same({ "client.example", "TLS", "FROM:<secret@client.example>" },
      tshark.all(packets, "smtp.req.parameter"))
    assert.same({ "220", "250", "220", "250", "221" }, tshark.all(packets, "smtp.response.code"))
  end

  local function check_handshake(packets, version, resumed)
    local all = tshark.all
    assert.same({ "mail.example" }, all(packets, "tls.handshake.extensions_server_name"))
    local hello
    for _, packet in ipairs(packets) do
      local types = "|" .. (packet["tls.handshake.type"] or "") .. "|"
      if types:find("|" .. SERVER_HELLO .. "|", 1, true) then hello = packet end
    end
    local new = version == "TLSv1.3"
    assert.equal("0x0303", hello["tls.handshake.version"])
    assert.equal(new and "0x0304" or nil, hello["tls.handshake.extensions.supported_version"])
    assert.equal(new and "0x1301" or "0xc02b", hello["tls.handshake.ciphersuite"])
    local names = table.concat(all(packets, "x509sat.uTF8String"), ",")
    assert.equal(not resumed, names:find("mail.example", 1, true) ~= nil)
    assert.equal(resumed and 0 or 1, count(all(packets, "tls.handshake.type"), CERTIFICATE))
    -- Decrypted, it says what it is about.
    assert.same({ "0" }, { all(packets, "tls.alert_message.desc")[1] })
  end

  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    for _, role in ipairs { "client", "server" } do
      for _, transport in ipairs { "tcp", "memory" } do
        for _, resumed in ipairs { false, true } do
          local what = resumed and "a resumed session" or "a handshake"
          it(("shows all of %s of %s, of the %s, over %s"):format(what, version, role, transport),
            function()
              local configs = {
                client = config("client", version), server = config("server", version),
              }
              if resumed then dialogue(connect(transport, configs)) end
              local l = connect(transport, configs)
              local capture = assert(l[role]:capture(path, { port = 25 }))
              local comment = transport == "tcp"
                and "the server's true port is " .. select(2, l.client:getpeername()) or nil
              dialogue(l)
              assert.equal(1, capture:close())
              local packets = tshark.read(path, FIELDS)
              assert.equal("25", packets[1]["tcp.dstport"])
              assert.equal(comment, packets[1]["frame.comment"])
              assert.is_nil(packets[2]["frame.comment"])
              check_transport(packets)
              check_dialogue(packets)
              check_handshake(packets, version, resumed)
              local ours = role == "client" and "0x00000002" or "0x00000001"
              assert.equal(ours, packets[1]["frame.packet_flags_direction"])
            end)
        end
      end
    end
  end

  it("is for its owner alone, and says that it holds secrets", function()
    local capture = assert(secsock.capture(path))
    assert.equal("600", shell.run("stat -c %a " .. path):match "%d+")
    assert.matches("SECRET: holds the TLS secrets", support.read(path))
    assert.equal(1, capture:status())
    capture:close()
  end)

  it("never overwrites a file", function()
    assert(secsock.capture(path)):close()
    local before = support.read(path)
    local capture, err, details = secsock.capture(path)
    assert.is_nil(capture)
    assert.equal("file", err)
    assert.matches("cannot create .*: File exists", details.message)
    assert.equal(before, support.read(path))
    local s = secsock.new()
    assert.same({ nil, "file" }, { s:capture(path), (select(2, s:capture(path))) })
  end)

  it("holds no secret where none is wanted", function()
    local configs = { client = config("client", "TLSv1.3"), server = config("server", "TLSv1.3") }
    local l, secrets = connect("memory", configs), {}
    assert(l.client:setkeyloghook(function(line) secrets[#secrets + 1] = line end))
    assert(l.client:capture(path, { secrets = false, port = 25 })):status()
    dialogue(l)
    assert.equal(5, #secrets)
    local text = support.read(path)
    for _, line in ipairs(secrets) do
      local secret = line:match "%x+$"
      local raw = secret:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)
      assert.is_nil(text:find(secret, 1, true))
      assert.is_nil(text:find(raw, 1, true))
    end
    assert.matches("Holds no TLS secrets", text)
    assert.equal(0, count(blocks(path), SECRETS_BLOCK))
    local packets = tshark.read(path, FIELDS)
    check_transport(packets)
    assert.same({ "EHLO", "STAR" }, tshark.all(packets, "smtp.req.command"))
    assert.is_nil(text:find("secret@client.example", 1, true))
  end)

  it("begins with the first secret, before the packet that needs it", function()
    local configs = { client = config("client", "TLSv1.3"), server = config("server", "TLSv1.3") }
    local l = connect("memory", configs)
    assert(l.client:capture(path))
    l:both "upgrade"
    local types, first = blocks(path), nil
    for i, type in ipairs(types) do first = first or (type == SECRETS_BLOCK and i) end
    local before = 0
    for i = 1, first do if types[i] == PACKET_BLOCK then before = before + 1 end end
    assert.equal(3, before) -- those that open the connection
    assert.equal(5, count(types, SECRETS_BLOCK))
  end)

  it("follows a connection back into the clear and under TLS again", function()
    local configs = { client = config("client", "TLSv1.3"), server = config("server", "TLSv1.3") }
    local l = connect("memory", configs)
    assert(l.server:capture(path))
    l:both "upgrade"
    l:say("client", "protected")
    l:both "downgrade"
    l:say("client", "in the clear again")
    l:both "upgrade"
    l:say("server", "protected again")
    l:close()
    assert.equal(10, count(blocks(path), SECRETS_BLOCK))
    assert.is_truthy(support.read(path):find("in the clear again\r\n", 1, true))
    assert.is_nil(support.read(path):find("protected", 1, true))
    check_transport(tshark.read(path, FIELDS))
  end)

  it("takes in all that a listener accepts, and several connections", function()
    local capture = assert(secsock.capture(path))
    local listener, port = support.listen {
      config = config("server", "TLSv1.2"), capture = capture, defer = true,
    }
    local client_config = config("client", "TLSv1.2")
    for _ = 1, 3 do
      local l = setmetatable({}, link)
      l.client = assert(secsock.new {
        config = client_config, peername = "mail.example", defer = true,
      })
      assert(l.client:connect("127.0.0.1", port))
      l.server = assert(listener:accept())
      dialogue(l)
    end
    listener:close()
    capture:close()
    local packets, streams = tshark.read(path, FIELDS, { [port] = "smtp" }), { {}, {}, {} }
    for _, packet in ipairs(packets) do
      table.insert(streams[tonumber(packet["tcp.stream"]) + 1], packet)
    end
    for i = 1, 3 do
      check_transport(streams[i], i - 1)
      check_dialogue(streams[i])
    end
  end)

  it("shows the words of IMAP, by the port alone", function()
    local configs = { client = config("client", "TLSv1.3"), server = config("server", "TLSv1.3") }
    local l = connect("memory", configs)
    assert(l.client:capture(path, { port = 143 }))
    l:say("server", "* OK ready")
    l:say("client", "a1 STARTTLS")
    l:say("server", "a1 OK go ahead")
    l:both "upgrade"
    l:say("client", "a2 LOGIN tim tanstaaftanstaaf")
    l:say("server", "a2 OK hello")
    l:close()
    local packets = tshark.read(path, FIELDS)
    check_transport(packets)
    assert.same({ "a1 STARTTLS", "a2 LOGIN tim tanstaaftanstaaf" },
      tshark.all(packets, "imap.request"))
    assert.equal("192.0.2.2", packets[2]["ip.src"])
  end)

  it("shows connections over IPv6", function()
    local listener = secsock.new { config = config("server", "TLSv1.3"), defer = true }
    assert(listener:listen("::1", 0))
    local _, port = listener:getsockname()
    local l = setmetatable({}, link)
    l.client = secsock.new {
      config = config("client", "TLSv1.3"), peername = "mail.example", defer = true, capture = path,
    }
    assert(l.client:connect("::1", port))
    l.server = assert(listener:accept())
    listener:close()
    dialogue(l)
    local packets = tshark.read(path, FIELDS, { [port] = "smtp" })
    check_transport(packets)
    check_dialogue(packets)
    assert.equal("::1", packets[1]["ipv6.src"])
  end)

  it("takes in what somebody else had read of the connection", function()
    local socket = require "socket"
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    local object = assert(socket.connect("127.0.0.1", port))
    local peer = assert(listener:accept())
    peer:send "220 mail.example ESMTP\r\n250 STARTTLS\r\n"
    assert.equal("220 mail.example ESMTP", (object:receive()))
    local s = assert(secsock.wrap(object, "client", { peername = "mail.example", capture = path }))
    assert.equal("250 STARTTLS", (s:receive()))
    s:close()
    peer:close()
    listener:close()
    assert.is_truthy(support.read(path):find("250 STARTTLS\r\n", 1, true))
    check_transport(tshark.read(path, FIELDS))
  end)

  it("records a transport of the program's own", function()
    local configs = { client = config("client", "TLSv1.3"), server = config("server", "TLSv1.3") }
    local server = assert(secsock.new { config = configs.server })
    assert(server:attachmemory "server")
    local client = assert(secsock.new {
      config = configs.client, peername = "mail.example", capture = path,
    })
    assert(client:attachtransport("client", {
      send = function(bytes)
        server:feed(bytes)
        if server:state() ~= "secure" then server:upgrade() end
        return #bytes
      end,
      receive = function(most)
        local bytes = server:drain(most)
        if bytes == "" then return nil, "wantread" end
        return bytes
      end,
    }))
    assert(client:upgrade())
    assert(client:send "EHLO under.tls\r\n")
    client:close()
    local packets = tshark.read(path, FIELDS, { [49151] = "smtp" })
    check_transport(packets)
    assert.equal(5, count(blocks(path), SECRETS_BLOCK))
  end)

  for _, role in ipairs { "client", "server" } do
    it("shows a handshake that is asked for twice, whose judges take their time, of the " .. role,
      function()
        local identity = { cert = pki "server-chain.pem", key = pki "server.key" }
        local trust = pki "ca.pem"
        local p = support.pair {
          client = {
            trust = trust, peername = "mail.example", groups = "X25519:P-256",
            identity = { cert = pki "client-chain.pem", key = pki "client.key" },
            hook = function() return secsock.pending end,
          },
          server = { trust = trust, identity = identity, groups = "P-256", clientauth = "require",
                     hook = function() return secsock.pending end },
        }
        assert(p[role]:capture(path))
        p:upgrade()
        p.client:decide(true)
        p:upgrade()
        p.server:decide(true)
        p:upgrade()
        assert.equal("secure", p.server:state())
        p.server:send "250 STARTTLS\r\n"
        p:pump()
        assert.equal("250 STARTTLS", (p.client:receive()))
        p.client:close()
        p:pump()
        p.server:close()
        local packets = tshark.read(path, FIELDS)
        check_transport(packets)
        local types = tshark.all(packets, "tls.handshake.type")
        assert.equal(2, count(types, "1"))
        assert.equal(2, count(types, CERTIFICATE))
        assert.equal(2, count(types, "20"))
        assert.same({ "0" }, { tshark.all(packets, "tls.alert_message.desc")[1] })
        assert.equal(5, count(blocks(path), SECRETS_BLOCK))
      end)
  end

  it("acknowledges what is more than a window", function()
    local configs = { client = config("client", "TLSv1.3"), server = config("server", "TLSv1.3") }
    local l = connect("memory", configs)
    assert(l.server:capture(path))
    l:both "upgrade"
    local long = ("0123456789abcdef"):rep(20000)
    assert.equal(#long, l.server:send(long))
    l:pump()
    assert.equal(long, l.client:receive(#long))
    l:close()
    check_transport(tshark.read(path, FIELDS))
  end)

  it("shows that a peer has broken off", function()
    local socket = require "socket"
    local listener = assert(socket.bind("127.0.0.1", 0))
    local _, port = listener:getsockname()
    local s = assert(secsock.new { peername = "mail.example", defer = true, capture = path })
    assert(s:connect("127.0.0.1", port))
    local peer = assert(listener:accept())
    peer:setoption("linger", { on = true, timeout = 0 })
    peer:close()
    assert.same({ nil, "reset", "" }, { s:receive() })
    s:close()
    local packets = tshark.read(path, FIELDS)
    assert.equal("0x0014", packets[#packets]["tcp.flags"])
    listener:close()
  end)

  it("begins and ends where it is told to", function()
    local configs = { client = config("client", "TLSv1.3"), server = config("server", "TLSv1.3") }
    local l = connect("memory", configs)
    l:say("client", "unseen")
    assert(l.client:capture(path))
    l:say("client", "seen")
    assert.equal(1, l.client:capture(nil))
    l:say("client", "unseen too")
    local text = support.read(path)
    assert.is_truthy(text:find("seen\r\n", 1, true))
    assert.is_nil(text:find("unseen", 1, true))
    l:both "upgrade"
    os.remove(path)
    local capture, err = l.client:capture(path)
    assert.same({ nil, "state" }, { capture, err })
    assert.is_nil(io.open(path), "a file is left behind")
  end)

  it("throws over options that are none", function()
    local s = secsock.new()
    assert.error_matches(function() s:capture(path, { secret = true }) end, "unknown option")
    assert.error_matches(function() s:capture(path, { port = 65536 }) end, "port expected")
    assert.error_matches(function() s:capture(1) end, "secsock.capture expected")
    assert.error_matches(function() secsock.capture() end, "string expected")
  end)

  it("is a feature", function()
    assert.is_true(secsock.hasfeature "capture")
    assert.is_true(secsock.hasfeature "keylog")
  end)
end)
