/* Certificate policies along a path (RFC 5280, section 6.1), any of which will do. */
#include "example_run.h"

/* policyMappings from 1.2.3.1 to 1.2.3.2, from and to anyPolicy. */
#define MAPS_1_TO_2   "3015 0603551d21 040e 300c 300a 06032a0301 06032a0302"
#define MAPS_ANY_TO_2 "3016 0603551d21 040f 300d 300b 0604551d2000 06032a0302"
#define MAPS_1_TO_ANY "3016 0603551d21 040f 300d 300b 06032a0301 0604551d2000"
/* Critical, with SkipCerts. */
#define INHIBIT_ANY(skip)     "300d 0603551d36 0101ff 0403 0201" skip
#define INHIBIT_MAPPING(skip) "300f 0603551d24 0101ff 0405 3003 8101" skip
#define REQUIRE_POLICY(skip)  "300f 0603551d24 0101ff 0405 3003 8001" skip

static const struct mint root = MINT(.cn = "Root", .ca = true);
static const struct mint upper = MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2,
                                      .policies = "1", .explicit_policy = 1);
static const struct mint upper_any = MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2,
                                          .policies = "*", .explicit_policy = 1);
static const struct mint upper_maps =
    MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2, .policies = "1 3",
         .explicit_policy = 1, .extensions = MAPS_1_TO_2);
static const struct mint upper_any_maps =
    MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2, .policies = "*", .explicit_policy = 1,
         .extensions = MAPS_1_TO_2);
static const struct mint upper_maps_any = MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2,
                                               .policies = "1", .extensions = MAPS_ANY_TO_2);
static const struct mint upper_maps_to_any =
    MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2, .policies = "1",
         .extensions = MAPS_1_TO_ANY);
static const struct mint upper_inhibits_any =
    MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2, .policies = "1", .explicit_policy = 1,
         .extensions = INHIBIT_ANY("00"));
static const struct mint upper_inhibits_later =
    MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2, .policies = "1", .explicit_policy = 1,
         .extensions = INHIBIT_ANY("01"));
static const struct mint upper_inhibits_mapping =
    MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2, .policies = "1",
         .extensions = INHIBIT_MAPPING("00"));
static const struct mint upper_requires_soon =
    MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2, .extensions = REQUIRE_POLICY("01"));
static const struct mint upper_requires_late =
    MINT(.cn = "Upper", .by = &root, .ca = true, .number = 2, .extensions = REQUIRE_POLICY("03"));

#define LOWER(...) MINT(.cn = "Lower", .ca = true, .number = 4, __VA_ARGS__)
static const struct mint lower_any = LOWER(.by = &upper_inhibits_any, .policies = "*");
static const struct mint lower_any_later = LOWER(.by = &upper_inhibits_later, .policies = "*");
static const struct mint again_any =
    MINT(.cn = "Upper", .by = &upper_inhibits_any, .ca = true, .number = 4, .policies = "*");
static const struct mint lower_maps =
    LOWER(.by = &upper_inhibits_mapping, .policies = "1", .extensions = MAPS_1_TO_2);
static const struct mint lower_soon = LOWER(.by = &upper_requires_soon);
static const struct mint lower_late = LOWER(.by = &upper_requires_late);
static const struct mint again_soon =
    MINT(.cn = "Upper", .by = &upper_requires_soon, .ca = true, .number = 4);
static const struct mint lower_other = LOWER(.by = &upper, .policies = "2");

static const struct mint third_maps_any =
    MINT(.cn = "Third", .by = &lower_other, .ca = true, .number = 5, .extensions = MAPS_ANY_TO_2);

static const struct example examples[] = {
    { "what is wrong further down is said, also where no policy is left",
      CHAIN(LEAF(.by = &third_maps_any, .policies = "1"), &third_maps_any, &lower_other, &upper),
      ANCHORS(&root), SERVER, .want = "policy@Third policy@Lower" },
    { "a policy that all assert", CHAIN(LEAF(.by = &upper, .policies = "1"), &upper),
      ANCHORS(&root), SERVER, .want = "" },
    { "the leaf may assert any", CHAIN(LEAF(.by = &upper, .policies = "*"), &upper), ANCHORS(&root),
      SERVER, .want = "" },
    { "the CA too", CHAIN(LEAF(.by = &upper_any, .policies = "2"), &upper_any), ANCHORS(&root),
      SERVER, .want = "" },
    { "what an intermediate does not assert is lost",
      CHAIN(LEAF(.by = &lower_other, .policies = "1"), &lower_other, &upper), ANCHORS(&root),
      SERVER, .want = "policy@Lower" },
    { "a policy that is mapped", CHAIN(LEAF(.by = &upper_maps, .policies = "2"), &upper_maps),
      ANCHORS(&root), SERVER, .want = "" },
    { "is not asserted by its old name",
      CHAIN(LEAF(.by = &upper_maps, .policies = "1"), &upper_maps), ANCHORS(&root), SERVER,
      .want = "policy@Leaf" },
    { "others go unmapped", CHAIN(LEAF(.by = &upper_maps, .policies = "3"), &upper_maps),
      ANCHORS(&root), SERVER, .want = "" },
    { "one that any stood for is mapped",
      CHAIN(LEAF(.by = &upper_any_maps, .policies = "2"), &upper_any_maps), ANCHORS(&root), SERVER,
      .want = "" },
    { "anyPolicy is not mapped", CHAIN(LEAF(.by = &upper_maps_any), &upper_maps_any),
      ANCHORS(&root), SERVER, .want = "policy@Upper" },
    { "nor mapped to", CHAIN(LEAF(.by = &upper_maps_to_any), &upper_maps_to_any), ANCHORS(&root),
      SERVER, .want = "policy@Upper" },
    { "a mapping that is inhibited is none",
      CHAIN(LEAF(.by = &lower_maps, .policies = "2", .extensions = REQUIRE_POLICY("00")),
            &lower_maps, &upper_inhibits_mapping),
      ANCHORS(&root), SERVER, .want = "policy@Leaf" },
    { "and takes its policy along",
      CHAIN(LEAF(.by = &lower_maps, .policies = "1", .extensions = REQUIRE_POLICY("00")),
            &lower_maps, &upper_inhibits_mapping),
      ANCHORS(&root), SERVER, .want = "policy@Leaf" },
    { "any is inhibited at once",
      CHAIN(LEAF(.by = &upper_inhibits_any, .policies = "*"), &upper_inhibits_any), ANCHORS(&root),
      SERVER, .want = "policy@Leaf" },
    { "and for a CA below",
      CHAIN(LEAF(.by = &lower_any, .policies = "1"), &lower_any, &upper_inhibits_any),
      ANCHORS(&root), SERVER, .want = "policy@Lower" },
    { "but not for a self-issued one",
      CHAIN(LEAF(.by = &again_any, .policies = "1"), &again_any, &upper_inhibits_any),
      ANCHORS(&root), SERVER, .want = "" },
    { "later it still stands",
      CHAIN(LEAF(.by = &lower_any_later, .policies = "1"), &lower_any_later, &upper_inhibits_later),
      ANCHORS(&root), SERVER, .want = "" },
    { "and then no more",
      CHAIN(LEAF(.by = &lower_any_later, .policies = "*"), &lower_any_later, &upper_inhibits_later),
      ANCHORS(&root), SERVER, .want = "policy@Leaf" },
    { "a policy is required one certificate on",
      CHAIN(LEAF(.by = &lower_soon), &lower_soon, &upper_requires_soon), ANCHORS(&root), SERVER,
      .want = "policy@Leaf" },
    { "self-issued ones do not count, but the leaf does",
      CHAIN(LEAF(.by = &again_soon), &again_soon, &upper_requires_soon), ANCHORS(&root), SERVER,
      .want = "policy@Leaf" },
    { "behind the end of the path it is not",
      CHAIN(LEAF(.by = &lower_late), &lower_late, &upper_requires_late), ANCHORS(&root), SERVER,
      .want = "" },
    { "the leaf may require one itself",
      CHAIN(LEAF(.by = &root, .extensions = REQUIRE_POLICY("00"))), ANCHORS(&root), SERVER,
      .want = "policy@Leaf" },
    { "and have it", CHAIN(LEAF(.by = &root, .policies = "1", .extensions = REQUIRE_POLICY("00"))),
      ANCHORS(&root), SERVER, .want = "" },
};

int main(void)
{
    EXAMPLES(examples);
    mint_end();
    return check_done();
}
