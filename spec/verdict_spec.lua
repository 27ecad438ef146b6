-- Verdicts, as Lua sees them.
local secsock = require "secsock"
local support = require "spec.support"

describe("A verdict", function()
  local folder

  setup(function() folder = support.certificates.make() end)
  teardown(function() support.certificates.remove(folder) end)

  -- What a client that wants `name` thinks of a server that presents itself as `presented`.
  local function judge(presented, name)
    local p = support.pair {
      client = { trust = folder .. "/root.pem", peername = name or "mail.example" },
      server = {
        identity = {
          cert = ("%s/%s.pem"):format(folder, presented),
          key = ("%s/%s.key"):format(folder, presented),
        },
      },
    }
    local of_client = p:upgrade()
    return p.client:verdict(), of_client, p
  end

  for _, case in ipairs {
    { "right", "mail.example", {}, "matched" },
    { "right", "127.0.0.1", {}, "matched" },
    { "right", "127.0.0.2", { "name_mismatch" }, "mismatched", "bad_certificate" },
    { "elsewhere", "mail.example", { "name_mismatch" }, "mismatched", "bad_certificate" },
    { "expired", "mail.example", { "expired" }, "matched", "certificate_expired" },
    { "stranger", "mail.example", { "issuer_unknown" }, "matched", "unknown_ca" },
    { "client", "client.example", { "wrong_usage" }, "matched" },
  } do
    local presented, name, problems, result, alert = case[1], case[2], case[3], case[4], case[5]
    it(("on %s as %s is: %s"):format(presented, name, table.concat(problems, ", ")), function()
      local verdict, of_client = judge(presented, name)
      assert.same(problems, verdict:problems())
      assert.equal(#problems == 0, verdict:ok())
      assert.equal(result, verdict:name())
      assert.equal(name, verdict:peername())
      assert.is_false(verdict:resumed())
      if #problems > 0 then
        assert.equal("certificate rejected", of_client[2])
        assert.equal(verdict, of_client[3].verdict)
      end
      if alert then assert.equal(alert, of_client[3].alert) end
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
    assert.equal("secsock verdict: name_mismatch", tostring((judge "elsewhere")))
  end)

  it("outlives its socket", function()
    local verdict, _, p = judge "expired"
    p.client:close()
    p = nil -- luacheck: ignore 311
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
