-- Conformance: x509-limbo's cases, of which any number may be in a file; and whether what runs them
-- would notice if something were wrong.
--
-- The file is $SECSOCK_LIMBO, or ../shared/limbo/limbo-part.json, which a public checkout lacks.
local cases_of_ours = require "spec.support.limbo.own"
local corpus = require "spec.support.limbo.corpus"
local judge = require "spec.support.limbo.judge"
local profile = require "spec.support.limbo.profile"
local report = require "spec.support.limbo.report"

local function with(case, changes)
  local changed = {}
  for field, value in pairs(case) do changed[field] = value end
  for field, value in pairs(changes) do changed[field] = value end
  return changed
end

describe("The runner of x509-limbo's cases", function()
  local right, other_name, malformed

  setup(function()
    local ours = cases_of_ours()
    for _, case in ipairs(ours) do
      if case.id == "secsock::the right name" then right = case end
      if case.id == "secsock::another name" then other_name = case end
    end
    malformed = right.trusted_certs[1]:gsub("\n[^\n]+\n", "\nMAMCAQU=\n", 1)
  end)

  it("passes cases of our own", function()
    local failed, handshakes = {}, 0
    for _, case in ipairs(cases_of_ours()) do
      local outcome = judge.case(case, "private")
      if not outcome.passed then failed[#failed + 1] = report.line(outcome) end
      if outcome.handshake then handshakes = handshakes + 1 end
    end
    assert.equal("", table.concat(failed))
    assert.is_true(handshakes > 60)
  end)

  it("finds false rejects and false accepts", function()
    local outcome = judge.case(with(other_name, { expected_result = "SUCCESS" }), "private")
    assert.equal("reject", outcome.wrong)
    assert.is_false(outcome.passed)
    outcome = judge.case(with(right, { expected_result = "FAILURE" }), "private")
    assert.equal("accept", outcome.wrong)
    assert.is_false(outcome.passed)
  end)

  it("fails a case that must be accepted and cannot be served", function()
    local outcome = judge.case(with(right, { peer_certificate_key = "none" }), "private")
    assert.is_false(outcome.passed)
    assert.is_string(outcome.unserved)
  end)

  it("fails a case that it does not understand, and goes on", function()
    for _, change in ipairs {
      { validation_kind = "NOBODY" }, { validation_time = "yesterday" }, { trusted_certs = 1 },
    } do
      local outcome = judge.case(with(right, change), "private")
      assert.is_false(outcome.passed)
      assert.is_string(outcome.error)
    end
  end)

  it("passes over roots that cannot be read", function()
    local outcome = judge.case(with(right, {
      trusted_certs = { malformed, "", right.trusted_certs[1] },
    }), "private")
    assert.is_true(outcome.passed, report.line(outcome))
    outcome = judge.case(with(other_name, { trusted_certs = { malformed } }), "private")
    assert.is_true(outcome.passed, report.line(outcome))
    assert.same({ "issuer_unknown", "name_mismatch" }, outcome.problems)
  end)

  for _, demand in ipairs {
    { "key_usage", "digitalSignature", "keyCertSign" },
    { "extended_key_usage", "serverAuth", "emailProtection" },
    { "extended_key_usage", "serverAuth", "clientAuth" },
    { "signature_algorithms", "ECDSA_WITH_SHA256", "RSA_WITH_SHA256" },
  } do
    local field, met, unmet = demand[1], demand[2], demand[3]
    it(("looks at %s: %s"):format(field, unmet), function()
      local outcome = judge.case(with(right, { [field] = { met } }), "private")
      assert.is_true(outcome.passed, report.line(outcome))
      local unmet_case = with(right, { [field] = { unmet } })
      assert.equal("reject", judge.case(unmet_case, "private").wrong)
      outcome = judge.case(with(unmet_case, { expected_result = "FAILURE" }), "private")
      assert.is_true(outcome.passed, report.line(outcome))
      assert.is_table(outcome.handshake)
    end)
  end

  it("wants every name of a list", function()
    local names = { { kind = "DNS", value = "mail.example" }, { kind = "IP", value = "127.0.0.1" } }
    local case = with(right, { expected_peer_names = names })
    assert.is_true(judge.case(case, "private").passed)
    names[3] = { kind = "DNS", value = "other.example" }
    local outcome = judge.case(case, "private")
    assert.equal("reject", outcome.wrong)
    assert.same({ "name_mismatch" }, outcome.problems)
  end)

  for text, seconds in pairs {
    ["1970-01-01T00:00:00Z"] = 0,
    ["1970-01-01T00:00:03+00:00"] = 3,
    ["1969-12-31T23:59:59Z"] = -1,
    ["2000-02-29T12:00:00Z"] = 951825600,
    ["2000-03-01T00:00:00Z"] = 951868800,
    ["2024-04-01T00:00:00.995+00:00"] = 1711929600,
    ["2024-04-01T02:00:00+02:00"] = 1711929600,
    ["2024-03-31T18:30:00-05:30"] = 1711929600,
    ["2100-02-28T23:59:59Z"] = 4107542399,
    ["2100-03-01T00:00:00Z"] = 4107542400,
  } do
    it("knows when " .. text .. " is", function()
      assert.equal(seconds, corpus.seconds(text))
    end)
  end

  it("chooses the profile that a case is meant for", function()
    local function case(id, features, conflicts)
      return { id = id, features = features or {}, conflicts_with = conflicts or {} }
    end
    local chosen = profile.choose {
      case "rfc5280::nc::a", case "bettertls::nameconstraints::a", case "crl::a",
      case "webpki::san::a", case "online::a",
      case("rfc5280::b", { "has-crl", "pedantic-webpki-eku" }),
      case("rfc5280::c", { "pedantic-public-suffix-wildcard" }),
      case("webpki::d", { "rfc5280-incompatible-with-webpki" }),
      case("rfc5280::e", { "pedantic-rfc5280" }),
      case("rfc5280::f", {}, { "webpki::san::a" }),
      case("webpki::g", {}, { "rfc5280::b" }),
    }
    local profiles = {}
    for id, choice in pairs(chosen) do profiles[id] = choice.profile end
    assert.same({
      ["rfc5280::nc::a"] = "private", ["bettertls::nameconstraints::a"] = "private",
      ["crl::a"] = "private", ["webpki::san::a"] = "webpki", ["online::a"] = "webpki",
      ["rfc5280::b"] = "webpki", ["rfc5280::c"] = "webpki", ["webpki::d"] = "private",
      ["rfc5280::e"] = "private", ["rfc5280::f"] = "private", ["webpki::g"] = "private",
    }, profiles)
  end)

  it("counts", function()
    local tally = report.tally()
    for _, outcome in ipairs {
      { case = { id = "a::b::c" }, passed = true, handshake = {} },
      { case = { id = "a::b::d" }, passed = false, wrong = "accept" },
      { case = { id = "a::e" }, passed = false, wrong = "reject" },
      { case = { id = "a::f" }, passed = false, error = "broken", unserved = "it: no key" },
    } do
      tally:add(outcome)
    end
    assert.equal("limbo: 1 passed, 3 failed (1 false accepts, 1 false rejects), 0 skipped",
      tally:summary(4))
    assert.matches("\na::b +2 +1 +1 +%. +%. +1 +%.\n", tally:table())
    assert.matches("\na +2 +%. +%. +1 +1 +%. +1\n", tally:table())
    assert.equal("not served: 1: no key\n", tally:reasons())
  end)
end)

local given = os.getenv "SECSOCK_LIMBO"
local path = given or "../shared/limbo/limbo-part.json"
local cases, err = corpus.read(path)

describe("x509-limbo #slow", function()
  if not cases and not given then
    it(("was not run: there is no %s, and SECSOCK_LIMBO is not set"):format(path), function()
      assert.is_nil(io.open(path))
    end)
    return
  end

  it("can be read", function() assert.is_table(cases, err) end)
  if not cases then return end

  local groups, order, choices = {}, {}, profile.choose(cases)
  for _, case in ipairs(cases) do
    local name = corpus.category(case)
    if not groups[name] then
      groups[name] = {}
      order[#order + 1] = name
    end
    table.insert(groups[name], case)
  end
  table.sort(order)

  local tally = report.tally()

  for _, name in ipairs(order) do
    it(("is met: %s, %d cases"):format(name, #groups[name]), function()
      local failed = {}
      for _, case in ipairs(groups[name]) do
        local outcome = judge.case(case, choices[case.id].profile)
        tally:add(outcome)
        if not outcome.passed then failed[#failed + 1] = report.line(outcome) end
      end
      assert.equal("", table.concat(failed))
    end)
  end

  it("has been run whole", function()
    io.write("\n", tally:table(), tally:reasons(), tally:summary(#cases), "\n")
    assert.matches(("^limbo: %d passed, 0 failed .* 0 skipped$"):format(#cases),
      tally:summary(#cases))
  end)
end)
