# OpenLDAP's server, with an empty directory.
# shellcheck shell=sh disable=SC2034,SC2154
protocols=ldap
user=openldap

configure() {
    cat >slapd.conf <<END
TLSCertificateFile $PWD/tls.pem
TLSCertificateKeyFile $PWD/tls.key
TLSCACertificateFile $PWD/tls.pem
END
}

run() {
    exec setsid slapd -d 0 -u openldap -g openldap -f slapd.conf -h "ldap://127.0.0.1:$ldap_port/"
}
