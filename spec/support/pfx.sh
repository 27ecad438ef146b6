#!/bin/sh
# Makes PFX files of the keys and certificates in the folder that it is run in, for pki.sh:
#
#   pfx/NAME.pfx    the identity "server" with its issuers int and ca, under the password "secret",
#                   with 1000 iterations; but for what the name says
#     modern        as OpenSSL writes them: AES-256, HMAC-SHA-256
#     legacy        as Windows and OpenSSL used to: RC2 of 40 bits, triple DES, SHA-1
#     3des 2key rc2-128 aes-128 aes-192    all encrypted so
#     open          keys and certificates not encrypted, but there is a MAC
#     nomac         encrypted, without a MAC
#     bare          neither
#     open-certs    only the key is encrypted, no MAC
#     sha1 sha224 sha384 sha512            the MAC's digest
#     named         with a friendly name that is not ASCII, and a CSP
#     rsa ed25519 ed448                    keys of these kinds
#     nokeys        without a private key
#     empty         the password is empty
#     odd           the password is "Größe 🔑"
set -eu

mkdir -p pfx
cat int.pem ca.pem >pfx/issuers.pem

# pfx NAME OPTIONS...
pfx() {
    name=$1
    shift
    openssl pkcs12 -export -inkey server.key -in server.pem -certfile pfx/issuers.pem -iter 1000 \
        -passout pass:secret "$@" -out "pfx/$name.pfx"
}

# all NAME SCHEME: for keys and certificates alike
all() {
    pfx "$1" -provider legacy -provider default -keypbe "$2" -certpbe "$2"
}

pfx modern
pfx legacy -legacy
all 3des PBE-SHA1-3DES
all 2key PBE-SHA1-2DES
all rc2-128 PBE-SHA1-RC2-128
all aes-128 aes-128-cbc
all aes-192 aes-192-cbc
pfx open -keypbe NONE -certpbe NONE
pfx nomac -nomac
pfx bare -keypbe NONE -certpbe NONE -nomac
pfx open-certs -certpbe NONE -nomac
for digest in sha1 sha224 sha384 sha512; do
    pfx "$digest" -macalg "$digest"
done
pfx named -name 'Größe "1" \ Ω' -CSP 'Microsoft Enhanced Cryptographic Provider v1.0'
pfx rsa -inkey rsa.key -in rsa.pem
pfx ed25519 -inkey ed25519.key -in ed25519.pem
pfx ed448 -inkey ed448.key -in ed448.pem
pfx nokeys -nokeys
pfx empty -passout pass:
pfx odd -passout 'pass:Größe 🔑'
rm pfx/issuers.pem
