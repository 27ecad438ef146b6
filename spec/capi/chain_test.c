/* Certificate messages as they are read before wolfSSL reads them: of both forms, whole and cut. */
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "check.h"
#include "memory.h"
#include "mint.h"
#include "secsock.h"

static const struct reading {
    const char *what;
    const char *message;
    size_t len;
    bool extended;
    const char *certs;  /* with a comma behind each; NULL: it is refused */
    const char *staple; /* NULL: none */
} readings[] = {
    { "none", "\0\0\0", 3, false, "", NULL },
    { "one", "\0\0\4\0\0\1x", 7, false, "x,", NULL },
    { "three, one of them empty", "\0\0\14\0\0\1x\0\0\0\0\0\2yz", 15, false, "x,,yz,", NULL },
    { "a byte behind the list", "\0\0\0x", 4, false, NULL, NULL },
    { "a list that is too long", "\0\0\5\0\0\1x", 7, false, NULL, NULL },
    { "a certificate that is too long", "\0\0\4\0\0\2x", 7, false, NULL, NULL },
    { "1.3: none", "\0\0\0\0", 4, true, "", NULL },
    { "1.3: none, with a context", "\2xy\0\0\0", 6, true, "", NULL },
    { "1.3: a context that is too long", "\2x", 2, true, NULL, NULL },
    { "1.3: two", "\0\0\0\15\0\0\1x\0\0\0\0\2yz\0\0", 17, true, "x,yz,", NULL },
    { "1.3: one without room for extensions", "\0\0\0\4\0\0\1x", 8, true, NULL, NULL },
    { "1.3: extensions that are too long", "\0\0\0\6\0\0\1x\0\1", 10, true, NULL, NULL },
    { "1.3: a staple", "\0\0\0\20\0\0\1x\0\12\0\5\0\6\1\0\0\2ok", 20, true, "x,", "ok" },
    { "1.3: a staple behind another extension", "\0\0\0\25\0\0\1x\0\17\0\22\0\1x\0\5\0\6\1\0\0\2ok",
      25, true, "x,", "ok" },
    { "1.3: a staple of an issuer", "\0\0\0\26\0\0\1x\0\0\0\0\1y\0\12\0\5\0\6\1\0\0\2ok", 26, true,
      "x,y,", NULL },
    { "1.3: an extension that is too long", "\0\0\0\20\0\0\1x\0\12\0\5\0\7\1\0\0\2ok", 20, true,
      "x,", NULL },
    { "1.3: a staple of another kind", "\0\0\0\20\0\0\1x\0\12\0\5\0\6\2\0\0\2ok", 20, true, "x,",
      NULL },
    { "1.3: a response that is too long", "\0\0\0\20\0\0\1x\0\12\0\5\0\6\1\0\0\3ok", 20, true, "x,",
      NULL },
    { "1.3: a response that is too short", "\0\0\0\20\0\0\1x\0\12\0\5\0\6\1\0\0\1ok", 20, true,
      "x,", NULL },
};

/* In memory of its own, so that a byte too many that is read is noticed. */
static int read_copy(struct chain **chain, const char *message, size_t len, bool extended)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);
    memcpy(copy, message, len);
    int result = chain_read(chain, (struct slice){ copy, len }, extended);
    free(copy);
    return result;
}

static bool is_as_read(const struct chain *chain, const struct reading *want)
{
    char certs[64] = "";
    for (size_t i = 0; i < chain->count; i++) {
        if (chain->certs[i].len > 0)
            strncat(certs, (const char *)chain->certs[i].data, chain->certs[i].len);
        strcat(certs, ",");
    }
    size_t len = want->staple ? strlen(want->staple) : 0;
    return strcmp(certs, want->certs) == 0 && chain->staple.len == len &&
           (len == 0 || memcmp(chain->staple.data, want->staple, len) == 0);
}

static void check_reading(const struct reading *reading)
{
    struct chain *chain;
    bool cut = true;
    int result = read_copy(&chain, reading->message, reading->len, reading->extended);
    if (reading->certs)
        CHECK(result == SECSOCK_OK && is_as_read(chain, reading), "%s: is read", reading->what);
    else
        CHECK(result == SECSOCK_E_FORMAT && !chain, "%s: is refused", reading->what);
    chain_free(chain);
    for (size_t len = 0; reading->certs && len < reading->len; len++) {
        cut &= read_copy(&chain, reading->message, len, reading->extended) == SECSOCK_E_FORMAT;
        chain_free(chain);
    }
    CHECK(cut, "%s: and nothing of it that is cut short", reading->what);
}

/* A certificate, something else and nothing, in a message of TLS 1.3 with a response. */
static size_t write_message(uint8_t *message, struct slice der)
{
    size_t entry = 3 + der.len + 2 + 10, list = entry + 3 + 4 + 2 + 3 + 2;
    uint8_t *at = message;
    *at++ = 0;
    at = (uint8_t *)memcpy(at, (uint8_t[]){ 0, (uint8_t)(list >> 8), (uint8_t)list }, 3) + 3;
    at = (uint8_t *)memcpy(at, (uint8_t[]){ 0, (uint8_t)(der.len >> 8), (uint8_t)der.len }, 3) + 3;
    at = (uint8_t *)memcpy(at, der.data, der.len) + der.len;
    at = (uint8_t *)memcpy(at, "\0\12\0\5\0\6\1\0\0\2ok", 12) + 12;
    at = (uint8_t *)memcpy(at, "\0\0\4none\0\0", 9) + 9;
    at = (uint8_t *)memcpy(at, "\0\0\0\0\0", 5) + 5;
    return (size_t)(at - message);
}

/* What can be read of it is held as an object, and has no other bytes than that. */
static bool is_parsed(const struct chain *chain, struct slice der)
{
    return chain->count == 3 && chain->parsed[0] && !chain->parsed[1] && !chain->parsed[2] &&
           slice_equal(chain->certs[0], der) &&
           chain->certs[0].data == chain->parsed[0]->x509.der.data && chain->certs[1].len == 4 &&
           memcmp(chain->certs[1].data, "none", 4) == 0 && chain->certs[2].len == 0 &&
           chain->staple.len == 2 && memcmp(chain->staple.data, "ok", 2) == 0;
}

static void test_parsing(void)
{
    struct slice der = mint(&(struct mint){ .cn = "Leaf" });
    uint8_t message[2048];
    size_t len = write_message(message, der);
    struct chain *chain = NULL;
    unsigned long n = 0;
    int result;
    bool survived = true;
    do {
        memory_fail(++n);
        result = chain_read(&chain, (struct slice){ message, len }, true);
        survived &= result == SECSOCK_OK || (result == SECSOCK_E_MEMORY && !chain);
    } while (memory_failed() && survived);
    memory_fail(0);
    CHECK(survived && n > 5, "each of %lu allocations may fail, and then nothing is read", n - 1);
    CHECK(result == SECSOCK_OK && is_parsed(chain, der),
          "a certificate is parsed, and what is none stays as it came");
    CHECK(chain_set_staple(chain, (struct slice){ (const uint8_t *)"yes", 3 }) == SECSOCK_OK &&
              chain->staple.len == 3 && memcmp(chain->staple.data, "yes", 3) == 0,
          "another response takes the place of the first");
    chain_free(chain);
    free((void *)der.data);
    mint_end();
}

int main(void)
{
    long before = memory_live();
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++)
        check_reading(&readings[i]);
    test_parsing();
    CHECK(memory_live() == before, "nothing is lost");
    return check_done();
}
