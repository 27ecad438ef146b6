/* libFuzzer: any bytes as the chain that secsock_validate() is given, in PEM or in DER. */
#include "fuzz/fuzz.h"
#include "secsock.h"

/* With a pin to trust in, so that the system's store is not read; nobody's key has it. */
static secsock_config *make_config(void)
{
    static const char pin[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    secsock_config *config = secsock_config_new();
    FUZZ_CHECK(config != NULL);
    FUZZ_CHECK(secsock_config_trust_pin(config, pin) == SECSOCK_OK);
    FUZZ_CHECK(secsock_config_set_time(config, 1767355200) == SECSOCK_OK);
    return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    enum { MOST = 8000 };
    static secsock_config *config; /* as long as the process */
    secsock_verdict *verdict = NULL;
    secsock_error error = { .code = SECSOCK_OK };
    char text[MOST];
    if (config == NULL)
        config = make_config();
    FUZZ_CHECK(secsock_validate(config, SECSOCK_PURPOSE_SERVER, "mail.example", data, len, NULL, 0,
                                &verdict, &error) == SECSOCK_OK);
    FUZZ_CHECK(error.code == SECSOCK_OK && error.message[0] == '\0');
    /* Nobody is trusted here. */
    FUZZ_CHECK(!secsock_verdict_ok(verdict) && secsock_verdict_problem_count(verdict) > 0);
    FUZZ_CHECK(secsock_verdict_has(verdict, SECSOCK_PROBLEM_NO_CERTIFICATE) == (len == 0));
    if (secsock_verdict_explain(verdict, text, sizeof(text)) < MOST)
        FUZZ_CHECK(fuzz_is_text(text));
    secsock_verdict_free(verdict);
    return 0;
}
