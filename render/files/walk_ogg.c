/* Opus and Vorbis in Ogg: what the first page says beyond libsndfile's word. RFC 7845, 5.1; Vorbis
 * I, 4.2.2. */
#include <string.h>

#include "render/files/opus_mapping.h"
#include "render/files/sound_walk.h"

enum {
    PAGE_HEAD_BYTES = 27, /* of an Ogg page, then the lengths of its segments: one here */
    HEAD_AT = PAGE_HEAD_BYTES + 1,
    FAMILY_AT = HEAD_AT + 18,
    FIRST_BYTES = FAMILY_AT + 1
};

/* RFC 7845 took the places of loudspeakers from Vorbis (Vorbis I, 4.3.9). */
static void take_places(SoundInfo *info) {
    if (info->channel_count <= OPUS_MOST_SPEAKERS) {
        info->channel_mask = opus_channel_mask(info->channel_count);
        info->is_in_vorbis_order = info->channel_count > 2;
    }
}

Status walk_ogg(SoundWalk *walk) {
    unsigned char bytes[FIRST_BYTES] = {0};
    size_t got = 0;
    TRY(walk_library(walk));
    TRY(file_read_at(walk->file, 0, bytes, sizeof bytes, &got, walk->errors));
    if (got < sizeof bytes) {
        return DONE;
    }
    if (memcmp(bytes + HEAD_AT, "\1vorbis", 7) == 0) {
        take_places(walk->info);
    } else if (memcmp(bytes + HEAD_AT, "OpusHead", 8) == 0) {
        walk->info->format_name = "Opus";
        walk->info->bits_per_sample = 0;
        if (bytes[FAMILY_AT] == 1) {
            take_places(walk->info);
        }
    }
    return DONE;
}
