#ifndef RENDER_STAGES_MASTER_ENVELOPE_H
#define RENDER_STAGES_MASTER_ENVELOPE_H
/* The limiter's envelope on its way into the store, and what it took (stages/master_gain.h).
 *
 *     MasterEnvelope *envelope = master_envelope_create(length_samples, arena);
 *     master_envelope_begin(envelope, stage, errors);      ... once for every try; the last one
 * counts master_envelope_add(envelope, gains, count, errors);     from sample 0 to the end
 *     master_envelope_end(envelope, errors);
 *     master_envelope_commit(envelope, stems, is_speech, &facts, errors);
 *     master_envelope_cancel(envelope);                    ... in any case
 */
#include "render/stages/master_gain.h"

typedef struct MasterEnvelope {
    StoreWriter *writer;
    EnvelopeBlock *block; /* being filled */
    int64_t filled_samples;
    float *lowest; /* gain of each block of the timeline: [block_limit] */
    int64_t block_limit;
    int64_t block_count; /* that are stored */
    int64_t limited_samples;
} MasterEnvelope;

MasterEnvelope *master_envelope_create(int64_t length_samples, Arena *arena);
/* An envelope that is 1 everywhere until gains are added; what was there before is dropped. */
Status master_envelope_begin(MasterEnvelope *envelope, const Stage *stage, ErrorList *errors);
Status
master_envelope_add(MasterEnvelope *envelope, const float *gains, int64_t count, ErrorList *errors);
Status master_envelope_end(MasterEnvelope *envelope, ErrorList *errors);
double master_envelope_reduction_db(const MasterEnvelope *envelope); /* the greatest, >= 0 */
/* stems: [facts->stem_count], speech: [facts->speech_block_count] with room for
 * master_speech_bytes; the envelope's own facts are filled in here. */
Status master_envelope_commit(MasterEnvelope *envelope,
                              const StemLimiting *stems,
                              const uint8_t *is_speech,
                              MasterFacts *facts,
                              ErrorList *errors);
void master_envelope_cancel(MasterEnvelope *envelope);

#endif
