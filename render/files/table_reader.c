/* Samples that lie open in a file as a table of frames, read at any place of it. */
#include "render/files/table_reader.h"

#include <sndfile.h>
#include <unistd.h>

#include "render/files/sound_text.h"
#include "render/files/unpack_pcm.h"

enum { MOST_OPEN = 64 }; /* a process may have some 1000 */

struct TablePool {
    TableReader *open[MOST_OPEN]; /* NULL: free */
    int next;                     /* where the next one goes; who is there is closed */
};

struct TableReader {
    TablePool *pool;
    TableShape shape;
    OpenFile file; /* descriptor -1: not open */
    size_t sample_bytes, frame_bytes;
    Span held; /* frames in `bytes` */
    unsigned char *bytes;
};

bool sample_table_of(const SoundInfo *info, SampleTable *table) {
    *table = (SampleTable){.data_offset = info->data_offset,
                           .frame_count = info->frame_count,
                           .encoding = info->raw_encoding,
                           .channel_count = info->channel_count};
    return sample_table_is_good(table);
}

bool sample_table_is_float(const SampleTable *table) {
    return table->encoding == SF_FORMAT_FLOAT || table->encoding == SF_FORMAT_DOUBLE;
}

bool sample_table_is_good(const SampleTable *table) {
    return unpack_sample_bytes(table->encoding) > 1 && table->channel_count > 0 &&
           table->data_offset > 0 && table->frame_count > 0;
}

static int64_t frame_bytes_of(const SampleTable *table) {
    return table->channel_count * (int64_t)unpack_sample_bytes(table->encoding);
}

int64_t sample_table_end(const SampleTable *table) {
    return table->data_offset + table->frame_count * frame_bytes_of(table);
}

TablePool *table_pool_create(Arena *arena) {
    return arena_alloc(arena, sizeof(TablePool));
}

static void close_reader(TableReader *reader) {
    if (reader && reader->file.descriptor >= 0) {
        close(reader->file.descriptor);
        reader->file.descriptor = -1;
    }
}

void table_pool_close(TablePool *pool) {
    for (int place = 0; pool && place < MOST_OPEN; place++) {
        close_reader(pool->open[place]);
        pool->open[place] = NULL;
    }
}

TableReader *table_reader_create(TablePool *pool, const TableShape *shape, Arena *arena) {
    TableReader *reader = arena_alloc(arena, sizeof *reader);
    reader->pool = pool;
    reader->shape = *shape;
    reader->file.descriptor = -1;
    reader->sample_bytes = unpack_sample_bytes(shape->table->encoding);
    reader->frame_bytes = (size_t)frame_bytes_of(shape->table);
    reader->bytes = arena_array(arena, (size_t)shape->capacity_frames, reader->frame_bytes);
    return reader;
}

static Status open_reader(TableReader *reader, ErrorList *errors) {
    const TableShape *shape = &reader->shape;
    TablePool *pool = reader->pool;
    if (reader->file.descriptor >= 0) {
        return DONE;
    }
    close_reader(pool->open[pool->next]);
    pool->open[pool->next] = NULL;
    TRY(file_open_shown(shape->path, shape->shown_path, shape->place, &reader->file, errors));
    pool->open[pool->next] = reader;
    pool->next = (pool->next + 1) % MOST_OPEN;
    return DONE;
}

/* As much as there is room for from a frame on, but nothing behind `end`. */
static Status load(TableReader *reader, int64_t frame, int64_t end, ErrorList *errors) {
    const SampleTable *table = reader->shape.table;
    const int64_t last = end < table->frame_count ? end : table->frame_count;
    const int64_t rest = last - frame;
    const int64_t wanted =
        rest < reader->shape.capacity_frames ? rest : reader->shape.capacity_frames;
    const size_t wanted_bytes = (size_t)wanted * reader->frame_bytes;
    size_t got = 0;
    reader->held = (Span){frame, frame};
    TRY(open_reader(reader, errors));
    TRY(file_read_at(&reader->file, table->data_offset + frame * (int64_t)reader->frame_bytes,
                     reader->bytes, wanted_bytes, &got, errors));
    reader->held.end = frame + (int64_t)(got / reader->frame_bytes);
    if (got < wanted_bytes) {
        return fail(errors, E413, reader->file.place,
                    "`%s` is cut short: its header promises %s frames, %s could be read",
                    reader->file.path, sound_count_text(table->frame_count).text,
                    sound_count_text(reader->held.end).text);
    }
    return DONE;
}

Status table_reader_get(
    TableReader *reader, int channel, Span frames, int64_t end, float *samples, ErrorList *errors) {
    for (int64_t frame = frames.begin; frame < frames.end;) {
        if (frame < reader->held.begin || frame >= reader->held.end) {
            TRY(load(reader, frame, end > frames.end ? end : frames.end, errors));
        }
        const int64_t stop = frames.end < reader->held.end ? frames.end : reader->held.end;
        unpack_pcm_channel(
            reader->shape.table->encoding,
            reader->bytes + (size_t)(frame - reader->held.begin) * reader->frame_bytes +
                (size_t)channel * reader->sample_bytes,
            reader->frame_bytes, (size_t)(stop - frame), samples + (frame - frames.begin));
        frame = stop;
    }
    return DONE;
}
