--- The options that several commands have: whom to trust, how to judge, what to offer, who to be.
local secsock = require "secsock"
local json = require "secsock.command.json"
local ports = require "secsock.starttls.ports"
local status = require "secsock.command.status"
local terminal = require "secsock.command.terminal"

local settings = {}

--- How peers are judged.
settings.judging = {
  "Whom to trust, and how to judge",
  { "trust", "FILE", "trust the certificates in this file (PEM or DER), or in the files of this "
    .. "folder; the system's are then trusted no more", many = true },
  { "trust-system", nil, "trust the system's certificates too; they are unless anything else is "
    .. "said to be trusted" },
  { "trust-pin", "PIN", "trust what the peer sends with this key, too", many = true },
  { "pin", "PIN", "a path must hold a key with this pin, or with one of these: SHA-256 of the "
    .. "public key, in base64", many = true },
  { "intermediates", "FILE", "certificates to build paths with", many = true },
  { "crl", "FILE", "lists of revoked certificates, in a file or a folder", many = true },
  { "revocation", "MODE", "what must be known not to be revoked: nothing, which is so unless said, "
    .. "the peer's certificate, or its issuers too", of = { "soft", "leaf", "chain" } },
  { "profile", "PROFILE", "by which rules; auto, unless said, is webpki while the system's "
    .. "certificates alone are trusted", of = { "auto", "private", "webpki" } },
  { "max-depth", "NUMBER", "intermediates in a path, at most" },
  { "time", "DATE", "the moment to judge at, as 2026-11-30 or 2026-11-30T12:00:00Z" },
}

--- What is negotiated.
settings.offering = {
  "What to offer",
  { "tls", "VERSION", "this version of TLS and no other", of = { "1.2", "1.3" } },
  { "ciphers", "NAMES", "cipher suites, with ':' between them" },
  { "groups", "NAMES", "groups, with ':' between them" },
  { "alpn", "NAMES", "application protocols, with ',' between them" },
}

--- Who this end is.
settings.identity = {
  "Who to be",
  { "cert", "FILE", "the certificate to show, with its issuers, in PEM or PFX; with its private "
    .. "key, unless that comes by --key" },
  { "key", "FILE", "its private key, in PEM" },
  { "store", "FOLDER", "show the newest identity of this store that is valid" },
  { "password-file", "FILE", "the password is the first line of this file; it is asked for unless "
    .. "said" },
}

--- How the result is told.
settings.json = { "json", nil, "tell it as JSON" }
settings.pem = { "pem", nil, "tell the certificates as PEM too" }
settings.capture = { "capture", "FILE", "record what travels in this new file, for Wireshark; it "
  .. "holds the secrets by which that reads all of it" }
settings.timeout = { "time-out", "SECONDS", "how long each step may take; 10 unless said" }

-- ------------------------------------------------------------------------------ configurations

local EISDIR = 21

local function is_folder(path)
  local file = status.check(io.open(path, "rb"))
  local _, _, errno = file:read(1)
  file:close()
  return errno == EISDIR
end

-- Paths as the fields `file` and `dir`; nil for none.
local function sources(paths)
  if not paths then return nil end
  local found = {}
  for _, path in ipairs(paths) do
    local field = is_folder(path) and "dir" or "file"
    found[field] = found[field] or {}
    table.insert(found[field], path)
  end
  return found
end

local function trust_of(options)
  if not (options.trust or options.trust_pin or options.trust_system) then return nil end
  local trust = sources(options.trust) or {}
  trust.pin, trust.system = options.trust_pin, options.trust_system
  return trust
end

local function intermediates_of(options)
  if not options.intermediates then return nil end
  local store = secsock.store.new()
  for _, path in ipairs(options.intermediates) do status.check(store:load(path)) end
  return store
end

--- The identity that is meant; nil for none.
---@param options { cert?: string, key?: string, store?: string, password_file?: string }
function settings.identity_of(options)
  local file, password_file = options.cert, options.password_file
  if options.store then
    if file then status.stop("usage", "--cert and --store exclude each other") end
    return terminal.unlock(options.store, password_file, function(password)
      return secsock.store.open(options.store, "my", { existing = true, password = password })
    end)
  elseif options.key and file then
    return terminal.unlock(options.key, password_file, function(password)
      return secsock.cert.identity { cert = file, key = options.key, password = password }
    end)
  elseif file then
    return terminal.unlock(file, password_file, function(password)
      return secsock.cert.load(file, password)
    end)
  elseif options.key then
    status.stop("usage", "--key is of no use without --cert")
  end
  return nil
end

local function versions_of(options)
  local version = options.tls and "TLSv" .. options.tls
  return version and { version, version }
end

--- A configuration; what the command does not offer is simply not there.
---@param options table  as read
---@param more? secsock.config.options  what else it holds
---@return secsock.config
function settings.config(options, more)
  local from = {
    trust = trust_of(options),
    pins = options.pin,
    intermediates = intermediates_of(options),
    crl = sources(options.crl),
    revocation = options.revocation,
    profile = options.profile,
    maxdepth = options.max_depth,
    time = options.time,
    versions = versions_of(options),
    ciphers = options.ciphers,
    groups = options.groups,
    alpn = options.alpn,
    identity = settings.identity_of(options),
  }
  for name, value in pairs(more or {}) do from[name] = value end
  return status.attempt(secsock.config, from)
end

--- Begins the capture that is asked for, if one is; returns a function that ends it.
---@param s secsock.socket  not connected yet, or a listener
---@param protocol? string  of the dialogue: Wireshark knows it by its port
---@return fun() finish
function settings.record(s, options, protocol)
  if not options.capture then return function() end end
  local capture = status.check(s:capture(options.capture, { port = ports[protocol] }))
  return function() status.check(capture:close()) end
end

--- Tells a result as JSON.
function settings.tell_json(result)
  terminal.write(json.encode(result) .. "\n")
end

return settings
