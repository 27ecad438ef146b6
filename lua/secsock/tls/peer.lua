--- One end of TLS, of our own: for tests, in which it may do whatever is wrong. It believes all
-- that the other end says, but for its finished messages.
--
-- A handshake is a plan, whose steps are those of secsock.tls.steps12 and steps13. What it sends is
-- what its transcript holds: a step that is left out or comes twice is so for both, and the other
-- end meets that fault and no wrong finished. P-256 is the one group.
local core = require "secsock.core"
local channel = require "secsock.tls.channel"
local keys = require "secsock.mint.keys"
local messages = require "secsock.tls.messages"
local numbers = require "secsock.tls.numbers"
local plan = require "secsock.tls.plan"
local suites = require "secsock.tls.suites"

---@class secsock.tls.options
---@field role "client"|"server"
---@field version "1.2"|"1.3"
---@field identity? secsock.mint.made  what ca:make gives
---@field peername? string    of a client, to send
---@field alpn? string[]
---@field cipher? string      the only one that it has
---@field clientauth? boolean a server asks for a certificate
---@field plan? fun(plan: secsock.tls.plan, peer: secsock.tls.peer)  changes the steps
---@field message? table<string, fun(message: table, peer: secsock.tls.peer): table?>
---@field body? table<string, fun(body: string, peer: secsock.tls.peer): string?>

---@class secsock.tls.peer
---@field options secsock.tls.options
---@field role "client"|"server"
---@field version "1.2"|"1.3"
---@field channel secsock.tls.channel
---@field share secsock.mint.key   for this connection alone
---@field suite? secsock.tls.suite
---@field schedule? secsock.tls.schedule12|secsock.tls.schedule13
---@field hello? secsock.tls.client_hello   sent or heard
---@field client_random? string    of TLS 1.2, as is
---@field server_random? string
---@field extended? boolean        the master secret is (RFC 7627)
---@field their_point? string      of the other end's share
---@field later? secsock.tls.schedule13     a server's, with the secrets of data
---@field heard_all? string        a client's transcript up to the server's finished
---@field disguised? boolean       its change_cipher_spec of TLS 1.3 is sent
---@field answer? secsock.tls.extension[]   what a server has agreed to
---@field asked? table             a client was asked for its certificate
---@field asked_again? boolean     a client was asked for another hello
---@field retrying? boolean        a server asks for one just now
---@field shown? string[]          certificates of the other end, in DER
---@field secure boolean
local peer = {}
peer.__index = peer

local OTHER = { client = "server", server = "client" }

-- The suites that go with a version and an identity, by preference.
local function suites_for(options)
  local found = {}
  local kind = options.identity and options.identity.key.kind or ""
  local signer = options.role == "server" and (kind:find "^rsa" and "rsa" or "ecdsa")
  for _, name in ipairs(core.list "ciphers") do
    local suite = suites[name]
    local fits = suite.version == options.version and (not options.cipher or options.cipher == name)
    if fits and (not signer or not suite.signer or suite.signer == signer) then
      found[#found + 1] = suite
    end
  end
  return found
end

---@param options secsock.tls.options
---@return secsock.tls.peer
function peer.new(options)
  local steps = require("secsock.tls.steps" .. options.version:gsub("%.", ""))[options.role]
  local self = setmetatable({
    options = options, role = options.role, version = options.version, steps = steps,
    channel = channel.new(options.version), share = keys.new "p256", secure = false,
    suites = suites_for(options),
  }, peer)
  self.plan = plan.new(steps.order)
  if options.plan then options.plan(self.plan, self) end
  return self
end

--- Random bytes: 32.
function peer.random() return core.key.digest("sha256", core.key.generate "ed25519") end

-- ----------------------------------------------------------------------------------------- running

--- Does a step, by its name or as a function.
function peer:step(step)
  if type(step) == "string" then step = self.steps[step] end
  step(self)
end

--- Does the whole handshake. It runs in a coroutine: see secsock.tls.channel.
function peer:handshake()
  for _, step in ipairs(self.plan) do self:step(step) end
  self.channel:flush()
  self.channel.secure, self.secure = true, true
end

--- Sends a handshake message, changed as the options say.
---@param name string
---@param message? table
function peer:send(name, message)
  self.channel:say(self:message(name, message))
end

--- The same message, only made.
---@param name string
---@param message? table
---@return string
function peer:message(name, message)
  local changes = self.options
  local change_message = changes.message and changes.message[name]
  local change_body = changes.body and changes.body[name]
  message = message or {}
  if change_message then message = change_message(message, self) or message end
  local body = messages.write[name](message, self.version)
  if change_body then body = change_body(body, self) or body end
  return channel.message(name, body)
end

--- The next message, which must be one of these.
---@return table message
---@return string name
---@return string before  the messages ahead of it
function peer:hear(...)
  local name, body, before = self.channel:hear()
  for i = 1, select("#", ...) do
    if name == select(i, ...) then
      local read = messages.read[name]
      return read and read(body, self.version) or { data = body }, name, before
    end
  end
  return channel.fail("protocol", "the peer has sent an unexpected " .. name)
end

-- ------------------------------------------------------------------------------------------ keys

--- Chooses a cipher suite from what a client offers.
function peer:choose_suite(offered)
  for _, suite in ipairs(self.suites) do
    for _, number in ipairs(offered) do
      if suite.number == number then return suite end
    end
  end
  self.channel:alert(2, "handshake_failure")
  return channel.fail("handshake", "there is no cipher suite in common")
end

--- Finds the suite that a server has chosen.
function peer:accept_suite(number)
  local suite = suites[number]
  if suite and suite.version == self.version then return suite end
  return channel.fail("handshake", "the server has chosen a cipher suite that was not offered")
end

--- The secret that is shared with the owner of a point.
function peer:agree(point)
  local secret, _, details = core.key.agree(self.share.private, point)
  return secret or channel.fail("protocol", details.message)
end

--- The identity, which must be there.
function peer:identity()
  return self.options.identity or error("option 'identity': a server needs one", 0)
end

--- A certificate message's content.
function peer:chain()
  local identity = self.options.identity
  if not identity then return { chain = {} } end
  local chain = { identity.der }
  for _, issuer in ipairs(identity.issuers) do chain[#chain + 1] = issuer end
  return { chain = chain }
end

--- A signature by the identity: what it says of itself, and its bytes.
---@param data string
---@return { scheme: integer, signature: string }
function peer:sign(data)
  local key = self:identity().key
  local scheme = numbers.scheme_of[key.kind]
  return { scheme = scheme,
           signature = assert(core.key.sign(key.private, numbers.schemes[scheme], data)) }
end

--- Protects what it sends from now on, or opens so what it receives, by the keys of the present.
function peer:protect_sending()
  self.channel:flush()
  self.channel.writing = self.schedule:protection(self.role)
end

function peer:protect_receiving()
  self.channel.reading = self.schedule:protection(OTHER[self.role])
end

--- Sends a finished message.
function peer:finish()
  self:send("finished", { data = self.schedule:finished(self.role, self.channel.transcript) })
end

--- Checks one that was received.
function peer:check_finished(message, before)
  if message.data ~= self.schedule:finished(OTHER[self.role], before) then
    channel.fail("protocol", "the peer's finished message is wrong")
  end
end

-- ---------------------------------------------------------------------------- after the handshake

local APPLICATION_DATA = numbers.records.application_data

-- What a message comes to that is heard in between (RFC 8446, section 4.6).
local function heard_later(self, content)
  if content == "\24\0\0\1\0" or content == "\24\0\0\1\1" then
    self.channel.reading = self.channel.reading:updated()
    if content:byte(-1) == 1 then self:update_key(0) end
  elseif self.version == "1.2" then
    self.channel:alert(1, "no_renegotiation")
  end
end

--- Goes on to the next key, and tells so; `request`: 1 asks the other end to do the same.
function peer:update_key(request)
  self.channel:say(self:message("key_update", { data = string.char(request) }))
  self.channel.writing = self.channel.writing:updated()
end

--- The content of the next record of data.
---@return string
function peer:receive()
  while true do
    local kind, content = self.channel:next_record()
    if kind == APPLICATION_DATA then return content end
    heard_later(self, content)
  end
end

---@param data string
function peer:say(data) self.channel:send(APPLICATION_DATA, data) end

--- Says that no more data follow.
function peer:close() self.channel:alert(1, "close_notify") end

return peer
