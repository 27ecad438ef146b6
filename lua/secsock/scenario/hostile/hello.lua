--- Hellos: versions, cipher suites, extensions.
local bytes = require "secsock.tls.bytes"
local extensions = require "secsock.tls.extensions"

local one, set, vector = extensions.one, extensions.set, bytes.vector

local both = { server = "1.2 1.3", client = "1.2 1.3" }
local server, client = { server = "1.2 1.3" }, { client = "1.2 1.3" }
local server12, client12 = { server = "1.2" }, { client = "1.2" }
local server13, client13 = { server = "1.3" }, { client = "1.3" }

-- Changes a field of the hello that a role sends.
local function field(name, value)
  local function change(m) m[name] = value end
  return { message = { server_hello = change, client_hello = change } }
end

-- Puts an extension into the hello, or takes it out.
local function extension(name, content)
  local function change(m) set(m.extensions, name, content) end
  return { message = { server_hello = change, client_hello = change } }
end

local function body(change)
  return { body = { server_hello = change, client_hello = change } }
end

-- ---------------------------------------------------------------------------------------- versions

local old = { ssl3 = "\3\0", tls10 = "\3\1", tls11 = "\3\2" }

local function versions(word)
  for name, version in pairs(old) do
    word("version_" .. name, "speaks a version that is over", server12, "protocol_version",
      field("version", version))
    word("client_version_" .. name, "speaks no version that is not over", client12,
      "protocol_version", field("version", version))
    word("supports_" .. name, "lists only a version that is over", client13, "protocol_version",
      extension("supported_versions", vector(1, version)))
    word("selects_" .. name, "selects a version that is over", server13,
      "illegal_parameter protocol_version", extension("supported_versions", version))
  end
  word("version_unknown", "speaks a version that there is not", server12,
    "protocol_version illegal_parameter", field("version", "\3\9"))
  word("future_version", "speaks later versions, too", client12, "accepted",
    field("version", "\3\9"))
  word("selects_unknown", "selects a version that there is not", server13,
    "illegal_parameter protocol_version", extension("supported_versions", "\9\9"))
  word("supports_unknown", "lists only a version that there is not", client13, "protocol_version",
    extension("supported_versions", vector(1, "\9\9")))
  word("supports_none", "has an empty list of versions", client13,
    "decode_error protocol_version illegal_parameter",
    extension("supported_versions", vector(1, "")))
  word("legacy_version", "says 1.3 where only 1.2 may be said", server13,
    "illegal_parameter protocol_version", field("version", "\3\4"))
  for byte, whose in pairs { [1] = "tls12", [0] = "tls11" } do
    word("downgrade_" .. whose, "shows by its random that it could do better "
      .. "(RFC 8446, section 4.1.3)", server12, "illegal_parameter", {
        peer = { versions = { "TLSv1.2", "TLSv1.3" } },
        message = { server_hello = function(m, peer)
          m.random = m.random:sub(1, 24) .. "DOWNGRD" .. string.char(byte)
          peer.server_random = m.random
        end },
      })
  end
  word("fallback", "says that it has come down from a better version (RFC 7507)", client12,
    "inappropriate_fallback", { -- to whom speaks that
      peer = { versions = { "TLSv1.2", "TLSv1.3" } },
      message = { client_hello = function(m) table.insert(m.ciphers, 0x5600) end },
    })
end

-- ----------------------------------------------------------------------------------- cipher suites

-- Suites by number: one that nobody offers here, and what is too weak for anybody.
local unoffered = {
  ccm = { 0x1304, server13 }, ccm12 = { 0xC0AC, server12 }, export = { 0x0003, server12 },
  null = { 0xC006, server12 }, anonymous = { 0xC018, server12 }, rsa = { 0x009C, server12 },
  cbc = { 0xC009, server12 }, of_tls12 = { 0xC02B, server13 }, of_tls13 = { 0x1301, server12 },
}

local function ciphers(word)
  for name, is in pairs(unoffered) do
    word("cipher_" .. name, "chooses a cipher suite that was not offered", is[2],
      "illegal_parameter handshake_failure", field("cipher", is[1]))
  end
  word("no_common_cipher", "offers only cipher suites that nobody has", client,
    "handshake_failure insufficient_security", field("ciphers", { 0x00FE, 0x00FD }))
  word("export_ciphers", "offers only those that are weak by law (FREAK, Logjam)", client,
    "handshake_failure insufficient_security", field("ciphers", { 0x0003, 0x0008, 0x0014 }))
  word("no_ciphers", "offers no cipher suite", client,
    "decode_error illegal_parameter handshake_failure", field("ciphers", {}))
  word("more_ciphers", "offers cipher suites that nobody knows besides", client, "accepted", {
    message = { client_hello = function(m)
      for i = 0, 60 do table.insert(m.ciphers, 1, 0x0A0A + 0x0101 * i) end
    end },
  })
  word("compression", "chooses compression", server, "illegal_parameter",
    field("compression", 1))
  word("only_compression", "offers compression and nothing else", client,
    "illegal_parameter decode_error handshake_failure", field("compressions", "\1"))
  word("compression_too", "offers compression besides", client13, "illegal_parameter",
    field("compressions", "\1\0"))
end

-- -------------------------------------------------------------------------------------- extensions

local UNKNOWN = 0x1234

-- One more extension in the message in which a server answers what was offered.
local function answered(name, content, offers)
  local function add(m) m.extensions[#m.extensions + 1] = one(name, content) end
  return {
    peer = offers,
    message = {
      server_hello = function(m, peer)
        if peer.version == "1.2" then add(m) end
      end,
      encrypted_extensions = add,
    },
  }
end

local function repeat_first(m) m.extensions[#m.extensions + 1] = m.extensions[1] end

local function of_extensions(word)
  word("unknown_extension", "offers what nobody knows", client, "accepted", {
    message = { client_hello = function(m) table.insert(m.extensions, 1, one(UNKNOWN, "x")) end },
  })
  word("unsolicited_extension", "answers what was not offered", server, "unsupported_extension",
    answered(UNKNOWN, "x"))
  word("extension_in_wrong_message", "agrees on a protocol in clear", server13,
    "illegal_parameter unsupported_extension",
    extension("alpn", vector(2, vector(1, "a"))))
  word("extension_twice", "sends an extension twice", both, "illegal_parameter decode_error", {
    message = { server_hello = repeat_first, client_hello = repeat_first },
  })
  word("no_extensions", "has no extensions at all", client12,
    "accepted missing_extension handshake_failure", { body = { client_hello = function(text, peer)
      return text:sub(1, #text - #extensions.write(peer.hello.extensions))
    end } })
end

local function of_protocols(word)
  local a, b, c = vector(1, "a"), vector(1, "b"), vector(1, "c")
  local offers = { alpn = { "b", "c" } }
  word("unoffered_alpn", "chooses a protocol though none was offered", server,
    "unsupported_extension", answered("alpn", vector(2, a)))
  word("other_alpn", "chooses a protocol that was not offered", server,
    "illegal_parameter no_application_protocol", answered("alpn", vector(2, a), offers))
  word("two_alpn", "chooses two protocols", server, "illegal_parameter decode_error",
    answered("alpn", vector(2, b .. c), offers))
end

local function of_offers(word)
  word("no_schemes", "does not say which signatures it can check", client13, "missing_extension",
    extension "signature_algorithms")
  word("no_common_scheme", "can check only signatures that nobody makes", client,
    "handshake_failure", extension("signature_algorithms", extensions.numbers { 0x0101, 0xFE00 }))
  word("renegotiation_info", "says that it renegotiates, at the beginning", client12,
    "handshake_failure", extension("renegotiation_info", vector(1, "client finished")))
  word("wrong_session", "gives back another session than was asked for", server13,
    "illegal_parameter", field("session", ("x"):rep(32)))
end

-- ----------------------------------------------------------------------------------------- lengths

local function lengths(word)
  word("hello_cut", "leaves out the last byte of its hello", both, "decode_error",
    body(function(text) return text:sub(1, -2) end))
  word("hello_half", "sends half of its hello", both, "decode_error",
    body(function(text) return text:sub(1, math.floor(#text / 2)) end))
  word("hello_empty", "sends a hello of no bytes", both, "decode_error",
    body(function() return "" end))
  word("hello_longer", "adds a byte to its hello", both, "decode_error",
    body(function(text) return text .. "\0" end))
  word("long_session", "has a session of 33 bytes", both, "decode_error illegal_parameter", {
    message = {
      server_hello = function(m) m.session = ("x"):rep(33) end,
      client_hello = function(m) m.session = ("x"):rep(33) end,
    },
  })
  word("big_hello", "pads its hello to twelve thousand bytes", client, "accepted",
    extension(21, ("\0"):rep(12000)))
  word("message_cut", "leaves out the last byte of its certificate",
    { server = "1.2 1.3" }, "decode_error", {
      body = { certificate = function(text) return text:sub(1, -2) end },
    })
  word("message_longer", "adds a byte to its certificate message", { server = "1.2 1.3" },
    "decode_error", { body = { certificate = function(text) return text .. "\0" end } })
  word("server_hello_done_longer", "adds a byte to its server_hello_done", server12,
    "decode_error", { message = { server_hello_done = function(m) m.data = "\0" end } })
  word("encrypted_extensions_cut", "cuts its encrypted_extensions", server13, "decode_error", {
    body = { encrypted_extensions = function() return "\0" end },
  })
end

return function(word)
  versions(word)
  ciphers(word)
  of_extensions(word)
  of_protocols(word)
  of_offers(word)
  lengths(word)
end
