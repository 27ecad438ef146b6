/* What this build, on this machine, is and can do. */
#include <wolfssl/options.h>
#include <wolfssl/version.h>

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "accelerator.h"
#include "accelerator_chacha.h"
#include "secsock.h"
#include "suites.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool always(void)
{
    return true;
}

static bool hybrid_groups(void)
{
    return group_find("X25519MLKEM768", strlen("X25519MLKEM768")) != NULL;
}

static bool ed25519(void)
{
#if defined(HAVE_ED25519)
    return true;
#else
    return false;
#endif
}

static bool ed448(void)
{
#if defined(HAVE_ED448)
    return true;
#else
    return false;
#endif
}

static const struct {
    const char *name;
    bool (*present)(void);
} features[] = {
    { "tls1.2", always },
    { "tls1.3", always },
    { "x25519mlkem768", hybrid_groups },
    { "ed25519", ed25519 },
    { "ed448", ed448 },
    { "chacha20", always },
    { "resumption", always },
    { "aes_hardware", suites_aes_hardware },
    { "accelerated_aes_gcm", accelerator_available },
    { "accelerated_chacha20", accelerator_chacha_available },
    { "keylog", always },
    { "capture", always },
};

static const char *const versions[] = { "TLSv1.3", "TLSv1.2" };

int secsock_abi_version(void)
{
    return SECSOCK_ABI_VERSION;
}

const char *secsock_version(void)
{
    return "0.1.0";
}

const char *secsock_wolfssl_version(void)
{
    return LIBWOLFSSL_VERSION_STRING;
}

int secsock_has_feature(const char *name)
{
    for (size_t i = 0; name != NULL && i < COUNT(features); i++) {
        if (strcmp(features[i].name, name) == 0)
            return features[i].present();
    }
    return 0;
}

static const char *feature_at(size_t index)
{
    for (size_t i = 0; i < COUNT(features); i++) {
        if (features[i].present() && index-- == 0)
            return features[i].name;
    }
    return NULL;
}

static const char *problem_at(size_t index)
{
    const char *none = secsock_problem_name(0);
    const char *name = index < INT_MAX ? secsock_problem_name((int)index + 1) : none;
    return strcmp(name, none) != 0 ? name : NULL;
}

const char *secsock_list(secsock_list_kind kind, size_t index)
{
    const struct suite *suite = suite_at(index);
    const struct group *group = group_at(index);
    switch (kind) {
    case SECSOCK_LIST_VERSIONS:
        return index < COUNT(versions) ? versions[index] : NULL;
    case SECSOCK_LIST_CIPHERS:
        return suite != NULL ? suite->name : NULL;
    case SECSOCK_LIST_GROUPS:
        return group != NULL ? group->name : NULL;
    case SECSOCK_LIST_FEATURES:
        return feature_at(index);
    case SECSOCK_LIST_PROBLEMS:
        return problem_at(index);
    }
    return NULL;
}
