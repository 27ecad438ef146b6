---@meta _
-- luacheck: ignore 212 241 431

-- What secsock.core implements in C. The rest of the annotations is where the Lua is.

--- What went wrong. tostring() of it is the message.
---@class secsock.error
---@field code string             "SECSOCK_E_TRUNCATED"
---@field message string          one line for people: what, where and why
---@field errno? integer          where a system call failed
---@field alert? string           the name of the TLS alert, in RFC 8446's words
---@field alert_received? boolean whether the peer sent it, else this end did
---@field verdict? secsock.verdict

---@alias secsock.state "new"|"listening"|"plain"|"upgrading"|"secure"|"closed"|"failed"

---@class secsock.info
---@field version string        "TLSv1.3"
---@field cipher string         IANA's name
---@field group? string         "X25519MLKEM768"
---@field signature? string     the peer's signature scheme
---@field alpn? string
---@field sni? string           sent or received
---@field resumed boolean
---@field role "client"|"server"
---@field received integer      bytes handed to the program
---@field sent integer          bytes taken from it
---@field wirereceived integer  bytes read from the transport
---@field wiresent integer

--- One socket: a connection, client or server, or a listener.
---@class secsock.socket
local socket = {}

--- The name that the peer's certificate must be issued for: a DNS name or an IP address.
---@param name? string
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:setpeername(name) end

--- The name as set.
---@return string?
function socket:peername() end

--- Permits s:downgrade().
---@param on boolean
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:allowdowngrade(on) end

--- Listens. "*" and nil are every address; port 0 is a free one, see s:getsockname().
---@param host string?
---@param port integer
---@param backlog? integer
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:listen(host, port, backlog) end

--- Takes over a connected descriptor, and what was read from it before.
---@param fd integer
---@param role "client"|"server"
---@param before? string
---@return secsock.socket? self
---@return string? err
---@return secsock.error? details
function socket:attach(fd, role, before) end

--- Talks to memory: s:feed() brings what the peer sent, s:drain() takes what it is to be sent.
---@param role "client"|"server"
---@return secsock.socket? self
---@return string? err
---@return secsock.error? details
function socket:attachmemory(role) end

--- Gives back plaintext that something else has read: the next to be received.
---@param bytes string
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:unread(bytes) end

--- Brings what the peer sent; nil: it has closed.
---@param bytes string?
---@return integer? count
---@return string? err
---@return secsock.error? details
function socket:feed(bytes) end

--- Takes what is to be sent to the peer, "" for nothing.
---@param max? integer
---@return string? bytes
---@return string? err
---@return secsock.error? details
function socket:drain(max) end

--- How many bytes s:drain() would give.
---@return integer
function socket:drainable() end

--- Answers for a hook that left the decision to later: true, false, nil for "as the verdict says",
--- or the name of a problem to reject for. The upgrade goes on when it is called again.
---@param answer secsock.answer
---@param reason? string  becomes part of the error
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:decide(answer, reason) end

---@return secsock.state
function socket:state() end

---@return "client"|"server"
function socket:role() end

--- The descriptor, or -1.
---@return integer
function socket:getfd() end

--- The same, as cqueues asks.
---@return integer
function socket:pollfd() end

--- What to poll it for.
---@return "r"|"w"|""
function socket:events() end

--- 0 when there is no need to poll.
---@return 0?
function socket:timeout() end

--- Whether there is something to receive without waiting for the descriptor.
---@return boolean
function socket:dirty() end

---@return string? address
---@return integer|string port
---@return "inet"|"inet6"|secsock.error
function socket:getsockname() end

---@return string? address
---@return integer|string port
---@return "inet"|"inet6"|secsock.error
function socket:getpeername() end

---@return integer received
---@return integer sent
---@return number age  seconds
function socket:getstats() end

--- What s:getstats() starts from.
---@param received? integer
---@param sent? integer
---@param age? number
---@return 1
function socket:setstats(received, sent, age) end

---@param name "tcp-nodelay"|"keepalive"|"recv-buffer-size"|"send-buffer-size"
---@param value boolean|integer
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:setoption(name, value) end

---@param name "tcp-nodelay"|"keepalive"|"recv-buffer-size"|"send-buffer-size"
---@return boolean|integer|nil value
---@return string? err
---@return secsock.error? details
function socket:getoption(name) end

--- What was agreed on, or one of it; nil before the connection is secure.
---@overload fun(self): secsock.info?
---@param fact string
---@return string|integer|boolean|nil
function socket:info(fact) end

--- What was found out about the peer, from the moment the hook is called on.
---@return secsock.verdict?
function socket:verdict() end

--- The certificate that this end presented.
---@return secsock.cert?
function socket:owncert() end

---@return secsock.config
function socket:config() end

--- How the last call failed; nil when it did not.
---@return secsock.error?
function socket:lasterror() end

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

--- A set of certificates.
---@class secsock.store
local store = {}

---@param cert secsock.cert  kept with its private key, where it has that
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

---@param path string  a folder of PEM and DER files
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

--- for cert in store:certs() do
---@return fun(): secsock.cert?
function store:certs() end

--- Everything that validation found out about one peer.
---@class secsock.verdict
local verdict = {}

--- Whether no problem was found.
---@return boolean
function verdict:ok() end

--- The names of the problems, each once: those of the peer as a whole, then from the leaf to the
--- anchor.
---@return string[]
function verdict:problems() end

---@class secsock.problem
---@field problem string     "expired"
---@field cert? secsock.cert  which one it is about
---@field text string        a sentence with the particulars
---@field section string     of the RFC where the rule comes from
---@field alert string       what the peer is told

--- Every problem of every certificate.
---@return secsock.problem[]
function verdict:details() end

---@param problem string
---@return boolean
function verdict:has(problem) end

--- The certificates that the peer sent, the leaf first.
---@return secsock.cert[]
function verdict:chain() end

--- The best path from the leaf to, if it was found, the trust anchor.
---@return secsock.cert[]
function verdict:path() end

--- The name that was asked for.
---@return string?
function verdict:peername() end

---@return "matched"|"mismatched"|"unchecked"
function verdict:name() end

--- What is known about the revocation of the path's index-th certificate, the leaf's unless said;
--- nil past its end.
---@param index? integer
---@return "unknown"|"good"|"revoked"|nil
function verdict:revocation(index) end

--- Whether the certificates are those of an earlier handshake.
---@return boolean
function verdict:resumed() end

--- The moment that validity was judged at, in seconds since 1970.
---@return integer
function verdict:time() end

--- The chain as a tree, for people.
---@return string
function verdict:explain() end

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
