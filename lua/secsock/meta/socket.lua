---@meta _
-- luacheck: ignore 212 241

-- Sockets: what secsock.core implements in C. The other annotations are where the Lua is.

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

--- "linger" is { on = boolean, timeout = seconds }: with a timeout of 0, s:close() resets; with
--- another, whatever closes the socket may wait so long, up to whole seconds, until all has left.
---@alias secsock.option "tcp-nodelay"|"keepalive"|"recv-buffer-size"|"send-buffer-size"|"linger"
---@param name secsock.option
---@param value boolean|integer|{ on: boolean, timeout: integer }
---@return 1? ok
---@return string? err
---@return secsock.error? details
function socket:setoption(name, value) end

---@param name secsock.option
---@return boolean|integer|table|nil value
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
