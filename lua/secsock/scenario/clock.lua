--- Clocks of a run: one that stands still until somebody waits, and the real one.
local core = require "secsock.core"

local virtual = {}
virtual.__index = virtual

function virtual:now() return self.time end

--- Everybody waits, at the most until then.
function virtual:idle(moment) self.time = math.max(self.time, moment) end

local real = { is_real = true }
real.__index = real

local TURN = 0.002 -- seconds between two looks at everything that may have happened

function real:now() return core.now() - self.began end

-- Lets time pass, or as much of it as no signal ends.
local function sleep(seconds)
  core.poll(nil, "read", seconds)
end

--- The same; what is read from a descriptor may come earlier.
function real:idle(moment, fd)
  core.poll(fd, "read", math.max(0, math.min(moment - self:now(), TURN)))
end

return {
  sleep = sleep,
  virtual = function() return setmetatable({ time = 0 }, virtual) end,
  real = function() return setmetatable({ began = core.now() }, real) end,
}
