/* BER becomes DER, and PFX files may be written in it; how keys are derived without a password. */
#include <stdlib.h>
#include <string.h>

#include "ber.h"
#include "check.h"
#include "der_writer.h"
#include "kdf.h"
#include "pki.h"
#include "secsock.h"

static const struct {
    const char *what;
    struct slice ber, der;
    enum ber_result result;
} encodings[] = {
    { "DER", SLICE_OF(0x30, 3, 2, 1, 3), SLICE_OF(0x30, 3, 2, 1, 3), BER_OK },
    { "long lengths", SLICE_OF(0x30, 0x82, 0, 5, 2, 0x83, 0, 0, 1), { NULL, 0 }, BER_MALFORMED },
    { "longer lengths", SLICE_OF(0x30, 0x82, 0, 6, 2, 0x83, 0, 0, 1, 3), SLICE_OF(0x30, 3, 2, 1, 3),
      BER_OK },
    { "indefinite lengths", SLICE_OF(0x30, 0x80, 0xa0, 0x80, 2, 1, 3, 0, 0, 0, 0),
      SLICE_OF(0x30, 5, 0xa0, 3, 2, 1, 3), BER_OK },
    { "a string in pieces", SLICE_OF(0x24, 0x80, 4, 1, 7, 0x24, 6, 4, 1, 8, 4, 1, 9, 0, 0),
      SLICE_OF(4, 3, 7, 8, 9), BER_OK },
    { "a string of no pieces", SLICE_OF(0x24, 0), SLICE_OF(4, 0), BER_OK },
    { "a string of other things", SLICE_OF(0x24, 3, 2, 1, 3), { NULL, 0 }, BER_MALFORMED },
    { "a primitive without end", SLICE_OF(4, 0x80, 0, 0), { NULL, 0 }, BER_MALFORMED },
    { "no end", SLICE_OF(0x30, 0x80, 2, 1, 3), { NULL, 0 }, BER_CUT },
    { "half an end", SLICE_OF(0x30, 0x80, 2, 1, 3, 0), { NULL, 0 }, BER_CUT },
    { "too short", SLICE_OF(0x30, 4, 2, 1, 3), { NULL, 0 }, BER_CUT },
    { "too long", SLICE_OF(0x30, 3, 2, 1, 3, 0), { NULL, 0 }, BER_MALFORMED },
    { "a child that is too long", SLICE_OF(0x30, 3, 2, 2, 3), { NULL, 0 }, BER_MALFORMED },
    { "a tag of two bytes", SLICE_OF(0x3f, 3, 2, 1, 3), { NULL, 0 }, BER_MALFORMED },
    { "a length of nine bytes",
      SLICE_OF(4, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7),
      { NULL, 0 },
      BER_MALFORMED },
    { "a length beyond all",
      SLICE_OF(4, 0x88, 255, 255, 255, 255, 255, 255, 255, 255),
      { NULL, 0 },
      BER_CUT },
    { "nothing", { NULL, 0 }, { NULL, 0 }, BER_CUT },
};

static void makes_der_of_ber(void)
{
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        struct secret der = { NULL, 0 };
        CHECK(ber_to_der(&der, encodings[i].ber) == encodings[i].result &&
                  slice_equal(secret_slice(&der), encodings[i].der),
              "%s", encodings[i].what);
        secret_free(&der);
    }
    uint8_t nested[4 * 40];
    memset(nested, 0, sizeof(nested));
    for (unsigned depth = 30; depth < 40; depth++) {
        struct secret der = { NULL, 0 };
        for (unsigned i = 0; i < depth; i++)
            memcpy(nested + 2 * i, "\x30\x80", 2);
        enum ber_result result = ber_to_der(&der, (struct slice){ nested, 4 * depth });
        if (result != (depth <= BER_MOST_DEPTH ? BER_OK : BER_TOO_DEEP))
            CHECK(false, "%u SEQUENCEs in one another", depth);
        secret_free(&der);
        memset(nested, 0, sizeof(nested));
    }
}

/* As NSS writes: every constructed length indefinite, every string in two pieces. */
static void write_ber(struct slice der, uint8_t *out, size_t *len)
{
    uint8_t tag;
    struct slice content;
    while (der.len > 0 && der_any(&der, &tag, &content, NULL)) {
        bool string = (tag == DER_OCTET_STRING || tag == DER_CONTEXT) && content.len > 200;
        if ((tag & 0x20) == 0 && !string) {
            struct der_writer w = { out + *len + content.len + 8, 0 };
            der_write_element(&w, tag, content);
            memmove(out + *len, w.end - w.len, w.len);
            *len += w.len;
            continue;
        }
        out[(*len)++] = (uint8_t)(tag | 0x20);
        out[(*len)++] = 0x80;
        if (string) {
            const uint8_t halves[] = { 4, 100 };
            memcpy(out + *len, halves, 2);
            memcpy(out + *len + 2, content.data, 100);
            *len += 102;
            struct der_writer w = { out + *len + content.len + 8, 0 };
            der_write_element(&w, DER_OCTET_STRING,
                              (struct slice){ content.data + 100, content.len - 100 });
            memmove(out + *len, w.end - w.len, w.len);
            *len += w.len;
        } else {
            write_ber(content, out, len);
        }
        out[(*len)++] = 0;
        out[(*len)++] = 0;
    }
}

static int read_pfx(const uint8_t *bytes, size_t len, secsock_error *error)
{
    secsock_cert *cert = NULL;
    int rc = secsock_cert_from_pfx(&cert, bytes, len, "secret", error);
    secsock_cert_free(cert);
    return rc;
}

static void reads_ber(void)
{
    size_t pfx_len;
    char *bytes = pki_read("pfx/modern.pfx", &pfx_len);
    struct slice pfx = { (uint8_t *)bytes, pfx_len };
    uint8_t *ber = malloc(3 * pfx.len);
    size_t len = 0, wrong = 0;
    secsock_error error;
    write_ber(pfx, ber, &len);
    CHECK(ber[1] == 0x80 && len != pfx.len && read_pfx(ber, len, &error) == SECSOCK_OK,
          "a file with indefinite lengths is read %s", error.message);
    for (size_t cut = 10; cut < len; cut += 13)
        wrong += read_pfx(ber, cut, &error) != SECSOCK_E_FORMAT;
    CHECK(wrong == 0, "and known for cut short: %s", error.message);
    free(ber);
    free(bytes);
}

/* --------------------------------------------------------------------------------- derivation */

/* No password, as some have it, has no octets; the empty one has two. */
static void tells_no_password_from_the_empty_one(void)
{
    static const uint8_t salt[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct kdf kdf = { KDF_PKCS12, 4, { salt, sizeof(salt) }, 5 };
    struct password password;
    uint8_t keys[2][24];
    password_begin(&password, "", NULL);
    kdf_derive(&kdf, &password, KDF_FOR_KEY, keys[0], sizeof(keys[0]), NULL);
    password_widen_to_nothing(&password);
    kdf_derive(&kdf, &password, KDF_FOR_KEY, keys[1], sizeof(keys[1]), NULL);
    CHECK(memcmp(keys[0], keys[1], sizeof(keys[0])) != 0, "they lead to different keys");
    CHECK(password.iterations == PASSWORD_MOST_ITERATIONS - 10, "and the work is counted");
    password_end(&password);
}

int main(void)
{
    makes_der_of_ber();
    reads_ber();
    tells_no_password_from_the_empty_one();
    return check_done();
}
