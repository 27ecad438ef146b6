--- Transports of the program's own: a socket over memory, whose two ends are carried to and from
-- functions written in Lua. These are called from the loops and never from within the library, and
-- may yield.
local core = require "secsock.core"
local check = require "secsock.check"
local extra = require "secsock.extra"

local methods = core.methods
local close, drain, feed, want = methods.close, methods.drain, methods.feed, methods.want

local transport = {
  RECORD = 16384, -- what one TLS record holds
}

--- receive(count) gives up to so many bytes, or nil and "wantread", "closed" or an error.
--- send(bytes) gives how many were taken, or nil and "wantwrite", "closed" or an error.
--- wait(want, seconds) gives true as soon as that is possible; without it there is no waiting.
--- close() is called once, by s:close().
---@class secsock.transport
---@field receive fun(count: integer): string?, string?
---@field send fun(bytes: string): integer?, string?
---@field wait? fun(want: "read"|"write", seconds?: number): true?, string?
---@field close? fun()

local known = { receive = "function", send = "function", wait = "function", close = "function" }

--- s:attachtransport(role, transport)
function transport.attach(s, role, is)
  check.argument(2, "attachtransport", is, "table")
  check.options(is, known)
  check.argument(2, "attachtransport", is.receive, "function")
  check.argument(2, "attachtransport", is.send, "function")
  local ok, err, details = methods.attachmemory(s, role)
  if not ok then return nil, err, details end
  core.private(s).transport = { is = is, unsent = "" }
  extra.set(s, "carried", true)
  return s
end

function transport.carries(s)
  return extra.get(s, "carried") == true
end

-- The line of such a socket; nil for the others.
local function line_of(s)
  return extra.get(s, "carried") and core.private(s).transport
end

local blocked = { wantread = true, wantwrite = true, timeout = true }

-- The end of the line: what the library has still to learn of it is that nothing more will come.
local function broken(s, err)
  feed(s, nil)
  return nil, err or "closed"
end

-- Sends what is to be sent; whether something was, or nil and an error.
local function push(s, line)
  local moved = false
  line.unsent = line.unsent .. drain(s)
  while line.unsent ~= "" do
    local count, err = line.is.send(line.unsent)
    if not count and not blocked[err] then return broken(s, err) end
    if not count or count == 0 then return moved end
    line.unsent = line.unsent:sub(count + 1)
    moved = true
  end
  return moved
end

-- Brings what has come; whether something has, or nil and an error.
local function pull(s, line)
  local bytes, err = line.is.receive(transport.RECORD)
  if bytes then return bytes ~= "" and feed(s, bytes) ~= nil end
  if err == "closed" then return feed(s, nil) ~= nil end
  if blocked[err] then return false end
  return broken(s, err)
end

--- Moves what can be moved without waiting, because a call wants it: true when that call is worth
-- repeating, false when there is nothing for it but to wait, nil and a reason when all is over.
function transport.move(s, wanted)
  local line = line_of(s)
  if not line then return false end
  local moved, err = push(s, line)
  if moved == nil then return nil, err end
  if wanted == "read" then return pull(s, line) end
  return moved and line.unsent == ""
end

--- Whether something could not be sent yet.
function transport.is_clogged(s)
  local line = line_of(s)
  return line ~= nil and line.unsent ~= ""
end

--- s:want(): what could not be sent must be, before anything else.
function transport.want(s)
  return transport.is_clogged(s) and "write" or want(s)
end

--- Waits where there is no descriptor.
function transport.wait(s, wanted, seconds)
  local line = line_of(s)
  if not line or not line.is.wait or wanted == "verdict" then return nil, "timeout" end
  return line.is.wait(wanted, seconds)
end

--- s:close(): what can be sent is sent.
function transport.close(s)
  local line = line_of(s)
  local result = close(s)
  if line then
    extra.set(s, "carried", nil)
    push(s, line)
    if line.is.close then line.is.close() end
  end
  return result
end

return transport
