--- One end of a run: its socket, as its script sees it, and what is written down about it.
local core = require "secsock.core"
local secsock = require "secsock"
local watch = require "secsock.watch"
local hostile = require "secsock.scenario.hostile"
local relay = require "secsock.scenario.relay"

---@class secsock.scenario.endpoint
---@field role "client"|"server"
---@field s secsock.socket
---@field socket table   the same, watched: what scripts and dialogues use
---@field phase "before"|"after"|"later"  the upgrade; later: than the downgrade
---@field tells boolean  its socket tells what happens: of TLS that is not secsock's it cannot
---@field result secsock.scenario.result
local endpoint = {}
endpoint.__index = endpoint

--- What became of one end.
---@class secsock.scenario.result
---@field role "client"|"server"
---@field ok? true          its script ran to its end
---@field err? string       else why it did not: a socket's word, or "unexpected"
---@field details? table    with a message
---@field alert? string     sent or received
---@field alert_received? boolean
---@field verdict? secsock.verdict
---@field secure boolean    an upgrade was successful
---@field upgrade? string   the word that an upgrade failed with
---@field info? secsock.info
---@field received { before: string, after: string, later: string }  the upgrade, the downgrade
---@field sent { before: string, after: string, later: string }
---@field states string[]   gone through
---@field hooks integer     how often its hook was asked
---@field returned? any     by its script

-- ------------------------------------------------------------------------------------- the socket

local TIMEOUT = 30 -- seconds, of the run's clock, that a call may wait

-- Options that may hold what secsock.mint has made.
local minted = { trust = true, identity = true, intermediates = true, disallowed = true }

-- A CA or a certificate of secsock.mint's, or a table with such, as secsock.new takes it; nil, a
-- word and details where secsock cannot read it.
local function material(value)
  if type(value) ~= "table" then return value end
  if type(value.cert) == "function" then return value:cert() end
  local list = {}
  for key, one in pairs(value) do
    local cert, err, details = material(one)
    if err then return nil, err, details end
    list[key] = cert
  end
  return list
end

-- Passes on what a method of the socket has come to, or throws.
local function begun(self, ok, err, details)
  if ok then return ok end
  error(("the %s cannot begin: %s: %s"):format(self.role, err, tostring(details)), 0)
end

-- Has the calls of a hook counted.
local function watched_hook(self, hook)
  return function(s, verdict)
    self.result.hooks = self.result.hooks + 1
    self:note "asks its hook"
    return hook(s, verdict)
  end
end

-- The options of an end as secsock.new takes them; nil, a word and details.
local function socket_options(self, options)
  local given = { timeout = TIMEOUT }
  for name, value in pairs(options) do
    local err, details
    if minted[name] then value, err, details = material(value) end
    if err then return nil, err, details end
    given[name] = value
  end
  given.script, given.starttls, given.trace, given.hostile = nil, nil, nil, nil
  given.defer = true
  if given.hook then given.hook = watched_hook(self, given.hook) end
  return given
end

local function make_socket(self, options)
  local fine, s = true, nil
  local given, err, details = socket_options(self, options)
  if given then fine, s, err, details = pcall(secsock.new, given) end
  if fine and s then
    return options.hostile and hostile.socket(options.hostile, s, self.role) or s
  end
  local why = fine and ("%s: %s"):format(err, tostring(details)) or s
  error(("the %s cannot be made: %s"):format(self.role, why), 0)
end

-- Has the run hear what happens on the socket; and whoever else wants to.
local function listen(self)
  begun(self, watch.follow(self.s, function(trace, s)
    self.stage.report:take(trace, function(event)
      if self.listener then self.listener(event, s) end
      return self.stage:hears(self.role, event)
    end)
    if self.listener then self.stage.report:all() end
  end, true))
end

local watched = {}

-- All that is not watched is the socket's own.
local function watched_socket(self)
  return setmetatable({}, {
    __index = function(_, name)
      if watched[name] then
        return function(_, ...) return watched[name](self, ...) end
      end
      local value = self.s[name]
      if type(value) ~= "function" then return value end
      return function(_, ...) return value(self.s, ...) end
    end,
  })
end

--- An end that is not connected yet. It throws without a place.
function endpoint.new(stage, role, options)
  local self = setmetatable({
    stage = stage, role = role, phase = "before", has_hook = options.hook ~= nil,
    listener = options.trace, tells = options.hostile == nil,
    result = {
      role = role, secure = false, states = {}, hooks = 0,
    },
    kept = {
      received = { before = {}, after = {}, later = {} },
      sent = { before = {}, after = {}, later = {} },
    },
  }, endpoint)
  self.s = make_socket(self, options)
  if self.tells then listen(self) end
  self.socket = watched_socket(self)
  return self
end

--- Its socket, without TLS that is not secsock's.
---@return secsock.socket
function endpoint:plain() return self.s.plain or self.s end

--- Notes what this end does.
function endpoint:note(format, ...)
  self.stage.report:add(self.role, format, ...)
end

-- -------------------------------------------------------------------------------------- connecting

local reach = {}

-- The wire's side of a connection that a client makes.
function reach.client(self)
  local listener = assert(relay.listen())
  begun(self, self.s:connect("127.0.0.1", (select(2, listener:getsockname()))))
  listener:settimeout(TIMEOUT)
  local theirs = begun(self, listener:accept())
  listener:close()
  return theirs
end

-- The same of one that a server accepts, whose listener was its socket until now.
function reach.server(self)
  local listener = self.s
  begun(self, listener:listen("127.0.0.1", 0))
  local _, port = listener:getsockname()
  local theirs = begun(self, relay.connect("127.0.0.1", port, TIMEOUT))
  self.s = begun(self, listener:accept())
  self.s:settimeout((listener:gettimeout()))
  if self.tells then listener:trace(nil) end -- that it closes is no part of the run
  listener:close()
  return theirs
end

-- Gives the wire what has been said over a connection, each part as it was when that was sent.
local function pass_on(self, bytes)
  while bytes ~= "" do
    local mark = self.marks[1] or { upto = math.huge, how = self:how() }
    local part = bytes:sub(1, math.min(#bytes, mark.upto - self.passed))
    if part == "" then
      table.remove(self.marks, 1)
    else
      self.passed, bytes = self.passed + #part, bytes:sub(#part + 1)
      self.line:put(part, mark.how)
    end
  end
end

--- Connects it with the wire: over memory, or over "tcp".
function endpoint:begin(over)
  if over == "memory" then return begun(self, self.s:attachmemory(self.role)) end
  self.marks, self.passed = {}, 0
  self.relay = relay.new(reach[self.role](self), function(bytes) pass_on(self, bytes) end)
end

-- ---------------------------------------------------------------------------------------- watching

local function note_state(self)
  local states, state = self.result.states, self.s:state()
  if states[#states] ~= state then states[#states + 1] = state end
end

--- How it is what this end sends now.
---@return { tls: boolean, secure: boolean, closing: boolean }
function endpoint:how()
  local tls, peer = self.phase == "after", self.s.peer
  local closing = self.closing == true or (peer ~= nil and peer.channel.closed)
  return { tls = tls, secure = tls and self.result.secure, closing = tls and closing }
end

-- Notes how it is what has gone over a connection since the last time: up to that byte.
local function mark(self, upto)
  local last = self.marks[#self.marks]
  if upto == (last and last.upto or self.passed) then return end
  self.marks[#self.marks + 1] = { upto = upto, how = self:how() }
end

--- Gives the wire what there is for it; or, what goes over a connection first, notes what it is.
function endpoint:flush()
  note_state(self)
  if self.relay then
    mark(self, core.wiresent(self:plain()))
  else
    self.line:put(self.s:drain() or "", self:how())
    if self.s:state() == "closed" then self.line:finish() end
  end
end

--- Something has come over the wire: bytes, or its end.
function endpoint:arrive(bytes, ending)
  if ending == "reset" then
    self.was_reset = true -- the library learns of it where it waits
    self:note "is told of a reset"
  elseif self.s:state() ~= "closed" then
    self.s:feed(bytes)
  end
  self.arrived = true
  self:flush()
end

--- Whether what it waits for may be there.
---@param want "read"|"write"
function endpoint:is_ready(want)
  if self.was_reset then return true end
  if not self.relay then return want == "write" or self.arrived end
  return core.poll(self.s:getfd(), want, 0) == true
end

-- Law 9: how something failed is never said by nothing.
local function check_error(self, what, err, details)
  if type(err) ~= "string" or err == "" then
    self.stage.laws:cross(9, self.role, "%s fails without a word", what)
  elseif type(details) == "table" and (details.message or "") == "" then
    self.stage.laws:cross(9, self.role, "%s fails without a message: %s", what, err)
  end
end

-- Law 5: nothing works after a failed upgrade.
local function check_dead(self, what, count)
  if self.dead and count > 0 then
    self.stage.laws:cross(5, self.role, "%s %d bytes after its upgrade failed", what, count)
  end
end

local MOMENT = 0.001 -- seconds

-- A call that must not wait and finds nothing takes a moment all the same: or a script that polls
-- would do so for ever, and the clock would stand still.
local function pause(self, err)
  if err ~= "timeout" then return end
  local block, total = self.s:gettimeout()
  if block == 0 or total == 0 then self.stage:sleep(MOMENT) end
end

-- Writes down what was sent or received: in pieces, because some talk without end.
local function keep(self, what, bytes)
  local pieces = self.kept[what][self.phase]
  pieces[#pieces + 1] = bytes
end

local function joined(kept)
  local phases = {}
  for phase, pieces in pairs(kept) do phases[phase] = table.concat(pieces) end
  return phases
end

function watched.send(self, data, ...)
  local last, err, at = self.s:send(data, ...)
  local from = tonumber((...)) or 1
  local gone = tostring(data):sub(from, last or at or 0)
  keep(self, "sent", gone)
  if not last then
    self:note("cannot send: %s", err)
    check_error(self, "send", err)
  end
  check_dead(self, "sent", #gone)
  self:flush()
  return last, err, at
end

function watched.trace(self, listener)
  self.listener = listener
  return 1
end

-- Over memory the library does not learn of a reset: it has waited, and that is over.
function watched.lasterror(self)
  local details = self.s:lasterror()
  if self.was_reset and details and (details.code or ""):find "^SECSOCK_WANT_" then
    return core.newerror("SECSOCK_E_RESET", "the peer broke off the connection")
  end
  return details
end

-- Law 6: the end of data is told apart from a cut.
local function check_end(self, err)
  local told = self.stage:was_notified(self.role)
  if err == "closed" and self.phase == "after" and told == false and self.result.secure
    and self.s:state() ~= "closed" then
    self.stage.laws:cross(6, self.role, "takes a cut for the end of the data")
  end
end

function watched.receive(self, pattern, prefix)
  local data, err, partial = self.s:receive(pattern, prefix)
  local got = (data or partial or ""):sub(#tostring(prefix or "") + 1)
  local line = data and (pattern == nil or tostring(pattern):sub(1, 2) == "*l")
  keep(self, "received", line and got .. "\n" or got)
  if not data then
    self:note("receives no more: %s", err)
    check_error(self, "receive", err)
    check_end(self, err)
  elseif tostring(pattern):sub(1, 2) == "*a" then
    check_end(self, "closed")
  end
  check_dead(self, "received", #got)
  self:flush()
  pause(self, err)
  return data, err, partial
end

-- Writes down what became of an upgrade.
local function upgraded(self, ok, err, details)
  local s, result = self.s, self.result
  result.verdict = s:verdict()
  if ok then
    result.secure, result.info = true, s:info()
    return
  end
  if s:state() ~= "failed" then self:note("cannot upgrade: %s", tostring(details)) end
  check_error(self, "upgrade", err, details)
end

-- Laws 3 and 7: what an upgrade that is over has seen to. Its hook had been asked `before` times.
local function check_judged(self, before, ok)
  local asked = self.result.hooks - before
  if self.has_hook and (asked > 1 or (ok and asked == 0)) then
    self.stage.laws:cross(3, self.role, "asked its hook %d times in an upgrade", asked)
  end
  local verdict, options = self.result.verdict, self.stage.options[self.role]
  if ok and options.clientauth == "require" and not (verdict and #verdict:chain() > 0) then
    self.stage.laws:cross(7, self.role, "requires a certificate and accepts a client without")
  end
end

-- An upgrade begins, or is gone on with: how it is in the meantime.
local function begin_upgrade(self)
  if self.upgrading then return end
  self.upgrading = { phase = self.phase, hooks = self.result.hooks }
  self.phase = "after"
end

-- It is over.
local function end_upgrade(self, ok, err)
  local before = self.upgrading
  self.upgrading = nil
  check_judged(self, before.hooks, ok)
  if ok then return end
  self.result.upgrade = err
  -- What was not even begun is no failed upgrade.
  if err == "no peer name" then self.phase = before.phase else self.dead = true end
end

function watched.upgrade(self, name)
  if self.s:state() == "secure" then return self.s:upgrade(name) end
  self:flush()
  begin_upgrade(self)
  local ok, err, details = self.s:upgrade(name)
  if err == "reset" then details = watched.lasterror(self) end
  self:flush()
  upgraded(self, ok, err, details)
  if err ~= "timeout" then end_upgrade(self, ok, err) end
  pause(self, err)
  return ok and self.socket, err, details
end

-- Calls a method that ends what this end sends: what it still says tells the peer so.
local function ending(self, method, ...)
  self:flush()
  self.closing = true
  local ok, err, details = method(self.s, ...)
  self:flush()
  self.closing = nil
  return ok, err, details
end

function watched.downgrade(self)
  local ok, err, details = ending(self, self.s.downgrade)
  if not ok then self:note("cannot downgrade: %s", tostring(err)) end
  if ok then self.phase = "later" end
  return ok and self.socket, err, details
end

function watched.shutdown(self, direction)
  self:note "shuts down"
  return ending(self, self.s.shutdown, direction)
end

function watched.close(self)
  if self.s:state() == "closed" then return 1 end
  ending(self, self.s.close)
  self.closed = true
  return 1
end

--- Is gone without a word: what its socket says in closing reaches nobody.
function endpoint:reset()
  self:note "resets the connection"
  if self.tells then self.s:trace(nil) end
  self:plain():capture(nil)
  self.s:close()
  note_state(self)
  self.closed = true
  self.line:reset()
end

--- Writes down how its script ended: with a failure, or with what it returned.
function endpoint:finish(failure, returned)
  local result = self.result
  if failure then
    result.err, result.details = failure.err, failure.details
    local message = failure.err ~= result.upgrade and failure.details and failure.details.message
    self:note("gives up: %s%s", failure.err, message and ": " .. message or "")
  else
    result.ok, result.returned = true, returned
  end
  local details = type(result.details) == "table" and result.details
    or watched.lasterror(self) or {}
  result.alert, result.alert_received = details.alert, details.alert_received
  result.verdict = result.verdict or details.verdict
  result.received, result.sent = joined(self.kept.received), joined(self.kept.sent)
  watched.close(self)
end

return endpoint
