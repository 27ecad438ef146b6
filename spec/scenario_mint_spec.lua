-- Whatever is wrong with a certificate, whoever judges it in a handshake refuses it: for that, and
-- for nothing else. That wolfSSL cannot read some of them makes no difference.
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

local root = mint.ca "Other Root"
local other = root:issue { dns = "mail.example", eku = { "serverAuth", "clientAuth" } }

-- The settings of whoever judges: those of secsock.validate without what is the peer's to send.
local function judge_of(options, more)
  local judge = with(options, more)
  judge.name, judge.chain, judge.ocsp, judge.purpose = nil, nil, nil, nil
  return judge
end

local function is_sent_whole(case)
  return case.made:cert() ~= nil and case.options.chain == case.made:chain()
end

local roles = {}

-- The ends of a handshake; nil where the certificate cannot be shown so.
function roles.server(case)
  local options = case.options
  if not options.name or not is_sent_whole(case) then return nil end
  return {
    client = judge_of(options, { peername = options.name }),
    server = { identity = case.made, staple = options.ocsp and { data = options.ocsp } },
  }
end

-- A server has no name to look for, and nobody staples anything for it.
function roles.client(case)
  if case.options.ocsp or not is_sent_whole(case) then return nil end
  return {
    client = { identity = case.made, trust = root:cert(), peername = "mail.example" },
    server = judge_of(case.options, { identity = other, clientauth = "require" }),
  }
end

-- What must be found: with a server its problem alone; with a client what secsock.validate finds,
-- which is nothing if the problem is one of servers, and more if their certificates serve no client.
local function problems_of(case, role)
  if role == "server" then return { case.problem } end
  local options = with(case.options, { purpose = "client" })
  options.name = nil
  return assert(secsock.validate(options)):problems()
end

for role, judge in pairs { server = "client", client = "server" } do
  describe(("a %s whose certificate is wrong"):format(role), function()
    it("is refused for what is wrong, and learns of it", function()
      local words, ends, problems = {}, {}, {}
      for _, word in ipairs(mint.words()) do
        local case = mint.case(word)
        ends[word], problems[word] = roles[role](case), problems_of(case, role)
        local is_wrong = ends[word] and #problems[word] > 0
        -- secsock cannot take the part of whoever shows certain certificates.
        if is_wrong and pcall(scenario.run, ends[word]) then words[#words + 1] = word end
      end
      assert.is_true(#words > 65, #words .. " words")
      assert.passed(scenario.matrix {
        version = { "TLSv1.2", "TLSv1.3" },
        word = words,
        run = function(case)
          local r = case.scenario {
            client = with(ends[case.word].client, { versions = { case.version } }),
            server = ends[case.word].server,
          }
          local mine, theirs = r[judge], r[role]
          assert.rejected(mine)
          assert.same(problems[case.word], mine.verdict:problems())
          assert.alert(mine, mine.verdict:details()[1].alert)
          assert.alert(theirs, mine.alert)
          assert.is_true(theirs.alert_received)
          assert.lawful(r)
        end,
      })
    end)
  end)
end
