--- Debian's servers, as spec/support/servers starts them.
return {
  { server = "postfix", package = "postfix", protocol = "smtp" },
  { server = "dovecot", package = "dovecot-imapd", protocol = "imap" },
  { server = "dovecot", package = "dovecot-pop3d", protocol = "pop3" },
  { server = "dovecot", package = "dovecot-managesieved", protocol = "sieve" },
  { server = "prosody", package = "prosody", protocol = "xmpp", name = "chat.example" },
  { server = "slapd", package = "slapd", protocol = "ldap" },
  { server = "postgresql", package = "postgresql", protocol = "postgres" },
}
