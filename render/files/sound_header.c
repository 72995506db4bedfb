/* What a sound file says it holds, and whether it really does. */
#include "render/files/sound_header.h"

#include <string.h>
#include <unistd.h>

#include "render/files/sound_bytes.h"
#include "render/files/sound_text.h"
#include "render/files/sound_walk.h"

enum {
    MAGIC_BYTES = 12,
    FLAC_HEADER_BYTES = 42, /* fLaC, block header, STREAMINFO */
    FLAC_STREAMINFO_BYTES = 34
};

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
    if (memcmp(magic, "OggS", 4) == 0) {
        return walk_ogg(walk);
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
