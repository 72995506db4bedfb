#ifndef RENDER_STAGES_OUTPUT_READER_H
#define RENDER_STAGES_OUTPUT_READER_H
/* An encoded output read back as one timeline: its reels joined without leaders and tails, one
 * interleaved file or one file per channel, as planes in bus order. */
#include "render/files/sound_reader.h"
#include "render/stages/stage.h"

typedef enum OutputUse {
    USE_PLANES, /* the samples of its channels */
    USE_WHOLE,  /* these, and the difference begins with its samples */
    USE_PART    /* its samples are taken away from the difference, and it has no planes */
} OutputUse;

typedef struct OutputProof { /* of one file */
    SoundSeal seal;          /* of what was written */
    Sha256Text sha256;       /* of what was read; empty: it was not read to its end */
} OutputProof;

typedef struct OutputReader {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const char *folder;
    int output;
    int channel_count; /* of the bus, then slots */
    int reel;          /* that is open */
    SampleTime at;
    SoundReader **files; /* [file_count] of the reel */
    int file_count;
    OutputProof *proofs; /* [reel_count][file_count]; NULL: files are not held to anything */
    float *interleaved;
    float **planes; /* [channel_count][STAGE_CHUNK_SAMPLES] */
    OutputUse use;
    double **difference; /* [file_count][STAGE_CHUNK_SAMPLES][channels of a file] of the caller, for
                            outputs whose files are alike; USE_PLANES: none */
} OutputReader;

/* Opens the files below `folder` and holds their channel count, rate and length to the mix: E413,
 * E415, E416. proofs: [reel_count][files of a reel], NULL: the files are not held to their seals.
 * The reader's use is USE_PLANES until the caller sets another. */
Status output_reader_open(const Stage *stage,
                          const char *folder,
                          int output,
                          OutputProof *proofs,
                          OutputReader *reader,
                          ErrorList *errors);
void output_reader_close(OutputReader *reader);
/* The next count <= STAGE_CHUNK_SAMPLES samples of the timeline into planes or the difference;
 * silence between reels.
 * Errors: those of output_reader_open, as reel after reel is opened; E509 at the end of a reel that
 * is not as it was written. */
Status output_reader_next(OutputReader *reader, int64_t count, ErrorList *errors);

#endif
