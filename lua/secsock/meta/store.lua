---@meta _
-- luacheck: ignore 212 241

-- Stores: what secsock.core implements in C. The other annotations are where the Lua is.

--- A set of certificates.
---@class secsock.store
local store = {}

---@param cert secsock.cert  kept with its private key, where it has that; of stores in folders,
---                           those in the role "my" write the key too
---@return secsock.store? self
---@return string? err  "frozen", "file", "not exportable", ...
---@return secsock.error? details
function store:add(cert) end

--- Removes a certificate, and its file where the store has a folder; whether it was there.
---@param cert secsock.cert
---@return boolean? removed
---@return string? err
---@return secsock.error? details
function store:remove(cert) end

---@param path string  a PEM or DER file
---@return integer? count  how many were found in it
---@return string? err
---@return secsock.error? details
function store:load(path) end

---@param path string  a folder of PEM and DER files; names that begin with a dot are passed over
---@return integer? count
---@return string? err
---@return secsock.error? details
function store:loaddir(path) end

--- Adds all certificates of a PFX file, with their private keys where these are there.
---@param path string
---@param password? string
---@return integer? count
---@return string? err  "password", "format", ...
---@return secsock.error? details
function store:loadpfx(path, password) end

---@param text string
---@return integer? count
---@return string? err
---@return secsock.error? details
function store:pem(text) end

---@alias secsock.find
---| "any"           # every certificate
---| "thumbprint"    # SHA-1 or SHA-256 in hex
---| "subject"       # a part of the subject's text
---| "subjectname"   # the whole subject, RFC 4514
---| "issuer"        # a part of the issuer's text
---| "issuername"    # the whole issuer
---| "serial"        # hex
---| "subjectkeyid"  # hex
---| "name"          # a host, an address or a mailbox that it is issued for
---| "extkeyusage"   # a purpose that it allows: "serverAuth", or an OID in dots
---| "keyusage"      # a use that it allows: "digitalSignature"
---| "timevalid"     # seconds since 1970; nil: now
---| "timeexpired"
---| "timenotyet"
---| "privatekey"    # those that have theirs

--- A new store, in memory, of the certificates that match.
---@param by secsock.find
---@param value? string|number
---@param config? secsock.config  only those in which validation with it finds no problem
---@return secsock.store? found
---@return string? err  "argument" for a value of the wrong form
---@return secsock.error? details
function store:find(by, value, config) end

--- What it was opened as.
---@return "my"|"root"|"ca"|"disallowed"|nil
function store:role() end

---@return integer
function store:count() end

--- for cert in store:certs() do: what it holds now, so that the loop may add and remove.
---@return fun(): secsock.cert?
function store:certs() end
