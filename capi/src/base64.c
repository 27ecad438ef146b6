#include "base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What a character is worth, plus one; 0 for those outside of the alphabet. */
static const uint8_t values[256] = {
    // clang-format off
    ['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
    ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
    // clang-format on
};

size_t base64_decoded_room(size_t len)
{
    return len / 4 * 3 + 3;
}

size_t base64_encoded_len(size_t len, size_t width)
{
    size_t characters = (len + 2) / 3 * 4;
    return width == 0 ? characters : characters + (characters + width - 1) / width;
}

bool base64_is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether four digits stand together, as nearly all do; the bits of them. */
static bool is_group(const uint8_t *text, uint32_t *bits)
{
    uint32_t a = values[text[0]], b = values[text[1]], c = values[text[2]], d = values[text[3]];
    *bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
    return a != 0 && b != 0 && c != 0 && d != 0;
}

static size_t put_group(uint8_t *out, uint32_t bits)
{
    out[0] = (uint8_t)(bits >> 16);
    out[1] = (uint8_t)(bits >> 8);
    out[2] = (uint8_t)bits;
    return 3;
}

bool base64_decode(uint8_t *out, size_t *len, struct slice text)
{
    uint32_t bits = 0;
    size_t digits = 0, padding = 0, written = 0;
    for (size_t i = 0; i < text.len; i++) {
        while (digits % 4 == 0 && padding == 0 && text.len - i > 4 &&
               is_group(text.data + i, &bits)) {
            written += put_group(out + written, bits);
            i += 4;
        }
        uint8_t c = text.data[i];
        if (base64_is_blank(c))
            continue;
        bool pad = c == '=' && digits % 4 >= 2;
        if (pad ? ++padding > 2 : padding > 0 || values[c] == 0)
            return false;
        bits = bits << 6 | (pad ? 0 : values[c] - 1U);
        if (++digits % 4 == 0)
            written += put_group(out + written, bits);
    }
    uint32_t left_over = padding == 2 ? bits & 0xFFFF : padding == 1 ? bits & 0xFF : 0;
    *len = written - padding;
    return digits % 4 == 0 && left_over == 0;
}

void base64_encode(char *out, struct slice data, size_t width)
{
    size_t column = 0;
    for (size_t i = 0; i < data.len; i += 3) {
        size_t have = data.len - i < 3 ? data.len - i : 3;
        uint32_t bits = (uint32_t)data.data[i] << 16;
        bits |= have > 1 ? (uint32_t)data.data[i + 1] << 8 : 0;
        bits |= have > 2 ? data.data[i + 2] : 0;
        for (size_t digit = 0; digit < 4; digit++) {
            *out++ = digit <= have ? alphabet[bits >> (18 - 6 * digit) & 0x3F] : '=';
            if (++column == width || (width > 0 && digit == 3 && i + 3 >= data.len)) {
                *out++ = '\n';
                column = 0;
            }
        }
    }
}

void hex_encode(char *out, struct slice data)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < data.len; i++) {
        *out++ = digits[data.data[i] >> 4];
        *out++ = digits[data.data[i] & 0xF];
    }
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(uint8_t *out, struct slice text)
{
    for (size_t i = 0; i + 1 < text.len; i += 2) {
        int high = hex_value(text.data[i]), low = hex_value(text.data[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    return text.len % 2 == 0;
}
