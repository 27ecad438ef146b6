/* Files, base64, PEM, and private keys in their various wrappings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64.h"
#include "check.h"
#include "file.h"
#include "key.h"
#include "pki.h"
#include "text.h"

/* --------------------------------------------------------------------------------------- base64 */

static void decodes_base64_strictly(void)
{
    static const struct {
        const char *text, *bytes; /* bytes NULL: refused */
    } cases[] = {
        { "", "" },        { "Zg==", "f" },          { "Zm8=", "fo" },
        { "Zm9v", "foo" }, { "Zm9vYmFy", "foobar" }, { " Z\tm\r\n9\v\fv ", "foo" },
        { "Zg=\n=", "f" }, { "Zg", NULL },           { "Zg=", NULL },
        { "Zg===", NULL }, { "Zg==Zg==", NULL },     { "=", NULL },
        { "====", NULL },  { "Z===", NULL },         { "Zm9v=", NULL },
        { "Zh==", NULL },  { "Zm9=", NULL },         { "Zm9!", NULL },
        { "Zm9-", NULL },  { "Zm\xC3\xB6=", NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t out[32];
        size_t len = 0;
        bool done = base64_decode(out, &len, text_slice(cases[i].text));
        if (cases[i].bytes == NULL)
            CHECK(!done, "base64 that is not whole and canonical is refused (case %zu)", i);
        else
            CHECK(done && len == strlen(cases[i].bytes) && memcmp(out, cases[i].bytes, len) == 0,
                  "base64 is decoded to \"%s\" (case %zu)", cases[i].bytes, i);
    }
}

static void encodes_what_it_decodes(void)
{
    uint8_t bytes[200], back[256];
    char text[400];
    bool same = true;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 7);
    for (size_t width = 0; width <= 64; width += 64) {
        for (size_t n = 0; n <= sizeof(bytes); n++) {
            size_t len = base64_encoded_len(n, width), got = 0;
            text[len] = 'X';
            base64_encode(text, (struct slice){ bytes, n }, width);
            same = same && text[len] == 'X' && base64_decoded_room(len) >= n &&
                   base64_decode(back, &got, (struct slice){ (uint8_t *)text, len }) && got == n &&
                   memcmp(back, bytes, n) == 0 && (width == 0 || n == 0 || text[len - 1] == '\n');
        }
    }
    CHECK(same, "what is encoded, in lines or in one, decodes to the same bytes");
}

static void knows_hex(void)
{
    uint8_t bytes[2];
    char text[5] = { 0 };
    CHECK(hex_decode(bytes, text_slice("a0Ff")) && bytes[0] == 0xA0 && bytes[1] == 0xFF,
          "hex of either case is decoded");
    hex_encode(text, (struct slice){ bytes, 2 });
    CHECK(strcmp(text, "a0ff") == 0, "hex is encoded in lower case");
    CHECK(!hex_decode(bytes, text_slice("a0f")) && !hex_decode(bytes, text_slice("a0fg")),
          "an odd digit and a wrong one are refused");
}

/* --------------------------------------------------------------------------------------- blocks */

static int decode(struct pem *pem, struct pem_block *block, secsock_error *error)
{
    int rc = pem_next(pem, block, error);
    return rc == 1 && pem_decode(pem, block, error) != SECSOCK_OK ? SECSOCK_E_FORMAT : rc;
}

static void reads_blocks(void)
{
    static const char text[] = "\xEF\xBB\xBF-----BEGIN ONE-----\r\nZm9v\r\n-----END ONE-----\r\n"
                               "some words: and a colon\n"
                               "  -----BEGIN TWO-----  \n"
                               "Proc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\nYmFy\n-----END TWO-----";
    struct pem pem;
    struct pem_block block;
    secsock_error error;
    pem_open(&pem, text_slice(text), &error);
    CHECK(decode(&pem, &block, &error) == 1 && pem_label_is(&block, "ONE") && block.number == 1 &&
              block.line == 1 && block.headers.len == 0 &&
              slice_equal(block.der, text_slice("foo")),
          "a block is read behind a byte order mark, with CRLF");
    CHECK(decode(&pem, &block, &error) == 1 && pem_label_is(&block, "TWO") && block.number == 2 &&
              block.line == 5 &&
              slice_equal(block.headers, text_slice("Proc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n")) &&
              slice_equal(block.der, text_slice("bar")),
          "a block is read behind other text, with headers, without a last line end");
    CHECK(decode(&pem, &block, &error) == 0, "then there is none left");
    pem_close(&pem);
}

static void names_what_is_wrong_with_a_block(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "-----BEGIN A-----\nZm9v\n", "block 1 (A, line 1): it has no END" },
        { "\n-----BEGIN A-----", "block 1 (A, line 2): it has no END" },
        { "-----BEGIN A-----\nZm9v\n-----BEGIN A-----\nZm9v\n-----END A-----\n",
          "block 1 (A, line 1): it has no END" },
        { "-----BEGIN A-----\nZm9v\n-----END B-----\n",
          "block 1 (A, line 1): its END does not match its BEGIN" },
        { "-----BEGIN A-----\nZm9v\n-----END A\n",
          "block 1 (A, line 1): its END does not match its BEGIN" },
        { "-----BEGIN A-----\n-----END A-----\n", "block 1 (A, line 1): it is empty" },
        { "-----BEGIN A-----\nZm9\n-----END A-----\n",
          "block 1 (A, line 1): it is not valid base64" },
        { "x\n-----BEGIN A\nZm9v\n-----END A-----\n",
          "line 2: a BEGIN that does not end in dashes" },
        { "x\ry\r\n-----END A-----\n", "line 3: an END without a BEGIN" },
        /* The message is UTF-8, whatever the label is. */
        { "-----BEGIN \xc3\xa4\xff\xe2\x82-----", "block 1 (\xc3\xa4???, line 1): it has no END" },
        { "-----BEGIN 123456789012345678901234567890123456789\xc3\xa4-----",
          "block 1 (123456789012345678901234567890123456789?, line 1): it has no END" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pem pem;
        struct pem_block block;
        secsock_error error = { .code = 0 };
        pem_open(&pem, text_slice(cases[i].text), &error);
        CHECK(decode(&pem, &block, &error) == SECSOCK_E_FORMAT && error.code == SECSOCK_E_FORMAT &&
                  strcmp(error.message, cases[i].message) == 0,
              "%s: %s", cases[i].message, error.message);
        pem_close(&pem);
    }
}

/* ---------------------------------------------------------------------------------------- files */

static void reads_files(void)
{
    struct secret bytes;
    secsock_error error;
    size_t len;
    char *expected = pki_read("ca.pem", &len);
    CHECK(file_read(pki_path("ca.pem"), &bytes, &error) == SECSOCK_OK && bytes.len == len &&
              memcmp(bytes.data, expected, len) == 0,
          "a file is read whole");
    secret_free(&bytes);
    free(expected);
    CHECK(file_read(pki_path("empty.pem"), &bytes, &error) == SECSOCK_OK && bytes.len == 0,
          "so is an empty one");
    secret_free(&bytes);
}

static void tells_why_a_file_cannot_be_read(void)
{
    struct secret bytes;
    secsock_error error;
    CHECK(file_read(pki_path("absent.pem"), &bytes, &error) == SECSOCK_E_FILE &&
              error.sys_errno == ENOENT && strstr(error.message, "absent.pem: No such file") &&
              bytes.data == NULL,
          "an absent file: %s", error.message);
    CHECK(file_read(pki_path("trust"), &bytes, &error) == SECSOCK_E_FILE &&
              error.sys_errno == EISDIR && strstr(error.message, "trust: Is a directory"),
          "a folder: %s", error.message);
    CHECK(file_read("/dev/null", &bytes, &error) == SECSOCK_E_FILE && error.sys_errno == 0 &&
              strstr(error.message, "/dev/null: it is not a regular file"),
          "a device: %s", error.message);
    CHECK(file_read(pki_path("absent.pem"), &bytes, NULL) == SECSOCK_E_FILE,
          "without a place for the error there is still the result");
}

static void keeps_to_its_limits(void)
{
    char fifo[] = "/tmp/secsock-pem-XXXXXX";
    struct secret bytes;
    secsock_error error;
    int fd = mkstemp(fifo);
    CHECK(ftruncate(fd, (off_t)FILE_LIMIT + 1) == 0 &&
              file_read(fifo, &bytes, &error) == SECSOCK_E_LIMIT &&
              strstr(error.message, "is larger than 16 MiB"),
          "a huge file: %s", error.message);
    close(fd);
    unlink(fifo);
    CHECK(mkfifo(fifo, 0600) == 0 && file_read(fifo, &bytes, &error) == SECSOCK_E_FILE &&
              strstr(error.message, "it is not a regular file"),
          "a FIFO does not hold it up: %s", error.message);
    unlink(fifo);
}

/* ----------------------------------------------------------------------------------------- keys */

/* The private key in a file of the folder, by whatever password. */
static int read_key(const char *name, const char *password, struct secret *key,
                    secsock_error *error)
{
    struct pem pem;
    struct pem_block block;
    size_t len;
    char *text = pki_read(name, &len);
    *key = (struct secret){ NULL, 0 };
    int rc = pem_open(&pem, (struct slice){ (uint8_t *)text, len }, error);
    while (rc == SECSOCK_OK && (rc = decode(&pem, &block, error)) == 1 &&
           !pem_is_private_key(&block))
        rc = SECSOCK_OK;
    if (rc == 1)
        rc = key_read(&block, password, key, error);
    pem_close(&pem);
    free(text);
    return rc;
}

static int check_key(const struct secret *key, const char *cert_name, secsock_error *error)
{
    struct pem pem;
    struct pem_block block;
    struct x509 x509;
    size_t len;
    char *text = pki_read(cert_name, &len);
    int rc = pem_open(&pem, (struct slice){ (uint8_t *)text, len }, error);
    if (rc == SECSOCK_OK && decode(&pem, &block, error) == 1 &&
        x509_parse(&x509, block.der) == NULL)
        rc = key_check(secret_slice(key), &x509, error);
    pem_close(&pem);
    free(text);
    return rc;
}

static const struct {
    const char *key, *cert;
    bool encrypted;
} keys[] = {
    { "server.key", "server.pem", false },
    { "server-sec1.key", "server.pem", false },
    { "rsa.key", "rsa.pem", false },
    { "rsa-pkcs1.key", "rsa.pem", false },
    { "rsa-pss.key", "rsa-pss.pem", false },
    { "p384.key", "p384.pem", false },
    { "p521.key", "p521.pem", false },
    { "ed25519.key", "ed25519.pem", false },
    { "ed448.key", "ed448.pem", false },
    { "weak-key.key", "weak-key.pem", false },
    { "server-aes128.key", "server.pem", true },
    { "server-aes192.key", "server.pem", true },
    { "server-aes256.key", "server.pem", true },
    { "server-des3.key", "server.pem", true },
    { "server-sha1.key", "server.pem", true },
    { "server-sha512.key", "server.pem", true },
    { "server-pbes1.key", "server.pem", true },
    { "server-legacy.key", "server.pem", true },
    { "rsa-legacy.key", "rsa.pem", true },
    { "rsa-legacy-des3.key", "rsa.pem", true },
};

static void reads_keys_of_every_kind(void)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct secret key;
        secsock_error error = { .message = "" };
        int rc = read_key(keys[i].key, keys[i].encrypted ? "secret" : NULL, &key, &error);
        if (rc == SECSOCK_OK)
            rc = check_key(&key, keys[i].cert, &error);
        CHECK(rc == SECSOCK_OK, "%s belongs to %s%s", keys[i].key, keys[i].cert, error.message);
        secret_free(&key);
    }
}

static void asks_for_the_right_password(void)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct secret key;
        secsock_error error;
        if (!keys[i].encrypted)
            continue;
        CHECK(read_key(keys[i].key, NULL, &key, &error) == SECSOCK_E_PASSWORD && key.data == NULL &&
                  strstr(error.message, "the key is encrypted and no password was given"),
              "%s without a password: %s", keys[i].key, error.message);
        CHECK(read_key(keys[i].key, "wrong", &key, &error) == SECSOCK_E_PASSWORD &&
                  key.data == NULL && strstr(error.message, "the password is wrong"),
              "%s with a wrong one: %s", keys[i].key, error.message);
        CHECK(read_key(keys[i].key, "", &key, &error) == SECSOCK_E_PASSWORD,
              "%s with an empty one: %s", keys[i].key, error.message);
    }
}

/* The wrong passwords of which the padding looks right, by chance, are refused as well. */
static void refuses_many_wrong_passwords(void)
{
    unsigned refused = 0, others = 0;
    for (unsigned i = 0; i < 600; i++) {
        struct secret key;
        secsock_error error;
        char password[16];
        snprintf(password, sizeof(password), "wrong%u", i);
        int rc = read_key("server-legacy.key", password, &key, &error);
        refused += rc == SECSOCK_E_PASSWORD;
        others += rc != SECSOCK_E_PASSWORD;
        secret_free(&key);
    }
    CHECK(refused == 600 && others == 0, "600 wrong passwords are all said to be wrong");
}

static void names_what_it_cannot_open(void)
{
    static const struct {
        const char *name;
        int code;
        const char *part;
    } cases[] = {
        { "server-scrypt.key", SECSOCK_E_UNSUPPORTED, "not supported (1.3.6.1.4.1.11591.4.11)" },
        { "server-costly.key", SECSOCK_E_LIMIT, "more than 10000000 iterations" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct secret key;
        secsock_error error;
        CHECK(read_key(cases[i].name, "secret", &key, &error) == cases[i].code &&
                  strstr(error.message, cases[i].part) && key.data == NULL,
              "%s: %s", cases[i].name, error.message);
    }
}

static void tells_keys_apart(void)
{
    static const struct {
        const char *key, *cert, *part;
    } cases[] = {
        { "mismatched.key", "server.pem", "the private key does not belong to the certificate" },
        { "rsa.key", "rsa-pss.pem", "the private key does not belong to the certificate" },
        { "p384.key", "server.pem", "the private key does not belong to the certificate" },
        { "rsa.key", "server.pem",
          "the private key (RSA) does not belong to the certificate (EC)" },
        { "ed25519.key", "ed448.pem", "(Ed25519) does not belong to the certificate (Ed448)" },
        { "server.key", "ed25519.pem", "(EC) does not belong to the certificate (Ed25519)" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct secret key;
        secsock_error error = { .message = "" };
        CHECK(read_key(cases[i].key, NULL, &key, &error) == SECSOCK_OK &&
                  check_key(&key, cases[i].cert, &error) == SECSOCK_E_KEY_MISMATCH &&
                  strstr(error.message, cases[i].part),
              "%s with %s: %s", cases[i].key, cases[i].cert, error.message);
        secret_free(&key);
    }
}

/* Any byte of a key changed, or any part of it missing: never a crash, never a match with
 * something else than the certificate. */
static void survives_damaged_keys(void)
{
    static const char *const names[] = { "server.key", "rsa-pkcs1.key", "ed25519.key",
                                         "server-aes256.key" };
    unsigned tried = 0, wrong = 0;
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        size_t len;
        char *text = pki_read(names[n], &len);
        struct pem pem;
        struct pem_block block;
        struct secret key;
        pem_open(&pem, (struct slice){ (uint8_t *)text, len }, NULL);
        decode(&pem, &block, NULL);
        uint8_t *der = pem.contents.data;
        for (size_t i = 0; i < block.der.len && i < 160; i++) {
            der[i] ^= 0x41;
            int rc = key_read(&block, "secret", &key, NULL);
            wrong += rc == SECSOCK_OK && check_key(&key, "p384.pem", NULL) == SECSOCK_OK;
            secret_free(&key);
            der[i] ^= 0x41;
            struct pem_block part = block;
            part.der.len = i;
            rc = key_read(&part, "secret", &key, NULL);
            wrong += rc == SECSOCK_OK && check_key(&key, "server.pem", NULL) == SECSOCK_OK;
            secret_free(&key);
            tried += 2;
        }
        pem_close(&pem);
        free(text);
    }
    CHECK(tried > 500 && wrong == 0, "%u damaged keys belong to nothing", tried);
}

int main(void)
{
    decodes_base64_strictly();
    encodes_what_it_decodes();
    knows_hex();
    reads_blocks();
    names_what_is_wrong_with_a_block();
    reads_files();
    tells_why_a_file_cannot_be_read();
    keeps_to_its_limits();
    reads_keys_of_every_kind();
    asks_for_the_right_password();
    refuses_many_wrong_passwords();
    names_what_it_cannot_open();
    tells_keys_apart();
    survives_damaged_keys();
    return check_done();
}
