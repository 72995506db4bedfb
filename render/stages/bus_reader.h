#ifndef RENDER_STAGES_BUS_READER_H
#define RENDER_STAGES_BUS_READER_H
/* The stems of a bus over the whole timeline, read in portions; one span of each is mapped at a
 * time. A bus that is made of another one is folded while it is read (bus_fold.h). */
#include "render/dsp/convolver.h"
#include "render/dsp/retimer.h"
#include "render/model/stored_audio.h"
#include "render/stages/stage.h"

typedef struct BusReader {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const MixBus *bus;
    int output, source_channel_count; /* of the tasks that rendered what is read */
    int channel_count, stem_count;    /* of what is delivered */
    const bool *wanted;               /* [stem_count]: the only ones that are read; NULL: all */
    int span;                         /* that is mapped, -1: none */
    StoredAudio *stems;               /* [stem_count] of that span */
    float **heard; /* [channel_count][STAGE_CHUNK_SAMPLES] of a stem through the headphones */
    double **reach, **folded; /* of a fold: its input and output */
    double *sums;
    bool *only;                      /* [stem_count]: the stem that is folded alone */
    const FilterBank *equalizers[2]; /* of left and right; NULL: none */
    const Retimer *retimer;          /* NULL: what is delivered is what was rendered */
    float **rendered;                /* [channel_count][STAGE_CHUNK_SAMPLES], its input */
    double **wide, **shifted;        /* [channel_count][its reach], and pointers into them */
    double *retimed;                 /* [STAGE_CHUNK_SAMPLES] */
    SampleTime rested_at;            /* when the span's memory was given back */
} BusReader;

typedef enum BusView {
    VIEW_BUS,
    VIEW_DRY,     /* without their rooms; those whose parts nobody takes are silent */
    VIEW_MEASURED /* with the objects of ADM panned among them */
} BusView;

/* The stems as the deliverable hears them: those of its bus, through its headphone equalizer, at
 * its own speed and rate: times and counts are those of what is delivered. Errors: those of
 * impulse_file_read. */
Status bus_reader_open(const Stage *stage,
                       const MixDeliverable *deliverable,
                       BusView view,
                       BusReader *reader,
                       ErrorList *errors);
void bus_reader_close(BusReader *reader);

/* One stem, count <= STAGE_CHUNK_SAMPLES; out: [channel_count][count]. E606 when a span is missing.
 */
Status
bus_reader_stem(BusReader *reader, int stem, Span part, float *const *out, ErrorList *errors);
/* Stems summed in job order in double; asked: [stem_count], NULL: those of the full mix.
 */
Status bus_reader_sum(
    BusReader *reader, const bool *asked, Span part, double *const *out, ErrorList *errors);

#endif
