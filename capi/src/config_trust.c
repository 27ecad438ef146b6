/* Whom a configuration trusts, and whom it does not. */
#include "config.h"
#include "error.h"

/* Where certificates come from. */
struct source {
    enum { FILE_AT, FOLDER_AT, TEXT_OF } kind;
    const void *data; /* the text, or the path of the others */
    size_t len;
};

static int load(secsock_store *store, struct source from, secsock_error *error)
{
    switch (from.kind) {
    case FILE_AT:
        return secsock_store_load_file(store, from.data, error);
    case FOLDER_AT:
        return secsock_store_load_dir(store, from.data, error);
    default:
        return secsock_store_load_pem(store, from.data, from.len, error);
    }
}

/* A new store with what is in another, to add to and then to put in its place: so that a failure
 * changes nothing. */
static int copy_store(const secsock_store *store, secsock_store **out, secsock_error *error)
{
    secsock_store *copy = secsock_store_new();
    if (copy != NULL && store_merge(copy, store) == SECSOCK_OK) {
        *out = copy;
        return SECSOCK_OK;
    }
    secsock_store_free(copy);
    return error_memory(error);
}

/* Puts `next` in the place of a store, unless `result` is an error. */
static int replace(secsock_store **place, secsock_store *next, int result)
{
    secsock_store *unused = next;
    if (result >= 0) {
        unused = *place;
        *place = next;
    }
    secsock_store_free(unused);
    return result < 0 ? result : SECSOCK_OK;
}

/* -------------------------------------------------------------------------------------- anchors */

static int trust(secsock_config *config, struct source from)
{
    secsock_store *next = NULL;
    int result = config_begin(config);
    if (result != SECSOCK_OK)
        return config_end(config, result);
    result = copy_store(config->anchors, &next, &config->error);
    if (result == SECSOCK_OK)
        result = load(next, from, &config->error);
    return config_end(config, replace(&config->anchors, next, result));
}

int secsock_config_trust_file(secsock_config *config, const char *path)
{
    return trust(config, (struct source){ FILE_AT, path, 0 });
}

int secsock_config_trust_dir(secsock_config *config, const char *path)
{
    return trust(config, (struct source){ FOLDER_AT, path, 0 });
}

int secsock_config_trust_pem(secsock_config *config, const void *pem, size_t len)
{
    return trust(config, (struct source){ TEXT_OF, pem, len });
}

static int trust_system(secsock_config *config)
{
    secsock_store *system = NULL;
    int result = secsock_store_system(&system, &config->error);
    if (result == SECSOCK_OK)
        config->trust_system = true;
    secsock_store_free(system);
    return result;
}

int secsock_config_trust_system(secsock_config *config)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = trust_system(config);
    return config_end(config, result);
}

/* --------------------------------------------------------------------------------------- stores */

static const char *role_name(int role)
{
    static const char *const names[] = { "MY", "ROOT", "CA", "DISALLOWED" };
    return names[role];
}

static int check_store(const secsock_store *store, int role, secsock_error *error)
{
    if (role < SECSOCK_STORE_MY || role > SECSOCK_STORE_DISALLOWED)
        return error_set(error, SECSOCK_E_ARGUMENT, "unknown role of a store: %d", role);
    if (store == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no store");
    int opened = secsock_store_role_of(store);
    if (opened >= 0 && opened != role)
        return error_set(error, SECSOCK_E_ARGUMENT,
                         "a store that was opened in the role %s cannot be used in the role %s",
                         role_name(opened), role_name(role));
    return SECSOCK_OK;
}

/* Adds the certificates of a store to those in `place`. A first store is not copied: many
 * configurations can share it. */
static int add_store(secsock_store **place, const secsock_store *store, secsock_error *error)
{
    secsock_store *next = NULL;
    int result = SECSOCK_OK;
    if (*place == NULL)
        next = secsock_store_ref(store);
    else
        result = copy_store(*place, &next, error);
    if (result == SECSOCK_OK && *place != NULL && store_merge(next, store) != SECSOCK_OK)
        result = error_memory(error);
    return replace(place, next, result);
}

static int trust_store(secsock_config *config, const secsock_store *store)
{
    if (secsock_store_count(store) == 0)
        return error_set(&config->error, SECSOCK_E_FORMAT, "there is no certificate in the store");
    if (store_is_system(store))
        return trust_system(config);
    return add_store(&config->anchors, store, &config->error);
}

static int use_store(secsock_config *config, int role, const secsock_store *store)
{
    switch (role) {
    case SECSOCK_STORE_MY:
        return config_choose_identity(config, store);
    case SECSOCK_STORE_ROOT:
        return trust_store(config, store);
    case SECSOCK_STORE_CA:
        return add_store(&config->intermediates, store, &config->error);
    default:
        return add_store(&config->disallowed, store, &config->error);
    }
}

int secsock_config_add_store(secsock_config *config, int role, const secsock_store *store)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = check_store(store, role, &config->error);
    if (result == SECSOCK_OK)
        result = use_store(config, role, store);
    if (result == SECSOCK_OK)
        store_freeze((secsock_store *)store);
    return config_end(config, result);
}

int secsock_config_trust_store(secsock_config *config, const secsock_store *store)
{
    return secsock_config_add_store(config, SECSOCK_STORE_ROOT, store);
}

/* ----------------------------------------------------------------------------------------- pins */

static int add_pin(struct pin_list *list, const char *pin, secsock_error *error)
{
    if (pin == NULL)
        return error_set(error, SECSOCK_E_ARGUMENT, "there is no pin");
    int result = pin_list_add(list, pin);
    if (result == SECSOCK_E_FORMAT)
        error_set(error, result, "not a pin, which is the base64 of a SHA-256 digest: \"%.100s\"",
                  pin);
    return result == SECSOCK_E_MEMORY ? error_memory(error) : result;
}

int secsock_config_trust_pin(secsock_config *config, const char *pin)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = add_pin(&config->trusted_pins, pin, &config->error);
    return config_end(config, result);
}

int secsock_config_require_pin(secsock_config *config, const char *pin)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK)
        result = add_pin(&config->required_pins, pin, &config->error);
    return config_end(config, result);
}

/* ------------------------------------------------------------------------------- the effective */

bool config_trusts_only_system(const secsock_config *config)
{
    return config->anchors == NULL && config->trusted_pins.count == 0;
}

bool config_trusts_system(const secsock_config *config)
{
    return config->trust_system || config_trusts_only_system(config);
}

/* Two stores, of which either may be NULL, as one: copied only where both are there. */
static int join(const secsock_store *a, const secsock_store *b, secsock_store **out)
{
    if (a == NULL || b == NULL) {
        *out = a != NULL   ? secsock_store_ref(a)
               : b != NULL ? secsock_store_ref(b)
                           : secsock_store_new();
        return *out != NULL ? SECSOCK_OK : SECSOCK_E_MEMORY;
    }
    *out = secsock_store_new();
    if (*out == NULL || store_merge(*out, a) != SECSOCK_OK)
        return SECSOCK_E_MEMORY;
    return store_merge(*out, b);
}

int config_make_anchors(secsock_config *config, secsock_error *error)
{
    secsock_store *system = NULL, *both = NULL;
    int result = SECSOCK_OK;
    if (config_trusts_system(config))
        result = secsock_store_system(&system, error);
    if (result == SECSOCK_OK && (result = join(config->anchors, system, &both)) != SECSOCK_OK)
        error_memory(error);
    secsock_store_free(result == SECSOCK_OK ? atomic_exchange(&config->effective, both) : both);
    secsock_store_free(system);
    return result;
}

const secsock_store *config_anchors(const secsock_config *config)
{
    secsock_config *mine = (secsock_config *)config;
    return atomic_load(&mine->effective);
}
