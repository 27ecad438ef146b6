/* Writing a PFX file: the certificates in an encrypted safe, the key in a bag of its own. */
#include "entropy.h"
#include "pkcs12_internal.h"
#include "pkcs8.h"

/* All that is drawn at random for one file. */
struct seeds {
    struct pbe_seed certs, key;
    uint8_t mac[PKCS12_MAC_SALT];
};

struct job {
    const secsock_cert *cert;
    int parts;
    const struct seeds *seeds;
    struct password password;
    secsock_error *error;
};

/* 1.2.840.113549.1.7.1 and .6, 1.2.840.113549.1.12.10.1.2 and .3, 1.2.840.113549.1.9.22.1,
 * 1.2.840.113549.1.9.20 and .21 */
static const struct slice data_oid = SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01);
static const struct slice encrypted_oid =
    SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06);
static const struct slice key_bag_oid =
    SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x02);
static const struct slice cert_bag_oid =
    SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x03);
static const struct slice x509_oid =
    SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01);
static const struct slice friendly_name_oid =
    SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x14);
static const struct slice local_key_id_oid =
    SLICE_OF(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15);

/* By which the key and its certificate are known to belong together; what Windows takes for the
 * first. */
static const struct slice local_key_id = SLICE_OF(0x01, 0x00, 0x00, 0x00);

static void write_attribute(struct der_writer *w, struct slice oid, uint8_t tag, struct slice value)
{
    size_t mark = w->len;
    der_write_element(w, tag, value);
    der_wrap(w, DER_SET, mark);
    der_write_element(w, DER_OID, oid);
    der_wrap(w, DER_SEQUENCE, mark);
}

/* Of the certificate, its key, or an issuer, which has no key here. */
static void write_attributes(struct der_writer *w, const secsock_cert *cert, bool has_key)
{
    enum { BMP_STRING = 0x1e };
    size_t mark = w->len;
    if (cert->friendly_name.data != NULL)
        write_attribute(w, friendly_name_oid, BMP_STRING, cert->friendly_name);
    if (has_key)
        write_attribute(w, local_key_id_oid, DER_OCTET_STRING, local_key_id);
    if (w->len > mark)
        der_wrap(w, DER_SET, mark);
}

static void write_cert_bag(struct der_writer *w, const secsock_cert *cert, bool has_key)
{
    size_t mark = w->len;
    write_attributes(w, cert, has_key);
    size_t value = w->len;
    der_write_element(w, DER_OCTET_STRING, cert->x509.der);
    der_wrap(w, DER_CONTEXT_CONSTRUCTED, value);
    der_write_element(w, DER_OID, x509_oid);
    der_wrap(w, DER_SEQUENCE, value);
    der_wrap(w, DER_CONTEXT_CONSTRUCTED, value);
    der_write_element(w, DER_OID, cert_bag_oid);
    der_wrap(w, DER_SEQUENCE, mark);
}

/* SafeContents; the certificate itself comes to stand first. */
static void write_certs(struct der_writer *w, const struct job *job)
{
    size_t mark = w->len;
    size_t issuers = (job->parts & SECSOCK_EXPORT_CHAIN) != 0 ? job->cert->chain_len : 0;
    while (issuers > 0)
        write_cert_bag(w, job->cert->chain[--issuers], false);
    write_cert_bag(w, job->cert, (job->parts & SECSOCK_EXPORT_KEY) != 0);
    der_wrap(w, DER_SEQUENCE, mark);
}

/* EncryptedData (RFC 2315, section 13) in its ContentInfo. */
static int write_cert_safe(struct der_writer *w, struct job *job)
{
    struct der_writer counter = { NULL, 0 };
    struct pbe pbe;
    size_t mark = w->len;
    pbe_choose(&pbe, &job->seeds->certs);
    write_certs(&counter, job);
    pbe_write_padding(w, counter.len);
    write_certs(w, job);
    int result = pbe_seal(&pbe, w, counter.len, &job->password, job->error);
    der_wrap(w, DER_CONTEXT, mark);
    pbe_write(w, &pbe);
    der_write_element(w, DER_OID, data_oid);
    der_wrap(w, DER_SEQUENCE, mark);
    der_write_integer(w, 0);
    der_wrap(w, DER_SEQUENCE, mark);
    der_wrap(w, DER_CONTEXT_CONSTRUCTED, mark);
    der_write_element(w, DER_OID, encrypted_oid);
    der_wrap(w, DER_SEQUENCE, mark);
    return result;
}

/* The ContentInfo of what was written since `mark`: content that is not encrypted as a whole. */
static void wrap_data(struct der_writer *w, size_t mark)
{
    der_wrap(w, DER_OCTET_STRING, mark);
    der_wrap(w, DER_CONTEXT_CONSTRUCTED, mark);
    der_write_element(w, DER_OID, data_oid);
    der_wrap(w, DER_SEQUENCE, mark);
}

static int write_key_safe(struct der_writer *w, struct job *job)
{
    size_t mark = w->len;
    write_attributes(w, job->cert, true);
    size_t value = w->len;
    int result = pkcs8_write_encrypted(w, job->cert, &job->seeds->key, &job->password, job->error);
    der_wrap(w, DER_CONTEXT_CONSTRUCTED, value);
    der_write_element(w, DER_OID, key_bag_oid);
    der_wrap(w, DER_SEQUENCE, mark);
    der_wrap(w, DER_SEQUENCE, mark);
    wrap_data(w, mark);
    return result;
}

/* AuthenticatedSafe. */
static int write_safes(struct der_writer *w, struct job *job)
{
    int result = SECSOCK_OK;
    size_t mark = w->len;
    if ((job->parts & SECSOCK_EXPORT_KEY) != 0)
        result = write_key_safe(w, job);
    if (result == SECSOCK_OK)
        result = write_cert_safe(w, job);
    der_wrap(w, DER_SEQUENCE, mark);
    return result;
}

/* The MAC stands last, and so would be written first: its place is left free until there is
 * something to protect. */
static int write_pfx(struct der_writer *w, struct job *job)
{
    struct der_writer mac = { NULL, 0 }, last = { w->end, 0 };
    int result = pkcs12_mac_write(&mac, (struct slice){ NULL, 0 }, job->seeds->mac, &job->password,
                                  job->error);
    w->len = mac.len;
    if (result == SECSOCK_OK)
        result = write_safes(w, job);
    if (result != SECSOCK_OK)
        return result;
    struct slice content = der_written(w);
    content.len -= mac.len;
    result = pkcs12_mac_write(&last, content, job->seeds->mac, &job->password, job->error);
    wrap_data(w, mac.len);
    der_write_integer(w, 3);
    der_wrap(w, DER_SEQUENCE, 0);
    return result;
}

size_t pkcs12_written_len(const secsock_cert *cert, int parts)
{
    static const struct seeds none;
    struct job job = { .cert = cert, .parts = parts, .seeds = &none };
    struct der_writer counter = { NULL, 0 };
    write_pfx(&counter, &job);
    return counter.len;
}

int pkcs12_write(struct secret *out, const secsock_cert *cert, int parts, const char *password,
                 secsock_error *error)
{
    struct seeds seeds;
    struct job job = { .cert = cert, .parts = parts, .seeds = &seeds, .error = error };
    *out = (struct secret){ NULL, 0 };
    int result = entropy_fill(&seeds, sizeof(seeds), error);
    if (result == SECSOCK_OK)
        result = password_begin(&job.password, password != NULL ? password : "", error);
    if (result != SECSOCK_OK)
        return result;
    if (!secret_new(out, pkcs12_written_len(cert, parts)))
        result = error_memory(error);
    if (result == SECSOCK_OK) {
        struct der_writer w = { out->data + out->len, 0 };
        result = write_pfx(&w, &job);
    }
    if (result != SECSOCK_OK)
        secret_free(out);
    password_end(&job.password);
    return result;
}
