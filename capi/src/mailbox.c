#include "mailbox.h"

#include <string.h>

#include "peername.h"

static struct slice after(struct slice text, size_t count)
{
    return (struct slice){ text.data + count, text.len - count };
}

static bool is_atext(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c >= 0x80 || (c != 0 && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Atoms with single dots between them. */
static bool is_dot_string(struct slice text)
{
    bool at_start = true;
    for (size_t i = 0; i < text.len; i++) {
        bool dot = text.data[i] == '.';
        if (dot ? at_start : !is_atext(text.data[i]))
            return false;
        at_start = dot;
    }
    return !at_start;
}

/* How long the quoted string is that a text begins with; 0 when there is none. */
static size_t quoted_length(struct slice text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.data[i] == '"')
            return i + 1;
        if (text.data[i] == '\\' && ++i == text.len)
            return 0;
        if (text.data[i] < ' ' || text.data[i] == 0x7f)
            return 0;
    }
    return 0;
}

static size_t dot_string_length(struct slice text)
{
    const uint8_t *at = memchr(text.data, '@', text.len);
    struct slice local = { text.data, at != NULL ? (size_t)(at - text.data) : 0 };
    return is_dot_string(local) ? local.len : 0;
}

bool mailbox_split(struct slice mailbox, struct slice *local, struct slice *host)
{
    size_t len;
    if (mailbox.len == 0)
        return false;
    len = mailbox.data[0] == '"' ? quoted_length(mailbox) : dot_string_length(mailbox);
    if (len == 0 || len == mailbox.len || mailbox.data[len] != '@')
        return false;
    *local = (struct slice){ mailbox.data, len };
    *host = after(mailbox, len + 1);
    return peername_is_dns(*host, false);
}

/* The next octet that is meant, quotes and what else only quotes passed over; -1 at the end. */
static int next_meant(struct slice *local)
{
    while (local->len > 0 && local->data[0] == '"')
        *local = after(*local, 1);
    if (local->len > 1 && local->data[0] == '\\')
        *local = after(*local, 1);
    if (local->len == 0)
        return -1;
    *local = after(*local, 1);
    return local->data[-1];
}

bool mailbox_local_equal(struct slice a, struct slice b)
{
    int x, y;
    do {
        x = next_meant(&a);
        y = next_meant(&b);
    } while (x == y && x != -1);
    return x == y;
}
