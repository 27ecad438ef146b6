--- Stores: sets of certificates, in memory, in a folder, or the system's.
local core = require "secsock.core"
local check = require "secsock.check"

local store = {
  new = core.store.new,
  system = core.store.system,
}

---@class secsock.store.options
---@field write? boolean     what is added and removed reaches the folder, which is made if need be
---@field existing? boolean  a folder that is not there is an error, and no empty store
---@field password? string   what private keys are encrypted with; without it such a folder is not
---                           opened ("password"), but store:loaddir() shows the certificates

local open_options = { write = "boolean", existing = "boolean", password = "string" }

--- secsock.store.open(folder, role, {…}): the store of one role that is kept in a folder.
---@param folder string
---@param role "my"|"root"|"ca"|"disallowed"
---@param from? secsock.store.options
---@return secsock.store? store
---@return string? err  "file", "format", "password", ...
---@return secsock.error? details
function store.open(folder, role, from)
  check.argument(1, "open", folder, "string")
  check.argument(2, "open", role, "string")
  from = check.options(from or {}, open_options)
  return core.store.open(folder, role, from.write, from.existing, from.password)
end

---@class secsock.store
local methods = core.store.methods

--- A new store, in memory, of the certificates that a function says yes to.
---@param wanted fun(cert: secsock.cert): any
---@return secsock.store? found
---@return string? err
---@return secsock.error? details
function methods:select(wanted)
  check.argument(1, "select", wanted, "function")
  local found = core.store.new()
  for cert in self:certs() do
    if wanted(cert) then
      local ok, err, details = found:add(cert)
      if not ok then return nil, err, details end
    end
  end
  return found
end

return store
