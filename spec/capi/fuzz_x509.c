/* libFuzzer: any bytes as a certificate, and everything that is asked about one that is read. */
#include <stdlib.h>

#include "constraints.h"
#include "peername.h"
#include "secsock.h"
#include "signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void use(const char *text)
{
    if (text != NULL && text[0] == '\x7f')
        abort();
}

static void ask(const secsock_cert *cert)
{
    use(secsock_cert_subject(cert));
    use(secsock_cert_issuer(cert));
    use(secsock_cert_common_name(cert));
    use(secsock_cert_key_type(cert));
    use(secsock_cert_signature_algorithm(cert));
    for (size_t i = 0; secsock_cert_san(cert, i, NULL) != NULL; i++)
        use(secsock_cert_san(cert, i, NULL));
    for (size_t i = 0; secsock_cert_ext_key_usage(cert, i) != NULL; i++)
        use(secsock_cert_ext_key_usage(cert, i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice der = { data, len };
    struct x509 x509;
    struct x509_general_name name;
    struct pubkey key;
    secsock_cert *cert;
    char list[100];
    size_t work = 1000;
    if (x509_parse(&x509, der) != NULL)
        return 0;
    if (x509_is_self_issued(&x509) && x509_name_hash(x509.subject) != x509_name_hash(x509.issuer))
        abort();
    pubkey_read(&x509, &key);
    signature_verify(x509.sig_alg, x509.tbs, x509.signature, &key);
    use(constraints_flaw(&x509));
    constraints_check(&x509, &x509, &work, &name);
    peername_matches(&x509, "mail.example", NULL, &work);
    peername_matches(&x509, "127.0.0.1", NULL, &work);
    peername_list(&x509, list, sizeof(list));
    if (secsock_cert_from_der(&cert, data, len, NULL) != SECSOCK_OK)
        abort();
    ask(cert);
    secsock_cert_free(cert);
    return 0;
}
