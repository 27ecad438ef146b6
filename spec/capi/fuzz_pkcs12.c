/*
 * libFuzzer: any bytes as a PFX file, under the password "secret" and under none. What is not
 * protected by a MAC that fits is refused early, so most of the seeds have none.
 */
#include "fuzz/fuzz.h"
#include "pkcs12.h"

static void read_with(struct slice pfx, const char *password)
{
    struct cert_list list = { NULL, 0, 0 };
    secsock_error error = { .code = SECSOCK_OK };
    int result = pkcs12_read(&list, pfx, password, &error);
    FUZZ_CHECK(result < 0 ? list.count == 0 && error.code == result : (size_t)result <= list.count);
    FUZZ_CHECK(list.count <= PKCS12_MOST_CERTS && result <= PKCS12_MOST_KEYS);
    FUZZ_CHECK(fuzz_is_line(error.message) && (result >= 0) == (error.message[0] == '\0'));
    for (size_t i = 0; i < list.count; i++) {
        FUZZ_CHECK(secsock_cert_has_private_key(list.certs[i]) == (i < (size_t)result));
        FUZZ_CHECK(fuzz_is_line(secsock_cert_friendly_name(list.certs[i])));
    }
    cert_list_clear(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    read_with((struct slice){ data, len }, "secret");
    read_with((struct slice){ data, len }, NULL);
    return 0;
}
