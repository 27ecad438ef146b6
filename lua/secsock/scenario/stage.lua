--- Where a run takes place: two ends, the wire between them, a clock, and the order in which things
-- happen. Whatever could happen next is put in a row, and the seed's numbers choose.
local secsock = require "secsock"
local clocks = require "secsock.scenario.clock"
local endpoint = require "secsock.scenario.endpoint"
local external = require "secsock.scenario.external"
local laws = require "secsock.scenario.laws"
local random = require "secsock.scenario.random"
local recording = require "secsock.scenario.recording"
local report = require "secsock.scenario.report"
local script = require "secsock.scenario.script"
local trace = require "secsock.trace"
local wire = require "secsock.scenario.wire"

---@class secsock.scenario.stage
local stage = {}
stage.__index = stage

local ROLES = { "client", "server" }
local TOWARDS = { client = "to_client", server = "to_server" }
local OTHER = { client = "server", server = "client" }

-- ------------------------------------------------------------------------------------ connecting

-- Both ends, and the wire in between. A program is always met over a connection.
local function connect(self, over)
  self.lines = wire.lines(self, self.options.wire)
  for _, role in ipairs(ROLES) do
    local one, line = self.ends[role], self.lines[TOWARDS[OTHER[role]]]
    one:begin(over)
    one.line = line
    if one.relay then one.relay.line = line end
    self.lines[TOWARDS[role]].receiver = one.relay or one
  end
end

--- Whether it has arrived at that end that its peer has ended properly what it sends; nil where
-- that cannot be known.
function stage:was_notified(role)
  if self.tasks[OTHER[role]].foreign then return nil end
  return self.lines[TOWARDS[role]].notified == true
end

-- ----------------------------------------------------------------------------------------- waiting

-- The end whose script is running waits.
local function suspend(self, want, seconds)
  local task = self.current
  task.want, task.moves = want, self.moves
  task.ends = seconds and self.clock:now() + seconds
  task.endpoint.arrived = false
  task.endpoint:flush()
  return coroutine.yield()
end

--- Whether something that the socket of an end tells of is not told by the other's: what that end
-- has sent, found and become; and what the other end says where that is not secsock's.
function stage:hears(role, event)
  return event.who == role or not self.ends[OTHER[role]].tells
end

local function is_no_upgrade(event) return event.kind ~= "upgrade" end

local function look_on(self, ...)
  self.onlooker:take(nil, {}, { ... })
  self.report:take(self.onlooker, is_no_upgrade)
end

--- Tells of what an end gives to the wire, as far as it can be seen there, where neither end does.
function stage:overhear(who, bytes, tls)
  if self.ends.client.tells or self.ends.server.tells then return end
  if tls and not self.under_tls[who] then
    if not next(self.under_tls) then look_on(self, "state", "upgrading") end
    self.under_tls[who] = true
    self.report:put { kind = "upgrade", who = who }
  end
  look_on(self, who == "client" and "sent" or "received", bytes)
end

--- Lets time pass for the end whose script is running.
function stage:sleep(seconds)
  suspend(self, "time", seconds)
end

local function is_late(self, task)
  return task.ends ~= nil and self.clock:now() >= task.ends
end

-- Whether what a task waits for is there.
local function is_ready(self, task)
  local want = task.want
  if task.foreign then return false end
  if want == "verdict" then return self.moves > task.moves end
  if want == "time" then return is_late(self, task) end
  return want == "start" or task.endpoint:is_ready(want)
end

-- -------------------------------------------------------------------------------------- happening

-- What a script that waits is resumed with.
local function answer_to(self, task)
  if task.want == "start" then return script.actor(task.endpoint) end
  if task.endpoint.was_reset and task.want ~= "time" then return nil, "reset" end
  if not is_ready(self, task) then return nil, "timeout" end
  return true
end

-- A mistake in a script, with where that was: without the lines of C's and of secsock's own.
local function traced(thread, message)
  local lines = { message }
  for line in debug.traceback(thread):gmatch "\n(%s[^\n]+:%d+:[^\n]*)" do
    if not line:find "lua/[%d./]*secsock/[%w_/]+%.lua:" then lines[#lines + 1] = line end
  end
  return table.concat(lines, "\n")
end

-- A script is over: with a value, by a failure, or by a mistake in it.
local function conclude(task, ok, value)
  task.done = true
  if ok then return task.endpoint:finish(nil, value) end
  if getmetatable(value) == script.failure then return task.endpoint:finish(value) end
  error(type(value) == "string" and traced(task.thread, value) or value, 0)
end

-- Goes on with the script of an end.
local function resume(self, task)
  self.current = task
  local ok, value = coroutine.resume(task.thread, answer_to(self, task))
  self.current = nil
  if coroutine.status(task.thread) == "dead" then conclude(task, ok, value) end
end

-- All that could happen now: functions.
local function possible(self)
  local actions = {}
  for _, role in ipairs(ROLES) do
    local task, relay = self.tasks[role], self.ends[role].relay
    if not task.done and (is_ready(self, task) or is_late(self, task)) then
      actions[#actions + 1] = function() resume(self, task) end
    end
    if relay and relay:has_news() then
      actions[#actions + 1] = function() relay:move() end
    end
    local line = self.lines[TOWARDS[role]]
    local due = line:due()
    if due and due <= self.clock:now() then
      actions[#actions + 1] = function() line:deliver() end
    end
  end
  return actions
end

-- When, at the latest, something will be possible; and what may say something before.
local function next_moment(self)
  local moment, fd = math.huge, nil
  for _, role in ipairs(ROLES) do
    local task, relay = self.tasks[role], self.ends[role].relay
    local ends = not task.done and task.ends or math.huge
    moment = math.min(moment, ends, self.lines[TOWARDS[role]]:due() or math.huge)
    fd = relay and relay:fd() or fd
  end
  return moment, fd
end

-- Nothing will ever happen any more: whoever waits, waits in vain.
local function give_up(self)
  for _, role in ipairs(ROLES) do
    local task = self.tasks[role]
    if not task.done then
      self.report:add(role, "waits for ever")
      task.ends = self.clock:now()
    end
  end
end

-- Ends the part of a program that has nothing more to say, and hears nothing more.
local function settle(self)
  for _, role in ipairs(ROLES) do
    local task, other = self.tasks[role], self.tasks[OTHER[role]]
    local heard = not self.lines[TOWARDS[role]]:due()
    if task.foreign and not task.done and heard then
      task.done = task.endpoint:is_over(other.done, self.clock:now())
    end
  end
end

local function play(self)
  while not (self.tasks.client.done and self.tasks.server.done) do
    settle(self)
    local actions = possible(self)
    if #actions > 0 then
      self.moves = self.moves + 1
      actions[#actions == 1 and 1 or self.random:below(#actions)]()
    else
      local moment, fd = next_moment(self)
      if moment == math.huge and not self.clock.is_real then
        give_up(self)
      else
        self.clock:idle(moment, fd)
      end
    end
  end
end

-- Runs with the module's waiting and clock replaced, for the sockets of this run.
local function with_time(self)
  local wait, now = secsock.wait, secsock.now
  local ours = {}
  for _, role in ipairs(ROLES) do
    if not self.tasks[role].foreign then ours[self.ends[role]:plain()] = true end
  end
  secsock.wait = function(s, want, seconds)
    if not ours[s] then return wait(s, want, seconds) end
    return suspend(self, want, seconds)
  end
  secsock.now = function() return self.clock:now() end
  local ok, err = pcall(play, self)
  secsock.wait, secsock.now = wait, now
  if not ok then error(err, 0) end
end

-- ------------------------------------------------------------------------------------------ a run

-- An end and its script, as a coroutine; or a program, which has its own.
local function prepare(self, role)
  local options = self.options[role]
  if external.is(options) then
    self.ends[role] = external.foreign.new(self, role, options)
    self.tasks[role] = { endpoint = self.ends[role], foreign = true }
    return
  end
  local play_script = script.of(options.script, options.starttls)
  self.ends[role] = endpoint.new(self, role, options)
  self.tasks[role] = {
    endpoint = self.ends[role], want = "start", thread = coroutine.create(play_script),
  }
end

local function perform(self, over)
  for _, role in ipairs(ROLES) do prepare(self, role) end
  local finish_recording = recording.begin(self.options, self.ends)
  connect(self, over)
  with_time(self)
  for _, role in ipairs(ROLES) do self.lines[TOWARDS[role]]:finish_faults() end
  finish_recording()
end

-- Ends what is outside of this process, and the connections. `patiently`: unless all has failed.
local function stop(self, patiently)
  for _, role in ipairs(ROLES) do
    local task, one = self.tasks[role], self.ends[role]
    if task and task.foreign then one:stop(patiently) end
    if one and one.relay then one.relay:close() end
  end
end

-- What was received, where it is known what was sent.
local function check_received(self)
  for _, role in ipairs(ROLES) do
    local receiver, sender = self.ends[role].result, self.ends[OTHER[role]].result
    local known = not (receiver.external or sender.external)
    if known then self.laws:check_received(receiver, sender) end
  end
end

--- Runs a scenario whose options have been checked. It throws without a place.
---@return secsock.scenario.run
function stage.run(options)
  local over, seed = options.transport or "memory", options.seed
  local self = setmetatable({ options = options, moves = 0, ends = {}, tasks = {} }, stage)
  local outside = over ~= "memory" or external.is(options.client) or external.is(options.server)
  self.clock = outside and clocks.real() or clocks.virtual()
  self.random = random.new(seed)
  self.report = report.new(self.clock)
  self.laws = laws.new(self.report)
  self.onlooker, self.under_tls = trace.new("client", 0), {}
  local ok, err = pcall(perform, self, over)
  stop(self, ok)
  if not ok then error(err, 0) end
  check_received(self)
  return {
    client = self.ends.client.result, server = self.ends.server.result, seed = seed,
    seconds = self.clock:now(), crossed = self.laws.crossed, report = self.report,
  }
end

return stage
