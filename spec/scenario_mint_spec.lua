-- Whatever is wrong with a certificate, whoever judges it in a handshake refuses it: for that, and
-- for nothing else. That wolfSSL cannot read some of them makes no difference.
local der = require "secsock.mint.der"
local mint = require "secsock.mint"
local scenario = require "secsock.scenario"
local secsock = require "secsock"
require "secsock.scenario.assertions"

local function with(fields, changes)
  local all = {}
  for name, value in pairs(fields) do all[name] = value end
  for name, value in pairs(changes) do all[name] = value end
  return all
end

-- A peer that shows what secsock.validate is given: the certificate as it is, with no more issuers
-- than there, and with the response stapled to it.
local function show(case, version)
  local options, made = case.options, case.made
  local does = { message = { certificate = function(message)
    if options.chain == "" then message.chain = {} end
    if options.chain == made.der then message.chain = { made.der } end
  end } }
  return scenario.hostile {
    version = version, identity = made, staple = options.ocsp, does = does,
  }
end

-- The settings of whoever judges: those of secsock.validate without what is the peer's to send.
local function judge_of(options, more)
  local judge = with(options, more)
  judge.name, judge.chain, judge.ocsp = nil, nil, nil
  return judge
end

local other = { client = "server", server = "client" }
local own = mint.ca("Other Root"):issue { dns = "mail.example" }
local ends = {}

function ends.server(case, version)
  local name = case.options.name
  return {
    server = show(case, version),
    client = judge_of(case.options, {
      versions = { "TLSv" .. version }, peername = name, hook = not name and function() end or nil,
    }),
  }
end

function ends.client(case, version)
  return {
    client = show(case, version),
    server = judge_of(case.options, {
      versions = { "TLSv" .. version }, identity = own, clientauth = "require",
    }),
  }
end

-- What must be found: with a server its problem alone; with a client what secsock.validate finds:
-- nothing if the problem is one of servers, and more if their certificates serve no client.
local function problems_of(case, role)
  if role == "server" then return { case.problem } end
  local options = with(case.options, { purpose = "client" })
  options.name = nil
  return assert(secsock.validate(options)):problems()
end

-- Nobody could prove that a key is theirs to which they have another.
local function is_shown_in_vain(case) return case.made.foreign or case.options.chain == "" end

local function check(case, role, r)
  local mine, theirs = r[other[role]], r[role]
  assert.failed(mine)
  assert.same(problems_of(case, role), mine.verdict:problems())
  if not is_shown_in_vain(case) then
    assert.rejected(mine)
    assert.alert(mine, mine.verdict:details()[1].alert)
  end
  assert.alert(theirs, mine.alert)
  assert.lawful(r)
end

for role in pairs(ends) do
  describe(("a %s whose certificate is wrong"):format(role), function()
    it("is refused for what is wrong, and learns of it #slow", function()
      local words, cases = {}, {}
      for _, word in ipairs(mint.words()) do
        local case = mint.case(word)
        local is_staple = case.options.ocsp ~= nil
        cases[word] = case
        if #problems_of(case, role) > 0 and not (role == "client" and is_staple) then
          words[#words + 1] = word
        end
      end
      assert.passed(scenario.matrix {
        version = { "1.2", "1.3" },
        word = words,
        run = function(is)
          local case = cases[is.word]
          check(case, role, is.scenario(ends[role](case, is.version)))
        end,
      })
    end)
  end)
end

-- A part of the subject is made of two attributes.
local function of_two_attributes(ca, role)
  local function attribute(oid, text) return der.sequence(der.oid(oid), der.utf8(text)) end
  local part = der.set(attribute("2.5.4.3", "a") .. attribute("2.5.4.10", "b"))
  return ca:make {
    subject = { raw = der.sequence(part) }, dns = "mail.example", eku = { role .. "Auth" },
  }
end

local function plain(ca, role)
  return ca:make { dns = "mail.example", eku = { role .. "Auth" } }
end

describe("a certificate that is right, but that wolfSSL cannot take,", function()
  for problem, case in pairs {
    unsupported = { make = of_two_attributes, text = "for a part of its subject is two" },
    too_complex = { make = plain, text = "for it comes with 99 more", does = "certificates_100" },
  } do
    for role in pairs(ends) do
      it(("is refused %s: of a %s"):format(case.text, role), function()
        for _, version in ipairs { "1.2", "1.3" } do
          local ca, calls = mint.ca "Test Root", 0
          local peer = scenario.hostile {
            version = version, identity = case.make(ca, role), does = case.does,
          }
          local judge = {
            trust = ca:cert(), versions = { "TLSv" .. version }, identity = own,
            peername = role == "server" and "mail.example" or nil,
            clientauth = role == "client" and "require" or nil,
            hook = function()
              calls = calls + 1
              return true
            end,
          }
          local r = scenario.run { [role] = peer, [other[role]] = judge }
          local mine = r[other[role]]
          assert.equal(1, calls)
          assert.rejected(mine, problem)
          assert.alert(r[role], mine.verdict:details()[1].alert)
        end
      end)
    end
  end
end)

describe("what a mint has made", function()
  local ca, older = mint.ca "Test Root", mint.ca "Older Root"

  local function meet(client, server)
    client.peername, client.revocation = "mail.example", "leaf"
    return scenario.run { client = client, server = server }
  end

  it("is an option as it is: CAs, a list, a response", function()
    local made = ca:make { dns = "mail.example" }
    assert.secure(meet({ trust = { older, ca }, crl = ca:crl() }, { identity = made }))
    assert.secure(meet({ trust = { ca } }, { identity = made, staple = ca:ocsp(made) }))
    local r = meet({ trust = { older }, crl = ca:crl() }, { identity = made })
    assert.is_truthy(r.client.verdict:problems()[1])
    ca:revoke(made)
    assert.rejected(meet({ trust = ca, crl = ca:crl() }, { identity = made }).client, "revoked")
    r = meet({ trust = ca }, { identity = made, staple = ca:ocsp(made) })
    assert.rejected(r.client, "revoked")
  end)
end)
