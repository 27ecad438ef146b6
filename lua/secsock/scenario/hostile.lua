--- Peers whose TLS misbehaves: an end of a run whose TLS is secsock.tls, with what is wrong in one
-- word.
--
--     local r = scenario.run {
--       server = scenario.hostile { version = "1.3", identity = ca:make { dns = "mail.example" },
--                                   does = "no_certificate_verify" },
--       client = { trust = ca, peername = "mail.example" },
--     }
--     assert.failed(r.client, "protocol")
--     assert.alert(r.server, "unexpected_message")
--
-- It stands wherever an end of secsock's does: over memory or TCP, against a program, and behind a
-- plaintext phase: its script and its starttls are like those of others, and its me:upgrade() is
-- where it misbehaves. Without a word it is a good peer. The result of such an end has the alert
-- that it was sent, and is `ok` where the other end has put up with everything.
--
-- hostile.words has them all: what each is; which role does it under which versions; what a good
-- peer answers (alerts; "closed" where it may end without one; "accepted" where it may go on, which
-- it must if nothing else is listed); and what the other end must be set to. How it is done:
--
--     plan(plan, peer)   changes the steps of the handshake: see secsock.tls.plan
--     message            name -> function(message, peer), before a message is written
--     body               name -> function(body, peer), once it is
--     options(options)   changes the options of the peer: see secsock.tls.peer
--
-- `does` may be such a table, too, or a list of words and tables.
local check = require "secsock.check"
local mint = require "secsock.mint"
local socket = require "secsock.tls.socket"
local staple = require "secsock.scenario.hostile.staple"

---@class secsock.scenario.word
---@field text string
---@field on table<"client"|"server", string>     versions: "1.2", "1.3", "1.2 1.3"
---@field answer string                           alerts, or "accepted"
---@field peer? secsock.options                   what the other end must be set to
---@field of_identity? boolean                     it changes what an identity shows or signs
---@field plan? fun(plan: secsock.tls.plan, peer: secsock.tls.peer)
---@field message? table<string, function>
---@field body? table<string, function>
---@field options? fun(options: secsock.tls.options)

local hostile = { words = {} }

-- Adds a word; each of the files below calls it for those that it has.
local function word(name, text, on, answer, parts)
  assert(not hostile.words[name], name)
  parts.text, parts.on, parts.answer = text, on, answer
  hostile.words[name] = parts
end

for _, file in ipairs { "order", "hello", "shares", "identity", "records", "floods", "later" } do
  require("secsock.scenario.hostile." .. file)(word)
end

-- --------------------------------------------------------------------------------- its description

---@class secsock.scenario.hostile
---@field version "1.2"|"1.3"
---@field identity? secsock.mint.made  what ca:make gives; a server needs one
---@field staple? string              a server's, for who asks for it: an OCSP response in DER
---@field does? string|table           a word, a table as in hostile.words, or a list of such
---@field alert? integer|string        for the word "alert": which,
---@field level? 1|2                   2 unless said, and
---@field when? string                 ahead of which step; "secure", when all is over, unless said
---@field script? any                  see secsock.scenario.script
---@field starttls? table
---@field peername? string
---@field alpn? string[]
---@field cipher? string
---@field clientauth? boolean
local known = {
  version = "string", identity = "table", staple = "string", does = "string|table",
  alert = "number|string", level = "number", when = "string", script = "string|table|function",
  starttls = "table", peername = "string", alpn = "table", cipher = "string",
  clientauth = "boolean",
}

-- What it does, as a list of tables.
local function parts_of(does)
  if type(does) == "string" or not does[1] then does = { does } end
  local parts = {}
  for i, one in ipairs(does) do
    parts[i] = type(one) == "table" and one or hostile.words[one]
    if not parts[i] then error(("no peer does '%s'"):format(tostring(one)), 0) end
  end
  return parts
end

--- Describes an end.
---@param from secsock.scenario.hostile
---@return table  what scenario.run takes as an end
function hostile.new(from)
  check.inner_options(from, known)
  if from.version ~= "1.2" and from.version ~= "1.3" then
    error("option 'version': '1.2' or '1.3' expected", 0)
  end
  if from.identity and not from.identity.key then
    error("option 'identity': what ca:make gives expected", 0)
  end
  local alert = from.alert
  if type(alert) == "number" and (alert % 1 ~= 0 or alert < 0 or alert > 255) then
    error("option 'alert': a whole number from 0 to 255 expected", 0)
  end
  local parts = parts_of(from.does or {})
  if from.staple then table.insert(parts, 1, staple(from.staple)) end
  return {
    script = from.script, starttls = from.starttls,
    identity = mint.selfsigned { dns = "localhost" }, -- a server of secsock's must have one
    hostile = { from = from, parts = parts },
  }
end

-- All functions of some name among the parts, one after the other.
local function chained(parts, kind, name)
  local functions = {}
  for _, part in ipairs(parts) do
    local f = part[kind] and part[kind][name]
    if f then functions[#functions + 1] = f end
  end
  return function(value, peer)
    for _, f in ipairs(functions) do value = f(value, peer) or value end
    return value
  end
end

-- The functions of all parts, by the names of messages.
local function changes(parts, kind)
  local all = {}
  for _, part in ipairs(parts) do
    for name in pairs(part[kind] or {}) do all[name] = chained(parts, kind, name) end
  end
  return all
end

local function check_word(part, role, options)
  if not part.on then return end
  if not (part.on[role] or ""):find(options.version, 1, true) then
    error(("no %s does this under TLS %s: %s"):format(role, options.version, part.text), 0)
  elseif part.of_identity and not options.identity then
    error(("option 'identity': who has none cannot do this: %s"):format(part.text), 0)
  end
end

--- The socket of such an end.
---@param plain secsock.socket
---@param role "client"|"server"
---@return secsock.tls.socket
function hostile.socket(is, plain, role)
  local options = { role = role }
  for name, value in pairs(is.from) do options[name] = value end
  for _, part in ipairs(is.parts) do
    check_word(part, role, options)
    if part.options then part.options(options) end
  end
  options.message, options.body = changes(is.parts, "message"), changes(is.parts, "body")
  options.plan = function(plan, peer)
    for _, part in ipairs(is.parts) do
      if part.plan then part.plan(plan, peer) end
    end
  end
  return socket.new(plain, options)
end

--- The words that a role can do under a version, sorted.
---@param role "client"|"server"
---@param version "1.2"|"1.3"
---@return string[]
function hostile.list(role, version)
  local names = {}
  for name, is in pairs(hostile.words) do
    if (is.on[role] or ""):find(version, 1, true) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return hostile
