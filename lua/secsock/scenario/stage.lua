--- Where a run takes place: two ends, the wire between them, a clock, and the order in which things
-- happen. Whatever could happen next is put in a row, and the seed's numbers choose.
local core = require "secsock.core"
local secsock = require "secsock"
local clocks = require "secsock.scenario.clock"
local endpoint = require "secsock.scenario.endpoint"
local external = require "secsock.scenario.external"
local laws = require "secsock.scenario.laws"
local random = require "secsock.scenario.random"
local report = require "secsock.scenario.report"
local script = require "secsock.scenario.script"
local wire = require "secsock.scenario.wire"

---@class secsock.scenario.stage
local stage = {}
stage.__index = stage

local ROLES = { "client", "server" }
local TOWARDS = { client = "to_client", server = "to_server" }
local OTHER = { client = "server", server = "client" }

-- ------------------------------------------------------------------------------------ connecting

local connect = {}

-- Passes on what a method of an end's socket has come to, or throws.
local function begun(role, ok, err, details)
  if ok then return ok end
  error(("the %s cannot begin: %s: %s"):format(role, err, tostring(details)), 0)
end

-- Both ends over memory, and the wire in between.
function connect.memory(self)
  self.lines = wire.lines(self, self.options.wire)
  for _, role in ipairs(ROLES) do
    local one = self.ends[role]
    if self.tasks[role].foreign then
      one:begin()
    else
      begun(role, one.s:attachmemory(role))
    end
    one.line = self.lines[TOWARDS[OTHER[role]]]
    self.lines[TOWARDS[role]].receiver = one
  end
end

-- Both over loopback; the wire is the system's.
function connect.tcp(self)
  if self.options.wire then error("option 'wire': only over memory", 0) end
  local client, server = self.ends.client, self.ends.server
  local listener = server.s
  begun("server", listener:listen("127.0.0.1", 0))
  local _, port = listener:getsockname()
  begun("client", client.s:connect("127.0.0.1", port))
  server.s = begun("server", listener:accept())
  server.s:settimeout((listener:gettimeout()))
  listener:close()
end

--- Whether it has arrived at that end that its peer has ended properly what it sends; nil where
-- that cannot be known.
function stage:was_notified(role)
  if self.tasks[OTHER[role]].foreign then return nil end
  if self.lines then return self.lines[TOWARDS[role]].notified == true end
  return self.ends[OTHER[role]].closed == true
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

--- Lets time pass for the end whose script is running.
function stage:sleep(seconds)
  suspend(self, "time", seconds)
end

local function is_late(self, task)
  return task.ends ~= nil and self.clock:now() >= task.ends
end

-- Whether what a task waits for is there.
local function is_ready(self, task)
  local want, one = task.want, task.endpoint
  if task.foreign then return one:has_news() end
  if want == "verdict" then return self.moves > task.moves end
  if want == "time" then return is_late(self, task) end
  if want == "start" or one.was_reset then return true end
  if one.line then return want == "write" or one.arrived end
  return core.poll(one.s:getfd(), want, 0) == true
end

-- -------------------------------------------------------------------------------------- happening

-- What a script that waits is resumed with.
local function answer_to(self, task)
  if task.want == "start" then return script.actor(task.endpoint) end
  if task.endpoint.was_reset and task.want ~= "time" then return nil, "reset" end
  if not is_ready(self, task) then return nil, "timeout" end
  return true
end

-- A script is over: with a value, by a failure, or by a mistake in it.
local function conclude(task, ok, value)
  task.done = true
  if ok then return task.endpoint:finish(nil, value) end
  if getmetatable(value) == script.failure then return task.endpoint:finish(value) end
  if type(value) == "string" then value = debug.traceback(task.thread, value) end
  error(value, 0)
end

-- Goes on with the script of an end, or hears what a program says.
local function resume(self, task)
  if task.foreign then return task.endpoint:take() end
  self.current = task
  local ok, value = coroutine.resume(task.thread, answer_to(self, task))
  self.current = nil
  if coroutine.status(task.thread) == "dead" then conclude(task, ok, value) end
end

-- All that could happen now: functions.
local function possible(self)
  local actions = {}
  for _, role in ipairs(ROLES) do
    local task = self.tasks[role]
    if not task.done and (is_ready(self, task) or is_late(self, task)) then
      actions[#actions + 1] = function() resume(self, task) end
    end
    local line = self.lines and self.lines[TOWARDS[role]]
    local due = line and line:due()
    if due and due <= self.clock:now() then
      actions[#actions + 1] = function() line:deliver() end
    end
  end
  return actions
end

-- When, at the latest, something will be possible; and what may be before.
local function next_moment(self)
  local moment, fd, want = math.huge, nil, nil
  for _, role in ipairs(ROLES) do
    local task = self.tasks[role]
    if not task.done then
      moment = math.min(moment, task.ends or math.huge)
      fd = task.endpoint:fd() or fd
      want = task.endpoint:fd() and task.want or want
    end
    local due = self.lines and self.lines[TOWARDS[role]]:due()
    moment = math.min(moment, due or math.huge)
  end
  return moment, fd, want == "write" and "write" or "read"
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
    local heard = self.lines and not self.lines[TOWARDS[role]]:due()
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
      local moment, fd, want = next_moment(self)
      if moment == math.huge and not self.clock.is_real then
        give_up(self)
      else
        self.clock:idle(moment, fd, want)
      end
    end
  end
end

-- Runs with the module's waiting and clock replaced, for the sockets of this run.
local function with_time(self)
  local wait, now = secsock.wait, secsock.now
  local ours = {}
  for _, role in ipairs(ROLES) do ours[self.ends[role].s] = not self.tasks[role].foreign end
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
  connect[over](self)
  with_time(self)
end

-- Ends what runs outside of this process.
local function stop(self)
  for _, role in ipairs(ROLES) do
    local task = self.tasks[role]
    if task and task.foreign then task.endpoint:stop() end
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
  local over, seed = options.transport or "memory", options.seed or 1
  local self = setmetatable({ options = options, moves = 0, ends = {}, tasks = {} }, stage)
  local outside = over ~= "memory" or external.is(options.client) or external.is(options.server)
  self.clock = outside and clocks.real() or clocks.virtual()
  self.random = random.new(seed)
  self.report = report.new(self.clock)
  self.laws = laws.new(self.report)
  local ok, err = pcall(perform, self, over)
  stop(self)
  if not ok then error(err, 0) end
  check_received(self)
  return {
    client = self.ends.client.result, server = self.ends.server.result, seed = seed,
    seconds = self.clock:now(), crossed = self.laws.crossed, events = self.report.events,
    report = self.report,
  }
end

return stage
