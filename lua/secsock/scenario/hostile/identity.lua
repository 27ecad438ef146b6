--- Certificates and signatures: none, too many, and by whomever.
local core = require "secsock.core"
local keys = require "secsock.mint.keys"

local server, everybody = { server = "1.2 1.3" }, { server = "1.2 1.3", client = "1.2 1.3" }
local server13 = { server = "1.3" }
local asks = { clientauth = "require" }

local function certificate(change, peer)
  return { peer = peer, message = { certificate = change } }
end

-- The same, of what it shows by itself.
local function own_certificate(change)
  return { peer = asks, of_identity = true, message = { certificate = change } }
end

-- Changes a signature and what is said of it, wherever one is.
local function signature(change)
  return {
    peer = asks, of_identity = true,
    message = { certificate_verify = change, server_key_exchange = change },
  }
end

-- ------------------------------------------------------------------------------------ certificates

local function certificates(word)
  word("empty_certificate", "shows no certificate", server,
    "decode_error bad_certificate handshake_failure", certificate(function(m) m.chain = {} end))
  word("empty_certificate_required", "shows no certificate where one is required",
    { client = "1.2 1.3" }, "certificate_required handshake_failure bad_certificate", {
      peer = asks, options = function(options) options.identity = nil end,
    })
  word("certificate_of_nothing", "shows a certificate of no bytes", everybody,
    "decode_error bad_certificate", certificate(function(m) m.chain = { "" } end, asks))
  word("certificate_garbage", "shows a certificate that is none", everybody,
    "bad_certificate decode_error", certificate(function(m) m.chain = { ("x"):rep(500) } end, asks))
  word("certificate_bomb", "shows a certificate that claims to be longer than it is", everybody,
    "bad_certificate decode_error", certificate(function(m)
      m.chain = { "\48\132\127\255\255\255" .. ("\48\128"):rep(200) }
    end, asks))
  local too_much = "bad_certificate certificate_unknown unknown_ca decode_error illegal_parameter "
    .. "internal_error handshake_failure"
  word("certificates_100", "shows a chain of a hundred certificates", everybody,
    "accepted " .. too_much, own_certificate(function(m)
      for i = #m.chain + 1, 100 do m.chain[i] = m.chain[1] end
    end))
  word("certificates_70k", "shows certificates of 70,000 bytes", everybody, too_much,
    own_certificate(function(m)
      m.chain[2] = m.chain[1] .. ("\0"):rep(70000)
    end))
  word("certificate_unasked", "shows a certificate that nobody has asked for",
    { client = "1.2 1.3" }, "unexpected_message", {
      plan = function(plan) plan:before("certificate", function(peer)
        peer.channel:say(peer:message("certificate", peer:chain()))
      end) end,
    })
  word("certificate_context", "shows its certificate as if it had been asked for", server13,
    "illegal_parameter decode_error", certificate(function(m) m.context = "x" end))
  word("certificate_extension", "puts an extension to its certificate that nobody wants", server13,
    "unsupported_extension illegal_parameter",
    certificate(function(m) m.extensions = { { 0x1234, "x" } } end))
end

-- -------------------------------------------------------------------------------------- signatures

local function changed_byte(text, at)
  return text:sub(1, at - 1) .. string.char((text:byte(at) + 1) % 256) .. text:sub(at + 1)
end

-- Signs anew what TLS 1.3 has signed, by another scheme or about another text.
local function resigned(scheme, name, context)
  return function(m, peer)
    local digest = core.key.digest(peer.suite.hash, peer.channel.transcript)
    local text = ("\32"):rep(64) .. (context or "TLS 1.3, " .. peer.role .. " CertificateVerify")
    m.scheme = scheme
    m.signature = core.key.sign(peer:identity().key.private, name, text .. "\0" .. digest)
  end
end

local function signatures(word)
  word("wrong_signature", "signs something else", everybody, "decrypt_error",
    signature(function(m) m.signature = changed_byte(m.signature, #m.signature) end))
  word("no_signature", "has a signature of no bytes", everybody, "decrypt_error decode_error",
    signature(function(m) m.signature = "" end))
  word("signature_garbage", "has a signature that is none", everybody,
    "decrypt_error decode_error", signature(function(m) m.signature = ("x"):rep(70) end))
  word("signature_longer", "adds a byte to its signature", everybody,
    "decrypt_error decode_error", signature(function(m) m.signature = m.signature .. "\0" end))
  word("signature_zero", "signs by zeros, which some take for every text (CVE-2022-21449)",
    everybody, "decrypt_error decode_error illegal_parameter",
    signature(function(m) m.signature = "\48\6\2\1\0\2\1\0" end))
  word("foreign_signature", "shows a certificate and signs with another key", everybody,
    "decrypt_error", {
      peer = asks, of_identity = true,
      options = function(options)
        local copy = {}
        for key, value in pairs(options.identity) do copy[key] = value end
        copy.key = keys.new(copy.key.kind)
        options.identity = copy
      end,
    })
  word("unknown_scheme", "signs in a way that there is not", everybody,
    "illegal_parameter decrypt_error handshake_failure",
    signature(function(m) m.scheme = 0xFE00 end))
  word("other_scheme", "says that it signs as keys of another kind do", everybody,
    "illegal_parameter decrypt_error handshake_failure", signature(function(m)
      m.scheme = m.scheme < 0x0800 and 0x0804 or 0x0403
    end))
  local both = { server = "1.3", client = "1.3" }
  word("sha1_signature", "signs by SHA-1, which was not offered", both,
    "illegal_parameter handshake_failure",
    { peer = asks, of_identity = true, message = {
      certificate_verify = resigned(0x0203, "insecure_ecdsa_sha1") } })
  word("other_context", "signs as the other end would", both, "decrypt_error", {
    peer = asks, of_identity = true, message = { certificate_verify = function(m, peer)
      local other = peer.role == "client" and "server" or "client"
      resigned(m.scheme, "ecdsa_sha256", "TLS 1.3, " .. other .. " CertificateVerify")(m, peer)
    end },
  })
  word("signature_cut", "cuts its certificate_verify", { server = "1.3", client = "1.2 1.3" },
    "decode_error decrypt_error", {
      peer = asks, of_identity = true,
      body = { certificate_verify = function(text) return text:sub(1, 3) end },
    })
  word("server_key_exchange_cut", "cuts its server_key_exchange", { server = "1.2" },
    "decode_error", {
      body = { server_key_exchange = function(text) return text:sub(1, 20) end },
    })
end

return function(word)
  certificates(word)
  signatures(word)
end
