--- What happens on a connection, as events: made of what the library tells of its bytes and states.
local core = require "secsock.core"
local keys = require "secsock.trace.keys"
local messages = require "secsock.trace.messages"
local record = require "secsock.tls.record"

local error_of, info_of = core.methods.lasterror, core.methods.info
local verdict_of = core.methods.verdict

--- Something that happened. `kind` says what, and which of the other fields there are:
---
---     plain               bytes in the clear: a line with its end, or what else was said at once
---     upgrade             this end begins TLS
---     handshake           a record with messages; of one that cannot be read, without
---     change_cipher_spec  a record
---     alert               a record with an alert: level, number, name; without, if encrypted
---     data                a record with data of the program's: length; bytes where they are wanted
---     encrypted           a record of TLS 1.3 that cannot be read
---     stray               bytes that are no TLS where only TLS may be, or a part of a record
---     verdict             this end has judged its peer: verdict
---     secure              this end has finished its handshake: info
---     clear               this end is back in the clear
---     failed              this end has given the connection up: message
---     end, reset          nothing more comes from there; it has broken the connection off
---     closed              this end has closed the connection
---@class secsock.event
---@field kind string
---@field who "client"|"server"  who sends, or whose end it is
---@field time number            seconds since the trace began
---@field size? integer          of what travels, with a record's header
---@field protected? boolean     the record is encrypted
---@field messages? secsock.trace.message[]  handshake: those that begin in this record …
---@field continued? string                  … and the one that goes on in it
---@field level? "warning"|"fatal"
---@field number? integer
---@field name? string           of an alert, in RFC 8446's words
---@field bytes? string
---@field length? integer        of the data in a record
---@field verdict? secsock.verdict
---@field info? secsock.info
---@field message? string

---@class secsock.trace
---@field role "client"|"server"  whose end it is
---@field notes table<integer, table>  what has been taken down, until it is looked into
---@field taken integer           how many have been taken down
---@field read integer            how many have been looked into
---@field events secsock.event[]  that have not been told yet
local trace = {}
trace.__index = trace

local PEER, BOTH = { client = "server", server = "client" }, { "client", "server" }

-- What is known of what one of both sends.
local function new_side(self, who)
  return {
    rest = "",         -- of a line, or of a record
    protected = false, -- under TLS 1.2: since its change_cipher_spec
    ended = false,     -- it has sent its close_notify
    messages = messages.new(function(message, body) self:hear(who, message, body) end),
  }
end

local function begin(self)
  self.tls, self.keys = false, keys.new()
  self.sides = { client = new_side(self, "client"), server = new_side(self, "server") }
end

--- That of one end, whose time `began` by core.now(). with_data: events have the bytes of the data
-- that is protected.
---@param role "client"|"server"
---@param began number
---@param with_data? boolean
---@return secsock.trace
function trace.new(role, began, with_data)
  local self = setmetatable({
    role = role, began = began, with_data = with_data, notes = {}, taken = 0, read = 0,
    events = {}, first = 1,
  }, trace)
  begin(self)
  return self
end

local function add(self, kind, who, event)
  event = event or {}
  event.kind, event.who, event.time = kind, who, self.time
  self.events[#self.events + 1] = event
end

-- ----------------------------------------------------------------------------------- in the clear

-- Whether bytes are text, but for the end of a line.
local function is_text(bytes)
  return not bytes:gsub("\r?\n$", ""):gsub("\t", ""):find "%c"
end

local function add_plain(self, who, bytes)
  if bytes ~= "" then add(self, "plain", who, { bytes = bytes, size = #bytes }) end
end

-- Tells what was said and does not end like a line.
local function flush(self, who)
  local side = self.sides[who]
  add_plain(self, who, side.rest)
  side.rest = ""
end

-- A client may say its first word under TLS before this end has come to the upgrade.
local function may_be_tls(bytes, from) return bytes:find("^\22\3", from) ~= nil end

local MOST = 32768 -- bytes that are kept of what does not end

-- What is no text is told of as a whole, when somebody else speaks, or it is too much to keep.
local function hear_plain(self, who, bytes)
  local side = self.sides[who]
  flush(self, PEER[who])
  local heard, from = side.rest .. bytes, 1
  while not may_be_tls(heard, from) do
    local at = heard:find("\n", from, true)
    local line = at and heard:sub(from, at)
    if not (line and is_text(line)) then break end
    add_plain(self, who, line)
    from = at + 1
  end
  side.rest = heard:sub(from)
  if #side.rest > MOST then flush(self, who) end
end

-- ------------------------------------------------------------------------------------- under TLS

local function is_1_3(self)
  return self.keys.suite ~= nil and self.keys.suite.version == "1.3"
end

-- What follows from messages.
local heard = {}

function heard.client_hello(self, who, _, body) self.keys:hear(who, body) end

function heard.server_hello(self, who, message, body)
  self.keys:hear(who, body)
  if keys.is_retry(body) then
    message.name = "hello_retry_request"
    return
  end
  for _, one in ipairs(BOTH) do self.keys:begin(one, "handshake") end
end

function heard.finished(self, who)
  if is_1_3(self) then self.keys:begin(who, "data") end
end

function heard.key_update(self, who)
  if is_1_3(self) then self.keys:update(who) end
end

--- A handshake message is complete.
function trace:hear(who, message, body)
  if heard[message.name] then heard[message.name](self, who, message, body) end
end

local LEVELS = { "warning", "fatal" }

-- What records hold, by their kind: each puts what it finds into the event, and gives that's kind.
local contents = {}

contents[record.CHANGE_CIPHER_SPEC] = function(self, who)
  self.sides[who].protected = not is_1_3(self)
  self.keys:begin(who, is_1_3(self) and "handshake" or "data")
  return "change_cipher_spec"
end

contents[record.ALERT] = function(self, who, event, bytes)
  local level, number = bytes:byte(1, 2)
  event.level, event.number = LEVELS[level], number
  event.name = number and core.alertname(number)
  self.sides[who].ended = event.name == "close_notify"
  return "alert"
end

contents[record.HANDSHAKE] = function(self, who, event, bytes)
  event.messages, event.continued = self.sides[who].messages:read(bytes)
  return "handshake"
end

contents[record.APPLICATION_DATA] = function(self, _, event, bytes)
  event.length, event.bytes = #bytes, self.with_data and bytes or nil
  return "data"
end

-- What can be seen of a record that cannot be opened: under TLS 1.2, its kind.
local sealed = {
  [record.ALERT] = "alert", [record.HANDSHAKE] = "handshake", [record.APPLICATION_DATA] = "data",
}

local function hear_record(self, who, bytes)
  local kind, content = bytes:byte(), bytes:sub(record.HEADER + 1)
  local protected = kind == record.APPLICATION_DATA or self.sides[who].protected
  if protected then kind, content = self.keys:read(who, bytes) end
  local event = { size = #bytes, protected = protected }
  local name = contents[kind] and contents[kind](self, who, event, content)
    or not is_1_3(self) and sealed[bytes:byte()] or "encrypted"
  add(self, name, who, event)
end

local function hear_tls(self, who, bytes)
  local side = self.sides[who]
  side.rest = side.rest .. bytes
  while not side.ended do
    local one, rest = record.cut(side.rest)
    if not one then break end
    side.rest = rest
    if record.is_tls(one) then
      hear_record(self, who, one)
    else
      add(self, "stray", who, { bytes = one, size = #one })
    end
  end
end

-- What has come of a record, or behind the last one.
local function give_up(self, who)
  local side = self.sides[who]
  if side.rest ~= "" then add(self, "stray", who, { bytes = side.rest, size = #side.rest }) end
  side.rest = ""
end

-- ----------------------------------------------------------------------------------------- states

local states = {}

function states.plain(self)
  if not self.tls then return end
  local rests = { client = self.sides.client.rest, server = self.sides.server.rest }
  begin(self)
  add(self, "clear", self.role)
  for _, who in ipairs(BOTH) do hear_plain(self, who, rests[who]) end
end

function states.upgrading(self)
  local early = ""
  for _, who in ipairs(BOTH) do
    local side = self.sides[who]
    if may_be_tls(side.rest) then
      early, side.rest = side.rest, ""
    else
      flush(self, who)
    end
  end
  self.tls = true
  add(self, "upgrade", self.role)
  hear_tls(self, PEER[self.role], early)
end

function states.secure(self, info) add(self, "secure", self.role, { info = info }) end

function states.failed(self, details)
  for _, who in ipairs(BOTH) do give_up(self, who) end
  add(self, "failed", self.role, { message = details.message })
end

function states.closed(self)
  for _, who in ipairs(BOTH) do (self.tls and give_up or flush)(self, who) end
  add(self, "closed", self.role)
end

-- --------------------------------------------------------------------------------------- together

-- What the notes say, by their kind.
local told = {}

local function hear(self, who, bytes) (self.tls and hear_tls or hear_plain)(self, who, bytes) end

function told.received(self, bytes) hear(self, PEER[self.role], bytes) end

function told.sent(self, bytes) hear(self, self.role, bytes) end

function told.key(self, line) self.keys:learn(line) end

function told.state(self, state, fact) if states[state] then states[state](self, fact) end end

function told.verdict(self, _, verdict) add(self, "verdict", self.role, { verdict = verdict }) end

told["peer ended"] = function(self) add(self, "end", PEER[self.role]) end
told.ended = function(self) add(self, "end", self.role) end
told.broken = function(self) add(self, "reset", PEER[self.role]) end

-- What has to be asked of a socket at once.
local facts = { secure = info_of, failed = error_of, verdict = verdict_of }

local function note(self, what, value, fact)
  self.taken = self.taken + 1
  self.notes[self.taken] = {
    time = core.now() - self.began, what = what, value = value, fact = fact,
  }
end

--- Takes down lines of the key log, and what the library has told of a socket: names, each with
-- what belongs to it behind it. That costs little; to look into it does not.
---@param s? secsock.socket  none, where none of its own states is among what happened
---@param lines string[]
---@param happened string[]
function trace:take(s, lines, happened)
  for _, line in ipairs(lines) do note(self, "key", line) end
  for i = 1, #happened, 2 do
    local what, value = happened[i], happened[i + 1]
    local fact = facts[what == "state" and value or what]
    note(self, what, value, fact and fact(s))
  end
end

local function read_note(self)
  self.read = self.read + 1
  local one = self.notes[self.read]
  self.notes[self.read], self.time = nil, one.time
  told[one.what](self, one.value, one.fact)
end

--- The next event that has not been told; nil for none.
---@param upto? integer  of the notes, the last to look into; all of them unless said
---@return secsock.event?
function trace:next(upto)
  while not self.events[self.first] do
    if self.read >= (upto or self.taken) then return nil end
    self.events, self.first = {}, 1
    read_note(self)
  end
  self.first = self.first + 1
  return self.events[self.first - 1]
end

return trace
