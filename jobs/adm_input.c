/* chna against what a number of channels would mean: nothing is rendered as what it is not. */
#include "jobs/input_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "render/base/files.h"
#include "render/files/sound_reader.h"
#include "spatial/adm/adm_common.h"
#include "spatial/layout_table.h"

/* A row of chna: track, ATU_, AT_ or AC_, AP_ (BS.2088-1, 8). */
enum { HEAD_BYTES = 4, ROW_BYTES = 40, FORMAT_PLACE = 14, PACK_PLACE = 28, ID_DIGITS = 11 };

typedef struct ChnaLook {
    const OpenFile *file;
    const SoundChunk *chunk;
    AdmCommonPack bed; /* that a file with so many channels would be */
    bool has_bed;
    ErrorList *errors;
} ChnaLook;

/* Whether a row names the next channel of the bed: AT_0001xxxx_01 or AC_0001xxxx, AP_0001xxxx. */
static bool is_of_bed(const ChnaLook *look, int row, const char bytes[ROW_BYTES]) {
    char pack[ID_DIGITS + 1];
    char channel[ID_DIGITS + 1];
    const int track = (unsigned char)bytes[0] | (unsigned char)bytes[1] << 8;
    if (!look->has_bed || row >= ADM_COMMON_CHANNELS || track != row + 1) {
        return false;
    }
    snprintf(pack, sizeof pack, "AP_%04x%04x", look->bed.type, (unsigned)look->bed.number);
    snprintf(channel, sizeof channel, "%04x%04x", look->bed.type,
             (unsigned)look->bed.channels[row]);
    return strncasecmp(bytes + PACK_PLACE, pack, ID_DIGITS) == 0 &&
           strncasecmp(bytes + FORMAT_PLACE + 3, channel, ID_DIGITS - 3) == 0;
}

static bool is_empty(const char bytes[ROW_BYTES]) {
    return bytes[0] == 0 && bytes[1] == 0;
}

/* A row that is neither empty nor of the bed. */
static bool has_foreign_row(const ChnaLook *look) {
    const int64_t row_count = (look->chunk->size_bytes - HEAD_BYTES) / ROW_BYTES;
    bool is_foreign = false;
    for (int row = 0; !is_foreign && row < row_count && row < SOUND_MAX_TRACKS; row++) {
        char bytes[ROW_BYTES];
        size_t got = 0;
        if (file_read_at(look->file, look->chunk->offset + HEAD_BYTES + (int64_t)row * ROW_BYTES,
                         bytes, sizeof bytes, &got, look->errors) != DONE ||
            got < sizeof bytes) {
            return false;
        }
        is_foreign = !is_empty(bytes) && !is_of_bed(look, row, bytes);
    }
    return is_foreign;
}

static bool look_into(const OpenFile *file, ErrorList *errors) {
    SoundInfo info;
    if (sound_walk_adm(file, SOUND_MAX_TRACKS, &info, errors) != DONE ||
        info.chna.size_bytes <= HEAD_BYTES) {
        return false;
    }
    const Layout *const layout = layout_for_channel_count(info.channel_count);
    ChnaLook look = {.file = file, .chunk = &info.chna, .errors = errors};
    look.has_bed = layout && adm_common_pack_of(layout, ADM_SN3D, &look.bed);
    return has_foreign_row(&look);
}

bool adm_input_is_master(const char *path, Arena *arena) {
    ErrorList *const ignored = errors_create(arena); /* told when it is added */
    OpenFile file;
    if (file_open_shown(path, path, NO_PLACE, &file, ignored) != DONE) {
        return false;
    }
    const bool is_master = look_into(&file, ignored);
    close(file.descriptor);
    return is_master;
}

Status adm_input_probe(
    const char *path, const char *shown_path, Place place, SoundInfo *info, ErrorList *errors) {
    OpenFile file;
    TRY(file_open_shown(path, shown_path, place, &file, errors));
    const Status status = sound_walk_adm(&file, SOUND_MAX_TRACKS, info, errors);
    close(file.descriptor);
    return status;
}

bool input_file_is_master(InputFiles *inputs, const JobSpec *job, const JobText *written) {
    ErrorList *const ignored = errors_create(inputs->arena);
    const char *real_path = NULL;
    const char *root = NULL;
    return job_resolve_path(job, written, inputs->arena, &real_path, &root, ignored) == DONE &&
           adm_input_is_master(real_path, inputs->arena);
}
