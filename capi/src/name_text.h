/* Names out of certificates as text. */
#ifndef SECSOCK_SRC_NAME_TEXT_H
#define SECSOCK_SRC_NAME_TEXT_H

#include "text.h"
#include "x509.h"

/* A distinguished name as RFC 4514 writes it, the most specific part first. What is not printable
 * is escaped, so that the text is one line of valid UTF-8. */
void name_text(struct text *text, struct slice name);

/* The same for a sentence, cut short where it must be, with words for a name that is empty. Returns
 * the buffer. */
enum { NAME_TEXT_SIZE = 160 };
const char *name_in_words(struct slice name, char buffer[NAME_TEXT_SIZE]);

/* One attribute's value alone, as plain text in which a backslash and two hex digits stand for
 * each byte that is not printable, and for a backslash. */
void name_text_value(struct text *text, const struct x509_attribute *attribute);

/* A string of ASCII characters (IA5String), escaped likewise. */
void name_text_ascii(struct text *text, struct slice bytes);

#endif
