/* Keys of results (XXH3-128) and checksums of files (SHA-256). */
#include "render/base/hash.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#ifndef XXHASH_HEADER /* the build names the one that chooses by CPU */
#define XXHASH_HEADER <xxhash.h>
#endif
#include XXHASH_HEADER

static Key key_from_xxh(XXH128_hash_t hash) {
    return (Key){.high = hash.high64, .low = hash.low64};
}

Key key_of_bytes(const void *bytes, size_t size_bytes) {
    return key_from_xxh(XXH3_128bits(bytes, size_bytes));
}

Key key_of_text(const char *text) {
    return key_of_bytes(text, strlen(text));
}

int key_compare(Key a, Key b) {
    if (a.high != b.high) {
        return a.high < b.high ? -1 : 1;
    }
    return (a.low > b.low) - (a.low < b.low);
}

bool key_equal(Key a, Key b) {
    return a.high == b.high && a.low == b.low;
}

bool key_is_zero(Key key) {
    return key.high == 0 && key.low == 0;
}

void key_format(Key key, KeyText text) {
    snprintf(text, sizeof(KeyText), "%016" PRIx64 "%016" PRIx64, key.high, key.low);
}

bool key_parse(const char *text, Key *key) {
    enum { DIGIT_COUNT = sizeof(KeyText) - 1, BITS_PER_DIGIT = 4 };
    static const char digits[] = "0123456789abcdef";
    uint64_t halves[2] = {0, 0};
    for (int index = 0; index < DIGIT_COUNT; index++) {
        const char *found = text[index] ? strchr(digits, text[index]) : NULL;
        if (!found) {
            return false;
        }
        uint64_t *half = &halves[index / (DIGIT_COUNT / 2)];
        *half = *half << BITS_PER_DIGIT | (uint64_t)(found - digits);
    }
    *key = (Key){.high = halves[0], .low = halves[1]};
    return true;
}

/* Both streams are thin: the handle is the library's own state. */
KeyStream *key_stream_create(void) {
    XXH3_state_t *state = XXH3_createState();
    if (state) {
        XXH3_128bits_reset(state);
    }
    return (KeyStream *)state;
}

void key_stream_update(KeyStream *stream, const void *bytes, size_t size_bytes) {
    XXH3_128bits_update((XXH3_state_t *)stream, bytes, size_bytes);
}

Key key_stream_finish(KeyStream **stream) {
    const Key key = key_from_xxh(XXH3_128bits_digest((XXH3_state_t *)*stream));
    XXH3_freeState((XXH3_state_t *)*stream);
    *stream = NULL;
    return key;
}

Sha256 *sha256_create(void) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context) {
        EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    }
    return (Sha256 *)context;
}

void sha256_update(Sha256 *sha, const void *bytes, size_t size_bytes) {
    EVP_DigestUpdate((EVP_MD_CTX *)sha, bytes, size_bytes);
}

void sha256_finish(Sha256 **sha, Sha256Text text) {
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    unsigned int size = 0;
    EVP_DigestFinal_ex((EVP_MD_CTX *)*sha, digest, &size);
    EVP_MD_CTX_free((EVP_MD_CTX *)*sha);
    *sha = NULL;
    for (unsigned int byte = 0; text && byte < size; byte++) {
        snprintf(text + 2 * (size_t)byte, 3, "%02x", digest[byte]);
    }
}
