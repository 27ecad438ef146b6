/*
 * libFuzzer: any DER as a private key, in the clear and encrypted with the password "secret". A
 * certificate may follow the key: whether it belongs to it is then asked, too.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "key.h"

static void compare(struct slice key, struct slice certificate)
{
    secsock_error error = { .code = SECSOCK_OK };
    struct x509 x509;
    if (x509_parse(&x509, certificate) != NULL)
        return;
    int result = key_check(key, &x509, &error);
    FUZZ_CHECK(result == error.code && fuzz_is_line(error.message));
}

static void read_as(const char *label, const char *headers, struct slice der,
                    struct slice certificate)
{
    struct pem_block block = {
        .label = { (const uint8_t *)label, strlen(label) },
        .headers = { (const uint8_t *)headers, strlen(headers) },
        .der = der,
        .number = 1,
        .line = 1,
    };
    struct secret key = { NULL, 0 };
    secsock_error error = { .code = SECSOCK_OK };
    int result = key_read(&block, "secret", &key, &error);
    FUZZ_CHECK((result == SECSOCK_OK) == (key.data != NULL) && result == error.code);
    FUZZ_CHECK(fuzz_is_line(error.message) && (result == SECSOCK_OK) == (error.message[0] == '\0'));
    if (result == SECSOCK_OK)
        compare(secret_slice(&key), certificate);
    secret_free(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice in = { data, len }, whole;
    struct slice certificate = { NULL, 0 };
    uint8_t tag;
    if (der_any(&in, &tag, NULL, &whole))
        certificate = in;
    else
        whole = (struct slice){ data, len };
    read_as("PRIVATE KEY", "", whole, certificate);
    read_as("ENCRYPTED PRIVATE KEY", "", whole, certificate);
    read_as("RSA PRIVATE KEY",
            "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n",
            whole, certificate);
    return 0;
}
