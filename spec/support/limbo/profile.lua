--- Which rules a case is meant for. x509-limbo holds cases that contradict one another, for it
-- serves validators of RFC 5280 and of the public web alike; its ids and features say for which.
local profile = {}

-- The first that holds for a case decides.
local rules = {
  {
    feature = "^rfc5280%-incompatible%-with%-webpki$", profile = "private",
    reason = "right by RFC 5280 alone",
  },
  {
    feature = "^pedantic%-webpki", profile = "webpki",
    reason = "a demand of the Baseline Requirements",
  },
  {
    feature = "^pedantic%-public%-suffix", profile = "webpki",
    reason = "registries matter to the Baseline Requirements alone (3.2.2.6)",
  },
  { id = "^webpki::", profile = "webpki", reason = "a case about the public web" },
  { id = "^online::", profile = "webpki", reason = "a chain of the public web" },
  { id = "", profile = "private", reason = "RFC 5280" },
}

local other = { private = "webpki", webpki = "private" }

local function holds(rule, case)
  if rule.id then return case.id:find(rule.id) ~= nil end
  for _, feature in ipairs(case.features) do
    if feature:find(rule.feature) then return true end
  end
  return false
end

local function rank(case)
  for number, rule in ipairs(rules) do
    if holds(rule, case) then return number end
  end
end

--- Decides for all cases of a corpus: by id, the profile and the reason for it. Where two cases
-- exclude each other and would have the same profile, the one that says less of what it is meant
-- for has the other.
---@param cases limbo.case[]
---@return table<string, { profile: "private"|"webpki", reason: string }>
function profile.choose(cases)
  local chosen, ranks = {}, {}
  for _, case in ipairs(cases) do
    ranks[case.id] = rank(case)
    chosen[case.id] = rules[ranks[case.id]]
  end
  for _, case in ipairs(cases) do
    local mine = rules[ranks[case.id]]
    for _, id in ipairs(case.conflicts_with) do
      local theirs = ranks[id] and rules[ranks[id]]
      if theirs and theirs.profile == mine.profile and ranks[id] < ranks[case.id] then
        chosen[case.id] = { profile = other[mine.profile], reason = "conflicts with " .. id }
      end
    end
  end
  return chosen
end

return profile
