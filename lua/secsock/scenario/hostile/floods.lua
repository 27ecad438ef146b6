--- What never ends: of messages that cost nothing, and of such that are never complete. How many
-- are sent is bounded, by far more than anybody needs. Where nothing forbids them a peer need not
-- refuse, as long as its time and its memory are bounded.
local bytes = require "secsock.tls.bytes"
local channel = require "secsock.tls.channel"
local numbers = require "secsock.tls.numbers"

local ALERT, HANDSHAKE = numbers.records.alert, numbers.records.handshake
local DATA, CHANGE_CIPHER_SPEC = numbers.records.application_data,
  numbers.records.change_cipher_spec
local MANY = 2000

local both, both12, both13 = { server = "1.2 1.3", client = "1.2 1.3" },
  { server = "1.2", client = "1.2" }, { server = "1.3", client = "1.3" }

local function times(count, step)
  return function(peer)
    for i = 1, count do step(peer, i) end
  end
end

local function later(step)
  return { plan = function(plan) plan:before("secure", step) end }
end

local function record(kind, content)
  return function(peer) peer.channel:record(kind, content) end
end

local REFUSED = "unexpected_message decode_error illegal_parameter record_overflow internal_error "
  .. "handshake_failure"

local function updates(request)
  return later(times(MANY, function(peer) peer:update_key(request) end))
end

local function of_records(word)
  word("key_update_flood", "goes on to the next key again and again", both13,
    REFUSED .. " accepted", updates(0))
  word("key_update_request_flood", "asks for the next key again and again", both13,
    REFUSED .. " accepted", updates(1))
  word("empty_data_flood", "sends records without data, without end", both, REFUSED,
    later(times(MANY, record(DATA, ""))))
  word("padding_flood", "sends records of padding alone, without end", both13, REFUSED,
    later(times(MANY, function(peer)
      peer.channel:raw(peer.channel.writing:seal_inner("\23" .. ("\0"):rep(100)))
    end)))
  word("warning_flood", "sends warnings without end", both12, REFUSED,
    later(times(MANY, record(ALERT, "\1\90"))))
  word("hello_request_flood", "asks for another handshake without end", { server = "1.2" },
    REFUSED .. " no_renegotiation", later(times(MANY, record(HANDSHAKE, "\0\0\0\0"))))
  word("ticket_flood", "sends tickets without end", { server = "1.3" }, REFUSED .. " accepted",
    later(times(MANY, function(peer)
      peer.channel:say(peer:message("new_session_ticket"))
    end)))
  word("change_cipher_spec_flood", "sends change_cipher_specs without end", both13,
    REFUSED .. " accepted", {
      plan = function(plan)
        plan:after("change_cipher_spec", times(MANY, function(peer)
          peer.channel:raw(channel.plain(CHANGE_CIPHER_SPEC, "\1"))
        end))
      end,
    })
end

-- ------------------------------------------------------------------------------- never complete

-- A message that says how long it is, and of which so much comes, in records of this size.
local function endless(name, said, count, size)
  return function(peer)
    local head = string.char(numbers.messages[name]) .. bytes.number(said, 3)
    peer.channel:record(HANDSHAKE, head)
    for _ = 1, count do peer.channel:record(HANDSHAKE, ("\0"):rep(size)) end
  end
end

local function of_messages(word)
  local function instead(name, said, count, size)
    return {
      plan = function(plan) plan:instead("certificate", endless(name, said, count, size)) end,
      peer = { clientauth = "require" },
    }
  end
  word("huge_certificate", "announces a certificate of 16 MB", both, REFUSED .. " bad_certificate",
    instead("certificate", 0xFFFFFF, 0, 0))
  word("endless_certificate", "sends a certificate that does not end", both,
    REFUSED .. " bad_certificate", instead("certificate", 0xFFFFFF, 30, 16384))
  word("dripping_certificate", "sends a certificate byte by byte", both,
    REFUSED .. " bad_certificate", instead("certificate", 0xFFFFFF, MANY, 1))
  word("endless_hello", "sends a hello that does not end", { client = "1.2 1.3" }, REFUSED, {
    plan = function(plan)
      plan:instead("client_hello", endless("client_hello", 0xFFFFFF, 50, 16384))
    end,
  })
  word("endless_finished", "sends a finished that does not end", both13, REFUSED, {
    plan = function(plan)
      plan:instead("finished", endless("finished", 0xFFFFFF, 50, 16384))
    end,
  })
end

return function(word)
  of_records(word)
  of_messages(word)
end
