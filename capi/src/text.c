#include "text.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

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
