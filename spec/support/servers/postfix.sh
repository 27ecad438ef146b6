# Postfix: takes mail for mail.example and throws it away. Its queue is its own.
# shellcheck shell=sh disable=SC2034,SC2154
protocols=smtp
user=root

configure() {
    mkdir etc queue
    install -d -o postfix -m 700 data
    cat tls.key tls.pem >tls-chain.pem
    chmod 600 tls-chain.pem
    cat >etc/main.cf <<END
compatibility_level = 3.6
queue_directory = $PWD/queue
data_directory = $PWD/data
maillog_file = $PWD/log
maillog_file_prefixes = $PWD
myhostname = mail.example
mydestination = mail.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
local_transport = discard:
smtpd_discard_ehlo_keywords = pipelining vrfy etrn enhancedstatuscodes dsn chunking
smtpd_tls_security_level = may
smtpd_tls_chain_files = $PWD/tls-chain.pem
smtpd_tls_auth_only = yes
END
    cat >etc/master.cf <<END
127.0.0.1:$smtp_port inet n - n - - smtpd
anvil      unix  - - n - 1 anvil
bounce     unix  - - n - 0 bounce
cleanup    unix  n - n - 0 cleanup
defer      unix  - - n - 0 bounce
discard    unix  - - n - - discard
error      unix  - - n - - error
postlog    unix-dgram n - n - 1 postlogd
proxymap   unix  - - n - - proxymap
qmgr       unix  n - n 300 1 qmgr
retry      unix  - - n - - error
rewrite    unix  - - n - - trivial-rewrite
tlsmgr     unix  - - n 1000? 1 tlsmgr
trace      unix  - - n - 0 bounce
END
    postfix -c "$PWD/etc" check # makes the queue's folders
}

run() {
    exec setsid "$(postconf -c "$PWD/etc" -h daemon_directory)/master" -c "$PWD/etc" -s
}
