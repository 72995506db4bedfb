#ifndef RENDER_STAGES_BUS_READER_H
#define RENDER_STAGES_BUS_READER_H
/* The stems of a bus over the whole timeline, read in portions; one span of each is mapped at a
 * time. */
#include "render/dsp/convolver.h"
#include "render/model/stored_audio.h"
#include "render/stages/stage.h"

typedef struct BusReader {
    const Stage *stage;
    int output; /* of the tasks that made them */
    int channel_count, stem_count;
    int span;           /* that is mapped, -1: none */
    StoredAudio *stems; /* [stem_count] of that span */
    float *portion;     /* [STAGE_CHUNK_SAMPLES] */
    float **heard;      /* [channel_count][STAGE_CHUNK_SAMPLES] of a stem through the headphones */
    const FilterBank *equalizers[2]; /* of left and right; NULL: none */
} BusReader;

/* The stems as the deliverable hears them: those of its bus, through its headphone equalizer.
 * is_dry: without their rooms; those whose parts nobody takes are silent. Errors: those of
 * impulse_file_read. */
Status bus_reader_open(const Stage *stage,
                       const MixDeliverable *deliverable,
                       bool is_dry,
                       BusReader *reader,
                       ErrorList *errors);
void bus_reader_close(BusReader *reader);

/* One stem, count <= STAGE_CHUNK_SAMPLES; out: [channel_count][count]. E606 when a span is missing.
 */
Status
bus_reader_stem(BusReader *reader, int stem, Span part, float *const *out, ErrorList *errors);
/* All stems summed in job order in double. */
Status bus_reader_full(BusReader *reader, Span part, double *const *out, ErrorList *errors);

#endif
