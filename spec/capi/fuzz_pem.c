/* libFuzzer: any text as PEM: block by block, as certificates, and as an identity. */
#include <string.h>

#include "base64.h"
#include "cert_list.h"
#include "fuzz/fuzz.h"
#include "pem.h"

/* What a block holds reads as the same when it is written anew. */
static void check_base64(struct slice der)
{
    enum { WIDTH = 64 };
    size_t len = base64_encoded_len(der.len, WIDTH), decoded_len = 0;
    char *text = malloc(len + 1);
    uint8_t *decoded = malloc(base64_decoded_room(len) + 1);
    FUZZ_CHECK(text != NULL && decoded != NULL);
    base64_encode(text, der, WIDTH);
    FUZZ_CHECK(base64_decode(decoded, &decoded_len, (struct slice){ (uint8_t *)text, len }));
    FUZZ_CHECK(slice_equal(der, (struct slice){ decoded, decoded_len }));
    free(text);
    free(decoded);
}

static void read_blocks(struct slice text)
{
    struct pem reader;
    struct pem_block block;
    secsock_error error = { .code = SECSOCK_OK };
    unsigned blocks = 0;
    int result = pem_open(&reader, text, &error);
    FUZZ_CHECK(result == SECSOCK_OK);
    while ((result = pem_next(&reader, &block, &error)) > 0) {
        FUZZ_CHECK(block.number == ++blocks && block.line > 0);
        FUZZ_CHECK(fuzz_within(block.label, text) && fuzz_within(block.headers, text));
        FUZZ_CHECK(fuzz_within(block.base64, text));
        if (pem_decode(&reader, &block, &error) == SECSOCK_OK)
            check_base64(block.der);
    }
    FUZZ_CHECK(result == 0 || (result == SECSOCK_E_FORMAT && error.message[0] != '\0'));
    FUZZ_CHECK(fuzz_is_line(error.message));
    pem_close(&reader);
}

static void read_certificates(struct slice text)
{
    struct cert_list strict = { NULL, 0, 0 }, lenient = { NULL, 0, 0 };
    secsock_error error = { .code = SECSOCK_OK };
    int result = cert_list_read(&strict, text, CERT_LIST_STRICT, &error);
    int bearing = cert_list_read(&lenient, text, CERT_LIST_LENIENT, NULL);
    FUZZ_CHECK((result == SECSOCK_OK) == (strict.count > 0) && fuzz_is_line(error.message));
    if (result == SECSOCK_OK)
        FUZZ_CHECK(bearing == SECSOCK_OK && lenient.count == strict.count);
    cert_list_clear(&strict);
    cert_list_clear(&lenient);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice text = { data, len };
    secsock_cert *cert = NULL;
    secsock_error error = { .code = SECSOCK_OK };
    read_blocks(text);
    read_certificates(text);
    int result = secsock_cert_from_pem(&cert, data, len, "secret", &error);
    FUZZ_CHECK((result == SECSOCK_OK) == (cert != NULL) && result == error.code);
    FUZZ_CHECK(fuzz_is_line(error.message) && (result == SECSOCK_OK) == (error.message[0] == '\0'));
    secsock_cert_free(cert);
    return 0;
}
