/* The limiter's envelope, block by block, into an object of the store.
 *
 * Law: blocks lie on an absolute grid; only those in which a gain is not 1 are stored.
 */
#include "render/stages/master_envelope.h"

#include <math.h>

/* Less than this is not heard as limiting: 0.1 dB. */
static const float limited_gain = 0.98855309F;

MasterEnvelope *master_envelope_create(int64_t length_samples, Arena *arena) {
    MasterEnvelope *envelope = arena_alloc(arena, sizeof *envelope);
    envelope->block = arena_alloc(arena, sizeof *envelope->block);
    envelope->block_limit = length_samples / ENVELOPE_BLOCK_SAMPLES + 1;
    envelope->lowest = arena_array(arena, (size_t)envelope->block_limit, sizeof *envelope->lowest);
    return envelope;
}

Status master_envelope_begin(MasterEnvelope *envelope, const Stage *stage, ErrorList *errors) {
    const Task *task = stage->task;
    envelope->block_count = 0;
    envelope->limited_samples = 0;
    envelope->block->index = 0;
    envelope->filled_samples = 0;
    for (int64_t block = 0; block < envelope->block_limit; block++) {
        envelope->lowest[block] = 1.0F;
    }
    store_put_cancel(&envelope->writer);
    return store_put_begin(stage->workplace->store, task->outputs[0], task->output_texts[0],
                           &envelope->writer, errors);
}

static Status flush_block(MasterEnvelope *envelope, ErrorList *errors) {
    EnvelopeBlock *block = envelope->block;
    float lowest = 1.0F;
    for (int64_t sample = 0; sample < envelope->filled_samples; sample++) {
        const float gain = block->gains[sample];
        lowest = gain < lowest ? gain : lowest;
        envelope->limited_samples += gain <= limited_gain;
    }
    for (int64_t sample = envelope->filled_samples; sample < ENVELOPE_BLOCK_SAMPLES; sample++) {
        block->gains[sample] = 1.0F;
    }
    envelope->lowest[block->index] = lowest;
    envelope->filled_samples = 0;
    if (lowest < 1.0F) {
        TRY(store_write(envelope->writer, block, sizeof *block, errors));
        envelope->block_count++;
    }
    block->index++;
    return DONE;
}

Status master_envelope_add(MasterEnvelope *envelope,
                           const float *gains,
                           int64_t count,
                           ErrorList *errors) {
    for (int64_t sample = 0; sample < count; sample++) {
        envelope->block->gains[envelope->filled_samples++] = gains[sample];
        if (envelope->filled_samples == ENVELOPE_BLOCK_SAMPLES) {
            TRY(flush_block(envelope, errors));
        }
    }
    return DONE;
}

Status master_envelope_end(MasterEnvelope *envelope, ErrorList *errors) {
    return envelope->filled_samples ? flush_block(envelope, errors) : DONE;
}

double master_envelope_reduction_db(const MasterEnvelope *envelope) {
    float lowest = 1.0F;
    for (int64_t block = 0; block < envelope->block_limit; block++) {
        lowest = envelope->lowest[block] < lowest ? envelope->lowest[block] : lowest;
    }
    return fmax(0.0, -db_from_gain(lowest));
}

Status master_envelope_commit(MasterEnvelope *envelope,
                              const StemLimiting *stems,
                              const uint8_t *is_speech,
                              MasterFacts *facts,
                              ErrorList *errors) {
    facts->block_count = envelope->block_count;
    facts->limited_samples = envelope->limited_samples;
    facts->max_reduction_db = master_envelope_reduction_db(envelope);
    TRY(store_write(envelope->writer, stems, (size_t)facts->stem_count * sizeof *stems, errors));
    TRY(store_write(envelope->writer, is_speech, master_speech_bytes(facts->speech_block_count),
                    errors));
    TRY(store_write(envelope->writer, facts, sizeof *facts, errors));
    return store_put_commit(&envelope->writer, errors);
}

void master_envelope_cancel(MasterEnvelope *envelope) {
    store_put_cancel(&envelope->writer);
}
