--- What opens the records of a connection that somebody looks on at: made of the secrets that its
-- key log has, and of what is said in the clear of its handshake. It stays in here.
local bytes = require "secsock.tls.bytes"
local messages = require "secsock.tls.messages"
local protection = require "secsock.tls.protection"
local schedule = require "secsock.tls.schedule"
local suites = require "secsock.tls.suites"

---@class secsock.trace.keys
---@field suite? secsock.tls.suite  once the server has chosen one that is known
---@field secrets table<string, string>  by their label in the key log
---@field open table<string, secsock.tls.protection>  by who sends
---@field next table<string, "handshake"|"data">       what each protects
local keys = {}
keys.__index = keys

function keys.new()
  return setmetatable({ secrets = {}, randoms = {}, open = {}, next = {} }, keys)
end

--- Takes a line of the key log.
function keys:learn(line)
  local label, secret = line:match "^(%S+) %x+ (%x+)$"
  self.secrets[label] = bytes.from_hex(secret)
end

-- In a hello the random stands behind the version (RFC 8446, section 4.1.2).
local FIRST, LAST = 3, 34

--- Whether a server_hello asks for another client_hello (RFC 8446, section 4.1.3).
function keys.is_retry(hello) return hello:sub(FIRST, LAST) == messages.RETRY end

--- Takes a hello.
function keys:hear(who, hello)
  self.randoms[who] = hello:sub(FIRST, LAST)
  if who == "client" then return end
  local session = hello:byte(LAST + 1) or 0
  local high, low = hello:byte(LAST + 2 + session, LAST + 3 + session)
  self.suite = low and suites[high * 256 + low]
end

local LABELS = {
  handshake = { client = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                server = "SERVER_HANDSHAKE_TRAFFIC_SECRET" },
  data = { client = "CLIENT_TRAFFIC_SECRET_0", server = "SERVER_TRAFFIC_SECRET_0" },
}

--- From the next record on, `who` protects what he sends: the "handshake" or the "data".
function keys:begin(who, what)
  self.open[who], self.next[who] = nil, what
end

-- The protection of what `who` sends now; nil while its secret is not known.
local function made(self, who)
  local suite, what = self.suite, self.next[who]
  local secret = what and self.secrets[LABELS[what][who]]
  local master = self.secrets.CLIENT_RANDOM
  if not (suite and what) then return nil end
  if suite.version == "1.3" then return secret and protection.tls13(suite.number, secret) end
  return master and schedule.tls12_of(suite, master, self.randoms.client or "",
                                      self.randoms.server or ""):protection(who)
end

--- `who` goes on with his next key (RFC 8446, section 7.2).
function keys:update(who)
  local open = self.open[who]
  self.open[who] = open and open:updated()
end

--- The kind and the content of a record; nil where it cannot be opened.
function keys:read(who, record)
  self.open[who] = self.open[who] or made(self, who)
  local open = self.open[who]
  if open then return open:open(record) end
end

return keys
