--- What is done to the server of a STARTTLS protocol, case by case: see secsock.scenario.suites.
--
-- The words of each protocol: `ask` is the request for TLS, as the dialogue of secsock.starttls
-- sends it; `go`, how a go-ahead begins; `extra`, a command that follows the request in the same
-- segment, and `taken`, how the answer to that begins; `hello`, what is said first in TLS, and
-- `answered`, how the answer begins; `login`, an attempt with a wrong password, and `judged`, how
-- answers begin where it was tried; `before` is said in the clear, and changes what `probe` comes
-- to; `second` is what somebody says who has said hello, where that is demanded; `enter(user,
-- password)` makes the commands of a login, `inside` is said by those who have logged in, and
-- `is_inside` how it is answered to them alone.
local der = require "secsock.mint.der"
local pem = require "secsock.mint.pem"

-- SASL's PLAIN (RFC 4616).
local function plain(user, password)
  return pem(("\0%s\0%s"):format(user, password)):match "\n(.*)\n%-":gsub("\n", "")
end

local LOGIN = plain("nobody", "nothing")

-- A login of one command, or of two.
local function entering(...)
  local commands = { ... }
  return function(user, password)
    local values = { user = user, password = password, plain = plain(user, password) }
    local made = {}
    for i, command in ipairs(commands) do made[i] = command:gsub("%$(%l+)", values) .. "\r\n" end
    return made
  end
end

local function mail(hello)
  return {
    ask = "STARTTLS\r\n", extra = "NOOP\r\n", taken = "^250", go = "^220",
    hello = hello .. " client.example\r\n", answered = "^250",
    login = "AUTH PLAIN " .. LOGIN .. "\r\n", judged = { "^[25]35" },
    before = { "MAIL FROM:<nobody@client.example>\r\n" }, probe = "RCPT TO:<nobody>\r\n",
    second = "MAIL FROM:<nobody@client.example>\r\n",
    enter = entering "AUTH PLAIN $plain", inside = "AUTH PLAIN " .. LOGIN .. "\r\n",
    is_inside = "^503",
  }
end

local STREAM = "<?xml version='1.0'?><stream:stream to='localhost' version='1.0' "
  .. "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

local function ldap(id, operation) return der.sequence(der.integer(id), operation) end

local SEARCH = ldap(2, der.tlv(0x63, der.octet_string "" .. der.enumerated(0) .. der.enumerated(0)
  .. der.integer(1) .. der.integer(0) .. "\1\1\0" .. der.primitive(7, "objectClass")
  .. der.sequence()))
local START_TLS = ldap(1, der.tlv(0x77, der.primitive(0, "1.3.6.1.4.1.1466.20037")))
local BIND = ldap(2, der.tlv(0x60, der.integer(3) .. der.octet_string "" .. der.primitive(0, "")))
local PING = "\1\0\0\2\14" -- as the third packet, where the server expects who logs in
local STARTUP = "\0\0\0\21\0\3\0\0user\0nobody\0\0"

---@type table<string, table>
return {
  smtp = mail "EHLO",
  lmtp = mail "LHLO",
  imap = {
    ask = "STARTTLS\r\n", extra = "x1 NOOP\r\n", taken = "^x1 OK", go = "^%S+ OK",
    hello = "x2 CAPABILITY\r\n", answered = "^%* CAPABILITY", again = "x4 STARTTLS\r\n",
    login = "x3 LOGIN nobody nothing\r\n", judged = { "^x3 OK", "^x3 NO %[AUTH" },
    enter = entering 'x5 LOGIN "$user" "$password"', inside = "x6 SELECT INBOX\r\n",
    is_inside = "x6 OK",
  },
  pop3 = {
    ask = "STLS\r\n", extra = "CAPA\r\n", taken = "^%+OK", go = "^%+OK", hello = "CAPA\r\n",
    answered = "^%+OK",
    login = "AUTH PLAIN " .. LOGIN .. "\r\n", judged = { "^%+OK", "^%-ERR %[AUTH" },
    before = { "USER nobody\r\n" }, probe = "PASS nothing\r\n",
    enter = entering("USER $user", "PASS $password"), inside = "STAT\r\n", is_inside = "^%+OK",
  },
  ftp = {
    ask = "AUTH TLS\r\n", extra = "NOOP\r\n", taken = "^2", go = "^234", hello = "FEAT\r\n",
    answered = "^211", before = { "USER nobody\r\n" }, probe = "PASS nothing\r\n",
    enter = entering("USER $user", "PASS $password"), inside = "PWD\r\n", is_inside = "^257",
  },
  nntp = {
    ask = "STARTTLS\r\n", extra = "DATE\r\n", taken = "^111", go = "^382",
    hello = "CAPABILITIES\r\n", answered = "^101",
    before = { "AUTHINFO USER nobody\r\n" }, probe = "AUTHINFO PASS nothing\r\n",
  },
  sieve = {
    ask = "STARTTLS\r\n", extra = "NOOP\r\n", taken = "^OK", go = "^OK",
    hello = "CAPABILITY\r\n", answered = '^"', judged = { "^OK", "^NO" },
    login = 'AUTHENTICATE "PLAIN" "' .. LOGIN .. '"\r\n',
    enter = entering 'AUTHENTICATE "PLAIN" "$plain"', inside = "LISTSCRIPTS\r\n",
    is_inside = "OK[^\r\n]*\r\n$",
  },
  xmpp = {
    ask = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", extra = STREAM,
    taken = "<stream:", hello = STREAM, answered = "<stream:",
  },
  ldap = {
    ask = START_TLS, extra = SEARCH, taken = "^0", hello = BIND, answered = "^0", again = START_TLS,
    go = "^0.\2\1\1\120.\10\1%z",
  },
  postgres = {
    ask = "\0\0\0\8\4\210\22\47", extra = STARTUP, taken = "^R", hello = STARTUP,
    answered = "^[RE]",
  },
  mysql = { ask = " \0\0\1", extra = PING, taken = ".", hello = PING, answered = "." },
}
