/* Configurations: the object, the settings of TLS, freezing. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "pubkey.h"

static void set_defaults(secsock_config *config)
{
    config->allowed_lowest = SECSOCK_TLS_1_2;
    config->allowed_highest = SECSOCK_TLS_1_3;
    config->client_auth = SECSOCK_CLIENT_AUTH_NONE;
    config->resumption = true;
    config->acceleration = true;
    config->profile = SECSOCK_PROFILE_AUTO;
    config->max_depth = -1;
    config->time = SECSOCK_NOW;
    config->revocation = SECSOCK_REVOCATION_SOFT;
    for (size_t i = 0; suite_at(i) != NULL; i++)
        config->ciphers[config->cipher_count++] = suite_at(i);
    for (size_t i = 0; group_at(i) != NULL; i++)
        config->groups[config->group_count++] = group_at(i);
}

secsock_config *secsock_config_new(void)
{
    secsock_config *config = calloc(1, sizeof(*config));
    if (config == NULL)
        return NULL;
    if (pthread_mutex_init(&config->lock, NULL) != 0) {
        free(config);
        return NULL;
    }
    atomic_init(&config->refs, 1);
    atomic_init(&config->effective, NULL);
    error_clear(&config->error);
    set_defaults(config);
    return config;
}

secsock_config *secsock_config_ref(secsock_config *config)
{
    atomic_fetch_add_explicit(&config->refs, 1, memory_order_relaxed);
    return config;
}

void secsock_config_free(secsock_config *config)
{
    if (config == NULL || atomic_fetch_sub_explicit(&config->refs, 1, memory_order_acq_rel) != 1)
        return;
    engine_context_free(config->contexts[SECSOCK_CLIENT]);
    engine_context_free(config->contexts[SECSOCK_SERVER]);
    session_cache_free(config->sessions);
    proven_free(config->proven);
    free(config->alpn);
    secsock_store_free(config->anchors);
    secsock_store_free(atomic_load(&config->effective));
    secsock_store_free(config->intermediates);
    secsock_store_free(config->disallowed);
    pin_list_clear(&config->trusted_pins);
    pin_list_clear(&config->required_pins);
    crl_set_free(config->crls);
    suffix_list_free(config->suffixes);
    secsock_cert_free(config->identity);
    config_warnings_free(&config->warnings);
    secret_free(&config->staple);
    pthread_mutex_destroy(&config->lock);
    free(config);
}

const secsock_error *secsock_config_last_error(const secsock_config *config)
{
    return &config->error;
}

int config_begin(secsock_config *config)
{
    if (config == NULL)
        return SECSOCK_E_ARGUMENT;
    pthread_mutex_lock(&config->lock);
    error_clear(&config->error);
    if (config->frozen)
        return error_set(&config->error, SECSOCK_E_FROZEN,
                         "the configuration is in use and can no longer change");
    return SECSOCK_OK;
}

int config_end(secsock_config *config, int result)
{
    if (config != NULL)
        pthread_mutex_unlock(&config->lock);
    return result;
}

/* ------------------------------------------------------------------------------------ settings */

static bool is_version(int number)
{
    return number == SECSOCK_TLS_1_2 || number == SECSOCK_TLS_1_3;
}

int secsock_config_set_versions(secsock_config *config, int lowest, int highest)
{
    int result = config_begin(config);
    if (result != SECSOCK_OK)
        return config_end(config, result);
    if (!is_version(lowest) || !is_version(highest))
        result = error_set(&config->error, SECSOCK_E_ARGUMENT, "unknown TLS version 0x%04x",
                           (unsigned)(is_version(lowest) ? highest : lowest));
    else if (lowest > highest)
        result = error_set(&config->error, SECSOCK_E_ARGUMENT,
                           "the lowest TLS version is higher than the highest");
    if (result == SECSOCK_OK) {
        config->allowed_lowest = lowest;
        config->allowed_highest = highest;
    }
    return config_end(config, result);
}

/* The next of the items of a list; false when there is none left. */
static bool next_item(const char **list, char separator, const char **item, size_t *len)
{
    if (*list == NULL)
        return false;
    const char *end = strchr(*list, separator);
    *item = *list;
    *len = end != NULL ? (size_t)(end - *list) : strlen(*list);
    *list = end != NULL ? end + 1 : NULL;
    return true;
}

static int refuse(secsock_error *error, const char *why, const char *what, const char *item,
                  size_t len)
{
    enum { SHOWN = 100 };
    return error_set(error, SECSOCK_E_ARGUMENT, "%s %s \"%.*s%s\"", why, what,
                     (int)(len < SHOWN ? len : SHOWN), item, len > SHOWN ? "..." : "");
}

/* What a list names. */
struct naming {
    const char *one, *many;
    const void *(*find)(const char *name, size_t len);
};

enum { NAMES_MOST = SUITES_MOST > GROUPS_MOST ? SUITES_MOST : GROUPS_MOST };

/* Finds what is named, each once. */
static int parse_names(const char *names, const struct naming *naming, const void *out[NAMES_MOST],
                       size_t *count, secsock_error *error)
{
    const char *item;
    size_t len;
    *count = 0;
    while (next_item(&names, ':', &item, &len)) {
        const void *found = naming->find(item, len);
        if (found == NULL)
            return refuse(error, "unknown", naming->one, item, len);
        for (size_t i = 0; i < *count; i++) {
            if (out[i] == found)
                return refuse(error, "named twice: the", naming->one, item, len);
        }
        out[(*count)++] = found;
    }
    if (*count == 0)
        return error_set(error, SECSOCK_E_ARGUMENT, "no %s are named", naming->many);
    return SECSOCK_OK;
}

static const void *find_suite(const char *name, size_t len)
{
    return suite_find(name, len);
}

static const void *find_group(const char *name, size_t len)
{
    return group_find(name, len);
}

int secsock_config_set_ciphers(secsock_config *config, const char *names)
{
    static const struct naming suites = { "cipher suite", "cipher suites", find_suite };
    const void *found[NAMES_MOST];
    size_t count = 0;
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = parse_names(names, &suites, found, &count, &config->error);
    if (result == SECSOCK_OK) {
        for (size_t i = 0; i < count; i++)
            config->ciphers[i] = found[i];
        config->cipher_count = count;
    }
    return config_end(config, result);
}

int secsock_config_set_groups(secsock_config *config, const char *names)
{
    static const struct naming groups = { "group", "groups", find_group };
    const void *found[NAMES_MOST];
    size_t count = 0;
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = parse_names(names, &groups, found, &count, &config->error);
    if (result == SECSOCK_OK) {
        for (size_t i = 0; i < count; i++)
            config->groups[i] = found[i];
        config->group_count = count;
    }
    return config_end(config, result);
}

/* RFC 7301, section 3.1: names of 1 to 255 octets. */
static int check_alpn(const char *protocols, secsock_error *error)
{
    enum { LONGEST_NAME = 255, LONGEST_LIST = 4096 };
    static const char protocol[] = "application protocol";
    const char *item;
    size_t len;
    if (strlen(protocols) > LONGEST_LIST)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "the list of application protocols is longer than %d bytes", LONGEST_LIST);
    while (next_item(&protocols, ',', &item, &len)) {
        if (len == 0)
            return error_set(error, SECSOCK_E_ARGUMENT, "an application protocol has no name");
        if (len > LONGEST_NAME)
            return refuse(error, "longer than 255 bytes: the", protocol, item, len);
        if (item[0] == ' ' || item[len - 1] == ' ')
            return refuse(error, "there is a blank around the", protocol, item, len);
    }
    return SECSOCK_OK;
}

int secsock_config_set_alpn(secsock_config *config, const char *protocols)
{
    char *copy = NULL;
    bool none = protocols == NULL || *protocols == '\0';
    int result = config_begin(config);
    if (result == SECSOCK_OK && !none)
        result = check_alpn(protocols, &config->error);
    if (result == SECSOCK_OK && !none && (copy = strdup(protocols)) == NULL)
        result = error_memory(&config->error);
    if (result == SECSOCK_OK) {
        free(config->alpn);
        config->alpn = copy;
    }
    return config_end(config, result);
}

int secsock_config_set_client_auth(secsock_config *config, int mode)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK &&
        (mode < SECSOCK_CLIENT_AUTH_NONE || mode > SECSOCK_CLIENT_AUTH_REQUIRE))
        result = error_set(&config->error, SECSOCK_E_ARGUMENT,
                           "unknown way to treat client certificates: %d", mode);
    if (result == SECSOCK_OK)
        config->client_auth = mode;
    return config_end(config, result);
}

int secsock_config_set_resumption(secsock_config *config, int on)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK && on != 0 && on != 1)
        result = error_set(&config->error, SECSOCK_E_ARGUMENT, "resumption is 0 or 1, not %d", on);
    if (result == SECSOCK_OK)
        config->resumption = on != 0;
    return config_end(config, result);
}

int secsock_config_set_acceleration(secsock_config *config, int on)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK && on != 0 && on != 1)
        result =
            error_set(&config->error, SECSOCK_E_ARGUMENT, "acceleration is 0 or 1, not %d", on);
    if (result == SECSOCK_OK)
        config->acceleration = on != 0;
    return config_end(config, result);
}

/* ---------------------------------------------------------------------------------------- use */

static bool has_cipher(const secsock_config *config, int version)
{
    for (size_t i = 0; i < config->cipher_count; i++) {
        if (config->ciphers[i]->version == version)
            return true;
    }
    return false;
}

static bool has_group(const secsock_config *config, int version)
{
    for (size_t i = 0; i < config->group_count; i++) {
        if (config->groups[i]->version <= version)
            return true;
    }
    return false;
}

static int contradiction(const secsock_config *config, const char *what, secsock_error *error)
{
    const char *with = "its cipher suites";
    if (config->allowed_lowest == config->allowed_highest)
        with = config->allowed_lowest == SECSOCK_TLS_1_3 ? "TLSv1.3, the only version allowed"
                                                         : "TLSv1.2, the only version allowed";
    return error_set(error, SECSOCK_E_ARGUMENT,
                     "the configuration contradicts itself: none of its %s can be used with %s",
                     what, with);
}

/* wolfSSL signs with an RSA-PSS key under TLS 1.2 in a way that peers refuse: as rsa_pss_rsae and
 * not as rsa_pss_pss (RFC 8446, section 4.2.3). */
static bool identity_serves(const secsock_config *config, int version)
{
    return version >= SECSOCK_TLS_1_3 || config->identity == NULL ||
           pubkey_kind(config->identity->x509.key_alg) != PUBKEY_RSA_PSS;
}

/* A version is offered only with a cipher suite and a group for it, and a key that can sign. */
static int settle_versions(secsock_config *config, secsock_error *error)
{
    bool cipher = false, group = false;
    config->lowest = config->highest = 0;
    for (int v = config->allowed_lowest; v <= config->allowed_highest; v++) {
        cipher = cipher || has_cipher(config, v);
        group = group || (has_cipher(config, v) && has_group(config, v));
        if (!has_cipher(config, v) || !has_group(config, v) || !identity_serves(config, v))
            continue;
        config->lowest = config->lowest != 0 ? config->lowest : v;
        config->highest = v;
    }
    if (config->highest != 0)
        return SECSOCK_OK;
    if (cipher && group)
        return error_set(
            error, SECSOCK_E_ARGUMENT,
            "the configuration contradicts itself: an RSA-PSS key serves TLSv1.3 only");
    return contradiction(config, cipher ? "groups" : "cipher suites", error);
}

/* What a use that failed has made may no longer be what the program wants. */
static int prepare_validation(secsock_config *config, secsock_error *error)
{
    if (config->frozen && config_anchors(config) != NULL)
        return SECSOCK_OK;
    return config_prepare_validation(config, error);
}

static int prepare(secsock_config *config, secsock_role role, secsock_error *error)
{
    bool judges = role == SECSOCK_CLIENT || config->client_auth != SECSOCK_CLIENT_AUTH_NONE;
    if (role == SECSOCK_SERVER && config->identity == NULL)
        return error_set(error, SECSOCK_E_NO_KEY,
                         "a server needs a certificate and private key: the configuration has no "
                         "identity");
    int result = settle_versions(config, error);
    if (result == SECSOCK_OK && judges)
        result = prepare_validation(config, error);
    if (result != SECSOCK_OK)
        return result;
    if (config->resumption && config->sessions == NULL)
        config->sessions = session_cache_new();
    if (config->proven == NULL)
        config->proven = proven_new();
    if (config->proven == NULL || (config->resumption && config->sessions == NULL))
        return error_memory(error);
    return engine_context_new(&config->contexts[role], config, role, error);
}

int config_use(secsock_config *config, secsock_role role, struct engine_context **out,
               secsock_error *error)
{
    int result = SECSOCK_OK;
    *out = NULL;
    pthread_mutex_lock(&config->lock);
    if (config->contexts[role] == NULL)
        result = prepare(config, role, error);
    if (result == SECSOCK_OK) {
        config->frozen = true;
        *out = config->contexts[role];
    }
    pthread_mutex_unlock(&config->lock);
    return result;
}

int config_freeze(secsock_config *config, secsock_error *error)
{
    pthread_mutex_lock(&config->lock);
    int result = prepare_validation(config, error);
    if (result == SECSOCK_OK)
        config->frozen = true;
    pthread_mutex_unlock(&config->lock);
    return result;
}
