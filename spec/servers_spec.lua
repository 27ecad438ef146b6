-- The STARTTLS dialogues, against Debian's own servers.
local secsock = require "secsock"
local starttls = require "secsock.starttls"
local command = require "spec.support.command"
local running = require "spec.support.servers.running"
local support = require "spec.support"

-- Protocol, server, the name that its certificate is to be for, what it must have told after the
-- upgrade, and what it may say no more then.
local right = {
  { "smtp", "postfix", "mail.example", "SIZE", "STARTTLS" },
  { "imap", "dovecot", "mail.example", "AUTH=PLAIN", "STARTTLS" },
  { "pop3", "dovecot", "mail.example", "SASL", "STLS" },
  { "sieve", "dovecot", "mail.example", "SASL", "STARTTLS" },
  { "xmpp", "prosody", "chat.example" },
  { "ldap", "slapd", "directory.example" },
  { "postgres", "postgresql", "db.example" },
}

-- What is wrong with the certificate, and where.
local wrong = {
  { "stranger", "issuer_unknown", "smtp", "postfix", "mail.example" },
  { "elsewhere", "name_mismatch", "imap", "dovecot", "mail.example" },
  { "elsewhere", "name_mismatch", "pop3", "dovecot", "mail.example" },
  { "elsewhere", "name_mismatch", "sieve", "dovecot", "mail.example" },
  { "expired", "expired", "postgres", "postgresql", "db.example" },
}

describe("With a real server #slow", function()
  local servers

  setup(function()
    servers = running.start("postfix=right", "postfix=stranger", "dovecot=right",
                            "dovecot=elsewhere", "postgresql=right", "postgresql=expired",
                            "slapd=right", "prosody=right")
  end)

  teardown(function() servers:stop() end)

  local function connect(server, certificate, protocol, options)
    options.trust = servers.certificates .. "/root.pem"
    options.defer = true
    options.timeout = support.PATIENCE
    local s = assert(secsock.new(options))
    assert(s:connect("127.0.0.1", servers:port(server, certificate, protocol)))
    assert.equal("plain", s:state())
    return s
  end

  for _, row in ipairs(right) do
    local protocol, server, name, offered, forgotten = row[1], row[2], row[3], row[4], row[5]
    for _, version in ipairs { "TLSv1.2", "TLSv1.3" } do
      it(("the %s dialogue upgrades to %s of %s"):format(protocol, version, server), function()
        local judged = {}
        local s = connect(server, "right", protocol, {
          versions = { version, version },
          hook = function(_, verdict) judged[#judged + 1] = verdict end,
        })
        local session, err, why = starttls[protocol].client(s, { peername = name })
        assert.is_truthy(session, tostring(why or err))
        assert.equal("secure", s:state())
        assert.equal(version, s:info "version")
        assert.equal(1, #judged)
        assert.same({}, judged[1]:problems())
        assert.equal("matched", judged[1]:name())
        assert.equal("CN=Example Services", judged[1]:chain()[1]:subject())
        if offered then
          assert.is_string(session.capabilities[offered])
          assert.is_nil(session.capabilities[forgotten])
        end
        s:close()
      end)
    end
  end

  for _, row in ipairs(right) do
    local protocol, server, name = row[1], row[2], row[3]
    it(("the command probes %s of %s"):format(protocol, server), function()
      local status, said, complaint = command.run { "probe",
        protocol .. "://127.0.0.1:" .. servers:port(server, "right", protocol),
        "--name", name, "--trust", servers.certificates .. "/root.pem" }
      assert.same({ 0, "" }, { status, complaint })
      assert.matches("\n" .. name .. " is trusted", (said:gsub("  ", "")))
    end)
  end

  it("the command tells what is wrong with Dovecot's certificate", function()
    local status, said = command.run { "probe",
      "imap://127.0.0.1:" .. servers:port("dovecot", "elsewhere", "imap"),
      "--name", "mail.example", "--trust", servers.certificates .. "/root.pem" }
    assert.equal(1, status)
    assert.matches("name_mismatch: ", said)
  end)

  it("XMPP's mechanisms come after the upgrade", function()
    local s = connect("prosody", "right", "xmpp", {})
    local session = assert(starttls.xmpp.client(s, { peername = "chat.example" }))
    assert.equal("chat.example", session.from)
    assert.is_true(#session.mechanisms > 0)
    s:close()
  end)

  for _, row in ipairs(wrong) do
    local certificate, problem, protocol, server, name = row[1], row[2], row[3], row[4], row[5]
    it(("%s's certificate '%s' is refused (%s): %s"):format(server, certificate, protocol, problem),
    function()
      local s = connect(server, certificate, protocol, {})
      local session, err, why = starttls[protocol].client(s, { peername = name })
      assert.is_nil(session)
      assert.equal("certificate rejected", err)
      assert.same({ problem }, why.verdict:problems())
      assert.is_nil(s:send "anything")
    end)

    it(("... and accepted where a hook says so (%s, %s)"):format(server, protocol), function()
      local s = connect(server, certificate, protocol, { hook = function() return true end })
      assert(starttls[protocol].client(s, { peername = name }))
      assert.is_false(s:verdict():ok())
      s:close()
    end)
  end
end)
