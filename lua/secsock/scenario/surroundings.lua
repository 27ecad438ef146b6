--- What is around runs while somebody else than their author has them run, as `secsock run` does:
-- settings for those that do without, and somebody who hears what came out.
---@class secsock.scenario.surroundings
---@field seed integer|string  of runs and matrices that have none of their own
---@field show? any            where matrices show how far they are
---@field outputs fun(options: secsock.scenario.options): table  what else a run is to have
---@field over fun(run: secsock.scenario.run)
return {
  seed = 1,
  outputs = function() return {} end,
  over = function() end,
}
