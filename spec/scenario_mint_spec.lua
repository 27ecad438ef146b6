-- Whatever is wrong with a server's certificate, a client refuses it in a handshake: for that, and
-- for nothing else.
local mint = require "secsock.mint"
local scenario = require "secsock.scenario"
require "secsock.scenario.assertions"

-- What wolfSSL cannot read fails the handshake before it can be judged: that is "malformed".
local unread = {}
for _, word in ipairs {
  "address_length", "authority_key_id_critical", "constraints_of_no_ca", "name_with_nul",
  "policy_twice", "too_complex", "unknown_critical", "uri_relative", "usage_of_a_ca",
} do
  unread[word] = true
end

-- A case as the two ends of a handshake; nil where secsock cannot take the part of such a server.
local function ends_of(case)
  local options = case.options
  local sent_as_it_is = options.chain == case.made:chain()
  if not case.made:cert() or not sent_as_it_is or not options.name then return nil end
  local client = {}
  for name, value in pairs(options) do client[name] = value end
  client.peername, client.name, client.chain, client.ocsp = options.name, nil, nil, nil
  local server = { identity = case.made, staple = options.ocsp and { data = options.ocsp } }
  if not pcall(scenario.run, { client = client, server = server }) then return nil end
  return { client = client, server = server }
end

describe("a server whose certificate is wrong", function()
  it("is refused for what is wrong, and learns of it", function()
    local words, cases = {}, {}
    for _, word in ipairs(mint.words()) do
      local case = mint.case(word)
      local ends = ends_of(case)
      if ends then
        words[#words + 1] = word
        cases[word] = { ends = ends, problem = unread[word] and "malformed" or case.problem }
      end
    end
    assert.is_true(#words > 70, #words .. " words")
    assert.passed(scenario.matrix {
      version = { "TLSv1.2", "TLSv1.3" },
      word = words,
      run = function(case)
        local client = cases[case.word].ends.client
        client.versions = { case.version }
        local r = case.scenario { client = client, server = cases[case.word].ends.server }
        assert.rejected(r.client, cases[case.word].problem)
        assert.alert(r.client)
        assert.equal(r.client.alert, r.server.alert)
        assert.is_true(r.server.alert_received)
        assert.lawful(r)
      end,
    })
  end)
end)
