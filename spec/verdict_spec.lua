-- Verdicts, as Lua sees them.
local scenario = require "secsock.scenario"
local secsock = require "secsock"
require "secsock.scenario.assertions"

describe("A verdict", function()
  local root = scenario.ca "Example Root"
  local issuing = root:intermediate "Example Issuing Authority"
  local services = { subject = "Example Services", dns = "mail.example", ip = "127.0.0.1" }

  local function issue(ca, changes)
    local from = {}
    for _, fields in ipairs { services, changes } do
      for name, value in pairs(fields) do from[name] = value end
    end
    return assert(ca:issue(from))
  end

  local presented = {
    right = issue(issuing, {}),
    expired = issue(issuing, { not_before = "20210101000000Z", not_after = "20220101000000Z" }),
    stranger = issue(scenario.ca "Nobody Knows This Root", {}),
    client = issue(issuing, { eku = "clientAuth" }),
  }

  -- What a client that wants `name` makes of a server that presents itself so.
  local function judge(as, name)
    local r = scenario.run {
      client = { trust = root, peername = name or "mail.example" },
      server = { identity = presented[as] },
    }
    assert.lawful(r)
    return r.client.verdict, r
  end

  for _, case in ipairs {
    { "right", "mail.example", {}, "matched" },
    { "right", "127.0.0.1", {}, "matched" },
    { "right", "127.0.0.2", { "name_mismatch" }, "mismatched", "bad_certificate" },
    { "right", "else.example", { "name_mismatch" }, "mismatched", "bad_certificate" },
    { "expired", "mail.example", { "expired" }, "matched", "certificate_expired" },
    { "stranger", "mail.example", { "issuer_unknown" }, "matched", "unknown_ca" },
    { "client", "mail.example", { "wrong_usage" }, "matched", "unsupported_certificate" },
  } do
    local as, name, problems, result, alert = case[1], case[2], case[3], case[4], case[5]
    it(("on %s as %s is: %s"):format(as, name, table.concat(problems, ", ")), function()
      local verdict, r = judge(as, name)
      assert.same(problems, verdict:problems())
      assert.equal(#problems == 0, verdict:ok())
      assert.equal(result, verdict:name())
      assert.equal(name, verdict:peername())
      assert.is_false(verdict:resumed())
      if #problems == 0 then return assert.secure(r) end
      assert.rejected(r.client, problems[1])
      assert.equal(verdict, r.client.details.verdict)
      assert.alert(r.client, alert)
      assert.alert(r.server, alert)
    end)
  end

  it("reports several problems at once", function()
    local verdict = judge("expired", "elsewhere.example")
    assert.is_true(verdict:has "expired")
    assert.is_true(verdict:has "name_mismatch")
    assert.is_false(verdict:has "revoked")
    assert.equal(2, #verdict:problems())
  end)

  it("says of each problem which certificate it is about, and why", function()
    local verdict = judge "expired"
    local details = verdict:details()
    assert.equal(1, #details)
    assert.equal("expired", details[1].problem)
    assert.equal(verdict:chain()[1], details[1].cert)
    assert.matches("2022", details[1].text)
    assert.equal("RFC 5280, 4.1.2.5", details[1].section)
    assert.equal("certificate_expired", details[1].alert)
  end)

  it("shows what was sent, and the path that was found", function()
    local verdict = judge "right"
    local function subjects(certs)
      local list = {}
      for i, cert in ipairs(certs) do list[i] = cert:subject() end
      return list
    end
    local sent = { "CN=Example Services", "CN=Example Issuing Authority" }
    assert.same(sent, subjects(verdict:chain()))
    assert.same({ sent[1], sent[2], "CN=Example Root" }, subjects(verdict:path()))
  end)

  it("was reached just now", function()
    local verdict = judge "right"
    assert.is_true(math.abs(verdict:time() - os.time()) < 60)
  end)

  it("explains itself to people", function()
    local text = judge("expired"):explain()
    assert.matches("mail.example", text, 1, true)
    assert.matches("Example Root", text, 1, true)
    assert.matches("expired", text)
    assert.matches("\n", text)
  end)

  it("is shown as text by its problems", function()
    assert.equal("secsock verdict: ok", tostring((judge "right")))
    assert.equal("secsock verdict: name_mismatch", tostring((judge("right", "else.example"))))
  end)

  it("outlives its socket", function()
    local verdict = judge "expired"
    for _ = 1, 3 do collectgarbage() end
    assert.same({ "expired" }, verdict:problems())
    assert.equal("CN=Example Services", verdict:chain()[1]:subject())
  end)

  it("does not exist before there was a handshake", function()
    assert.is_nil(secsock.new():verdict())
  end)

  it("knows the problems that there are", function()
    local verdict = judge "right"
    assert.has_error(function() verdict:has "expird" end)
    assert.has_error(function() verdict:has(1) end)
  end)
end)
