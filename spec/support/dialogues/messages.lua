--- Transcripts of the protocols that are not lines but messages: in XML, in BER and in the forms of
-- two databases. What is in one, and why: see spec.support.dialogues.
local transcript = require "spec.support.transcript"

local lines = transcript.lines

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

return {
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
