/* Sound files as they are delivered: made new, counted, and removed unless they are finished. Their
 * headers are completed last, so a checksum is taken when all is written, and a seal in two parts.
 */
#include "render/files/sound_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/files/sound_sink.h"
#include "render/files/sound_text.h"

enum { HASH_CHUNK_BYTES = 256 * 1024 };

int sound_sample_bytes(SampleFormat format) {
    static const int sizes_bytes[] = {
        [PCM_16] = 2, [PCM_24] = 3, [PCM_32] = 4, [FLOAT_32] = 4, [FLOAT_64] = 8};
    return sizes_bytes[format];
}

bool sound_is_float(SampleFormat format) {
    return format == FLOAT_32 || format == FLOAT_64;
}

double sound_full_scale(SampleFormat format) {
    static const double scales[] = {
        [PCM_16] = 32768.0, [PCM_24] = 8388608.0, [PCM_32] = 2147483648.0, 1.0, 1.0};
    return scales[format];
}

bool sound_container_can(Container container,
                         SampleFormat format,
                         int channel_count,
                         const char **reason) {
    return sound_writer_kind(container)->can(format, channel_count, reason);
}

int64_t sound_file_bytes(const SoundFormat *format) {
    return sound_writer_kind(format->container)->file_bytes(format);
}

static Status create_file(SoundWriter *writer, ErrorList *errors) {
    const char *path = writer->file.path;
    do {
        writer->file.descriptor =
            open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    } while (writer->file.descriptor < 0 && errno == EINTR);
    if (writer->file.descriptor < 0) {
        return file_fail_write(path, errno, errors);
    }
    file_reserve(&writer->file, 0, sound_file_bytes(&writer->format));
    return DONE;
}

/* Gives back everything; the file goes, too, unless it was closed before. */
static void destroy(SoundWriter **writer) {
    if ((*writer)->kind->release) {
        (*writer)->kind->release(*writer);
    }
    if ((*writer)->file.descriptor >= 0) {
        close((*writer)->file.descriptor);
        unlink((*writer)->file.path);
    }
    if ((*writer)->rest) {
        key_stream_finish(&(*writer)->rest);
    }
    Arena *arena = (*writer)->arena;
    arena_destroy(&arena);
    *writer = NULL;
}

Status
sound_create(const char *path, const SoundFormat *format, SoundWriter **writer, ErrorList *errors) {
    *writer = NULL;
    const SoundWriterKind *kind = sound_writer_kind(format->container);
    const char *reason = NULL;
    if (!kind->can(format->format, format->channel_count, &reason)) {
        return fail(errors, E217, NO_PLACE, "`%s` cannot be written: %s", path, reason);
    }
    Arena *arena = arena_create();
    *writer = arena_alloc(arena, sizeof **writer);
    **writer = (SoundWriter){.kind = kind, .arena = arena, .format = *format};
    (*writer)->file = (OpenFile){.descriptor = -1, .path = arena_copy_text(arena, path)};
    Status status = create_file(*writer, errors);
    if (status == DONE) {
        status = kind->begin(*writer, errors);
    }
    if (status != DONE) {
        destroy(writer);
    }
    return status;
}

static Status fail_count(const SoundWriter *writer, int64_t frames, ErrorList *errors) {
    return fail(errors, E601, NO_PLACE, "`%s` was to hold %s frames, not %s", writer->file.path,
                sound_count_text(writer->format.frame_count).text, sound_count_text(frames).text);
}

/* The kind of samples is checked here for all formats: a fault of ours, told as a failed task. */
static Status check_write(SoundWriter *writer, bool is_float, int64_t frames, ErrorList *errors) {
    if (is_float != sound_is_float(writer->format.format)) {
        return fail(errors, E601, NO_PLACE, "`%s` holds %s", writer->file.path,
                    is_float ? "integers" : "floats");
    }
    if (frames > writer->format.frame_count - writer->written_frames) {
        return fail_count(writer, writer->written_frames + frames, errors);
    }
    writer->written_frames += frames;
    return DONE;
}

Status sound_write_integers(SoundWriter *writer,
                            const int32_t *interleaved,
                            int64_t frames,
                            ErrorList *errors) {
    TRY(check_write(writer, false, frames, errors));
    return writer->kind->write_integers(writer, interleaved, frames, errors);
}

Status sound_write_floats(SoundWriter *writer,
                          const double *interleaved,
                          int64_t frames,
                          ErrorList *errors) {
    TRY(check_write(writer, true, frames, errors));
    return writer->kind->write_floats(writer, interleaved, frames, errors);
}

bool sound_is_lossy(Container container) {
    return sound_writer_kind(container)->is_lossy;
}

bool sound_tells_loudness(Container container) {
    return sound_writer_kind(container)->tells_loudness;
}

void sound_set_loudness(SoundWriter *writer, const SoundLoudness *loudness) {
    writer->has_loudness = true;
    writer->loudness = *loudness;
}

static Status hash_file(const SoundWriter *writer, Sha256Text sha256, ErrorList *errors) {
    Sha256 *sha = sha256_create();
    unsigned char *chunk = arena_alloc(writer->arena, HASH_CHUNK_BYTES);
    size_t got = 0;
    int64_t offset = 0;
    Status status = DONE;
    do {
        status = file_read_at(&writer->file, offset, chunk, HASH_CHUNK_BYTES, &got, errors);
        sha256_update(sha, chunk, got);
        offset += (int64_t)got;
    } while (status == DONE && got == HASH_CHUNK_BYTES);
    sha256_finish(&sha, sha256);
    return status;
}

/* Reads the head again, which of some formats is the whole file. */
static Status seal_file(SoundWriter *writer, SoundSeal *seal, ErrorList *errors) {
    KeyStream *head = key_stream_create();
    unsigned char *chunk = arena_alloc(writer->arena, HASH_CHUNK_BYTES);
    const int64_t end = writer->rest ? writer->head_bytes : INT64_MAX;
    int64_t offset = 0;
    size_t got = 0;
    Status status = DONE;
    do {
        const int64_t left = end - offset;
        const size_t wanted = left < HASH_CHUNK_BYTES ? (size_t)left : HASH_CHUNK_BYTES;
        status = file_read_at(&writer->file, offset, chunk, wanted, &got, errors);
        key_stream_update(head, chunk, got);
        offset += (int64_t)got;
    } while (status == DONE && got == HASH_CHUNK_BYTES);
    KeyStream *rest = writer->rest ? writer->rest : key_stream_create();
    writer->rest = NULL;
    *seal = (SoundSeal){
        .head_bytes = offset, .head = key_stream_finish(&head), .rest = key_stream_finish(&rest)};
    return status;
}

static Status end_samples(SoundWriter *writer, ErrorList *errors) {
    if (writer->written_frames != writer->format.frame_count) {
        return fail_count(writer, writer->written_frames, errors);
    }
    return writer->kind->end(writer, errors);
}

static Status sync_file(const SoundWriter *writer, int64_t *size_bytes, ErrorList *errors) {
    struct stat facts;
    if (fstat(writer->file.descriptor, &facts) != 0 || fsync(writer->file.descriptor) != 0) {
        return file_fail_write(writer->file.path, errno, errors);
    }
    *size_bytes = facts.st_size;
    return DONE;
}

static Status close_file(SoundWriter **writer, Status status, ErrorList *errors) {
    if (status == DONE) {
        status = file_close(&(*writer)->file, errors);
        if (status != DONE) {
            unlink((*writer)->file.path);
        }
    }
    destroy(writer);
    return status;
}

Status
sound_finish(SoundWriter **writer, Sha256Text sha256, int64_t *size_bytes, ErrorList *errors) {
    Status status = end_samples(*writer, errors);
    status = status ? status : hash_file(*writer, sha256, errors);
    status = status ? status : sync_file(*writer, size_bytes, errors);
    return close_file(writer, status, errors);
}

Status sound_finish_sealed(SoundWriter **writer, SoundSeal *seal, ErrorList *errors) {
    Status status = end_samples(*writer, errors);
    status = status ? status : seal_file(*writer, seal, errors);
    status = status ? status : sync_file(*writer, &seal->size_bytes, errors);
    return close_file(writer, status, errors);
}

void sound_cancel(SoundWriter **writer) {
    if (*writer) {
        destroy(writer);
    }
}
