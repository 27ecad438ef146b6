--- Debian's servers, as spec/support/servers starts them. Dovecot takes whoever comes from its own
-- address for secure: it is called at another.
local elsewhere = "127.0.0.2"

return {
  { server = "postfix", package = "postfix", protocol = "smtp" },
  { server = "dovecot", package = "dovecot-imapd", protocol = "imap", host = elsewhere },
  { server = "dovecot", package = "dovecot-pop3d", protocol = "pop3", host = elsewhere },
  {
    server = "dovecot", package = "dovecot-managesieved", protocol = "sieve", host = elsewhere,
  },
  { server = "prosody", package = "prosody", protocol = "xmpp", name = "chat.example" },
  { server = "slapd", package = "slapd", protocol = "ldap" },
  { server = "postgresql", package = "postgresql-15", protocol = "postgres" },
}
