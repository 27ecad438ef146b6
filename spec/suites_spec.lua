-- The ready-made suites: secsock's own ends pass them, and each case finds the fault that it is
-- for.
local careless = require "spec.support.careless"
local lines = require "secsock.scenario.suites.lines"
local mint = require "secsock.mint"
local scenario = require "secsock.scenario"
local servers = require "secsock.scenario.suites.servers"
local validation = require "secsock.scenario.suites.validation"

local suites = scenario.suites
local protocols = {
  "smtp", "lmtp", "imap", "pop3", "ftp", "nntp", "sieve", "xmpp", "ldap", "postgres", "mysql",
}

local function assert_accepts(suite, name)
  local finding = suite:try(name)
  assert.equal("accepted", finding.verdict, ("%s: %s\n%s"):format(name, finding.why,
    tostring(finding.run)))
end

-- Every case that the suite has of `names` is accepted; there is one at least.
local function assert_finds(suite, names)
  local found = 0
  for _, case in ipairs(suite.cases) do
    if names[case.name] then
      assert_accepts(suite, case.name)
      found = found + 1
    end
  end
  assert.is_true(found > 0)
end

local function set(...)
  local names = {}
  for _, name in ipairs { ... } do names[name] = true end
  return names
end

-- Under valgrind one protocol of each kind will do.
local some = set("smtp", "imap", "postgres")

local function title(protocol) return "in " .. protocol .. (some[protocol] and "" or " #slow") end

describe("secsock's client refuses, of what is done to STARTTLS", function()
  for _, protocol in ipairs(protocols) do
    describe(title(protocol), function()
      suites.starttls_client { protocol = protocol, client = {} }:each(it)
    end)
  end
end)

describe("secsock's server refuses, of what is done to STARTTLS", function()
  for _, protocol in ipairs(protocols) do
    describe(title(protocol), function()
      suites.starttls_server { protocol = protocol, server = {} }:each(it)
    end)
  end
end)

describe("secsock's client refuses, as TLS #slow", function()
  for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
    for _, protocol in ipairs { "https", "smtp" } do
      it(("%s in %s, every wrong certificate"):format(version, protocol), function()
        local report = suites.tls_client_validation {
          protocol = protocol, client = { profile = "private" }, versions = { version },
          name = "mail.example",
        }:run()
        assert.equal(#report.findings, report.counts.refused, tostring(report))
        assert.is_true(#report.findings > 110)
      end)
    end
  end
end)

-- What a client has found of a word is its problem, and nothing else.
local function assert_problem(finding)
  local is = mint.wrong[finding.case.name]
  local verdict = finding.run.client.verdict
  if is then assert.same({ is.problem }, verdict:problems(), finding.case.name) end
end

describe("a wrong certificate is wrong in one way #slow", function()
  for _, name in ipairs { "localhost", "mail.example", "127.0.0.1" } do
    it("for " .. name, function()
      local report = suites.tls_client_validation {
        protocol = "tls", client = { profile = "private" }, name = name,
      }:run()
      assert.equal(#report.findings, report.counts.refused, tostring(report))
      for _, finding in ipairs(report.findings) do assert_problem(finding) end
    end)
  end
end)

describe("the suite for clients finds one #slow", function()
  for _, protocol in ipairs(protocols) do
    it("that goes on in the clear, in " .. protocol, function()
      assert_finds(suites.starttls_client {
        protocol = protocol, client = careless.optional(protocol),
      }, set("stripped", "refused", "unknown", "handshake_fails", "preauth"))
    end)

    it("that hears in TLS what was said before, in " .. protocol, function()
      assert_finds(suites.starttls_client {
        protocol = protocol, client = careless.reading_ahead(protocol),
      }, set "response_injected")
    end)

    if lines[protocol] then
      it("that completes in TLS what was begun before, in " .. protocol, function()
        assert_finds(suites.starttls_client {
          protocol = protocol, client = careless.completing(protocol),
        }, set "answer_completed")
      end)
    end

    it("that accepts every certificate, in " .. protocol, function()
      assert_finds(suites.starttls_client {
        protocol = protocol, client = { hook = function() return true end },
      }, set("issuer_unknown", "self_signed", "name_mismatch", "expired"))
    end)
  end

  for _, protocol in ipairs { "smtp", "lmtp", "imap", "pop3" } do
    it("that remembers what it was offered in the clear, in " .. protocol, function()
      assert_finds(suites.starttls_client {
        protocol = protocol, client = careless.remembering(protocol),
      }, set "offer_kept")
    end)
  end

  it("that goes where it is sent in the clear", function()
    assert_finds(suites.starttls_client { protocol = "imap", client = careless.following },
      set("referral_in_greeting", "referral_in_refusal"))
  end)

  -- Its TLS reads no certificate and checks no signature: but what the keys are proven by.
  it("that accepts every certificate, for each of them", function()
    for _, version in ipairs { "1.2", "1.3" } do
      local report = suites.tls_client_validation {
        protocol = "https", name = "mail.example", client = scenario.hostile {
          version = version, peername = "mail.example", script = function(me, lab)
            me:upgrade()
            me:say(lab.secret .. "\r\n")
            me.socket:receive "*a" -- whether it ends or is cut
          end,
        },
      }:run()
      for _, finding in ipairs(report.findings) do
        local name = finding.case.name
        local expected = name == "wrong_finished" and "refused" or "accepted"
        assert.equal(expected, finding.verdict, name .. ": " .. finding.why)
      end
    end
  end)
end)

describe("the suite for servers finds one", function()
  local answers = {
    smtp = "250 Ok\r\n", lmtp = "250 Ok\r\n", imap = "x1 OK\r\n", pop3 = "+OK\r\n",
    ftp = "200 Ok\r\n", nntp = "111 20261122000000\r\n", sieve = "OK\r\n", xmpp = "<stream:stream>",
    ldap = "0\12\2\1\2\97\7\10\1\0\4\0\4\0", postgres = "R\0\0\0\8\0\0\0\0", mysql = "\7",
  }

  for _, protocol in ipairs(protocols) do
    it("that obeys in TLS what was said before, " .. title(protocol), function()
      local answered = protocol == "imap" and "* CAPABILITY\r\n" or protocol == "nntp" and "101\r\n"
        or protocol == "ftp" and "211 End\r\n"
        or protocol == "sieve" and '"SASL"\r\n' or answers[protocol]
      assert_finds(suites.starttls_server {
        protocol = protocol, server = careless.obeying(protocol, answers[protocol], answered),
      }, set "command_injected")
    end)
  end

  for flaw, case in pairs {
    keeps = "state_kept", greets = "hello_kept", enters = "login_kept", twice = "twice",
    login = "login_in_clear", clear = "clear_after_go",
  } do
    it("with " .. case, function()
      local function suite_of(server)
        return suites.starttls_server {
          protocol = "smtp", server = server, user = "me", password = "mine",
        }
      end
      assert.equal("refused", suite_of(careless.mail()):try(case).verdict)
      assert_accepts(suite_of(careless.mail(flaw)), case)
    end)
  end
end)

describe("a suite", function()
  it("judges nobody who does badly where all is right", function()
    local report = suites.starttls_client {
      protocol = "smtp", client = function(me) me:close() end,
    }:run()
    assert.equal(#report.findings, report.counts["cannot judge"])
    assert.matches("even where all is right: it does not complete the handshake", tostring(report))
  end)

  it("judges nobody whom the attack does not reach", function()
    local finding = suites.starttls_client {
      protocol = "smtp", client = function(me, lab)
        me:expect "^220 "
        me:say "STARTTLS" -- and never asks what is offered
        me:expect "^220 "
        me:upgrade()
        me:say(lab.secret)
      end,
    }:try "offer_kept"
    assert.equal("cannot judge", finding.verdict)
    assert.matches("before the attack", finding.why)
  end)

  it("judges nobody whom it cannot start", function()
    local finding = suites.tls_client_validation { client = { "/does/not/exist" } }:try "expired"
    assert.equal("cannot judge", finding.verdict)
    assert.matches("cannot be reached", finding.why)
  end)

  it("tells of one case what it tells of all", function()
    local suite = suites.starttls_client { protocol = "imap", client = {} }
    local report = suite:run { only = "preauth" }
    assert.equal(1, #report.findings)
    assert.equal("refused", report:finding "preauth".verdict)
    assert.is_nil(report:finding "expired")
    assert.equal(4, suite:run { only = { "certificate" } }.counts.refused)
    assert.has_error(function() suite:run { only = "nothing" } end, "there is no case 'nothing'")
  end)

  it("has those cases alone that are asked for", function()
    local suite = suites.tls_client_validation { client = {}, only = { "time", "self_signed" } }
    local names = {}
    for i, case in ipairs(suite.cases) do names[i] = case.name end
    assert.same({ "self_signed", "expired", "not_yet_valid", "expired_issuer", "expired_1950" },
      names)
    local ok, err = pcall(function()
      suites.starttls_server { protocol = "smtp", server = {}, only = "nothing" }
    end)
    assert.is_false(ok)
    assert.matches("suites_spec.lua:%d+: there is no case 'nothing'", err)
    for _, method in ipairs { "case", "try" } do
      ok, err = pcall(function() suite[method](suite, "nothing") end)
      assert.is_false(ok)
      assert.matches("suites_spec.lua:%d+: there is no case 'nothing'", err)
    end
  end)

  it("says what is missing", function()
    for text, options in pairs {
      ["option 'client' is missing"] = { protocol = "smtp" },
      ["option 'protocol' is missing"] = { client = {} },
      ["option 'protocol': there is no 'gopher'"] = { client = {}, protocol = "gopher" },
    } do
      assert.has_error(function() suites.starttls_client(options) end, text)
    end
  end)

  it("has a case for each word of the mint, or a reason why not", function()
    local known = {}
    for _, case in ipairs(validation.all) do known[case.name] = true end
    for why, words in pairs(validation.without) do
      for word in words:gmatch "%S+" do
        assert.is_nil(known[word], word)
        known[word] = why
      end
    end
    for _, word in ipairs(mint.words()) do assert.truthy(known[word], word) end
  end)

  it("throws what it finds where it is run by Busted", function()
    local tests = {}
    suites.tls_client_validation { client = { hook = function() return true end } }:each(
      function(name, test) tests[name:match "^[%w_]+"] = test end)
    local ok, err = pcall(tests.expired)
    assert.is_false(ok)
    assert.matches("^accepted: it completes the handshake", err)
    assert.matches("RFC 5280", err)
    assert.matches("is secure: TLSv1", err)
  end)

  it("shows how far it has come", function()
    local file = assert(io.tmpfile())
    suites.starttls_server { protocol = "ldap", server = {} }:run { show = file }
    file:seek "set"
    local text = file:read "*a"
    file:close()
    assert.matches("\r2 of %d: ", text)
    assert.matches("refused +twice", text)
    assert.matches("%d refused, 0 accepted, 0 cannot be judged", text)
  end)

  it("has for each case what is done, what counts and who says so", function()
    local seen = 0
    for _, protocol in ipairs(protocols) do
      assert.is_table(servers[protocol])
      for _, suite in ipairs {
        suites.starttls_client { protocol = protocol, client = {} },
        suites.starttls_server { protocol = protocol, server = {} },
        suites.tls_client_validation { protocol = protocol, client = {} },
      } do
        for _, case in ipairs(suite.cases) do
          for _, field in ipairs { "name", "class", "text", "judged", "reference" } do
            assert.is_string(case[field], case.name .. "." .. field)
          end
          seen = seen + 1
        end
      end
    end
    assert.is_true(seen > 300)
  end)

  it("must be described well", function()
    for _, options in ipairs {
      {}, { client = {}, protocol = "nothing" }, { client = {}, wrong = 1 }, { client = 1 },
    } do
      for _, name in ipairs { "starttls_client", "tls_client_validation", "starttls_server" } do
        local ok, err = pcall(function()
          suites[name](options)
        end)
        if next(options) or name ~= "tls_client_validation" or not ok then
          assert.is_false(ok)
          assert.matches("suites_spec.lua:%d+: ", err)
        end
      end
    end
  end)
end)
