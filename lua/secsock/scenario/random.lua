--- Numbers that look random and are the same again for the same seed, in every Lua.
local random = {}
random.__index = random

local MODULUS = 2147483647 -- Park and Miller's generator: all its products are exact in a double

--- A generator. A seed is a number or any text.
---@param seed integer|string
function random.new(seed)
  local state = 1
  for byte in tostring(seed):gmatch "." do state = (state * 31 + byte:byte()) % MODULUS end
  local self = setmetatable({ state = state == 0 and 1 or state }, random)
  for _ = 1, 4 do self:below(1) end -- seeds that are alike part
  return self
end

--- From 1 to `limit`.
---@param limit integer
---@return integer
function random:below(limit)
  self.state = self.state * 16807 % MODULUS
  return self.state % limit + 1
end

return random
