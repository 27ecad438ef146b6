# Dovecot: IMAP, POP3 and ManageSieve for one user, "demo" with the password "secret".
# shellcheck shell=sh disable=SC2034,SC2154
protocols='imap pop3 sieve'
user=root

configure() {
    install -d -m 777 mail
    cat >dovecot.conf <<END
protocols = imap pop3 sieve
listen = 127.0.0.1, 127.0.0.2
base_dir = $PWD/run
state_dir = $PWD/state
log_path = $PWD/log
ssl = yes
ssl_cert = <$PWD/tls.pem
ssl_key = <$PWD/tls.key
disable_plaintext_auth = yes
# Whoever tries wrong passwords need not wait.
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
mail_location = maildir:~/Maildir
first_valid_uid = 1
# This machine has one user for mail and one for logins, and no memory to reserve.
default_vsz_limit = 0
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$PWD/mail/%u
}
service imap-login {
  inet_listener imap {
    port = $imap_port
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = $pop3_port
  }
  inet_listener pop3s {
    port = 0
  }
}
service managesieve-login {
  inet_listener sieve {
    port = $sieve_port
  }
}
END
}

run() {
    exec setsid dovecot -F -c dovecot.conf
}
