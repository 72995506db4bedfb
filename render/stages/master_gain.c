/* What MASTER decided for a deliverable, read back by ENCODE. */
#include "render/stages/master_gain.h"

#include <string.h>

size_t master_speech_bytes(int64_t block_count) {
    return ((size_t)block_count + 7) / 8 * 8;
}

Status master_gain_open(const Stage *stage, int deliverable, MasterGain *gain, ErrorList *errors) {
    *gain = (MasterGain){0};
    const Task *master = &stage->plan->tasks[stage->plan->master_tasks[deliverable]];
    TRY(store_map(stage->workplace->store, master->outputs[0], &gain->object, errors));
    const size_t size_bytes = gain->object.size_bytes;
    if (size_bytes >= sizeof gain->facts) {
        const char *end = (const char *)gain->object.bytes + size_bytes;
        memcpy(&gain->facts, end - sizeof gain->facts, sizeof gain->facts);
    }
    const size_t envelope_bytes = (size_t)gain->facts.block_count * sizeof(EnvelopeBlock);
    const size_t stem_bytes = (size_t)gain->facts.stem_count * sizeof(StemLimiting);
    const size_t speech_bytes = master_speech_bytes(gain->facts.speech_block_count);
    if (size_bytes != envelope_bytes + stem_bytes + speech_bytes + sizeof gain->facts) {
        master_gain_close(gain);
        return fail(errors, E606, NO_PLACE, "the result of `%s` is damaged", master->name);
    }
    gain->blocks = gain->object.bytes;
    gain->stems = (const StemLimiting *)(const void *)(gain->blocks + gain->facts.block_count);
    gain->is_speech = (const uint8_t *)(gain->stems + gain->facts.stem_count);
    return DONE;
}

void master_gain_close(MasterGain *gain) {
    store_unmap(&gain->object);
}

double master_end_fade(SampleTime time, int64_t length_samples, int64_t fade_samples) {
    const int64_t left =
        length_samples - 1 - time; /* 0 at the last sample, where the fade arrives at 0 */
    if (left >= fade_samples) {
        return 1.0;
    }
    return 0.5 - 0.5 * exact_cos(pi * (double)left / (double)fade_samples);
}

/* What was read is given back now and then: the envelope is as long as the programme. */
static void rest(MasterGain *gain) {
    enum { BLOCKS_HELD = 256 }; /* 4 MiB */
    if (gain->next >= gain->rested + BLOCKS_HELD) {
        store_rest(&gain->object);
        gain->rested = gain->next;
    }
}

void master_gain_read(MasterGain *gain, SampleTime begin, int64_t count, double *out) {
    const MasterFacts *facts = &gain->facts;
    rest(gain);
    for (int64_t sample = 0; sample < count; sample++) {
        const SampleTime time = begin + sample;
        const int64_t block = time / ENVELOPE_BLOCK_SAMPLES;
        while (gain->next < facts->block_count && gain->blocks[gain->next].index < block) {
            gain->next++;
        }
        out[sample] = facts->gain;
        if (gain->next < facts->block_count && gain->blocks[gain->next].index == block) {
            out[sample] *= gain->blocks[gain->next].gains[time % ENVELOPE_BLOCK_SAMPLES];
        }
        if (time >= facts->length_samples - facts->end_fade_samples) {
            out[sample] *= master_end_fade(time, facts->length_samples, facts->end_fade_samples);
        }
    }
}
