/* Certificates of their parts: what goes together comes together, and nothing else does. */
#include <string.h>

#include "cert.h"
#include "check.h"
#include "memory.h"
#include "mint.h"

static const struct mint root = { .cn = "Root", .ca = true };
static const struct mint issuing = { .cn = "Issuing", .by = &root, .ca = true, .number = 1 };
static const struct mint leaf = { .by = &issuing, .number = 2 };

static struct slice key, other_key;
static uint8_t row[8192];
static size_t first, len;

static void append(const struct mint *description)
{
    struct slice der = mint(description);
    memcpy(row + len, der.data, der.len);
    len += der.len;
    free((void *)der.data);
}

static int make(secsock_cert **cert, size_t row_len, struct slice with)
{
    secsock_error error;
    int result = secsock_cert_assemble(cert, row, row_len, with.data, with.len, &error);
    if (result != error.code || (result != SECSOCK_OK) != (error.message[0] != '\0'))
        CHECK(false, "%d is explained", result);
    return result;
}

static void test_right(void)
{
    const struct slice none = { NULL, 0 };
    secsock_cert *cert;
    CHECK(make(&cert, len, key) == SECSOCK_OK && secsock_cert_has_private_key(cert) &&
              strcmp(secsock_cert_subject(secsock_cert_chain(cert, 0)), "CN=Issuing") == 0 &&
              secsock_cert_chain(cert, 1) == NULL,
          "a certificate, its issuer and its key are an identity");
    secsock_cert_free(cert);
    CHECK(make(&cert, first, key) == SECSOCK_OK && secsock_cert_chain(cert, 0) == NULL,
          "the issuer may be left out");
    secsock_cert_free(cert);
    CHECK(make(&cert, len, none) == SECSOCK_OK && !secsock_cert_has_private_key(cert) &&
              secsock_cert_chain(cert, 0) != NULL,
          "and so may the key");
    secsock_cert_free(cert);
}

static void test_wrong(void)
{
    secsock_cert *cert = (secsock_cert *)row;
    secsock_error error;
    bool refused = true;
    CHECK(make(&cert, len, other_key) == SECSOCK_E_KEY_MISMATCH && cert == NULL,
          "another's key is refused");
    for (size_t cut = 0; cut < len; cut++)
        refused &= cut == first || (make(&cert, cut, key) == SECSOCK_E_FORMAT && cert == NULL);
    CHECK(refused, "and so is a row that is cut, wherever");
    refused = true;
    for (size_t cut = 0; cut < key.len; cut++)
        refused &= make(&cert, len, (struct slice){ key.data, cut }) < 0;
    CHECK(refused, "and a key that is cut");
    CHECK(secsock_cert_assemble(NULL, row, len, NULL, 0, &error) == SECSOCK_E_ARGUMENT &&
              secsock_cert_assemble(&cert, NULL, 0, NULL, 0, NULL) == SECSOCK_E_ARGUMENT,
          "nothing comes of nothing, or goes nowhere");
}

static void test_memory(void)
{
    secsock_cert *cert;
    unsigned long n = 0;
    long before = memory_live();
    int result = SECSOCK_E_MEMORY;
    while (result == SECSOCK_E_MEMORY || result == SECSOCK_E_FORMAT) {
        memory_fail(++n);
        result = make(&cert, len, key);
        memory_fail(0);
        secsock_cert_free(cert);
    }
    CHECK(result == SECSOCK_OK && n > 5 && memory_live() == before,
          "no memory is lost when it is short, %lu times", n - 1);
}

int main(void)
{
    append(&leaf);
    first = len;
    append(&issuing);
    key = mint_private_key(&leaf);
    other_key = mint_private_key(&issuing);
    test_right();
    test_wrong();
    test_memory();
    free((void *)key.data);
    free((void *)other_key.data);
    mint_end();
    return check_done();
}
