---@meta _
-- luacheck: ignore 212 241

-- Configurations: what secsock.core implements in C. The other annotations are where the Lua is.

--- Settings that many sockets share. The first one to connect, listen or attach freezes them. Each
--- setter returns the configuration, or nil, err, details.
---@class secsock.config
local config = {}

---@alias secsock.version "TLSv1.2"|"TLSv1.3"

---@param lowest secsock.version
---@param highest secsock.version
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setversions(lowest, highest) end

---@param names string  with ":" between them
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setciphers(names) end

---@param names string  with ":" between them
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setgroups(names) end

---@param names? string  with "," between them
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setalpn(names) end

---@param mode "none"|"request"|"verify"|"require"
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setclientauth(mode) end

---@param on boolean
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setresumption(on) end

---@param on boolean
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setacceleration(on) end

---@param path string
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:trustfile(path) end

---@param path string
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:trustdir(path) end

---@param text string
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:trustpem(text) end

---@param store secsock.store
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:truststore(store) end

---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:trustsystem() end

--- What the peer sends with this key is a trust anchor.
---@param pin string  base64, as of cert:pin()
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:trustpin(pin) end

--- A path must hold this key, or another one that is asked for so.
---@param pin string
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:requirepin(pin) end

--- Puts the certificates of a store to the use of a role; "my": the identity.
---@param role "my"|"root"|"ca"|"disallowed"
---@param store secsock.store
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:addstore(role, store) end

---@param profile "auto"|"private"|"webpki"
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setprofile(profile) end

---@param intermediates? integer  in a path, at most; nil: no limit
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setmaxdepth(intermediates) end

---@param seconds? number  since 1970, the moment to judge at; nil: now
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:settime(seconds) end

---@param data string  revocation lists, as PEM text or in DER
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:addcrl(data) end

---@param path string
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:addcrlfile(path) end

---@param path string
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:addcrldir(path) end

---@param mode "soft"|"leaf"|"chain"
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setrevocation(mode) end

--- What a server staples to the handshakes of clients that ask for it.
---@param response? string  an OCSP response about its identity, in DER; nil for none
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setstaple(response) end

---@param path string
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:staplefile(path) end

--- The public suffixes, right below which no wildcard may stand.
---@param path? string         of a list as publicsuffix.org's; nil: the system's
---@param private? boolean     with its section of names that somebody owns and lets others use
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setsuffixes(path, private) end

---@param cert? secsock.cert  with its private key; nil for none
---@return secsock.config? self
---@return string? err
---@return secsock.error? details
function config:setidentity(cert) end

--- What is questionable about the settings though not refused, such as an expired identity.
---@return { problem: string, text: string }[]
function config:warnings() end
