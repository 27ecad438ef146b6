#include "text.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

void text_begin(struct text *text, char *buffer, size_t size)
{
    *text = (struct text){ buffer, size, 0 };
    if (size > 0)
        buffer[0] = '\0';
}

void text_add(struct text *text, const char *format, ...)
{
    bool room = text->len < text->size;
    va_list args;
    int len;
    va_start(args, format);
    len = vsnprintf(room ? text->buffer + text->len : NULL, room ? text->size - text->len : 0,
                    format, args);
    va_end(args);
    if (len > 0)
        text->len += (size_t)len;
}

void text_add_bytes(struct text *text, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned c = bytes.data[i];
        if (c > ' ' && c < 0x7f && c != '\\')
            text_add(text, "%c", (int)c);
        else
            text_add(text, "\\%02x", c);
    }
}

void text_add_ip(struct text *text, struct slice bytes)
{
    char address[INET6_ADDRSTRLEN];
    int family = bytes.len == 4 ? AF_INET : AF_INET6;
    if ((bytes.len == 4 || bytes.len == 16) &&
        inet_ntop(family, bytes.data, address, sizeof(address)) != NULL)
        text_add(text, "%s", address);
    else
        text_add_bytes(text, bytes);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

bool text_same(struct slice a, struct slice b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && lower(a.data[i]) == lower(b.data[i]))
        i++;
    return i == a.len && i == b.len;
}

bool text_contains(struct slice text, struct slice part)
{
    for (; text.len >= part.len; text.data++, text.len--) {
        if (text_same((struct slice){ text.data, part.len }, part))
            return true;
        if (text.len == 0)
            break;
    }
    return false;
}

struct slice text_slice(const char *string)
{
    return (struct slice){ (const uint8_t *)string, strlen(string) };
}

void text_tidy(char *string)
{
    struct slice rest = text_slice(string);
    while (rest.len > 0) {
        char *at = string + (rest.data - (const uint8_t *)string);
        uint32_t c = utf8_next(&rest);
        if (c == UTF8_INVALID || c < ' ' || c == 0x7f)
            *at = '?';
    }
}

bool text_is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == 0 || text.data[i] >= 0x80)
            return false;
    }
    return true;
}
