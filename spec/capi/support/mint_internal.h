/* The parts of mint(): writing DER, keys. */
#ifndef SECSOCK_SPEC_MINT_INTERNAL_H
#define SECSOCK_SPEC_MINT_INTERNAL_H

#include "mint.h"

enum { MINT_LARGEST = 1 << 22 };

struct mint_out {
    size_t len;
    uint8_t bytes[MINT_LARGEST];
};

/* Ends the program, saying what failed, unless `good`. */
void mint_need(bool good, const char *what);

void mint_put(struct mint_out *out, const void *bytes, size_t len);
void mint_put_byte(struct mint_out *out, unsigned byte);

/* Puts a header in front of everything since `start`. */
void mint_wrap(struct mint_out *out, unsigned tag, size_t start);

void mint_put_element(struct mint_out *out, unsigned tag, const void *bytes, size_t len);
void mint_put_text(struct mint_out *out, unsigned tag, const char *text);

/* Hex digits, in pairs; spaces between them are passed over. */
void mint_put_hex(struct mint_out *out, const char *hex);
void mint_put_hex_part(struct mint_out *out, const char *hex, size_t len);

struct mint_key;

/* Parts of certificates that lists and responses have too. `flaws` is about their form. */
void mint_put_name(struct mint_out *out, const char *cn, unsigned flaws);
void mint_put_time(struct mint_out *out, const char *time, unsigned flaws);
void mint_put_general_name(struct mint_out *out, const char *word, size_t len);
void mint_put_serial(struct mint_out *out, const struct mint *description);
void mint_put_key_id(struct mint_out *out, struct mint_key *key, unsigned tag);
const char *mint_cn(const struct mint *description);

/* A DistributionPoint: "uri:http://a/,by:CN,why:0640" has a full name, a cRLIssuer and ReasonFlags
 * in hex; "rel:CN" is a name relative to the issuer's. And a DistributionPointName alone. */
void mint_put_point(struct mint_out *out, const char *word, size_t len);
void mint_put_point_name(struct mint_out *out, const char *word, size_t len);

/* Puts the algorithm and a signature behind what is to be signed, by the description's signer; and
 * wraps all that there is, for a copy of it that is to be freed. */
void mint_put_signature(struct mint_out *out, const struct mint *description);
struct slice mint_finish(struct mint_out *out, unsigned flaws);

/* The key of a description; made when it is asked for first. */
struct mint_key *mint_key_of(const struct mint *description);

void mint_put_spki(struct mint_out *out, struct mint_key *key);
void mint_put_key_bits(struct mint_out *out, struct mint_key *key);

/* The AlgorithmIdentifier of the signature, in hex; and one that it is not. */
const char *mint_algorithm(const struct mint *description, const struct mint_key *signer);
extern const char *const mint_other_algorithm;

/* Signs; returns the length of the signature. */
size_t mint_sign(const struct mint *description, struct mint_key *signer, struct slice data,
                 uint8_t *out, size_t size);

#endif
