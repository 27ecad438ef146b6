--- Records: too long, empty, of unknown kinds, split and joined, changed, in clear and not.
local channel = require "secsock.tls.channel"
local numbers = require "secsock.tls.numbers"

local ALERT, HANDSHAKE = numbers.records.alert, numbers.records.handshake
local DATA = numbers.records.application_data
local LARGEST = 16384

local both, both12, both13 = { server = "1.2 1.3", client = "1.2 1.3" },
  { server = "1.2", client = "1.2" }, { server = "1.3", client = "1.3" }

-- A word's part: does this when all is secure, or behind a step.
local function later(step)
  return { plan = function(plan) plan:before("secure", step) end }
end

local first = { server = "server_hello", client = "client_hello" }

local function behind_hello(step)
  return { plan = function(plan, peer) plan:after(first[peer.role], step) end }
end

local function sends(kind, content)
  return function(peer) peer.channel:record(kind, content) end
end

local function in_clear(kind, content)
  return function(peer)
    peer.channel:flush()
    peer.channel:raw(channel.plain(kind, content))
  end
end

-- ----------------------------------------------------------------------------------------- lengths

local OVERFLOW = "record_overflow" -- RFC 5246, section 6.2; RFC 8446, sections 5.1 and 5.2

local function lengths(word)
  word("record_16385", "sends a record of one byte more than there may be", both, OVERFLOW,
    later(sends(DATA, ("x"):rep(LARGEST + 1))))
  word("record_16640", "sends a record of as many bytes more as only encryption may add", both,
    OVERFLOW, later(sends(DATA, ("x"):rep(LARGEST + 256))))
  word("record_65000", "sends a record of nearly as many bytes as can be said", both, OVERFLOW,
    later(sends(DATA, ("x"):rep(65000))))
  word("clear_16385", "sends a record over the limit in clear", both,
    OVERFLOW .. " unexpected_message",
    behind_hello(in_clear(HANDSHAKE, "\11\0\64\0" .. ("x"):rep(LARGEST - 3))))
  word("short_sealed", "sends a protected record that is too short to be one", both,
    "bad_record_mac decode_error unexpected_message", later(in_clear(DATA, "short")))
  word("empty_handshake", "sends a handshake record of no bytes", both,
    "unexpected_message decode_error", behind_hello(in_clear(HANDSHAKE, "")))
  word("empty_alert", "sends an alert of no bytes", both, "unexpected_message decode_error",
    later(sends(ALERT, "")))
  word("half_alert", "sends half an alert", both, "unexpected_message decode_error",
    later(sends(ALERT, "\1")))
  word("two_alerts", "sends two alerts in a record", both, "unexpected_message decode_error",
    later(sends(ALERT, "\2\40\2\40")))
  word("empty_data", "sends a few records without data", both, "accepted", {
    plan = function(plan)
      plan:before("secure", function(peer)
        for _ = 1, 3 do peer.channel:record(DATA, "") end
      end)
    end,
  })
end

-- ------------------------------------------------------------------------------------------- kinds

local function kinds(word)
  word("unknown_record", "sends a record of a kind that there is not, in clear", both,
    "unexpected_message", behind_hello(in_clear(99, "x")))
  word("heartbeat", "sends a heartbeat that nobody has agreed on (CVE-2014-0160)", both,
    "unexpected_message", behind_hello(in_clear(24, "\1\64\0")))
  word("unknown_record_later", "sends a protected record of a kind that there is not", both,
    "unexpected_message", later(sends(99, "x")))
  word("no_inner_kind", "sends a protected record that says nothing of its kind", both13,
    "unexpected_message", later(function(peer)
      peer.channel:raw(peer.channel.writing:seal_inner(("\0"):rep(20)))
    end))
  word("empty_inner", "sends a protected record of nothing at all", both13,
    "unexpected_message bad_record_mac decode_error", later(function(peer)
      peer.channel:raw(peer.channel.writing:seal_inner "")
    end))
  word("outer_kind", "lets it be seen of what kind its records are", both13,
    "unexpected_message bad_record_mac", later(function(peer)
      peer.channel:raw(peer.channel.writing:seal_inner("\4\0\0\0\22", HANDSHAKE))
    end))
  word("padded", "pads its records", both13, "accepted", {
    plan = function(plan)
      plan:before("secure", function(peer)
        peer.channel:raw(peer.channel.writing:seal_inner("\23" .. ("\0"):rep(LARGEST)))
      end)
    end,
  })
  word("odd_record_version", "says another version in a record than ever was", both12,
    "protocol_version unexpected_message illegal_parameter", later(function(peer)
      peer.channel:raw(channel.plain(DATA, ("x"):rep(40), "\9\9"))
    end))
end

-- -------------------------------------------------------------------------------------- protection

local function sealed(peer, kind, content) return peer.channel.writing:seal(kind, content) end

local function protection(word)
  word("bad_record", "sends a record that was changed on its way", both, "bad_record_mac",
    later(function(peer)
      local record = sealed(peer, DATA, "data")
      local last = record:byte(-1)
      peer.channel:raw(record:sub(1, -2) .. string.char((last + 1) % 256))
    end))
  word("repeated_record", "sends a record twice", both, "bad_record_mac", later(function(peer)
    peer.channel:raw(sealed(peer, DATA, ""):rep(2))
  end))
  word("lost_record", "loses a record", both, "bad_record_mac", later(function(peer)
    sealed(peer, DATA, "lost")
    peer.channel:record(DATA, "data")
  end))
  word("clear_data", "sends data in clear, inside of TLS", both,
    "unexpected_message bad_record_mac decode_error", later(in_clear(DATA, "data in clear\r\n")))
  word("clear_handshake", "sends a handshake message in clear, inside of TLS", both,
    "unexpected_message bad_record_mac decode_error", later(in_clear(HANDSHAKE, "\0\0\0\0")))
  word("clear_alert", "sends a close_notify in clear, inside of TLS", both,
    "unexpected_message bad_record_mac decode_error", later(in_clear(ALERT, "\1\0")))
  word("clear_finished", "sends its finished in clear though it has keys", both13,
    "unexpected_message", { plan = function(plan)
      plan:instead("finished", function(peer)
        local data = peer.schedule:finished(peer.role, peer.channel.transcript)
        peer.channel:raw(channel.plain(HANDSHAKE, channel.message("finished", data)))
      end)
    end })
  word("plaintext", "speaks plaintext, inside of TLS", both,
    "unexpected_message bad_record_mac decode_error protocol_version record_overflow",
    later(function(peer) peer.channel:raw "NOOP\r\nand so on\r\n" end))
end

-- ----------------------------------------------------------------------------- messages in records

-- Sends a record within a certificate.
local function within_certificate(kind, content)
  return function(plan)
    plan:instead("certificate", function(peer)
      local message = peer:message("certificate", peer:chain())
      peer.channel:record(HANDSHAKE, message:sub(1, 20))
      peer.channel:record(kind, content)
      peer.channel.transcript = peer.channel.transcript .. message
      peer.channel:record(HANDSHAKE, message:sub(21))
    end)
  end
end

local function fragments(word)
  for name, size in pairs { one = 1, seven = 7 } do
    word("fragments_of_" .. name, "splits its messages over many records", both, "accepted", {
      plan = function(_, peer) peer.channel.fragment = size end,
    })
  end
  word("joined", "puts several messages into a record", both, "accepted", {
    plan = function(_, peer) peer.channel.joined = "" end,
  })
  word("interleaved", "sends data within a message of the handshake", both, "unexpected_message",
    { plan = within_certificate(DATA, "data"), peer = { clientauth = "require" } })
  word("across_keys", "begins a message in one key and goes on in the next", both13,
    "unexpected_message bad_record_mac", {
      plan = function(plan, peer)
        local behind = peer.role == "server" and "server_hello" or "finished"
        plan:after(behind, function() peer.channel:record(HANDSHAKE, "\24\0") end)
      end,
    })
  word("fragments_empty", "puts records of no bytes between those of a message", both,
    "unexpected_message decode_error",
    { plan = within_certificate(HANDSHAKE, ""), peer = { clientauth = "require" } })
end

return function(word)
  lengths(word)
  kinds(word)
  protection(word)
  fragments(word)
end
