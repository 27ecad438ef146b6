/* A verdict as a tree that people read, from the anchor at its root to the leaf. */
#include <string.h>

#include "civil.h"
#include "text.h"
#include "utf8.h"
#include "verdict.h"

/* Text out of certificates, of which one line of UTF-8 is made whatever it holds. */
static void put_line(struct text *text, const char *line)
{
    struct slice rest = text_slice(line);
    while (rest.len > 0) {
        const uint8_t *at = rest.data;
        uint32_t c = utf8_next(&rest);
        if (c == UTF8_INVALID || c < ' ' || c == 0x7f)
            text_add(text, "\\%02x", *at);
        else
            text_add(text, "%.*s", (int)(rest.data - at), (const char *)at);
    }
}

static void put_subject(struct text *text, const secsock_cert *cert)
{
    const char *subject = secsock_cert_subject(cert);
    put_line(text, subject == NULL      ? "(out of memory)"
                   : subject[0] == '\0' ? "(no subject)"
                                        : subject);
}

static void put_findings(struct text *text, const secsock_verdict *verdict,
                         const secsock_cert *cert, const char *indent)
{
    for (size_t i = 0; i < secsock_verdict_problem_count(verdict); i++) {
        int problem = secsock_verdict_problem(verdict, i);
        if (secsock_verdict_problem_cert(verdict, i) != cert)
            continue;
        text_add(text, "%s! %s: ", indent, secsock_problem_name(problem));
        put_line(text, secsock_verdict_problem_text(verdict, i));
        text_add(text, " (%s)\n", secsock_verdict_problem_section(verdict, i));
    }
}

/* "EC P-256", "RSA 2048" */
static void put_key(struct text *text, const secsock_cert *cert)
{
    const char *type = secsock_cert_key_type(cert);
    const char *curve = secsock_cert_key_curve(cert);
    text_add(text, "%s", type != NULL ? type : "unknown");
    if (curve != NULL)
        text_add(text, " %s", curve);
    else if (type != NULL && strcmp(type, "RSA") == 0)
        text_add(text, " %d", secsock_cert_key_bits(cert));
}

static void put_names(struct text *text, const secsock_cert *cert, const char *indent)
{
    const char *name = secsock_cert_san(cert, 0, NULL);
    size_t i = 0;
    if (name == NULL)
        return;
    text_add(text, "%sfor ", indent);
    for (; name != NULL && i < 8; name = secsock_cert_san(cert, ++i, NULL)) {
        text_add(text, "%s", i > 0 ? ", " : "");
        put_line(text, name);
    }
    text_add(text, "%s\n", name != NULL ? ", and more" : "");
}

static void put_facts(struct text *text, const secsock_verdict *verdict, const secsock_cert *cert,
                      bool leaf, const char *indent)
{
    char from[CIVIL_TEXT_SIZE], to[CIVIL_TEXT_SIZE];
    civil_date_text(secsock_cert_not_before(cert), from);
    civil_date_text(secsock_cert_not_after(cert), to);
    text_add(text, "%svalid %s to %s, ", indent, from, to);
    put_key(text, cert);
    text_add(text, "\n");
    if (leaf)
        put_names(text, cert, indent);
    put_findings(text, verdict, cert, indent);
}

static void put_revocation(struct text *text, const secsock_verdict *verdict, size_t index,
                           const char *indent)
{
    struct verdict_revocation known = verdict_revocation(verdict, index);
    char source[VERDICT_SOURCE_SIZE];
    if (known.status != SECSOCK_STATUS_GOOD)
        return; /* what is wrong is told as a problem */
    verdict_source_text(&known, source);
    text_add(text, "%snot revoked, by %s\n", indent, source);
}

static void put_path(struct text *text, const secsock_verdict *verdict)
{
    enum { DEEPEST = 60 };
    size_t count = secsock_verdict_path_count(verdict);
    for (size_t i = count; i-- > 0;) {
        const secsock_cert *cert = secsock_verdict_path(verdict, i);
        size_t level = count - 1 - i;
        char indent[3 * DEEPEST + 16];
        int width = (int)(3 * (level < DEEPEST ? level : DEEPEST));
        text_add(text, "  %*s%s", level > 0 ? width - 3 : 0, "", level > 0 ? "└─ " : "");
        put_subject(text, cert);
        text_add(text, "%s\n", level == 0 && verdict_is_anchored(verdict) ? " (trust anchor)" : "");
        struct text line;
        text_begin(&line, indent, sizeof(indent));
        text_add(&line, "  %*s%s", width, "", i > 0 ? "│ " : "  ");
        put_facts(text, verdict, cert, i == 0, indent);
        put_revocation(text, verdict, i, indent);
    }
}

static bool is_in_path(const secsock_verdict *verdict, const secsock_cert *cert)
{
    size_t i = 0;
    while (i < secsock_verdict_path_count(verdict) && secsock_verdict_path(verdict, i) != cert)
        i++;
    return i < secsock_verdict_path_count(verdict);
}

static void put_others(struct text *text, const secsock_verdict *verdict)
{
    bool any = false;
    for (size_t i = 0; i < secsock_verdict_chain_count(verdict); i++) {
        const secsock_cert *cert = secsock_verdict_chain(verdict, i);
        if (is_in_path(verdict, cert))
            continue;
        text_add(text, "%s  ", any ? "" : "  also sent, and not used:\n");
        text_add(text, "- ");
        put_subject(text, cert);
        text_add(text, "\n");
        put_findings(text, verdict, cert, "    ");
        any = true;
    }
}

static void put_head(struct text *text, const secsock_verdict *verdict)
{
    size_t count = secsock_verdict_problem_count(verdict);
    const char *name = secsock_verdict_peername(verdict);
    char when[CIVIL_TEXT_SIZE];
    put_line(text, name != NULL ? name : "the peer");
    if (count == 0)
        text_add(text, " is trusted");
    else
        text_add(text, " is not trusted: %zu problem%s", count, count == 1 ? "" : "s");
    civil_text(secsock_verdict_time(verdict), when);
    text_add(text, " (%s%s)\n", when, secsock_verdict_resumed(verdict) ? ", resumed session" : "");
}

int secsock_verdict_explain(const secsock_verdict *verdict, char *buffer, size_t size)
{
    struct text text;
    text_begin(&text, buffer, size);
    put_head(&text, verdict);
    put_findings(&text, verdict, NULL, "  ");
    put_path(&text, verdict);
    put_others(&text, verdict);
    return (int)text.len;
}
