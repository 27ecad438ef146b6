/* libFuzzer: any bytes as a certificate, and everything that is asked about one that is read. */
#include <string.h>

#include "cert.h"
#include "constraints.h"
#include "fuzz/fuzz.h"
#include "name_text.h"
#include "peername.h"
#include "signature.h"

/* What was read lies within the certificate, and makes up the whole of it again. */
static void check_slices(const struct x509 *x509)
{
    const struct slice parts[] = {
        x509->tbs,
        x509->sig_alg,
        x509->signature,
        x509->serial,
        x509->issuer,
        x509->subject,
        x509->spki,
        x509->key_alg,
        x509->key,
        x509->extensions,
        x509->san,
        x509->ext_key_usage,
        x509->policies,
        x509->signed_alg,
        x509->name_constraints,
        x509->subject_key_id,
        x509->policy_mappings,
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        FUZZ_CHECK(fuzz_within(parts[i], x509->der));

    static const uint8_t no_unused_bits = 0;
    uint8_t *written = malloc(2 * x509->der.len + 32);
    FUZZ_CHECK(written != NULL);
    struct slice bits[] = { { &no_unused_bits, 1 }, x509->signature };
    struct slice signature = { written, fuzz_element(written, DER_BIT_STRING, bits, 2) };
    struct slice all[] = { x509->tbs, x509->sig_alg, signature };
    uint8_t *whole = written + signature.len;
    size_t len = fuzz_element(whole, DER_SEQUENCE, all, 3);
    FUZZ_CHECK(slice_equal((struct slice){ whole, len }, x509->der));
    free(written);
}

/* A name as text is one line of UTF-8, as long as was said, and cut where there is no room. */
static void check_name_text(struct slice name)
{
    char cut[16];
    struct text text, counted;
    text_begin(&counted, NULL, 0);
    name_text(&counted, name);
    char *buffer = malloc(counted.len + 1);
    FUZZ_CHECK(buffer != NULL);
    text_begin(&text, buffer, counted.len + 1);
    name_text(&text, name);
    FUZZ_CHECK(text.len == counted.len && strlen(buffer) == text.len && fuzz_is_line(buffer));
    text_begin(&text, cut, sizeof(cut));
    name_text(&text, name);
    FUZZ_CHECK(text.len == counted.len && strncmp(cut, buffer, strlen(cut)) == 0);
    free(buffer);
}

static void check_names(const struct x509 *x509)
{
    bool equal = x509_name_equal(x509->subject, x509->issuer);
    FUZZ_CHECK(x509_name_equal(x509->subject, x509->subject));
    FUZZ_CHECK(x509_name_equal(x509->issuer, x509->subject) == equal);
    FUZZ_CHECK(x509_is_self_issued(x509) == equal);
    if (equal)
        FUZZ_CHECK(x509_name_hash(x509->subject) == x509_name_hash(x509->issuer));
    check_name_text(x509->subject);
    check_name_text(x509->issuer);
}

static void check_work(const struct x509 *x509)
{
    enum { WORK = 1000 };
    struct x509_general_name name;
    size_t work = WORK;
    char list[100];
    constraints_check(x509, x509, &work, &name);
    FUZZ_CHECK(work <= WORK);
    FUZZ_CHECK(fuzz_is_line(constraints_flaw(x509)));
    peername_matches(x509, "127.0.0.1", NULL, &work);
    FUZZ_CHECK(work <= WORK);
    peername_list(x509, list, sizeof(list));
    FUZZ_CHECK(fuzz_is_line(list));
}

/* A host that it is issued for is one that it matches. */
static void check_san(const secsock_cert *cert)
{
    const char *name;
    int kind;
    for (size_t i = 0; (name = secsock_cert_san(cert, i, &kind)) != NULL; i++) {
        size_t work = SIZE_MAX;
        FUZZ_CHECK(fuzz_is_line(name));
        if (kind == SECSOCK_SAN_DNS && peername_classify(name, NULL, NULL) == PEERNAME_DNS &&
            name[strlen(name) - 1] != '.')
            FUZZ_CHECK(peername_matches(&cert->x509, name, NULL, &work));
    }
}

static void check_facts(const secsock_cert *cert)
{
    FUZZ_CHECK(fuzz_is_line(secsock_cert_subject(cert)));
    FUZZ_CHECK(fuzz_is_line(secsock_cert_issuer(cert)));
    FUZZ_CHECK(fuzz_is_line(secsock_cert_common_name(cert)));
    FUZZ_CHECK(fuzz_is_line(secsock_cert_serial(cert)));
    FUZZ_CHECK(fuzz_is_line(secsock_cert_key_type(cert)));
    FUZZ_CHECK(fuzz_is_line(secsock_cert_key_curve(cert)));
    FUZZ_CHECK(fuzz_is_line(secsock_cert_signature_algorithm(cert)));
    for (size_t i = 0; secsock_cert_ext_key_usage(cert, i) != NULL; i++)
        FUZZ_CHECK(fuzz_is_line(secsock_cert_ext_key_usage(cert, i)));
    check_san(cert);
}

/* What is written as PEM reads as the same certificate. */
static void check_pem(const secsock_cert *cert)
{
    const char *pem = secsock_cert_pem(cert);
    secsock_cert *same = NULL;
    FUZZ_CHECK(pem != NULL && fuzz_is_text(pem));
    FUZZ_CHECK(secsock_cert_from_pem(&same, pem, strlen(pem), NULL, NULL) == SECSOCK_OK);
    FUZZ_CHECK(slice_equal(same->x509.der, cert->x509.der));
    secsock_cert_free(same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice der = { data, len };
    struct x509 x509;
    struct pubkey key;
    secsock_cert *cert;
    const char *why = x509_parse(&x509, der);
    int result = secsock_cert_from_der(&cert, data, len, NULL);
    FUZZ_CHECK(result == (why == NULL ? SECSOCK_OK : SECSOCK_E_FORMAT));
    if (why != NULL)
        return 0;
    check_slices(&x509);
    check_names(&x509);
    check_work(&x509);
    check_facts(cert);
    check_pem(cert);
    pubkey_read(&x509, &key);
    signature_verify(x509.sig_alg, x509.tbs, x509.signature, &key);
    secsock_cert_free(cert);
    return 0;
}
