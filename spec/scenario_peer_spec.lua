-- Peers whose TLS misbehaves, and what secsock and OpenSSL make of them.
local hostile = require "secsock.scenario.hostile"
local numbers = require "secsock.tls.numbers"
local parties = require "spec.support.parties"
local scenario = require "secsock.scenario"
local support = require "spec.support.hostile"
local write = require("spec.support").write
require "secsock.scenario.assertions"

local VERSIONS, ROLES = { "1.2", "1.3" }, { "server", "client" }

-- What secsock answers otherwise than a good peer, by who misbehaves: "accepted", or the alert with
-- which it refuses. All of it is wolfSSL's, and none of it lets in anybody who should not be:
--
--   - Under TLS 1.2 it has a handshake_failure for most of what is wrong with a message, and for
--     versions; decode_error where keys are used too early; record_overflow for empty records.
--   - The header of a message must be in one record (fragments_of_one); no HelloRequest may come
--     within a handshake; of the change_cipher_specs of TLS 1.3 there may be one. RFCs allow these.
--   - It does not look at unknown extensions of a server under TLS 1.2; at a client's
--     renegotiation_info, where there is no renegotiation; at how a ticket is to be used that it
--     does not know; at empty records within a message, while they are few.
local known = {
  ["server 1.2"] = {
    record_overflow = "empty_handshake fragments_empty",
    decode_error = "change_cipher_spec_twice compression",
    handshake_failure = "client_key_exchange_here extension_twice "
      .. "foreign_signature fragments_of_one no_signature signature_garbage signature_longer "
      .. "signature_zero wrong_signature",
    unexpected_message = "hello_request_within",
    accepted = "unsolicited_extension",
  },
  ["server 1.3"] = {
    record_overflow = "empty_handshake",
    decode_error = "fragments_of_one hello_retry_request_twice",
    illegal_parameter = "change_cipher_specs",
    accepted = "fragments_empty",
  },
  ["client 1.2"] = {
    record_overflow = "empty_handshake fragments_empty",
    decode_error = "change_cipher_spec_twice no_certificate_verify",
    bad_certificate = "other_scheme unknown_scheme",
    handshake_failure = "certificate_request_here "
      .. "certificate_status_unasked client_version_ssl3 client_version_tls10 "
      .. "client_version_tls11 extension_twice fragments_of_one server_hello_here "
      .. "ticket_in_handshake",
    accepted = "renegotiation_info",
  },
  ["client 1.3"] = {
    record_overflow = "empty_handshake",
    decode_error = "certificate_later fragments_of_one",
    illegal_parameter = "change_cipher_specs",
    accepted = "fragments_empty psk_without_modes",
  },
}

-- The same, by word.
local function by_word(answers)
  local words = {}
  for answer, names in pairs(answers) do
    for name in names:gmatch "%S+" do words[name] = answer end
  end
  return words
end

-- Prints the sequence of a run only where that is wanted: some are long.
local function assert_answer(expected, r, word, good, bad)
  local flaw = support.flaw(word, good, bad)
  if flaw ~= expected then assert.equal(expected, flaw, tostring(r)) end
end

-- What takes long under valgrind; half of the others must do there.
local function is_slow(name, role, version)
  local other_half = (role == "server") == (version == "1.2")
  return other_half or name:find "flood" or name:find "^endless"
end

describe("secsock", function()
  for _, role in ipairs(ROLES) do
    for _, version in ipairs(VERSIONS) do
      local expected = by_word(known[role .. " " .. version])
      for _, name in ipairs(hostile.list(role, version)) do
        local word = hostile.words[name]
        local title = ("meets a %s of TLS %s that %s: %s"):format(role, version, word.text, name)
        if name ~= "alert" then
          it(title .. (is_slow(name, role, version) and " #slow" or ""), function()
            local r, good, bad = support.run(role, version, { does = name })
            assert.lawful(r)
            assert.equal(0, r.seconds) -- nobody waits in vain
            assert_answer(expected[name], r, word, good, bad)
            if not good.ok then assert.is_string(good.err) end
          end)
        end
      end

      it(("is known by its answers to words of a %s of TLS %s"):format(role, version), function()
        for name in pairs(expected) do
          assert.matches(version, hostile.words[name].on[role], name)
        end
      end)
    end
  end

  for _, role in ipairs(ROLES) do
    it("follows as many key updates in a row as anybody needs: of a " .. role, function()
      for count, alert in pairs { [32] = false, [33] = "unexpected_message" } do
        local r, good, bad = support.run(role, "1.3", { does = {
          plan = function(plan)
            plan:before("secure", function(peer)
              for _ = 1, count do peer:update_key(1) end
            end)
          end,
        } })
        assert.lawful(r)
        assert.equal(alert or nil, bad.alert)
        assert.equal(not alert or nil, good.ok)
      end
    end)
  end

  it("takes a client for what it can do if that is all that both can do", function()
    local r = scenario.run {
      client = support.peer("client", "1.2", { does = "fallback" }),
      server = parties.server { versions = { "TLSv1.2" } },
    }
    assert.secure(r)
  end)

  it("is not secure with a peer that has not finished its handshake", function()
    for _, case in ipairs {
      { "server", "no_certificate" }, { "server", "no_finished" }, { "server", "wrong_finished" },
      { "client", "no_certificate_verify" }, { "client", "no_finished" },
      { "client", "wrong_finished" }, { "client", "certificate_unasked" },
      { "client", "empty_certificate_required" }, { "client", "foreign_signature" },
    } do
      for _, version in ipairs(VERSIONS) do
        local _, good = support.run(case[1], version, { does = case[2] })
        -- A client of TLS 1.3 is secure before the server has seen what it sends.
        assert.is_false(good.secure, case[2])
        assert.equal("", good.received.after)
      end
    end
  end)
end)

-- ------------------------------------------------------------------------------------------ alerts

-- Alerts with a name, and some without.
local function few_alerts()
  local list = { 1, 99, 255 }
  for _, number in pairs(numbers.alerts) do
    if type(number) == "number" then list[#list + 1] = number end
  end
  return list
end

local function all_alerts()
  local list = {}
  for number = 0, 255 do list[number + 1] = number end
  return list
end

local function steps_of(role, version)
  return require("secsock.tls.steps" .. version:gsub("%.", ""))[role].order
end

local words = { alert = true, closed = true, protocol = true, injected = true }

-- Of the warnings, those of TLS 1.3 that end nothing (RFC 8446, section 6), and those of TLS 1.2
-- that do: wolfSSL takes the second for fatal.
local passes = { [numbers.alerts.user_canceled] = true }
local stops = { [numbers.alerts.close_notify] = true, [numbers.alerts.decrypt_error] = true }

-- Sends an alert ahead of a step; the result of secsock's end.
local function alerted(role, version, alert, level, step)
  local r, good = support.run(role, version, {
    does = "alert", alert = alert, level = level, when = step,
  })
  assert.lawful(r)
  assert.equal(0, r.seconds)
  return good, ("alert %d of level %d ahead of %s"):format(alert, level, step)
end

-- It ends the connection, and is what this is said to have ended by, if it could be read.
local function assert_fatal(good, alert, what)
  assert.is_nil(good.ok, what)
  assert.is_true(words[good.err], what)
  if good.err ~= "alert" then return end
  assert.equal(numbers.alerts[alert] or "unknown", good.alert, what)
  assert.is_true(good.alert_received, what)
end

describe("an alert", function()
  for _, role in ipairs(ROLES) do
    for _, version in ipairs(VERSIONS) do
      local of = ("of a %s of TLS %s"):format(role, version)

      it("ends the connection in every state if it is fatal, " .. of .. " #slow", function()
        for _, step in ipairs(steps_of(role, version)) do
          for _, alert in ipairs(few_alerts()) do
            local good, what = alerted(role, version, alert, 2, step)
            assert_fatal(good, alert, what)
          end
        end
      end)

      it("of any number ends the connection if it is fatal, " .. of .. " #slow", function()
        for _, alert in ipairs(all_alerts()) do
          local good, what = alerted(role, version, alert, 2, "secure")
          assert_fatal(good, alert, what)
          assert.equal(alert == 0 and "closed" or "alert", good.err, what)
        end
      end)

      it("that is a warning " .. (version == "1.2" and "ends nothing, " or "ends all the same, ")
        .. of .. " #slow", function()
          for _, alert in ipairs(few_alerts()) do
            local good, what = alerted(role, version, alert, 1, "secure")
            local goes_on = passes[alert]
            if version == "1.2" then goes_on = not stops[alert] end
            assert.equal(goes_on or nil, good.ok, what)
          end
        end)
    end
  end
end)

-- --------------------------------------------------------------------------------------- elsewhere

describe("a misbehaving peer", function()
  it("behaves well in clear, and then no longer", function()
    for _, protocol in ipairs { "smtp", "imap", "postgres", "ldap" } do
      for _, role in ipairs(ROLES) do
        for _, version in ipairs(VERSIONS) do
          local other = role == "server" and "client" or "server"
          local r = scenario.run {
            [role] = support.peer(role, version, { does = "wrong_finished", script = protocol }),
            [other] = parties[other] { script = protocol },
          }
          assert.failed(r[other], "protocol")
          assert.is_false(r[other].secure)
          assert.not_equal("", r[other].received.before)
          assert.lawful(r)
        end
      end
    end
  end)

  it("may be at the other end of a wire that misbehaves, and of TCP", function()
    for _, changes in ipairs {
      { wire = { split = 1 } }, { wire = { split = "random", delay = 0.1 }, seed = 7 },
      { transport = "tcp" },
    } do
      changes.server = support.peer("server", "1.3", { does = "no_certificate_verify" })
      changes.client = parties.client()
      local r = scenario.run(changes)
      assert.failed(r.client, "protocol")
      assert.alert(r.server, "unexpected_message")
    end
  end)

  it("may be left without a word", function()
    for _, version in ipairs(VERSIONS) do
      local r = scenario.run {
        server = support.peer("server", version, { script = { "upgrade", "expect" } }),
        client = parties.client { script = { "upgrade", "reset" } },
      }
      assert.failed(r.server, "reset")
      assert.equal("the connection ends: reset", r.server.details.message)
      assert.lawful(r)
    end
  end)

  it("may be asked later for what has not come in time", function()
    for _, version in ipairs(VERSIONS) do
      local r = scenario.run {
        server = support.peer("server", version, { script = function(me)
          me:upgrade()
          me.socket:settimeout(1)
          assert.same({ "timeout", "" }, { select(2, me.socket:receive "*l") })
          me:send "late?\n"
          me.socket:settimeout(0)
          local looks, line, err = 0
          repeat
            looks, line, err = looks + 1, me.socket:receive "*l"
          until line or err ~= "timeout"
          me:close()
          return { line, looks }
        end }),
        client = parties.client { script = function(me)
          me:upgrade()
          me:expect "late"
          me:send "hello\n"
          me:close()
        end },
        wire = { split = 1, delay = 0.1 },
      }
      assert.equal("hello", r.server.returned[1], tostring(r))
      assert.is_true(r.server.returned[2] > 10) -- within the record, too
      assert.lawful(r)
    end
  end)

  it("shows the response that is stapled to its certificate, to whoever asks", function()
    for _, version in ipairs(VERSIONS) do
      local identity = parties.ca:make { dns = "mail.example" }
      local r = scenario.run {
        server = support.peer("server", version, {
          identity = identity, staple = parties.ca:ocsp(identity, { status = "revoked" }),
        }),
        client = parties.client(),
      }
      assert.rejected(r.client, "revoked")
    end
  end)

  it("does several things, and what no word says", function()
    local _, good = support.run("server", "1.2", { does = {
      "joined", { message = { server_hello = function(m) m.session = ("s"):rep(32) end } },
    } })
    assert.is_true(good.ok)
    local r, _, bad = support.run("server", "1.3", { does = { "fragments_of_seven", {
      plan = function(plan) plan:skip "certificate":skip "certificate_verify" end,
    } } })
    assert.alert(bad, "unexpected_message")
    assert.lawful(r)
  end)

  it("must be described well", function()
    local identity = support.identity.server
    for text, from in pairs {
      ["option 'version': '1.2' or '1.3' expected"] = { version = "1.1" },
      ["option 'alert': a whole number from 0 to 255 expected"] = { version = "1.3", alert = 300 },
      ["unknown option 'words'"] = { version = "1.2", words = {} },
      ["no peer does 'harm'"] = { version = "1.2", does = "harm" },
      ["option 'identity': what ca:make gives expected"] = { version = "1.2", identity = {} },
    } do
      local ok, err = pcall(function() scenario.hostile(from) end)
      assert.is_false(ok)
      assert.matches("scenario_peer_spec.lua:%d+: ", err)
      assert.truthy(err:find(text, 1, true), err)
    end
    for text, from in pairs {
      ["no server does this under TLS 1.3"] = { version = "1.3", does = "no_server_key_exchange" },
      ["option 'identity': a server needs one"] = { version = "1.3" },
      ["nothing on the wire is called 'x'"] = {
        version = "1.3", does = "alert", alert = "x", identity = identity,
      },
      ["option 'alert': a name or a number expected"] = {
        version = "1.3", does = "alert", identity = identity,
      },
      ["there is no step 'x'"] = {
        version = "1.3", does = "alert", alert = 1, when = "x", identity = identity,
      },
    } do
      local ok, err = pcall(scenario.run, {
        server = scenario.hostile(from), client = parties.client(),
      })
      assert.is_false(ok)
      assert.truthy(err:find(text, 1, true), err)
    end
  end)

  -- A client may have no certificate: what it does then it does without, or it is told.
  it("says which of its words want an identity, and does the others without #slow", function()
    local wanting = 0
    for _, version in ipairs(VERSIONS) do
      for _, name in ipairs(hostile.list("client", version)) do
        local word = hostile.words[name]
        local ok, err = pcall(scenario.run, {
          client = scenario.hostile { version = version, does = name, alert = 1 },
          server = parties.server {
            versions = { "TLSv" .. version }, trust = parties.ca,
            clientauth = word.peer and word.peer.clientauth,
          },
        })
        assert.equal(not word.of_identity, ok, name)
        if not ok then
          assert.truthy(err:find("option 'identity': who has none cannot do this: ", 1, true), err)
          wanting = wanting + 1
        end
      end
    end
    assert.is_true(wanting > 20)
  end)

  it("has words that are all explained", function()
    for name, word in pairs(hostile.words) do
      assert.matches("^[%l%d_]+$", name)
      assert.matches("^%l", word.text)
      for answer in word.answer:gmatch "%S+" do
        assert.truthy(numbers.alerts[answer] or answer == "accepted" or answer == "closed", answer)
      end
      for role, versions in pairs(word.on) do
        assert.truthy(role == "client" or role == "server", name)
        assert.truthy(versions == "1.2" or versions == "1.3" or versions == "1.2 1.3", name)
      end
    end
  end)
end)

-- What Debian's OpenSSL makes of some: the words with which it says so.
describe("OpenSSL", function()
  local files, root, chain, key = {}, nil, nil, nil

  local function file(text)
    files[#files + 1] = write(text)
    return files[#files]
  end

  setup(function()
    local made = support.identity.server
    root, chain, key = file(parties.ca:pem()), file(made:pem()), file(made:keypem())
  end)

  teardown(function()
    for _, path in ipairs(files) do os.remove(path) end
  end)

  for name, is in pairs {
    no_certificate_verify = { "1.3", "unexpected message", "unexpected_message" },
    wrong_signature = { "1.3", "bad signature", "decrypt_error" },
    server_key_exchange_first = { "1.2", "unexpected message", "unexpected_message" },
    early_change_cipher_spec = { "1.2", "unexpected message", "unexpected_message" },
    downgrade_tls12 = { "1.2", "inappropriate fallback", "illegal_parameter" },
  } do
    it("s_client meets a server that " .. hostile.words[name].text .. ": " .. name, function()
      local r = scenario.run {
        client = scenario.external { "openssl", "s_client", "-connect", "127.0.0.1:$port",
          "-CAfile", root, "-verify_return_error" },
        server = support.peer("server", is[1], { does = name }),
      }
      assert.alert(r.server, is[3])
      assert.not_equal(0, r.client.status)
      assert.matches(is[2], r.client.output)
    end)
  end

  for name, is in pairs {
    wrong_finished = { "1.3", "digest check failed", "decrypt_error" },
    finished_without_keys = { "1.2", "unexpected message", "unexpected_message" },
    point_off_curve = { "1.3", "bad ecpoint", "illegal_parameter" },
  } do
    it("s_server meets a client that " .. hostile.words[name].text .. ": " .. name, function()
      local r = scenario.run {
        client = support.peer("client", is[1], { does = name }),
        server = scenario.external {
          "openssl", "s_server", "-accept", "$port", "-cert", chain, "-key", key,
          "-rev",
        },
      }
      assert.alert(r.client, is[3])
      assert.matches(is[2], r.server.output)
    end)
  end
end)
