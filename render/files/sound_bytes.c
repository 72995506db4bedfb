/* A part of an open file, as libsndfile reads it. */
#include "render/files/sound_bytes.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

Status sound_file_size(const OpenFile *file, int64_t *size_bytes, ErrorList *errors) {
    struct stat facts;
    if (fstat(file->descriptor, &facts) != 0) {
        return fail(errors, E411, file->place, "cannot read `%s`: I/O error", file->path);
    }
    *size_bytes = facts.st_size;
    return DONE;
}

static sf_count_t bytes_length(void *user) {
    return ((const SoundBytes *)user)->size_bytes;
}

static sf_count_t bytes_seek(sf_count_t offset, int whence, void *user) {
    SoundBytes *bytes = user;
    int64_t base = 0;
    if (whence != SEEK_SET) {
        base = whence == SEEK_CUR ? bytes->position : bytes->size_bytes;
    }
    if (offset < -base || offset > INT64_MAX - base) {
        return -1;
    }
    bytes->position = base + offset;
    return bytes->position;
}

static sf_count_t bytes_read(void *target, sf_count_t count, void *user) {
    SoundBytes *bytes = user;
    const int64_t rest = bytes->size_bytes - bytes->position;
    const int64_t wanted = count < rest ? count : rest;
    if (wanted <= 0 || bytes->status != DONE) {
        return 0;
    }
    size_t got = 0;
    bytes->status = file_read_at(bytes->file, bytes->offset + bytes->position, target,
                                 (size_t)wanted, &got, bytes->errors);
    bytes->position += (int64_t)got;
    return (sf_count_t)got;
}

static sf_count_t bytes_write(const void *source, sf_count_t count, void *user) {
    (void)source;
    (void)count;
    (void)user;
    return 0;
}

static sf_count_t bytes_tell(void *user) {
    return ((const SoundBytes *)user)->position;
}

SNDFILE *sound_bytes_open(SoundBytes *bytes, SF_INFO *format) {
    SF_VIRTUAL_IO calls = {.get_filelen = bytes_length,
                           .seek = bytes_seek,
                           .read = bytes_read,
                           .write = bytes_write,
                           .tell = bytes_tell};
    return sf_open_virtual(&calls, SFM_READ, format, bytes);
}
