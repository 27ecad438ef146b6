/* Private keys, signatures, digests and ciphers, as bytes: what secsock.mint and secsock.tls stand
 * on. */
#include <string.h>

#include "core.h"

enum { LARGEST = 4096, TAG = 16 }; /* see secsock.h */

struct word {
    const char *name;
    int number;
};

static const struct word kinds[] = {
    { "p256", SECSOCK_KEY_P256 },
    { "p384", SECSOCK_KEY_P384 },
    { "p521", SECSOCK_KEY_P521 },
    { "ed25519", SECSOCK_KEY_ED25519 },
    { "ed448", SECSOCK_KEY_ED448 },
    { "rsa2048", SECSOCK_KEY_RSA_2048 },
    { "rsa3072", SECSOCK_KEY_RSA_3072 },
    { "rsa4096", SECSOCK_KEY_RSA_4096 },
    { NULL, 0 },
};

static const struct word schemes[] = {
    { "rsa_sha256", SECSOCK_SCHEME_RSA_SHA256 },
    { "rsa_sha384", SECSOCK_SCHEME_RSA_SHA384 },
    { "rsa_sha512", SECSOCK_SCHEME_RSA_SHA512 },
    { "rsa_pss_sha256", SECSOCK_SCHEME_RSA_PSS_SHA256 },
    { "rsa_pss_sha384", SECSOCK_SCHEME_RSA_PSS_SHA384 },
    { "rsa_pss_sha512", SECSOCK_SCHEME_RSA_PSS_SHA512 },
    { "ecdsa_sha256", SECSOCK_SCHEME_ECDSA_SHA256 },
    { "ecdsa_sha384", SECSOCK_SCHEME_ECDSA_SHA384 },
    { "ecdsa_sha512", SECSOCK_SCHEME_ECDSA_SHA512 },
    { "ed25519", SECSOCK_SCHEME_ED25519 },
    { "ed448", SECSOCK_SCHEME_ED448 },
    { "insecure_rsa_md5", SECSOCK_SCHEME_INSECURE_RSA_MD5 },
    { "insecure_rsa_sha1", SECSOCK_SCHEME_INSECURE_RSA_SHA1 },
    { "insecure_ecdsa_sha1", SECSOCK_SCHEME_INSECURE_ECDSA_SHA1 },
    { NULL, 0 },
};

static const struct word digests[] = {
    { "sha1", SECSOCK_DIGEST_SHA1 },
    { "sha256", SECSOCK_DIGEST_SHA256 },
    { "sha384", SECSOCK_DIGEST_SHA384 },
    { "sha512", SECSOCK_DIGEST_SHA512 },
    { NULL, 0 },
};

static const struct word ciphers[] = {
    { "aes_128_gcm", SECSOCK_AEAD_AES_128_GCM },
    { "aes_256_gcm", SECSOCK_AEAD_AES_256_GCM },
    { "chacha20_poly1305", SECSOCK_AEAD_CHACHA20_POLY1305 },
    { NULL, 0 },
};

static int check_word(lua_State *L, int index, const struct word *words)
{
    const char *name = core_check_text(L, index);

    for (; words->name != NULL; words++) {
        if (strcmp(words->name, name) == 0)
            return words->number;
    }
    return luaL_error(L, "bad argument #%d (invalid option '%s')", index, name);
}

/* Pushes what was made, and erases it, for most of it is secret; or pushes how it failed. */
static int push_made(lua_State *L, char *made, int length, const secsock_error *error)
{
    if (length < 0)
        return core_fail(L, error);
    lua_pushlstring(L, made, (size_t)length);
    explicit_bzero(made, (size_t)length);
    return 1;
}

/* key.generate(kind[, seed]) -> PKCS #8 */
static int generate(lua_State *L)
{
    size_t seed_length = 0;
    int kind = check_word(L, 1, kinds);
    const char *seed = luaL_optlstring(L, 2, NULL, &seed_length);
    char made[LARGEST];
    secsock_error error;
    int length = secsock_key_generate(kind, seed, seed_length, made, sizeof made, &error);

    return push_made(L, made, length, &error);
}

/* key.public(PKCS #8) -> SubjectPublicKeyInfo */
static int public(lua_State *L)
{
    size_t key_length;
    const char *key = luaL_checklstring(L, 1, &key_length);
    char made[LARGEST];
    secsock_error error;
    int length = secsock_key_public(key, key_length, made, sizeof made, &error);

    return push_made(L, made, length, &error);
}

/* key.sign(PKCS #8, scheme, data) -> signature */
static int sign(lua_State *L)
{
    size_t key_length, data_length;
    const char *key = luaL_checklstring(L, 1, &key_length);
    int scheme = check_word(L, 2, schemes);
    const char *data = luaL_checklstring(L, 3, &data_length);
    char made[LARGEST];
    secsock_error error;
    int length =
        secsock_key_sign(key, key_length, scheme, data, data_length, made, sizeof made, &error);

    return push_made(L, made, length, &error);
}

/* key.digest(kind, data) -> digest */
static int digest(lua_State *L)
{
    size_t data_length;
    int kind = check_word(L, 1, digests);
    const char *data = luaL_checklstring(L, 2, &data_length);
    char made[64];
    secsock_error error;
    int length = secsock_digest(kind, data, data_length, made, sizeof made, &error);

    return push_made(L, made, length, &error);
}

/* key.hmac(kind, key, data) -> digest */
static int hmac(lua_State *L)
{
    size_t key_length, data_length;
    int kind = check_word(L, 1, digests);
    const char *key = luaL_checklstring(L, 2, &key_length);
    const char *data = luaL_checklstring(L, 3, &data_length);
    char made[64];
    secsock_error error;
    int length = secsock_hmac(kind, key, key_length, data, data_length, made, sizeof made, &error);

    return push_made(L, made, length, &error);
}

/* key.agree(PKCS #8, point) -> shared secret */
static int agree(lua_State *L)
{
    size_t key_length, point_length;
    const char *key = luaL_checklstring(L, 1, &key_length);
    const char *point = luaL_checklstring(L, 2, &point_length);
    char made[LARGEST];
    secsock_error error;
    int length = secsock_key_agree(key, key_length, point, point_length, made, sizeof made, &error);

    return push_made(L, made, length, &error);
}

typedef int sealing(int kind, const void *key, size_t key_len, const void *nonce, size_t nonce_len,
                    const void *about, size_t about_len, const void *data, size_t len, void *out,
                    size_t size, secsock_error *error);

/* Of what is given on the stack, with room for `more` bytes than it has. */
static int run_cipher(lua_State *L, sealing *function, size_t more)
{
    size_t key_length, nonce_length, about_length, data_length;
    int kind = check_word(L, 1, ciphers);
    const char *key = luaL_checklstring(L, 2, &key_length);
    const char *nonce = luaL_checklstring(L, 3, &nonce_length);
    const char *about = luaL_checklstring(L, 4, &about_length);
    const char *data = luaL_checklstring(L, 5, &data_length);
    size_t size = data_length + more;
    char *made = lua_newuserdata(L, size + 1);
    secsock_error error;
    int length = function(kind, key, key_length, nonce, nonce_length, about, about_length, data,
                          data_length, made, size, &error);

    return push_made(L, made, length, &error);
}

/* key.seal(cipher, key, nonce, about, data) -> sealed */
static int seal(lua_State *L)
{
    return run_cipher(L, secsock_seal, TAG);
}

/* key.unseal(cipher, key, nonce, about, sealed) -> data */
static int unseal(lua_State *L)
{
    return run_cipher(L, secsock_unseal, 0);
}

void core_open_key(lua_State *L)
{
    static const luaL_Reg functions[] = {
        { "generate", generate }, { "public", public }, { "sign", sign },
        { "digest", digest },     { "hmac", hmac },     { "agree", agree },
        { "seal", seal },         { "unseal", unseal }, { NULL, NULL },
    };

    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    lua_setfield(L, -2, "key");
}
