---@meta secsock.core
-- luacheck: ignore 212

-- What secsock.core implements in C and secsock hands on as it is.

---@class secsock.core
---@field [string] any  what only the module itself uses
local core = { cert = {}, store = {} }

--- The version of the library.
---@return string
function core.version() end

--- The version of wolfSSL that is in it.
---@return string
function core.wolfsslversion() end

--- Whether this build has something that not every build has: see secsock.list "features".
---@param name string
---@return boolean
function core.hasfeature(name) end

--- What there is, by preference.
---@param kind "versions"|"ciphers"|"groups"|"features"|"problems"
---@return string[]
function core.list(kind) end

--- A certificate from a file, with its private key and issuers where these are in it. Whether the
--- file is PEM, DER or PFX is found out.
---@param path string
---@param password? string  of the key or of the PFX file
---@return secsock.cert? cert
---@return string? err  "file", "format", "password", ...
---@return secsock.error? details
function core.cert.load(path, password) end

--- From PEM text, with its private key and issuers where these are in it.
---@param text string
---@param password? string  of the key
---@return secsock.cert? cert
---@return string? err
---@return secsock.error? details
function core.cert.pem(text, password) end

---@param bytes string
---@return secsock.cert? cert
---@return string? err
---@return secsock.error? details
function core.cert.der(bytes) end

--- From a PFX file (PKCS #12), with its private key and issuers where these are in it.
---@param bytes string
---@param password? string
---@return secsock.cert? cert
---@return string? err
---@return secsock.error? details
function core.cert.pfx(bytes, password) end

--- An empty store, in memory.
---@return secsock.store
function core.store.new() end

--- The anchors of the system.
---@return secsock.store? store
---@return string? err
---@return secsock.error? details
function core.store.system() end

return core
