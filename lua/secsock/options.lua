--- Tables of options: what secsock.config{…} and secsock.new{…} take.
local core = require "secsock.core"
local check = require "secsock.check"
local sources = require "secsock.sources"

local options = {}

---@alias secsock.anchors string|secsock.cert|secsock.store  a string is a PEM file
---@alias secsock.certs secsock.cert|secsock.store|(secsock.cert|secsock.store)[]

---@class secsock.config.options
---@field trust? secsock.anchors|secsock.anchors[]|secsock.trust
---@field pins? string|string[]        keys of which a path must hold one
---@field intermediates? secsock.certs  to build paths with
---@field disallowed? secsock.certs     that no path may contain
---@field profile? "auto"|"private"|"webpki"
---@field maxdepth? integer            intermediates in a path, at most
---@field time? integer                the moment to judge at, in seconds since 1970
---@field crl? string|secsock.crl      a string is a file, or a list in DER
---@field revocation? "soft"|"leaf"|"chain"
---@field suffixes? string|secsock.suffixes  a string is a file
---@field identity? secsock.cert|secsock.store|secsock.identity
---@field staple? string|secsock.staple      a string is a file, or a response in DER
---@field versions? string[]           { lowest, highest }
---@field ciphers? string|string[]     by preference; a string has ":" between them
---@field groups? string|string[]
---@field alpn? string|string[]        a string has "," between them
---@field clientauth? "none"|"request"|"verify"|"require"
---@field resumption? boolean
---@field acceleration? boolean       ciphers by faster code, where there is some; true unless said

---@class secsock.options: secsock.config.options
---@field config? secsock.config       instead of the fields of one
---@field peername? string
---@field hook? fun(s: secsock.socket, verdict: secsock.verdict): secsock.answer, string?
---@field defer? boolean
---@field downgrade? boolean
---@field timeout? number              seconds, as for s:settimeout(seconds)
---@field capture? string|secsock.capture  as for s:capture()
---@field keylog? fun(line: string, s: secsock.socket)  as for s:setkeyloghook()
---@field trace? fun(event: secsock.event, s: secsock.socket)  as for s:trace()

-- A list of names, the value of `option`, as the library takes it. A name with a separator inside
-- would be two.
local function joined(option, names, separator)
  if type(names) == "string" then return names end
  for _, name in ipairs(names) do
    if type(name) ~= "string" or name:find(separator, 1, true) then
      local message = "option '%s': a list of names expected, got '%s' in it"
      error(message:format(option, tostring(name)), 0)
    end
  end
  return table.concat(names, separator)
end

-- ------------------------------------------------------------------------------ configurations

local certs = "secsock.cert|secsock.store|table"

local config_options = {
  trust = "string|" .. certs,
  pins = "string|table",
  intermediates = certs,
  disallowed = certs,
  profile = "string",
  maxdepth = "number",
  time = "number",
  crl = "string|table",
  revocation = "string",
  suffixes = "string|table",
  identity = certs,
  staple = "string|table",
  versions = "table",
  ciphers = "string|table",
  groups = "string|table",
  alpn = "string|table",
  clientauth = "string",
  resumption = "boolean",
  acceleration = "boolean",
}

-- How each is set, in this order: the time decides which identity of a store is valid.
local setters = {
  { "time", function(config, seconds) return config:settime(seconds) end },
  { "trust", sources.trust },
  { "pins", sources.pins },
  { "intermediates", sources.intermediates },
  { "disallowed", sources.disallowed },
  { "profile", function(config, profile) return config:setprofile(profile) end },
  { "maxdepth", function(config, depth) return config:setmaxdepth(depth) end },
  { "crl", sources.crl },
  { "revocation", function(config, mode) return config:setrevocation(mode) end },
  { "suffixes", sources.suffixes },
  { "identity", sources.identity },
  { "staple", sources.staple },
  { "versions", function(config, of) return config:setversions(of[1], of[2] or of[1]) end },
  { "ciphers", function(config, of) return config:setciphers(joined("ciphers", of, ":")) end },
  { "groups", function(config, of) return config:setgroups(joined("groups", of, ":")) end },
  { "alpn", function(config, of) return config:setalpn(joined("alpn", of, ",")) end },
  { "clientauth", function(config, mode) return config:setclientauth(mode) end },
  { "resumption", function(config, on) return config:setresumption(on) end },
  { "acceleration", function(config, on) return config:setacceleration(on) end },
}

local function build(from)
  local config = core.config()
  for _, setter in ipairs(setters) do
    local name, set = setter[1], setter[2]
    if from[name] ~= nil then
      local ok, err, details = check.set(name, set, config, from[name])
      if not ok then return nil, err, details end
    end
  end
  return config
end

local function make_config(from)
  return build(check.inner_options(from or {}, config_options))
end

--- secsock.config{…}: settings that many sockets share.
---@param from? secsock.config.options
---@return secsock.config? config
---@return string? err  "file", "format", "no key", "key mismatch", ...
---@return secsock.error? details
function options.config(from)
  local config, err, details = check.blame_caller(make_config, from)
  if not config then return nil, err, details end
  return config
end

-- The kinds of the options of something that has a configuration, or the fields of one.
local function with_config(kinds)
  kinds.config = "secsock.config"
  for name, wanted in pairs(config_options) do kinds[name] = wanted end
  return kinds
end

-- The configuration in such options: the one given, one of the fields given, or nil: the defaults.
local function config_of(from)
  local inline
  for name in pairs(config_options) do
    if from[name] ~= nil then inline = name end
  end
  if inline and from.config then
    error(("options 'config' and '%s' exclude each other"):format(inline), 0)
  end
  if inline then return build(from) end
  return from.config
end

-- -------------------------------------------------------------------------------------- sockets

local socket_options = with_config {
  peername = "string",
  hook = "function",
  defer = "boolean",
  downgrade = "boolean",
  timeout = "number",
  capture = "string|secsock.capture",
  keylog = "function",
  trace = "function",
}

local applied = {
  peername = "setpeername",
  hook = "setvalidatehook",
  defer = "defer",
  downgrade = "allowdowngrade",
  timeout = "settimeout",
  capture = "capture",
  keylog = "setkeyloghook",
  trace = "trace",
}

-- A socket, by options. It throws without a place.
function options.make_socket(from)
  from = check.inner_options(from or {}, socket_options)
  local config, err, details = config_of(from)
  if err then return nil, err, details end
  local s = core.socket(config)
  for name, method in pairs(applied) do
    if from[name] ~= nil then
      local ok
      ok, err, details = check.set(name, s[method], s, from[name])
      if not ok then return nil, err, details end
    end
  end
  return s
end

--- secsock.new{…}: a socket.
---@param from? secsock.options
---@return secsock.socket? s
---@return string? err
---@return secsock.error? details
function options.socket(from)
  local s, err, details = check.blame_caller(options.make_socket, from)
  if not s then return nil, err, details end
  return s
end

-- ---------------------------------------------------------------------------- validation by itself

local validate_options = with_config {
  chain = "string|secsock.cert|table", chainfile = "string", ocsp = "string", ocspfile = "string",
  name = "string", purpose = "string",
}

---@class secsock.validate.options: secsock.config.options
---@field config? secsock.config       instead of the fields of one
---@field chain? string|secsock.cert|(string|secsock.cert)[]  PEM or DER, the peer's first; a
---                                    certificate brings the issuers that it holds
---@field chainfile? string            the same from a file
---@field name? string                 whom it should be issued for: a host, an address, a mailbox
---@field purpose? "server"|"client"|"any"  what it is to be used as; "server" unless said
---@field ocsp? string                 the response that came with it, in DER
---@field ocspfile? string             the same from a file; both from files, or none

local purposes = { any = true, server = true, client = true }

local function validate(from)
  check.inner_options(from, validate_options)
  local file, text = from.chainfile or from.ocspfile, from.chain or from.ocsp
  if (file and text) or not (from.chain or from.chainfile) then
    error("a chain is chain (and ocsp), or chainfile (and ocspfile)", 0)
  end
  local purpose = from.purpose or "server"
  if not purposes[purpose] then
    error(("option 'purpose': invalid option '%s'"):format(purpose), 0)
  end
  local config, err, details = config_of(from)
  if err then return nil, err, details end
  if file then
    return check.set("name", core.validatefile, config, purpose, from.name, from.chainfile,
      from.ocspfile)
  end
  return check.set("name", core.validate, config, purpose, from.name, sources.chain(from.chain),
    from.ocsp)
end

--- secsock.validate{…}: judges a chain as a handshake would.
---@param from secsock.validate.options
---@return secsock.verdict? verdict  whatever it says
---@return string? err
---@return secsock.error? details
function options.validate(from)
  local verdict, err, details = check.blame_caller(validate, from)
  if not verdict then return nil, err, details end
  return verdict
end

return options
