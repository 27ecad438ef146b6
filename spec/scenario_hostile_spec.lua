-- Peers that are no TLS peers, or bad ones: they are scripts that send bytes.
local parties = require "spec.support.parties"
require "secsock.scenario.assertions"

local function record(kind, body, size)
  size = size or #body
  return string.char(kind, 3, 3, math.floor(size / 256), size % 256) .. body
end

local ALERT, HANDSHAKE, DATA = 21, 22, 23

-- A client that upgrades, and a server that answers its hello with `bytes`.
local function answered(bytes, version)
  local r = parties.run {
    client = { versions = version and { version }, script = { "upgrade" } },
    server = { script = function(me)
      me:receive(5)
      me:send(bytes)
      me.socket:receive "*a"
    end },
  }
  assert.is_false(r.client.secure)
  assert.is_nil(r.client.ok)
  assert.lawful(r)
  return r
end

-- A client in a good handshake, with bytes between: ahead of the first record, or when secure.
local function with_injected(where, bytes)
  local r = parties.run { wire = { to_client = { inject = { [where] = bytes } } } }
  assert.lawful(r)
  return r
end

describe("a client", function()
  it("gives up at an alert of any number, in answer to its hello #slow", function()
    for number = 0, 255 do
      local r = answered(record(ALERT, string.char(2, number)))
      assert.is_truthy(r.client.upgrade, number)
    end
  end)

  it("gives up at an alert of any number, before the handshake and after it #slow", function()
    for number = 0, 255 do
      local alert = record(ALERT, string.char(2, number))
      assert.is_false(with_injected("before", alert).client.secure, number)
      local r = with_injected("behind", alert) -- in clear, where all is encrypted
      assert.is_nil(r.client.ok, number)
      assert.equal("", r.client.received.after)
    end
  end)

  it("takes a close_notify in clear, where all is encrypted, for what anybody can send", function()
    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
      for _, level in ipairs { 1, 2 } do
        for direction, role in pairs { to_client = "client", to_server = "server" } do
          local r = parties.run {
            client = { versions = { version } },
            wire = { [direction] = { inject = { behind = record(ALERT, string.char(level, 0)) } } },
          }
          assert.failed(r[role], "protocol")
          assert.is_true(r[role].secure)
          assert.lawful(r)
        end
      end
    end
  end)

  for name, bytes in pairs {
    ["a web page"] = "HTTP/1.0 400 Bad Request\r\n\r\n",
    ["a mail server's reply"] = "500 5.5.1 Unknown command\r\n",
    ["application data at once"] = record(DATA, "hello"),
    ["an empty handshake record"] = record(HANDSHAKE, ""),
    ["a record over the limit"] = record(HANDSHAKE, ("\2"):rep(20000)),
    ["a ServerHello cut short"] = record(HANDSHAKE, "\2\0\0\2\3\3"),
    ["a message that claims 16 MB"] = record(HANDSHAKE, "\2\255\255\255" .. ("x"):rep(16000)),
    ["a ClientHello"] = record(HANDSHAKE, "\1\0\0\2\3\3"),
    ["a Finished"] = record(HANDSHAKE, "\20\0\0\12" .. ("x"):rep(12)),
    ["a record of no known type"] = record(99, "hello"),
    ["a warning"] = record(ALERT, "\1\90"),
    ["a flood of warnings"] = record(ALERT, "\1\90"):rep(5000),
    ["zeros"] = ("\0"):rep(1000),
    ["SSL 2"] = "\128\46\1\3\1\0\5\0\0\0\16",
  } do
    it("gives up when its hello is answered with " .. name, function()
      answered(bytes)
      answered(bytes, "TLSv1.2")
    end)
  end

  it("gives up when nothing comes, when its time is over", function()
    local r = answered ""
    assert.failed(r.client, "timeout")
    assert.equal(30, r.seconds)
  end)

  it("gives up when a handshake takes for ever, a byte now and then", function()
    local r = parties.run {
      client = { script = function(me)
        me.socket:settimeout(60, "t")
        me:upgrade()
      end },
      wire = { to_client = function(_, bytes, where)
        if where.kind == "server_hello" then return bytes:sub(1, -2) end
      end },
    }
    assert.is_false(r.client.secure)
    assert.lawful(r)
  end)
end)

describe("a server", function()
  it("gives up at whatever is no ClientHello", function()
    for _, bytes in ipairs {
      "GET / HTTP/1.0\r\n\r\n", "EHLO me\r\n", record(DATA, "hello"), record(ALERT, "\2\0"),
      record(HANDSHAKE, "\1\0\0\2\3\3"), record(HANDSHAKE, "\2\0\0\2\3\3"), ("\0"):rep(1000),
    } do
      local r = parties.run {
        client = { script = function(me)
          me:send(bytes)
          me.socket:receive "*a"
        end },
        server = { script = { "upgrade" } },
      }
      assert.is_false(r.server.secure)
      assert.is_truthy(r.server.upgrade)
      assert.lawful(r)
    end
  end)

  it("and a client without a version in common both give up", function()
    local r = parties.run {
      client = { versions = { "TLSv1.2" } }, server = { versions = { "TLSv1.3" } },
    }
    assert.is_false(r.client.secure or r.server.secure)
    assert.alert(r.client, "protocol_version")
    assert.alert(r.server, "protocol_version")
  end)
end)
