--- Who takes part in the scenarios of the specs: ends that are as they should be, but for what a
-- test changes.
local scenario = require "secsock.scenario"

local parties = { ca = scenario.ca "Test Root" }

parties.identity = parties.ca:issue { dns = { "mail.example", "db.example" } }

--- Both ends, as secsock.new takes them.
parties.options = {
  client = { trust = parties.ca:cert(), peername = "mail.example" },
  server = { identity = parties.identity },
}

local function with(defaults, changes)
  local all = {}
  for name, value in pairs(defaults) do all[name] = value end
  for name, value in pairs(changes or {}) do all[name] = value end
  return all
end

function parties.client(changes)
  return with({ trust = parties.ca, peername = "mail.example" }, changes)
end

function parties.server(changes)
  return with({ identity = parties.identity }, changes)
end

--- Runs a scenario in which all is well, but for the changes to each part.
function parties.run(changes)
  changes = changes or {}
  return scenario.run(with(changes, {
    client = parties.client(changes.client), server = parties.server(changes.server),
  }))
end

return parties
