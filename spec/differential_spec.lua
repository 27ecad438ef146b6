-- Differential testing: the same chains through `openssl verify`. Where it comes to another result
-- somebody is wrong; spec/support/limbo/disagreements.lua knows who, and why. What is not listed
-- there fails, and so does what is listed and no longer happens.
local cases_of_ours = require "spec.support.limbo.own"
local corpus = require "spec.support.limbo.corpus"
local disagreements = require "spec.support.limbo.disagreements"
local judge = require "spec.support.limbo.judge"
local openssl = require "spec.support.limbo.openssl"
local profile = require "spec.support.limbo.profile"

-- The whole corpus would take OpenSSL minutes.
local limbo = corpus.read "../shared/limbo/limbo-part.json"

-- Notes in `used` the rules that explain why one accepts and the other does not; whether any does.
local function explain(rules, used, ours, theirs)
  local explained = false
  for _, rule in ipairs(rules) do
    if ours:find(rule.ours) and theirs:find(rule.theirs) then
      used[rule], explained = true, true
    end
  end
  return explained
end

describe("secsock and openssl verify #slow", function()
  local judges

  setup(function() judges = openssl.open() end)
  teardown(function() judges:close() end)

  -- The disagreements that no rule explains, and the rules that explain none.
  local function compare(cases, rules)
    local choices, unknown, used = profile.choose(cases), {}, {}
    for _, case in ipairs(cases) do
      local problems, ours = judge.look(case, choices[case.id].profile)
      local theirs = judges:judge(case)
      if #problems == 0 then ours = "accepts" end
      local differs = (ours == "accepts") ~= (theirs == "accepts")
      if differs and not explain(rules, used, ours, theirs) then
        local both = "%s: secsock: %s; openssl: %s"
        unknown[#unknown + 1] = both:format(case.id, ours, theirs)
      end
    end
    local idle = {}
    for _, rule in ipairs(rules) do
      if not used[rule] then idle[#idle + 1] = rule.why end
    end
    return unknown, idle
  end

  local function agree(cases, rules)
    local unknown, idle = compare(cases, rules)
    assert.same({}, unknown)
    assert.same({}, idle)
  end

  it("agree on chains of our own, but for what is listed", function()
    agree(cases_of_ours(), disagreements.own)
  end)

  if limbo then
    it("agree on x509-limbo's, but for what is listed", function()
      agree(limbo, disagreements.limbo)
    end)
  end

  it("cannot disagree unnoticed", function()
    local cases, by_id = cases_of_ours(), {}
    for _, case in ipairs(cases) do by_id[case.id] = case end
    local usual = { by_id["secsock::the right name"] }
    local odd = { by_id["secsock::at its last moment"] }
    local rule = { ours = "accepts", theirs = "certificate has expired", why = "inclusive" }
    assert.same({ {}, {} }, { compare(usual, {}) })
    assert.equal(1, #compare(odd, {}))
    assert.same({ {}, {} }, { compare(odd, { rule }) })
    assert.same({ {}, { "inclusive" } }, { compare(usual, { rule }) })
  end)
end)
