#ifndef RENDER_STAGES_OUTPUT_SET_H
#define RENDER_STAGES_OUTPUT_SET_H
/* The files of a deliverable being written: the timeline goes in once for every output and comes
 * out as reels and channels, measured on the way.
 */
#include <jansson.h>

#include "render/files/sound_writer.h"
#include "render/stages/output_meter.h"
#include "render/stages/stage.h"

typedef struct OutputWriter { /* of one output */
    int reel;                 /* that is written, or the next one */
    Stage stage;              /* whose scratch arena dies with the reel; NULL: it is not begun */
    SoundWriter **files;      /* [files of a reel] */
    OutputMeter meter;        /* of its part of the timeline */
    json_t *facts;            /* of the files that are finished */
} OutputWriter;

typedef struct OutputSet {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const char *folder; /* exists */
    Key content;        /* of what is written: it names the material of the files */
    int channel_count, track_count, files_per_reel;
    bool is_integer;
    double scale;                  /* steps of full scale, of integers */
    const SoundLoudness *mastered; /* what MASTER found; serves the files of ADM */
    OutputWriter *writers;         /* [output_count] */
    double *interleaved;           /* [STAGE_CHUNK_SAMPLES][track_count] */
    int32_t *integers;             /* the same */
    int32_t *plane;                /* [STAGE_CHUNK_SAMPLES] of one channel */
    int64_t clipped_samples;
} OutputSet;

void output_set_open(const Stage *stage,
                     const char *folder,
                     const SoundLoudness *mastered,
                     Key content,
                     OutputSet *set);
/* Samples part.begin .. part.end - 1 (at most STAGE_CHUNK_SAMPLES) of every output that is `made`,
 * of sums that one of the deliverable itself; planes: [mix_plane_count], from 0 on; integers in
 * steps, floats full scale 1. Each output is written from the begin of the timeline to its end. */
Status output_set_write(
    OutputSet *set, const MixOutput *made, double *const *planes, Span part, ErrorList *errors);
/* Facts of all files in the order of outputs, reels and channels; the caller owns them. */
json_t *output_set_facts(const OutputSet *set);
/* Removes the files that are not finished. */
void output_set_close(OutputSet *set);

#endif
