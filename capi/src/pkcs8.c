#include "pkcs8.h"

/* PKCS #8 has an AlgorithmIdentifier behind the version. */
static bool is_pkcs8(struct slice key)
{
    struct slice content, version;
    return der_take(&key, DER_SEQUENCE, &content) && der_integer(&content, &version) &&
           der_next_is(content, DER_SEQUENCE);
}

/* The older forms, PKCS #1 and SEC 1, say nothing of the algorithm: the certificate does, for the
 * key has been found to be its own. */
void pkcs8_write(struct der_writer *w, const secsock_cert *cert)
{
    struct slice key = { cert->key, cert->key_len };
    size_t mark = w->len;
    if (is_pkcs8(key)) {
        der_write(w, key);
        return;
    }
    der_write_element(w, DER_OCTET_STRING, key);
    der_write(w, cert->x509.key_alg);
    der_write_integer(w, 0);
    der_wrap(w, DER_SEQUENCE, mark);
}

int pkcs8_write_encrypted(struct der_writer *w, const secsock_cert *cert,
                          const struct pbe_seed *seed, struct password *password,
                          secsock_error *error)
{
    struct der_writer counter = { NULL, 0 };
    struct pbe pbe;
    size_t mark = w->len;
    int result;
    pbe_choose(&pbe, seed);
    pkcs8_write(&counter, cert);
    pbe_write_padding(w, counter.len);
    pkcs8_write(w, cert);
    result = pbe_seal(&pbe, w, counter.len, password, error);
    der_wrap(w, DER_OCTET_STRING, mark);
    pbe_write(w, &pbe);
    der_wrap(w, DER_SEQUENCE, mark);
    return result;
}
