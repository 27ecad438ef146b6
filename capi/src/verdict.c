#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "civil.h"
#include "text.h"

struct finding {
    int problem;
    const char *section;      /* where the rule comes from; static */
    const secsock_cert *cert; /* held by one of the lists, or NULL: the peer as a whole */
    char *text;
};

struct secsock_verdict {
    atomic_uint refs;
    struct cert_list chain;
    struct cert_list path;
    struct finding *findings; /* in the order that the public header promises */
    size_t finding_count;
    size_t finding_room;
    struct verdict_revocation *revocations; /* as many as the path has, or NULL: all unknown */
    int64_t time;
    int name_result;
    bool named; /* somebody said who the peer should be: `peername` */
    bool resumed;
    bool anchored; /* the last certificate of the path is a trust anchor */
    char peername[];
};

secsock_verdict *verdict_new(const char *peername, int64_t time)
{
    const char *name = peername != NULL ? peername : "";
    secsock_verdict *verdict = calloc(1, sizeof(*verdict) + strlen(name) + 1);
    if (verdict == NULL)
        return NULL;
    atomic_init(&verdict->refs, 1);
    verdict->time = time;
    verdict->name_result = SECSOCK_NAME_UNCHECKED;
    verdict->named = peername != NULL;
    strcpy(verdict->peername, name);
    return verdict;
}

secsock_verdict *secsock_verdict_ref(const secsock_verdict *verdict)
{
    secsock_verdict *same = (secsock_verdict *)verdict; /* only the count changes */
    atomic_fetch_add_explicit(&same->refs, 1, memory_order_relaxed);
    return same;
}

void secsock_verdict_free(secsock_verdict *verdict)
{
    if (verdict == NULL || atomic_fetch_sub_explicit(&verdict->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < verdict->finding_count; i++)
        free(verdict->findings[i].text);
    free(verdict->findings);
    cert_list_clear(&verdict->chain);
    cert_list_clear(&verdict->path);
    free(verdict->revocations);
    free(verdict);
}

int verdict_add_chain(secsock_verdict *verdict, const secsock_cert *cert)
{
    return cert_list_add(&verdict->chain, cert);
}

const struct cert_list *verdict_chain(const secsock_verdict *verdict)
{
    return &verdict->chain;
}

int verdict_add_path(secsock_verdict *verdict, const secsock_cert *cert)
{
    return cert_list_add(&verdict->path, cert);
}

static size_t position(const struct cert_list *list, const secsock_cert *cert)
{
    size_t i = 0;
    while (i < list->count && list->certs[i] != cert)
        i++;
    return i;
}

/* Where the problems of a certificate stand: the peer's as a whole, the path's from the leaf on,
 * then those of what else was sent. */
static size_t rank(const secsock_verdict *verdict, const secsock_cert *cert)
{
    size_t in_path;
    if (cert == NULL)
        return 0;
    in_path = position(&verdict->path, cert);
    return 1 + in_path + (in_path == verdict->path.count ? position(&verdict->chain, cert) : 0);
}

static struct finding *find(const secsock_verdict *verdict, int problem, const char *section,
                            const secsock_cert *cert)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        struct finding *finding = &verdict->findings[i];
        if (finding->problem == problem && finding->cert == cert &&
            strcmp(finding->section, section) == 0)
            return finding;
    }
    return NULL;
}

static bool make_room(secsock_verdict *verdict)
{
    size_t room = verdict->finding_room == 0 ? 4 : verdict->finding_room * 2;
    struct finding *findings;
    if (verdict->finding_count < verdict->finding_room)
        return true;
    findings = realloc(verdict->findings, room * sizeof(findings[0]));
    if (findings == NULL)
        return false;
    verdict->findings = findings;
    verdict->finding_room = room;
    return true;
}

/* Behind those of its own rank. */
static void insert(secsock_verdict *verdict, struct finding finding)
{
    size_t own = rank(verdict, finding.cert);
    size_t i = verdict->finding_count++;
    while (i > 0 && rank(verdict, verdict->findings[i - 1].cert) > own) {
        verdict->findings[i] = verdict->findings[i - 1];
        i--;
    }
    verdict->findings[i] = finding;
}

static char *format_text(const char *format, va_list args)
{
    va_list again;
    char *text = NULL;
    int len;
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    if (len >= 0)
        text = malloc((size_t)len + 1);
    if (text != NULL) {
        vsnprintf(text, (size_t)len + 1, format, again);
        text_tidy(text); /* the peer's name may be anything, and names are cut to fit */
    }
    va_end(again);
    return text;
}

/* A problem that is there already, for one more reason. Takes `text` over. */
static int extend(struct finding *finding, char *text)
{
    size_t len = strlen(finding->text);
    char *longer;
    if (strstr(finding->text, text) != NULL) {
        free(text);
        return SECSOCK_OK;
    }
    longer = realloc(finding->text, len + strlen(text) + 3);
    if (longer != NULL) {
        sprintf(longer + len, "; %s", text);
        finding->text = longer;
    }
    free(text);
    return longer != NULL ? SECSOCK_OK : SECSOCK_E_MEMORY;
}

int verdict_add_list(secsock_verdict *verdict, int problem, const char *section,
                     const secsock_cert *cert, const char *format, va_list args)
{
    const char *rule = section != NULL ? section : secsock_problem_section(problem);
    struct finding *known = find(verdict, problem, rule, cert);
    char *text = format_text(format, args);
    if (text == NULL)
        return SECSOCK_E_MEMORY;
    if (known != NULL)
        return extend(known, text);
    if (!make_room(verdict)) {
        free(text);
        return SECSOCK_E_MEMORY;
    }
    insert(verdict, (struct finding){ problem, rule, cert, text });
    return SECSOCK_OK;
}

int verdict_add(secsock_verdict *verdict, int problem, const secsock_cert *cert, const char *format,
                ...)
{
    va_list args;
    int result;
    va_start(args, format);
    result = verdict_add_list(verdict, problem, NULL, cert, format, args);
    va_end(args);
    return result;
}

void verdict_set_name_result(secsock_verdict *verdict, int name_result)
{
    verdict->name_result = name_result;
}

void verdict_set_resumed(secsock_verdict *verdict, bool resumed)
{
    verdict->resumed = resumed;
}

int verdict_set_revocation(secsock_verdict *verdict, size_t index,
                           const struct verdict_revocation *revocation)
{
    if (verdict->revocations == NULL)
        verdict->revocations = calloc(verdict->path.count, sizeof(verdict->revocations[0]));
    if (verdict->revocations == NULL)
        return SECSOCK_E_MEMORY;
    verdict->revocations[index] = *revocation;
    return SECSOCK_OK;
}

void verdict_source_text(const struct verdict_revocation *revocation,
                         char text[VERDICT_SOURCE_SIZE])
{
    char day[CIVIL_TEXT_SIZE];
    civil_date_text(revocation->dated, day);
    snprintf(text, VERDICT_SOURCE_SIZE, "%s of %s%s",
             revocation->stapled ? "the response" : "a list", day,
             revocation->stapled ? " that came along" : "");
}

struct verdict_revocation verdict_revocation(const secsock_verdict *verdict, size_t index)
{
    if (verdict->revocations == NULL || index >= verdict->path.count)
        return (struct verdict_revocation){ .status = SECSOCK_STATUS_UNKNOWN };
    return verdict->revocations[index];
}

int secsock_verdict_revocation(const secsock_verdict *verdict, size_t index)
{
    return verdict_revocation(verdict, index).status;
}

void verdict_set_anchored(secsock_verdict *verdict, bool anchored)
{
    verdict->anchored = anchored;
}

bool verdict_is_anchored(const secsock_verdict *verdict)
{
    return verdict->anchored;
}

int secsock_verdict_ok(const secsock_verdict *verdict)
{
    return verdict->finding_count == 0;
}

size_t secsock_verdict_problem_count(const secsock_verdict *verdict)
{
    return verdict->finding_count;
}

int secsock_verdict_problem(const secsock_verdict *verdict, size_t index)
{
    return index < verdict->finding_count ? verdict->findings[index].problem : 0;
}

const secsock_cert *secsock_verdict_problem_cert(const secsock_verdict *verdict, size_t index)
{
    return index < verdict->finding_count ? verdict->findings[index].cert : NULL;
}

const char *secsock_verdict_problem_text(const secsock_verdict *verdict, size_t index)
{
    return index < verdict->finding_count ? verdict->findings[index].text : NULL;
}

const char *secsock_verdict_problem_section(const secsock_verdict *verdict, size_t index)
{
    return index < verdict->finding_count ? verdict->findings[index].section : NULL;
}

int secsock_verdict_problem_alert(const secsock_verdict *verdict, size_t index)
{
    enum { BAD_CERTIFICATE_STATUS_RESPONSE = 113 };
    if (index >= verdict->finding_count)
        return -1;
    if (strcmp(verdict->findings[index].section, VERDICT_STAPLE_SECTION) == 0)
        return BAD_CERTIFICATE_STATUS_RESPONSE;
    return secsock_problem_alert(verdict->findings[index].problem);
}

int secsock_verdict_has(const secsock_verdict *verdict, int problem)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].problem == problem)
            return 1;
    }
    return 0;
}

static const secsock_cert *cert_at(const struct cert_list *list, size_t index)
{
    return index < list->count ? list->certs[index] : NULL;
}

size_t secsock_verdict_chain_count(const secsock_verdict *verdict)
{
    return verdict->chain.count;
}

const secsock_cert *secsock_verdict_chain(const secsock_verdict *verdict, size_t index)
{
    return cert_at(&verdict->chain, index);
}

size_t secsock_verdict_path_count(const secsock_verdict *verdict)
{
    return verdict->path.count;
}

const secsock_cert *secsock_verdict_path(const secsock_verdict *verdict, size_t index)
{
    return cert_at(&verdict->path, index);
}

const char *secsock_verdict_peername(const secsock_verdict *verdict)
{
    return verdict->named ? verdict->peername : NULL;
}

int secsock_verdict_name_result(const secsock_verdict *verdict)
{
    return verdict->name_result;
}

int secsock_verdict_resumed(const secsock_verdict *verdict)
{
    return verdict->resumed;
}

int64_t secsock_verdict_time(const secsock_verdict *verdict)
{
    return verdict->time;
}
