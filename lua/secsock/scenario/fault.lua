--- What can be wrong with a wire, one word each. A word makes a filter of its value: a function of
-- a unit, which is a line of plaintext or a TLS record, and of `emit`, which passes units on. It
-- notes what it does, by `note`.
local check = require "secsock.check"
local quote = require "secsock.quote"
local report = require "secsock.scenario.report"

---@class secsock.scenario.unit
---@field bytes string
---@field tls boolean      sent after the upgrade began
---@field record? integer  which TLS record of its direction it is
---@field line? integer    which line of plaintext
---@field kind string      "client_hello", "application_data", …; "line"
---@field first integer    which byte of its direction it begins with
---@field secure boolean   the sender is past the handshake
---@field closing boolean  it says that the sender has closed

---@alias secsock.scenario.which integer|{ record?: integer, line?: integer }  a number is a record

--- For bytes that go in one direction. Records, lines and bytes are counted from 1.
---@class secsock.scenario.faults
---@field man? secsock.scenario.man         a man in the middle
---@field strip? string                     leaves out the lines of plaintext that hold this
---@field blank? string                     writes X over this word in plaintext
---@field inject? secsock.scenario.injection
---@field swap? secsock.scenario.which      changes places with what follows it
---@field replay? secsock.scenario.which    comes again after what follows it
---@field duplicate? secsock.scenario.which comes twice
---@field corrupt? { byte?: integer, record?: integer, line?: integer }  one bit of it is flipped
---@field drop? integer                     what follows so many bytes is lost
---@field stall? integer                    the same, and the end of the connection as well
---@field truncate? integer|true            the connection ends after so many bytes; true: without
---                                         the sender's close_notify
---@field reset? integer                    the connection is reset after so many bytes
---@field delay? number                     all arrives so many seconds later
---@field join? number                      what is sent within so many seconds arrives at once
---@field split? integer|"records"|"random" what arrives at once: so many bytes

---@class secsock.scenario.injection
---@field before? string  plaintext ahead of the first TLS record
---@field behind? string  plaintext ahead of the first record that is sent when secure
---@field after? string   behind the line of plaintext that holds this …
---@field bytes? string   … these bytes

local fault = {}

-- --------------------------------------------------------------------------------------- helpers

local function changed(unit, bytes)
  local copy = {}
  for key, value in pairs(unit) do copy[key] = value end
  copy.bytes, copy.closing = bytes, false
  return copy
end

local function foreign(bytes)
  return { bytes = bytes, tls = false, kind = "line", closing = false }
end

-- Whether `unit` is the one that `which` means.
local function is_meant(unit, which)
  if type(which) == "number" then return unit.record == which end
  if which.record then return unit.record == which.record end
  return unit.line ~= nil and unit.line == which.line
end

local function name_of(unit)
  return unit.record and ("record %d (%s)"):format(unit.record, unit.kind)
    or report.quote(unit.bytes)
end

-- Where plaintext holds `text`, in whichever case.
local function holds(unit, text)
  if unit.tls then return nil end
  return unit.bytes:upper():find(text:upper(), 1, true)
end

-- Passes `count` bytes; then calls `over`, once, and passes no more.
local function first(count, over)
  local left = count
  return function(unit, emit)
    if left < 0 then return end
    if #unit.bytes <= left then
      emit(unit)
    elseif left > 0 then
      emit(changed(unit, unit.bytes:sub(1, left)))
    end
    left = left - #unit.bytes
    if left <= 0 then
      left = -1
      over()
    end
  end
end

-- ----------------------------------------------------------------------------------------- words

--- Sees every unit in both directions, and says what goes on in its place: a string; nil: the same.
---@alias secsock.scenario.direction "to_client"|"to_server"
---@alias secsock.scenario.man fun(direction: string, bytes: string, where: table): string?

--- Where a man in the middle is, beside what he knows of the unit.
---@class secsock.scenario.where: secsock.scenario.unit
---@field time number
---@field answer fun(bytes: string)  sends bytes to whom the unit came from
---@field finish fun()               ends the connection in this direction
---@field reset fun()                resets it in both

function fault.man(man, note, line)
  return function(unit, emit)
    local where = changed(unit, unit.bytes)
    where.closing, where.time = unit.closing, line.stage.clock:now()
    where.answer = function(bytes)
      line.other:inject(check.argument(1, "answer", bytes, "string"))
    end
    where.finish = function() line:finish() end
    where.reset = function() line:reset() end
    local bytes = man(line.direction, unit.bytes, where)
    if bytes == nil or bytes == unit.bytes then return emit(unit) end
    if type(bytes) ~= "string" then
      error(("a man in the middle: a string or nil expected, got %s"):format(type(bytes)), 0)
    end
    note("has %s instead of %s", report.quote(bytes), name_of(unit))
    if bytes ~= "" then emit(changed(unit, bytes)) end
  end
end

-- The last line of a reply in several keeps its code (RFC 5321, section 4.2.1): without it, the
-- reply would not end.
function fault.strip(text, note)
  return function(unit, emit)
    if not holds(unit, text) then return emit(unit) end
    note("strips %s", report.quote(unit.bytes))
    local code = unit.bytes:match "^%d%d%d "
    if code then emit(changed(unit, code .. "\r\n")) end
  end
end

function fault.blank(text, note)
  return function(unit, emit)
    local from, to = holds(unit, text)
    if not from then return emit(unit) end
    local bytes = unit.bytes:sub(1, from - 1) .. ("X"):rep(#text) .. unit.bytes:sub(to + 1)
    note("makes %s of %s", report.quote(bytes), report.quote(unit.bytes))
    emit(changed(unit, bytes))
  end
end

function fault.inject(what, note)
  local before, behind, after = what.before, what.behind, what.after
  local function add(bytes, emit)
    note("injects %s", report.quote(bytes))
    emit(foreign(bytes))
  end
  return function(unit, emit)
    if before and unit.tls then
      add(before, emit)
      before = nil
    end
    if behind and unit.tls and unit.secure then
      add(behind, emit)
      behind = nil
    end
    emit(unit)
    if after and holds(unit, after) then
      add(what.bytes, emit)
      after = nil
    end
  end
end

function fault.swap(which, note)
  local held
  return function(unit, emit)
    if is_meant(unit, which) then
      held = unit
      return
    end
    emit(unit)
    if not held then return end
    note("has %s behind %s", name_of(held), name_of(unit))
    emit(held)
    held = nil
  end
end

function fault.replay(which, note)
  local seen
  return function(unit, emit)
    emit(unit)
    if seen then
      note("replays %s", name_of(seen))
      emit(seen)
    end
    seen = is_meant(unit, which) and unit or nil
  end
end

function fault.duplicate(which, note)
  return function(unit, emit)
    emit(unit)
    if not is_meant(unit, which) then return end
    note("duplicates %s", name_of(unit))
    emit(unit)
  end
end

-- Which byte of a unit is to be spoilt. Of a record it is the last, unless said: that is part of
-- its body, whatever it holds.
local function place_in(unit, what)
  if what.record or what.line then
    return is_meant(unit, what) and math.min(what.byte or #unit.bytes, #unit.bytes)
  end
  local at = unit.first and what.byte - unit.first + 1
  return at and at >= 1 and at <= #unit.bytes and at
end

function fault.corrupt(what, note)
  return function(unit, emit)
    local at = place_in(unit, what)
    if not at then return emit(unit) end
    note("corrupts byte %d of %s", at, name_of(unit))
    local byte = unit.bytes:byte(at)
    byte = string.char(byte % 2 == 0 and byte + 1 or byte - 1)
    emit(changed(unit, unit.bytes:sub(1, at - 1) .. byte .. unit.bytes:sub(at + 1)))
  end
end

function fault.drop(count, note)
  return first(count, function() note("drops all after byte %d", count) end)
end

function fault.stall(count, note, line)
  return first(count, function()
    note("stalls after byte %d", count)
    line.stalled = true
  end)
end

function fault.truncate(count, note, line)
  if count ~= true then
    return first(count, function()
      note("ends after byte %d", count)
      line:finish()
    end)
  end
  return function(unit, emit)
    if not unit.closing then return emit(unit) end
    note("loses %s", name_of(unit))
  end
end

function fault.reset(count, note, line)
  return first(count, function()
    note("is reset after byte %d", count)
    line:reset()
  end)
end

-- -------------------------------------------------------------------------------------- together

-- In which order they apply: who is in the middle sees what was sent.
local order = { "man", "strip", "blank", "inject", "swap", "replay", "duplicate", "corrupt", "drop",
                "stall", "truncate", "reset" }

fault.known = {
  man = "function", strip = "string", blank = "string", inject = "table",
  swap = "number|table", replay = "number|table", duplicate = "number|table", corrupt = "table",
  drop = "number", stall = "number", truncate = "number|boolean", reset = "number",
  delay = "number", join = "number", split = "number|string",
}

-- ------------------------------------------------------------------------------ what they must be
-- A fault that can never happen is a mistake: a test would be content with a wire that is right.

-- Throws unless `so`.
local function must(so, name, text)
  if not so then error(("option '%s': %s expected"):format(name, text), 0) end
end

-- A count or a place: whole, and so much at least.
local function whole(least)
  return function(value, name)
    if type(value) == "boolean" then return end
    must(value % 1 == 0 and value >= least, name, "a whole number from " .. least .. " on")
  end
end

local count, place = whole(0), whole(1)

local function seconds(value, name) must(value >= 0, name, "a time from 0 on") end

local function text(value, name) must(value ~= "", name, "a text") end

-- One of several places.
local function places(known, names)
  return function(value, name)
    if type(value) ~= "table" then return place(value, name) end
    check.inner_options(value, known, name)
    must(next(value), name, names)
    for key, at in pairs(value) do place(at, name .. "." .. key) end
  end
end

local which = places({ record = "number", line = "number" }, "a record or line")

local injections = { before = "string", behind = "string", after = "string", bytes = "string" }

local checks = {
  strip = text, blank = text, swap = which, replay = which, duplicate = which, drop = count,
  stall = count, truncate = count, reset = count, delay = seconds, join = seconds,
}

checks.corrupt = places({ byte = "number", record = "number", line = "number" },
  "a byte, record or line")

function checks.split(value, name)
  if type(value) == "number" then return place(value, name) end
  must(value == "records" or value == "random", name, "a number, 'records' or 'random'")
end

function checks.inject(value, name)
  check.inner_options(value, injections, name)
  must(next(value), name, "what is injected, and where,")
  must((value.after == nil) == (value.bytes == nil), name, "'after' together with 'bytes'")
end

--- Throws, without a place, unless the values of all words are such that they mean something.
---@param faults secsock.scenario.faults
function fault.check(faults)
  for word, examine in pairs(checks) do
    if faults[word] ~= nil then examine(faults[word], word) end
  end
end

--- The filters of a line; and the words of those that have not done anything yet, as keys.
---@param faults secsock.scenario.faults
function fault.filters(faults, line)
  local filters, idle = {}, {}
  for _, word in ipairs(order) do
    if faults[word] then
      idle[word] = true
      filters[#filters + 1] = fault[word](faults[word], function(...)
        idle[word] = nil
        line:note(...)
      end, line)
    end
  end
  idle.man = nil -- who is in the middle may just look on
  return filters, idle
end

--- What is said of a fault for which there was no occasion.
function fault.unused(word, value)
  return ("has no occasion for %s = %s"):format(word, quote.value(value))
end

return fault
