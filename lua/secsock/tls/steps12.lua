--- The handshake of TLS 1.2 (RFC 5246) with ECDHE (RFC 8422), step by step, for either role.
local bytes = require "secsock.tls.bytes"
local channel = require "secsock.tls.channel"
local extensions = require "secsock.tls.extensions"
local greeting = require "secsock.tls.greeting"
local messages = require "secsock.tls.messages"
local numbers = require "secsock.tls.numbers"
local schedule = require "secsock.tls.schedule"

-- ------------------------------------------------------------------------------------------- both

-- Makes the keys, when the client_key_exchange has been sent or heard. What is received is opened
-- by them from its change_cipher_spec on.
local function make_keys(peer)
  local extended = peer.extended and peer.channel.transcript or nil
  peer.schedule = schedule.tls12(peer.suite, peer:agree(peer.their_point), peer.client_random,
                                 peer.server_random, extended)
  local other = peer.role == "client" and "server" or "client"
  peer.channel.next_reading = function() return peer.schedule:protection(other) end
end

local function change_cipher_spec(peer)
  peer.channel:send(numbers.records.change_cipher_spec, "\1")
  peer:protect_sending()
end

local function certificate_verify(peer)
  peer:send("certificate_verify", peer:sign(peer.channel.transcript))
end

local function finished(peer) peer:finish() end

-- ----------------------------------------------------------------------------------------- server

local server = {
  order = {
    "hear_client_hello", "server_hello", "certificate", "server_key_exchange",
    "certificate_request", "server_hello_done", "hear_client_flight", "change_cipher_spec",
    "finished", "secure",
  },
  change_cipher_spec = change_cipher_spec, finished = finished,
}

function server.hear_client_hello(peer)
  peer.hello = peer:hear "client_hello"
  peer.suite = peer:choose_suite(peer.hello.ciphers)
  peer.client_random = peer.hello.random
  peer.extended = extensions.find(peer.hello.extensions, "extended_master_secret") ~= nil
end

function server.server_hello(peer)
  local list = greeting.answer(peer)
  if greeting.knows_renegotiation(peer.hello) then
    list[#list + 1] = extensions.one("renegotiation_info", bytes.vector(1, ""))
  end
  if peer.extended then list[#list + 1] = extensions.one("extended_master_secret", "") end
  local hello = {
    version = numbers.versions["1.2"], random = peer.random(), session = "",
    cipher = peer.suite.number, extensions = list,
  }
  peer.server_random = hello.random
  peer:send("server_hello", hello)
end

function server.certificate(peer)
  peer:identity()
  peer:send("certificate", peer:chain())
end

function server.server_key_exchange(peer)
  local message = { group = numbers.P256, point = peer.share.bits }
  local signed = peer:sign(peer.client_random .. peer.server_random
    .. messages.ecdh_parameters(message))
  message.scheme, message.signature = signed.scheme, signed.signature
  peer:send("server_key_exchange", message)
end

function server.certificate_request(peer)
  if not peer.options.clientauth then return end
  peer:send("certificate_request", { schemes = greeting.schemes })
end

function server.server_hello_done(peer) peer:send "server_hello_done" end

function server.hear_client_flight(peer)
  local name, message, before
  repeat
    message, name, before = peer:hear("certificate", "client_key_exchange", "certificate_verify",
                                      "finished")
    if name == "certificate" then peer.shown = message.chain end
    if name == "client_key_exchange" then
      peer.their_point = message.point
      make_keys(peer)
    end
  until name == "finished"
  peer:check_finished(message, before)
end

function server.secure() end

-- ----------------------------------------------------------------------------------------- client

local client = {
  order = {
    "client_hello", "hear_server_flight", "certificate", "client_key_exchange",
    "certificate_verify", "change_cipher_spec", "finished", "hear_finished", "secure",
  },
  change_cipher_spec = change_cipher_spec, finished = finished,
}

function client.client_hello(peer)
  peer.hello = greeting.hello(peer)
  peer.client_random = peer.hello.random
  peer:send("client_hello", peer.hello)
end

local heard = {}

function heard.server_hello(peer, message)
  peer.suite = peer:accept_suite(message.cipher)
  peer.server_random, peer.answer = message.random, message.extensions
  peer.extended = extensions.find(message.extensions, "extended_master_secret") ~= nil
end

function heard.certificate(peer, message) peer.shown = message.chain end

function heard.certificate_request(peer, message) peer.asked = message end

function heard.server_key_exchange(peer, message)
  if message.curve_type ~= 3 or message.group ~= numbers.P256 then
    channel.fail("protocol", "the server has chosen a group that was not offered")
  end
  peer.their_point = message.point
end

function client.hear_server_flight(peer)
  repeat
    local message, name = peer:hear("server_hello", "certificate", "certificate_status",
      "server_key_exchange", "certificate_request", "server_hello_done")
    if heard[name] then heard[name](peer, message) end
  until name == "server_hello_done"
end

function client.certificate(peer)
  if peer.asked then peer:send("certificate", peer:chain()) end
end

function client.client_key_exchange(peer)
  peer:send("client_key_exchange", { point = peer.share.bits })
  make_keys(peer)
end

function client.certificate_verify(peer)
  if peer.asked and peer.options.identity then certificate_verify(peer) end
end

function client.hear_finished(peer)
  local message, name, before
  repeat
    message, name, before = peer:hear("new_session_ticket", "finished")
  until name == "finished"
  peer:check_finished(message, before)
end

client.secure = server.secure

return { server = server, client = client }
