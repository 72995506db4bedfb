/* Windows of a source and the absolute grid: block k is samples kS .. (k + 1) S - 1, whatever the
 * span, so that a cut moves no block. */
#include "render/dsp/overlap_save.h"

#include <string.h>

#include "render/dsp/kernels.h"

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

Status block_transform_create(int block_samples,
                              Arena *arena,
                              BlockTransform *transform,
                              ErrorList *errors) {
    *transform = (BlockTransform){.block_samples = block_samples};
    TRY(fft_create_by(FFT_FFTW, 2 * block_samples, &transform->fft, errors));
    const size_t length = 2 * (size_t)block_samples;
    transform->interleaved = arena_array(arena, length + 2, sizeof(float));
    transform->samples = arena_array(arena, length, sizeof(float));
    return DONE;
}

void block_transform_destroy(BlockTransform *transform) {
    fft_destroy(&transform->fft);
}

void block_transform_forward(const BlockTransform *transform,
                             const float *samples,
                             float scale,
                             float *grouped) {
    fft_forward(transform->fft, samples, transform->interleaved);
    kernel_group(transform->interleaved, transform->block_samples + 1, scale, grouped);
}

const float *block_transform_inverse(const BlockTransform *transform, const float *grouped) {
    kernel_ungroup(grouped, transform->block_samples + 1, transform->interleaved);
    fft_inverse(transform->fft, transform->interleaved, transform->samples);
    return transform->samples + transform->block_samples;
}

BlockPart block_part(Span span, int64_t block, int block_samples) {
    const SampleTime begin = block * block_samples;
    const SampleTime first = span.begin > begin ? span.begin : begin;
    const SampleTime end = begin + block_samples;
    const SampleTime last = span.end < end ? span.end : end;
    return (BlockPart){
        .begin = (int)(first - begin), .end = (int)(last - begin), .at = first - span.begin};
}
