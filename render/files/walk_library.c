/* What libsndfile says of a file. */
#include <sndfile.h>

#include "render/files/sound_bytes.h"
#include "render/files/sound_text.h"
#include "render/files/sound_walk.h"

enum { COUNT_FRAMES = 1024 };

static Status fail_not_understood(const SoundWalk *walk, const char *reason) {
    fail(walk->errors, E412, walk->file->place, "`%s` is not an audio file that can be read",
         walk->file->path);
    error_note(walk->errors, "%s", reason);
    return E412;
}

/* Where no header says the length, the file is decoded once to its end. */
static int64_t count_frames(SNDFILE *decoder, int channel_count) {
    Arena *arena = arena_create();
    float *scratch =
        arena_array(arena, (size_t)COUNT_FRAMES * (size_t)channel_count, sizeof *scratch);
    int64_t count = 0;
    int64_t got = 0;
    do {
        got = sf_readf_float(decoder, scratch, COUNT_FRAMES);
        count += got;
    } while (got == COUNT_FRAMES);
    arena_destroy(&arena);
    return count;
}

static int bits_of(int format) {
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
        return 8;
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_ALAC_16:
        return 16;
    case SF_FORMAT_ALAC_20:
        return 20;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_ALAC_24:
        return 24;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_ALAC_32:
    case SF_FORMAT_FLOAT:
        return 32;
    case SF_FORMAT_DOUBLE:
        return 64;
    default:
        return 0;
    }
}

static const char *name_of_format(int format) {
    SF_FORMAT_INFO named = {.format = format & SF_FORMAT_TYPEMASK};
    const int failed = sf_command(NULL, SFC_GET_FORMAT_INFO, &named, sizeof named);
    return failed || !named.name ? "other" : named.name;
}

static bool is_length_known(sf_count_t frames) {
    return frames >= 0 && frames < SF_COUNT_MAX;
}

static Status take_library_info(SoundWalk *walk, SNDFILE *decoder, const SF_INFO *format) {
    SoundInfo *info = walk->info;
    const int encoding = format->format & SF_FORMAT_SUBMASK;
    TRY(walk_check_limits(walk, format->channels, format->samplerate));
    info->format_name = name_of_format(format->format);
    info->channel_count = format->channels;
    info->rate_hz = format->samplerate;
    info->bits_per_sample = bits_of(format->format);
    info->is_float = encoding == SF_FORMAT_FLOAT || encoding == SF_FORMAT_DOUBLE;
    info->frame_count = format->frames;
    if (!is_length_known(format->frames)) {
        info->frame_count = count_frames(decoder, format->channels);
        if (walk->tells_warnings) {
            warn(walk->errors, E414, walk->file->place,
                 "the header of `%s` does not say its length: counted %s frames", walk->file->path,
                 sound_count_text(info->frame_count).text);
        }
    }
    if (info->frame_count == 0) {
        return fail(walk->errors, E414, walk->file->place, "`%s` holds no audio: 0 frames",
                    walk->file->path);
    }
    return DONE;
}

Status walk_library(SoundWalk *walk) {
    SoundBytes bytes = {.file = walk->file, .size_bytes = walk->file_bytes, .errors = walk->errors};
    SF_INFO format = {0};
    SNDFILE *decoder = sound_bytes_open(&bytes, &format);
    if (!decoder) {
        return bytes.status != DONE ? bytes.status : fail_not_understood(walk, sf_strerror(NULL));
    }
    Status status = take_library_info(walk, decoder, &format);
    sf_close(decoder);
    return bytes.status != DONE ? bytes.status : status;
}
