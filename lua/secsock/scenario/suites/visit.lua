--- A client's visit to a server that speaks a protocol of lines, and that an attacker has changed
-- in one way, its `twist`:
--
--     clear     what it offers before the upgrade, in place of STARTTLS and nothing else
--     secured   what it offers after it
--     greeting  the first line
--     refusal   the answer to STARTTLS, which is no go-ahead
--     behind    what follows the go-ahead in the same segment, in the clear
--     fails     the handshake ends in an alert, and the server goes on in the clear
--     silent    after the upgrade it says nothing; a text: nothing else
--     elsewhere the "host:port" that stands for $elsewhere in what it says
--
-- What a server says is data: see secsock.scenario.suites.lines.
local watched = require "secsock.scenario.suites.watched"

---@class secsock.scenario.visit
---@field me secsock.scenario.actor
---@field service secsock.scenario.service
---@field twist table
---@field seen secsock.scenario.seen
---@field secure boolean
---@field over? boolean  nothing more is said
local visit = {}
visit.__index = visit

local SILENCE = 2 -- seconds, after which nobody says anything any more

--- What was seen of a client, beside what the run writes down.
---@class secsock.scenario.seen
---@field struck boolean  the attack has reached it
---@field clear string[]  what it said in the clear though it should have given up by then

-- ------------------------------------------------------------------------------- lines, both ways

-- Says an answer: a line, or a list of them. `behind` follows in the same segment.
function visit:say(answer, tag, behind)
  local lines = type(answer) == "table" and table.concat(answer, "\r\n") or answer
  local text = lines:gsub("%$(%l+)", { tag = tag or "*", elsewhere = self.twist.elsewhere })
  return self.me.socket:send(text .. "\r\n" .. (behind or ""))
end

-- The next line. A literal (RFC 9051, section 4.3) belongs to it.
function visit:line()
  local whole = ""
  while true do
    local line = self.me.socket:receive "*l"
    if not line then return nil end
    whole = whole .. line
    local mark = self.service.literals and line:match "{%d+([+-]?)}$"
    if not mark then return whole end
    if mark == "" then self:say "+ go on" end
  end
end

-- ------------------------------------------------------------------------------------- the upgrade

-- The tag that follows: who has heard one can tell.
local function successor(tag)
  local prefix, digits = tag:match "^(.-)(%d+)$"
  if not digits then return tag end
  return prefix .. ("%0" .. #digits .. "d"):format(tonumber(digits) + 1)
end

local function upgrade(self, tag)
  local twist, service = self.twist, self.service
  if twist.refusal then
    self.seen.struck = true
    return self:say(twist.refusal, tag)
  end
  local following = successor(tag or "")
  self:say(service.go, tag, twist.behind and twist.behind:gsub("%$next", following))
  if twist.fails then
    self.seen.struck = watched.fail(self.me)
    return
  end
  self.seen.struck = self.seen.struck or twist.behind ~= nil
  self.me:upgrade()
  self.secure = true
  if type(twist.silent) == "string" then
    self.me.socket:send((twist.silent:gsub("%$next", following)))
  end
  if twist.silent then
    self.over = true
    return watched.wait(self.me, SILENCE)
  end
  if service.lists then self:say(service.offer(twist.secured or service.secured)) end
end

-- ------------------------------------------------------------------------------------ the commands

-- What is said in the clear and is not harmless there. Parts of a handshake are no commands.
local function note(self, verb, line)
  local is_command = verb:find "^%a%a%a+$" and not line:find "[^\32-\126]"
  if self.secure or self.service.harmless[verb] or not is_command then return end
  local clear = self.seen.clear
  clear[#clear + 1] = line
end

-- What the server offers at this point.
function visit:offers()
  local twist, service = self.twist, self.service
  if self.secure then return service.offer(twist.secured or service.secured) end
  self.seen.struck = self.seen.struck or (twist.clear ~= nil and not twist.fails)
  return service.offer(twist.clear or { service.upgrade })
end

-- An answer in several parts: each but the first comes when the client has said something. `dot`
-- comes after a single dot.
local function converse(self, parts, tag)
  for i, part in ipairs(parts) do
    self:say(part, tag)
    if i == #parts and not parts.dot then return true end
    repeat
      local line = self:line()
      if not line then return nil end
    until not parts.dot or line == "."
  end
  return self:say(parts.dot, tag)
end

local function obey(self, verb, argument, tag)
  local service = self.service
  if verb == service.upgrade then
    if self.secure then return self:say(service.unknown, tag) end
    return upgrade(self, tag)
  end
  if verb == service.asks then return self:say(self:offers(), tag) end
  local answer = service.commands[verb] or service.otherwise
  if type(answer) == "function" then answer = answer(argument) end
  return converse(self, type(answer) == "table" and answer or { answer }, tag)
end

-- Serves a client until it leaves.
local function go_on(self)
  while true do
    local line = self:line()
    if not line then return end
    local verb, argument, tag = self.service.parse(line)
    note(self, verb, line)
    obey(self, verb, argument, tag)
    if self.over or verb == self.service.leaves then return end
  end
end

--- Has a client served by `service`, from the greeting on.
---@param me secsock.scenario.actor
---@param service secsock.scenario.service
---@param twist table
---@param seen secsock.scenario.seen
function visit.serve(me, service, twist, seen)
  local self = { me = me, service = service, twist = twist, seen = seen, secure = false }
  setmetatable(self, visit)
  seen.struck = twist.greeting ~= nil
  self:say(twist.greeting or service.greeting or self:offers())
  return go_on(self)
end

--- Has a client served that somebody else has upgraded.
---@param me secsock.scenario.actor
---@param service secsock.scenario.service
function visit.continue(me, service)
  return go_on(setmetatable({ me = me, service = service, twist = {}, secure = true }, visit))
end

return visit
