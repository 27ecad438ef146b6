--- The keys of a connection, from the shared secret on.
local bytes = require "secsock.tls.bytes"
local protection = require "secsock.tls.protection"
local secrets = require "secsock.tls.secrets"

local schedule = {}

-- ------------------------------------------------------------------------------------- TLS 1.3

---@class secsock.tls.schedule13
---@field suite secsock.tls.suite
---@field secret string   the last of "early", "handshake" and "master"
---@field client string   traffic secrets of the present
---@field server string
local schedule13 = {}
schedule13.__index = schedule13

-- RFC 8446, section 7.1: the next secret, from what is added.
local function advance(self, added)
  local hash = self.suite.hash
  local salt = self.secret and secrets.derive(hash, self.secret, "derived", "")
    or ("\0"):rep(self.suite.hash_size)
  self.secret = secrets.extract(hash, salt, added or ("\0"):rep(self.suite.hash_size))
end

---@param suite secsock.tls.suite
---@return secsock.tls.schedule13
function schedule.tls13(suite)
  local self = setmetatable({ suite = suite }, schedule13)
  advance(self)
  return self
end

local function set_traffic(self, kind, transcript)
  local hash = self.suite.hash
  for _, role in ipairs { "client", "server" } do
    local label = ("%s %s traffic"):format(role:sub(1, 1), kind)
    self[role] = secrets.derive(hash, self.secret, label, transcript)
  end
end

--- The handshake's secrets, by the messages up to the server_hello.
function schedule13:handshake(shared, transcript)
  advance(self, shared)
  set_traffic(self, "hs", transcript)
end

--- The data's secrets, by the messages up to the server's finished.
function schedule13:application(transcript)
  advance(self)
  set_traffic(self, "ap", transcript)
end

--- The content of a finished message (RFC 8446, section 4.4.4), while the handshake's secrets are
--- those of the present.
function schedule13:finished(role, transcript)
  local hash = self.suite.hash
  local key = secrets.expand_label(hash, self[role], "finished", "", self.suite.hash_size)
  return secrets.hmac(hash, key, secrets.digest(hash, transcript))
end

--- The protection of what this role sends.
---@return secsock.tls.protection
function schedule13:protection(role) return protection.tls13(self.suite.number, self[role]) end

-- ------------------------------------------------------------------------------------- TLS 1.2

---@class secsock.tls.schedule12
---@field suite secsock.tls.suite
---@field master string
---@field block string  the keys and the beginnings of nonces (RFC 5246, section 6.3)
local schedule12 = {}
schedule12.__index = schedule12

--- That of a master secret.
---@return secsock.tls.schedule12
function schedule.tls12_of(suite, master, client_random, server_random)
  local size = 2 * (suite.key_size + suite.iv_size)
  return setmetatable({
    suite = suite, master = master,
    block = secrets.prf(suite.hash, master, "key expansion", server_random .. client_random, size),
  }, schedule12)
end

--- `extended`: the messages up to the client_key_exchange (RFC 7627), where that was agreed on.
---@return secsock.tls.schedule12
function schedule.tls12(suite, shared, client_random, server_random, extended)
  local label, seed = "master secret", client_random .. server_random
  if extended then
    label, seed = "extended master secret", secrets.digest(suite.hash, extended)
  end
  local master = secrets.prf(suite.hash, shared, label, seed, 48)
  return schedule.tls12_of(suite, master, client_random, server_random)
end

function schedule12:finished(role, transcript)
  local hash = self.suite.hash
  return secrets.prf(hash, self.master, role .. " finished", secrets.digest(hash, transcript), 12)
end

---@return secsock.tls.protection
function schedule12:protection(role)
  local r, suite = bytes.reader(self.block), self.suite
  local client_key, server_key = r:take(suite.key_size), r:take(suite.key_size)
  local client_iv, server_iv = r:take(suite.iv_size), r:take(suite.iv_size)
  if role == "client" then return protection.tls12(suite.number, client_key, client_iv) end
  return protection.tls12(suite.number, server_key, server_iv)
end

return schedule
