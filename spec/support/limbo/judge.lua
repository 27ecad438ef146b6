--- What secsock makes of a case: by secsock.validate{…}, and in a real handshake.
local secsock = require "secsock"
local corpus = require "spec.support.limbo.corpus"
local pki = require "spec.support.pki"
local presenter = require "spec.support.limbo.presenter"
local scenario = require "secsock.scenario"

local judge = {}

-- Whom the certificate is for, and who looks at it.
local kinds = {
  SERVER = { purpose = "server", validates = "client", presents = "server" },
  CLIENT = { purpose = "client", validates = "server", presents = "client" },
}

local purposes = { serverAuth = "server", clientAuth = "client" }

-- ------------------------------------------------------------------------------- circumstances

-- What cannot be read is no trust anchor; the others remain. A configuration must trust in
-- something: where nothing is left, in somebody who has nothing to do with the case.
local function anchors(case)
  local certs = {}
  for _, pem in ipairs(case.trusted_certs) do
    certs[#certs + 1] = secsock.cert.pem(pem)
  end
  return #certs > 0 and { cert = certs } or pki "other-ca.pem"
end

-- In the same way a list that cannot be read revokes nothing, and vouches for nothing.
local function lists(case)
  local readable = {}
  for _, pem in ipairs(case.crls) do
    if secsock.config { crl = { data = pem } } then readable[#readable + 1] = pem end
  end
  return #readable > 0 and { data = readable } or nil
end

-- Cases about public suffixes are about private registries too (the list's second section).
local function suffixes(case)
  for _, feature in ipairs(case.features) do
    if feature:find "public%-suffix" then return { private = true } end
  end
end

-- The configuration of the end that validates. Where there are lists, the peer's own certificate
-- must be known to be good; its issuers' revocation counts where a list tells of it.
local function settings(case, profile)
  return {
    trust = anchors(case),
    profile = profile,
    time = case.validation_time and corpus.seconds(case.validation_time),
    maxdepth = case.max_chain_depth,
    crl = lists(case),
    revocation = #case.crls > 0 and "leaf" or nil,
    suffixes = suffixes(case),
  }
end

local function chain_of(case)
  return case.peer_certificate .. "\n" .. table.concat(case.untrusted_intermediates, "\n")
end

local function names_of(case)
  local names = {}
  for i, name in ipairs(corpus.names(case)) do names[i] = name.value end
  return names
end

-- ------------------------------------------------------------------------------------ verdicts

-- Sorted, so that they can be compared. Where no name is asked for, that none was checked is right.
local function problems_of(verdict, is_named)
  local problems = {}
  for _, problem in ipairs(verdict:problems()) do
    if is_named or problem ~= "name_unchecked" then problems[#problems + 1] = problem end
  end
  table.sort(problems)
  return problems
end

local function set(list)
  local is = {}
  for _, value in ipairs(list) do is[value] = true end
  return is
end

-- Absent, the extension allows every usage (RFC 5280, sections 4.2.1.3 and 4.2.1.12).
local function lacks(allowed, wanted)
  for _, usage in ipairs(wanted) do
    if not allowed[usage] then return usage end
  end
end

local function normal(name)
  return (name:lower():gsub("[^%w]", ""))
end

-- What a case demands besides and no setting says: nil, or a sentence.
local function objection(case, verdict)
  local leaf, path = verdict:chain()[1], verdict:path()
  local usage, purpose = leaf:keyusage(), set(leaf:extkeyusage())
  local missing = usage and lacks(set(usage), case.key_usage)
  if not missing and next(purpose) and not purpose.anyExtendedKeyUsage then
    missing = lacks(purpose, case.extended_key_usage)
  end
  if missing then return "the certificate does not allow " .. missing end
  local known = {}
  for _, name in ipairs(case.signature_algorithms) do known[normal(name)] = true end
  for i = 1, next(known) and #path - 1 or 0 do
    local name = path[i]:signaturealgorithm()
    if not known[normal(name)] then return name .. " is not among the algorithms allowed" end
  end
end

local function validate(case, config, purpose, name)
  local verdict, err, why = secsock.validate {
    chain = chain_of(case), name = name, purpose = purpose, config = config,
  }
  if not verdict then error(("secsock.validate: %s: %s"):format(err, why), 0) end
  return verdict
end

-- Whether a name is one that could be looked for at all. No certificate has another.
local function is_possible(name)
  return name:find("@", 1, true) ~= nil or secsock.new():setpeername(name) ~= nil
end

-- What one validation finds: its problems, and its explanation.
local function look(case, config, purpose, name)
  if name and not is_possible(name) then
    return { "name_mismatch" }, name .. " is not a name\n"
  end
  local verdict = validate(case, config, purpose, name)
  local problems = problems_of(verdict, name)
  local why = #problems == 0 and objection(case, verdict)
  return why and { why } or problems, verdict:explain()
end

-- All the purposes must be the certificate's, the one that its kind is for being the first.
local function purposes_of(case, kind)
  local list = { kind.purpose }
  for _, usage in ipairs(case.extended_key_usage) do
    if purposes[usage] and purposes[usage] ~= kind.purpose then list[2] = purposes[usage] end
  end
  return list
end

-- All the names must be the peer's, too: the worst that is found counts.
local function look_for_all(case, config, kind)
  local names, worst, explanation = names_of(case), nil, nil
  for _, purpose in ipairs(purposes_of(case, kind)) do
    for i = 1, math.max(#names, 1) do
      local problems, text = look(case, config, purpose, names[i])
      if not worst or #problems > #worst then worst, explanation = problems, text end
    end
  end
  return worst, explanation
end

-- ---------------------------------------------------------------------------------- handshakes

local function with(fields, more)
  local all = {}
  for name, value in pairs(fields) do all[name] = value end
  for name, value in pairs(more) do all[name] = value end
  return all
end

local function authority()
  return { cert = pki "server-chain.pem", key = pki "server.key" }
end

-- What no setting can ask for, a program asks for in its hook: that the peer is a certain person,
-- or none in particular, and all that a case demands besides.
local function hook_of(case, kind, name)
  local persons = kind.validates == "server" and names_of(case) or {}
  return function(_, verdict)
    if #problems_of(verdict, name) > 0 then return nil end
    for _, person in ipairs(persons) do
      if not verdict:chain()[1]:matches(person) then return "name_mismatch" end
    end
    return not objection(case, verdict)
  end
end

local function needs_hook(case, kind, name)
  local demands = #case.key_usage + #case.extended_key_usage + #case.signature_algorithms
  return not name or kind.validates == "server" or demands > 0
end

local function validator(case, fields, kind, name)
  if kind.validates == "server" then
    fields = with(fields, { identity = authority(), clientauth = "require" })
  end
  return {
    config = assert(secsock.config(fields)),
    peername = name,
    hook = needs_hook(case, kind, name) and hook_of(case, kind, name) or nil,
  }
end

-- The name that a socket can look for: a client's, of a host.
local function host(case, kind)
  return kind.validates == "client" and names_of(case)[1] or nil
end

-- Of a chain in PEM, when no message of 64 KB can hold it: none of more is ever taken.
local TOO_LARGE = 65536 / 3 * 4

-- What came of a handshake, or nil and why it could not be tried.
local function handshake(case, fields, kind)
  local name = host(case, kind)
  if name and not is_possible(name) then return nil, name .. " is not a name" end
  local theirs, why = presenter.new(chain_of(case), case.peer_certificate_key)
  if not theirs then return nil, why end
  local r = scenario.run {
    [kind.presents] = theirs, [kind.validates] = validator(case, fields, kind, name),
  }
  local mine = r[kind.validates]
  if not mine.verdict and chain_of(case):len() > TOO_LARGE then
    return nil, "a message of more than 64 KB"
  end
  if not mine.verdict then error("no verdict: " .. tostring(mine.details or mine.err), 0) end
  return { accepted = mine.secure, problems = problems_of(mine.verdict, name), why = mine.details }
end

-- Whether it agrees with validation by itself.
local function shake(case, fields, config, kind, outcome)
  local shaken, why = handshake(case, fields, kind)
  outcome.handshake, outcome.unserved = shaken, why
  if not shaken then return end
  local name = host(case, kind)
  local expected = table.concat(problems_of(validate(case, config, kind.purpose, name), name), ", ")
  local got = table.concat(shaken.problems, ", ")
  if got ~= expected then
    outcome.error = ("a handshake finds {%s} instead"):format(got)
  elseif shaken.accepted ~= (#outcome.problems == 0) then
    outcome.error = ("a handshake ends with: %s"):format(tostring(shaken.why or "success"))
  end
end

-- ------------------------------------------------------------------------------------ outcomes

---@class limbo.outcome
---@field case limbo.case
---@field passed boolean
---@field wrong? "accept"|"reject"  a false one
---@field problems? string[]        none: accepted
---@field explanation? string       the verdict's own
---@field handshake? table          there was one
---@field unserved? string          why there was none although there is a key
---@field error? string             what else is wrong

-- The kind of a case, and what is set for it.
local function prepare(case, profile)
  local kind = kinds[case.validation_kind]
  if not kind then error("unknown kind: " .. tostring(case.validation_kind), 0) end
  local fields = settings(case, profile)
  local config, err, why = secsock.config(fields)
  if not config then error(("secsock.config: %s: %s"):format(err, why), 0) end
  return kind, fields, config
end

--- What validation says by itself.
---@param case limbo.case
---@param profile "private"|"webpki"
---@return string[] problems
---@return string explanation
function judge.look(case, profile)
  local kind, _, config = prepare(case, profile)
  return look_for_all(case, config, kind)
end

local function run(case, profile, outcome)
  local kind, fields, config = prepare(case, profile)
  outcome.problems, outcome.explanation = look_for_all(case, config, kind)
  if case.peer_certificate_key then shake(case, fields, config, kind, outcome) end
end

local function has_been(accepted, outcome)
  local shaken = outcome.handshake
  return (#outcome.problems == 0) == accepted or (shaken ~= nil and shaken.accepted == accepted)
end

local function settle(case, outcome)
  local must = case.expected_result == "SUCCESS"
  if outcome.problems and has_been(not must, outcome) then
    outcome.wrong = must and "reject" or "accept"
  elseif must and outcome.unserved then
    outcome.error = "it could not be served: " .. outcome.unserved
  end
  outcome.passed = not outcome.wrong and not outcome.error
  return outcome
end

local judged = 0

-- Sockets and configurations weigh far more than Lua knows, which would let them pile up.
local function tidy()
  judged = judged + 1
  if judged % 250 == 0 then collectgarbage() end
end

--- Runs a case. Whatever goes wrong with it is part of the outcome.
---@param case limbo.case
---@param profile "private"|"webpki"
---@return limbo.outcome
function judge.case(case, profile)
  local outcome = { case = case }
  tidy()
  local ok, err = pcall(run, case, profile, outcome)
  if not ok then outcome.error = tostring(err) end
  return settle(case, outcome)
end

return judge
