/*
 * Instead of the tree of RFC 5280 only its lowest level is kept, as a set (compare RFC 9618,
 * section 3): whether that is empty is all that matters, and it cannot grow exponentially.
 */
#include "policy.h"

static const struct slice any_policy = SLICE_OF(0x55, 0x1d, 0x20, 0x00);

void policy_begin(struct policy_state *state, size_t length, size_t *work)
{
    int unlimited = (int)length + 1;
    *state = (struct policy_state){ .any = true,
                                    .explicit_policy = unlimited,
                                    .policy_mapping = unlimited,
                                    .inhibit_any_policy = unlimited,
                                    .work = work };
}

/* Pays for looking at one policy or mapping, and for what it is compared with. */
static bool spend(const struct policy_state *state)
{
    enum { PRICE = 1 + POLICY_MOST / 16 };
    bool enough = *state->work >= PRICE;
    *state->work = enough ? *state->work - PRICE : 0;
    return enough;
}

static bool contains(const struct slice *set, size_t count, struct slice oid)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(set[i], oid))
            return true;
    }
    return false;
}

struct policy_set {
    struct slice oids[POLICY_MOST];
    size_t count;
    bool overflow;
};

/* Sets are large: only what is in them is written. */
static void set_begin(struct policy_set *set)
{
    set->count = 0;
    set->overflow = false;
}

static void set_add(struct policy_set *set, struct slice oid)
{
    if (contains(set->oids, set->count, oid))
        return;
    if (set->count == POLICY_MOST)
        set->overflow = true;
    else
        set->oids[set->count++] = oid;
}

/* The policies that a certificate asserts; false at the end, or when the work does not suffice. */
static bool next_policy(const struct policy_state *state, struct slice *policies, struct slice *oid)
{
    struct slice information;
    return policies->len > 0 && spend(state) && der_take(policies, DER_SEQUENCE, &information) &&
           der_oid(&information, oid);
}

static bool next_mapping(const struct policy_state *state, struct slice *mappings,
                         struct slice *from, struct slice *to)
{
    struct slice mapping;
    return mappings->len > 0 && spend(state) && der_take(mappings, DER_SEQUENCE, &mapping) &&
           der_oid(&mapping, from) && der_oid(&mapping, to);
}

static struct slice content_of(struct slice value)
{
    struct slice content = { NULL, 0 };
    if (value.data != NULL && !der_take(&value, DER_SEQUENCE, &content))
        content = (struct slice){ NULL, 0 };
    return content;
}

/* Section 6.1.3 (d) and (e): what remains valid of what was expected. */
static void assert_policies(struct policy_state *state, const struct x509 *x509, bool any_allowed,
                            struct policy_set *out)
{
    struct slice policies = content_of(x509->policies);
    struct slice oid;
    bool any = false;
    while (next_policy(state, &policies, &oid)) {
        if (slice_equal(oid, any_policy))
            any = any_allowed;
        else if (state->any || contains(state->expected, state->count, oid))
            set_add(out, oid);
    }
    if (any) {
        for (size_t i = 0; i < state->count; i++)
            set_add(out, state->expected[i]);
    }
    state->any = state->any && any;
}

static bool is_mapped(const struct policy_state *state, const struct x509 *x509, struct slice oid)
{
    struct slice mappings = content_of(x509->policy_mappings);
    struct slice from, to;
    while (next_mapping(state, &mappings, &from, &to)) {
        if (slice_equal(from, oid))
            return true;
    }
    return false;
}

/* Section 6.1.4 (b): what the next certificate is to assert instead. */
static void map_policies(struct policy_state *state, const struct x509 *x509,
                         const struct policy_set *valid, struct policy_set *out)
{
    struct slice mappings = content_of(x509->policy_mappings);
    struct slice from, to;
    for (size_t i = 0; i < valid->count; i++) {
        if (!is_mapped(state, x509, valid->oids[i]))
            set_add(out, valid->oids[i]);
    }
    while (state->policy_mapping > 0 && next_mapping(state, &mappings, &from, &to)) {
        if (state->any || contains(valid->oids, valid->count, from))
            set_add(out, to);
    }
}

/* Section 6.1.4 (a) */
static bool maps_any(const struct policy_state *state, const struct x509 *x509)
{
    struct slice mappings = content_of(x509->policy_mappings);
    struct slice from, to;
    while (next_mapping(state, &mappings, &from, &to)) {
        if (slice_equal(from, any_policy) || slice_equal(to, any_policy))
            return true;
    }
    return false;
}

static void lower_to(int *counter, int limit)
{
    if (limit >= 0 && limit < *counter)
        *counter = limit;
}

static void count_down(int *counter)
{
    if (*counter > 0)
        --*counter;
}

/* Section 6.1.4 (h) to (j), and for the leaf 6.1.5 (a) and (b). */
static void advance(struct policy_state *state, const struct x509 *x509, bool last)
{
    if (last || !x509_is_self_issued(x509)) {
        count_down(&state->explicit_policy);
        count_down(&state->policy_mapping);
        count_down(&state->inhibit_any_policy);
    }
    if (!last || x509->require_explicit_policy == 0)
        lower_to(&state->explicit_policy, x509->require_explicit_policy);
    lower_to(&state->policy_mapping, x509->inhibit_policy_mapping);
    lower_to(&state->inhibit_any_policy, x509->inhibit_any_policy);
}

/* Sections 6.1.3 (f) and 6.1.5 (g). Where none is left there is none further down: said once. */
static void require_policy(struct policy_state *state, bool empty, const char *section,
                           struct report *report)
{
    if (state->explicit_policy > 0 || !empty || state->missed)
        return;
    state->missed = true;
    report_add(report, SECSOCK_PROBLEM_POLICY, section,
               "an explicit policy is required, and none holds for the whole path");
}

void policy_step(struct policy_state *state, const struct x509 *x509, bool last,
                 struct report *report)
{
    bool any_allowed = state->inhibit_any_policy > 0 || (!last && x509_is_self_issued(x509));
    struct policy_set valid, mapped;
    const struct policy_set *next = last ? &valid : &mapped;
    set_begin(&valid);
    set_begin(&mapped);
    assert_policies(state, x509, any_allowed, &valid);
    bool empty = valid.count == 0 && !state->any;
    require_policy(state, empty, "RFC 5280, 6.1.3", report);
    if (!last && maps_any(state, x509))
        report_add(report, SECSOCK_PROBLEM_POLICY, "RFC 5280, 6.1.4",
                   "it maps from or to anyPolicy");
    if (!last)
        map_policies(state, x509, &valid, &mapped);
    if (valid.overflow || mapped.overflow)
        report_add(report, SECSOCK_PROBLEM_POLICY, NULL, "it has more policies than are processed");
    if (*state->work == 0)
        report_add(report, SECSOCK_PROBLEM_TOO_COMPLEX, NULL,
                   "there are too many policies to compare");
    advance(state, x509, last);
    state->count = next->count;
    for (size_t i = 0; i < next->count; i++)
        state->expected[i] = next->oids[i];
    if (last)
        require_policy(state, empty, "RFC 5280, 6.1.5", report);
}
