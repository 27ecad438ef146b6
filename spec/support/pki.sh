#!/bin/sh
# Makes the keys and certificates that the specs want, in one folder:
#
#   pki.sh FOLDER
#
# A folder that this very script has filled before is left as it is. Needs openssl 3.
#
#   authorities       NAME.pem, NAME.key
#     ca              the root that clients trust; EC P-256, like every key that is not named
#     int             an intermediate issued by ca
#     impostor        as int, by name, but another key: it never issued anything
#     other-ca        a root that nobody trusts
#     not-ca          issued by ca like int, but not a CA: what it signs is worth nothing
#     half-ca         the same, though its key usage says that it signs certificates; its name is int's
#
#   leaves            NAME.pem (the leaf), NAME.key, NAME-chain.pem (the leaf and its issuer)
#     server          mail.example, localhost, 127.0.0.1, ::1, *.wild.example; issued by int
#     client          for clients; client@mail.example
#     expired         as server, but valid in 2021 only
#     future          as server, but valid from 2090 on
#     elsewhere       for other.example
#     wrong-usage     as server, but for code signing only
#     stranger        as server, but issued by other-ca
#     by-not-ca       as server, but issued by not-ca; and by half-ca
#     self-signed     as server, but issued by itself
#     rsa rsa-pss p384 p521 ed25519 ed448      as server, with keys of these kinds
#     secp256k1       as server, with a key on a curve that TLS has no use for
#     weak-key        as server, with an RSA key of 1024 bits
#     weak-signature  as server, signed with SHA-1
#     odd-names       a subject and alternative names with everything that needs escaping
#
#   private keys of server (an EC key) and rsa in other forms; the password is "secret"
#     server-sec1.key rsa-pkcs1.key            traditional, in the clear
#     server-aes256.key server-aes128.key server-aes192.key server-des3.key
#     server-sha1.key server-sha512.key        PBES2: these ciphers; these PBKDF2 functions
#     server-legacy.key rsa-legacy.key rsa-legacy-des3.key   traditional, Proc-Type: 4,ENCRYPTED
#     server-pbes1.key                         PBES1 of PKCS #12
#     server-scrypt.key                        not supported
#     server-costly.key                        PBES2 with 2,000,000,000 iterations
#     mismatched.key                           belongs to no certificate
#
#   files
#     server.facts       what openssl says about server.pem: "name value" in each line
#     server-all.pem     key, leaf and intermediate in one
#     two-keys.pem       leaf and two private keys
#     key-only.pem       a private key and nothing else
#     misordered.pem     leaf, root, intermediate
#     leaf-last.pem      intermediate, leaf
#     unrelated.pem      leaf, other-ca
#     impostor-last.pem  leaf, impostor
#     bundle.pem         ca and other-ca, with text between
#     crlf.pem bom.pem   server.pem with CRLF line ends; behind a byte order mark
#     trusted.pem        BEGIN TRUSTED CERTIFICATE
#     request.pem        a certificate request
#     server.der         server.pem in DER
#     garbage.pem empty.pem no-end.pem wrong-end.pem bad-base64.pem bad-der.pem
#     pfx/               see pfx.sh
#     revocation/        see revocation.sh
#     trust/             ca.pem, other-ca.pem, a link to ca.pem, a dangling one, a key, a text
set -eu
umask 077

here=$(cd "$(dirname "$0")" && pwd)
made_by=$(cat "$here/pki.sh" "$here/pfx.sh" "$here/revocation.sh" | cksum)
mkdir -p "$(dirname "$1")"
exec 9>"$1.lock"
flock 9 # somebody else may be making it: then it is made
if [ "$(cat "$1/.made-by" 2>/dev/null)" = "$made_by" ]; then
    exit 0
fi
target=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
folder=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >config <<'END'
oid_section = oids
[oids]
oddType = 1.2.3.4
[req]
distinguished_name = subject
prompt = no
utf8 = yes
string_mask = utf8only
[subject]
CN = nobody
[ca]
default_ca = issue
[issue]
new_certs_dir = .
database = index
rand_serial = yes
unique_subject = no
policy = any
[any]
commonName = optional
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[intermediate]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[not_ca]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[half_ca]
basicConstraints = critical, CA:FALSE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = @server_names
[server_names]
DNS.1 = mail.example
DNS.2 = localhost
DNS.3 = *.wild.example
IP.1 = 127.0.0.1
IP.2 = ::1
[elsewhere]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:other.example
[wrong_usage]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = @server_names
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = email:client@mail.example
[odd_names]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth, 1.3.6.1.4.1.55555.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = @odd_names_list
[odd_names_list]
DNS.1 = odd.example
IP.1 = 2001:db8::1
IP.2 = 2001:db8:0:1:0:0:0:1
email.1 = who\\is@odd.example
URI.1 = https://odd.example/path
dirName.1 = odd_directory
otherName.1 = 1.3.6.1.4.1.55555.2;UTF8:other
RID.1 = 1.2.3.4
[odd_directory]
C = DE
CN = In a Directory
END
: >index

# key NAME KIND
key() {
    case $2 in
    rsa | rsa-pss) openssl genpkey -algorithm "$2" -pkeyopt rsa_keygen_bits:2048 -out "$1.key" ;;
    weak) openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:1024 -out "$1.key" ;;
    ed25519 | ed448) openssl genpkey -algorithm "$2" -out "$1.key" ;;
    *) openssl genpkey -algorithm ec -pkeyopt "ec_paramgen_curve:$2" -out "$1.key" ;;
    esac
}

# root NAME SUBJECT
root() {
    key "$1" P-256
    openssl req -x509 -config config -extensions root -key "$1.key" -subj "$2" -days 7300 \
        -out "$1.pem"
}

# issue NAME ISSUER EXTENSIONS SUBJECT KIND [FROM TO [DIGEST]]
issue() {
    key "$1" "$5"
    openssl req -new -config config -key "$1.key" -subj "$4" -out request
    openssl ca -batch -notext -preserveDN -config config -in request \
        -cert "$2.pem" -keyfile "$2.key" -extensions "$3" -md "${8:-sha256}" -out "$1.pem" \
        -startdate "${6:-20200101000000Z}" -enddate "${7:-20491231235959Z}"
    cat "$1.pem" "$2.pem" >"$1-chain.pem"
}

make_authorities() {
    root ca "/O=secsock/CN=Test Root"
    root other-ca "/O=secsock/CN=Other Root"
    issue int ca intermediate "/O=secsock/CN=Test Intermediate" P-256
    issue impostor ca intermediate "/O=secsock/CN=Test Intermediate" P-256
    issue not-ca ca not_ca "/O=secsock/CN=Not an Authority" P-256
    issue half-ca ca half_ca "/O=secsock/CN=Test Intermediate" P-256
}

make_leaves() {
    subject="/O=secsock/CN=mail.example"
    issue server int server "$subject" P-256
    issue client int client "/O=secsock/CN=client" P-256
    issue expired int server "$subject" P-256 20210101000000Z 20211231235959Z
    issue future int server "$subject" P-256 20900101000000Z 20991231235959Z
    issue elsewhere int elsewhere "/O=secsock/CN=other.example" P-256
    issue wrong-usage int wrong_usage "$subject" P-256
    issue stranger other-ca server "$subject" P-256
    issue by-not-ca not-ca server "$subject" P-256
    issue by-half-ca half-ca server "$subject" P-256
    issue rsa int server "$subject" rsa
    issue rsa-pss int server "$subject" rsa-pss
    issue p384 int server "$subject" P-384
    issue p521 int server "$subject" P-521
    issue secp256k1 int server "$subject" secp256k1
    issue ed25519 int server "$subject" ed25519
    issue ed448 int server "$subject" ed448
    issue weak-key int server "$subject" weak
    issue weak-signature int server "$subject" P-256 "" "" sha1
    odd='/DC=example/O=Größe, "Zahl" <und> Zeichen;/OU=#one+OU=two \\ three/oddType=odd/CN= odd '
    issue odd-names int odd_names "$odd" P-256
    key self-signed P-256
    openssl req -x509 -config config -extensions server -key self-signed.key -subj "$subject" \
        -days 7300 -out self-signed.pem
    cp self-signed.pem self-signed-chain.pem
}

# encrypted NAME OPTIONS...: the key of server under a password
encrypted() {
    name=$1
    shift
    openssl pkcs8 -topk8 -in server.key -passout pass:secret -out "$name" "$@"
}

make_keys() {
    openssl ec -in server.key -out server-sec1.key
    openssl ecparam -name prime256v1 -out parameters
    cat parameters server-sec1.key >joined && mv joined server-sec1.key
    openssl rsa -in rsa.key -traditional -out rsa-pkcs1.key
    encrypted server-aes256.key -v2 aes-256-cbc
    encrypted server-aes128.key -v2 aes-128-cbc
    encrypted server-aes192.key -v2 aes-192-cbc
    encrypted server-des3.key -v2 des3
    encrypted server-sha1.key -v2 aes-256-cbc -v2prf hmacWithSHA1
    encrypted server-sha512.key -v2 aes-256-cbc -v2prf hmacWithSHA512
    encrypted server-pbes1.key -v1 PBE-SHA1-3DES
    encrypted server-scrypt.key -scrypt -scrypt_N 1024
    openssl ec -in server.key -aes256 -passout pass:secret -out server-legacy.key
    openssl rsa -in rsa.key -traditional -aes128 -passout pass:secret -out rsa-legacy.key
    openssl rsa -in rsa.key -traditional -des3 -passout pass:secret -out rsa-legacy-des3.key
    key mismatched P-256
    make_costly_key
}

# One that no openssl would have the patience to make.
make_costly_key() {
    cat >costly <<'END'
asn1 = SEQUENCE:info
[info]
algorithm = SEQUENCE:pbes2
text = FORMAT:HEX, OCTETSTRING:00112233445566778899aabbccddeeff
[pbes2]
oid = OID:PBES2
parameters = SEQUENCE:pbes2_parameters
[pbes2_parameters]
kdf = SEQUENCE:pbkdf2
cipher = SEQUENCE:aes
[pbkdf2]
oid = OID:PBKDF2
parameters = SEQUENCE:pbkdf2_parameters
[pbkdf2_parameters]
salt = FORMAT:HEX, OCTETSTRING:0011223344556677
iterations = INTEGER:2000000000
[aes]
oid = OID:aes-256-cbc
iv = FORMAT:HEX, OCTETSTRING:00112233445566778899aabbccddeeff
END
    openssl asn1parse -genconf costly -noout -out costly.der
    {
        echo "-----BEGIN ENCRYPTED PRIVATE KEY-----"
        openssl base64 -in costly.der
        echo "-----END ENCRYPTED PRIVATE KEY-----"
    } >server-costly.key
}

make_facts() {
    openssl x509 -in server.pem -noout -serial -fingerprint -sha1 |
        sed -e 's/^serial=/serial /' -e 's/^sha1 Fingerprint=/sha1 /' | tr -d : | tr A-F a-f
    openssl x509 -in server.pem -noout -fingerprint -sha256 |
        sed -e 's/^sha256 Fingerprint=/sha256 /' | tr -d : | tr A-F a-f
    printf 'pin '
    openssl x509 -in server.pem -noout -pubkey | openssl pkey -pubin -outform DER |
        openssl dgst -sha256 -binary | openssl base64
    for id in subject authority; do
        printf '%s_key_id ' "$id"
        openssl x509 -in server.pem -noout -ext "${id}KeyIdentifier" |
            sed -n 's/^ *//; /^[0-9A-F:]*$/p' | tr -d : | tr A-F a-f
    done
}

make_files() {
    make_facts >server.facts
    cat server.key server-chain.pem >server-all.pem
    cat server.pem server.key mismatched.key >two-keys.pem
    cp server.key key-only.pem
    cat server.pem ca.pem int.pem >misordered.pem
    cat int.pem server.pem >leaf-last.pem
    cat server.pem other-ca.pem >unrelated.pem
    cat server.pem impostor.pem >impostor-last.pem
    { echo "The root:"; cat ca.pem; echo; echo "Another:"; cat other-ca.pem; } >bundle.pem
    sed 's/$/\r/' server.pem >crlf.pem
    { printf '\357\273\277'; cat server.pem; } >bom.pem
    openssl x509 -in ca.pem -addtrust serverAuth -trustout -out trusted.pem
    openssl req -new -config config -key server.key -subj /CN=request -out request.pem
    openssl x509 -in server.pem -outform DER -out server.der
    printf 'This is not what you are looking for.\n' >garbage.pem
    : >empty.pem
    sed '$d' server.pem >no-end.pem
    sed 's/END CERTIFICATE/END X509 CRL/' server.pem >wrong-end.pem
    sed '3s/./!/' server.pem >bad-base64.pem
    { echo "-----BEGIN CERTIFICATE-----"; echo "MAMCAQU="; echo "-----END CERTIFICATE-----"; } \
        >bad-der.pem
    mkdir trust trust/folder.pem
    cp ca.pem other-ca.pem server.key trust
    ln -s ca.pem trust/0123abcd.0
    ln -s nowhere.pem trust/dangling.pem
    printf -- '-----BEGIN this is no PEM\n' >trust/README
}

{
    make_authorities
    make_leaves
    make_keys
    make_files
    "$here/pfx.sh"
    "$here/revocation.sh"
} >log 2>&1 || {
    cat log >&2
    exit 1
}
rm -f config index index.* [0-9A-F]*.pem request parameters costly costly.der log
printf '%s\n' "$made_by" >.made-by

# Put in place at once: others may be looking for it.
if [ -d "$target" ]; then
    mv "$target" "$folder.old"
fi
mv "$folder" "$target"
rm -rf "$folder.old"
trap - EXIT
