/*
 * ChaCha20 by code of wider vectors than wolfCrypt's, from the same library as accelerator.h's. There
 * is no device of wolfCrypt's for this cipher: the linker puts functions of ours in the place of
 * wc_Chacha_SetKey() and wc_Chacha_Process() (--wrap), which do the same. They call wolfCrypt's own
 * for whatever is not worth the other code, and for all keys but those that are given to it.
 * Poly1305 stays wolfCrypt's: the library's loses a carry now and then (bench/README.md).
 */
#ifndef SECSOCK_SRC_ACCELERATOR_CHACHA_H
#define SECSOCK_SRC_ACCELERATOR_CHACHA_H

#include <stdbool.h>

/* So many bytes at once are worth it: the other code does eight blocks in the time in which
 * wolfCrypt does one. */
enum { ACCELERATOR_CHACHA_WORTH = 65 };

/* Whether it is there, of use on this CPU, and agrees with wolfCrypt. Thread-safe; only the first
 * call takes time. */
bool accelerator_chacha_available(void);

/* Whether the keys that this thread sets from now on are given to it: at first, they are not. */
void accelerator_chacha_take_keys(bool take);

/* The test of it against wolfCrypt; only on a CPU that can run it. */
bool accelerator_chacha_agrees(void);

#endif
