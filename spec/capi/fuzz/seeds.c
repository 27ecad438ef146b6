/*
 * Writes seeds for the fuzz targets: certificates of every kind that can be minted, and what else
 * is made of them.
 *
 *     seeds FOLDER      writes FOLDER/TARGET/NAME
 */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "mint.h"
#include "x509.h"

enum { MOST = 8, LARGEST = 1 << 18 };

static const struct mint root = { .cn = "Root", .ca = true };
static const struct mint root_rsa = { .cn = "Root", .ca = true, .kind = MINT_RSA };
static const struct mint narrow = {
    .cn = "Root",
    .ca = true,
    .constraints = "+dns:example +ip:7f000000ff000000 +email:.example -dir:Bad -uri:.b.example"
};
static const struct mint inter = { .cn = "Inter", .by = &root, .ca = true, .number = 2 };
static const struct mint cross = { .cn = "Root", .by = &inter, .ca = true, .flaws = MINT_NO_AKI };
static const struct mint policies = {
    .cn = "Inter", .by = &root, .ca = true, .number = 2, .policies = "1 2 *", .explicit_policy = 1
};
static const struct mint short_path = {
    .cn = "Inter", .by = &root, .ca = true, .number = 2, .cas_below = 1
};
static const struct mint leaf = { .by = &inter, .number = 3, .policies = "1" };
static const struct mint many_names = {
    .by = &narrow,
    .number = 3,
    .san = "dns:a.example dns:*.b.example ip:7f000001 email:a@b.example "
           "uri:https://u@c.example:1/ dir:Dir other:06032a0304a0020500"
};
static const struct mint odd = { .cn = "* ,#\"+\\<>;",
                                 .by = &root,
                                 .number = 3,
                                 .flaws = MINT_PRINTABLE | MINT_GENERALIZED_TIME |
                                          MINT_SPELLED_DEFAULT | MINT_SERIAL_LONG };
static const struct mint poison = { .by = &root,
                                    .number = 3,
                                    .flaws = MINT_UNKNOWN_CRITICAL | MINT_CRITICAL_POISON };
static const struct mint p384 = { .cn = "Self", .kind = MINT_P384, .digest = MINT_SHA384 };
static const struct mint p521 = { .cn = "Self", .kind = MINT_P521, .digest = MINT_SHA512 };
static const struct mint ed25519 = { .cn = "Self", .kind = MINT_ED25519 };
static const struct mint ed448 = { .cn = "Self", .kind = MINT_ED448 };
static const struct mint pss = { .by = &root_rsa, .number = 3, .digest = MINT_PSS };
static const struct mint sha1 = { .by = &root_rsa, .number = 3, .digest = MINT_SHA1 };
static const struct mint version_1 = { .by = &root, .number = 3, .flaws = MINT_VERSION_1 };
static const struct mint explicit_curve = { .by = &root, .kind = MINT_EXPLICIT };

static const struct mint *const certificates[] = {
    &root, &root_rsa,   &narrow,    &inter,          &cross, &policies, &short_path,
    &leaf, &many_names, &odd,       &poison,         &p384,  &ed25519,  &ed448,
    &pss,  &sha1,       &version_1, &explicit_curve, &p521,
};

enum { CERTIFICATES = sizeof(certificates) / sizeof(certificates[0]) };

static const char *folder;

static void write_file(const char *target, size_t number, struct slice bytes)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s/minted-%02zu", folder, target, number);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes.data, 1, bytes.len, file) != bytes.len || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* ---------------------------------------------------------------------------------- validate */

struct scene {
    const struct mint *chain[MOST], *anchors[MOST], *extra[MOST], *disallowed[MOST];
    const char *name, *settings;
};

static const struct scene scenes[] = {
    { { &leaf, &inter }, { &root }, .name = "a.example", .settings = "\0\0\1" },
    { { &leaf, &inter }, { &root }, .name = "a.example", .settings = "\1\0\1" },
    { { &leaf, &inter, &cross, &root }, { &root_rsa }, .name = "b.example", .settings = "\4\0\1" },
    { { &leaf }, { &root }, { &inter, &cross }, .name = "a.example", .settings = "\4\0\1" },
    { { &leaf, &inter }, { &root }, { NULL }, { &inter }, "a.example", "\0\0\1" },
    { { &many_names }, { &narrow }, .name = "x.b.example", .settings = "\0\0\2" },
    { { &many_names, &p384 }, { &narrow }, .name = "127.0.0.1", .settings = "\3\0\1" },
    { { &leaf, &policies }, { &root }, .name = "a.example", .settings = "\0\0\7" },
    { { &leaf, &short_path }, { &root }, .name = "a.example", .settings = "\10\1\0" },
    { { &odd, &poison, &version_1 }, { &root }, .settings = "\0\0\1" },
    { { &ed25519, &ed448 }, { &ed448, &ed25519 }, .name = "a.example", .settings = "\0\0\1" },
    { { &pss }, { &root_rsa }, .name = "a.example", .settings = "\0\0\1" },
};

static uint8_t whole[LARGEST], part[LARGEST];

static size_t put_certificates(size_t at, unsigned number, const struct mint *const *descriptions)
{
    struct slice ders[MOST];
    size_t count = 0;
    for (; count < MOST && descriptions[count] != NULL; count++)
        ders[count] = mint(descriptions[count]);
    size_t len = fuzz_element(whole + at, (uint8_t)(DER_CONTEXT_CONSTRUCTED + number), ders, count);
    for (size_t i = 0; i < count; i++)
        free((void *)ders[i].data);
    return at + len;
}

static void write_scene(size_t number, const struct scene *scene)
{
    struct slice name = { (const uint8_t *)scene->name, 0 };
    struct slice settings = { (const uint8_t *)scene->settings, 3 };
    size_t at = put_certificates(0, 0, scene->chain);
    at = put_certificates(at, 1, scene->anchors);
    at = put_certificates(at, 2, scene->extra);
    at = put_certificates(at, 3, scene->disallowed);
    at += fuzz_element(whole + at, DER_OCTET_STRING, &settings, 1);
    if (scene->name != NULL) {
        name.len = strlen(scene->name);
        at += fuzz_element(whole + at, DER_IA5_STRING, &name, 1);
    }
    write_file("validate", number, (struct slice){ whole, at });
}

/* -------------------------------------------------------------------------------- constraints */

/* What stands in the certificates already, put together as fuzz_constraints.c wants it. */
static void write_constraints(size_t number, const struct mint *issuer, const struct mint *subject)
{
    struct slice issuer_der = mint(issuer), subject_der = mint(subject);
    struct x509 above, below;
    FUZZ_CHECK(x509_parse(&above, issuer_der) == NULL && x509_parse(&below, subject_der) == NULL);
    const struct slice parts[] = { above.name_constraints, below.san, below.subject };
    size_t len = 0;
    for (size_t i = 0; i < 3; i++) {
        memcpy(part + len, parts[i].data, parts[i].len);
        len += parts[i].len;
    }
    write_file("constraints", number, (struct slice){ part, len });
    free((void *)issuer_der.data);
    free((void *)subject_der.data);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds FOLDER\n");
        return 2;
    }
    folder = argv[1];
    for (size_t i = 0; i < CERTIFICATES; i++) {
        struct slice der = mint(certificates[i]);
        write_file("x509", i, der);
        write_file("der", i, der);
        free((void *)der.data);
    }
    for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
        write_scene(i, &scenes[i]);
    write_constraints(0, &narrow, &many_names);
    write_constraints(1, &narrow, &leaf);
    mint_end();
    return 0;
}
