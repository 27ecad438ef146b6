/*
 * libFuzzer: any text as a peer's name, a label, a mailbox, a URI, a distinguished name, and a list
 * of public suffixes.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "mailbox.h"
#include "name_parse.h"
#include "name_text.h"
#include "peername.h"
#include "punycode.h"
#include "secsock.h"
#include "suffix.h"
#include "text.h"
#include "uri.h"

/* What became an A-label stays one, letter by letter. */
static void check_label(struct slice label)
{
    uint8_t first[PUNYCODE_LABEL_SIZE], second[PUNYCODE_LABEL_SIZE];
    size_t first_len = 0, second_len = 0;
    if (!punycode_label(label, first, &first_len))
        return;
    struct slice ascii = { first, first_len };
    FUZZ_CHECK(first_len <= sizeof(first));
    for (size_t i = 0; i < first_len; i++)
        FUZZ_CHECK(first[i] < 0x80 && !(first[i] >= 'A' && first[i] <= 'Z'));
    FUZZ_CHECK(punycode_label(ascii, second, &second_len));
    FUZZ_CHECK(slice_equal(ascii, (struct slice){ second, second_len }));
}

static void check_peername(const char *name)
{
    struct slice bytes = { (const uint8_t *)name, strlen(name) };
    uint8_t ip[16];
    size_t ip_len = 0;
    enum peername_kind kind = peername_classify(name, ip, &ip_len);
    FUZZ_CHECK(kind == peername_classify(name, NULL, NULL));
    FUZZ_CHECK(kind == PEERNAME_IP ? ip_len == 4 || ip_len == 16 : ip_len == 0);
    if (peername_is_dns(bytes, false))
        FUZZ_CHECK(kind == PEERNAME_DNS && peername_is_dns(bytes, true));
    if (bytes.len > 0 && bytes.data[bytes.len - 1] != '.' && kind == PEERNAME_DNS)
        FUZZ_CHECK(peername_is_dns(bytes, false));
}

static void check_mailbox_and_uri(struct slice text)
{
    struct slice local, host;
    if (mailbox_split(text, &local, &host)) {
        FUZZ_CHECK(fuzz_within(local, text) && fuzz_within(host, text));
        FUZZ_CHECK(local.len > 0 && peername_is_dns(host, false));
        FUZZ_CHECK(mailbox_local_equal(local, local));
    }
    if (uri_host(text, &host))
        FUZZ_CHECK(fuzz_within(host, text) && peername_is_dns(host, false));
    uri_is_absolute(text);
}

/* A name that was read is one, and written anew reads as the same. */
static void check_name(struct slice text)
{
    struct secret name, again;
    struct text written;
    if (name_parse(text, &name) != SECSOCK_OK)
        return;
    FUZZ_CHECK(x509_name_valid(secret_slice(&name)));
    text_begin(&written, NULL, 0);
    name_text(&written, secret_slice(&name));
    char *buffer = malloc(written.len + 1);
    FUZZ_CHECK(buffer != NULL);
    text_begin(&written, buffer, written.len + 1);
    name_text(&written, secret_slice(&name));
    FUZZ_CHECK(fuzz_is_line(buffer));
    FUZZ_CHECK(name_parse(text_slice(buffer), &again) == SECSOCK_OK);
    FUZZ_CHECK(x509_name_equal(secret_slice(&name), secret_slice(&again)));
    free(buffer);
    secret_free(&name);
    secret_free(&again);
}

/* The name of each line of the list is looked up in it. */
static void check_suffixes(struct slice text)
{
    struct suffix_list *list = NULL;
    int result = suffix_list_new(&list, text.data, text.len, (text.len & 1) != 0);
    FUZZ_CHECK(result == SECSOCK_OK || result == SECSOCK_E_FORMAT);
    FUZZ_CHECK((result == SECSOCK_OK) == (list != NULL));
    while (list != NULL && text.len > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        struct slice line = { text.data, end != NULL ? (size_t)(end - text.data) : text.len };
        size_t taken = end != NULL ? line.len + 1 : line.len;
        suffix_is_public(list, line);
        text = (struct slice){ text.data + taken, text.len - taken };
    }
    suffix_list_free(list);
}

static void check_text(struct slice bytes)
{
    char cut[16], whole[4096];
    struct text text, short_text;
    text_begin(&text, whole, sizeof(whole));
    text_add_bytes(&text, bytes);
    text_begin(&short_text, cut, sizeof(cut));
    text_add_bytes(&short_text, bytes);
    FUZZ_CHECK(fuzz_is_line(whole) && text.len == short_text.len);
    FUZZ_CHECK(strncmp(cut, whole, strlen(cut)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice bytes = { data, len };
    char *name = fuzz_string(bytes);
    check_label(bytes);
    check_peername(name);
    check_mailbox_and_uri(bytes);
    check_name(bytes);
    check_suffixes(bytes);
    check_text(bytes);
    free(name);
    return 0;
}
