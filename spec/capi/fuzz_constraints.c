/*
 * libFuzzer: name constraints against names. The input is three elements: the value of an
 * issuer's nameConstraints, the value of a subjectAltName, and a subject; each is put into a
 * certificate around it.
 */
#include "constraints.h"
#include "fuzz/fuzz.h"

enum { LARGEST = 1 << 16 };

static const struct slice serial = SLICE_OF(DER_INTEGER, 1, 1);
static const struct slice version_3 = SLICE_OF(0xa0, 3, DER_INTEGER, 1, 2);
static const struct slice ed25519 = SLICE_OF(DER_SEQUENCE, 5, DER_OID, 3, 0x2b, 0x65, 0x70);
static const struct slice nobody = SLICE_OF(DER_SEQUENCE, 0);
static const struct slice bits = SLICE_OF(DER_BIT_STRING, 1, 0);
static const struct slice validity = SLICE_OF(
    DER_SEQUENCE, 30, DER_UTC_TIME, 13, '2', '0', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0',
    'Z', DER_UTC_TIME, 13, '4', '0', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z');
static const struct slice name_constraints = SLICE_OF(DER_OID, 3, 0x55, 0x1d, 30);
static const struct slice subject_alt_name = SLICE_OF(DER_OID, 3, 0x55, 0x1d, 17);

/* Writes an element behind what is in `room`, and takes that off its front. */
static struct slice put(struct slice *room, uint8_t tag, const struct slice *parts, size_t count)
{
    uint8_t *out = (uint8_t *)room->data;
    size_t len = fuzz_element(out, tag, parts, count);
    *room = (struct slice){ out + len, room->len - len };
    return (struct slice){ out, len };
}

/* A certificate of this subject with one extension; why it is none, or NULL. */
static const char *certify(struct x509 *out, struct slice *room, struct slice subject,
                           struct slice oid, struct slice value)
{
    struct slice octets = put(room, DER_OCTET_STRING, &value, 1);
    struct slice extension = put(room, DER_SEQUENCE, (struct slice[]){ oid, octets }, 2);
    struct slice list = put(room, DER_SEQUENCE, &extension, 1);
    struct slice extensions = put(room, DER_CONTEXT_CONSTRUCTED + 3, &list, 1);
    struct slice spki = put(room, DER_SEQUENCE, (struct slice[]){ ed25519, bits }, 2);
    struct slice parts[] = { version_3, serial,  ed25519, subject,
                             validity,  subject, spki,    extensions };
    struct slice tbs = put(room, DER_SEQUENCE, parts, sizeof(parts) / sizeof(parts[0]));
    struct slice whole = put(room, DER_SEQUENCE, (struct slice[]){ tbs, ed25519, bits }, 3);
    return x509_parse(out, whole);
}

static void compare(const struct x509 *issuer, const struct x509 *subject)
{
    enum { ENOUGH = 100000, LITTLE = 10 };
    struct x509_general_name name, again;
    size_t work = ENOUGH, same_work = ENOUGH, little = LITTLE;
    enum constraints_result result = constraints_check(issuer, subject, &work, &name);
    FUZZ_CHECK(constraints_check(issuer, subject, &same_work, &again) == result);
    FUZZ_CHECK(work == same_work && work <= ENOUGH);
    if (result != CONSTRAINTS_MET && result != CONSTRAINTS_TOO_COMPLEX)
        FUZZ_CHECK(fuzz_within(name.value, subject->der) && slice_equal(name.value, again.value));
    /* With less to spend the answer is the same, or that it did not suffice. */
    enum constraints_result cut = constraints_check(issuer, subject, &little, &again);
    FUZZ_CHECK(little <= LITTLE && (cut == result || cut == CONSTRAINTS_TOO_COMPLEX));
    if (ENOUGH - work <= LITTLE)
        FUZZ_CHECK(cut == result);
    FUZZ_CHECK(fuzz_is_line(constraints_flaw(issuer)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t memory[8 * LARGEST];
    struct slice in = { data, len }, room = { memory, sizeof(memory) };
    struct slice constraints, names, subject_name;
    struct x509 issuer, subject;
    if (len > LARGEST / 4 || !der_take_whole(&in, DER_SEQUENCE, &constraints) ||
        !der_take_whole(&in, DER_SEQUENCE, &names) ||
        !der_take_whole(&in, DER_SEQUENCE, &subject_name))
        return 0;
    if (certify(&issuer, &room, nobody, name_constraints, constraints) == NULL &&
        certify(&subject, &room, subject_name, subject_alt_name, names) == NULL)
        compare(&issuer, &subject);
    return 0;
}
