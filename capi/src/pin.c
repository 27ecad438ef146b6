#include "pin.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "digest.h"
#include "secsock.h"

enum { PIN_TEXT_LEN = 44 }; /* of PIN_SIZE bytes in base64 */

static bool holds(const struct pin_list *list, const uint8_t digest[PIN_SIZE])
{
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(list->digests[i], digest, PIN_SIZE) == 0)
            return true;
    }
    return false;
}

int pin_list_add(struct pin_list *list, const char *pin)
{
    struct slice text = { (const uint8_t *)pin, strlen(pin) };
    uint8_t digest[PIN_TEXT_LEN];
    size_t len;
    if (text.len != PIN_TEXT_LEN || !base64_decode(digest, &len, text) || len != PIN_SIZE)
        return SECSOCK_E_FORMAT;
    if (holds(list, digest))
        return SECSOCK_OK;
    uint8_t(*digests)[PIN_SIZE] = realloc(list->digests, (list->count + 1) * sizeof(*digests));
    if (digests == NULL)
        return SECSOCK_E_MEMORY;
    memcpy(digests[list->count++], digest, PIN_SIZE);
    list->digests = digests;
    return SECSOCK_OK;
}

void pin_list_clear(struct pin_list *list)
{
    free(list->digests);
    *list = (struct pin_list){ NULL, 0 };
}

bool pin_list_holds(const struct pin_list *list, struct slice spki)
{
    uint8_t digest[PIN_SIZE];
    return list != NULL && list->count > 0 && digest_sha256(spki, digest) && holds(list, digest);
}
