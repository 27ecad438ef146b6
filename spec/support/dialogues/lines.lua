--- Transcripts of the protocols that are lines: of mail, files and news. What is in one, and why:
-- see spec.support.dialogues.
local transcript = require "spec.support.transcript"

local lines = transcript.lines

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
}
