/* The rules that a configuration holds its peers to. */
#include <time.h>

#include "config.h"
#include "error.h"

int secsock_config_set_profile(secsock_config *config, int profile)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK &&
        (profile < SECSOCK_PROFILE_AUTO || profile > SECSOCK_PROFILE_WEBPKI))
        result = error_set(&config->error, SECSOCK_E_ARGUMENT, "unknown profile: %d", profile);
    if (result == SECSOCK_OK)
        config->profile = profile;
    return config_end(config, result);
}

int secsock_config_set_max_depth(secsock_config *config, int intermediates)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK && intermediates < -1)
        result = error_set(&config->error, SECSOCK_E_ARGUMENT,
                           "a path cannot have at most %d intermediates", intermediates);
    if (result == SECSOCK_OK)
        config->max_depth = intermediates;
    return config_end(config, result);
}

int secsock_config_set_time(secsock_config *config, int64_t seconds)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK && seconds < 0 && seconds != SECSOCK_NOW)
        result = error_set(&config->error, SECSOCK_E_ARGUMENT,
                           "no certificate is judged at a moment before 1970");
    if (result == SECSOCK_OK)
        config->time = seconds;
    return config_end(config, result);
}

int64_t config_now(const secsock_config *config)
{
    return config->time != SECSOCK_NOW ? config->time : (int64_t)time(NULL);
}

/* ---------------------------------------------------------------------------------- revocation */

int secsock_config_set_revocation(secsock_config *config, int mode)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK && (mode < SECSOCK_REVOCATION_SOFT || mode > SECSOCK_REVOCATION_CHAIN))
        result = error_set(&config->error, SECSOCK_E_ARGUMENT,
                           "unknown way to treat what is not known to be revoked: %d", mode);
    if (result == SECSOCK_OK)
        config->revocation = mode;
    return config_end(config, result);
}

/* Begins a setter that adds lists from `input`. */
static int begin_crls(secsock_config *config, const void *input)
{
    int result = config_begin(config);
    if (result == SECSOCK_OK && input == NULL)
        result = error_set(&config->error, SECSOCK_E_ARGUMENT, "there is no revocation list");
    if (result == SECSOCK_OK && config->crls == NULL && (config->crls = crl_set_new()) == NULL)
        result = error_memory(&config->error);
    return result;
}

/* Ends it, having found so many. */
static int end_crls(secsock_config *config, int result)
{
    return config_end(config, result > 0 ? SECSOCK_OK : result);
}

int secsock_config_add_crl(secsock_config *config, const void *data, size_t len)
{
    int result = begin_crls(config, data);
    if (result == SECSOCK_OK)
        result = crl_set_add(config->crls, (struct slice){ data, len }, &config->error);
    return end_crls(config, result);
}

int secsock_config_add_crl_file(secsock_config *config, const char *path)
{
    int result = begin_crls(config, path);
    if (result == SECSOCK_OK)
        result = crl_set_add_file(config->crls, path, &config->error);
    return end_crls(config, result);
}

int secsock_config_add_crl_dir(secsock_config *config, const char *path)
{
    int result = begin_crls(config, path);
    if (result == SECSOCK_OK)
        result = crl_set_add_dir(config->crls, path, &config->error);
    return end_crls(config, result);
}

/* ------------------------------------------------------------------------------ public suffixes */

int secsock_config_set_suffixes(secsock_config *config, const char *path, int with_private)
{
    struct suffix_list *list = NULL;
    int result = config_begin(config);
    if (result == SECSOCK_OK && with_private != 0 && with_private != 1)
        result = error_set(&config->error, SECSOCK_E_ARGUMENT, "with_private is 0 or 1, not %d",
                           with_private);
    if (result == SECSOCK_OK)
        result = suffix_list_read(&list, path, with_private != 0, &config->error);
    if (result == SECSOCK_OK) {
        suffix_list_free(config->suffixes);
        config->suffixes = list;
    }
    return config_end(config, result);
}

/* --------------------------------------------------------------------------------- all together */

static bool is_web(const secsock_config *config)
{
    return config->profile == SECSOCK_PROFILE_WEBPKI ||
           (config->profile == SECSOCK_PROFILE_AUTO && config_trusts_only_system(config));
}

int config_prepare_validation(secsock_config *config, secsock_error *error)
{
    int result = SECSOCK_OK;
    config->web_suffixes = NULL;
    if (is_web(config) && config->suffixes == NULL)
        result = suffix_list_system(&config->web_suffixes, error);
    return result == SECSOCK_OK ? config_make_anchors(config, error) : result;
}

void config_validation(const secsock_config *config, enum validate_purpose purpose,
                       struct validation *out)
{
    bool web = is_web(config);
    *out = (struct validation){
        .anchors = config_anchors(config),
        .extra = config->intermediates,
        .disallowed = config->disallowed,
        .time = config_now(config),
        .purpose = purpose,
        .profile = web ? PROFILE_WEBPKI : PROFILE_PRIVATE,
        .vetted_anchors = config_trusts_system(config),
        .forgives_omissions = config->profile == SECSOCK_PROFILE_AUTO && !web,
        .suffixes = config->suffixes != NULL ? config->suffixes : config->web_suffixes,
        .limit_intermediates = config->max_depth >= 0,
        .max_intermediates = config->max_depth,
        .trusted_pins = &config->trusted_pins,
        .required_pins = config->required_pins.count > 0 ? &config->required_pins : NULL,
        .crls = config->crls,
        .revocation = (enum secsock_revocation)config->revocation,
    };
}
