--- What is around runs while somebody else than their author has them run, as `secsock run` does:
-- settings for those that do without, and somebody who hears what came out.
---@class secsock.scenario.surroundings
---@field seed integer|string  of runs and matrices that have none of their own
---@field wanted fun(name: string): boolean  whether a case of a matrix or a suite is to be run
---@field show? any            where matrices show how far they are
---@field outputs fun(options: secsock.scenario.options): table  what else a run is to have
---@field over fun(run: secsock.scenario.run)
---@field ends fun(err: any): boolean  whether an error ends all, and is no failure of a case
local surroundings = {
  seed = 1,
  wanted = function() return true end,
  outputs = function() return {} end,
  over = function() end,
}

--- Whether an error is Ctrl-C, as Lua's own program tells of it; a traceback may follow.
function surroundings.is_interruption(err)
  return type(err) == "string" and (err .. "\n"):find("interrupted!\n", 1, true) ~= nil
end

surroundings.ends = surroundings.is_interruption

local function attempted(ok, err, ...)
  if not ok and surroundings.ends(err) then error(err, 0) end
  return ok, err, ...
end

--- pcall() for one of several cases: what ends all of them is thrown on.
function surroundings.attempt(f, ...) return attempted(pcall(f, ...)) end

return surroundings
