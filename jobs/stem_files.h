#ifndef JOBS_STEM_FILES_H
#define JOBS_STEM_FILES_H
/* Finished stems in a folder, told by their names: `film_DX_51.wav`, `MXStem.L.wav`, `m&e.wav`.
 *
 * A name is split at everything that is no letter or digit, and between `m&e`. The last part that
 * is a word for a stem (table in stem_files.c) says which one it is; of a mono file the last part
 * of all may be a loudspeaker: `.L`, `_LFE`, ` Ls`. A stem is one interleaved file or one mono file
 * a loudspeaker.
 */
#include "jobs/node.h"
#include "render/base/arena.h"
#include "render/files/sound_header.h"
#include "render/model/layout.h"

typedef enum StemKind {
    STEM_KIND_DIALOGUE,
    STEM_KIND_NARRATION,
    STEM_KIND_MUSIC,
    STEM_KIND_EFFECTS,
    STEM_KIND_AMBIENCE,
    STEM_KIND_FOLEY,
    STEM_KIND_ME,       /* finished music and effects */
    STEM_KIND_OPTIONAL, /* beside the programme */
    STEM_KIND_GUIDE,
    STEM_KIND_FULL, /* the finished mix */
    STEM_KIND_COUNT,
    STEM_KIND_NONE = -1
} StemKind;

typedef struct StemFile {
    const char *name; /* in the folder */
    StemKind kind;
    bool is_master;       /* an ADM file: its metadata says what its tracks are */
    const char *speaker;  /* our label; NULL: not one channel of a set */
    const Layout *layout; /* what its channels, or those of its set, mean; NULL: not known */
    SoundInfo info;
    const char *unused; /* why it is not part of the delivery; NULL: it is */
} StemFile;

typedef struct StemFiles {
    const char *folder;
    bool is_folder;  /* else it is one file of it */
    StemFile *files; /* by name */
    int count;
} StemFiles;

/* Of a file name without folder and extension. speaker: NULL when its last part is none. */
StemKind stem_kind_of_name(const char *name, Arena *arena, const char **speaker);

/* "dialogue": for people. */
const char *stem_kind_word(StemKind kind);
/* "dx": its id in a job. */
const char *stem_kind_id(StemKind kind);

/* All sound files of a folder, or the one file that path is, a finished mix. What is used is
 * decided: music and effects, or a full mix, beside the stems they are made of are not. E410 no
 * such folder, E414 no sound file in it, E429 no stem among them, two files that are both the same
 * stem, sets that are no layout, other sample rates; errors of sound_probe. */
Status stem_files_read(const char *path, Arena *arena, StemFiles *stems, ErrorList *errors);

#endif
