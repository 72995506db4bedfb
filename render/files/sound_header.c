/* What a sound file says it holds, and whether it really does. */
#include "render/files/sound_header.h"

#include <sndfile.h>
#include <string.h>
#include <unistd.h>

#include "render/files/sound_bytes.h"
#include "render/files/sound_text.h"
#include "render/files/sound_walk.h"

enum {
    MAGIC_BYTES = 12,
    FLAC_HEADER_BYTES = 42, /* fLaC, block header, STREAMINFO */
    FLAC_STREAMINFO_BYTES = 34,
    COUNT_FRAMES = 1024
};

Status walk_fail_malformed(const SoundWalk *walk, const char *what) {
    return fail(walk->errors, E412, walk->file->place, "`%s` %s", walk->file->path, what);
}

Status walk_check_limits(const SoundWalk *walk, int64_t channel_count, int64_t rate_hz) {
    const char *path = walk->file->path;
    const Place place = walk->file->place;
    if (channel_count <= 0) {
        return fail(walk->errors, E415, place, "`%s` has no channels", path);
    }
    if (channel_count > walk->channel_limit) {
        return fail(walk->errors, E415, place, "`%s` has %s channels, more than %d channels", path,
                    sound_count_text(channel_count).text, walk->channel_limit);
    }
    if (rate_hz < SOUND_MIN_RATE_HZ || rate_hz > SOUND_MAX_RATE_HZ) {
        return fail(walk->errors, E416, place,
                    "`%s` has a sample rate of %s Hz; 8 000 Hz to 768 000 Hz can be used", path,
                    sound_count_text(rate_hz).text);
    }
    return DONE;
}

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

/* STREAMINFO after the sizes of blocks and frames: 20 bits rate, 3 channels - 1, 5 bits - 1, 36
 * bits frames in all, 0 = unknown. */
Status walk_flac(SoundWalk *walk) {
    unsigned char bytes[FLAC_HEADER_BYTES];
    size_t got = 0;
    TRY(file_read_at(walk->file, 0, bytes, sizeof bytes, &got, walk->errors));
    if (got < sizeof bytes) {
        return walk_fail_malformed(walk, "ends inside its header");
    }
    const int block_bytes = bytes[5] << 16 | bytes[6] << 8 | bytes[7];
    if ((bytes[4] & 0x7F) != 0 || block_bytes != FLAC_STREAMINFO_BYTES) {
        return walk_fail_malformed(walk, "is malformed: it does not begin with STREAMINFO");
    }
    const int rate_hz = bytes[18] << 12 | bytes[19] << 4 | bytes[20] >> 4;
    const int channel_count = (bytes[20] >> 1 & 7) + 1;
    TRY(walk_check_limits(walk, channel_count, rate_hz));
    const int64_t promised = (int64_t)(bytes[21] & 0x0F) << 32 | (int64_t)bytes[22] << 24 |
                             (int64_t)bytes[23] << 16 | (int64_t)bytes[24] << 8 | bytes[25];
    TRY(walk_library(walk));
    walk->info->format_name = "FLAC";
    walk->info->container = SOUND_FLAC;
    walk->info->bits_per_sample = ((bytes[20] & 1) << 4 | bytes[21] >> 4) + 1;
    if (promised > 0) {
        walk->info->frame_count = promised;
    }
    return DONE;
}

static Status walk_by_magic(SoundWalk *walk, const unsigned char magic[MAGIC_BYTES]) {
    static const struct {
        const char *id, *name;
        SoundContainer container;
    } riffs[] = {
        {"RIFF", "WAV",  SOUND_WAV },
        {"RF64", "RF64", SOUND_RF64},
        {"BW64", "BW64", SOUND_BW64},
    };
    if (memcmp(magic, "fLaC", 4) == 0) {
        return walk_flac(walk);
    }
    for (size_t row = 0; row < sizeof riffs / sizeof *riffs; row++) {
        if (memcmp(magic, riffs[row].id, 4) == 0 && memcmp(magic + 8, "WAVE", 4) == 0) {
            walk->info->container = riffs[row].container;
            walk->info->format_name = riffs[row].name;
            return walk_riff(walk);
        }
    }
    walk->info->container = SOUND_OTHER;
    TRY(walk_check_size(walk));
    return walk_library(walk);
}

static Status walk_file(SoundWalk *walk) {
    *walk->info = (SoundInfo){.container = SOUND_OTHER};
    TRY(sound_file_size(walk->file, &walk->file_bytes, walk->errors));
    if (walk->file_bytes == 0) {
        return walk_fail_malformed(walk, "is empty");
    }
    unsigned char magic[MAGIC_BYTES] = {0};
    size_t got = 0;
    TRY(file_read_at(walk->file, 0, magic, sizeof magic, &got, walk->errors));
    return walk_by_magic(walk, magic);
}

Status sound_walk(const OpenFile *file, SoundInfo *info, ErrorList *errors) {
    SoundWalk walk = {
        .file = file, .channel_limit = SOUND_MAX_CHANNELS, .info = info, .errors = errors};
    return walk_file(&walk);
}

Status sound_walk_adm(const OpenFile *file, int channel_limit, SoundInfo *info, ErrorList *errors) {
    SoundWalk walk = {.file = file,
                      .takes_metadata = true,
                      .channel_limit = channel_limit,
                      .info = info,
                      .errors = errors};
    return walk_file(&walk);
}

Status sound_probe(
    const char *path, const char *shown_path, Place place, SoundInfo *info, ErrorList *errors) {
    OpenFile file;
    TRY(file_open_shown(path, shown_path, place, &file, errors));
    SoundWalk walk = {.file = &file,
                      .tells_warnings = true,
                      .channel_limit = SOUND_MAX_CHANNELS,
                      .info = info,
                      .errors = errors};
    const Status status = walk_file(&walk);
    close(file.descriptor);
    return status;
}
