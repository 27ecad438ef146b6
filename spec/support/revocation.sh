#!/bin/sh
# Makes, in the folder revocation/ of the present one, lists and responses about server.pem with
# OpenSSL's tools. pki.sh calls it.
#
#     none.pem server.pem both.pem      lists of int: without entries, with server, and both
#     server.crl                        the second in DER
#     good.ocsp revoked.ocsp unknown.ocsp      responses about server, signed by int
#     delegated.ocsp                    good, signed by a responder that int has certified
set -eu

mkdir revocation
cd revocation

cat >config <<'END'
[ca]
default_ca = issue
[issue]
database = index
new_certs_dir = .
crlnumber = number
rand_serial = yes
default_md = sha256
default_crl_days = 7300
crl_extensions = list
policy = any
[any]
commonName = optional
[list]
authorityKeyIdentifier = keyid
[responder]
extendedKeyUsage = critical, OCSPSigning
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
noCheck = ignored
END

ca() {
    openssl ca -batch -config config -cert ../int.pem -keyfile ../int.key "$@"
}

# respond FILE RESPONDER KEY [OPTION...]
respond() {
    response=$1 responder=$2 key=$3
    shift 3
    openssl ocsp -index index -CA ../int.pem -rsigner "$responder" -rkey "$key" -reqin request \
        -ndays 7300 -respout "$response" "$@"
}

: >index
echo 01 >number
openssl ocsp -issuer ../int.pem -cert ../server.pem -no_nonce -reqout request
respond unknown.ocsp ../int.pem ../int.key

openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=Responder \
    -keyout responder.key -out responder.request
ca -extensions responder -days 7300 -in responder.request -out responder.pem -notext
ca -valid ../server.pem
ca -gencrl -out none.pem
respond good.ocsp ../int.pem ../int.key -resp_no_certs
respond delegated.ocsp responder.pem responder.key

ca -revoke ../server.pem -crl_reason keyCompromise
ca -gencrl -out server.pem
openssl crl -in server.pem -outform DER -out server.crl
cat none.pem server.pem >both.pem
respond revoked.ocsp ../int.pem ../int.key

rm -f config index* number* request responder.* [0-9A-F]*.pem
