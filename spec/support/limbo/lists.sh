#!/bin/sh
# Makes revocation lists of the authorities of spec/support/pki.sh, in a new folder:
#
#   lists.sh PKI FOLDER
#
#     int.crl     of int, revokes client
#     server.crl  of int, revokes server
#     stale.crl   of int, no longer valid
#     early.crl   of int, not yet valid
#     other.crl   of other-ca, with server's serial number in it
#     ca.crl      of ca, revokes int
set -eu

pki=$(cd "$1" && pwd)
mkdir -m 700 "$2"
cd "$2"

cat >config <<'END'
[ca]
default_ca = issue
[issue]
database = index
crlnumber = number
default_md = sha256
crl_extensions = extensions
[extensions]
authorityKeyIdentifier = keyid
END

# list NAME ISSUER REVOKED [FROM TO]
list() {
    serial=$(openssl x509 -in "$pki/$3.pem" -noout -serial)
    printf 'R\t491231235959Z\t210101000000Z\t%s\tunknown\t/CN=revoked\n' "${serial#serial=}" >index
    echo 01 >number
    openssl ca -gencrl -config config -cert "$pki/$2.pem" -keyfile "$pki/$2.key" -out "$1.crl" \
        -crl_lastupdate "${4:-20210601000000Z}" -crl_nextupdate "${5:-20491231235959Z}"
}

{
    list int int client
    list server int server
    list stale int client 20210601000000Z 20210701000000Z
    list early int client 20480601000000Z 20491231235959Z
    list other other-ca server
    list ca ca int
} >log 2>&1 || {
    cat log >&2
    exit 1
}
