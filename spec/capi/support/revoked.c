#include "revoked.h"

#include <stdlib.h>
#include <string.h>

const struct mint revoked_root = { .cn = "Root", .ca = true };
const struct mint revoked_inter = { .cn = "Inter", .by = &revoked_root, .ca = true, .number = 2 };
const struct mint revoked_leaf = { .by = &revoked_inter, .number = 3 };

struct crl_set *revoked_set(const struct mint_crl *const *lists, size_t count)
{
    struct crl_set *set = crl_set_new();
    for (size_t i = 0; i < count && lists[i] != NULL; i++) {
        struct slice der = mint_crl(lists[i]);
        secsock_error error;
        if (crl_set_add(set, der, &error) != 1) {
            fprintf(stderr, "%s\n", error.message);
            exit(1);
        }
        free((void *)der.data);
    }
    return set;
}

secsock_verdict *revoked_judge(const struct revoked *example)
{
    struct example certs = { .chain = { &revoked_leaf, &revoked_inter },
                             .anchors = { example->anchor ? example->anchor : &revoked_root },
                             .extra = example->extra,
                             .name = example->purpose == PURPOSE_SERVER ? "a.example" : "",
                             .purpose = example->purpose,
                             .forgives = example->forgives };
    struct crl_set *crls = revoked_set(example->lists, REVOKED_MOST);
    struct slice staple = { NULL, 0 };
    struct input input;
    secsock_verdict *verdict = NULL;
    if (example->chain[0] != NULL)
        memcpy(certs.chain, example->chain, sizeof(certs.chain));
    if (example->staple != NULL)
        staple = mint_ocsp(example->staple);
    example_open(&certs, &input);
    input.validation.crls = example->lists[0] != NULL ? crls : NULL;
    input.validation.ocsp = staple;
    input.validation.revocation = example->mode;
    validate(&input.validation, &verdict);
    example_close(&input);
    free((void *)staple.data);
    crl_set_free(crls);
    return verdict;
}
