---@meta _
-- luacheck: ignore 212 241

-- Certificates: what secsock.core implements in C. The other annotations are where the Lua is.

--- One certificate, perhaps with its private key and the issuers to send with it. Two are equal
--- when their DER is.
---@class secsock.cert
local cert = {}

---@return string  RFC 4514 text
function cert:subject() end

---@return string
function cert:issuer() end

---@return string?
function cert:commonname() end

---@return string  hex
function cert:serial() end

---@return 1|2|3
function cert:version() end

---@return integer  seconds since 1970
function cert:notbefore() end

---@return integer
function cert:notafter() end

---@return boolean
function cert:isca() end

---@return integer?  nil for no limit
function cert:pathlength() end

---@return boolean
function cert:selfissued() end

---@return boolean
function cert:hasprivatekey() end

---@return string  "EC", "RSA", "Ed25519", "Ed448", or an OID
function cert:keytype() end

---@return integer
function cert:keybits() end

---@return string?  "P-256"
function cert:curve() end

---@return string  "ecdsa-with-SHA256"
function cert:signaturealgorithm() end

---@return string[]?  "digitalSignature", ...; nil without the extension
function cert:keyusage() end

---@return string[]  "serverAuth", ...
function cert:extkeyusage() end

---@return { kind: "dns"|"ip"|"email"|"uri"|"directory", value: string }[]
function cert:sans() end

---@return string  hex
function cert:sha256() end

---@return string  hex
function cert:sha1() end

---@return string?  hex
function cert:subjectkeyid() end

---@return string?  hex
function cert:authoritykeyid() end

--- The pin of the public key (RFC 7469).
---@return string  base64
function cert:pin() end

---@return string
function cert:der() end

---@return string
function cert:pem() end

--- From a PFX file.
---@return string?
function cert:friendlyname() end

---@alias secsock.namepart { type: string, value: string }  type: "CN", "O", ..., or an OID

--- The subject's attributes, in the order of the certificate.
---@return secsock.namepart[]
function cert:subjectparts() end

---@return secsock.namepart[]
function cert:issuerparts() end

--- Whether it is issued for this host, address or mailbox.
---@param name string
---@return boolean
function cert:matches(name) end

---@class secsock.export
---@field cert? boolean     the certificate itself; yes unless said
---@field chain? boolean    its issuers; yes unless said
---@field key? boolean      its private key; no unless said
---@field password? string  encrypts the key, in a PFX file everything

--- As PEM text, as a PFX file, or, the certificate alone, in DER.
---@param form "pem"|"der"|"pfx"
---@param options? secsock.export  not for DER
---@return string?
---@return string? err
---@return secsock.error? details
function cert:export(form, options) end

--- Forbids for good that the private key be exported or stored.
---@return secsock.cert self
function cert:forbidexport() end

--- Whether there is a private key that may be exported.
---@return boolean
function cert:exportable() end

--- The issuers that an identity sends along.
---@return secsock.cert[]
function cert:chain() end
