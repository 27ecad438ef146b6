--- Validation hooks. The library asks for a judgement, and the socket is held until s:decide(). The
-- hook is called from the loop that finds this out: in the caller's own coroutine, with no C
-- function on the stack, so that it may wait, and yield, like any other code.
local core = require "secsock.core"

local decide = core.methods.decide

local hook = {
  --- A hook's answer: s:decide() will be called by somebody else.
  pending = "pending",
}

-- Where pcall() cannot be yielded across (Lua 5.1), a coroutine stands in for it and passes on what
-- the hook yields.
local function relay(f, ...)
  local thread = coroutine.create(f)
  local function go_on(ok, ...)
    if not ok or coroutine.status(thread) == "dead" then return ok, ... end
    if not coroutine.running() then return false, "attempt to yield from outside a coroutine" end
    return go_on(coroutine.resume(thread, coroutine.yield(...)))
  end
  return go_on(coroutine.resume(thread, ...))
end

local probe = coroutine.create(function() pcall(coroutine.yield) end)
coroutine.resume(probe)
local call = coroutine.status(probe) == "suspended" and pcall or relay

local function text_of(err)
  local ok, text = pcall(tostring, err)
  return ok and text or "an error that has no text"
end

-- Refuses the peer because its judge has failed.
local function fail(s, err)
  core.private(s).hookfailed = true
  local reason = "the hook failed: " .. text_of(err)
  decide(s, false, (reason:gsub("%z", "?")))
end

-- Why an answer will not do; nil when it will.
local function objection(answer, reason)
  if answer ~= nil and type(answer) ~= "boolean" and type(answer) ~= "string" then
    return "it answered with a " .. type(answer)
  elseif reason ~= nil and type(reason) ~= "string" then
    return "its reason is a " .. type(reason)
  end
end

-- Runs the hook, and passes its answer on; false and why it failed.
local function run(s)
  local ok, answer, reason = call(core.private(s).hook, s, s:verdict())
  if not ok then return false, answer end
  if answer == hook.pending then return true end
  local wrong = objection(answer, reason)
  if wrong then return false, wrong end
  if not pcall(decide, s, answer, reason) then
    return false, ("its answer %q is none"):format(tostring(answer))
  end
  return true
end

--- Runs the hook of `s` if it is due; whether it was.
function hook.ask(s)
  if not core.hookdue(s) then return false end
  core.private(s).hookfailed = nil
  local ok, err = run(s)
  if not ok then fail(s, err) end
  return true
end

--- Called with what an upgrade has come to. One that failed because a certificate cannot even be
-- read has told the hook too, whose answer changes nothing then.
function hook.told(s, result, err, details)
  if result or hook.ask(s) then return result, err, details end
  if err == "certificate rejected" and core.private(s).hookfailed then err = "hook error" end
  return nil, err, details
end

return hook
