--- secsock certs: the certificates of a store in a folder.
local secsock = require "secsock"
local facts = require "secsock.command.facts"
local files = require "secsock.command.files"
local settings = require "secsock.command.settings"
local show = require "secsock.command.show"
local status = require "secsock.command.status"
local terminal = require "secsock.command.terminal"

local finds = {
  "thumbprint", "subject", "subjectname", "issuer", "issuername", "serial", "subjectkeyid", "name",
  "extkeyusage", "keyusage", "timevalid", "timeexpired", "timenotyet", "privatekey", "any",
}

local certs = {
  name = "certs",
  summary = "look after the certificates of a store",
  usage = "[OPTION]... STORE [ACTION [ARGUMENT]...]",
  arguments = { 1 },
  complete = "folder",
  actions = { "list", "find", "add", "remove", "export" },
  about = {
    "STORE is a folder that holds stores of four roles. ACTION is one of these, the first unless "
      .. "said:",
    "list: shows all certificates. Private keys that are encrypted are left alone.",
    "find BY [VALUE]: shows those that match. BY is one of " .. table.concat(finds, ", ")
      .. "; for timevalid, timeexpired and timenotyet, the moment is that of --time, or now.",
    "add FILE...: in the role my, adds the first certificate of each file, in PEM, DER or PFX, "
      .. "with its private key and issuers; in the others, all certificates of the files, in PEM "
      .. "or DER. The store is made if need be.",
    "remove THUMBPRINT...: removes the certificates with these SHA-256 or SHA-1 digests.",
    "export THUMBPRINT: writes a certificate with its issuers to the file that --out names, which "
      .. "must not be there yet, or to standard output.",
    "system as STORE means the system's certificates, which can be shown and exported.",
  },
  groups = {
    { "Options",
      { "role", "ROLE", "which store: my, which holds identities, unless said",
        of = { "my", "root", "ca", "disallowed" } },
      { "password-file", "FILE", "the password is the first line of this file; it is asked for "
        .. "unless said" },
      { "encrypt", nil, "add: encrypt private keys with a password that is asked for" },
      { "time", "DATE", "find: the moment, as 2026-11-30 or 2026-11-30T12:00:00Z" },
      { "format", "FORMAT", "export: as what; pem unless said", of = { "pem", "der", "pfx" } },
      { "out", "FILE", "export: where to; a new file that its owner alone can read" },
      { "alone", nil, "export: without its issuers" },
      { "key", nil, "export: with its private key, encrypted with a password that is asked for" },
      { "plain", nil, "export: with --key, do not encrypt it" },
      settings.json, settings.pem },
  },
  examples = {
    { "secsock certs ~/certs add server.pfx", "keep an identity; the password is asked for" },
    { "secsock certs ~/certs find name mail.example", "is there one for this name?" },
    { "secsock certs system find subject 'ISRG Root X1'", "does the system trust in that?" },
  },
}

-- ------------------------------------------------------------------------------------- opening

-- A store to change or to take keys from.
local function open(folder, options, write)
  local role = options.role or "my"
  local function attempt(password)
    return secsock.store.open(folder, role, {
      write = write, existing = not write or nil, password = password,
    })
  end
  if options.encrypt then
    local secret = options.password_file and terminal.secret_of(options.password_file)
      or terminal.ask_new_secret("Password for " .. folder .. ":")
    return status.check(attempt(secret))
  end
  return terminal.unlock(folder, options.password_file, attempt)
end

-- A store to look at, for which no password is needed.
local function look(folder, options)
  if folder == "system" then return status.check(secsock.store.system()) end
  local role = options.role or "my"
  local store, err, details = secsock.store.open(folder, role, { existing = true })
  if err == "password" then
    store = secsock.store.new()
    status.check(store:loaddir(folder .. "/" .. role))
    return store
  end
  return status.check(store, err, details)
end

-- ------------------------------------------------------------------------------------- actions

local function tell(store, options)
  local all = {}
  for cert in store:certs() do all[#all + 1] = cert end
  if options.json then
    settings.tell_json(facts.certs(all, options.pem))
  else
    for _, cert in ipairs(all) do show.cert(facts.cert(cert, options.pem)) end
  end
  return store:count()
end

local function list(folder, options)
  tell(look(folder, options), options)
  return 0
end

local known = {}
for _, by in ipairs(finds) do known[by] = true end

local moments = { timevalid = true, timeexpired = true, timenotyet = true }

local function find(folder, options, by, value)
  if not known[by] then
    status.stop("usage", "find by what? There are %s", table.concat(finds, ", "))
  end
  if moments[by] then value = options.time end
  local found = status.attempt(function() return look(folder, options):find(by, value) end)
  return tell(found, options) > 0 and 0 or 1
end

-- What a file has for a store: an identity alone, or all its certificates.
local function read(path, options)
  local found = secsock.store.new()
  if (options.role or "my") == "my" then
    local cert = terminal.unlock(path, options.password_file, function(password)
      return secsock.cert.load(path, password)
    end)
    status.check(found:add(cert))
  else
    status.check(found:load(path))
  end
  return found
end

local function add(folder, options, ...)
  local store = open(folder, options, true)
  for _, path in ipairs { ... } do
    for cert in read(path, options):certs() do
      status.check(store:add(cert))
      terminal.say("%s  %s", cert:sha256(), terminal.harmless(cert:subject()))
    end
  end
  return 0
end

-- The certificate with this digest; it ends the command if there is none.
local function by_thumbprint(store, thumbprint)
  local found = status.attempt(function() return store:find("thumbprint", thumbprint) end)
  local cert = found:certs()()
  if not cert then terminal.complain("secsock certs: there is no certificate %s", thumbprint) end
  return cert
end

local function remove(folder, options, ...)
  local store, missing = open(folder, options, true), 0
  for _, thumbprint in ipairs { ... } do
    local cert = by_thumbprint(store, thumbprint)
    if cert then status.check(store:remove(cert)) end
    missing = missing + (cert and 0 or 1)
  end
  return missing == 0 and 0 or 1
end

local function form_of(options)
  local form = options.format or "pem"
  if form == "der" and options.key then
    status.stop("usage", "--format der is a certificate and never a key")
  elseif form == "der" then
    return form, nil
  end
  local key = options.key or false
  local secret
  if key and not options.plain then secret = terminal.ask_new_secret "Password for the key:" end
  return form, { chain = not options.alone, key = key, password = secret }
end

local function export(folder, options, thumbprint)
  local store = options.key and open(folder, options, false) or look(folder, options)
  local cert = by_thumbprint(store, thumbprint)
  if not cert then return 1 end
  local form, how = form_of(options)
  local bytes = status.check(cert:export(form, how))
  if options.out then
    files.write { { path = options.out, bytes = bytes, secret = true } }
  else
    terminal.write(bytes)
  end
  return 0
end

-- What each does, and how many arguments it takes.
local actions = {
  list = { list, 0, 0 },
  find = { find, 1, 2 },
  add = { add, 1 },
  remove = { remove, 1 },
  export = { export, 1, 1 },
}

function certs.run(options, arguments)
  local folder, name = arguments[1], arguments[2] or "list"
  local action = actions[name] or status.stop("usage", "there is no action '%s'", name)
  local count = math.max(#arguments - 2, 0)
  if count < action[2] or count > (action[3] or math.huge) then
    status.stop("usage", "%s: the arguments are %s", name, count < action[2] and "too few"
      or "too many")
  end
  return action[1](folder, options, (table.unpack or unpack)(arguments, 3))
end

return certs
