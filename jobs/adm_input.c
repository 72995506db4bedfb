/* chna against what a number of channels would mean: nothing is rendered as what it is not. */
#include "jobs/input_file.h"

#include <string.h>
#include <unistd.h>

#include "render/base/files.h"
#include "render/files/sound_header.h"

/* A row of chna: track, ATU_, AT_ or AC_, AP_ (BS.2088-1, 8). */
enum { HEAD_BYTES = 4, ROW_BYTES = 40, PACK_PLACE = 28, TYPE_PLACE = 6, MOST_ROWS = 1024 };
enum { MOST_CHANNELS = 1024 };

/* "AP_yyyyxxxx": yyyy of what a row plays, NULL: loudspeakers (1), HOA (4), or nothing. */
static const char *foreign_type(const char *row) {
    static const char *const types[] = {[2] = "a matrix", [3] = "objects", [5] = "binaural sound"};
    const char *const pack = row + PACK_PLACE;
    const int digit = pack[TYPE_PLACE] - '0';
    const bool is_pack = strncmp(pack, "AP_000", TYPE_PLACE) == 0;
    return is_pack && (digit == 2 || digit == 3 || digit == 5) ? types[digit] : NULL;
}

static Status check_rows(const MixFile *file,
                         const OpenFile *opened,
                         const SoundChunk *chna,
                         const JobText *written,
                         ErrorList *errors) {
    const char *found = NULL;
    for (int64_t row = 0;
         !found && row < MOST_ROWS && HEAD_BYTES + (row + 1) * ROW_BYTES <= chna->size_bytes;
         row++) {
        char bytes[ROW_BYTES];
        size_t got = 0;
        TRY(file_read_at(opened, chna->offset + HEAD_BYTES + row * ROW_BYTES, bytes, sizeof bytes,
                         &got, errors));
        found = got == sizeof bytes ? foreign_type(bytes) : NULL;
    }
    if (!found) {
        return DONE;
    }
    fail(errors, E443, written->place, "`%s` is an ADM file that holds %s, not loudspeakers",
         file->path, found);
    error_help(errors,
               "nocturne adm %s --to 7.1.4 -o DIR renders it; `layout:` takes its tracks as "
               "they are",
               file->path);
    return E443;
}

Status adm_input_check(const MixFile *file, const JobText *written, ErrorList *errors) {
    OpenFile opened;
    SoundInfo info;
    TRY(file_open_shown(file->real_path, file->path, written->place, &opened, errors));
    Status status = sound_walk_adm(&opened, MOST_CHANNELS, &info, errors);
    if (status == DONE && info.chna.size_bytes > 0) {
        status = check_rows(file, &opened, &info.chna, written, errors);
    }
    close(opened.descriptor);
    return status;
}
