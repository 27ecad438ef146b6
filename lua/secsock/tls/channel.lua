--- Records and handshake messages in both directions, without input and output of its own: what is
-- to be sent gathers in `output`; whoever reads runs in a coroutine, which yields how many bytes it
-- needs and is resumed with them, or with nil and a word when there are no more.
--
-- Whatever ends the connection is thrown: a table with a stable word, `err`, and a `message`.
local bytes = require "secsock.tls.bytes"
local numbers = require "secsock.tls.numbers"
local record = require "secsock.tls.record"

local HANDSHAKE, ALERT = record.HANDSHAKE, record.ALERT
local CHANGE_CIPHER_SPEC, APPLICATION_DATA = record.CHANGE_CIPHER_SPEC, record.APPLICATION_DATA
local LARGEST = 16384

---@class secsock.tls.failure
---@field err string
---@field message string
---@field alert? string
---@field alert_received? boolean

---@class secsock.tls.channel
---@field version "1.2"|"1.3"
---@field reading? secsock.tls.protection
---@field writing? secsock.tls.protection
---@field next_reading? fun(): secsock.tls.protection  what a change_cipher_spec brings (TLS 1.2)
---@field transcript string  the handshake messages so far
---@field output string[]
---@field fragment integer   how long the plaintext of a record may be
---@field joined? string     handshake messages that wait for more to share a record with
---@field secure boolean      the handshake is over
---@field closed boolean      a close_notify was sent
local channel = {}
channel.__index = channel

---@return secsock.tls.channel
function channel.new(version)
  return setmetatable({
    version = version, transcript = "", output = {}, fragment = LARGEST, pending = "",
    secure = false, closed = false,
  }, channel)
end

--- Ends the connection.
---@param err string
---@param message string
---@param alert? string  that was received
function channel.fail(err, message, alert)
  local failure = { err = err, message = message, alert = alert }
  failure.alert_received = alert and true or nil
  error(failure, 0)
end

-- ----------------------------------------------------------------------------------------- writing

--- Puts bytes on the wire as they are.
---@param raw string
function channel:raw(raw) self.output[#self.output + 1] = raw end

--- A record in clear, whatever is protected otherwise.
---@param kind integer
---@param content string
---@param version? string  two bytes
---@return string
function channel.plain(kind, content, version)
  return string.char(kind) .. (version or "\3\3") .. bytes.vector(2, content)
end

--- One record, however long.
---@param kind integer
---@param content string
function channel:record(kind, content)
  local protected = self.writing
  self:raw(protected and protected:seal(kind, content) or channel.plain(kind, content))
end

--- As many records as it takes.
---@param kind integer
---@param content string
function channel:send(kind, content)
  self:flush()
  repeat
    self:record(kind, content:sub(1, self.fragment))
    content = content:sub(self.fragment + 1)
  until content == ""
end

--- Sends the messages that wait to share a record.
function channel:flush()
  local waiting = self.joined
  if not waiting or waiting == "" then return end
  self.joined = nil
  self:send(HANDSHAKE, waiting)
  self.joined = ""
end

--- A handshake message, as it stands on the wire.
---@param name string|integer
---@param body string
---@return string
function channel.message(name, body)
  return string.char(numbers.of(numbers.messages, name)) .. bytes.vector(3, body)
end

--- Sends a handshake message, whole, and counts it among the messages so far.
---@param message string
function channel:say(message)
  self.transcript = self.transcript .. message
  if self.joined then
    self.joined = self.joined .. message
  else
    self:send(HANDSHAKE, message)
  end
end

---@param level 1|2
---@param alert string|integer
function channel:alert(level, alert)
  local number = numbers.of(numbers.alerts, alert)
  self.closed = self.closed or number == numbers.alerts.close_notify
  self:send(ALERT, string.char(level, number))
end

-- ----------------------------------------------------------------------------------------- reading

-- So many bytes. An end that no close_notify has announced cuts the data of a secure connection.
local function need(self, count)
  if count == 0 then return "" end
  self:flush()
  local text, err = coroutine.yield(count)
  if text then return text end
  if err == "closed" and self.secure then err = "truncated" end
  return channel.fail(err, "the connection ends: " .. err)
end

-- Whether a record of this kind comes in clear though others do not: the change_cipher_spec of TLS
-- 1.3 (RFC 8446, appendix D.4), and an alert of whom keys have not reached.
local function is_clear(self, kind, content)
  if not self.reading then return true end
  if self.version == "1.3" then return kind ~= APPLICATION_DATA end
  return kind == ALERT and #content == 2
end

-- A record, of which `content` has come.
local function opened(self, head, content)
  local kind = head:byte()
  if is_clear(self, kind, content) then return kind, content end
  local plaintext
  kind, plaintext = self.reading:open(head .. content)
  if kind then return kind, plaintext end
  return channel.fail("protocol", "a record does not authenticate")
end

-- What an alert comes to. Warnings of TLS 1.2, but for close_notify, end nothing.
local function heard_alert(self, content)
  local level, number = content:byte(1, 2)
  local name = numbers.alerts[number] or tostring(number)
  self.warning = name
  if name == "close_notify" then channel.fail("closed", "the peer has closed") end
  if level == 2 or self.version == "1.3" then
    channel.fail("alert", "the peer has sent the alert " .. name, name)
  end
end

--- The next record that is neither an alert nor a change_cipher_spec.
---@return integer kind
---@return string content
function channel:next_record()
  while true do
    local head = need(self, record.HEADER)
    local kind, content = opened(self, head, need(self, bytes.value(head:sub(4))))
    if kind == ALERT then
      heard_alert(self, content)
    elseif kind ~= CHANGE_CIPHER_SPEC then
      return kind, content
    elseif self.version == "1.2" and self.next_reading then
      self.reading, self.next_reading = self.next_reading(), nil
    end
  end
end

-- The first message of those that are pending; nil while it is not all there.
local function cut_message(self)
  if #self.pending < 4 then return nil end
  local size = 4 + bytes.value(self.pending:sub(2, 4))
  if #self.pending < size then return nil end
  local message = self.pending:sub(1, size)
  self.pending = self.pending:sub(size + 1)
  return message
end

--- The next handshake message, counted among those so far.
---@return string name
---@return string body
---@return string before  the messages ahead of it
function channel:hear()
  local message = cut_message(self)
  while not message do
    local kind, content = self:next_record()
    if kind ~= HANDSHAKE then
      channel.fail("protocol", ("a record of kind %d in the handshake"):format(kind))
    end
    self.pending = self.pending .. content
    message = cut_message(self)
  end
  local before = self.transcript
  self.transcript = before .. message
  return numbers.messages[message:byte()] or tostring(message:byte()), message:sub(5), before
end

return channel
