--- Certificate authorities and certificates for tests, made in memory in less than a millisecond.
--
--     local mint = require "secsock.mint"
--     local ca = mint.ca "Test Root"
--     local server = secsock.new { identity = ca:issue { dns = "mail.example" } }
--     local client = secsock.new { trust = ca:cert(), peername = "mail.example" }
--
-- Everything is right unless told otherwise, and wrong in one word where that is wanted:
--
--     ca:issue { dns = "mail.example", wrong = "expired" }
--
-- secsock.mint.wrong is the table of these words: what each does, and the problem that it gives.
local core = require "secsock.core"
local certificate = require "secsock.mint.certificate"
local check = require "secsock.check"
local der = require "secsock.mint.der"
local foreign = require "secsock.mint.foreign"
local keys = require "secsock.mint.keys"
local names = require "secsock.mint.names"
local pem = require "secsock.mint.pem"
local status = require "secsock.mint.status"
local wrong = require "secsock.mint.wrong"

local function copy(from)
  local made = {}
  for key, value in pairs(from) do made[key] = value end
  return made
end

-- What is said to be wrong, a word, steps of one's own or a list of such, as a list of steps.
local function words_of(said)
  if type(said) == "table" and not said[1] then said = { said } end
  local found = {}
  for i, word in ipairs(type(said) == "table" and said or { said }) do
    found[i] = type(word) == "table" and word or wrong[word]
    if not found[i] then
      error(("nothing that is wrong is called '%s'"):format(tostring(word)), 0)
    end
  end
  return found
end

-- --------------------------------------------------------------------- what was made, as bytes

--- A certificate as it was made: also one that secsock cannot read.
---@class secsock.mint.made
---@field der string
---@field key secsock.mint.key
---@field issuer secsock.mint.ca
---@field serial string      octets
---@field issuers string[]   those to send behind it, in DER
---@field foreign boolean     its public key is on purpose not that of the private key
local made = {}
made.__index = made

--- What a peer that has it sends: it and its issuers, in DER, one after the other.
function made:chain() return self.der .. table.concat(self.issuers) end

--- The same as text, and its private key.
function made:pem()
  local text = { pem(self.der) }
  for i, issuer in ipairs(self.issuers) do text[i + 1] = pem(issuer) end
  return table.concat(text)
end

function made:keypem() return pem(self.key.private, "PRIVATE KEY") end

--- The certificate with its private key and issuers, as secsock.new{ identity = … } takes it.
---@return secsock.cert? cert
---@return string? err  "format": secsock cannot read it
---@return secsock.error? details
function made:cert()
  return core.cert.assemble(self:chain(), not self.foreign and self.key.private or nil)
end

-- --------------------------------------------------------------------------------- the authority

---@class secsock.mint.ca: secsock.mint.made
---@field name string     its Name in DER
---@field root secsock.mint.ca  where its chain ends
---@field mint secsock.mint
---@field revoked secsock.mint.revoked[]
local ca = setmetatable({}, made)
ca.__index = ca

-- Runs one step of everything that is to be wrong: a function of the value, which may return
-- another.
local function apply(words, step, value, ...)
  for _, word in ipairs(words) do
    if word[step] then
      local changed = word[step](value, ...)
      if changed ~= nil then value = changed end
    end
  end
  return value
end

local function seals_of(words)
  for _, word in ipairs(words) do
    if word.seal then return word.seal end
  end
end

-- Makes a certificate that this CA signs; without a CA it signs itself.
local function make(mint, by, from)
  from = copy(check.inner_options(from, certificate.known))
  local words, now = words_of(from.wrong), mint:now()
  apply(words, "fields", from, now)
  by = by and apply(words, "issuer", by)
  local key = mint:key_of(from.key or "p256", from.ca)
  local self_signed = not by
  for _, word in ipairs(words) do self_signed = self_signed or word.self_signed end
  local signer = self_signed and { key = key } or by
  local parts = certificate.parts(from, key, signer, now, mint:serial())
  apply(words, "parts", parts, by)
  local tbs = apply(words, "tbs", certificate.encode(parts))
  local scheme = keys.scheme(signer.key, from.sign)
  local bytes = keys.sealed(tbs, signer.key, scheme, seals_of(words))
  bytes = apply(words, "bytes", bytes)
  local _, serial = der.read(parts.serial)
  return {
    der = bytes, key = key, issuer = by, serial = serial,
    issuers = self_signed and {} or by:to_send(),
    name = parts.subject, foreign = parts.public ~= key.public,
  }
end

-- What it sends behind the certificates that it issues: itself, unless it is a root.
function ca:to_send()
  if self.root == self then return {} end
  local list = { self.der }
  for _, one in ipairs(self.issuers) do list[#list + 1] = one end
  return list
end

local function new_made(mint, by, from) return setmetatable(make(mint, by, from), made) end

local function new_ca(mint, by, from)
  from = type(from) == "string" and { subject = from } or copy(from or {})
  if from.ca == nil then from.ca = true end
  if not from.subject then
    mint.cas = mint.cas + 1
    from.subject = { O = "secsock.mint", CN = "CA " .. mint.cas }
  end
  local self = setmetatable(make(mint, by, from), ca)
  self.mint, self.revoked = mint, {}
  self.root = by and by.root or self
  return self
end

-- A CA of a certificate that is there already.
local function adopted(mint, cert)
  local key, err, details = foreign.key(cert)
  if not key then return nil, err, details end
  local self = setmetatable({ mint = mint, der = cert:der(), key = key, revoked = {} }, ca)
  self.serial, self.name = foreign.fields(self.der)
  self.issuers, self.foreign = {}, false
  for i, issuer in ipairs(cert:chain()) do self.issuers[i] = issuer:der() end
  local top = self.issuers[#self.issuers]
  self.root = cert:selfissued() and self or setmetatable({ der = top or self.der }, made)
  return self
end

--- Its own certificate, without the private key: what others trust in.
---@return secsock.cert
function ca:cert() return assert(core.cert.assemble(self.der)) end

--- A certificate as bytes: also one that secsock itself cannot read.
---@param from secsock.mint.description
---@return secsock.mint.made
function ca:make(from) return new_made(self.mint, self, from) end

--- A certificate with its private key and the issuers to send with it.
---@param from secsock.mint.description
---@return secsock.cert? identity
---@return string? err  "format": what is wrong with it is such that secsock cannot read it
---@return secsock.error? details
function ca:issue(from) return new_made(self.mint, self, from):cert() end

--- A CA below this one.
---@param from? string|secsock.mint.description  a string is its name
---@return secsock.mint.ca
function ca:intermediate(from) return new_ca(self.mint, self, from) end

--- This CA's certificate for another, by the same name and with the same key: what that one issues
--- is trusted by those who trust in this one, when it is issued by the CA that this returns.
---@param other secsock.mint.ca
---@param from? secsock.mint.description
---@return secsock.mint.ca
function ca:crosssign(other, from)
  from = copy(from or {})
  from.key, from.subject = other.key, { raw = other.name }
  return new_ca(self.mint, self, from)
end

-- ----------------------------------------------------------------------------------- revocation

-- The serial number of a certificate, as octets.
local function serial_of(cert)
  if check.kind(cert) ~= "secsock.cert" then return cert.serial end
  local octets = cert:serial():gsub("%x%x", function(pair)
    return string.char(tonumber(pair, 16))
  end)
  return octets:byte() >= 128 and "\0" .. octets or octets
end

--- Revokes a certificate: the lists and responses that follow say so.
---@param cert secsock.cert|secsock.mint.made
---@param reason? string  "keyCompromise", "superseded", …
---@param at? integer|string
---@return secsock.mint.ca self
function ca:revoke(cert, reason, at)
  table.insert(self.revoked, { serial = serial_of(cert), reason = reason, at = at })
  return self
end

--- A list of what is revoked, in DER.
---@param from? secsock.mint.crl
---@return string
function ca:crl(from)
  from = check.inner_options(from or {}, status.crl_known)
  return status.crl(self, self.revoked, from, self.mint:now())
end

local function ocsp(issuer, by, cert, from)
  from = copy(check.inner_options(from or {}, status.ocsp_known))
  local serial = serial_of(cert)
  for _, one in ipairs(issuer.revoked) do
    if not from.status and one.serial == serial then
      from.status, from.reason, from.revoked_at = "revoked", one.reason, one.at
    end
  end
  from.status = from.status or "good"
  return status.ocsp(issuer, by, serial, from, issuer.mint:now())
end

--- An OCSP response about a certificate that it has issued, in DER.
---@param cert secsock.cert|secsock.mint.made
---@param from? secsock.mint.ocsp
---@return string
function ca:ocsp(cert, from) return ocsp(self, self, cert, from) end

---@class secsock.mint.responder: secsock.mint.made
local responder = setmetatable({}, made)
responder.__index = responder

--- The same, signed by one whom the CA has charged with it.
---@param cert secsock.cert|secsock.mint.made
---@param from? secsock.mint.ocsp
---@return string
function responder:ocsp(cert, from) return ocsp(self.issuer, self, cert, from) end

--- Somebody who answers in the place of this CA (RFC 6960, section 4.2.2.2).
---@param from? secsock.mint.description
---@return secsock.mint.responder
function ca:responder(from)
  from = copy(from or {})
  from.subject = from.subject or "Responder"
  from.eku = from.eku or { "OCSPSigning" }
  if from.no_check == nil then from.no_check = true end
  return setmetatable(make(self.mint, self, from), responder)
end

-- ------------------------------------------------------------------------------------- the mint

--- Where keys, serial numbers and times come from.
---@class secsock.mint
local mint = {}
mint.__index = mint

local function new_mint(from)
  check.inner_options(from, { seed = "string", time = "number" })
  return setmetatable({ seed = from.seed, time = from.time, cas = 0, count = 0, pool = {} }, mint)
end

function mint:now() return self.time or os.time() end

-- Bytes that nobody has had before.
function mint:fresh(what)
  self.count = self.count + 1
  self.random = self.random or self.seed or core.key.generate "ed25519"
  return core.key.digest("sha256", ("%s %d %s"):format(what, self.count, self.random))
end

-- 16 octets, positive.
function mint:serial()
  local bytes = self:fresh "serial"
  return string.char(64 + bytes:byte() % 64) .. bytes:sub(2, 16)
end

-- RSA keys take long to make: every kind of them has two, which take turns.
local function pooled(pools, kind)
  local pool = pools[kind] or { at = 0 }
  pools[kind] = pool
  pool.at = pool.at % 2 + 1
  pool[pool.at] = pool[pool.at] or keys.new(kind)
  return pool[pool.at]
end

-- A key from its kind, or the one that was given. `own`: one that nobody else has, as CAs must.
function mint:key_of(kind, own)
  if type(kind) == "table" then return kind end
  if not kind:find "^rsa" then return keys.new(kind, self.seed and self:fresh(kind)) end
  return own and keys.new(kind) or pooled(self.pool, kind)
end

--- A root: a CA that signs itself.
---@param from? string|secsock.mint.description  a string is its name
---@return secsock.mint.ca
function mint:ca(from) return new_ca(self, nil, from) end

--- A CA that was made elsewhere: a certificate with its private key, and the issuers to send with
--- it.
---@param identity secsock.cert
---@return secsock.mint.ca? ca
---@return string? err  "no key", "unsupported"
---@return secsock.error|string|nil details
function mint:adopt(identity) return adopted(self, identity) end

--- A key, for several certificates.
---@param kind secsock.mint.kind
---@return secsock.mint.key
function mint:key(kind) return self:key_of(kind, true) end

--- A certificate that is signed with its own key and is no CA's.
---@param from secsock.mint.description
---@return secsock.cert? identity
---@return string? err
---@return secsock.error? details
function mint:selfsigned(from) return new_made(self, nil, from):cert() end

--- The same as bytes: also one that secsock itself cannot read.
---@param from secsock.mint.description
---@return secsock.mint.made
function mint:make_selfsigned(from) return new_made(self, nil, from) end

---@class secsock.mint.case
---@field word string
---@field problem string   what a verdict must hold
---@field text string
---@field made secsock.mint.made
---@field options secsock.validate.options  what secsock.validate takes

--- Everything for a test of one word: a certificate for mail.example that is wrong so, and the
--- settings with which secsock.validate must find this problem and no other.
---@param word string
---@param by? secsock.mint.ca  a new root unless said
---@return secsock.mint.case
function mint:case(word, by)
  by = by or new_ca(self, nil, "Test Root")
  local is = words_of(word)[1]
  local one = new_made(by.mint, by, { dns = "mail.example", wrong = word })
  local options = {
    chain = one:chain(), name = "mail.example", trust = by.root:cert(), profile = "private",
    time = self.time,
  }
  if is.judge then is.judge(options, one, by) end
  return { word = word, problem = is.problem, text = is.text, made = one, options = options }
end

-- ------------------------------------------------------------------------------------ the module

---@class secsock.mint.module
---@field wrong table<string, secsock.mint.wrong>
---@field ca fun(from?: string|secsock.mint.description): secsock.mint.ca
---@field key fun(kind: secsock.mint.kind): secsock.mint.key
---@field adopt fun(identity: secsock.cert): secsock.mint.ca?, string?, secsock.error|string|nil
---@field selfsigned fun(from: secsock.mint.description): secsock.cert?, string?, secsock.error?
---@field case fun(word: string, by?: secsock.mint.ca): secsock.mint.case
local module = { wrong = wrong, der = der, names = names, pem = pem }

--- A mint of its own, with the functions of this module as methods. With a seed the same calls
--- make the same keys, serial numbers and, where the time is said too, dates; with Ed25519 and
--- Ed448 the same bytes. Signatures of the others hold randomness, and RSA keys are never from it.
---@param from { seed?: string, time?: integer }
---@return secsock.mint
module.with = check.public(new_mint)

--- The words, sorted.
---@return string[]
function module.words()
  local list = {}
  for word in pairs(wrong) do list[#list + 1] = word end
  table.sort(list)
  return list
end

-- Without a mint of one's own there is this one, which lives as long as the module.
local default = new_mint {}
for _, name in ipairs { "ca", "adopt", "key", "selfsigned", "case" } do
  local method = mint[name]
  module[name] = check.public(function(...) return method(default, ...) end)
end

-- What its caller has got wrong is told where he called.
for methods, list in pairs {
  [mint] = { "ca", "adopt", "key", "selfsigned", "make_selfsigned", "case" },
  [ca] = { "make", "issue", "intermediate", "crosssign", "revoke", "crl", "ocsp", "responder" },
  [responder] = { "ocsp" },
} do
  for _, name in ipairs(list) do methods[name] = check.public(methods[name]) end
end

return module
