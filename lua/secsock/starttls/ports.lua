--- The port that each protocol is served at.
return {
  ftp = 21, imap = 143, ldap = 389, lmtp = 24, mysql = 3306, nntp = 119, pop3 = 110,
  postgres = 5432, sieve = 4190, smtp = 25, xmpp = 5222,
}
