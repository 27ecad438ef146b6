--- Tables of options: what secsock.config{…} and secsock.new{…} take.
local core = require "secsock.core"
local check = require "secsock.check"

local options = {}

---@class secsock.trust  each may be a list
---@field file? string|string[]    PEM files
---@field dir? string|string[]     folders of PEM files
---@field pem? string|string[]     PEM texts
---@field cert? secsock.cert|secsock.cert[]
---@field store? secsock.store|secsock.store[]
---@field system? boolean          the system's anchors besides

---@class secsock.identity
---@field cert? string      a PEM file: the certificate, then the issuers to send with it
---@field key? string       a PEM file, unless the key is in the same one
---@field certpem? string   the same as texts
---@field keypem? string
---@field password? string  of the key

---@class secsock.config.options
---@field trust? string|secsock.cert|secsock.store|secsock.trust  a string is a PEM file
---@field identity? secsock.cert|secsock.identity
---@field versions? string[]           { lowest, highest }
---@field ciphers? string|string[]     by preference; a string has ":" between them
---@field groups? string|string[]
---@field alpn? string|string[]        a string has "," between them
---@field clientauth? "none"|"request"|"verify"|"require"
---@field resumption? boolean

---@class secsock.options: secsock.config.options
---@field config? secsock.config       instead of the fields of one
---@field peername? string
---@field hook? fun(s: secsock.socket, verdict: secsock.verdict): secsock.answer, string?
---@field defer? boolean
---@field downgrade? boolean
---@field timeout? number              seconds, as for s:settimeout(seconds)

-- A list of names as the library takes it. A name with a separator inside would be two.
local function joined(names, separator)
  if type(names) == "string" then return names end
  for _, name in ipairs(names) do
    if type(name) ~= "string" or name:find(separator, 1, true) then
      error(("a list of names expected, got '%s' in it"):format(tostring(name)), 4)
    end
  end
  return table.concat(names, separator)
end

-- ---------------------------------------------------------------------------------- certificates

local identity_options = {
  cert = "string", key = "string", certpem = "string", keypem = "string", password = "string",
}

--- secsock.cert.identity{…}: a certificate with its private key.
---@param is secsock.identity
---@return secsock.cert? identity
---@return string? err  "file", "format", "password", "no key", "key mismatch", ...
---@return secsock.error? details
function options.identity(is)
  check.options(is, identity_options)
  local files, texts = is.cert or is.key, is.certpem or is.keypem
  if (files and texts) or not (is.cert or is.certpem) then
    error("an identity is cert (and key), or certpem (and keypem)", 2)
  elseif files then
    return core.cert.identityfile(is.cert, is.key, is.password)
  elseif is.keypem then
    return core.cert.identitypem(is.certpem, is.keypem, is.password)
  end
  return core.cert.pem(is.certpem, is.password)
end

-- --------------------------------------------------------------------------------------- trust

local trust_options = {
  file = "string|table",
  dir = "string|table",
  pem = "string|table",
  cert = "secsock.cert|table",
  store = "secsock.store|table",
  system = "boolean",
}

local sources = { "file", "dir", "pem", "cert", "store", "system" }

-- Each adds one thing to what a configuration trusts in.
local add = {
  file = function(config, path) return config:trustfile(path) end,
  dir = function(config, path) return config:trustdir(path) end,
  pem = function(config, text) return config:trustpem(text) end,
  store = function(config, store) return config:truststore(store) end,
  cert = function(config, cert)
    local store, err, details = core.store.new():add(cert)
    if not store then return nil, err, details end
    return config:truststore(store)
  end,
  system = function(config) return config:trustsystem() end,
}

local short = { string = "file", ["secsock.cert"] = "cert", ["secsock.store"] = "store" }

local function list(value)
  return type(value) == "table" and value or { value or nil }
end

local function set_trust(config, trust)
  local source = short[check.kind(trust)]
  if source then trust = { [source] = trust } end
  check.options(trust, trust_options)
  local count = 0
  for _, name in ipairs(sources) do
    for _, one in ipairs(list(trust[name])) do
      local ok, err, details = add[name](config, one)
      if not ok then return nil, err, details end
      count = count + 1
    end
  end
  -- Nothing added would mean the system's anchors, which is hardly what was meant.
  if count == 0 then error("option 'trust' names nothing to trust in", 4) end
  return config
end

-- ------------------------------------------------------------------------------ configurations

local function set_identity(config, identity)
  local err, details
  if type(identity) == "table" then identity, err, details = options.identity(identity) end
  if not identity then return nil, err, details end
  return config:setidentity(identity)
end

local config_options = {
  trust = "string|secsock.cert|secsock.store|table",
  identity = "secsock.cert|table",
  versions = "table",
  ciphers = "string|table",
  groups = "string|table",
  alpn = "string|table",
  clientauth = "string",
  resumption = "boolean",
}

local setters = {
  trust = set_trust,
  identity = set_identity,
  versions = function(config, range) return config:setversions(range[1], range[2] or range[1]) end,
  ciphers = function(config, names) return config:setciphers(joined(names, ":")) end,
  groups = function(config, names) return config:setgroups(joined(names, ":")) end,
  alpn = function(config, names) return config:setalpn(joined(names, ",")) end,
  clientauth = function(config, mode) return config:setclientauth(mode) end,
  resumption = function(config, on) return config:setresumption(on) end,
}

local function build(from)
  local config = core.config()
  for name, set in pairs(setters) do
    if from[name] ~= nil then
      local ok, err, details = set(config, from[name])
      if not ok then return nil, err, details end
    end
  end
  return config
end

--- secsock.config{…}: settings that many sockets share.
---@param from? secsock.config.options
---@return secsock.config? config
---@return string? err  "file", "format", "no key", "key mismatch", ...
---@return secsock.error? details
function options.config(from)
  return build(check.options(from or {}, config_options))
end

-- -------------------------------------------------------------------------------------- sockets

local socket_options = {
  config = "secsock.config",
  peername = "string",
  hook = "function",
  defer = "boolean",
  downgrade = "boolean",
  timeout = "number",
}
for name, wanted in pairs(config_options) do
  socket_options[name] = wanted
end

local applied = {
  peername = "setpeername",
  hook = "setvalidatehook",
  defer = "defer",
  downgrade = "allowdowngrade",
  timeout = "settimeout",
}

-- The configuration of a new socket: the one given, one of the fields given, or nil: the defaults.
local function config_of(from)
  local inline
  for name in pairs(config_options) do
    if from[name] ~= nil then inline = name end
  end
  if inline and from.config then
    error(("options 'config' and '%s' exclude each other"):format(inline), 3)
  end
  if inline then return build(from) end
  return from.config
end

--- secsock.new{…}: a socket.
---@param from? secsock.options
---@return secsock.socket? s
---@return string? err
---@return secsock.error? details
function options.socket(from)
  from = check.options(from or {}, socket_options)
  local config, err, details = config_of(from)
  if err then return nil, err, details end
  local s = core.socket(config)
  for name, method in pairs(applied) do
    if from[name] ~= nil then
      local ok
      ok, err, details = s[method](s, from[name])
      if not ok then return nil, err, details end
    end
  end
  return s
end

return options
