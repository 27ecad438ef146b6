--- What a mint needs to know of a CA that was made elsewhere, from its certificate with the private
-- key.
local der = require "secsock.mint.der"
local keys = require "secsock.mint.keys"
local unpem = require "secsock.mint.unpem"

local foreign = {}

-- --------------------------------------------------------------------------------------- keys

local curves = { ["P-256"] = "p256", ["P-384"] = "p384", ["P-521"] = "p521" }

-- The kind of a certificate's key, in the words of secsock.mint.keys.
local function kind_of(cert)
  local curve = cert:curve()
  if cert:keytype() == "RSA" then return "rsa" .. cert:keybits() end
  return curves[curve] or cert:keytype():lower()
end

--- Its key; the identifier is the one that the certificate gives it.
---@param cert secsock.cert
---@return secsock.mint.key? key
---@return string? err
---@return secsock.error|string|nil details
function foreign.key(cert)
  local text, err, details = cert:export("pem", { cert = false, chain = false, key = true })
  if not text then return nil, err, details end
  local id = cert:subjectkeyid()
  local octets = id and id:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end)
  local key = keys.of(kind_of(cert), unpem(text)[1], octets)
  if not key then return nil, "unsupported", "keys of this kind sign nothing here" end
  return key
end

-- ---------------------------------------------------------------------------------- its fields

local FIELDS = { "serial", "algorithm", "issuer", "validity", "subject" }

--- The serial number of a certificate, as octets, and the DER of its subject (RFC 5280, section
--- 4.1).
---@param bytes string
---@return string serial
---@return string subject
function foreign.fields(bytes)
  local _, whole = der.read(bytes)
  local _, content = der.read(whole)
  local at, found = 1, {}
  if der.read(content) == 0xa0 then at = select(3, der.read(content)) end
  for _, field in ipairs(FIELDS) do
    local _, _, after = der.read(content, at)
    found[field], at = content:sub(at, after - 1), after
  end
  local _, serial = der.read(found.serial)
  return serial, found.subject
end

return foreign
