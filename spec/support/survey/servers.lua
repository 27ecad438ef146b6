--- Debian's servers, as spec/support/servers starts them, and who may log in. Dovecot takes whoever
-- comes from its own address for secure: it is called at another, too.
local elsewhere = "127.0.0.2"

return {
  { server = "postfix", package = "postfix", protocol = "smtp" },
  {
    server = "dovecot", package = "dovecot-imapd", protocol = "imap", host = elsewhere,
    user = "demo", password = "secret",
  },
  {
    server = "dovecot", from = "its own address", package = "dovecot-imapd", protocol = "imap",
    user = "demo", password = "secret",
  },
  {
    server = "dovecot", package = "dovecot-pop3d", protocol = "pop3", host = elsewhere,
    user = "demo", password = "secret",
  },
  {
    server = "dovecot", from = "its own address", package = "dovecot-pop3d", protocol = "pop3",
    user = "demo", password = "secret",
  },
  {
    server = "dovecot", package = "dovecot-managesieved", protocol = "sieve", host = elsewhere,
    user = "demo", password = "secret",
  },
  { server = "vsftpd", package = "vsftpd", protocol = "ftp", user = "ftp", password = "x" },
  { server = "prosody", package = "prosody", protocol = "xmpp", name = "chat.example" },
  { server = "slapd", package = "slapd", protocol = "ldap" },
  { server = "postgresql", package = "postgresql-15", protocol = "postgres" },
}
