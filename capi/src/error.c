/* Results, states and alerts by name, and the filling in of errors. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    int code;
    const char *name;
    const char *text;
} results[] = {
    { SECSOCK_OK, "SECSOCK_OK", "no error" },
    { SECSOCK_WANT_READ, "SECSOCK_WANT_READ", "call again when the transport is readable" },
    { SECSOCK_WANT_WRITE, "SECSOCK_WANT_WRITE", "call again when the transport is writable" },
    { SECSOCK_WANT_VERDICT, "SECSOCK_WANT_VERDICT",
      "call again when the validation hook has decided" },
    { SECSOCK_E_ARGUMENT, "SECSOCK_E_ARGUMENT", "an argument is missing or out of range" },
    { SECSOCK_E_STATE, "SECSOCK_E_STATE", "the call is not legal in this state" },
    { SECSOCK_E_MEMORY, "SECSOCK_E_MEMORY", "out of memory" },
    { SECSOCK_E_SYSTEM, "SECSOCK_E_SYSTEM", "a system call failed" },
    { SECSOCK_E_RESOLVE, "SECSOCK_E_RESOLVE", "the host name has no address" },
    { SECSOCK_E_TIMEOUT, "SECSOCK_E_TIMEOUT", "the deadline passed" },
    { SECSOCK_E_CLOSED, "SECSOCK_E_CLOSED", "the connection is closed" },
    { SECSOCK_E_RESET, "SECSOCK_E_RESET", "the peer broke the connection off" },
    { SECSOCK_E_TRUNCATED, "SECSOCK_E_TRUNCATED", "the TLS stream was cut short" },
    { SECSOCK_E_INJECTED, "SECSOCK_E_INJECTED", "plaintext arrived where only TLS may follow" },
    { SECSOCK_E_NO_PEERNAME, "SECSOCK_E_NO_PEERNAME",
      "a client needs a peer name or a validation hook" },
    { SECSOCK_E_REJECTED, "SECSOCK_E_REJECTED", "the peer's certificate was refused" },
    { SECSOCK_E_NO_CERTIFICATE, "SECSOCK_E_NO_CERTIFICATE",
      "the peer sent no certificate although it must" },
    { SECSOCK_E_ALERT, "SECSOCK_E_ALERT", "the peer sent a fatal alert" },
    { SECSOCK_E_NOT_TLS, "SECSOCK_E_NOT_TLS", "what the peer sent is not TLS" },
    { SECSOCK_E_VERSION, "SECSOCK_E_VERSION", "there is no TLS version in common" },
    { SECSOCK_E_PROTOCOL, "SECSOCK_E_PROTOCOL", "the peer broke the rules of TLS" },
    { SECSOCK_E_HANDSHAKE, "SECSOCK_E_HANDSHAKE",
      "there is no cipher suite, group or signature scheme in common" },
    { SECSOCK_E_FILE, "SECSOCK_E_FILE", "a file cannot be read or written" },
    { SECSOCK_E_FORMAT, "SECSOCK_E_FORMAT", "the data is not what it should be" },
    { SECSOCK_E_PASSWORD, "SECSOCK_E_PASSWORD",
      "the private key is encrypted and the password missing or wrong" },
    { SECSOCK_E_NO_KEY, "SECSOCK_E_NO_KEY", "the private key is missing" },
    { SECSOCK_E_KEY_MISMATCH, "SECSOCK_E_KEY_MISMATCH",
      "the private key does not belong to the certificate" },
    { SECSOCK_E_UNSUPPORTED, "SECSOCK_E_UNSUPPORTED", "this build cannot do that" },
    { SECSOCK_E_FROZEN, "SECSOCK_E_FROZEN",
      "the configuration is in use and can no longer change" },
    { SECSOCK_E_LIMIT, "SECSOCK_E_LIMIT", "a limit against hostile input was reached" },
    { SECSOCK_E_INTERNAL, "SECSOCK_E_INTERNAL", "a defect of secsock or wolfSSL" },
    { SECSOCK_E_NOT_EXPORTABLE, "SECSOCK_E_NOT_EXPORTABLE",
      "the private key may not leave its certificate" },
};

static const char *const states[] = {
    [SECSOCK_STATE_NEW] = "NEW",       [SECSOCK_STATE_LISTENING] = "LISTENING",
    [SECSOCK_STATE_PLAIN] = "PLAIN",   [SECSOCK_STATE_UPGRADING] = "UPGRADING",
    [SECSOCK_STATE_SECURE] = "SECURE", [SECSOCK_STATE_CLOSED] = "CLOSED",
    [SECSOCK_STATE_FAILED] = "FAILED",
};

/* RFC 8446, section 6, and those of RFC 5246, section 7.2, and RFC 6066, section 9, that it no
 * longer uses; without the suffix _RESERVED. */
static const char *const alerts[] = {
    [0] = "close_notify",
    [10] = "unexpected_message",
    [20] = "bad_record_mac",
    [21] = "decryption_failed",
    [22] = "record_overflow",
    [30] = "decompression_failure",
    [40] = "handshake_failure",
    [41] = "no_certificate",
    [42] = "bad_certificate",
    [43] = "unsupported_certificate",
    [44] = "certificate_revoked",
    [45] = "certificate_expired",
    [46] = "certificate_unknown",
    [47] = "illegal_parameter",
    [48] = "unknown_ca",
    [49] = "access_denied",
    [50] = "decode_error",
    [51] = "decrypt_error",
    [60] = "export_restriction",
    [70] = "protocol_version",
    [71] = "insufficient_security",
    [80] = "internal_error",
    [86] = "inappropriate_fallback",
    [90] = "user_canceled",
    [100] = "no_renegotiation",
    [109] = "missing_extension",
    [110] = "unsupported_extension",
    [111] = "certificate_unobtainable",
    [112] = "unrecognized_name",
    [113] = "bad_certificate_status_response",
    [114] = "bad_certificate_hash_value",
    [115] = "unknown_psk_identity",
    [116] = "certificate_required",
    [120] = "no_application_protocol",
};

/* Any count of zero or more is a success. */
static size_t result_index(int code)
{
    size_t i = 0;
    while (i < COUNT(results) && results[i].code != code && !(code > 0 && results[i].code == 0))
        i++;
    return i;
}

const char *secsock_result_name(int result)
{
    size_t i = result_index(result);
    return i < COUNT(results) ? results[i].name : "unknown";
}

const char *secsock_result_text(int result)
{
    size_t i = result_index(result);
    return i < COUNT(results) ? results[i].text : "unknown result";
}

static const char *named(const char *const *names, size_t count, int index)
{
    bool known = index >= 0 && (size_t)index < count && names[index] != NULL;
    return known ? names[index] : "unknown";
}

const char *secsock_state_name(int state)
{
    return named(states, COUNT(states), state);
}

const char *secsock_alert_name(int alert)
{
    return named(alerts, COUNT(alerts), alert);
}

/* Where a text of `len` bytes that was cut off there must end, so that no UTF-8 sequence is left
 * in pieces (RFC 3629, section 3). */
static size_t whole_characters(const char *text, size_t len)
{
    size_t start = len;
    while (start > 0 && len - start < 3 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return len;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return want > 1 && len - start + 1 < want ? start - 1 : len;
}

/* One line of whole characters. `wanted` is the length that the text would have had. */
static void tidy(secsock_error *error, int wanted)
{
    char *text = error->message;
    if (wanted >= (int)sizeof(error->message))
        text[whole_characters(text, sizeof(error->message) - 1)] = '\0';
    text_tidy(text);
}

static void fill(secsock_error *error, int code, int sys_errno, const char *format, va_list args)
{
    error->code = code;
    error->sys_errno = sys_errno;
    error->alert = -1;
    error->alert_received = 0;
    tidy(error, vsnprintf(error->message, sizeof(error->message), format, args));
}

int error_set(secsock_error *error, int code, const char *format, ...)
{
    if (error != NULL) {
        va_list args;
        va_start(args, format);
        fill(error, code, 0, format, args);
        va_end(args);
    }
    return code;
}

static int append_errno(secsock_error *error, int sys_errno)
{
    char buffer[128];
    const char *reason = strerror_r(sys_errno, buffer, sizeof(buffer)); /* as GNU defines it */
    size_t len = strlen(error->message);
    int added = snprintf(error->message + len, sizeof(error->message) - len, ": %s", reason);
    return (int)len + added;
}

int error_errno(secsock_error *error, int code, int sys_errno, const char *format, ...)
{
    if (error != NULL) {
        va_list args;
        va_start(args, format);
        fill(error, code, sys_errno, format, args);
        va_end(args);
        tidy(error, append_errno(error, sys_errno));
    }
    return code;
}

int error_prefix(secsock_error *error, int code, const char *where)
{
    if (error != NULL) {
        char message[sizeof(error->message)];
        memcpy(message, error->message, sizeof(message));
        tidy(error, snprintf(error->message, sizeof(error->message), "%s: %s", where, message));
    }
    return code;
}

int error_memory(secsock_error *error)
{
    return error_set(error, SECSOCK_E_MEMORY, "out of memory");
}
