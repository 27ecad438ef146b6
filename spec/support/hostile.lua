--- Runs of one misbehaving peer: against an end of secsock's, or a program.
local hostile = require "secsock.scenario.hostile"
local parties = require "spec.support.parties"
local scenario = require "secsock.scenario"

local support = {}

local OTHER = { client = "server", server = "client" }

support.identity = {
  server = parties.ca:make { dns = "mail.example" },
  client = parties.ca:make { subject = "Joe", email = "joe@mail.example" },
}

--- The misbehaving end.
function support.peer(role, version, changes)
  local from = {
    version = version, identity = support.identity[role],
    peername = role == "client" and "mail.example" or nil,
  }
  for name, value in pairs(changes or {}) do from[name] = value end
  return scenario.hostile(from)
end

-- How the end of secsock's is set: as the word wants it, but for what its role does not have.
local function settings(role, version, word)
  local options = { versions = { "TLSv" .. version }, trust = parties.ca }
  for name, value in pairs(word and word.peer or {}) do
    if name ~= "clientauth" or role == "server" then options[name] = value end
  end
  return options
end

--- A run in which one end misbehaves: the run, the result of the other end, and its own.
function support.run(role, version, changes, wire)
  local word = type(changes.does) == "string" and hostile.words[changes.does] or nil
  local other = OTHER[role]
  local r = scenario.run {
    [role] = support.peer(role, version, changes),
    [other] = parties[other](settings(other, version, word)), wire = wire,
  }
  return r, r[other], r[role]
end

-- Whether a word is among those of a text.
local function has(text, word) return (" " .. text .. " "):find(" " .. word .. " ", 1, true) end

-- The alert that an end was sent, or that the other end says it has sent: a peer whose keys are not
-- those of the other end cannot read it.
local function alert_of(good, bad)
  return bad.alert or (not good.alert_received and good.alert) or "closed"
end

--- How secsock has answered a word, where that is not how a good peer does: "accepted", "closed"
--- without an alert, or the alert.
function support.flaw(word, good, bad)
  local answer = good.ok and "accepted" or alert_of(good, bad)
  if has(word.answer, answer) then return nil end
  return answer
end

return support
