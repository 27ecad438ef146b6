--- The cipher suites that secsock.tls has, by number and by name: all that secsock offers.
---@class secsock.tls.suite
---@field number integer
---@field name string
---@field version "1.2"|"1.3"
---@field signer? "ecdsa"|"rsa"  under TLS 1.2
---@field aead "aes_128_gcm"|"aes_256_gcm"|"chacha20_poly1305"
---@field hash "sha256"|"sha384"
---@field hash_size integer
---@field key_size integer
---@field iv_size integer  of a nonce; the rest of it travels

---@type table<integer|string, secsock.tls.suite>
local suites = {}

local ciphers = {
  { "AES_128_GCM_SHA256", aead = "aes_128_gcm", key_size = 16, hash = "sha256", hash_size = 32 },
  { "AES_256_GCM_SHA384", aead = "aes_256_gcm", key_size = 32, hash = "sha384", hash_size = 48 },
  { "CHACHA20_POLY1305_SHA256", aead = "chacha20_poly1305", key_size = 32, hash = "sha256",
    hash_size = 32 },
}

-- RFC 8446, appendix B.4; RFC 5289, section 3.2; RFC 7905, section 2.
local families = {
  { "TLS_", version = "1.3", numbers = { 0x1301, 0x1302, 0x1303 } },
  { "TLS_ECDHE_ECDSA_WITH_", version = "1.2", signer = "ecdsa",
    numbers = { 0xC02B, 0xC02C, 0xCCA9 } },
  { "TLS_ECDHE_RSA_WITH_", version = "1.2", signer = "rsa", numbers = { 0xC02F, 0xC030, 0xCCA8 } },
}

-- Under TLS 1.2 eight bytes of the nonce of AES-GCM travel with each record (RFC 5288, section 3).
local function iv_size(family, cipher)
  return family.version == "1.2" and cipher.aead:find "gcm$" and 4 or 12
end

for _, family in ipairs(families) do
  for i, cipher in ipairs(ciphers) do
    local suite = {
      number = family.numbers[i], name = family[1] .. cipher[1], version = family.version,
      signer = family.signer, aead = cipher.aead, hash = cipher.hash, hash_size = cipher.hash_size,
      key_size = cipher.key_size, iv_size = iv_size(family, cipher),
    }
    suites[suite.number], suites[suite.name] = suite, suite
  end
end

return suites
