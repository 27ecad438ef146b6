--- Key exchange: groups, points, hellos that are asked for again, and tickets.
local bytes = require "secsock.tls.bytes"
local extensions = require "secsock.tls.extensions"
local numbers = require "secsock.tls.numbers"

local number, set, vector = bytes.number, extensions.set, bytes.vector

local server12 = { server = "1.2" }
local server13, client13 = { server = "1.3" }, { client = "1.3" }

local P384, X25519, X448 = 0x0018, 0x001D, 0x001E

-- Puts another share into the hello of TLS 1.3, or another point into the exchange of TLS 1.2.
local function share(group, point)
  return {
    message = {
      server_hello = function(m, peer)
        if peer.version == "1.2" or peer.retrying then return end
        set(m.extensions, "key_share", number(group, 2) .. vector(2, point))
      end,
      client_hello = function(m)
        if not extensions.find(m.extensions, "key_share") then return end
        set(m.extensions, "key_share", vector(2, number(group, 2) .. vector(2, point)))
      end,
      server_key_exchange = function(m) m.group, m.point = group, point end,
      client_key_exchange = function(m) m.point = point end,
    },
  }
end

local points = {
  off_curve = { "\4" .. ("\1"):rep(64), "a point that is not on the curve" },
  zero = { "\4" .. ("\0"):rep(64), "a point of zeros" },
  empty = { "", "no point at all" },
  infinite = { "\0", "the point at infinity" },
  short = { "\4" .. ("\1"):rep(32), "half a point" },
  long = { "\4" .. ("\1"):rep(66), "a point that is too long" },
  compressed = { "\2" .. ("\1"):rep(32), "a compressed point" },
}

local REFUSED = "illegal_parameter decode_error handshake_failure"

local function of_points(word)
  local everybody = { server = "1.2 1.3", client = "1.2 1.3" }
  for name, is in pairs(points) do
    local parts = share(numbers.P256, is[1])
    parts.peer = { groups = "P-256" }
    word("point_" .. name, "shares " .. is[2], everybody, REFUSED, parts)
  end
  word("all_zero_share", "shares zeros for X25519, whose secret is then known",
    { server = "1.2 1.3", client = "1.3" }, REFUSED, share(X25519, ("\0"):rep(32)))
end

local function of_groups(word)
  word("wrong_group", "takes a group that was not offered", { server = "1.2 1.3" },
    "illegal_parameter handshake_failure", share(X448, ("\9"):rep(56)))
  word("group_of_no_share", "takes a group for which no share was sent", server13,
    "illegal_parameter", share(P384, "\4" .. ("\1"):rep(96)))
  word("unknown_curve_type", "describes its curve by itself", server12,
    "illegal_parameter handshake_failure", {
      message = { server_key_exchange = function(m) m.curve_type = 1 end },
    })
  word("no_share", "answers without a share", server13,
    "missing_extension illegal_parameter handshake_failure", {
      message = { server_hello = function(m) set(m.extensions, "key_share") end },
    })
  word("no_common_group", "has only groups that nobody has", { client = "1.2 1.3" },
    "handshake_failure illegal_parameter", {
      message = { client_hello = function(m)
        set(m.extensions, "supported_groups", extensions.numbers { 1, 2 })
        if extensions.find(m.extensions, "key_share") then
          set(m.extensions, "key_share", vector(2, number(1, 2) .. vector(2, "x")))
        end
      end },
    })
  word("no_groups", "has shares and no list of groups", client13, "missing_extension", {
    message = { client_hello = function(m) set(m.extensions, "supported_groups") end },
  })
  word("shares_missing", "has a list of groups and no shares", client13, "missing_extension", {
    message = { client_hello = function(m) set(m.extensions, "key_share") end },
  })
  word("share_twice", "brings two shares for a group", client13, "illegal_parameter", {
    message = { client_hello = function(m)
      local list = extensions.find(m.extensions, "key_share"):sub(3)
      set(m.extensions, "key_share", vector(2, list .. list))
    end },
  })
  word("share_of_no_group", "brings a share for a group that it does not have", client13,
    "illegal_parameter", {
      message = { client_hello = function(m)
        set(m.extensions, "supported_groups", extensions.numbers { P384 })
      end },
    })
end

-- ------------------------------------------------------------------------------ asking once more

local function no_shares(m) set(m.extensions, "key_share", vector(2, "")) end

local function again(word)
  word("empty_shares", "brings no shares at first", client13, "accepted", {
    message = { client_hello = function(m, peer)
      if not peer.asked_again then no_shares(m) end
    end },
  })
  word("no_share_again", "is asked for a share and brings none", client13,
    "illegal_parameter missing_extension handshake_failure",
    { message = { client_hello = no_shares } })
  word("hello_retry_request_twice", "asks for another hello twice", server13,
    "unexpected_message", {
      plan = function(plan) plan:before("server_hello", "hello_retry_request") end,
    })
  word("hello_retry_request_in_vain", "asks for the share that it has", server13,
    "illegal_parameter", {
      peer = { groups = "P-256" },
      plan = function(plan) plan:before("server_hello", "hello_retry_request") end,
    })
  word("hello_retry_request_for_nothing", "asks for a group that was not offered", server13,
    "illegal_parameter", {
      message = { server_hello = function(m, peer)
        if peer.retrying then set(m.extensions, "key_share", number(X448, 2)) end
      end },
    })
  word("other_cipher_again", "asks for another hello, and then takes another cipher suite",
    server13, "illegal_parameter", {
      message = { server_hello = function(m, peer)
        if peer.retrying then m.cipher = m.cipher == 0x1301 and 0x1303 or 0x1301 end
      end },
    })
end

-- ------------------------------------------------------------------------------------------- PSKs

-- A ticket that nobody has given, and a binder for it (RFC 8446, section 4.2.11).
local identity = vector(2, ("t"):rep(32)) .. ("\0"):rep(4)
local offer = vector(2, identity) .. vector(2, vector(1, ("b"):rep(32)))
local modes = vector(1, "\1")

local function of_tickets(word)
  word("psk_unknown", "shows a ticket that nobody has given", client13, "accepted", {
    message = { client_hello = function(m)
      set(m.extensions, "key_exchange_modes", modes)
      set(m.extensions, "pre_shared_key", offer)
    end },
  })
  word("psk_first", "shows a ticket ahead of its other extensions", client13, "illegal_parameter", {
    message = { client_hello = function(m)
      set(m.extensions, "key_exchange_modes", modes)
      table.insert(m.extensions, 1, extensions.one("pre_shared_key", offer))
    end },
  })
  word("psk_without_modes", "shows a ticket and does not say how it is to be used", client13,
    "missing_extension", {
      message = { client_hello = function(m) set(m.extensions, "pre_shared_key", offer) end },
    })
  word("psk_unoffered", "resumes a session though none was offered", server13,
    "unsupported_extension illegal_parameter", {
      message = { server_hello = function(m) set(m.extensions, "pre_shared_key", "\0\0") end },
    })
end

return function(word)
  of_tickets(word)
  of_points(word)
  of_groups(word)
  again(word)
end
