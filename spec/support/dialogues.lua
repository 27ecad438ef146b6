--- What the STARTTLS dialogues are tested with: transcripts, see spec.support.transcript. All that
-- a peer says is written down here byte by byte, and owes nothing to the code under test.
local transcript = require "spec.support.transcript"

local lines = transcript.lines

-- ------------------------------------------------------------------- protocols that are not lines

local function mysql(who, sequence, body)
  return { who, string.char(#body, 0, 0, sequence) .. body }
end

local function mysql_greeting(flags)
  return mysql("S", 0, "\0108.0.0-secsock\0\1\0\0\0abcdefgh\0" .. flags .. "\33\2\0\8\0\21"
    .. ("\0"):rep(10) .. "ijklmnopqrst\0caching_sha2_password\0")
end

local function mysql_request(flags)
  return mysql("C", 1, flags .. "\0\0\0\1\33" .. ("\0"):rep(23))
end

local function ber(tag, value)
  return string.char(tag, #value) .. value
end

local function ldap(who, id, operation, contents)
  return { who, ber(0x30, ber(2, id) .. ber(operation, contents)) }
end

local ldap_request = ldap("C", "\1", 0x77, ber(0x80, "1.3.6.1.4.1.1466.20037"))

local function ldap_result(code, text)
  return ber(10, code) .. ber(4, "") .. ber(4, text or "")
end

local postgres_request = { "C", "\0\0\0\8\4\210\22\47" }

local function xmpp(text)
  local steps = lines(text)
  for _, step in ipairs(steps) do
    if step ~= "TLS" then step[2] = step[2]:gsub("\r\n$", "") end
  end
  return steps
end

local xmpp_stream = "<?xml version='1.0'?><stream:stream %s version='1.0' xmlns='jabber:client' "
  .. "xmlns:stream='http://etherx.jabber.org/streams'>"
local xmpp_open = "C: " .. xmpp_stream:format "to='chat.example'" .. "\n"
local xmpp_header = "S: " .. xmpp_stream:format "from='chat.example' id='clear'"
local function xmpp_error(condition)
  return "<stream:error><" .. condition .. " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
    .. "</stream:error>"
end
local xmpp_offer = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/>"
  .. "</starttls></stream:features>\n"
local xmpp_ask = "C: <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\n"
local xmpp_go = "S: <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\n"

-- ------------------------------------------------------------------------------- the protocols

-- For each: a transcript in which all goes well, for the client and for the server under test; what
-- the client learns from it; and transcripts that end badly, with the word they end in.
return {
  smtp = {
    client = lines [[
      S: 220-mail.example ESMTP
      S: 220 at your service
      C: EHLO [127.0.0.1]
      S: 250-mail.example greets you
      S: 250-XSPOOF
      S: 250 starttls
      C: STARTTLS
      S: 220 go ahead
      TLS
      C: EHLO [127.0.0.1]
      S: 250-mail.example
      S: 250-SIZE 1000
      S: 250 AUTH PLAIN LOGIN]],
    facts = { protocol = "smtp", capabilities = { SIZE = "1000", AUTH = "PLAIN LOGIN" } },
    bad_servers = {
      { "turns us away", "starttls refused", "S: 554 no service" },
      { "greets with something else", "protocol", "S: 250 hello" },
      { "speaks another protocol", "protocol", "S: SSH-2.0-OpenSSH_9.2" },
      { "changes the code within a reply", "protocol", "S: 220-mail.example\nS: 250 hello" },
      { "leaves out the hyphen", "protocol", "S: 220mail.example" },
      { "refuses EHLO", "starttls refused", [[
        S: 220 mail.example
        C: EHLO [127.0.0.1]
        S: 502 unknown]] },
      { "does not offer STARTTLS", "starttls unavailable", [[
        S: 220 mail.example
        C: EHLO [127.0.0.1]
        S: 250-mail.example
        S: 250-XSTARTTLS
        S: 250 AUTH STARTTLS]] },
      { "calls itself STARTTLS, but does not offer it", "starttls unavailable", [[
        S: 220 mail.example
        C: EHLO [127.0.0.1]
        S: 250 STARTTLS]] },
      { "refuses STARTTLS", "starttls refused", [[
        S: 220 mail.example
        C: EHLO [127.0.0.1]
        S: 250-mail.example
        S: 250 STARTTLS
        C: STARTTLS
        S: 454 not now]] },
      { "answers STARTTLS with another code", "protocol", [[
        S: 220 mail.example
        C: EHLO [127.0.0.1]
        S: 250-mail.example
        S: 250 STARTTLS
        C: STARTTLS
        S: 250 ok]] },
    },
    server = lines [[
      S: 220 localhost ESMTP
      C: NOOP
      S: 250 2.0.0 Ok
      C: ehlo client.example
      S: 250-localhost
      S: 250 STARTTLS
      C: MAIL FROM:<a@b.example>
      S: 530 5.7.0 Must issue a STARTTLS command first
      C: AUTH PLAIN AGEAYg==
      S: 530 5.7.0 Must issue a STARTTLS command first
      C: STARTTLS now
      S: 501 5.5.4 No parameters allowed
      C: STARTTLS
      S: 220 2.0.0 Ready to start TLS
      TLS]],
    bad_clients = {
      { "leaves", "closed", [[
        S: 220 localhost ESMTP
        C: QUIT
        S: 221 2.0.0 Bye]] },
    },
  },

  lmtp = {
    client = lines [[
      S: 220 mail.example
      C: LHLO [127.0.0.1]
      S: 250-mail.example
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 go ahead
      TLS
      C: LHLO [127.0.0.1]
      S: 250 mail.example]],
    facts = { protocol = "lmtp", capabilities = {} },
    server = lines [[
      S: 220 localhost LMTP
      C: EHLO client.example
      S: 530 5.7.0 Must issue a STARTTLS command first
      C: LHLO client.example
      S: 250-localhost
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 2.0.0 Ready to start TLS
      TLS]],
  },

  imap = {
    client = lines [[
      S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
      C: a1 CAPABILITY
      S: * 23 EXISTS
      S: * LIST () "/" {7}
      S: a1 NO x
      S: * CAPABILITY IMAP4rev1 StartTLS XSPOOF
      S: a1 OK done
      C: a2 STARTTLS
      S: * OK [ALERT] any moment now
      S: a2 OK [CAPABILITY XSPOOF] go ahead
      TLS
      C: a3 CAPABILITY
      S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
      S: a3 OK done]],
    facts = { protocol = "imap", capabilities = { IMAP4REV1 = "", ["AUTH=PLAIN"] = "" } },
    bad_servers = {
      { "says PREAUTH", "preauth", "S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome back" },
      { "turns us away", "starttls refused", "S: * BYE too busy" },
      { "speaks another protocol", "protocol", "S: 220 mail.example" },
      { "lists no capabilities", "protocol", [[
        S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
        C: a1 CAPABILITY
        S: a1 OK done]] },
      { "does not offer STARTTLS", "starttls unavailable", [[
        S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
        C: a1 CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: a1 OK STARTTLS]] },
      { "refuses CAPABILITY", "starttls refused", [[
        S: * OK ready
        C: a1 CAPABILITY
        S: * CAPABILITY IMAP4rev1 STARTTLS
        S: a1 BAD no]] },
      { "refuses STARTTLS", "starttls refused", [[
        S: * OK ready
        C: a1 CAPABILITY
        S: * CAPABILITY IMAP4rev1 STARTTLS
        S: a1 OK done
        C: a2 STARTTLS
        S: a2 NO not today]] },
      { "hangs up in reply to STARTTLS", "starttls refused", [[
        S: * OK ready
        C: a1 CAPABILITY
        S: * CAPABILITY IMAP4rev1 STARTTLS
        S: a1 OK done
        C: a2 STARTTLS
        S: * BYE]] },
      { "answers a command that was not given", "protocol", [[
        S: * OK ready
        C: a1 CAPABILITY
        S: * CAPABILITY IMAP4rev1 STARTTLS
        S: a2 OK done]] },
      { "asks us to go on", "protocol", [[
        S: * OK ready
        C: a1 CAPABILITY
        S: + go on]] },
      { "announces a literal without end", "limit", [[
        S: * OK ready
        C: a1 CAPABILITY
        S: * LIST () "/" {4294967295}]] },
    },
    server = lines [[
      S: * OK localhost IMAP4rev1
      C: x CAPABILITY
      S: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED
      S: x OK Done
      C: y LOGIN me secret
      S: y NO [PRIVACYREQUIRED] STARTTLS comes first
      C: z AUTHENTICATE PLAIN
      S: z NO [PRIVACYREQUIRED] STARTTLS comes first
      C: z SELECT INBOX
      S: z BAD Not here, or not before STARTTLS
      C: nonsense
      S: * BAD Not here, or not before STARTTLS
      C: 1 noop
      S: 1 OK Done
      C: 2 STARTTLS now
      S: 2 BAD No parameters allowed
      C: 3 STARTTLS
      S: 3 OK Begin TLS negotiation now
      TLS]],
    bad_clients = {
      { "leaves", "closed", [[
        S: * OK localhost IMAP4rev1
        C: x LOGOUT
        S: * BYE
        S: x OK Done]] },
      { "sends a literal at once", "protocol", [[
        S: * OK localhost IMAP4rev1
        C: x LOGIN {4+}
        C: me secret]] },
    },
  },

  pop3 = {
    client = lines [[
      S: +OK ready
      C: CAPA
      S: +OK
      S: ..
      S: XSPOOF
      S: stls
      S: .
      C: STLS
      S: +OK go ahead
      TLS
      C: CAPA
      S: +OK
      S: SASL PLAIN
      S: TOP
      S: .]],
    facts = { protocol = "pop3", capabilities = { SASL = "PLAIN", TOP = "" } },
    bad_servers = {
      { "turns us away", "starttls refused", "S: -ERR busy" },
      { "speaks another protocol", "protocol", "S: * OK ready" },
      { "does not know CAPA", "starttls unavailable", "S: +OK\nC: CAPA\nS: -ERR what?" },
      { "does not offer STLS", "starttls unavailable", "S: +OK\nC: CAPA\nS: +OK\nS: TOP\nS: ." },
      { "refuses STLS", "starttls refused", [[
        S: +OK
        C: CAPA
        S: +OK
        S: STLS
        S: .
        C: STLS
        S: -ERR no]] },
    },
    server = lines [[
      S: +OK localhost ready
      C: CAPA
      S: +OK
      S: STLS
      S: RESP-CODES
      S: .
      C: USER me
      S: -ERR [SYS/PERM] STLS comes first
      C: STLS now
      S: -ERR No parameters allowed
      C: stls
      S: +OK Begin TLS negotiation
      TLS]],
    bad_clients = { { "leaves", "closed", "S: +OK localhost ready\nC: QUIT\nS: +OK Bye" } },
  },

  ftp = {
    client = lines [[
      S: 120 in a minute
      S: 220-welcome
      S:   230 to this place
      S: 220
      C: AUTH TLS
      S: 234-go
      S: 220 no, not yet
      S: 234 ahead
      TLS
      C: FEAT
      S: 211-features
      S:  MLST size*;
      S:  PBSZ
      S: 211 end]],
    facts = { protocol = "ftp", capabilities = { MLST = "size*;", PBSZ = "" } },
    bad_servers = {
      { "turns us away", "starttls refused", "S: 421 busy" },
      { "speaks another protocol", "protocol", "S: +OK ready" },
      { "does not know AUTH", "starttls unavailable", "S: 220 hello\nC: AUTH TLS\nS: 500 what?" },
      { "does not know TLS", "starttls unavailable", "S: 220 hello\nC: AUTH TLS\nS: 504 no" },
      { "refuses TLS", "starttls refused", "S: 220 hello\nC: AUTH TLS\nS: 431 not now" },
      { "logs us in instead", "protocol", "S: 220 hello\nC: AUTH TLS\nS: 232 logged in" },
    },
    server = lines [[
      S: 220 localhost ready
      C: FEAT
      S: 211-Features
      S:  AUTH TLS
      S:  PBSZ
      S:  PROT
      S: 211 End
      C: USER me
      S: 530 AUTH TLS comes first
      C: PROT P
      S: 503 AUTH TLS comes first
      C: AUTH GSSAPI
      S: 504 Only TLS
      C: AUTH
      S: 504 Only TLS
      C: auth tls
      S: 234 AUTH TLS OK
      TLS]],
    bad_clients = { { "leaves", "closed", "S: 220 localhost ready\nC: QUIT\nS: 221 Bye" } },
  },

  nntp = {
    client = lines [[
      S: 200 hello
      C: CAPABILITIES
      S: 101 list:
      S: VERSION 2
      S: STARTTLS
      S: .
      C: STARTTLS
      S: 382 go ahead
      TLS
      C: CAPABILITIES
      S: 101 list:
      S: VERSION 2
      S: .]],
    facts = { protocol = "nntp", capabilities = { VERSION = "2" } },
    bad_servers = {
      { "turns us away", "starttls refused", "S: 502 go away" },
      { "speaks another protocol", "protocol", "S: 220 mail.example" },
      { "does not know CAPABILITIES", "starttls refused", "S: 201 hi\nC: CAPABILITIES\nS: 500 no" },
      { "does not offer STARTTLS", "starttls unavailable", [[
        S: 201 hi
        C: CAPABILITIES
        S: 101 list:
        S: READER STARTTLS
        S: .]] },
      { "refuses STARTTLS", "starttls refused", [[
        S: 201 hi
        C: CAPABILITIES
        S: 101 list:
        S: STARTTLS
        S: .
        C: STARTTLS
        S: 580 cannot]] },
    },
    server = lines [[
      S: 201 localhost ready, no posting
      C: MODE READER
      S: 483 STARTTLS comes first
      C: CAPABILITIES
      S: 101 Capability list:
      S: VERSION 2
      S: STARTTLS
      S: .
      C: STARTTLS now
      S: 501 No parameters allowed
      C: STARTTLS
      S: 382 Continue with TLS negotiation
      TLS]],
    bad_clients = {
      { "leaves", "closed", "S: 201 localhost ready, no posting\nC: QUIT\nS: 205 Bye" },
    },
  },

  sieve = {
    client = lines [[
      S: "IMPLEMENTATION" "a \"quoted\" name"
      S: {8}
      S: STARTTLS
      S: OK (TAG {3}
      S: abc) "ready"
      C: STARTTLS
      S: OK "go ahead"
      TLS
      S: "IMPLEMENTATION" "a \"quoted\" name \\"
      S: "SASL" {5}
      S: PLAIN
      S: "sieve" "fileinto"
      S: OK]],
    facts = {
      protocol = "sieve",
      capabilities = { IMPLEMENTATION = 'a "quoted" name \\', SASL = "PLAIN", SIEVE = "fileinto" },
    },
    bad_servers = {
      { "turns us away", "starttls refused", 'S: BYE "busy"' },
      { "speaks another protocol", "protocol", "S: +OK ready" },
      { "does not offer STARTTLS", "starttls unavailable", 'S: "SIEVE" "STARTTLS"\nS: OK' },
      { "refuses STARTTLS", "starttls refused", 'S: "STARTTLS"\nS: OK\nC: STARTTLS\nS: NO "no"' },
      { "announces a literal without end", "limit", "S: {4294967295}" },
    },
    server = lines [[
      S: "STARTTLS"
      S: "IMPLEMENTATION" "localhost"
      S: "SASL" ""
      S: "SIEVE" ""
      S: "VERSION" "1.0"
      S: OK
      C: AUTHENTICATE "PLAIN"
      S: NO (ENCRYPT-NEEDED) "STARTTLS comes first"
      C: NOOP
      S: OK
      C: STARTTLS "now"
      S: NO "No parameters allowed"
      C: STARTTLS
      S: OK
      TLS
      S: "IMPLEMENTATION" "localhost"
      S: "SASL" ""
      S: "SIEVE" ""
      S: "VERSION" "1.0"
      S: OK]],
    bad_clients = {
      { "sends a literal at once", "protocol", [[
        S: "STARTTLS"
        S: "IMPLEMENTATION" "localhost"
        S: "SASL" ""
        S: "SIEVE" ""
        S: "VERSION" "1.0"
        S: OK
        C: AUTHENTICATE "PLAIN" {8+}
        C: AGEAYg==]] },
    },
  },

  xmpp = {
    options = { domain = "chat.example" },
    server_options = { domain = "chat.example" },
    client = xmpp(xmpp_open .. xmpp_header .. xmpp_offer .. xmpp_ask .. xmpp_go .. "TLS\n"
      .. xmpp_open .. [[
      S: <s:stream xmlns:s="http://etherx.jabber.org/streams" id="42 > 41" from='chat.example'
      S:  version="1.0"><s:features> <m:mechanisms xmlns:m='urn:ietf:params:xml:ns:xmpp-sasl'>
      S: <m:mechanism>PLAIN</m:mechanism><m:mechanism>A&amp;B</m:mechanism></m:mechanisms>
      S: </s:features>]]),
    facts = {
      protocol = "xmpp", id = "42 > 41", from = "chat.example", mechanisms = { "PLAIN", "A&B" },
      features = { { name = "mechanisms", namespace = "urn:ietf:params:xml:ns:xmpp-sasl" } },
    },
    bad_servers = {
      { "speaks another protocol", "protocol", xmpp(xmpp_open .. "S: <html>") },
      { "sends a DTD", "protocol", xmpp(xmpp_open .. "S: <!DOCTYPE lolz>") },
      { "sends a comment", "protocol", xmpp(xmpp_open .. xmpp_header .. "<!-- hello -->") },
      { "uses another namespace", "protocol", xmpp(xmpp_open .. "S: <stream xmlns='x'>") },
      { "closes tags that are not open", "protocol",
        xmpp(xmpp_open .. xmpp_header .. "<stream:features><a></b></stream:features>") },
      { "nests without end", "limit", xmpp(xmpp_open .. xmpp_header .. ("<a>"):rep(100)) },
      { "ends its stream", "closed", xmpp(xmpp_open .. xmpp_header .. "</stream:stream>") },
      { "turns us away", "starttls refused",
        xmpp(xmpp_open .. xmpp_header .. xmpp_error "host-unknown") },
      { "does not offer STARTTLS", "starttls unavailable", xmpp(xmpp_open .. xmpp_header
        .. "<stream:features><starttls xmlns='x'/></stream:features>") },
      { "refuses STARTTLS", "starttls refused", xmpp(xmpp_open .. xmpp_header .. xmpp_offer
        .. xmpp_ask .. "S: <failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") },
      { "proceeds in another namespace", "protocol", xmpp(xmpp_open .. xmpp_header .. xmpp_offer
        .. xmpp_ask .. "S: <proceed/>") },
    },
    server = xmpp(xmpp_open .. xmpp_header .. xmpp_offer .. xmpp_ask .. xmpp_go .. "TLS"),
    bad_clients = {
      { "leaves", "closed", xmpp(xmpp_open .. xmpp_header .. xmpp_offer
        .. "C: </stream:stream>\nS: </stream:stream>") },
      { "logs in", "protocol", xmpp(xmpp_open .. xmpp_header .. xmpp_offer .. [[
        C: <auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>
        S: ]] .. xmpp_error "policy-violation" .. "</stream:stream>") },
    },
  },

  ldap = {
    client = { ldap_request, ldap("S", "\1", 0x78, ldap_result "\0"), "TLS" },
    facts = { protocol = "ldap" },
    bad_servers = {
      { "does not know StartTLS", "starttls unavailable",
        { ldap_request, ldap("S", "\1", 0x78, ldap_result("\2", "what?")) } },
      { "refuses StartTLS", "starttls refused",
        { ldap_request, ldap("S", "\1", 0x78, ldap_result("\52", "no certificate")) } },
      { "hangs up", "starttls refused",
        { ldap_request, ldap("S", "\0", 0x78, ldap_result("\52", "bye")) } },
      { "says success, of nothing", "starttls refused",
        { ldap_request, ldap("S", "\0", 0x78, ldap_result "\0") } },
      { "answers something else", "protocol",
        { ldap_request, ldap("S", "\1", 0x61, ldap_result "\0") } },
      { "answers somebody else", "protocol",
        { ldap_request, ldap("S", "\2", 0x78, ldap_result "\0") } },
      { "sends half a result", "protocol", { ldap_request, ldap("S", "\1", 0x78, ber(10, "\0")) } },
      { "sends an empty message", "protocol", { ldap_request, { "S", "\48\0" } } },
      { "uses the indefinite form", "protocol", { ldap_request, { "S", "\48\128" } } },
      { "sends a number that is too long", "protocol",
        { ldap_request, ldap("S", ("\1"):rep(5), 0x78, ldap_result "\0") } },
      { "announces four gigabytes", "limit", { ldap_request, { "S", "\48\132\255\255\255\255" } } },
      { "announces more than it sends", "closed", { ldap_request, { "S", "\48\127abc" } } },
      { "speaks another protocol", "protocol",
        { ldap_request, { "S", "220 mail.example" .. ("x"):rep(50) } } },
    },
    server = {
      ldap("C", "\1", 0x60, ber(2, "\3") .. ber(4, "cn=me") .. ber(0x80, "secret")),
      ldap("S", "\1", 0x61, ldap_result("\13", "StartTLS comes first")),
      ldap("C", "\2", 0x63, ber(4, "")),
      ldap("S", "\2", 0x65, ldap_result("\13", "StartTLS comes first")),
      ldap("C", "\2", 0x50, "\1"),
      ldap("C", "\3", 0x77, ber(0x80, "1.3.6.1.4.1.4203.1.11.3")),
      ldap("S", "\3", 0x78, ldap_result("\13", "StartTLS comes first")),
      ldap("C", "\1\0", 0x77, ber(0x80, "1.3.6.1.4.1.1466.20037")),
      ldap("S", "\1\0", 0x78, ldap_result "\0"),
      "TLS",
    },
    bad_clients = {
      { "leaves", "closed", { ldap("C", "\1", 0x42, "") } },
      { "asks for what does not exist", "protocol", { ldap("C", "\1", 0x41, "") } },
    },
  },

  postgres = {
    client = { postgres_request, { "S", "S" }, "TLS" },
    facts = { protocol = "postgres" },
    bad_servers = {
      { "does not do TLS", "starttls unavailable", { postgres_request, { "S", "N" } } },
      { "sends an error", "starttls refused", { postgres_request, { "S", "E\0\0\0\9SFATAL" } } },
      { "says something else", "protocol", { postgres_request, { "S", "R" } } },
    },
    server = {
      { "C", "\0\0\0\8\4\210\22\48" },
      { "S", "N" },
      postgres_request,
      { "S", "S" },
      "TLS",
    },
    bad_clients = {
      { "cancels", "closed", { { "C", "\0\0\0\16\4\210\22\46\0\0\0\1\0\0\0\2" } } },
      { "logs in", "protocol", {
        { "C", "\0\0\0\16\0\3\0\0user\0me\0\0" },
        { "S", "E\0\0\0\43SFATAL\0C28000\0MSSLRequest comes first\0\0" },
      } },
    },
  },

  mysql = {
    client = { mysql_greeting "\1\138", mysql_request "\1\138\8\0", "TLS" },
    facts = {
      protocol = "mysql", flags = 0x88a01, sequence = 2,
      greeting = {
        version = "8.0.0-secsock", connection = 1, flags = 0x88a01, charset = 33,
        scramble = "abcdefghijklmnopqrst", plugin = "caching_sha2_password",
      },
    },
    bad_servers = {
      { "does not do TLS", "starttls unavailable", { mysql_greeting "\1\130" } },
      { "turns us away", "starttls refused",
        { mysql("S", 0, "\255\106\4Host '127.0.0.1' is not allowed") } },
      { "speaks version 9", "protocol", { mysql("S", 0, "\0093.20\0" .. ("x"):rep(40)) } },
      { "greets with half a packet", "protocol", { mysql("S", 0, "\0105.7\0" .. ("x"):rep(29)) } },
      { "greets with an empty packet", "protocol", { mysql("S", 0, "") } },
      { "begins in the middle", "protocol", { mysql("S", 1, "\0105.7\0" .. ("x"):rep(40)) } },
      { "announces 16 megabytes", "limit", { { "S", "\255\255\255\0" } } },
    },
    server_options = { scramble = "abcdefghijklmnopqrst" },
    server = { mysql_greeting "\1\138", mysql_request "\1\138\8\0", "TLS" },
    bad_clients = {
      { "logs in", "protocol", {
        mysql_greeting "\1\138",
        mysql("C", 1, "\1\130\8\0\0\0\0\1\33" .. ("\0"):rep(23) .. "me\0\0"),
        mysql("S", 2, "\255\87\12#HY000Connections must be secure"),
      } },
      { "does not ask for TLS", "protocol", {
        mysql_greeting "\1\138",
        mysql("C", 1, "\1\130\8\0\0\0\0\1\33" .. ("\0"):rep(23)),
        mysql("S", 2, "\255\87\12#HY000Connections must be secure"),
      } },
    },
  },
}
