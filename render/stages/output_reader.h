#ifndef RENDER_STAGES_OUTPUT_READER_H
#define RENDER_STAGES_OUTPUT_READER_H
/* An encoded output read back: one interleaved file or one file per channel, as planes in bus
 * order. */
#include "render/files/sound_reader.h"
#include "render/stages/stage.h"

typedef struct OutputReader {
    const MixDeliverable *deliverable;
    int channel_count;   /* of the bus */
    SoundReader **files; /* [file_count] */
    int file_count;
    float *interleaved;
    float **planes; /* [channel_count][STAGE_CHUNK_SAMPLES] */
} OutputReader;

/* Opens the files below `folder` and holds their channel count, rate and length to the mix: E413,
 * E415, E416. */
Status output_reader_open(
    const Stage *stage, const char *folder, int output, OutputReader *reader, ErrorList *errors);
void output_reader_close(OutputReader *reader);
/* The next count <= STAGE_CHUNK_SAMPLES frames into planes. */
Status output_reader_next(OutputReader *reader, int64_t count, ErrorList *errors);

#endif
