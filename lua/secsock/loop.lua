--- Waiting. secsock.core never waits: a call of it that would have to says "timeout", and what it
-- waits for is s:want(). Here are the loops that repeat such a call until it is done, it fails, or
-- its time is over. They are in Lua so that a coroutine may yield in the middle of any of them.
local core = require "secsock.core"
local check = require "secsock.check"
local extra = require "secsock.extra"
local hook = require "secsock.hook"
local transport = require "secsock.transport"
local watch = require "secsock.watch"

local poll = core.poll
local want = core.methods.want

-- The module table, which secsock/init.lua completes: the loops look up its `wait` every time.
---@class secsock
local secsock = {
  --- The clock that time limits go by, in seconds. What replaces `wait` may replace it as well.
  now = core.now,
}

local function now() return secsock.now() end

-- Seconds that one wait may take; absent: no limit. What all the waits of a call may is an extra.
local blocks = setmetatable({}, { __mode = "k" })

local function total_of(s) return extra.get(s, "total") end

--- Waits until the transport of `s` is ready; every wait of the module goes through this function.
--- A program that runs coroutines replaces it by one that yields to its scheduler.
---@param s secsock.socket
---@param wanted "read"|"write"|"verdict"
---@param seconds? number  at most so long
---@return true? ready
---@return string? err  "timeout", also at once when there is nothing to wait on
function secsock.wait(s, wanted, seconds)
  local fd = s:getfd()
  if fd < 0 or wanted == "verdict" then return transport.wait(s, wanted, seconds) end
  local ends = seconds and now() + seconds
  while true do
    local ready, err = poll(fd, wanted, seconds)
    if ready ~= false then return ready, err end
    seconds = ends and math.max(ends - now(), 0)
  end
end

local loop = { secsock = secsock }

--- When a call began, if that matters to it.
function loop.began(s)
  return total_of(s) and now()
end

local function seconds_left(s, began)
  local block, total = blocks[s], total_of(s)
  if not total then return block end
  local left = math.max(total - (now() - began), 0)
  return block and math.min(block, left) or left
end

--- Whether calls on `s` must not wait at all.
function loop.polls(s)
  return blocks[s] == 0 or total_of(s) == 0
end

--- Waits until a call that said "timeout" may be repeated; nil and the reason when it may not.
function loop.await(s, began)
  local wanted = want(s)
  if not wanted then return nil, "timeout" end -- the connection's own, of the system
  if wanted == "verdict" and hook.ask(s) then return true end
  local moved, err = transport.move(s, wanted)
  if moved ~= false then return moved, err end
  if loop.polls(s) then return nil, "timeout" end
  local ready
  ready, err = secsock.wait(s, s:want(), seconds_left(s, began))
  if ready then return true end
  return nil, err or "timeout"
end

--- Sends what a transport of the program's has not taken yet; nil and the reason when it is not all
-- gone in time.
function loop.flush(s, began)
  while transport.carries(s) do
    local moved, err = transport.move(s, "write")
    if moved == nil then return nil, err end
    if not transport.is_clogged(s) then return true end
    if loop.polls(s) then return nil, "timeout" end
    local ready
    ready, err = secsock.wait(s, "write", seconds_left(s, began))
    if not ready then return nil, err or "timeout" end
  end
  return true
end

-- The table that describes why a call was given up. The library knows of no other reason than time.
local function details_of(s, err)
  if err == "timeout" then return s:lasterror() end
  return core.newerror("SECSOCK_E_SYSTEM", "waiting for the transport: " .. tostring(err))
end

--- Repeats `step` until it is done or fails.
function loop.complete(s, began, step, ...)
  local result, err, details
  while true do
    result, err, details = step(s, ...)
    watch.tell(s)
    if result or err ~= "timeout" then break end
    local ready, why = loop.await(s, began)
    if not ready then return nil, why, details_of(s, why) end
  end
  local sent, why = loop.flush(s, began)
  if result and not sent and why ~= "timeout" then return nil, why, details_of(s, why) end
  return hook.told(s, result, err, details)
end

-- Seconds after which a connect looks again: the library goes on from an address that keeps silent
-- to the host's next one, and nothing but the time tells.
local CONNECT_TURN = 1

--- Repeats `step`, which connects. All of it is one wait, as in LuaSocket.
function loop.connect(s, step, host, port)
  local began = now()
  while true do
    local result, err, details = step(s, host, port)
    watch.tell(s)
    if result or err ~= "timeout" then return hook.told(s, result, err, details) end
    if s:state() ~= "new" then return loop.complete(s, began, step, host, port) end
    local limit = math.min(blocks[s] or math.huge, total_of(s) or math.huge)
    local left = limit - (now() - began)
    if left <= 0 then return nil, "timeout", details_of(s, "timeout") end
    local ready, why = secsock.wait(s, want(s), math.min(left, CONNECT_TURN))
    if not ready and why ~= "timeout" then return nil, why, details_of(s, why) end
  end
end

--- s:settimeout([seconds[, "b"|"t"]])
function loop.settimeout(s, seconds, mode)
  core.private(s)
  if seconds ~= nil then check.argument(1, "settimeout", tonumber(seconds) or seconds, "number") end
  local kind = tostring(mode or "b"):sub(1, 1)
  if not kind:find "^[btr]" then
    error("bad argument #2 to 'settimeout' (invalid timeout mode)", 2)
  end
  seconds = tonumber(seconds)
  if seconds and seconds < 0 then seconds = nil end
  if kind == "b" then
    blocks[s] = seconds
  else
    extra.set(s, "total", seconds)
  end
  return 1
end

--- s:gettimeout()
function loop.gettimeout(s)
  return blocks[s] or -1, total_of(s) or -1
end

--- Gives `s` the time limits of `other`, or none.
function loop.limit(s, other)
  blocks[s] = blocks[other]
  extra.set(s, "total", other and total_of(other))
end

return loop
