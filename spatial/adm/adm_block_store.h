#ifndef SPATIAL_ADM_ADM_BLOCK_STORE_H
#define SPATIAL_ADM_ADM_BLOCK_STORE_H
/* The blocks of all channels in a temporary file: memory does not grow with their number.
 *
 *     TRY(block_store_create(folder, arena, &store, errors));
 *     block_store_begin(store, &channel->blocks);
 *     TRY(block_store_put(store, &block, errors));   // again and again
 *     TRY(block_store_flush(store, errors));
 *     block_cursor_open(store, channel->blocks, &cursor);
 *     TRY(block_cursor_next(&cursor, &block, &is_there, errors));
 *     block_store_close(&store);
 *
 * A block is kept as the 8-byte words in which it differs from the one before in its channel:
 * typically 60 bytes, a fifth of its XML.
 */
#include "spatial/adm/adm_block.h"

enum { BLOCK_CURSOR_BYTES = 8192 };

/* The file is made in the folder (NULL: /tmp) and has no name: it goes with the
 * process. E501 .. E509. */
Status block_store_create(const char *folder, Arena *arena, BlockStore **store, ErrorList *errors);
void block_store_close(BlockStore **store); /* NULL is fine */

/* What is put from here on belongs to the list. */
void block_store_begin(BlockStore *store, AdmBlockList *list);
Status block_store_put(BlockStore *store, const AdmBlock *block, ErrorList *errors);
Status block_store_flush(BlockStore *store, ErrorList *errors);

typedef struct BlockCursor {
    const BlockStore *store;
    int64_t offset, rest;
    AdmBlockFacts before;
    size_t begin, end; /* of the bytes not yet used */
    unsigned char bytes[BLOCK_CURSOR_BYTES];
} BlockCursor;

void block_cursor_open(const BlockStore *store, AdmBlockList list, BlockCursor *cursor);
/* The next block of the list; is_there false behind the last. E509. */
Status block_cursor_next(BlockCursor *cursor, AdmBlock *block, bool *is_there, ErrorList *errors);

#endif
