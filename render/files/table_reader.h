#ifndef RENDER_FILES_TABLE_READER_H
#define RENDER_FILES_TABLE_READER_H
/* Samples that lie open in a file as a table of frames, read at any place of it.
 *
 *     TablePool *pool = table_pool_create(arena);
 *     const TableShape shape = {&table, real_path, path, place, 8192};
 *     TableReader *reader = table_reader_create(pool, &shape, arena);
 *     TRY(table_reader_get(reader, channel, (Span){frame, frame + count}, end, samples, errors));
 *     table_pool_close(pool);
 *
 * Frames come from the file by large reads; what was read stays until another part is asked for.
 */
#include "render/base/units.h"
#include "render/files/sound_header.h"

typedef struct SampleTable { /* as it lies in the store, too */
    int64_t data_offset, frame_count;
    int32_t encoding, channel_count; /* private: unpack_pcm.h */
} SampleTable;

/* False: the samples need a decoder, or have 8 bits. */
bool sample_table_of(const SoundInfo *info, SampleTable *table);
bool sample_table_is_float(const SampleTable *table);
/* It fits together: of what was read from elsewhere. */
bool sample_table_is_good(const SampleTable *table);
/* Behind its last frame. */
int64_t sample_table_end(const SampleTable *table);

/* Files are opened when they are read and, when there are many, closed again behind that. */
typedef struct TablePool TablePool;
TablePool *table_pool_create(Arena *arena);
void table_pool_close(TablePool *pool); /* all that is open; NULL is fine */

typedef struct TableShape {
    const SampleTable *table;      /* kept by the caller, as the names are */
    const char *path, *shown_path; /* the second one in messages, which stand at place */
    Place place;
    int64_t capacity_frames; /* of a read */
} TableShape;

typedef struct TableReader TableReader;
TableReader *table_reader_create(TablePool *pool, const TableShape *shape, Arena *arena);

/* samples: [frames.end - frames.begin] of one channel, all of them in the table; integers of b bits
 * become value / 2^(b-1), as sound_read has them, and NaN comes through. end: nothing behind that
 * frame will be asked for soon. E404, E410, E411; E413: the file has become shorter. */
Status table_reader_get(
    TableReader *reader, int channel, Span frames, int64_t end, float *samples, ErrorList *errors);

#endif
