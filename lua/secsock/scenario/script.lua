--- What an end does: a function of an actor, which may say, expect, upgrade …, one after the other.
--
--     script = function(me)
--       me:expect "^220 "
--       me:say "STARTTLS"
--       me:expect "^220 "
--       me:upgrade()
--     end
--
-- The same as a list: { { "expect", "^220 " }, { "say", "STARTTLS" }, …, "upgrade" }; a function in
-- it is called with the actor. Whatever fails ends the script, and is the result of this end. What
-- may fail is done by way of me.socket, whose methods return nil, a word and details.
local starttls = require "secsock.starttls"
local report = require "secsock.scenario.report"

local unpack = unpack or table.unpack

---@class secsock.scenario.actor
---@field role "client"|"server"
---@field socket secsock.socket
local actor = {}
actor.__index = actor

-- ------------------------------------------------------------------------------------- failing

local failure = { __tostring = function(self) return self.err end }

--- Ends the script, with a word of one's own: "failed" unless said.
---@param err? string
---@param message? string|table
function actor:fail(err, message) -- luacheck: ignore 212
  local details = type(message) == "string" and { message = message } or message
  error(setmetatable({ err = tostring(err or "failed"), details = details }, failure), 0)
end

-- Passes on the results of a method, or ends the script.
local function done(self, ok, err, details, ...)
  if ok then return ok, err, details, ... end
  local about = type(details) == "table" and details or self.socket:lasterror()
  return self:fail(err, about or ("the socket says: " .. tostring(err)))
end

-- -------------------------------------------------------------------------------------- the verbs

--- Sends bytes.
---@param data string
function actor:send(data) return done(self, self.socket:send(data)) end

--- Sends a line.
---@param text string
function actor:say(text) return done(self, self.socket:send(text .. "\r\n")) end

---@param pattern? "*l"|"*a"|integer
---@return string
function actor:receive(pattern) return (done(self, self.socket:receive(pattern))) end

--- Receives a line, which must match a pattern of Lua's.
---@param pattern? string
---@return string line
function actor:expect(pattern)
  local line = self:receive "*l"
  local fine, found = pcall(string.find, line, pattern or "")
  if not fine then error(("expect %s: %s"):format(report.quote(pattern), found), 0) end
  if not found then
    self:fail("unexpected", ("expected %s, got %s"):format(report.quote(pattern),
                                                          report.quote(line)))
  end
  return line
end

--- Awaits that the other end closes, and says nothing before.
function actor:expect_close()
  local data, err = self.socket:receive(1)
  if data then self:fail("unexpected", "expected the end, got " .. report.quote(data)) end
  if err ~= "closed" then done(self, nil, err) end
end

---@param name? string
function actor:upgrade(name) return done(self, self.socket:upgrade(name)) end

function actor:downgrade() return done(self, self.socket:downgrade()) end

function actor:shutdown() return done(self, self.socket:shutdown "send") end

function actor:close() return self.socket:close() end

--- Is gone, without a close_notify.
function actor:reset() self.endpoint:reset() end

--- Lets time pass: in a run over memory, none of anybody's.
---@param seconds number
function actor:sleep(seconds) self.endpoint.stage:sleep(seconds) end

-- ----------------------------------------------------------------------------------- ready scripts

local script = { failure = failure }

-- A word in each direction, and a proper end.
local function talk(me)
  if me.role == "client" then
    me:say "ping"
    me:expect "^pong$"
    me:close()
  else
    me:expect "^ping$"
    me:say "pong"
    me:expect_close()
  end
end

-- What servers are asked once more after the upgrade, and what they say to that.
local function ehlo(me)
  me:expect "^%a+"
  me:say "250-localhost\r\n250 SIZE 1000"
end

local again = {
  smtp = ehlo,
  lmtp = ehlo,
  imap = function(me)
    local tag = me:expect " CAPABILITY$":match "^%S+"
    me:say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" .. tag .. " OK done")
  end,
  pop3 = function(me)
    me:expect "^CAPA$"
    me:say "+OK\r\nUSER\r\n."
  end,
  ftp = function(me)
    me:expect "^FEAT$"
    me:say "211-Features\r\n SIZE\r\n211 End"
  end,
  nntp = function(me)
    me:expect "^CAPABILITIES$"
    me:say "101 Capability list:\r\nVERSION 2\r\nREADER\r\n."
  end,
  xmpp = function(me)
    local heard = ""
    repeat heard = heard .. me:receive(1) until heard:find "<[%w:]*stream.->$"
    me:send("<stream:stream xmlns='jabber:client' version='1.0' id='2' from='localhost' "
      .. "xmlns:stream='http://etherx.jabber.org/streams'><stream:features>"
      .. "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>"
      .. "</mechanisms></stream:features>")
  end,
}

-- What a dialogue of a server's cannot do without.
local needed = { mysql = { scramble = "abcdefghijklmnopqrst" } }

--- A dialogue of secsock.starttls, for either role, and a word in each direction after it.
---@param protocol string
---@param options? table  of the dialogue
---@return fun(me: secsock.scenario.actor): table session
function script.starttls(protocol, options)
  local dialogue = starttls[protocol]
  if not dialogue then error(("there is no STARTTLS dialogue '%s'"):format(protocol), 0) end
  return function(me)
    local given = options or (me.role == "server" and needed[protocol] or nil)
    local session = (done(me, dialogue[me.role](me.socket, given)))
    if me.role == "server" and again[protocol] then again[protocol](me) end
    talk(me)
    return session
  end
end

--- TLS at once, and a word in each direction.
function script.direct(me)
  me:upgrade()
  talk(me)
end

-- ------------------------------------------------------------------------------------------ lists

-- The function that a list of steps stands for.
local function of_steps(steps)
  for i, step in ipairs(steps) do
    local verb = type(step) == "table" and step[1] or step
    if type(verb) ~= "function" and (type(verb) ~= "string" or not actor[verb]) then
      error(("option 'script': step %d: there is no '%s'"):format(i, tostring(verb)), 0)
    end
  end
  return function(me)
    local result
    for _, step in ipairs(steps) do
      if type(step) == "function" then
        result = step(me)
      elseif type(step) == "string" then
        result = me[step](me)
      else
        result = me[step[1]](me, unpack(step, 2))
      end
    end
    return result
  end
end

--- The function that an option `script` means: a function, a list of steps, the name of a STARTTLS
-- protocol, or nil for TLS at once. It throws without a place.
function script.of(value, dialogue_options)
  if value == nil then return script.direct end
  if type(value) == "function" then return value end
  if type(value) == "table" then return of_steps(value) end
  return script.starttls(value, dialogue_options)
end

--- Who acts at an end.
function script.actor(endpoint)
  local me = { role = endpoint.role, socket = endpoint.socket, endpoint = endpoint }
  return setmetatable(me, actor)
end

return script
