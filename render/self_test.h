#ifndef RENDER_SELF_TEST_H
#define RENDER_SELF_TEST_H
/* A render in small: what every kernel, filter and library makes of the same noise, as one key.
 *
 * Hosts are admitted by this key and not by the model of their CPU (DECISIONS 25): whoever has the
 * same key computes the same samples.
 */
#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/base/hash.h"

/* Some 20 ms. E515 when a library has no memory. */
Status self_test_render(Key *key, ErrorList *errors);

#endif
