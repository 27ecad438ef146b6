/* libFuzzer: any bytes as DER, element by element, and each content as everything it might be. */
#include <string.h>

#include "ber.h"
#include "civil.h"
#include "fuzz/fuzz.h"
#include "oid.h"

enum { DEPTH = 16, LONGEST_COMPARED = 64 };

/* What is an integer or a count has the one form that DER gives it. */
static void read_numbers(struct slice element)
{
    struct slice in = element, content;
    int count, same;
    if (!der_integer(&in, &content))
        return;
    FUZZ_CHECK(in.len == 0 && content.len > 0);
    in = element;
    if (der_count(&in, &count))
        FUZZ_CHECK(count >= 0 && der_count_content(content, &same) && same == count);
    else
        FUZZ_CHECK(content.data[0] >= 0x80);
}

static void read_strings(struct slice element)
{
    struct slice in = element, bits;
    unsigned unused;
    if (der_bit_string(&in, &bits, &unused))
        FUZZ_CHECK(unused < 8 && fuzz_within(bits, element) && (unused == 0 || bits.len > 0));
}

static void read_time(struct slice element)
{
    struct slice in = element;
    char text[CIVIL_TEXT_SIZE];
    int64_t seconds;
    uint8_t tag;
    if (!der_time(&in, &seconds, &tag))
        return;
    FUZZ_CHECK(tag == element.data[0]);
    civil_text(seconds, text);
    FUZZ_CHECK(fuzz_is_line(text));
}

static void read_oid(struct slice element)
{
    struct slice in = element, oid;
    char cut[8], whole[400];
    if (!der_oid(&in, &oid))
        return;
    size_t len = oid_text(oid, whole, sizeof(whole));
    FUZZ_CHECK(oid_text(oid, cut, sizeof(cut)) == len && oid_text(oid, NULL, 0) == len);
    FUZZ_CHECK(len > 0 && fuzz_is_line(whole) && fuzz_is_line(oid_name(oid)));
    if (len < LONGEST_COMPARED && strchr(whole, '?') == NULL)
        FUZZ_CHECK(oid_is(oid, whole));
}

/* There is but one way to write a header. */
static void check_header(uint8_t tag, struct slice content, struct slice whole)
{
    uint8_t *written = malloc(whole.len + 8);
    FUZZ_CHECK(written != NULL);
    size_t len = fuzz_element(written, tag, &content, 1);
    FUZZ_CHECK(slice_equal((struct slice){ written, len }, whole));
    free(written);
}

static void read_all(struct slice in, unsigned depth)
{
    bool well_formed = der_well_formed(in, depth);
    struct slice whole, content;
    uint8_t tag;
    while (in.len > 0) {
        struct slice before = in;
        if (!der_any(&in, &tag, &content, &whole)) {
            FUZZ_CHECK(!well_formed);
            return;
        }
        FUZZ_CHECK(fuzz_within(content, whole) && fuzz_within(whole, before));
        FUZZ_CHECK(whole.len + in.len == before.len && whole.data == before.data);
        check_header(tag, content, whole);
        read_numbers(whole);
        read_strings(whole);
        read_time(whole);
        read_oid(whole);
        if (depth > 0)
            read_all(content, depth - 1);
    }
}

/* What was made DER is DER, and there is no more to do about it. */
static void read_ber(struct slice in)
{
    struct secret first, second;
    if (ber_to_der(&first, in) != BER_OK)
        return;
    FUZZ_CHECK(first.len <= in.len && der_well_formed(secret_slice(&first), BER_MOST_DEPTH));
    FUZZ_CHECK(ber_to_der(&second, secret_slice(&first)) == BER_OK);
    FUZZ_CHECK(slice_equal(secret_slice(&first), secret_slice(&second)));
    secret_free(&first);
    secret_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    read_all((struct slice){ data, len }, DEPTH);
    read_ber((struct slice){ data, len });
    return 0;
}
