--- Messages that are missing, come twice, too early, or that nobody expects: what "A Messy State of
-- the Union" (SMACK) and its successors sent.
local channel = require "secsock.tls.channel"
local numbers = require "secsock.tls.numbers"

local CHANGE_CIPHER_SPEC = numbers.records.change_cipher_spec
local asks = { clientauth = "require" }

-- A step that sends a message which has no content of its own making.
local function says(name, body)
  return function(peer) peer.channel:say(channel.message(name, body or "")) end
end

local function clear_change_cipher_spec(peer)
  peer.channel:flush()
  peer.channel:raw(channel.plain(CHANGE_CIPHER_SPEC, "\1"))
end

local function data(peer) peer:say "data" end

-- By step: the roles and versions in which it can be missing, and in which it can come twice.
local steps = {
  { "certificate", { server = "1.2 1.3", client = "1.2 1.3" },
    { server = "1.2 1.3", client = "1.2 1.3" } },
  { "certificate_verify", { server = "1.3", client = "1.2 1.3" },
    { server = "1.3", client = "1.2 1.3" } },
  { "server_hello", nil, { server = "1.2 1.3" } },
  { "client_hello", nil, { client = "1.2 1.3" } },
  { "server_key_exchange", { server = "1.2" }, { server = "1.2" } },
  { "client_key_exchange", nil, { client = "1.2" } },
  { "server_hello_done", nil, { server = "1.2" } },
  { "encrypted_extensions", { server = "1.3" }, { server = "1.3" } },
  { "change_cipher_spec", { server = "1.2", client = "1.2" }, nil },
}

-- The client's certificate is for a server that asks.
local function settings(step, on)
  return on.client and step:find "^certificate" and asks or nil
end

local function missing_and_twice(word)
  for _, entry in ipairs(steps) do
    local step, missing, twice = entry[1], entry[2], entry[3]
    if missing then
      word("no_" .. step, "leaves out its " .. step, missing, "unexpected_message", {
        peer = settings(step, missing), plan = function(plan) plan:skip(step) end,
      })
    end
    if twice then
      word(step .. "_twice", "sends its " .. step .. " twice", twice, "unexpected_message", {
        peer = settings(step, twice), plan = function(plan) plan:twice(step) end,
      })
    end
  end
end

-- ---------------------------------------------------------------------------------------- finished

local function changed(data_of)
  return { finished = function(message) message.data = data_of(message.data) end }
end

local function of_finished(word)
  local both = { server = "1.2 1.3", client = "1.2 1.3" }
  word("wrong_finished", "sends a finished with one bit wrong", both, "decrypt_error", {
    message = changed(function(d) return string.char((d:byte() + 1) % 256) .. d:sub(2) end),
  })
  word("empty_finished", "sends a finished of no bytes", both, "decode_error decrypt_error", {
    message = changed(function() return "" end),
  })
  word("short_finished", "sends the first half of its finished", both,
    "decode_error decrypt_error", { message = changed(function(d) return d:sub(1, #d / 2) end) })
  word("long_finished", "adds a byte to its finished", both, "decode_error decrypt_error", {
    message = changed(function(d) return d .. "\0" end),
  })
  word("finished_twice", "sends its finished once more", both, "unexpected_message", {
    plan = function(plan) plan:before("secure", "finished") end,
  })
  word("no_finished", "sends data where its finished would be", both,
    "unexpected_message bad_record_mac", {
      plan = function(plan) plan:instead("finished", data) end,
    })
  word("data_before_finished", "sends data ahead of its finished", both, "unexpected_message", {
    plan = function(plan) plan:before("finished", data) end,
  })
  word("data_before_keys", "sends data in clear, within the handshake",
    { server = "1.2", client = "1.2" }, "unexpected_message", {
      plan = function(plan) plan:before("change_cipher_spec", data) end,
    })
end

-- ------------------------------------------------------------------------------ change_cipher_spec

-- The end of the flight that is in clear.
local first = { server = "server_hello", client = "client_hello" }

local function of_change_cipher_spec(word)
  word("early_change_cipher_spec", "sends its change_cipher_spec before there are keys "
    .. "(CVE-2014-0224)", { server = "1.2", client = "1.2" }, "unexpected_message", {
      plan = function(plan, peer) plan:after(first[peer.role], clear_change_cipher_spec) end,
    })
  word("change_cipher_spec_first", "begins with a change_cipher_spec",
    { client = "1.2 1.3" }, "unexpected_message closed", {
      plan = function(plan) plan:before("client_hello", clear_change_cipher_spec) end,
    })
  word("change_cipher_spec_twice", "sends two change_cipher_specs", -- the second one protected
    { server = "1.2", client = "1.2" }, "unexpected_message", {
      plan = function(plan)
        plan:after("change_cipher_spec", function(peer)
          peer.channel:send(CHANGE_CIPHER_SPEC, "\1")
        end)
      end,
    })
  local both = { server = "1.3", client = "1.3" }
  word("change_cipher_specs", "sends three change_cipher_specs", both, "accepted", {
    plan = function(plan)
      for _ = 1, 2 do plan:after("change_cipher_spec", clear_change_cipher_spec) end
    end,
  })
  word("late_change_cipher_spec", "sends a change_cipher_spec behind its finished", both,
    "unexpected_message", {
      plan = function(plan) plan:before("secure", clear_change_cipher_spec) end,
    })
  word("protected_change_cipher_spec", "sends a change_cipher_spec that is protected", both,
    "unexpected_message", {
      plan = function(plan)
        plan:after("handshake_keys", function(peer)
          peer.channel:send(CHANGE_CIPHER_SPEC, "\1")
        end)
      end,
    })
  word("wrong_change_cipher_spec", "sends a change_cipher_spec that says 2",
    { server = "1.2 1.3", client = "1.2 1.3" }, "unexpected_message illegal_parameter decode_error",
    { plan = function(plan)
      plan:before("change_cipher_spec", function(peer)
        peer.channel:raw(channel.plain(CHANGE_CIPHER_SPEC, "\2"))
      end)
    end })
end

-- ---------------------------------------------------------------------------------- nobody expects

-- Ahead of the place of its certificate: under TLS 1.3 it is protected there.
local function within(step)
  return function(plan) plan:before("certificate", step) end
end

local function unexpected(word)
  local both = { server = "1.2 1.3", client = "1.2 1.3" }
  local messages = {
    unknown_message = { "sends a message of a kind that there is not", 99, both },
    message_hash = { "sends what only a transcript may hold", "message_hash", both },
    end_of_early_data = { "ends early data that were not there", "end_of_early_data",
      { server = "1.3", client = "1.3" } },
    key_update_in_handshake = { "updates its key within the handshake", "key_update", both, "\0" },
    ticket_in_handshake = { "sends a ticket within the handshake", "new_session_ticket", both,
      ("\0"):rep(13) },
    server_key_exchange_again = { "sends a server_key_exchange, which TLS 1.3 has not",
      "server_key_exchange", { server = "1.3" }, "\3\0\23\1\4\4\3\0\0" },
    client_key_exchange_here = { "sends a client_key_exchange, which is not its to send",
      "client_key_exchange", { server = "1.2 1.3", client = "1.3" }, "\1\4" },
    server_hello_here = { "sends a server_hello, which is not its to send", "server_hello",
      { client = "1.2 1.3" }, "\3\3" .. ("\0"):rep(36) },
    certificate_status_unasked = { "sends a certificate_status unasked", "certificate_status",
      { server = "1.3", client = "1.2 1.3" }, "\1\0\0\0" },
    certificate_request_here = { "asks a server for a certificate", "certificate_request",
      { client = "1.2 1.3" }, "\0\0\0" },
  }
  for name, is in pairs(messages) do
    word(name, is[1], is[3], "unexpected_message", { plan = within(says(is[2], is[4])) })
  end
end

-- ------------------------------------------------------------------------------------- wrong order

local function out_of_order(word)
  word("server_key_exchange_first", "sends its server_key_exchange ahead of its certificate",
    { server = "1.2" }, "unexpected_message", {
      plan = function(plan) plan:move("certificate", "server_key_exchange") end,
    })
  word("certificate_request_misplaced", "asks for a certificate where it is too early or too late",
    { server = "1.2 1.3" }, "unexpected_message", {
      options = function(options) options.clientauth = true end,
      plan = function(plan, peer)
        local early, late = "server_hello", "certificate_verify"
        plan:move("certificate_request", peer.version == "1.2" and early or late)
      end,
    })
  word("certificate_verify_first", "signs before it shows its certificate",
    { server = "1.3", client = "1.3" }, "unexpected_message", {
      peer = asks, plan = function(plan) plan:move("certificate", "certificate_verify") end,
    })
  word("certificate_verify_before_keys", "signs ahead of its client_key_exchange",
    { client = "1.2" }, "unexpected_message", {
      peer = asks,
      plan = function(plan) plan:move("client_key_exchange", "certificate_verify") end,
    })
  word("finished_without_keys", "sends its finished in clear, without a key exchange",
    { client = "1.2" }, "unexpected_message", {
      plan = function(plan)
        plan:instead("client_key_exchange", says("finished", ("\0"):rep(12)))
        plan:skip "change_cipher_spec":skip "finished"
      end,
    })
  word("finished_for_certificate", "sends a finished in the place of its certificate",
    { server = "1.2 1.3" }, "unexpected_message", {
      plan = function(plan) plan:instead("certificate", says("finished", ("\0"):rep(12))) end,
    })
end

return function(word)
  missing_and_twice(word)
  of_finished(word)
  of_change_cipher_spec(word)
  unexpected(word)
  out_of_order(word)
end
