--- What options name: files, folders, texts, certificates, stores. Each function that has the name
-- of an option gives its value to a configuration, and returns that, or nil, err, details.
local core = require "secsock.core"
local check = require "secsock.check"

local sources = {}

---@class secsock.trust  each may be a list
---@field file? string|string[]    PEM or DER files
---@field dir? string|string[]     folders of them
---@field pem? string|string[]     PEM texts
---@field cert? secsock.cert|secsock.cert[]
---@field store? secsock.store|secsock.store[]
---@field pin? string|string[]     of keys (cert:pin()): what the peer sends with one is an anchor
---@field system? boolean          the system's anchors besides

---@class secsock.identity
---@field cert? string      a PEM file: the certificate, then the issuers to send with it
---@field key? string       a PEM file, unless the key is in the same one
---@field certpem? string   the same as texts
---@field keypem? string
---@field password? string  of the key

---@class secsock.crl  each may be a list
---@field file? string|string[]  PEM or DER files
---@field dir? string|string[]   folders of them
---@field data? string|string[]  PEM texts or DER

---@class secsock.staple
---@field file? string  an OCSP response in DER
---@field data? string  the same

---@class secsock.suffixes
---@field file? string      a list as publicsuffix.org's; the system's unless said
---@field private? boolean  its section of names that somebody owns and lets others use, too

-- What is here in DER is longer than 127 bytes: its first two octets begin no text of UTF-8.
local function is_der(text) return text:find "^0[\129-\132]" ~= nil end

-- A string as the option that it stands for.
local function file_or_data(from)
  if type(from) ~= "string" then return from end
  return { [is_der(from) and "data" or "file"] = from }
end

local function list(value)
  return type(value) == "table" and value or { value or nil }
end

-- Adds each value of the fields of `from`, in the order of `order`; how many there were.
local function add_each(config, add, order, from)
  local count = 0
  for _, name in ipairs(order) do
    for _, one in ipairs(list(from[name])) do
      local ok, err, details = add[name](config, one)
      if not ok then return nil, err, details end
      count = count + 1
    end
  end
  return count
end

-- ---------------------------------------------------------------------------------- certificates

local identity_options = {
  cert = "string", key = "string", certpem = "string", keypem = "string", password = "string",
}

local function make_identity(is, option)
  check.inner_options(is, identity_options, option)
  local files, texts = is.cert or is.key, is.certpem or is.keypem
  if (files and texts) or not (is.cert or is.certpem) then
    error("an identity is cert (and key), or certpem (and keypem)", 0)
  elseif files then
    return core.cert.identityfile(is.cert, is.key, is.password)
  elseif is.keypem then
    return core.cert.identitypem(is.certpem, is.keypem, is.password)
  end
  return core.cert.pem(is.certpem, is.password)
end

--- secsock.cert.identity{…}: a certificate with its private key.
---@param is secsock.identity
---@return secsock.cert? identity
---@return string? err  "file", "format", "password", "no key", "key mismatch", ...
---@return secsock.error? details
function sources.identity_of(is)
  local identity, err, details = check.blame_caller(make_identity, is)
  if not identity then return nil, err, details end
  return identity
end

function sources.identity(config, identity)
  local err, details
  if check.kind(identity) == "secsock.store" then return config:addstore("my", identity) end
  if type(identity) == "table" then identity, err, details = make_identity(identity, "identity") end
  if not identity then return nil, err, details end
  return config:setidentity(identity)
end

-- Adds a store, a certificate, or a list of either to those of a role.
local function add_certs(config, role, from)
  for _, one in ipairs(list(from)) do
    local store, err, details = one, nil, nil
    if check.kind(one) == "secsock.cert" then store, err, details = core.store.new():add(one) end
    if not store then return nil, err, details end
    local ok
    ok, err, details = config:addstore(role, store)
    if not ok then return nil, err, details end
  end
  return config
end

function sources.intermediates(config, from) return add_certs(config, "ca", from) end
function sources.disallowed(config, from) return add_certs(config, "disallowed", from) end

-- ----------------------------------------------------------------------------------------- trust

local trust_options = {
  file = "string|table",
  dir = "string|table",
  pem = "string|table",
  cert = "secsock.cert|table",
  store = "secsock.store|table",
  pin = "string|table",
  system = "boolean",
}

local trust_order = { "file", "dir", "pem", "cert", "store", "pin", "system" }

local trust = {
  file = function(config, path) return config:trustfile(path) end,
  dir = function(config, path) return config:trustdir(path) end,
  pem = function(config, text) return config:trustpem(text) end,
  cert = function(config, cert) return add_certs(config, "root", cert) end,
  store = function(config, store) return config:truststore(store) end,
  pin = function(config, pin) return config:trustpin(pin) end,
  system = function(config) return config:trustsystem() end,
}

local short = { string = "file", ["secsock.cert"] = "cert", ["secsock.store"] = "store" }

-- What is a file, a certificate or a store, or a list of such, by the names of these.
local function named(from)
  if short[check.kind(from)] then from = { from } end
  if type(from) ~= "table" or from[1] == nil then return from end
  local all = {}
  for key, one in pairs(from) do
    local source = type(key) == "number" and short[check.kind(one)]
    if not source then error("option 'trust': a list is of files, certificates and stores", 0) end
    all[source] = all[source] or {}
    table.insert(all[source], one)
  end
  return all
end

function sources.trust(config, from)
  from = named(from)
  check.inner_options(from, trust_options, "trust")
  local count, err, details = add_each(config, trust, trust_order, from)
  if not count then return nil, err, details end
  -- Nothing added would mean the system's anchors, which is hardly what was meant.
  if count == 0 then error("option 'trust' names nothing to trust in", 0) end
  return config
end

--- The keys of which a path must hold one.
function sources.pins(config, pins)
  for _, pin in ipairs(list(pins)) do
    local ok, err, details = config:requirepin(pin)
    if not ok then return nil, err, details end
  end
  return config
end

-- ----------------------------------------------------------------------------------------- chain

local function add_cert(pieces, cert, pem)
  pieces[#pieces + 1] = pem and cert:pem() or cert:der()
end

--- Strings and certificates, with the issuers that these hold, as one PEM text or in DER.
function sources.chain(from)
  local pieces, pem = {}, false
  for _, one in ipairs(list(from)) do
    pem = pem or type(one) == "string" and not is_der(one)
  end
  for _, one in ipairs(list(from)) do
    if check.kind(one) == "secsock.cert" then
      add_cert(pieces, one, pem)
      for _, issuer in ipairs(one:chain()) do add_cert(pieces, issuer, pem) end
    elseif type(one) ~= "string" then
      error(("option 'chain': string or secsock.cert expected, got %s"):format(check.kind(one)), 0)
    elseif pem and is_der(one) then
      error("option 'chain': PEM and DER do not go together", 0)
    else
      pieces[#pieces + 1] = one
    end
  end
  return table.concat(pieces, pem and "\n" or "")
end

-- ------------------------------------------------------------------------------------ revocation

local crl_options = { file = "string|table", dir = "string|table", data = "string|table" }
local crl_order = { "file", "dir", "data" }

local crl = {
  file = function(config, path) return config:addcrlfile(path) end,
  dir = function(config, path) return config:addcrldir(path) end,
  data = function(config, data) return config:addcrl(data) end,
}

function sources.crl(config, from)
  from = file_or_data(from)
  check.inner_options(from, crl_options, "crl")
  local count, err, details = add_each(config, crl, crl_order, from)
  if not count then return nil, err, details end
  return config
end

local staple_options = { file = "string", data = "string" }

function sources.staple(config, from)
  from = file_or_data(from)
  check.inner_options(from, staple_options, "staple")
  if (from.file ~= nil) == (from.data ~= nil) then
    error("option 'staple' is a file or data", 0)
  end
  if from.file then return config:staplefile(from.file) end
  return config:setstaple(from.data)
end

-- -------------------------------------------------------------------------------- public suffixes

local suffix_options = { file = "string", private = "boolean" }

function sources.suffixes(config, from)
  if type(from) == "string" then from = { file = from } end
  check.inner_options(from, suffix_options, "suffixes")
  return config:setsuffixes(from.file, from.private)
end

return sources
