#include "uri.h"

#include <string.h>

#include "peername.h"

static struct slice after(struct slice text, size_t count)
{
    return (struct slice){ text.data + count, text.len - count };
}

static bool is_letter(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_scheme_char(uint8_t c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* Takes the scheme and its colon off the front. */
static bool skip_scheme(struct slice *uri)
{
    size_t len = 0;
    while (len < uri->len && is_scheme_char(uri->data[len]))
        len++;
    if (len == 0 || len == uri->len || uri->data[len] != ':' || !is_letter(uri->data[0]))
        return false;
    *uri = after(*uri, len + 1);
    return true;
}

bool uri_is_absolute(struct slice uri)
{
    return skip_scheme(&uri) && uri.len > 0;
}

bool uri_host(struct slice uri, struct slice *host)
{
    if (!skip_scheme(&uri) || uri.len < 2 || memcmp(uri.data, "//", 2) != 0)
        return false;
    *host = after(uri, 2);
    for (size_t i = 0; i < host->len; i++) {
        if (host->data[i] == '/' || host->data[i] == '?' || host->data[i] == '#')
            host->len = i;
    }
    const uint8_t *at = host->len > 0 ? memchr(host->data, '@', host->len) : NULL;
    if (at != NULL)
        *host = after(*host, (size_t)(at - host->data) + 1);
    const uint8_t *colon = host->len > 0 ? memchr(host->data, ':', host->len) : NULL;
    if (colon != NULL)
        host->len = (size_t)(colon - host->data);
    return peername_is_dns(*host, false);
}
