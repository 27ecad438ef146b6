/*
 * A search in depth from the leaf up, done twice at most. The first time it follows only what is
 * without fault, so that it ends at the first path without problems. If there is none, the
 * second time it follows everything and keeps the path of which there is least to complain.
 *
 * The certificates are the nodes of a graph, and who may have issued whom its edges: found out
 * once for each certificate, and so is whether the signature is good.
 */
#include "path.h"

#include <stdlib.h>
#include <string.h>

enum {
    SIGNATURE_WORK = 128, /* signatures of an RSA-2048 or P-256 key; see signature_price() */
    STEP_WORK = 20000,    /* edges followed, in each of the two searches */
    STEPS_OF_A_PATH = 10  /* what judging a whole path counts for */
};

/* What weighs more than any number of lesser problems. */
enum { COST_NOT_ANCHORED = 10000, COST_BAD_SIGNATURE = 50 };

/* Of paths that lead nowhere the one that goes farthest says the most. */
enum { WORTH_OF_A_STEP = 20 };

struct node {
    const secsock_cert *cert;
    struct pubkey key;
    size_t key_owner;  /* the first node with this key: the same for all that have it */
    size_t entity;     /* and the first with this key and this name */
    unsigned problems; /* of its own, as an issuer */
    enum signature_result own_signature; /* with its own key */
    bool anchor;                         /* in the store of anchors */
    bool trusted;                        /* sent, with a key that is trusted */
    bool pinned;                         /* with a key that is asked for */
    bool judged;
    bool expanded;
    size_t edges; /* where those to its issuers begin, the most likely first */
    size_t edge_count;
};

struct edge {
    size_t issuer; /* a node */
    enum signature_result signature;
};

struct finder {
    const struct validation *in;
    struct revocation *revocation;
    struct node *nodes;
    size_t node_count;
    size_t node_room;
    size_t sent; /* the first so many nodes came from the peer */
    struct edge *edges;
    size_t edge_count;
    size_t edge_room;
    size_t signature_work;
    size_t step_work;
    size_t name_work;
    bool clean_only; /* the first search */
    bool exhausted;
    bool found;              /* a path without problems */
    size_t trail[PATH_MOST]; /* the nodes of `path` */
    struct path path;
    struct path best;
    unsigned best_cost;
    int result;
};

static void *make_room(void *array, size_t count, size_t *room, size_t size)
{
    size_t more = *room == 0 ? 4 : *room * 2;
    void *moved;
    if (count < *room)
        return array;
    moved = realloc(array, more * size);
    if (moved != NULL)
        *room = more;
    return moved;
}

static bool is_anchor(const struct node *node)
{
    return node->anchor || node->trusted;
}

static struct link link_to(const struct node *node)
{
    return (struct link){ .cert = node->cert,
                          .signature = SIGNATURE_UNCHECKED,
                          .pinned = node->pinned,
                          .faultless = node->judged && node->problems == 0 };
}

/* Compared once, here, so that following an edge costs the same whatever the names and keys. */
static void identify(const struct finder *finder, struct node *node, size_t index)
{
    const struct x509 *x509 = &node->cert->x509;
    node->key_owner = node->entity = index;
    for (size_t i = 0; i < index; i++) {
        const struct node *other = &finder->nodes[i];
        if (!slice_equal(other->cert->x509.spki, x509->spki))
            continue;
        if (node->key_owner == index)
            node->key_owner = i;
        if (other->entity == i && other->cert->x509.subject_hash == x509->subject_hash &&
            x509_name_equal(other->cert->x509.subject, x509->subject)) {
            node->entity = i;
            return;
        }
    }
}

/* The node of a certificate, made if there is none yet; an index, or node_count when memory is
 * short. Copies of one certificate are one node. */
static size_t node_of(struct finder *finder, const secsock_cert *cert)
{
    struct node *nodes;
    for (size_t i = 0; i < finder->node_count; i++) {
        if (slice_equal(finder->nodes[i].cert->x509.der, cert->x509.der))
            return i;
    }
    nodes = make_room(finder->nodes, finder->node_count, &finder->node_room, sizeof(*nodes));
    if (nodes == NULL) {
        finder->result = SECSOCK_E_MEMORY;
        return finder->node_count;
    }
    finder->nodes = nodes;
    nodes[finder->node_count] = (struct node){
        .cert = cert,
        .own_signature = SIGNATURE_UNCHECKED,
        .pinned = pin_list_holds(finder->in->required_pins, cert->x509.spki),
    };
    pubkey_read(&cert->x509, &nodes[finder->node_count].key);
    identify(finder, &nodes[finder->node_count], finder->node_count);
    return finder->node_count++;
}

static void add_edge(struct finder *finder, size_t issuer)
{
    struct edge *edges =
        make_room(finder->edges, finder->edge_count, &finder->edge_room, sizeof(*edges));
    if (edges == NULL) {
        finder->result = SECSOCK_E_MEMORY;
        return;
    }
    finder->edges = edges;
    edges[finder->edge_count++] = (struct edge){ issuer, SIGNATURE_UNCHECKED };
}

/* Whether the key identifiers say that this is not the issuer. They are hints and no proof. */
static bool key_ids_differ(const struct x509 *x509, const struct x509 *issuer)
{
    return x509->authority_key_id.data != NULL && issuer->subject_key_id.data != NULL &&
           !slice_equal(x509->authority_key_id, issuer->subject_key_id);
}

/* Puts the edges to issuers with another key identifier last, and leaves the order else. */
static void sort_edges(struct finder *finder, const struct node *node)
{
    size_t likely = 0;
    if (node->edge_count == 0)
        return;
    struct edge *edges = &finder->edges[node->edges];
    for (size_t i = 0; i < node->edge_count; i++) {
        struct edge edge = edges[i];
        if (key_ids_differ(&node->cert->x509, &finder->nodes[edge.issuer].cert->x509))
            continue;
        memmove(edges + likely + 1, edges + likely, (i - likely) * sizeof(edge));
        edges[likely++] = edge;
    }
}

static void add_from_store(struct finder *finder, const secsock_store *store,
                           const struct x509 *x509, bool anchors)
{
    const secsock_cert *cert;
    size_t cursor = 0;
    while (finder->result == SECSOCK_OK &&
           (cert = store_find_subject(store, x509->issuer, x509->issuer_hash, &cursor)) != NULL) {
        size_t node = node_of(finder, cert);
        if (node == finder->node_count)
            return;
        finder->nodes[node].anchor |= anchors;
        /* What is an anchor or was sent has an edge already. */
        if (anchors || (!finder->nodes[node].anchor && node >= finder->sent))
            add_edge(finder, node);
    }
}

/* Finds all that may have issued a certificate: anchors, then what was sent, then the extra. */
static void expand(struct finder *finder, size_t index)
{
    const struct x509 *x509 = &finder->nodes[index].cert->x509;
    size_t first = finder->edge_count;
    add_from_store(finder, finder->in->anchors, x509, true);
    for (size_t i = 0; i < finder->sent && finder->result == SECSOCK_OK; i++) {
        const struct node *candidate = &finder->nodes[i];
        if (i != index && !candidate->anchor &&
            candidate->cert->x509.subject_hash == x509->issuer_hash &&
            x509_name_equal(candidate->cert->x509.subject, x509->issuer))
            add_edge(finder, i);
    }
    add_from_store(finder, finder->in->extra, x509, false);
    finder->nodes[index].expanded = true;
    finder->nodes[index].edges = first;
    finder->nodes[index].edge_count = finder->edge_count - first;
    sort_edges(finder, &finder->nodes[index]);
}

/* The answer for another issuer with the same key: checked once, known for all. */
static enum signature_result known_signature(const struct finder *finder, const struct node *node,
                                             const struct node *issuer)
{
    for (size_t i = 0; i < node->edge_count; i++) {
        const struct edge *edge = &finder->edges[node->edges + i];
        if (edge->signature != SIGNATURE_UNCHECKED &&
            finder->nodes[edge->issuer].key_owner == issuer->key_owner)
            return edge->signature;
    }
    return SIGNATURE_UNCHECKED;
}

/* Checks the signature of a certificate with the key of another; SIGNATURE_UNCHECKED when that
 * cannot be afforded, which does not depend on whether it is known. */
static enum signature_result verify(struct finder *finder, const struct node *node,
                                    const struct node *issuer)
{
    size_t price = signature_price(&issuer->key);
    enum signature_result outcome;
    if (price > finder->signature_work) {
        finder->exhausted = true;
        return SIGNATURE_UNCHECKED;
    }
    finder->signature_work -= price;
    outcome =
        proving_verify(finder->in->proving, &node->cert->x509, &issuer->cert->x509, &issuer->key);
    if (outcome == SIGNATURE_NO_MEMORY)
        finder->result = SECSOCK_E_MEMORY;
    return outcome;
}

/* Makes sure that the signature of an edge is checked; false when that cannot be done. */
static bool check_edge(struct finder *finder, const struct node *node, struct edge *edge)
{
    const struct node *issuer = &finder->nodes[edge->issuer];
    if (edge->signature == SIGNATURE_UNCHECKED)
        edge->signature = known_signature(finder, node, issuer);
    if (edge->signature == SIGNATURE_UNCHECKED)
        edge->signature = verify(finder, node, issuer);
    return edge->signature != SIGNATURE_UNCHECKED && finder->result == SECSOCK_OK;
}

/* Whether a certificate is signed with its own key. */
static bool is_self_signed(struct finder *finder, struct node *node)
{
    if (!x509_is_self_issued(&node->cert->x509))
        return false;
    if (node->own_signature == SIGNATURE_UNCHECKED)
        node->own_signature = verify(finder, node, node);
    return node->own_signature == SIGNATURE_GOOD;
}

static unsigned own_problems(struct finder *finder, struct node *node)
{
    struct report report = { .cert = node->cert };
    if (!node->judged) {
        judge_cert(finder->in, &node->key, is_anchor(node) ? ROLE_ANCHOR : ROLE_CA, &report);
        node->problems = report.count;
        node->judged = true;
        if (report.result != SECSOCK_OK)
            finder->result = report.result;
    }
    return node->problems;
}

/* RFC 4158, section 5.2: the same name with the same key again is a loop. An anchor ends one. */
static bool is_loop(const struct finder *finder, size_t index)
{
    const struct node *node = &finder->nodes[index];
    for (size_t i = 0; i < finder->path.count; i++) {
        const struct node *other = &finder->nodes[finder->trail[i]];
        if (other == node)
            return true;
        if (i > 0 && !is_anchor(node) && other->entity == node->entity)
            return true;
    }
    return false;
}

static void keep(struct finder *finder, unsigned cost)
{
    bool shorter = finder->path.count < finder->best.count;
    if (cost < finder->best_cost || (cost == finder->best_cost && shorter)) {
        finder->best = finder->path;
        finder->best_cost = cost;
    }
}

/* The path has reached an anchor. `cost` is that of its certificates. */
static void finish(struct finder *finder, unsigned cost)
{
    struct report report = { .verdict = NULL };
    finder->step_work -= finder->step_work < STEPS_OF_A_PATH ? finder->step_work : STEPS_OF_A_PATH;
    finder->path.end = PATH_ANCHORED;
    judge_path(finder->in, &finder->path, &finder->name_work, &report);
    revocation_check(finder->revocation, &finder->path, &finder->name_work, &report);
    if (report.result != SECSOCK_OK)
        finder->result = report.result;
    keep(finder, cost + report.count);
    finder->found = cost + report.count == 0;
    finder->path.end = PATH_NOWHERE;
}

static void visit(struct finder *finder, unsigned cost);

/* Follows one edge from the end of the path, if its signature is good or if it is not. */
static void follow(struct finder *finder, size_t from, struct edge *edge, unsigned cost, bool good)
{
    struct node *issuer = &finder->nodes[edge->issuer];
    struct link *link = &finder->path.links[finder->path.count - 1];
    cost += own_problems(finder, issuer);
    if (is_loop(finder, edge->issuer) || (finder->clean_only && cost > 0))
        return;
    if (finder->path.count == PATH_MOST) {
        finder->exhausted = true;
        return;
    }
    if (!check_edge(finder, &finder->nodes[from], edge) ||
        (edge->signature == SIGNATURE_GOOD) != good)
        return;
    if (!good) {
        /* No issuer to complain about where it is known to be another. */
        if (key_ids_differ(&finder->nodes[from].cert->x509, &issuer->cert->x509) ||
            is_self_signed(finder, &finder->nodes[from]))
            return;
        cost += COST_BAD_SIGNATURE;
    }
    if (cost > finder->best_cost)
        return;
    link->signature = edge->signature;
    finder->trail[finder->path.count] = edge->issuer;
    finder->path.links[finder->path.count++] = link_to(issuer);
    if (is_anchor(issuer))
        finish(finder, cost);
    else
        visit(finder, cost);
    finder->path.count--;
}

static void follow_all(struct finder *finder, size_t index, unsigned cost, bool good)
{
    for (size_t i = 0; i < finder->nodes[index].edge_count && !finder->found; i++) {
        if (finder->result != SECSOCK_OK)
            return;
        if (finder->step_work == 0) {
            finder->exhausted = true;
            return;
        }
        finder->step_work--;
        /* By index: what is followed may add nodes and edges and so move them. */
        struct edge edge = finder->edges[finder->nodes[index].edges + i];
        follow(finder, index, &edge, cost, good);
        finder->edges[finder->nodes[index].edges + i] = edge;
    }
}

/* Goes on from the end of the path, whose certificates cost so much so far. Issuers who have not
 * signed come last: what can be afforded is not spent on them. */
static void visit(struct finder *finder, unsigned cost)
{
    size_t index = finder->trail[finder->path.count - 1];
    if (!finder->nodes[index].expanded)
        expand(finder, index);
    keep(finder, COST_NOT_ANCHORED + cost - WORTH_OF_A_STEP * (unsigned)finder->path.count);
    follow_all(finder, index, cost, true);
    if (!finder->clean_only)
        follow_all(finder, index, cost, false);
}

static void search(struct finder *finder, bool clean_only)
{
    finder->clean_only = clean_only;
    finder->step_work = STEP_WORK;
    finder->best_cost = (unsigned)-1;
    finder->path.count = 1;
    finder->path.end = PATH_NOWHERE;
    finder->path.links[0] = link_to(&finder->nodes[0]);
    finder->trail[0] = 0;
    visit(finder, 0);
}

/* Why the best path ends where it does. */
static enum path_end explain_end(struct finder *finder)
{
    const struct link *last = &finder->best.links[finder->best.count - 1];
    const struct node *node = &finder->nodes[node_of(finder, last->cert)];
    if (finder->best.end == PATH_ANCHORED)
        return PATH_ANCHORED;
    for (size_t i = 0; i < node->edge_count; i++) {
        if (finder->edges[node->edges + i].signature != SIGNATURE_BAD)
            return PATH_NOWHERE;
    }
    return node->edge_count > 0 ? PATH_WRONG_KEY : PATH_NO_ISSUER;
}

static void find(struct finder *finder, secsock_cert *const *chain, size_t count)
{
    for (size_t i = 0; i < count && finder->result == SECSOCK_OK; i++)
        node_of(finder, chain[i]);
    finder->sent = finder->node_count;
    if (finder->result != SECSOCK_OK)
        return;
    for (size_t i = 0; i < finder->sent; i++)
        finder->nodes[i].trusted =
            pin_list_holds(finder->in->trusted_pins, finder->nodes[i].cert->x509.spki);
    if (finder->nodes[0].trusted || judge_holds(finder->in->anchors, &chain[0]->x509)) {
        finder->best.links[0] = link_to(&finder->nodes[0]);
        finder->best.count = 1;
        finder->best.end = PATH_ANCHORED;
        return;
    }
    search(finder, true);
    bool exhausted = finder->exhausted;
    if (!finder->found && finder->result == SECSOCK_OK)
        search(finder, false);
    /* What the second search has left out counts where it has found no path that is signed. */
    exhausted |= finder->exhausted && finder->best_cost >= COST_BAD_SIGNATURE;
    finder->exhausted = exhausted && !finder->found;
    if (finder->result == SECSOCK_OK)
        finder->best.end = explain_end(finder);
}

int path_find(const struct validation *in, secsock_cert *const *chain, size_t count,
              struct revocation *revocation, size_t *name_work, struct path *out, bool *exhausted)
{
    struct finder finder = { .in = in,
                             .revocation = revocation,
                             .signature_work = SIGNATURE_WORK,
                             .name_work = *name_work };
    find(&finder, chain, count);
    *out = finder.best;
    *exhausted = finder.exhausted;
    *name_work = finder.name_work;
    free(finder.nodes);
    free(finder.edges);
    return finder.result;
}
