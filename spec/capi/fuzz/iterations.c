/*
 * Stands in for kdf_derive(), by the linker's --wrap: as many iterations as are allowed take
 * seconds, and no input is worth as much. What is asked for is paid for as without it, so that what
 * asks for too many is refused; then only a few are done.
 */
#include "fuzz.h"
#include "kdf.h"

enum { ENOUGH = 4 };

int __real_kdf_derive(const struct kdf *kdf, struct password *password, enum kdf_purpose purpose,
                      uint8_t *out, size_t len, secsock_error *error);
int __wrap_kdf_derive(const struct kdf *kdf, struct password *password, enum kdf_purpose purpose,
                      uint8_t *out, size_t len, secsock_error *error);

int __wrap_kdf_derive(const struct kdf *kdf, struct password *password, enum kdf_purpose purpose,
                      uint8_t *out, size_t len, secsock_error *error)
{
    struct kdf few = *kdf;
    FUZZ_CHECK(kdf->iterations > 0 && len > 0);
    int result = password_spend(password, kdf->iterations, error);
    if (few.iterations > ENOUGH)
        few.iterations = ENOUGH;
    return result == SECSOCK_OK ? __real_kdf_derive(&few, password, purpose, out, len, error)
                                : result;
}
