#ifndef RENDER_QC_QC_PROGRAMME_H
#define RENDER_QC_QC_PROGRAMME_H
/* A programme on disk: one interleaved file, or one file per channel, read as planes.
 *
 *     QcProgramme programme = {.paths = &path, .path_count = 1};
 *     TRY(qc_programme_open(&programme, arena, errors));
 *     programme.layout = ...; programme.order = ...;
 *     TRY(qc_programme_read(&programme, planes, 4096, &got, errors));
 *     qc_programme_close(&programme);
 */
#include "render/files/sound_reader.h"
#include "render/model/layout.h"

typedef struct QcProgramme {
    const char *const *paths; /* [path_count]: 1, or as many as channels */
    int path_count;
    const Layout *layout; /* NULL: unknown */
    const int *order;     /* which plane each channel of the file is, -1: none; NULL: the same */
    int64_t leader_frames, tail_frames; /* of the files, not read: no programme */
    /* made by open */
    int channel_count;
    SoundInfo info; /* of the first file */
    SoundReader **readers;
    int64_t next_frame; /* of the files, to be read */
    float *interleaved;
    int64_t room_frames;
    Arena *arena;
} QcProgramme;

/* Errors of sound_open_as_is; E415, E416, E413: the files of a split programme differ in channels,
 * rate or length. What is open after a failure is closed by close. */
Status qc_programme_open(QcProgramme *programme, Arena *arena, ErrorList *errors);
/* Of the channels that are planes at all. */
int qc_programme_plane_count(const QcProgramme *programme);
/* planes: [plane count][frames]; got < frames only at the end. */
Status qc_programme_read(
    QcProgramme *programme, float *const *planes, int64_t frames, int64_t *got, ErrorList *errors);
void qc_programme_close(QcProgramme *programme);

#endif
