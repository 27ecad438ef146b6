--- The handshake of TLS 1.3 (RFC 8446), step by step, for either role.
local bytes = require "secsock.tls.bytes"
local channel = require "secsock.tls.channel"
local extensions = require "secsock.tls.extensions"
local greeting = require "secsock.tls.greeting"
local messages = require "secsock.tls.messages"
local numbers = require "secsock.tls.numbers"
local schedule = require "secsock.tls.schedule"
local secrets = require "secsock.tls.secrets"

local vector, P256 = bytes.vector, bytes.number(numbers.P256, 2)

-- ------------------------------------------------------------------------------------------- both

-- What a signature is about (RFC 8446, section 4.4.3).
local function signed(peer)
  local transcript = secrets.digest(peer.suite.hash, peer.channel.transcript)
  return ("\32"):rep(64) .. "TLS 1.3, " .. peer.role .. " CertificateVerify\0" .. transcript
end

local function certificate_verify(peer)
  peer:send("certificate_verify", peer:sign(signed(peer)))
end

-- For middleboxes (RFC 8446, appendix D.4); once.
local function change_cipher_spec(peer)
  if peer.disguised or peer.hello.session == "" then return end
  peer.disguised = true
  peer.channel:flush()
  peer.channel:raw(channel.plain(numbers.records.change_cipher_spec, "\1"))
end

local function handshake_keys(peer)
  peer.schedule = schedule.tls13(peer.suite)
  peer.schedule:handshake(peer:agree(peer.their_point), peer.channel.transcript)
  peer:protect_sending()
  peer:protect_receiving()
end

-- The messages up to the one that asks for another hello count as one (RFC 8446, section 4.4.1).
local function forget_first_hello(peer, transcript)
  local digest = secrets.digest(peer.suite.hash, transcript)
  peer.channel.transcript = channel.message("message_hash", digest)
end

-- ----------------------------------------------------------------------------------------- server

local server = {
  order = {
    "hear_client_hello", "server_hello", "change_cipher_spec", "handshake_keys",
    "encrypted_extensions", "certificate_request", "certificate", "certificate_verify", "finished",
    "application_keys", "hear_client_flight", "secure",
  },
  change_cipher_spec = change_cipher_spec, handshake_keys = handshake_keys,
  certificate_verify = certificate_verify,
}

-- The point of a client's share; nil where it has none for P-256.
local function share_of(hello)
  local content = extensions.find(hello.extensions, "key_share")
  local list = bytes.reader(content and bytes.reader(content):vector(2) or "")
  while not list:is_done() do
    local group, share = list:take(2), list:vector(2)
    if group == P256 then return share end
  end
end

-- What every server_hello holds, also one that asks for another hello.
local function server_hello(peer, random, share)
  peer:send("server_hello", {
    version = numbers.versions["1.2"], random = random, session = peer.hello.session,
    cipher = peer.suite.number,
    extensions = {
      extensions.one("supported_versions", numbers.versions["1.3"]),
      extensions.one("key_share", P256 .. share),
    },
  })
end

--- Asks for another hello, whether or not that is in order.
function server.hello_retry_request(peer)
  forget_first_hello(peer, peer.channel.transcript)
  peer.retrying = true
  server_hello(peer, messages.RETRY, "")
  peer.retrying = false
  change_cipher_spec(peer)
end

function server.hear_client_hello(peer)
  peer.hello = peer:hear "client_hello"
  peer.suite = peer:choose_suite(peer.hello.ciphers)
  peer.their_point = share_of(peer.hello)
  if peer.their_point then return end
  server.hello_retry_request(peer)
  peer.hello = peer:hear "client_hello"
  peer.their_point = share_of(peer.hello)
    or channel.fail("protocol", "the client does not bring the share that it was asked for")
end

function server.server_hello(peer)
  server_hello(peer, peer.random(), vector(2, peer.share.bits))
end

function server.encrypted_extensions(peer)
  peer:send("encrypted_extensions", { extensions = greeting.answer(peer) })
end

function server.certificate_request(peer)
  if not peer.options.clientauth then return end
  peer:send("certificate_request", { schemes = greeting.schemes })
end

function server.certificate(peer)
  peer:identity()
  peer:send("certificate", peer:chain())
end

function server.finished(peer) peer:finish() end

-- What the client still says is protected by the keys of the handshake.
function server.application_keys(peer)
  local now = peer.schedule
  peer.schedule = setmetatable({}, { __index = now })
  peer.schedule:application(peer.channel.transcript)
  peer:protect_sending()
  peer.schedule, peer.later = now, peer.schedule
end

function server.hear_client_flight(peer)
  local message, name, before
  repeat
    message, name, before = peer:hear("certificate", "certificate_verify", "finished")
    if name == "certificate" then peer.shown = message.chain end
  until name == "finished"
  peer:check_finished(message, before)
  peer.schedule = peer.later or peer.schedule
  peer:protect_receiving()
end

function server.secure() end

-- ----------------------------------------------------------------------------------------- client

local client = {
  order = {
    "client_hello", "hear_server_hello", "handshake_keys", "hear_server_flight",
    "change_cipher_spec", "certificate", "certificate_verify", "finished", "application_keys",
    "secure",
  },
  change_cipher_spec = change_cipher_spec,
}

function client.client_hello(peer)
  local first = peer.hello
  peer.hello = greeting.hello(peer)
  if first then peer.hello.random, peer.hello.session = first.random, first.session end
  peer:send("client_hello", peer.hello)
end

local function hear_hello(peer)
  local hello, _, before = peer:hear "server_hello"
  peer.suite = peer:accept_suite(hello.cipher)
  return hello, before
end

function client.hear_server_hello(peer)
  local hello, before = hear_hello(peer)
  if hello.random == messages.RETRY then
    local request = peer.channel.transcript:sub(#before + 1)
    forget_first_hello(peer, before)
    peer.channel.transcript = peer.channel.transcript .. request
    change_cipher_spec(peer)
    peer.asked_again = true
    client.client_hello(peer)
    hello = hear_hello(peer)
  end
  local share = extensions.find(hello.extensions, "key_share")
  if not share then channel.fail("version", "the server does not speak TLS 1.3") end
  local reader = bytes.reader(share)
  reader:take(2)
  peer.their_point = reader:vector(2)
end

client.handshake_keys = handshake_keys

function client.hear_server_flight(peer)
  local name, message, before
  repeat
    message, name, before = peer:hear("encrypted_extensions", "certificate_request", "certificate",
                                      "certificate_verify", "finished")
    if name == "encrypted_extensions" then peer.answer = message.extensions end
    if name == "certificate_request" then peer.asked = message end
    if name == "certificate" then peer.shown = message.chain end
  until name == "finished"
  peer:check_finished(message, before)
  peer.heard_all = peer.channel.transcript
end

function client.certificate(peer)
  if not peer.asked then return end
  local content = peer:chain()
  content.context = peer.asked.context
  peer:send("certificate", content)
end

function client.certificate_verify(peer)
  if peer.asked and peer.options.identity then certificate_verify(peer) end
end

function client.finished(peer) peer:finish() end

function client.application_keys(peer)
  peer.schedule:application(peer.heard_all)
  peer:protect_sending()
  peer:protect_receiving()
end

client.secure = server.secure

return { server = server, client = client }
