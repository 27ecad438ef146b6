--- Who takes part in the scenarios of the specs: ends that are as they should be, but for what a
-- test changes.
local certificates = require "spec.support.certificates"

local parties = {}

local function with(defaults, changes)
  local all = {}
  for name, value in pairs(defaults) do all[name] = value end
  for name, value in pairs(changes or {}) do all[name] = value end
  return all
end

--- Makes the certificates. Gives who makes the ends, and what removes the certificates again.
function parties.make()
  local folder = certificates.make()
  local self = {}

  function self.identity(name)
    return { cert = folder .. "/" .. name .. ".pem", key = folder .. "/" .. name .. ".key" }
  end

  function self.client(changes)
    return with({ trust = folder .. "/root.pem", peername = "mail.example" }, changes)
  end

  function self.server(changes)
    return with({ identity = self.identity "right" }, changes)
  end

  --- The options of a run in which all is well, but for the changes to each part.
  function self.scenario(changes)
    changes = changes or {}
    return with(changes, { client = self.client(changes.client),
                           server = self.server(changes.server) })
  end

  return self, function() certificates.remove(folder) end
end

return parties
