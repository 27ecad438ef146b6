--- What opens the records of a connection that somebody looks on at: made of the secrets that its
-- key log has, and of what is said in the clear of its handshake. It stays in here.
local protection = require "secsock.tls.protection"
local secrets = require "secsock.tls.secrets"
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

local function from_hex(text)
  return (text:gsub("%x%x", function(digits) return string.char(tonumber(digits, 16)) end))
end

--- Takes a line of the key log.
function keys:learn(line)
  local label, secret = line:match "^(%S+) %x+ (%x+)$"
  self.secrets[label] = from_hex(secret)
end

-- In a hello the random stands behind the version (RFC 8446, section 4.1.2).
local FIRST, LAST = 3, 34

local RETRY = from_hex "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"

--- Whether a server_hello asks for another client_hello (RFC 8446, section 4.1.3).
function keys.is_retry(hello) return hello:sub(FIRST, LAST) == RETRY end

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

-- RFC 5246, section 6.3.
local function split_block(self, who, master)
  local suite = self.suite
  local seed = (self.randoms.server or "") .. (self.randoms.client or "")
  local key, iv = suite.key_size, suite.iv_size
  local block = secrets.prf(suite.hash, master, "key expansion", seed, 2 * (key + iv))
  local second = who == "server" and 1 or 0
  local from = 2 * key + second * iv
  return block:sub(second * key + 1, (second + 1) * key), block:sub(from + 1, from + iv)
end

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
  return master and protection.tls12(suite.number, split_block(self, who, master))
end

--- `who` goes on with his next key (RFC 8446, section 7.2).
function keys:update(who)
  local open = self.open[who]
  self.open[who] = open and open:updated()
end

--- The kind and the content of a record; nil where it cannot be opened.
function keys:read(who, bytes)
  self.open[who] = self.open[who] or made(self, who)
  local open = self.open[who]
  if open then return open:open(bytes) end
end

return keys
