--- The capture of a run, for Wireshark: of one end that is secsock's, which sees all that travels
-- and knows the secrets.
local external = require "secsock.scenario.external"
local ports = require "secsock.starttls.ports"

local recording = {}

-- The port of the dialogue tells which protocol it is: memory has none, loopback a chance one.
local function port_of(options)
  local said = options.client.script or options.server.script
  return ports[said] or 443
end

--- Which end can be recorded: one whose TLS is secsock's; nil for neither.
---@param options secsock.scenario.options  with both ends
---@return "client"|"server"|nil
function recording.role(options)
  for _, role in ipairs { "client", "server" } do
    local one = options[role]
    if not external.is(one) and not one.hostile then return role end
  end
end

--- Begins it, if one is asked for, before the ends are connected; returns a function that ends it.
-- It throws without a place.
---@param options secsock.scenario.options
---@param ends table<"client"|"server", secsock.scenario.endpoint>
---@return fun()
function recording.begin(options, ends)
  local path = options.capture
  if not path then return function() end end
  local role = recording.role(options)
  if not role then error("option 'capture': one end must be secsock's", 0) end
  local capture, err, details = ends[role].s:capture(path, { port = port_of(options) })
  if not capture then error(("option 'capture': %s"):format(tostring(details or err)), 0) end
  return function()
    local ok, why, how = capture:close()
    if not ok then error(("option 'capture': %s: %s"):format(path, tostring(how or why)), 0) end
  end
end

return recording
