/* The identity of a configuration, and what is questionable about it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "civil.h"
#include "config.h"
#include "error.h"
#include "profile.h"
#include "signature.h"

/* Puts an identity, which may be NULL, in the place of the one there is; the lock is held. */
static int adopt(secsock_config *config, const secsock_cert *identity)
{
    struct config_warnings warnings = { NULL, 0 };
    if (config_warnings_find(&warnings, identity) != SECSOCK_OK)
        return error_memory(&config->error);
    secsock_cert_free(config->identity);
    config_warnings_free(&config->warnings);
    config->identity = identity != NULL ? secsock_cert_ref(identity) : NULL;
    config->warnings = warnings;
    return SECSOCK_OK;
}

int secsock_config_set_identity(secsock_config *config, secsock_cert *identity)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK && identity != NULL && identity->key == NULL)
        result = error_set(&config->error, SECSOCK_E_NO_KEY,
                           "the certificate of %s comes without a private key, and so cannot be "
                           "presented",
                           secsock_cert_subject(identity));
    if (result == SECSOCK_OK)
        result = adopt(config, identity);
    return config_end(config, result);
}

int secsock_config_identity_file(secsock_config *config, const char *cert_path,
                                 const char *key_path, const char *password)
{
    secsock_cert *identity = NULL;
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result =
            secsock_cert_load_identity(&identity, cert_path, key_path, password, &config->error);
    config_end(config, result);
    if (result == SECSOCK_OK)
        result = secsock_config_set_identity(config, identity);
    secsock_cert_free(identity);
    return result;
}

int config_choose_identity(secsock_config *config, const secsock_store *store)
{
    const secsock_cert *best = NULL, *cert;
    int64_t now = config_now(config);
    bool any = false;
    for (size_t i = 0; (cert = secsock_store_cert(store, i)) != NULL; i++) {
        const struct x509 *x509 = &cert->x509;
        if (cert->key == NULL)
            continue;
        any = true;
        if (x509->not_before <= now && now <= x509->not_after &&
            (best == NULL || x509->not_before > best->x509.not_before))
            best = cert;
    }
    if (best != NULL)
        return adopt(config, best);
    return error_set(&config->error, SECSOCK_E_NO_KEY,
                     any ? "no certificate in the store that has a private key is valid now"
                         : "no certificate in the store has a private key");
}

/* ------------------------------------------------------------------------------------ warnings */

/* Warnings as they are found. */
struct finder {
    struct config_warnings *found;
    bool out_of_memory;
    const secsock_cert *cert; /* that they are about */
    char who[32];             /* "the identity", "issuer 2" */
};

static char *printed(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = len >= 0 ? malloc((size_t)len + 1) : NULL;
    if (text != NULL)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

/* Adds a warning like `what`, with a text. */
__attribute__((format(printf, 3, 4))) static void
warn(struct finder *finder, struct config_warning what, const char *format, ...)
{
    struct config_warnings *found = finder->found;
    va_list args;
    va_start(args, format);
    what.text = printed(format, args);
    va_end(args);
    struct config_warning *list = realloc(found->list, (found->count + 1) * sizeof(*list));
    if (list != NULL)
        found->list = list;
    if (list != NULL && what.text != NULL) {
        list[found->count++] = what;
    } else {
        free(what.text);
        finder->out_of_memory = true;
    }
}

/* A warning that holds for both roles, at any time. */
static struct config_warning always(int problem)
{
    return (struct config_warning){ problem, CONFIG_EITHER_ROLE, INT64_MIN, INT64_MAX, NULL };
}

static struct config_warning for_role(int problem, secsock_role role)
{
    return (struct config_warning){ problem, (int)role, INT64_MIN, INT64_MAX, NULL };
}

static struct config_warning during(int problem, int64_t from, int64_t until)
{
    return (struct config_warning){ problem, CONFIG_EITHER_ROLE, from, until, NULL };
}

static void check_time(struct finder *finder)
{
    const struct x509 *x509 = &finder->cert->x509;
    char text[CIVIL_TEXT_SIZE];
    civil_text(x509->not_after, text);
    warn(finder, during(SECSOCK_PROBLEM_EXPIRED, x509->not_after + 1, INT64_MAX),
         "%s expired on %s", finder->who, text);
    civil_text(x509->not_before, text);
    warn(finder, during(SECSOCK_PROBLEM_NOT_YET_VALID, INT64_MIN, x509->not_before - 1),
         "%s is not valid before %s", finder->who, text);
}

/* What every peer with sense refuses. */
static void check_strength(struct finder *finder)
{
    enum { LEAST_RSA_BITS = 2048 };
    const struct x509 *x509 = &finder->cert->x509;
    const char *digest = signature_digest(x509->sig_alg);
    struct pubkey key;
    pubkey_read(x509, &key);
    if ((key.kind == PUBKEY_RSA || key.kind == PUBKEY_RSA_PSS) && key.bits < LEAST_RSA_BITS)
        warn(finder, always(SECSOCK_PROBLEM_WEAK_KEY), "%s has an RSA key of only %d bits",
             finder->who, key.bits);
    if (digest != NULL && signature_digest_is_broken(digest) &&
        !x509_name_equal(x509->subject, x509->issuer))
        warn(finder, always(SECSOCK_PROBLEM_WEAK_SIGNATURE), "%s is signed with %s", finder->who,
             digest);
}

static bool names_a_host(const struct x509 *x509)
{
    struct slice names = x509_san_names(x509);
    struct x509_general_name name;
    while (x509_next_name(&names, &name)) {
        if (name.kind == X509_DNS || name.kind == X509_IP)
            return true;
    }
    return false;
}

/* What it is for, and whom. */
static void check_purpose(struct finder *finder)
{
    const struct x509 *x509 = &finder->cert->x509;
    bool limited = x509->ext_key_usage.data != NULL && !x509_has_purpose(x509, profile_any_purpose);
    if (limited && !x509_has_purpose(x509, profile_server_auth))
        warn(finder, for_role(SECSOCK_PROBLEM_WRONG_USAGE, SECSOCK_SERVER),
             "%s is not for servers: its extended key usage lacks serverAuth", finder->who);
    if (limited && !x509_has_purpose(x509, profile_client_auth))
        warn(finder, for_role(SECSOCK_PROBLEM_WRONG_USAGE, SECSOCK_CLIENT),
             "%s is not for clients: its extended key usage lacks clientAuth", finder->who);
    if (x509->key_usage != -1 && (x509->key_usage & KEY_USAGE_DIGITAL_SIGNATURE) == 0)
        warn(finder, always(SECSOCK_PROBLEM_WRONG_USAGE),
             "%s is not for handshakes: its key usage lacks digitalSignature", finder->who);
    if (!names_a_host(x509))
        warn(finder, for_role(SECSOCK_PROBLEM_NAME_MISMATCH, SECSOCK_SERVER),
             "%s names no host: its subject alternative names have neither DNS name nor IP address",
             finder->who);
}

/* Whether this issuer is the one of the certificate before it. */
static void check_link(struct finder *finder, const secsock_cert *subject)
{
    const struct x509 *x509 = &subject->x509, *issuer = &finder->cert->x509;
    struct pubkey key;
    pubkey_read(issuer, &key);
    if (!x509_name_equal(x509->issuer, issuer->subject))
        warn(finder, always(SECSOCK_PROBLEM_ISSUER_UNKNOWN),
             "%s is out of place: it did not issue the certificate before it", finder->who);
    else if (signature_verify(x509->sig_alg, x509->tbs, x509->signature, &key) == SIGNATURE_BAD)
        warn(finder, always(SECSOCK_PROBLEM_BAD_SIGNATURE),
             "%s did not sign the certificate before it, although it bears the right name",
             finder->who);
}

int config_warnings_find(struct config_warnings *out, const secsock_cert *identity)
{
    struct finder finder = { out, false, identity, "the identity" };
    *out = (struct config_warnings){ NULL, 0 };
    if (identity == NULL)
        return SECSOCK_OK;
    check_time(&finder);
    check_strength(&finder);
    check_purpose(&finder);
    for (size_t i = 0; i < identity->chain_len; i++) {
        finder.cert = identity->chain[i];
        snprintf(finder.who, sizeof(finder.who), "issuer %zu", i + 1);
        check_time(&finder);
        check_strength(&finder);
        check_link(&finder, i == 0 ? identity : identity->chain[i - 1]);
    }
    if (!finder.out_of_memory)
        return SECSOCK_OK;
    config_warnings_free(out);
    return SECSOCK_E_MEMORY;
}

void config_warnings_free(struct config_warnings *warnings)
{
    for (size_t i = 0; i < warnings->count; i++)
        free(warnings->list[i].text);
    free(warnings->list);
    *warnings = (struct config_warnings){ NULL, 0 };
}

/* Whether the configuration is for this role, as far as can be told: it was used for it, or asks
 * for client certificates as only servers do. */
static bool plays(const secsock_config *config, int role)
{
    return role == CONFIG_EITHER_ROLE || config->contexts[role] != NULL ||
           (role == SECSOCK_SERVER && config->client_auth != SECSOCK_CLIENT_AUTH_NONE);
}

static const struct config_warning *find_active(const secsock_config *config, size_t index,
                                                int64_t now)
{
    for (size_t i = 0; i < config->warnings.count; i++) {
        const struct config_warning *warning = &config->warnings.list[i];
        if (warning->from <= now && now <= warning->until && plays(config, warning->role) &&
            index-- == 0)
            return warning;
    }
    return NULL;
}

int secsock_config_warning(secsock_config *config, size_t index, const char **text)
{
    if (config == NULL)
        return 0;
    pthread_mutex_lock(&config->lock);
    const struct config_warning *warning = find_active(config, index, (int64_t)time(NULL));
    pthread_mutex_unlock(&config->lock);
    if (text != NULL)
        *text = warning != NULL ? warning->text : NULL;
    return warning != NULL ? warning->problem : 0;
}
