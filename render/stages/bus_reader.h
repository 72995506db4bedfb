#ifndef RENDER_STAGES_BUS_READER_H
#define RENDER_STAGES_BUS_READER_H
/* The stems of a bus over the whole timeline, read in portions from their spans. */
#include "render/model/stored_audio.h"
#include "render/stages/stage.h"

typedef struct BusReader {
    const Stage *stage;
    int bus, channel_count, stem_count;
    StoredAudio *spans; /* [stem_count][span_count] */
    int span_count;
    float *portion; /* [STAGE_CHUNK_SAMPLES] */
} BusReader;

/* Maps every span of every stem: E606 when one is missing. */
Status bus_reader_open(const Stage *stage, int bus, BusReader *reader, ErrorList *errors);
void bus_reader_close(BusReader *reader);

/* One stem, count <= STAGE_CHUNK_SAMPLES; out: [channel_count][count]. */
void bus_reader_stem(
    const BusReader *reader, int stem, SampleTime begin, int64_t count, float *const *out);
/* All stems summed in job order in double. */
void bus_reader_full(const BusReader *reader, SampleTime begin, int64_t count, double *const *out);

#endif
