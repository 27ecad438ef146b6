/* Seals, HMACs and shared secrets, against what RFCs and NIST have published. */
#include <string.h>

#include "check.h"
#include "memory.h"
#include "secsock.h"

enum { ROOM = 512, TAG = 16 };

struct bytes {
    uint8_t data[ROOM];
    size_t len;
};

static int digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static struct bytes hex(const char *text)
{
    struct bytes bytes = { .len = strlen(text) / 2 };
    for (size_t i = 0; i < bytes.len; i++)
        bytes.data[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    return bytes;
}

static bool is_hex(const uint8_t *data, int len, const char *text)
{
    struct bytes wanted = hex(text);
    return len >= 0 && (size_t)len == wanted.len && memcmp(data, wanted.data, wanted.len) == 0;
}

/* ------------------------------------------------------------------------------------- seals */

/* The first three: "The Galois/Counter Mode of Operation", test cases 3, 4 and 16; then one without
 * plaintext (case 1); RFC 8439, section 2.8.2. */
static const struct vector {
    int kind;
    const char *key, *nonce, *about, *text, *sealed;
} vectors[] = {
    { SECSOCK_AEAD_AES_128_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
      "b525b16aedf5aa0de657ba637b391aafd255",
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
      "aa051ba30b396a0aac973d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4" },
    { SECSOCK_AEAD_AES_128_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
      "b525b16aedf5aa0de657ba637b39",
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
      "aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47" },
    { SECSOCK_AEAD_AES_256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
      "b525b16aedf5aa0de657ba637b39",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b105682"
      "8838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b" },
    { SECSOCK_AEAD_AES_128_GCM, "00000000000000000000000000000000", "000000000000000000000000", "",
      "", "58e2fccefa7e3061367f1d57a4e7455a" },
    { SECSOCK_AEAD_CHACHA20_POLY1305,
      "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
      "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
      "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920"
      "636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c207375"
      "6e73637265656e20776f756c642062652069742e",
      "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92"
      "728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b"
      "4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691" },
};

enum { VECTORS = sizeof(vectors) / sizeof(vectors[0]) };

static int seal(const struct vector *vector, uint8_t *out, size_t size)
{
    struct bytes key = hex(vector->key), nonce = hex(vector->nonce), about = hex(vector->about),
                 text = hex(vector->text);
    secsock_error error;
    return secsock_seal(vector->kind, key.data, key.len, nonce.data, nonce.len, about.data,
                        about.len, text.data, text.len, out, size, &error);
}

static int unseal(const struct vector *vector, const struct bytes *sealed,
                  const struct bytes *about, uint8_t *out, size_t size)
{
    struct bytes key = hex(vector->key), nonce = hex(vector->nonce);
    secsock_error error;
    return secsock_unseal(vector->kind, key.data, key.len, nonce.data, nonce.len, about->data,
                          about->len, sealed->data, sealed->len, out, size, &error);
}

static void test_vector(const struct vector *vector)
{
    struct bytes sealed = hex(vector->sealed), about = hex(vector->about);
    uint8_t out[ROOM];
    int len = seal(vector, out, ROOM);
    CHECK(is_hex(out, len, vector->sealed), "cipher %d seals", vector->kind);
    len = unseal(vector, &sealed, &about, out, ROOM);
    CHECK(is_hex(out, len, vector->text), "and opens");
}

/* A copy with nothing behind it, so that valgrind sees who reads on. */
static void *exact(const struct bytes *bytes)
{
    void *copy = malloc(bytes->len);
    memcpy(copy, bytes->data, bytes->len);
    return copy;
}

static void test_bounds(const struct vector *vector)
{
    struct bytes parts[] = { hex(vector->key), hex(vector->nonce), hex(vector->about),
                             hex(vector->text), hex(vector->sealed) };
    void *copies[5], *sealed = malloc(parts[4].len), *text = malloc(parts[4].len);
    secsock_error error;
    for (size_t i = 0; i < 5; i++)
        copies[i] = exact(&parts[i]);
    int len =
        secsock_seal(vector->kind, copies[0], parts[0].len, copies[1], parts[1].len, copies[2],
                     parts[2].len, copies[3], parts[3].len, sealed, parts[4].len, &error);
    CHECK(is_hex(sealed, len, vector->sealed), "cipher %d reads no further than it may",
          vector->kind);
    len = secsock_unseal(vector->kind, copies[0], parts[0].len, copies[1], parts[1].len, copies[2],
                         parts[2].len, copies[4], parts[4].len, text, parts[3].len, &error);
    CHECK(is_hex(text, len, vector->text), "nor when it opens");
    for (size_t i = 0; i < 5; i++)
        free(copies[i]);
    free(sealed);
    free(text);
}

static void test_changed(const struct vector *vector)
{
    struct bytes sealed = hex(vector->sealed), about = hex(vector->about);
    uint8_t out[ROOM], nothing[ROOM] = { 0 };
    bool refused = true;
    for (size_t at = 0; at < sealed.len; at++) {
        memset(out, 0, ROOM);
        sealed.data[at] ^= 1;
        refused &= unseal(vector, &sealed, &about, out, ROOM) == SECSOCK_E_FORMAT &&
                   memcmp(out, nothing, ROOM) == 0;
        sealed.data[at] ^= 1;
    }
    for (size_t at = 0; at < about.len; at++) {
        about.data[at] ^= 1;
        refused &= unseal(vector, &sealed, &about, out, ROOM) == SECSOCK_E_FORMAT;
        about.data[at] ^= 1;
    }
    while (sealed.len-- > 0)
        refused &= unseal(vector, &sealed, &about, out, ROOM) == SECSOCK_E_FORMAT;
    CHECK(refused, "cipher %d opens nothing that was changed or cut, and shows nothing of it",
          vector->kind);
}

static void test_in_place(const struct vector *vector)
{
    struct bytes key = hex(vector->key), nonce = hex(vector->nonce), about = hex(vector->about),
                 bytes = hex(vector->text);
    int len = secsock_seal(vector->kind, key.data, key.len, nonce.data, nonce.len, about.data,
                           about.len, bytes.data, bytes.len, bytes.data, ROOM, NULL);
    CHECK(is_hex(bytes.data, len, vector->sealed), "cipher %d seals where the bytes are",
          vector->kind);
    bytes.len = (size_t)len;
    len = unseal(vector, &bytes, &about, bytes.data, ROOM);
    CHECK(is_hex(bytes.data, len, vector->text), "and opens there");
}

static void test_room(const struct vector *vector)
{
    struct bytes sealed = hex(vector->sealed), about = hex(vector->about);
    uint8_t out[ROOM];
    bool kept = true;
    memset(out, 0xa5, ROOM);
    for (size_t size = 0; size < sealed.len; size++)
        kept &= seal(vector, out, size) == SECSOCK_E_LIMIT && out[0] == 0xa5;
    for (size_t size = 0; size + TAG < sealed.len; size++)
        kept &= unseal(vector, &sealed, &about, out, size) == SECSOCK_E_LIMIT && out[0] == 0xa5;
    CHECK(kept, "cipher %d writes nothing where there is no room for all", vector->kind);
    CHECK(seal(vector, out, sealed.len) == (int)sealed.len && out[sealed.len] == 0xa5,
          "and no further than there is");
}

static void test_arguments(void)
{
    uint8_t key[32] = { 0 }, out[ROOM];
    secsock_error error;
    const struct {
        int kind;
        const void *key, *nonce, *data;
        void *out;
        size_t key_len, nonce_len;
    } cases[] = {
        { 0, key, key, key, out, 16, 12 },  { 4, key, key, key, out, 32, 12 },
        { 1, key, key, key, out, 32, 12 },  { 2, key, key, key, out, 16, 12 },
        { 3, key, key, key, out, 16, 12 },  { 1, NULL, key, key, out, 16, 12 },
        { 1, key, NULL, key, out, 16, 12 }, { 1, key, key, NULL, out, 16, 12 },
        { 1, key, key, key, NULL, 16, 12 }, { 1, key, key, key, out, 16, 8 },
    };
    bool refused = true;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        error.code = 0;
        refused &= secsock_seal(cases[i].kind, cases[i].key, cases[i].key_len, cases[i].nonce,
                                cases[i].nonce_len, "", 0, cases[i].data, 20, cases[i].out, ROOM,
                                &error) == SECSOCK_E_ARGUMENT &&
                   error.code == SECSOCK_E_ARGUMENT && error.message[0] != '\0' &&
                   secsock_unseal(cases[i].kind, cases[i].key, cases[i].key_len, cases[i].nonce,
                                  cases[i].nonce_len, "", 0, cases[i].data, 20, cases[i].out, ROOM,
                                  NULL) == SECSOCK_E_ARGUMENT;
    }
    CHECK(refused, "nothing is sealed without a cipher, key and nonce that go together");
}

/* -------------------------------------------------------------------------------------- HMAC */

static bool hmac_is(int kind, const char *key_hex, const char *data, const char *wanted)
{
    struct bytes key = hex(key_hex);
    uint8_t out[64];
    secsock_error error;
    int len = secsock_hmac(kind, key.data, key.len, data, strlen(data), out, sizeof(out), &error);
    return is_hex(out, len, wanted);
}

/* RFC 2202 and RFC 4231, test cases 1 and 2; nothing with an empty key. */
static void test_hmac(void)
{
    const char *key = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
    uint8_t out[64];
    secsock_error error;
    CHECK(
        hmac_is(SECSOCK_DIGEST_SHA1, key, "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00") &&
            hmac_is(SECSOCK_DIGEST_SHA256, key, "Hi There",
                    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7") &&
            hmac_is(SECSOCK_DIGEST_SHA384, key, "Hi There",
                    "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076e"
                    "de7f4af152e8b2fa9cb6") &&
            hmac_is(SECSOCK_DIGEST_SHA512, "4a656665", "what do ya want for nothing?",
                    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a"
                    "994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
        "HMACs are those of the RFCs");
    CHECK(hmac_is(SECSOCK_DIGEST_SHA256, "", "",
                  "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
          "of nothing with nothing, too");
    CHECK(secsock_hmac(SECSOCK_DIGEST_SHA256, "k", 1, "d", 1, out, 31, &error) == SECSOCK_E_LIMIT &&
              secsock_hmac(3, "k", 1, "d", 1, out, 64, &error) == SECSOCK_E_ARGUMENT &&
              secsock_hmac(4, NULL, 1, "d", 1, out, 64, &error) == SECSOCK_E_ARGUMENT &&
              secsock_hmac(4, "k", 1, NULL, 1, out, 64, NULL) == SECSOCK_E_ARGUMENT &&
              secsock_hmac(4, NULL, 0, NULL, 0, out, 64, NULL) == 32,
          "there must be room, a kind, a key and data");
}

/* --------------------------------------------------------------------------------- agreement */

/* NIST's vectors for ECDH (CAVS 14.1, "KAS_ECC_CDH_PrimitiveTest", P-256, COUNT = 0), the private
 * number in PKCS #8. */
static const char nist_key[] =
    "3041020100301306072a8648ce3d020106082a8648ce3d0301070427302502010104207d7dc5f71eb29ddaf80d621"
    "4632eeae03d9058af1fb6d22ed80badb62bc1a534";
static const char nist_point[] =
    "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287db71e509e3fd9b060ddb20ba5c51"
    "dcc5948d46fbf640dfe0441782cab85fa4ac";
static const char nist_secret[] =
    "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b";

static int agree(const struct bytes *key, const struct bytes *point, uint8_t *out, size_t size)
{
    secsock_error error;
    return secsock_key_agree(key->data, key->len, point->data, point->len, out, size, &error);
}

static void test_agreement(void)
{
    struct bytes key = hex(nist_key), point = hex(nist_point);
    uint8_t out[ROOM];
    int len = agree(&key, &point, out, ROOM);
    CHECK(is_hex(out, len, nist_secret), "two keys agree on NIST's secret: %d", len);
    CHECK(agree(&key, &point, out, 31) == SECSOCK_E_LIMIT, "if there is room for it");
    point.data[point.len - 1] ^= 1;
    CHECK(agree(&key, &point, out, ROOM) == SECSOCK_E_FORMAT, "not with a point off the curve");
    memset(point.data + 1, 0, point.len - 1);
    CHECK(agree(&key, &point, out, ROOM) == SECSOCK_E_FORMAT, "nor with zeros");
    point.len = 0;
    CHECK(agree(&key, &point, out, ROOM) < 0, "nor with nothing");
    key.len = (size_t)secsock_key_generate(SECSOCK_KEY_ED25519, "s", 1, key.data, ROOM, NULL);
    CHECK(agree(&key, &point, out, ROOM) == SECSOCK_E_ARGUMENT, "nor with a key that only signs");
}

/* The point of a key's public half, at the end of its SubjectPublicKeyInfo. */
static void test_both_ways(void)
{
    static const struct {
        int kind;
        size_t point;
    } curves[] = { { SECSOCK_KEY_P256, 65 }, { SECSOCK_KEY_P384, 97 }, { SECSOCK_KEY_P521, 133 } };
    for (size_t i = 0; i < 3; i++) {
        struct bytes key[2], point[2];
        uint8_t secret[2][ROOM];
        int len[2];
        for (size_t one = 0; one < 2; one++) {
            uint8_t info[ROOM];
            key[one].len =
                (size_t)secsock_key_generate(curves[i].kind, NULL, 0, key[one].data, ROOM, NULL);
            int info_len = secsock_key_public(key[one].data, key[one].len, info, ROOM, NULL);
            point[one].len = curves[i].point;
            memcpy(point[one].data, info + (size_t)info_len - point[one].len, point[one].len);
        }
        for (size_t one = 0; one < 2; one++)
            len[one] = agree(&key[one], &point[1 - one], secret[one], ROOM);
        CHECK(len[0] > 31 && len[0] == len[1] && memcmp(secret[0], secret[1], (size_t)len[0]) == 0,
              "both sides of a curve of %zu bytes come to the same", curves[i].point);
    }
}

/* ------------------------------------------------------------------------------------ memory */

/* Everything once; whether it worked. */
static bool work(const struct bytes *key, const struct bytes *point)
{
    uint8_t out[ROOM];
    secsock_error error;
    int results[VECTORS + 2];
    for (size_t i = 0; i < VECTORS; i++)
        results[i] = seal(&vectors[i], out, ROOM);
    results[VECTORS] = agree(key, point, out, ROOM);
    results[VECTORS + 1] = secsock_hmac(SECSOCK_DIGEST_SHA384, "k", 1, "d", 1, out, ROOM, &error);
    bool worked = true;
    for (size_t i = 0; i < VECTORS + 2; i++) {
        if (results[i] <= 0 && results[i] != SECSOCK_E_MEMORY && results[i] != SECSOCK_E_FORMAT)
            CHECK(false, "without memory step %zu gives %d", i, results[i]);
        worked &= results[i] > 0;
    }
    return worked;
}

static void test_memory(void)
{
    struct bytes key = hex(nist_key), point = hex(nist_point);
    long before = memory_live();
    bool failed = true, worked = false;
    unsigned long n = 0;
    while (failed && !worked) {
        memory_fail(++n);
        worked = work(&key, &point);
        failed = memory_failed();
        memory_fail(0);
    }
    CHECK(worked && !failed && n > 1, "all works, but when one of %lu allocations fails", n - 1);
    CHECK(memory_live() == before, "and then no memory is lost");
}

int main(void)
{
    for (size_t i = 0; i < VECTORS; i++) {
        test_vector(&vectors[i]);
        test_bounds(&vectors[i]);
        test_in_place(&vectors[i]);
        test_changed(&vectors[i]);
        test_room(&vectors[i]);
    }
    test_arguments();
    test_hmac();
    test_agreement();
    test_both_ways();
    test_memory();
    return check_done();
}
