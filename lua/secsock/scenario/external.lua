--- An end that is not secsock's: a program, or a server that runs already. It is connected over
-- loopback; what goes over that connection goes over the wire of the run.
local core = require "secsock.core"
local check = require "secsock.check"
local clocks = require "secsock.scenario.clock"
local process = require "secsock.scenario.process"
local relay = require "secsock.scenario.relay"

---@class secsock.scenario.external
---@field command? string|string[]
---@field input? string
---@field host? string
---@field port? integer
local external = {}
external.__index = external

local START = 30    -- seconds: for a program to listen, or to connect
local PATIENCE = 10 -- seconds: for a program to end
local LINGER = 0.1  -- seconds: for a server to say what it has to, after the connection
local TURN = 0.01   -- seconds between two looks

-- -------------------------------------------------------------------------------- its description

local known = { input = "string", host = "string", port = "number" }

--- Describes an end: a list of words or a text for the shell, in which $port stands for the port to
-- listen on or to connect to, and `input`, which the program reads, with $port too. Or a host and a
-- port.
---@param from string|{ [integer]: string, input?: string, host?: string, port?: integer }
---@return secsock.scenario.external
function external.new(from)
  if type(from) == "string" then from = { "sh", "-c", from } end
  check.argument(1, "external", from, "table")
  local options, words = {}, {}
  for key, value in pairs(from) do
    if type(key) == "number" then words[key] = value else options[key] = value end
  end
  check.inner_options(options, known)
  if (#words > 0) == (options.port ~= nil) then
    error("a program's words or a port expected", 0)
  end
  return setmetatable({
    words = words, input = options.input, host = options.host or "127.0.0.1", port = options.port,
  }, external)
end

--- Whether an end is described so.
function external.is(value)
  return getmetatable(value) == external
end

-- --------------------------------------------------------------------------------- its connection

local foreign = {}
foreign.__index = foreign

local OTHER = { client = "server", server = "client" }

-- Looks again and again until `found` gives something; nil when it takes too long, and what else it
-- has given.
local function await(found, seconds)
  local ends = core.now() + (seconds or PATIENCE)
  local result, why
  repeat
    result, why = found()
    if result then return result end
    clocks.sleep(TURN)
  until core.now() > ends
  return nil, why
end

local function start(self, port)
  local function filled(text) return (text:gsub("%$port", tostring(port))) end
  local words = {}
  for i, word in ipairs(self.is.words) do words[i] = filled(word) end
  self.process = process.new(words, self.is.input and filled(self.is.input))
  self.process:start()
  self:note("is %s", table.concat(words, " "))
end

-- A connection to it; nil, and what is in the way.
local function connected(self, port)
  local s, _, details = relay.connect(self.is.host, port, START)
  return s, details
end

-- A port for a program, below those that the system gives out by itself. Nobody is there if one can
-- listen: who connected would be a visitor to somebody else's server.
local function free_port()
  local port, s
  repeat
    port = 20000 + math.floor(core.now() * 1e6) % 12000
    s = relay.listen(port)
  until s
  s:close()
  return port
end

-- Awaits what `found` gives, while the program runs; nil, and why there is nothing. What is no
-- program of ours runs already, or does not.
local function reached(self, found)
  if not self.process then return found() end
  local ended
  local s, why = await(function()
    local result, reason = found()
    ended = not result and self.process:status()
    return result or ended, reason
  end, START)
  if ended then return nil, ("it ends with exit status %d"):format(ended) end
  return s, why
end

local reach = {}

-- A program may take its time until it listens.
function reach.server(self)
  local port = self.is.port
  if not port then
    port = free_port()
    start(self, port)
  end
  return reached(self, function() return connected(self, port) end)
end

function reach.client(self)
  if self.is.port then error("option 'client': a client is a program, not a port", 0) end
  local s = assert(relay.listen())
  start(self, (select(2, s:getsockname())))
  local accepted, why = reached(self, function()
    return (s:accept()), "it does not connect"
  end)
  s:close()
  return accepted, why
end

--- An end that is not connected yet.
function foreign.new(stage, role, is)
  return setmetatable({
    stage = stage, role = role, is = is, phase = "before",
    result = {
      role = role, external = true, secure = false, states = {}, hooks = 0,
      received = { before = "", after = "", later = "" },
      sent = { before = "", after = "", later = "" },
    },
  }, foreign)
end

function foreign:note(format, ...)
  self.stage.report:add(self.role, format, ...)
end

-- Gives the wire what it has said. When TLS begins can be seen.
local function pass_on(self, bytes)
  if bytes:find "^[\20-\23]\3" then self.phase = "after" end
  local other = self.stage.ends[OTHER[self.role]].result
  self.line:put(bytes, { tls = self.phase == "after", secure = other.secure, closing = false })
end

--- Starts the program, if it is one, and connects.
function foreign:begin()
  local s, why = reach[self.role](self)
  if s then
    self.relay = relay.new(s, function(bytes) pass_on(self, bytes) end)
    return
  end
  local said = self.process and self.process:output() or ""
  error(("the %s cannot be reached: %s%s"):format(self.role, said, tostring(why)), 0)
end

--- Whether nothing more is to be expected of it. `alone`: the other end has finished.
function foreign:is_over(alone, now)
  if self.relay.deaf then return true end
  if not alone then return false end
  self.patience = self.patience or now + (self.role == "client" and PATIENCE or LINGER)
  return now >= self.patience
end

--- Stops the program, and writes down what it said. `patiently`: a client may come to its own end.
function foreign:stop(patiently)
  if self.stopped then return end
  self.stopped = true
  if self.relay then self.relay:close() end
  local result = self.result
  if self.process then
    if patiently and self.role == "client" then
      await(function() return self.process:status() end)
    end
    result.output, result.status = self.process:stop(await)
  end
  if (result.status or 0) == 0 then
    result.ok = true
  else
    result.err = ("exit status %d"):format(result.status)
    result.details = { message = result.output }
  end
  self:note("ends: %s", result.status and "exit status " .. result.status or "stopped")
end

external.foreign = foreign

return external
