/*
 * libFuzzer: validate() as a whole. The input is a byte of settings and then certificates, each
 * behind two octets with its length; the last one that can be read is the trust anchor.
 */
#include <stdlib.h>

#include "validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST = 16 };

static size_t split(const uint8_t *data, size_t len, struct slice *chain)
{
    size_t count = 0;
    while (len >= 2 && count < MOST) {
        size_t size = (size_t)data[0] << 8 | data[1];
        if (size > len - 2)
            size = len - 2;
        chain[count++] = (struct slice){ data + 2, size };
        data += 2 + size;
        len -= 2 + size;
    }
    return count;
}

static secsock_store *anchor_of(const struct slice *chain, size_t count)
{
    secsock_store *store = secsock_store_new();
    secsock_cert *cert = NULL;
    for (size_t i = count; cert == NULL && i-- > 0;)
        secsock_cert_from_der(&cert, chain[i].data, chain[i].len, NULL);
    if (cert != NULL)
        secsock_store_add(store, cert, NULL);
    secsock_cert_free(cert);
    return store;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice chain[MOST];
    secsock_verdict *verdict;
    char text[4000];
    if (len == 0)
        return 0;
    struct validation in = { .chain = chain,
                             .chain_len = split(data + 1, len - 1, chain),
                             .peername = (data[0] & 1) != 0 ? "mail.example" : "127.0.0.1",
                             .time = 1767355200,
                             .purpose = (enum validate_purpose)((data[0] >> 1 & 3) % 3),
                             .profile = (enum validate_profile)(data[0] >> 3 & 1) };
    secsock_store *anchors = anchor_of(chain, in.chain_len);
    in.anchors = anchors;
    if (validate(&in, &verdict) != SECSOCK_OK)
        abort();
    int whole = secsock_verdict_explain(verdict, text, sizeof(text));
    if (whole <= 0 || secsock_verdict_ok(verdict) != (secsock_verdict_problem_count(verdict) == 0))
        abort();
    secsock_verdict_free(verdict);
    secsock_store_free(anchors);
    return 0;
}
