/* Examples of what validate() is given, described in a few words each. */
#ifndef SECSOCK_SPEC_EXAMPLE_H
#define SECSOCK_SPEC_EXAMPLE_H

#include "mint.h"
#include "validate.h"

enum { EXAMPLE_MOST = 8 };

struct example {
    const char *sentence;
    const struct mint *chain[EXAMPLE_MOST];
    const struct mint *anchors[EXAMPLE_MOST];
    const struct mint *extra;
    const struct mint *disallowed;
    const char *name; /* "a.example" unless said, "" for none */
    enum validate_purpose purpose;
    enum validate_profile profile;
    bool vetted;      /* the anchors are */
    bool forgives;    /* omissions */
    int depth;        /* how many intermediates are allowed, plus one; 0: no limit */
    const char *want; /* the problems, as example_problems() writes them */
    const char *path; /* the path, as example_path() writes it; NULL: of no account */
};

/* 2026-01-02 12:00:00 UTC, when examples are judged. */
extern const int64_t example_time;

struct input {
    struct validation validation;
    struct slice chain[EXAMPLE_MOST];
    secsock_store *anchors, *extra, *disallowed;
};

void example_open(const struct example *example, struct input *input);
void example_close(struct input *input);

/* A certificate as an object. */
secsock_cert *example_cert(const struct mint *description);
void example_add(secsock_store *store, const struct mint *description);

/* The first of a chain that ends with NULL, with its key and the others as its issuers. */
secsock_cert *example_identity(const struct mint *const *chain);

/* "expired@Leaf issuer_unknown@Inter": with common names, "-" for the peer as a whole, and once
 * each, however many rules are broken. */
void example_problems(const secsock_verdict *verdict, char *text, size_t size);

/* "Leaf Inter Root" */
void example_path(const secsock_verdict *verdict, char *text, size_t size);

/* Milliseconds that this process has worked for: a busy machine does not stretch them. */
double example_clock(void);

#endif
