#define _DEFAULT_SOURCE 1 /* for explicit_bzero() */

#include "secret.h"

#include <stdlib.h>
#include <string.h>

void secret_erase(void *data, size_t len)
{
    explicit_bzero(data, len);
}

bool secret_new(struct secret *out, size_t len)
{
    out->data = malloc(len > 0 ? len : 1);
    out->len = out->data != NULL ? len : 0;
    return out->data != NULL;
}

void secret_free(struct secret *secret)
{
    if (secret->data != NULL)
        secret_erase(secret->data, secret->len);
    free(secret->data);
    *secret = (struct secret){ NULL, 0 };
}

struct slice secret_slice(const struct secret *secret)
{
    return (struct slice){ secret->data, secret->len };
}
