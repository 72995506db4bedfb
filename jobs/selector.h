#ifndef JOBS_SELECTOR_H
#define JOBS_SELECTOR_H
/* Selectors: which layers (or scenes, cues, lines) somebody means.
 *
 *     Selector *strings;
 *     TRY(selector_read(node, "id stem family role tag status", arena, &strings, errors));
 *     if (selector_matches(strings, facts, fact_count)) { ... }
 *
 * Grammar, loosest first: `or`, `and`, `not`, then `key=value|value`, `all` or parentheses. `|` is
 * any of; `*` in a value stands for any characters. A term is true when one fact of its key has one
 * of its values; a key without facts is never equal to anything.
 */
#include <stdbool.h>

#include "jobs/node.h"
#include "render/base/error.h"

typedef struct Selector Selector;

typedef struct SelectorFact { /* tags come as several facts of one key */
    const char *key, *value;
} SelectorFact;

/* keys: the words that may stand in front of `=`, separated by one space. Bad syntax or an unknown
 * key: E305 with the place of the word that is wrong. */
Status selector_read(
    const Node *node, const char *keys, Arena *arena, const Selector **selector, ErrorList *errors);

bool selector_matches(const Selector *selector, const SelectorFact *facts, int fact_count);

/* The key of its first term, NULL for `all`: what a note about an empty selector is about. */
const char *selector_first_key(const Selector *selector);

#endif
