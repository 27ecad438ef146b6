--- When the handshake is over, and how connections end: renegotiation, keys, requests, alerts.
local channel = require "secsock.tls.channel"
local greeting = require "secsock.tls.greeting"
local messages = require "secsock.tls.messages"
local numbers = require "secsock.tls.numbers"

local HANDSHAKE = numbers.records.handshake

local both, both13 = { server = "1.2 1.3", client = "1.2 1.3" }, { server = "1.3", client = "1.3" }

local function later(step)
  return { plan = function(plan) plan:before("secure", step) end }
end

local function says(name, body)
  return later(function(peer)
    peer.channel:record(HANDSHAKE, channel.message(name, body or ""))
  end)
end

-- --------------------------------------------------------------------------------- renegotiation

local function renegotiation(word)
  word("hello_request", "asks for another handshake", { server = "1.2" },
    "accepted no_renegotiation", says "hello_request")
  word("hello_request_within", "asks for a handshake within one", { server = "1.2" }, "accepted", {
    plan = function(plan)
      plan:after("server_hello", function(peer)
        peer.channel:record(HANDSHAKE, channel.message("hello_request", ""))
      end)
    end,
  })
  word("hello_request_13", "asks for another handshake, which TLS 1.3 has not", { server = "1.3" },
    "unexpected_message", says "hello_request")
  word("renegotiates", "begins another handshake", { client = "1.2 1.3" },
    "unexpected_message no_renegotiation handshake_failure", later(function(peer)
      local hello = messages.write.client_hello(greeting.hello(peer))
      peer.channel:record(HANDSHAKE, channel.message("client_hello", hello))
    end))
  word("server_renegotiates", "answers a hello that nobody has sent", { server = "1.2 1.3" },
    "unexpected_message handshake_failure", says("server_hello", "\3\3" .. ("\0"):rep(36)))
end

-- ------------------------------------------------------------------------------------ of TLS 1.3

local function of_tls13(word)
  word("key_updates", "goes on to the next key a few times", both13, "accepted",
    later(function(peer)
      for request = 0, 1 do peer:update_key(request) end
    end))
  word("key_update_wrong", "updates its key with a value that there is not", both13,
    "illegal_parameter", says("key_update", "\2"))
  word("key_update_empty", "updates its key with no value", both13, "decode_error",
    says("key_update", ""))
  word("key_update_long", "updates its key with two values", both13, "decode_error",
    says("key_update", "\0\0"))
  word("key_update_12", "updates its key, which TLS 1.2 cannot", { server = "1.2", client = "1.2" },
    "unexpected_message", says("key_update", "\0"))
  word("key_update_joined", "sends something else behind a key_update, in its record", both13,
    "unexpected_message bad_record_mac", later(function(peer)
      local update = channel.message("key_update", "\0")
      peer.channel:record(HANDSHAKE, update .. update)
    end))
  word("ticket_to_server", "gives a server a ticket", { client = "1.3" }, "unexpected_message",
    later(function(peer) peer.channel:say(peer:message "new_session_ticket") end))
  word("ticket_cut", "gives half a ticket", { server = "1.3" }, "decode_error",
    says("new_session_ticket", ("\0"):rep(7)))
  word("certificate_request_later", "asks for a certificate when all is over, of a client that "
    .. "does not offer that", { server = "1.3" }, "unexpected_message", later(function(peer)
      peer.channel:say(peer:message("certificate_request",
        { schemes = greeting.schemes, context = "x" }))
    end))
  word("certificate_later", "shows a certificate when all is over", both13, "unexpected_message",
    later(function(peer) peer.channel:say(peer:message("certificate", peer:chain())) end))
  word("finished_later", "sends a finished when all is over", both, "unexpected_message",
    says("finished", ("\0"):rep(32)))
  word("unknown_message_later", "sends a message of no known kind when all is over", both,
    "unexpected_message", says(99, "x"))
end

-- ------------------------------------------------------------------------------------------ ends

-- Stops the handshake, with nothing more to say.
local function stop(_) channel.fail("stopped", "it has stopped in the middle") end

local function ends(word)
  word("close_notify_within", "closes within the handshake", both, "closed", {
    plan = function(plan) plan:before("certificate", function(peer)
      peer.channel:alert(1, "close_notify")
      stop()
    end) end,
  })
  word("stops", "says nothing more within the handshake, and is gone", both, "closed", {
    plan = function(plan) plan:before("certificate", stop) end,
  })
  word("data_behind_close_notify", "closes, and sends data", both, "accepted closed",
    later(function(peer)
      peer:close()
      peer:say "data"
    end))
  word("alert", "sends an alert: `alert` says which, `level` how bad, `when` ahead of which step",
    both, "closed", {
      options = function(options)
        if not options.alert then error("option 'alert': a name or a number expected", 0) end
        options.alert = numbers.of(numbers.alerts, options.alert)
      end,
      plan = function(plan, peer)
        local options = peer.options
        plan:before(options.when or "secure", function()
          peer.channel:alert(options.level or 2, options.alert)
        end)
      end,
    })
end

return function(word)
  renegotiation(word)
  of_tls13(word)
  ends(word)
end
