#include "settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "pki.h"

static void need(int result, const secsock_error *error)
{
    if (result == SECSOCK_OK)
        return;
    printf("Bail out! %s\n", error->message);
    exit(1);
}

secsock_cert *settings_identity(const char *name)
{
    char certs[64], key[64];
    secsock_cert *identity = NULL;
    secsock_error error;
    snprintf(certs, sizeof certs, "%s-chain.pem", name);
    snprintf(key, sizeof key, "%s.key", name);
    need(secsock_cert_load_identity(&identity, pki_path(certs), pki_path(key), NULL, &error),
         &error);
    return identity;
}

secsock_cert *settings_cert(const char *name)
{
    char file[64];
    secsock_cert *cert = NULL;
    secsock_error error;
    snprintf(file, sizeof file, "%s.pem", name);
    need(secsock_cert_load(&cert, pki_path(file), NULL, &error), &error);
    return cert;
}

static void set(secsock_config *config, int result)
{
    need(result, secsock_config_last_error(config));
}

secsock_config *settings_config(const struct settings *settings)
{
    secsock_config *config = secsock_config_new();
    const char *trust = settings->trust ? settings->trust : "ca.pem";
    set(config, secsock_config_trust_file(config, pki_path(trust)));
    set(config, secsock_config_set_client_auth(config, settings->client_auth));
    set(config, secsock_config_set_resumption(config, !settings->no_resumption));
    set(config, secsock_config_set_acceleration(config, !settings->no_acceleration));
    set(config, secsock_config_set_alpn(config, settings->alpn));
    if (settings->version)
        set(config, secsock_config_set_versions(config, settings->version, settings->version));
    if (settings->ciphers)
        set(config, secsock_config_set_ciphers(config, settings->ciphers));
    if (settings->groups)
        set(config, secsock_config_set_groups(config, settings->groups));
    if (settings->identity) {
        secsock_cert *identity = settings_identity(settings->identity);
        set(config, secsock_config_set_identity(config, identity));
        secsock_cert_free(identity);
    }
    return config;
}

int judge_hook(secsock *s, const secsock_verdict *verdict, void *arg)
{
    struct judge *judge = arg;
    const secsock_cert *leaf = secsock_verdict_chain(verdict, 0);
    judge->calls++;
    judge->ok = secsock_verdict_ok(verdict);
    judge->state = secsock_get_state(s);
    judge->resumed = secsock_verdict_resumed(verdict);
    judge->chain = secsock_verdict_chain_count(verdict);
    snprintf(judge->leaf, sizeof judge->leaf, "%s", leaf ? secsock_cert_sha256(leaf) : "");
    if (judge->reason)
        secsock_decide(s, judge->answer, judge->reason);
    return judge->answer;
}
