#ifndef RENDER_STAGES_MASTER_GAIN_H
#define RENDER_STAGES_MASTER_GAIN_H
/* What MASTER decides for a deliverable: one static gain, the limiter's envelope, the fade at the
 * end.
 *
 * In the store: records of ENVELOPE_BLOCK_SAMPLES gains for the blocks where the limiter acts, in
 * order, then one StemLimiting a stem, then one MasterFacts. Everywhere else the envelope is
 * exactly 1.
 */
#include "render/model/store.h"
#include "render/stages/stage.h"

enum { ENVELOPE_BLOCK_SAMPLES = 4096 };

typedef struct EnvelopeBlock {
    int64_t index; /* samples index * ENVELOPE_BLOCK_SAMPLES .. */
    float gains[ENVELOPE_BLOCK_SAMPLES];
} EnvelopeBlock;

typedef struct StemLimiting {
    /* How much more the limiter takes from the stem, where it sounds, than it would if the stem
     * were alone: >= 0, and where that begins, -1: nowhere. */
    double by_others_db;
    SampleTime time;
} StemLimiting;

typedef struct DialogueFacts { /* anchored in the dialogue stem; unknown levels are silence_db */
    bool has_stem, has_speech;
    double mix_lufs;  /* of the full mix where the stem speaks */
    double stem_lufs; /* of the stem there */
    double range_lu;
    double speech_percent; /* of all blocks */
} DialogueFacts;

typedef struct MasterFacts {
    double gain;              /* static */
    double max_reduction_db;  /* of the limiter, >= 0 */
    int64_t limited_samples;  /* with a reduction of 0.1 dB and more */
    double measured_lufs;     /* before the gain; silence_db: none */
    double programme_lufs;    /* of all reels behind the gain, before limiting; silence_db: none */
    int64_t end_fade_samples; /* DECISIONS 11: raised cosine over the last samples, 0 = none */
    int64_t block_count, stem_count, speech_block_count, length_samples;
    bool is_fallback;       /* there is too little dialogue: the target is that of all */
    DialogueFacts dialogue; /* behind gain and limiter, as loudness */
    SoundLoudness loudness; /* behind gain and limiter */
} MasterFacts;

typedef struct MasterGain {
    StoreObject object;
    const EnvelopeBlock *blocks;
    const StemLimiting *stems; /* [facts.stem_count] */
    const uint8_t *is_speech;  /* [facts.speech_block_count] */
    MasterFacts facts;
    int64_t next;   /* block to look at first: reading ascends */
    int64_t rested; /* block ahead of which memory was given back */
} MasterGain;

Status master_gain_open(const Stage *stage, int deliverable, MasterGain *gain, ErrorList *errors);
void master_gain_close(MasterGain *gain);
/* Bytes that is_speech takes in the store. */
size_t master_speech_bytes(int64_t block_count);
/* Gain x envelope x fade of samples begin .. begin + count - 1; begin must not go back. */
void master_gain_read(MasterGain *gain, SampleTime begin, int64_t count, double *out);

/* The fade at the end as a function of absolute time. */
double master_end_fade(SampleTime time, int64_t length_samples, int64_t fade_samples);

#endif
