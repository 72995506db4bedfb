/* Windows of a source and the absolute grid: block k is samples kS .. (k + 1) S - 1, whatever the
 * span, so that a cut moves no block. */
#include "render/dsp/overlap_save.h"

#include <string.h>

int64_t grid_block_at(SampleTime sample, int block_samples) {
    const int64_t quotient = sample / block_samples;
    return quotient - (sample % block_samples < 0);
}

static bool is_silence(const float *samples, int count) {
    for (int sample = 0; sample < count; sample++) {
        if (samples[sample] != 0.0F) {
            return false;
        }
    }
    return true;
}

void source_window_create(int block_samples, Arena *arena, SourceWindow *window) {
    *window = (SourceWindow){.block_samples = block_samples};
    window->samples = arena_array(arena, 2 * (size_t)block_samples, sizeof(float));
}

/* Fills one half from the source. */
static void
read_half(SourceWindow *window, ConvolverRead *read, void *context, SampleTime begin, int half) {
    float *samples = window->samples + (ptrdiff_t)half * window->block_samples;
    read(context, begin, window->block_samples, samples);
    window->half_is_silent[half] = is_silence(samples, window->block_samples);
}

bool source_window_move(SourceWindow *window, ConvolverRead *read, void *context, int64_t block) {
    const int length = window->block_samples;
    if (window->is_filled) {
        memcpy(window->samples, window->samples + length, (size_t)length * sizeof(float));
        window->half_is_silent[0] = window->half_is_silent[1];
    } else {
        read_half(window, read, context, (block - 1) * length, 0);
        window->is_filled = true;
    }
    read_half(window, read, context, block * length, 1);
    return !(window->half_is_silent[0] && window->half_is_silent[1]);
}

BlockPart block_part(Span span, int64_t block, int block_samples) {
    const SampleTime begin = block * block_samples;
    const SampleTime first = span.begin > begin ? span.begin : begin;
    const SampleTime end = begin + block_samples;
    const SampleTime last = span.end < end ? span.end : end;
    return (BlockPart){
        .begin = (int)(first - begin), .end = (int)(last - begin), .at = first - span.begin};
}
