--- STARTTLS dialogues: from the greeting in the clear to a secure connection.
--
--     local starttls = require "secsock.starttls"
--     local s = secsock.new { defer = true }
--     assert(s:connect("mail.example", 25))
--     local session = assert(starttls.smtp.client(s, { peername = "mail.example" }))
--     print(session.capabilities.SIZE)
--
-- Each protocol has a `client` and a `server`, functions of a socket in the clear and a table of
-- options. They speak the protocol up to the upgrade, upgrade, and return a session: what has been
-- learnt about the peer after the upgrade, for what it said before may have been anybody's words.
-- On failure they return nil, a word, and a table with a message, and the socket is closed. The
-- words are those of sockets, and
--
--     starttls unavailable   the server does not offer it
--     starttls refused       it said no
--     preauth                IMAP: it takes us for logged in already, which rules STARTTLS out
--     protocol               it does not speak the protocol
--     limit                  it says too much
--
-- All that a client needs, beside a peer name that the socket does not have yet (`peername`), has a
-- default: smtp and lmtp take `name`, what to call themselves; xmpp takes `domain` (else the peer
-- name is meant); mysql takes `flags`, more client capabilities to announce. Servers take `name`,
-- xmpp `domain`, mysql `version` and `scramble` (20 random bytes, none of them zero). They answer
-- what clients may ask before the upgrade and refuse the rest.
--
-- The dialogues wait as receive and send do: in programs with coroutines, by secsock.wait.
local smtp = require "secsock.starttls.smtp"

---@class secsock.starttls.protocol
---@field client fun(socket: table, options?: table): table?, string?, table?
---@field server fun(socket: table, options?: table): table?, string?, table?

---@type table<string, secsock.starttls.protocol>
return {
  smtp = smtp.smtp,
  lmtp = smtp.lmtp,
  imap = require "secsock.starttls.imap",
  pop3 = require "secsock.starttls.pop3",
  ftp = require "secsock.starttls.ftp",
  nntp = require "secsock.starttls.nntp",
  sieve = require "secsock.starttls.sieve",
  xmpp = require "secsock.starttls.xmpp",
  ldap = require "secsock.starttls.ldap",
  postgres = require "secsock.starttls.postgres",
  mysql = require "secsock.starttls.mysql",
}
