--- The steps of a handshake, in order: names, each at most once in what is right, and functions of
-- the peer. What is to go wrong changes the list.
---@class secsock.tls.plan
local plan = {}
plan.__index = plan

---@param names string[]
---@return secsock.tls.plan
function plan.new(names)
  local self = setmetatable({}, plan)
  for i, name in ipairs(names) do self[i] = name end
  return self
end

local function place(self, name)
  for i, step in ipairs(self) do
    if step == name then return i end
  end
  error(("there is no step '%s' in this handshake"):format(tostring(name)), 0)
end

--- Leaves a step out.
function plan:skip(name)
  table.remove(self, place(self, name))
  return self
end

--- Puts a step ahead of another, or behind it.
function plan:before(name, step)
  table.insert(self, place(self, name), step)
  return self
end

function plan:after(name, step)
  table.insert(self, place(self, name) + 1, step)
  return self
end

--- Does a step in the place of another, or once more.
function plan:instead(name, step)
  self[place(self, name)] = step
  return self
end

function plan:twice(name) return self:after(name, name) end

--- Moves a step behind another.
function plan:move(name, behind)
  self:skip(name)
  return self:after(behind, name)
end

return plan
