/* Cipher suites, key exchange groups, signature schemes. */
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/wc_port.h>

#include <wolfssl/wolfcrypt/cpuid.h>

#include "suites.h"

#include <string.h>
#include <strings.h>

#include "secsock.h"

#if !defined(HAVE_AESGCM) || !defined(HAVE_CHACHA) || !defined(HAVE_POLY1305) ||     \
    !defined(WOLFSSL_TLS13) || !defined(HAVE_CURVE25519) || !defined(HAVE_ECC384) || \
    !defined(HAVE_ECC521)
#error "this wolfSSL lacks a cipher or a curve that secsock cannot do without"
#endif

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Forward secrecy and AEAD, nothing else (RFC 9325, section 4.2). In threes, for suite_at(). */
static const struct suite suites[] = {
    { 0x1301, "TLS_AES_128_GCM_SHA256", "TLS13-AES128-GCM-SHA256", SECSOCK_TLS_1_3 },
    { 0x1302, "TLS_AES_256_GCM_SHA384", "TLS13-AES256-GCM-SHA384", SECSOCK_TLS_1_3 },
    { 0x1303, "TLS_CHACHA20_POLY1305_SHA256", "TLS13-CHACHA20-POLY1305-SHA256", SECSOCK_TLS_1_3 },

    { 0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256",
      SECSOCK_TLS_1_2 },
    { 0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384",
      SECSOCK_TLS_1_2 },
    { 0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305",
      SECSOCK_TLS_1_2 },

    { 0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
      SECSOCK_TLS_1_2 },
    { 0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
      SECSOCK_TLS_1_2 },
    { 0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305",
      SECSOCK_TLS_1_2 },
};

static const struct group groups[] = {
#if defined(WOLFSSL_HAVE_MLKEM) && defined(WOLFSSL_PQC_HYBRIDS)
    { 0x11EC, "X25519MLKEM768", "X25519MLKEM768", SECSOCK_TLS_1_3 },
#endif
    { 0x001D, "X25519", "x25519", SECSOCK_TLS_1_2 },
    { 0x0017, "P-256", "secp256r1", SECSOCK_TLS_1_2 },
    { 0x0018, "P-384", "secp384r1", SECSOCK_TLS_1_2 },
    { 0x0019, "P-521", "secp521r1", SECSOCK_TLS_1_2 },
#if defined(WOLFSSL_HAVE_MLKEM) && defined(WOLFSSL_PQC_HYBRIDS)
    { 0x11EB, "SecP256r1MLKEM768", "SecP256r1MLKEM768", SECSOCK_TLS_1_3 },
    { 0x11ED, "SecP384r1MLKEM1024", "SecP384r1MLKEM1024", SECSOCK_TLS_1_3 },
#endif
};

_Static_assert(COUNT(suites) <= SUITES_MOST && COUNT(groups) <= GROUPS_MOST, "lists too long");

static const struct {
    unsigned number;
    const char *name;
} schemes[] = {
    { 0x0201, "rsa_pkcs1_sha1" },
    { 0x0203, "ecdsa_sha1" },
    { 0x0401, "rsa_pkcs1_sha256" },
    { 0x0403, "ecdsa_secp256r1_sha256" },
    { 0x0501, "rsa_pkcs1_sha384" },
    { 0x0503, "ecdsa_secp384r1_sha384" },
    { 0x0601, "rsa_pkcs1_sha512" },
    { 0x0603, "ecdsa_secp521r1_sha512" },
    { 0x0804, "rsa_pss_rsae_sha256" },
    { 0x0805, "rsa_pss_rsae_sha384" },
    { 0x0806, "rsa_pss_rsae_sha512" },
    { 0x0807, "ed25519" },
    { 0x0808, "ed448" },
    { 0x0809, "rsa_pss_pss_sha256" },
    { 0x080A, "rsa_pss_pss_sha384" },
    { 0x080B, "rsa_pss_pss_sha512" },
};

bool suites_aes_hardware(void)
{
#if defined(WOLFSSL_AESNI) && defined(HAVE_CPUID_INTEL)
    return IS_INTEL_AESNI(cpuid_get_flags());
#elif defined(WOLFSSL_ARMASM) && defined(HAVE_CPUID_AARCH64)
    const cpuid_flags_t flags = cpuid_get_flags();
    return IS_AARCH64_AES(flags) && IS_AARCH64_PMULL(flags);
#else
    return false;
#endif
}

/* Without AES instructions ChaCha20 comes first: each three turns by one. */
const struct suite *suite_at(size_t index)
{
    if (index >= COUNT(suites))
        return NULL;
    size_t turned = index - index % 3 + (index + 2) % 3;
    return &suites[suites_aes_hardware() ? index : turned];
}

const struct group *group_at(size_t index)
{
    return index < COUNT(groups) ? &groups[index] : NULL;
}

static bool same(const char *known, const char *name, size_t len)
{
    return strlen(known) == len && strncasecmp(known, name, len) == 0;
}

const struct suite *suite_find(const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT(suites); i++) {
        if (same(suites[i].name, name, len))
            return &suites[i];
    }
    return NULL;
}

const struct group *group_find(const char *name, size_t len)
{
    for (size_t i = 0; i < COUNT(groups); i++) {
        if (same(groups[i].name, name, len) || same(groups[i].iana_name, name, len))
            return &groups[i];
    }
    return NULL;
}

const struct suite *suite_by_number(unsigned number)
{
    for (size_t i = 0; i < COUNT(suites); i++) {
        if (suites[i].number == number)
            return &suites[i];
    }
    return NULL;
}

const struct group *group_by_number(unsigned number)
{
    for (size_t i = 0; i < COUNT(groups); i++) {
        if (groups[i].number == number)
            return &groups[i];
    }
    return NULL;
}

const char *signature_scheme_name(unsigned number)
{
    for (size_t i = 0; i < COUNT(schemes); i++) {
        if (schemes[i].number == number)
            return schemes[i].name;
    }
    return NULL;
}
