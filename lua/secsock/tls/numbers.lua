--- What numbers on the wire mean (RFC 8446, RFC 5246, and the registries of IANA).
local core = require "secsock.core"

local numbers = {}

--- Kinds of records.
numbers.records = { change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23 }

local messages = {
  hello_request = 0, client_hello = 1, server_hello = 2, new_session_ticket = 4,
  end_of_early_data = 5, encrypted_extensions = 8, certificate = 11, server_key_exchange = 12,
  certificate_request = 13, server_hello_done = 14, certificate_verify = 15,
  client_key_exchange = 16, finished = 20, certificate_status = 22, key_update = 24,
  compressed_certificate = 25, message_hash = 254,
}

--- Handshake messages, by name and by number.
---@type table<string|integer, integer|string>
numbers.messages = {}

for name, number in pairs(messages) do
  numbers.messages[name], numbers.messages[number] = number, name
end

--- Alerts, likewise.
---@type table<string|integer, integer|string>
numbers.alerts = {}

for number = 0, 255 do
  local name = core.alertname(number)
  if name ~= "unknown" then numbers.alerts[name], numbers.alerts[number] = number, name end
end

--- The number that a name, or itself, stands for in such a table.
---@param names table
---@param is string|integer
---@return integer
function numbers.of(names, is)
  local number = type(is) == "number" and is or names[is]
  return number or error(("nothing on the wire is called '%s'"):format(tostring(is)), 0)
end

numbers.extensions = {
  server_name = 0, status_request = 5, supported_groups = 10, ec_point_formats = 11,
  signature_algorithms = 13, alpn = 16, encrypt_then_mac = 22, extended_master_secret = 23,
  session_ticket = 35, pre_shared_key = 41, early_data = 42, supported_versions = 43, cookie = 44,
  key_exchange_modes = 45, key_share = 51, renegotiation_info = 65281,
}

--- Versions, as two bytes.
numbers.versions = { ["1.2"] = "\3\3", ["1.3"] = "\3\4" }

--- The one group that there is here.
numbers.P256 = 0x0017

--- Ways to sign, by the number that TLS 1.3 knows them by and the name that secsock has for them.
numbers.schemes = {
  [0x0403] = "ecdsa_sha256", [0x0503] = "ecdsa_sha384", [0x0603] = "ecdsa_sha512",
  [0x0804] = "rsa_pss_sha256", [0x0805] = "rsa_pss_sha384", [0x0806] = "rsa_pss_sha512",
  [0x0807] = "ed25519", [0x0808] = "ed448", [0x0401] = "rsa_sha256", [0x0501] = "rsa_sha384",
  [0x0601] = "rsa_sha512", [0x0203] = "insecure_ecdsa_sha1", [0x0201] = "insecure_rsa_sha1",
}

--- How a key of each kind signs here.
numbers.scheme_of = {
  p256 = 0x0403, p384 = 0x0503, p521 = 0x0603, ed25519 = 0x0807, ed448 = 0x0808,
  rsa1024 = 0x0804, rsa2048 = 0x0804, rsa3072 = 0x0804, rsa4096 = 0x0804,
}

return numbers
