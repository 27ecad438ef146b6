/* The OCSP response that a server staples to its handshakes. */
#include <string.h>

#include "config.h"
#include "error.h"
#include "file.h"
#include "ocsp.h"

/* As long a CertificateStatus message as OpenSSL's clients take under TLS 1.2, without what stands
 * before the response in it. */
enum { LONGEST = 16384 - 4 };

static int check(struct slice response, secsock_error *error)
{
    const char *flaw = ocsp_flaw(response);
    if (flaw != NULL)
        return error_set(error, SECSOCK_E_FORMAT, "the OCSP response cannot be stapled: %s", flaw);
    if (response.len > LONGEST)
        return error_set(error, SECSOCK_E_LIMIT,
                         "the OCSP response cannot be stapled: it is longer than %d bytes",
                         LONGEST);
    return SECSOCK_OK;
}

/* Puts *response in the place of the one there was, unless `result` is an error; what is not needed
 * any more is freed. */
static int replace(secsock_config *config, struct secret *response, int result)
{
    struct secret unused = *response;
    if (result == SECSOCK_OK) {
        unused = config->staple;
        config->staple = *response;
    }
    secret_free(&unused);
    return config_end(config, result);
}

int secsock_config_set_staple(secsock_config *config, const void *response, size_t len)
{
    struct secret copy = { NULL, 0 };
    int result = config_begin(config);
    if (result != SECSOCK_OK)
        return config_end(config, result);
    if (response != NULL)
        result = check((struct slice){ response, len }, &config->error);
    if (result == SECSOCK_OK && response != NULL) {
        if (secret_new(&copy, len))
            memcpy(copy.data, response, len);
        else
            result = error_memory(&config->error);
    }
    return replace(config, &copy, result);
}

int secsock_config_staple_file(secsock_config *config, const char *path)
{
    struct secret response = { NULL, 0 };
    int result = config_begin(config);
    if (result != SECSOCK_OK)
        return config_end(config, result);
    result = file_read(path, &response, &config->error);
    if (result == SECSOCK_OK)
        result = check(secret_slice(&response), &config->error);
    if (result != SECSOCK_OK && response.data != NULL)
        error_prefix(&config->error, result, path);
    return replace(config, &response, result);
}
