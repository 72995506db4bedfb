/* Responses in the frequency domain, cut into partitions, two channels to a spectrum. */
#include "render/dsp/filter_bank.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

enum { SMALLEST_TRANSFORM = 4096, LARGEST_TRANSFORM = 65536, TILE_SAMPLES = 64 };

int convolver_block_samples(int64_t response_samples) {
    int size = SMALLEST_TRANSFORM;
    /* nearest to 2 * samples / 6: above the middle between size and 2 * size, the next one */
    while (size < LARGEST_TRANSFORM && 2 * response_samples > 9 * (int64_t)size) {
        size *= 2;
    }
    return size / 2;
}

/* A pair on its way into the bank. */
typedef struct PairSource {
    const FilterBank *bank;
    const float *responses[2]; /* NULL: no channel */
    int64_t sample_count;
    float *bins; /* [2 S][re, im][8]: a partition to a lane */
} PairSource;

static int64_t samples_of_partition(const PairSource *source, int partition) {
    const int64_t left = source->sample_count - (int64_t)partition * source->bank->block_samples;
    return left < source->bank->block_samples ? left : source->bank->block_samples;
}

static bool part_sounds(const PairSource *source, int channel, int partition) {
    if (!source->responses[channel]) {
        return false;
    }
    const float *samples =
        source->responses[channel] + (int64_t)partition * source->bank->block_samples;
    const int64_t count = samples_of_partition(source, partition);
    for (int64_t sample = 0; sample < count; sample++) {
        if (samples[sample] != 0.0F) {
            return true;
        }
    }
    return false;
}

static void find_partitions(const PairSource *source, FilterPair *pair) {
    int end = 0;
    pair->first_partition = source->bank->partition_count;
    for (int partition = 0; partition < source->bank->partition_count; partition++) {
        for (int channel = 0; channel < 2; channel++) {
            if (part_sounds(source, channel, partition)) {
                pair->sounds[channel] = true;
                pair->first_partition =
                    partition < pair->first_partition ? partition : pair->first_partition;
                end = partition + 1;
            }
        }
    }
    pair->partition_count = end > pair->first_partition ? end - pair->first_partition : 0;
}

/* Samples of one channel's partition into a lane; what lies behind them is zero. */
static void
load_lane(const PairSource *source, int channel, int partition, float *bins, SampleTime begin) {
    const int64_t count = samples_of_partition(source, partition);
    const float scale =
        0.25F / (float)source->bank->block_samples; /* 1 / 2 S, and sources are 2 X */
    const float *samples =
        source->responses[channel] + (int64_t)partition * source->bank->block_samples;
    for (int64_t sample = begin; sample < begin + TILE_SAMPLES; sample++, bins += FFT_BIN_FLOATS) {
        *bins = sample < count ? samples[sample] * scale : 0.0F;
    }
}

/* Up to eight partitions of both channels; tile by tile, so that a line is filled while it is near.
 */
static void load_lanes(const PairSource *source, int first, int count) {
    const size_t floats = (size_t)source->bank->block_samples * FFT_BIN_FLOATS;
    memset(source->bins, 0, 2 * floats * sizeof *source->bins);
    for (SampleTime begin = 0; begin < source->bank->block_samples; begin += TILE_SAMPLES) {
        float *bins = source->bins + begin * FFT_BIN_FLOATS;
        for (int lane = 0; lane < count; lane++) {
            for (int channel = 0; channel < 2; channel++) {
                if (source->responses[channel]) {
                    load_lane(source, channel, first + lane,
                              bins + lane + (ptrdiff_t)channel * FFT_LANES, begin);
                }
            }
        }
    }
}

/* sign: -1 takes the conjugate. */
static void store_bin(const PairSource *source, int position, int lane, float sign, float *filter) {
    const FilterBank *bank = source->bank;
    if (position < 2 * bank->block_samples) {
        const float *bin = source->bins + (size_t)position * FFT_BIN_FLOATS + (size_t)lane;
        filter[0] = bin[0];
        filter[1] = bin[FFT_LANES] * sign;
    } /* else it stays 0 */
}

static void store_lanes(const PairSource *source, int first, int count, const FilterPair *pair) {
    const HalfSpectrum *order = &source->bank->order;
    for (ptrdiff_t row = 0; row <= order->block_samples; row++) {
        float *filter =
            pair->filter +
            (row * pair->partition_count + first - pair->first_partition) * FILTER_FLOATS;
        for (int lane = 0; lane < count; lane++, filter += FILTER_FLOATS) {
            store_bin(source, order->positions[2 * row], lane, 1, filter);
            store_bin(source, order->positions[2 * row + 1], lane, -1, filter + 2);
        }
    }
}

static void
transform_pair(const PairSource *source, const FftLanes *fft, FilterPair *pair, Arena *arena) {
    find_partitions(source, pair);
    const size_t rows = (size_t)source->bank->block_samples + 1;
    const int end = pair->first_partition + pair->partition_count;
    pair->filter =
        arena_array(arena, rows * (size_t)pair->partition_count, FILTER_FLOATS * sizeof(float));
    for (int first = pair->first_partition; first < end; first += FFT_LANES) {
        const int count = end - first < FFT_LANES ? end - first : FFT_LANES;
        load_lanes(source, first, count);
        fft_lanes_forward(fft, source->bins);
        store_lanes(source, first, count, pair);
    }
}

static void transform_pairs(FilterBank *bank, const AudioBlock *responses, Arena *arena) {
    Arena *scratch = arena_create();
    PairSource source = {.bank = bank, .sample_count = responses->sample_count};
    source.bins =
        arena_array(scratch, 2 * (size_t)bank->block_samples, FFT_BIN_FLOATS * sizeof(float));
    for (int pair = 0; pair < bank->pair_count; pair++) {
        const bool has_partner = 2 * pair + 1 < bank->channel_count;
        source.responses[0] = responses->samples[2 * (size_t)pair];
        source.responses[1] = has_partner ? responses->samples[2 * (size_t)pair + 1] : NULL;
        transform_pair(&source, bank->transforms.block, &bank->pairs[pair], arena);
    }
    arena_destroy(&scratch);
}

Status filter_bank_create_by(FftEngine engine,
                             const AudioBlock *responses,
                             int block_samples,
                             Arena *arena,
                             FilterBank **bank,
                             ErrorList *errors) {
    assert(responses->channel_count >= 1 && responses->sample_count >= 1);
    FilterBank *made = arena_alloc(arena, sizeof *made);
    made->fft = engine;
    made->block_samples = block_samples;
    made->channel_count = responses->channel_count;
    made->pair_count = (responses->channel_count + 1) / 2;
    made->partition_count = (int)((responses->sample_count + block_samples - 1) / block_samples);
    made->pairs = arena_array(arena, (size_t)made->pair_count, sizeof *made->pairs);
    TRY(block_transforms_open(engine, block_samples, arena, &made->transforms, errors));
    made->order = half_spectrum_create(&made->transforms, block_samples, arena);
    transform_pairs(made, responses, arena);
    if (engine == FFT_FFTW) { /* a bank is not closed: plans are made again by who needs them */
        block_transforms_close(&made->transforms);
    }
    *bank = made;
    return DONE;
}

Status filter_bank_create_sized(const AudioBlock *responses,
                                int block_samples,
                                Arena *arena,
                                FilterBank **bank,
                                ErrorList *errors) {
    return filter_bank_create_by(FFT_LANE, responses, block_samples, arena, bank, errors);
}

Status filter_bank_create(const AudioBlock *responses,
                          Arena *arena,
                          FilterBank **bank,
                          ErrorList *errors) {
    const int block_samples = convolver_block_samples(responses->sample_count);
    return filter_bank_create_sized(responses, block_samples, arena, bank, errors);
}

int64_t filter_bank_bytes(int channel_count, int64_t response_samples) {
    const int64_t block_samples = convolver_block_samples(response_samples);
    const int64_t partitions = (response_samples + block_samples - 1) / block_samples;
    const int64_t pairs = (channel_count + 1) / 2;
    return pairs * partitions * (block_samples + 1) * FILTER_FLOATS * (int64_t)sizeof(float);
}

int filter_bank_channels_within(int64_t response_samples, int64_t limit_bytes) {
    const int64_t pairs = limit_bytes / filter_bank_bytes(2, response_samples);
    return pairs < 1 ? 2 : pairs < INT_MAX / 2 ? (int)(2 * pairs) : INT_MAX - 1;
}

int filter_bank_partition_count(const FilterBank *bank) {
    return bank->partition_count;
}
