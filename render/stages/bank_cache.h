#ifndef RENDER_STAGES_BANK_CACHE_H
#define RENDER_STAGES_BANK_CACHE_H
/* The spectra of rooms that a rank used last: to transform a response of four seconds in twelve
 * channels costs as much as to convolve ten seconds with it.
 *
 *     FilterBank *bank = bank_cache_find(cache, key);
 *     if (!bank) {
 *         TRY(filter_bank_create(&responses, bank_cache_arena(cache, bytes, scratch), &bank,
 * errors)); bank_cache_keep(cache, key, bank);
 *     }
 */
#include "render/base/hash.h"
#include "render/dsp/convolver.h"

typedef struct BankCache BankCache;

/* limit_bytes: banks beyond it are forgotten, the oldest first; the newest one is always kept. */
BankCache *bank_cache_create(size_t limit_bytes, Arena *arena);
/* NULL: not there, or there is no cache. The bank lasts until the next bank_cache_keep. */
FilterBank *bank_cache_find(BankCache *cache, Key key);
/* Where a bank of about so many bytes that will be kept has to live; scratch when there is no
 * cache. Others are forgotten first, so that the limit holds while it is made. */
Arena *bank_cache_arena(BankCache *cache, int64_t expected_bytes, Arena *scratch);
/* Keeps the bank that was made in bank_cache_arena. */
void bank_cache_keep(BankCache *cache, Key key, FilterBank *bank);

#endif
