--- What a client offers in its hello, and a server answers to it, in either version.
local bytes = require "secsock.tls.bytes"
local extensions = require "secsock.tls.extensions"
local numbers = require "secsock.tls.numbers"

local one, vector = extensions.one, bytes.vector

local greeting = {}

--- Ways to sign that it takes; it does not look at signatures.
greeting.schemes = {
  0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601,
}

-- Names of protocols as a vector (RFC 7301, section 3.1).
local function protocols(names)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = vector(1, name) end
  return vector(2, table.concat(parts))
end

local function for_tls13(list, peer)
  local share = bytes.number(numbers.P256, 2) .. vector(2, peer.share.bits)
  list[#list + 1] = one("supported_versions", vector(1, numbers.versions["1.3"]))
  list[#list + 1] = one("key_share", vector(2, share))
end

local function for_tls12(list)
  list[#list + 1] = one("ec_point_formats", vector(1, "\0"))
  list[#list + 1] = one("extended_master_secret", "")
  list[#list + 1] = one("renegotiation_info", vector(1, ""))
end

--- A client_hello.
---@param peer secsock.tls.peer
---@return secsock.tls.client_hello
function greeting.hello(peer)
  local options, list, ciphers = peer.options, {}, {}
  for i, suite in ipairs(peer.suites) do ciphers[i] = suite.number end
  if options.peername then
    list[1] = one("server_name", vector(2, "\0" .. vector(2, options.peername)))
  end
  list[#list + 1] = one("supported_groups", extensions.numbers { numbers.P256 })
  list[#list + 1] = one("signature_algorithms", extensions.numbers(greeting.schemes))
  if options.alpn then list[#list + 1] = one("alpn", protocols(options.alpn)) end
  local add = peer.version == "1.3" and for_tls13 or for_tls12
  add(list, peer)
  return {
    version = numbers.versions["1.2"], random = peer.random(), extensions = list,
    session = peer.version == "1.3" and peer.random() or "", ciphers = ciphers,
  }
end

local RENEGOTIATION = 0x00FF -- says the same as the extension (RFC 5746, section 3.3)

--- Whether a client wants to hear that renegotiation would be secure; there is none.
---@param hello secsock.tls.client_hello
---@return boolean
function greeting.knows_renegotiation(hello)
  for _, number in ipairs(hello.ciphers) do
    if number == RENEGOTIATION then return true end
  end
  return extensions.find(hello.extensions, "renegotiation_info") ~= nil
end

-- The first of a server's protocols that the client has; nil for none.
local function chosen_protocol(peer)
  local offered = extensions.find(peer.hello.extensions, "alpn")
  for _, name in ipairs(offered and peer.options.alpn or {}) do
    if offered:find(vector(1, name), 3, true) then return name end
  end
end

--- The extensions that a server answers with, of those that hold no keys.
---@param peer secsock.tls.peer
---@return secsock.tls.extension[]
function greeting.answer(peer)
  local protocol = chosen_protocol(peer)
  return protocol and { one("alpn", protocols { protocol }) } or {}
end

return greeting
