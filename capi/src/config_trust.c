/* Whom a configuration trusts. */
#include "config.h"
#include "error.h"

/* A new store with the anchors that there are, to add to and then to put in their place: so that
 * a failure changes nothing. */
static int copy_anchors(secsock_config *config, secsock_store **out)
{
    secsock_store *copy = secsock_store_new();
    if (copy != NULL && store_merge(copy, config->anchors) == SECSOCK_OK) {
        *out = copy;
        return SECSOCK_OK;
    }
    secsock_store_free(copy);
    return error_memory(&config->error);
}

/* Ends a setter: puts `next` in place unless `result` is an error. */
static int replace_anchors(secsock_config *config, secsock_store *next, int result)
{
    secsock_store *old = next;
    if (result >= 0) {
        old = config->anchors;
        config->anchors = next;
    }
    secsock_store_free(old);
    return config_end(config, result < 0 ? result : SECSOCK_OK);
}

int secsock_config_trust_file(secsock_config *config, const char *path)
{
    secsock_store *next = NULL;
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = copy_anchors(config, &next);
    if (result == SECSOCK_OK)
        result = secsock_store_load_file(next, path, &config->error);
    return replace_anchors(config, next, result);
}

int secsock_config_trust_dir(secsock_config *config, const char *path)
{
    secsock_store *next = NULL;
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = copy_anchors(config, &next);
    if (result == SECSOCK_OK)
        result = secsock_store_load_dir(next, path, &config->error);
    return replace_anchors(config, next, result);
}

int secsock_config_trust_pem(secsock_config *config, const void *pem, size_t len)
{
    secsock_store *next = NULL;
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = copy_anchors(config, &next);
    if (result == SECSOCK_OK)
        result = secsock_store_load_pem(next, pem, len, &config->error);
    return replace_anchors(config, next, result);
}

/* A first store is not copied: many configurations can share it. */
static int join_store(secsock_config *config, const secsock_store *store, secsock_store **next)
{
    if (store == NULL)
        return error_set(&config->error, SECSOCK_E_ARGUMENT, "there is no store to trust in");
    if (secsock_store_count(store) == 0)
        return error_set(&config->error, SECSOCK_E_FORMAT, "there is no certificate in the store");
    if (config->anchors == NULL) {
        *next = secsock_store_ref(store);
        return SECSOCK_OK;
    }
    int result = copy_anchors(config, next);
    if (result == SECSOCK_OK && store_merge(*next, store) != SECSOCK_OK)
        result = error_memory(&config->error);
    return result;
}

int secsock_config_trust_store(secsock_config *config, const secsock_store *store)
{
    secsock_store *next = NULL;
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = join_store(config, store, &next);
    if (result == SECSOCK_OK)
        store_freeze((secsock_store *)store);
    return replace_anchors(config, next, result);
}

int secsock_config_trust_system(secsock_config *config)
{
    secsock_store *system = NULL;
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = secsock_store_system(&system, &config->error);
    if (result == SECSOCK_OK)
        config->trust_system = true;
    secsock_store_free(system);
    return config_end(config, result);
}

bool config_trusts_system(const secsock_config *config)
{
    return config->anchors == NULL || config->trust_system;
}

int config_make_anchors(secsock_config *config, secsock_error *error)
{
    secsock_store *system = NULL, *both = NULL;
    int result = SECSOCK_OK;
    if (config_trusts_system(config))
        result = secsock_store_system(&system, error);
    if (result == SECSOCK_OK && config->anchors == NULL) {
        both = secsock_store_ref(system);
    } else if (result == SECSOCK_OK && system == NULL) {
        both = secsock_store_ref(config->anchors);
    } else if (result == SECSOCK_OK) {
        both = secsock_store_new();
        if (both == NULL || store_merge(both, config->anchors) != SECSOCK_OK ||
            store_merge(both, system) != SECSOCK_OK)
            result = error_memory(error);
    }
    secsock_store_free(result == SECSOCK_OK ? atomic_exchange(&config->effective, both) : both);
    secsock_store_free(system);
    return result;
}

const secsock_store *config_anchors(const secsock_config *config)
{
    secsock_config *mine = (secsock_config *)config;
    return atomic_load(&mine->effective);
}

/* The rules of the public web hold for the public web's anchors, not for a program's own. */
enum validate_profile config_profile(const secsock_config *config)
{
    return config->anchors == NULL ? PROFILE_WEBPKI : PROFILE_PRIVATE;
}
