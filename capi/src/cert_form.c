#include "cert_form.h"

/* Either is longer than 127 bytes, so its second octet is none of ASCII: no text begins so. The
 * lengths are left to the readers, which can say what is wrong with them. */
enum cert_form cert_form(struct slice bytes)
{
    if (bytes.len < 2 || bytes.data[0] != DER_SEQUENCE || bytes.data[1] < 0x80)
        return CERT_FORM_PEM;
    size_t header = 2 + (bytes.data[1] & 0x7fU);
    if (bytes.len > header && bytes.data[header] == DER_INTEGER)
        return CERT_FORM_PFX;
    return CERT_FORM_DER;
}
