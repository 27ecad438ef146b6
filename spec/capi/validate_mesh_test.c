/* Finding paths through meshes of CAs: whatever else is wrong in one, the verdict is good exactly
 * when some path is. What is good is worked out here once more, over every path there is. */
#include <stdlib.h>

#include "check.h"
#include "example.h"

enum { NAMES = 5, KEYS = 2, CAS = NAMES * KEYS, MOST = 20, MESHES = 300, FIRST_KEY = 200 };

/* What may be wrong with a CA certificate, or limit what it may issue. */
enum flaw {
    NOTHING_WRONG,
    EXPIRED,
    NO_CA,
    FOR_CLIENTS,
    BAD_SIGNATURE,
    WEAK_DIGEST,
    UNKNOWN_CRITICAL,
    STRANGE_ISSUER,
    EXCLUDES_LEAF,
    PERMITS_OTHERS,
    NO_CA_BELOW,
    ONE_CA_BELOW,
    FLAWS
};

/* A certificate of one of the CAs by one of the CAs; these are a name and a key each. */
struct edge {
    unsigned subject, issuer;
    enum flaw flaw;
    bool anchor;
    struct mint mint;
};

struct mesh {
    struct mint cas[CAS];
    struct edge edges[MOST];
    size_t count;
    unsigned leaf_issuer;
};

/* The numbers of a seed are the same everywhere (xorshift). */
static uint32_t seed;

static unsigned below(unsigned limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % limit;
}

static unsigned name_of(unsigned ca)
{
    return ca % NAMES;
}

/* -------------------------------------------------------------------------------- the mesh */

static void describe(struct mesh *mesh, struct edge *edge, unsigned variant)
{
    struct mint *mint = &edge->mint;
    *mint = mesh->cas[edge->subject];
    mint->by = &mesh->cas[edge->issuer];
    mint->variant = variant;
    switch (edge->flaw) {
    case EXPIRED:
        mint->to = "20250101000000Z";
        break;
    case NO_CA:
        mint->ca = false;
        mint->san = "";
        mint->eku = "";
        mint->usage = -1;
        break;
    case FOR_CLIENTS:
        mint->eku = "client";
        break;
    case BAD_SIGNATURE:
        mint->flaws = MINT_BAD_SIGNATURE;
        break;
    case WEAK_DIGEST:
        mint->digest = MINT_SHA1;
        break;
    case UNKNOWN_CRITICAL:
        mint->flaws = MINT_UNKNOWN_CRITICAL;
        break;
    case STRANGE_ISSUER:
        mint->flaws = MINT_STRANGE_AKI;
        break;
    case EXCLUDES_LEAF:
        mint->constraints = "-dns:example";
        break;
    case PERMITS_OTHERS:
        mint->constraints = "+dns:b.example";
        break;
    case NO_CA_BELOW:
    case ONE_CA_BELOW:
        mint->cas_below = edge->flaw == NO_CA_BELOW ? 1 : 2;
        break;
    case NOTHING_WRONG:
    case FLAWS:
        break;
    }
}

static void add_edge(struct mesh *mesh, unsigned subject, unsigned issuer, bool anchor)
{
    struct edge *edge = &mesh->edges[mesh->count];
    *edge = (struct edge){ .subject = subject, .issuer = issuer, .anchor = anchor };
    if (below(3) != 0)
        edge->flaw = (enum flaw)below(FLAWS);
    describe(mesh, edge, (unsigned)mesh->count++);
}

/* One or two anchors, most of them signed by themselves, and who certified whom at random. */
static void make_mesh(struct mesh *mesh)
{
    static const char *const names[NAMES] = { "A", "B", "C", "D", "E" };
    unsigned anchors = 1 + below(2), others = 4 + below(MOST - 6), used = 3 + below(CAS - 3);
    *mesh = (struct mesh){ .leaf_issuer = below(used) };
    for (unsigned i = 0; i < CAS; i++)
        mesh->cas[i] =
            (struct mint){ .cn = names[name_of(i)], .ca = true, .number = FIRST_KEY + i };
    for (unsigned i = 0; i < anchors; i++) {
        unsigned subject = below(used);
        add_edge(mesh, subject, below(4) != 0 ? subject : below(used), true);
    }
    for (unsigned i = 0; i < others; i++)
        add_edge(mesh, below(used), below(used), false);
}

/* -------------------------------------------------------------------------------- every path */

/* From the leaf's issuer up, by their places in mesh->edges. */
struct trail {
    size_t edges[MOST];
    size_t count;
};

static bool is_self_issued(const struct edge *edge)
{
    return name_of(edge->subject) == name_of(edge->issuer);
}

static bool has_fault(const struct edge *edge)
{
    switch (edge->flaw) {
    case EXPIRED:
    case NO_CA:
    case FOR_CLIENTS:
    case UNKNOWN_CRITICAL:
    case EXCLUDES_LEAF:
    case PERMITS_OTHERS:
        return true;
    case BAD_SIGNATURE:
    case WEAK_DIGEST:
        return !edge->anchor;
    case STRANGE_ISSUER: /* of no account, unless an anchor vouches for itself */
        return !edge->anchor || edge->subject == edge->issuer;
    default:
        return false;
    }
}

/* Whether no more CAs stand below each than it allows; self-issued ones are not counted. */
static bool is_short(const struct mesh *mesh, const struct trail *trail)
{
    size_t below_it = 0;
    for (size_t i = 0; i < trail->count; i++) {
        const struct edge *edge = &mesh->edges[trail->edges[i]];
        if ((edge->flaw == NO_CA_BELOW && below_it > 0) ||
            (edge->flaw == ONE_CA_BELOW && below_it > 1))
            return false;
        below_it += is_self_issued(edge) ? 0 : 1;
    }
    return true;
}

static bool is_used(const struct trail *trail, size_t edge)
{
    for (size_t i = 0; i < trail->count; i++) {
        if (trail->edges[i] == edge)
            return true;
    }
    return false;
}

/* Whether a good path leads on from what `issuer` has signed. */
static bool leads_on(const struct mesh *mesh, struct trail *trail, unsigned issuer)
{
    bool good = false;
    for (size_t i = 0; i < mesh->count && !good; i++) {
        const struct edge *edge = &mesh->edges[i];
        if (edge->subject != issuer || has_fault(edge) || is_used(trail, i))
            continue;
        trail->edges[trail->count++] = i;
        good = is_short(mesh, trail) && (edge->anchor || leads_on(mesh, trail, edge->issuer));
        trail->count--;
    }
    return good;
}

/* ------------------------------------------------------------------------------- the verdict */

struct offer {
    struct slice chain[MOST + 1];
    size_t count;
    secsock_store *anchors, *extra;
};

/* What is no anchor is sent, in no order, or known as an intermediate. */
static void make_offer(const struct mesh *mesh, struct offer *offer)
{
    const struct mint leaf = { .by = &mesh->cas[mesh->leaf_issuer], .number = 3 };
    *offer = (struct offer){ .anchors = secsock_store_new(), .extra = secsock_store_new() };
    offer->chain[offer->count++] = mint(&leaf);
    for (size_t i = 0; i < mesh->count; i++) {
        const struct edge *edge = &mesh->edges[i];
        size_t place = 1 + below((unsigned)offer->count);
        if (edge->anchor) {
            example_add(offer->anchors, &edge->mint);
        } else if (below(4) == 0) {
            example_add(offer->extra, &edge->mint);
        } else {
            offer->chain[offer->count] = offer->chain[place];
            offer->chain[place] = mint(&edge->mint);
            offer->count++;
        }
    }
}

static void end_offer(struct offer *offer)
{
    for (size_t i = 0; i < offer->count; i++)
        free((void *)offer->chain[i].data);
    secsock_store_free(offer->anchors);
    secsock_store_free(offer->extra);
}

static secsock_verdict *judge_offer(const struct offer *offer)
{
    const struct validation in = {
        .chain = offer->chain,
        .chain_len = offer->count,
        .anchors = offer->anchors,
        .extra = offer->extra,
        .peername = "a.example",
        .time = example_time,
        .purpose = PURPOSE_SERVER,
    };
    secsock_verdict *verdict = NULL;
    validate(&in, &verdict);
    return verdict;
}

/* Every mesh has a seed of its own, so that one can be tried again. */
static void try_mesh(uint32_t number, unsigned *good_ones)
{
    enum { SIZE = 800 };
    char problems[SIZE] = "no verdict";
    struct mesh mesh;
    struct offer offer;
    struct trail trail = { .count = 0 };
    seed = number * 0x9e3779b1u;
    make_mesh(&mesh);
    make_offer(&mesh, &offer);
    bool good = leads_on(&mesh, &trail, mesh.leaf_issuer);
    secsock_verdict *verdict = judge_offer(&offer);
    if (verdict != NULL)
        example_problems(verdict, problems, SIZE);
    if (!CHECK(verdict != NULL && secsock_verdict_ok(verdict) == good, "mesh %u %s good path",
               (unsigned)number, good ? "has a" : "has no"))
        printf("# but: %s\n", problems);
    *good_ones += good ? 1 : 0;
    secsock_verdict_free(verdict);
    end_offer(&offer);
}

int main(int argc, char **argv)
{
    unsigned good_ones = 0;
    if (argc > 1) {
        try_mesh((uint32_t)strtoul(argv[1], NULL, 10), &good_ones);
    } else {
        for (uint32_t i = 1; i <= MESHES; i += check_stride())
            try_mesh(i, &good_ones);
        CHECK(good_ones > 0, "%u of the meshes have a good path", good_ones);
    }
    mint_end();
    return check_done();
}
