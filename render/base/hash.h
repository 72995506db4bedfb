#ifndef RENDER_BASE_HASH_H
#define RENDER_BASE_HASH_H
/* Keys of results (XXH3-128) and checksums of files (SHA-256). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Key {
    uint64_t high, low;
} Key;

typedef char KeyText[33];    /* 32 hex digits */
typedef char Sha256Text[65]; /* 64 hex digits */

Key key_of_bytes(const void *bytes, size_t size_bytes);
Key key_of_text(const char *text);
bool key_equal(Key a, Key b);
int key_compare(Key a, Key b); /* for sorting: < 0, 0, > 0 */
bool key_is_zero(Key key);
void key_format(Key key, KeyText text);
/* The first 32 hex digits of text; false: they are not there. */
bool key_parse(const char *text, Key *key);

/* Running XXH3-128, for objects that are written in pieces. */
typedef struct KeyStream KeyStream;
KeyStream *key_stream_create(void);
void key_stream_update(KeyStream *stream, const void *bytes, size_t size_bytes);
Key key_stream_finish(KeyStream **stream); /* destroys it */

/* Running SHA-256 (OpenSSL). */
typedef struct Sha256 Sha256;
Sha256 *sha256_create(void);
void sha256_update(Sha256 *sha, const void *bytes, size_t size_bytes);
void sha256_finish(Sha256 **sha, Sha256Text text); /* destroys it; text may be NULL */

#endif
