#!/bin/sh
# Makes seeds for the fuzz targets out of what openssl can write:
#
#   fuzz_seeds.sh FOLDER PKI      FOLDER/TARGET/NAME, from the files that pki.sh has put into PKI
#
# Iterations are few: a fuzz target counts no further than four (spec/capi/fuzz/iterations.c).
set -eu

folder=$1
pki=$(cd "$2" && pwd)
for target in chain constraints crl der key names ocsp offline pem pkcs12 validate x509; do
    mkdir -p "$folder/$target"
done
cd "$folder"

# ----------------------------------------------------------------------------- text and its keys

cp "$pki"/*.pem "$pki"/*.key pem
cp "$pki"/*-chain.pem "$pki"/bom.pem "$pki"/bad-*.pem "$pki"/server.der offline

make_keys() {
    for name in server rsa ed25519 ed448 p521; do
        openssl x509 -in "$pki/$name.pem" -outform DER -out certificate
        openssl pkcs8 -topk8 -nocrypt -in "$pki/$name.key" -outform DER -out clear
        openssl pkcs8 -topk8 -in "$pki/$name.key" -outform DER -passout pass:secret -iter 2 \
            -out encrypted
        for form in clear encrypted; do cat $form certificate >"key/$name-$form"; done
    done
    for cipher in aes-128-cbc aes-192-cbc des3; do
        openssl pkcs8 -topk8 -in "$pki/server.key" -outform DER -passout pass:secret -iter 3 \
            -v2 $cipher -v2prf hmacWithSHA512 -out "key/server-$cipher"
    done
    openssl rsa -in "$pki/rsa.key" -traditional -outform DER -out key/rsa-traditional
    openssl ec -in "$pki/server.key" -outform DER -out key/server-traditional
    rm certificate clear encrypted
}

make_names() {
    count=0
    for name in a.example '*.b.example' 127.0.0.1 ::1 0x7f.1 xn--55qx5d.cn 公司.cn -a.b a_b.c \
        a@b.c '"a b"@c.d' 'http://user@a.b:1/' urn:x CN=Root 'O=a\, b+OU=#c,DC=d' \
        'CN=\c3\a4,1.2.3=#0c0161' 'O = x , C = DE'; do
        count=$((count + 1))
        printf %s "$name" >names/$count
    done
    printf '%s\n' '// list' com co.uk '*.ck' '!www.ck' 公司.cn \
        '// ===BEGIN PRIVATE DOMAINS===' github.io >names/list
}

# Certificate messages of TLS 1.2 and 1.3, the latter with a stapled response.
make_messages() {
    printf '\000\000\014\000\000\001x\000\000\000\000\000\002yz' >chain/three
    printf '\000\000\000\020\000\000\001x\000\012\000\005\000\006\001\000\000\002ok' >chain/stapled
    printf '\001\000\000\002ok' >chain/status
}

# ----------------------------------------------------------------------------------- revocation

make_lists() {
    cat >config <<'END'
[ca]
default_ca = lists
[lists]
database = index
default_md = sha256
default_crl_days = 36500
[plain]
authorityKeyIdentifier = keyid
[scoped]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @point
[point]
fullname = URI:http://crl.example/1.crl
onlysomereasons = keyCompromise, CACompromise
[users]
issuingDistributionPoint = critical, @users_point
[users_point]
onlyuser = TRUE
[delta]
deltaCRL = critical, ASN1:INTEGER:5
END
    : >index
    serial=$(openssl x509 -in "$pki/server.pem" -noout -serial)
    empty=$(printf 'V\t491231235959Z\t\t%s\tunknown\t/CN=mail.example\n' "${serial#serial=}")
    printf 'R\t491231235959Z\t240101000000Z,keyCompromise\t%s\tunknown\t/CN=mail.example\n' \
        "${serial#serial=}" >revoked
    printf 'R\t491231235959Z\t240102000000Z\t0%s\tunknown\t/CN=other\n' 1 >>revoked
    for extensions in plain scoped users delta; do
        cp revoked index
        openssl ca -config config -gencrl -cert "$pki/int.pem" -keyfile "$pki/int.key" \
            -crl_lastupdate 20260101000000Z -crl_nextupdate 20490101000000Z \
            -crlexts $extensions -out list.pem
        openssl crl -in list.pem -outform DER -out crl/$extensions
    done
    printf '%s\n' "$empty" >index
    openssl ca -config config -gencrl -cert "$pki/int.pem" -keyfile "$pki/int.key" -out list.pem
    openssl crl -in list.pem -outform DER -out crl/empty
    rm list.pem
}

make_responses() {
    openssl x509 -in "$pki/server.pem" -outform DER -out certificate
    for state in good revoked; do
        if [ $state = good ]; then printf '%s\n' "$empty" >index; else cp revoked index; fi
        openssl ocsp -index index -CA "$pki/int.pem" -rsigner "$pki/int.pem" -rkey "$pki/int.key" \
            -issuer "$pki/int.pem" -cert "$pki/server.pem" -noverify -ndays 30000 -respout response
        cat response certificate >ocsp/$state
        cp response response-$state
    done
    openssl ocsp -index index -CA "$pki/int.pem" -rsigner "$pki/int.pem" -rkey "$pki/int.key" \
        -issuer "$pki/int.pem" -cert "$pki/client.pem" -noverify -resp_key_id -resp_no_certs \
        -respout ocsp/by-key
    rm response
}

# ----------------------------------------------------------------------------------- PFX files

# pfx NAME OPTIONS...
pfx() {
    name=$1
    shift
    openssl pkcs12 -export -in "$pki/server.pem" -inkey "$pki/server.key" \
        -certfile "$pki/int.pem" -name friendly -iter 2 -out "pkcs12/$name" "$@"
}

make_pfx() {
    pfx modern -passout pass:secret
    pfx no-mac -passout pass:secret -nomac
    pfx empty-password -passout pass:
    pfx clear -passout pass: -nomac -keypbe NONE -certpbe NONE
    pfx 3des -passout pass:secret -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1
    pfx 3des-no-mac -passout pass:secret -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -nomac
    pfx rc2 -passout pass:secret -legacy
    pfx certs-only -passout pass:secret -nokeys
}

# -------------------------------------------------------------------------------- whole scenes

# element TAG [FILE...]: a DER element around the contents of files; TAG in octal.
element() {
    tag=$1
    shift
    len=$(cat /dev/null "$@" | wc -c)
    if [ "$len" -lt 128 ]; then
        printf "\\$tag\\$(printf %o "$len")"
    elif [ "$len" -lt 256 ]; then
        printf "\\$tag\\201\\$(printf %o "$len")"
    else
        printf "\\$tag\\202\\$(printf %o $((len / 256)))\\$(printf %o $((len % 256)))"
    fi
    cat /dev/null "$@"
}

# As spec/capi/fuzz_validate.c wants them: chain, anchors, lists, response, settings, name.
make_scenes() {
    for name in server int ca; do
        openssl x509 -in "$pki/$name.pem" -outform DER -out $name.der
    done
    # In 2035, when what is dated today is not too new and not too old.
    printf '\000\000\001\000\210\052\021' >soft
    printf '\004\000\007\000\210\052\021' >strict
    printf mail.example >name
    for list in plain scoped users delta empty; do
        for settings in soft strict; do
            {
                element 240 server.der int.der
                element 241 ca.der
                element 244 crl/$list
                element 4 $settings
                element 26 name
            } >validate/crl-$list-$settings
        done
    done
    for state in good revoked; do
        {
            element 240 server.der int.der
            element 241 ca.der
            element 245 response-$state
            element 4 strict
            element 26 name
        } >validate/ocsp-$state
    done
    openssl x509 -in "$pki/ca.pem" -noout -pubkey | openssl pkey -pubin -outform DER |
        openssl dgst -sha256 -binary >pin
    for tag in 246 247; do
        {
            element 240 server.der int.der
            element $tag pin
            element 241 ca.der
            element 4 soft
            element 26 name
        } >validate/pin-$tag
    done
}

# What openssl has to say matters when it fails.
exec 3>&2 >log 2>&1
trap 'status=$?; [ $status = 0 ] || cat log >&3; exit $status' EXIT
make_keys
make_names
make_messages
make_lists
make_responses
make_pfx
make_scenes
find . -maxdepth 1 -type f -exec rm {} +
