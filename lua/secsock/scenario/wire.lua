--- The wire between two ends: a line in each direction, with what is wrong with it.
--
-- What an end sends is taken apart into lines of plaintext and TLS records, goes through the
-- filters of secsock.scenario.fault, and arrives in pieces, each at its time.
local check = require "secsock.check"
local fault = require "secsock.scenario.fault"
local record = require "secsock.tls.record"

local line = {}
line.__index = line

local SENDER = { to_client = "server", to_server = "client" }

local function new_line(stage, direction, faults)
  local self = setmetatable({
    stage = stage, direction = direction, sender = SENDER[direction], faults = faults,
    queue = {},          -- pieces on their way: the first-th to the last-th
    first = 1, last = 0,
    out = {},            -- units that are to become pieces
    rest = "",           -- of a record that is not all there
    records = 0, lines = 0, sent = 0,
  }, line)
  self.filters, self.idle = fault.filters(faults, self)
  return self
end

--- Notes what the wire does.
function line:note(format, ...)
  self.stage.report:put {
    kind = "wire", who = "wire", direction = self.direction, text = format:format(...),
  }
end

-- --------------------------------------------------------------------------------------- sending

-- Passes a unit through the filters from the index-th on.
local function pass(self, unit, index)
  local filter = self.filters[index]
  if not filter then
    if not (self.ended or self.ending) then self.out[#self.out + 1] = unit end
    return
  end
  filter(unit, function(next_unit) pass(self, next_unit, index + 1) end)
end

local function push(self, piece)
  self.last = self.last + 1
  self.queue[self.last] = piece
end

-- Puts a piece on its way.
local function enqueue(self, bytes, closing)
  local now = self.stage.clock:now()
  local last = self.queue[self.last]
  if last and self.faults.join and last.bytes then
    last.bytes, last.closing = last.bytes .. bytes, closing
    return
  end
  local due = now + (self.faults.delay or 0) + (self.faults.join or 0)
  push(self, { bytes = bytes, due = due, closing = closing })
end

-- How many of `left` bytes are to arrive at once.
local function size_of_piece(self, left)
  local split = self.faults.split
  if type(split) == "number" then return math.min(split, left) end
  if split ~= "random" then return left end
  local random = self.stage.random
  return random:below(random:below(left))
end

local function split(self, bytes, closing)
  local at = 1
  while at <= #bytes do
    local size = size_of_piece(self, #bytes - at + 1)
    enqueue(self, bytes:sub(at, at + size - 1), closing and at + size > #bytes)
    at = at + size
  end
end

-- Makes pieces of what has come through the filters.
local function dispatch(self)
  local parts, closing = {}, false
  for i, unit in ipairs(self.out) do
    parts[i], closing = unit.bytes, closing or unit.closing
    if self.faults.split == "records" then split(self, unit.bytes, unit.closing) end
  end
  self.out = {}
  if self.faults.split ~= "records" then split(self, table.concat(parts), closing) end
  if self.ending then
    push(self, self.ending)
    self.ending, self.ended = nil, true
  end
end

-- The first unit of `bytes` and the rest; nil when there is none yet.
local function cut(bytes, tls)
  if tls then return record.cut(bytes) end
  if bytes == "" then return nil end
  local at = bytes:find("\n", 1, true) or #bytes
  return bytes:sub(1, at), bytes:sub(at + 1)
end

-- A unit, and the counts that it moves on.
local function make_unit(self, bytes, how)
  local unit = {
    bytes = bytes, tls = how.tls, secure = how.secure, closing = false,
    first = self.sent + 1, kind = how.tls and record.kind(bytes) or "line",
  }
  self.sent = self.sent + #bytes
  if how.tls then
    self.records = self.records + 1
    unit.record = self.records
  else
    self.lines = self.lines + 1
    unit.line = self.lines
  end
  return unit
end

--- Takes what the sender has for the other end.
---@param how { tls: boolean, secure: boolean, closing: boolean }
function line:put(bytes, how)
  if bytes == "" or self.ended then return end
  self.stage:overhear(self.sender, bytes, how.tls)
  local units, left = {}, self.rest .. bytes
  local unit, after = cut(left, how.tls)
  while unit do
    units[#units + 1], left = make_unit(self, unit, how), after
    unit, after = cut(left, how.tls)
  end
  self.rest = left
  if how.closing and #units > 0 then units[#units].closing = true end
  for _, one in ipairs(units) do pass(self, one, 1) end
  dispatch(self)
end

--- Sends bytes that the sender knows nothing of.
function line:inject(bytes)
  self:note("has %d bytes of a stranger's", #bytes)
  if not self.ended then split(self, bytes, false) end
end

--- The sender has closed, or the wire behaves as if he had.
function line:finish()
  if self.ended or self.ending or self.stalled then return end
  local due = self.stage.clock:now() + (self.faults.delay or 0)
  self.ending = { ending = "closed", due = due }
  if #self.out == 0 then dispatch(self) end
end

-- Nothing arrives any more, but that the connection is gone.
local function cut_off(self)
  self.out, self.ending, self.ended = {}, nil, true
  self.queue, self.last = {}, self.first - 1
  push(self, { ending = "reset", due = self.stage.clock:now() })
end

--- The connection is gone, in both directions.
function line:reset()
  cut_off(self)
  cut_off(self.other)
end

-- ------------------------------------------------------------------------------------- receiving

--- When the next piece arrives; nil for never.
function line:due()
  local next_one = self.queue[self.first]
  return next_one and next_one.due
end

--- Brings the next piece.
function line:deliver()
  local piece = self.queue[self.first]
  self.queue[self.first] = nil
  self.first = self.first + 1
  if piece.closing then self.notified = true end
  self.receiver:arrive(piece.bytes, piece.ending)
end

--- All is over: notes which faults there was no occasion for, those of both directions if there was
-- none in either.
function line:finish_faults()
  for word, value in pairs(self.faults) do
    local elsewhere = value == self.other.faults[word] and not self.other.idle[word]
    if self.idle[word] and not elsewhere then self:note("%s", fault.unused(word, value)) end
  end
end

-- ------------------------------------------------------------------------------------------ both

local function merged(both, one)
  local all = {}
  for word in pairs(fault.known) do all[word] = both[word] end
  for word, value in pairs(one) do all[word] = value end
  return all
end

-- Checks the faults of one direction, or of both, and puts a lone function where it belongs.
local function faults_of(given, known, name)
  if type(given) == "function" then return { man = given } end
  fault.check(check.inner_options(given, known, name))
  return given
end

local for_both = { to_client = "table|function", to_server = "table|function" }
for word, kind in pairs(fault.known) do for_both[word] = kind end

--- The lines of a wire, by direction. `options` are faults of both directions, and those of one as
-- `to_client` and `to_server`; or a man in the middle. It throws without a place.
---@class secsock.scenario.wire: secsock.scenario.faults
---@field to_client? secsock.scenario.faults|secsock.scenario.man
---@field to_server? secsock.scenario.faults|secsock.scenario.man
local function lines(stage, options)
  local both = faults_of(options or {}, for_both, "wire")
  local made = {}
  for direction in pairs(SENDER) do
    local one = faults_of(both[direction] or {}, fault.known, "wire." .. direction)
    made[direction] = new_line(stage, direction, merged(both, one))
  end
  made.to_client.other, made.to_server.other = made.to_server, made.to_client
  return made
end

return { lines = lines }
