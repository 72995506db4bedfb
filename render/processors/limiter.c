/* Linked true-peak limiter: a look-ahead gain envelope (state: sequential stages only).
 *
 * required attenuation -> sliding maximum over the look-ahead -> release -> three box filters.
 * Whatever the box filters average at a sample has seen that sample in its maximum, so the result
 * never lies below what is required.
 */
#include "render/processors/limiter.h"

#include <math.h>
#include <stdbool.h>

#include "render/base/units.h"
#include "render/dsp/true_peak.h"

enum { BOX_COUNT = 3, PIECE_SAMPLES = TRUE_PEAK_PIECE_SAMPLES };

static const double unit = 0x1p-30; /* of attenuation; 2^30 * 320^3 fits 63 bits at 192 kHz */

/* Greatest of the newest values: those that a newer, greater one has overtaken are dropped. */
typedef struct SlidingMaximum {
    int64_t *values, *indices; /* rings of `length` places */
    int64_t length, head, count;
} SlidingMaximum;

typedef struct Box { /* running sum of the newest values */
    int64_t *values;
    int64_t length, place, sum;
} Box;

struct Limiter {
    int channel_count;
    double ceiling_gain;
    TruePeak *filter;
    TruePeakTrack *tracks;
    float *linked;       /* [PIECE_SAMPLES]: greatest interval of all channels */
    float interval_peak; /* the one before */
    float greatest;      /* interval since it was asked for */
    double *silence;     /* [PIECE_SAMPLES] */
    int64_t position;    /* sample whose requirement comes next */
    int64_t look_ahead_samples;
    SlidingMaximum maximum;
    double release_factor;
    int64_t attenuation; /* behind the release */
    Box boxes[BOX_COUNT];
    double scale; /* of the third sum */
};

static void create_boxes(Limiter *limiter, int rate_hz, Arena *arena) {
    const int64_t samples = (int64_t)(limiter_look_ahead_s * rate_hz);
    const int64_t length = (samples + BOX_COUNT) / BOX_COUNT;
    limiter->look_ahead_samples = BOX_COUNT * (length - 1); /* reach of all three */
    limiter->scale = unit;
    for (int box = 0; box < BOX_COUNT; box++) {
        limiter->boxes[box].values = arena_array(arena, (size_t)length, sizeof(int64_t));
        limiter->boxes[box].length = length;
        limiter->scale /= (double)length;
    }
    SlidingMaximum *maximum = &limiter->maximum;
    maximum->length = limiter->look_ahead_samples + 1;
    maximum->values = arena_array(arena, (size_t)maximum->length, sizeof(int64_t));
    maximum->indices = arena_array(arena, (size_t)maximum->length, sizeof(int64_t));
}

Limiter *limiter_create(int channel_count, int rate_hz, double ceiling_gain, Arena *arena) {
    Limiter *limiter = arena_alloc(arena, sizeof *limiter);
    limiter->channel_count = channel_count;
    limiter->ceiling_gain = ceiling_gain;
    limiter->filter = true_peak_create(arena);
    limiter->tracks = arena_array(arena, (size_t)channel_count, sizeof *limiter->tracks);
    limiter->linked = arena_array(arena, PIECE_SAMPLES, sizeof(float));
    limiter->silence = arena_array(arena, PIECE_SAMPLES, sizeof(double));
    limiter->position = -TRUE_PEAK_DELAY_SAMPLES;
    limiter->release_factor = exact_exp(-1 / (limiter_release_s * rate_hz));
    create_boxes(limiter, rate_hz, arena);
    return limiter;
}

int64_t limiter_delay_samples(const Limiter *limiter) {
    return limiter->look_ahead_samples + TRUE_PEAK_DELAY_SAMPLES;
}

/* Adds value number `index`; the greatest of the newest `length` ones. */
static int64_t sliding_maximum_step(SlidingMaximum *maximum, int64_t index, int64_t value) {
    while (maximum->count) {
        const int64_t newest = (maximum->head + maximum->count - 1) % maximum->length;
        if (maximum->values[newest] > value) {
            break;
        }
        maximum->count--;
    }
    if (maximum->count && maximum->indices[maximum->head] <= index - maximum->length) {
        maximum->head = (maximum->head + 1) % maximum->length;
        maximum->count--;
    }
    const int64_t place = (maximum->head + maximum->count) % maximum->length;
    maximum->values[place] = value;
    maximum->indices[place] = index;
    maximum->count++;
    return maximum->values[maximum->head];
}

static int64_t box_step(Box *box, int64_t value) {
    box->sum += value - box->values[box->place];
    box->values[box->place] = value;
    box->place = box->place + 1 == box->length ? 0 : box->place + 1;
    return box->sum;
}

/* Units of attenuation that bring the peak down to the ceiling, rounded up. */
static int64_t required_attenuation(double ceiling_gain, double peak) {
    return peak > ceiling_gain ? (int64_t)ceil((1 - ceiling_gain / peak) / unit) : 0;
}

/* The envelope at position - look-ahead. */
static float step_envelope(Limiter *limiter, int64_t required) {
    const int64_t greatest = sliding_maximum_step(&limiter->maximum, limiter->position, required);
    const int64_t released = (int64_t)((double)limiter->attenuation * limiter->release_factor);
    limiter->attenuation = greatest > released ? greatest : released;
    int64_t sum = limiter->attenuation;
    for (int box = 0; box < BOX_COUNT; box++) {
        sum = box_step(&limiter->boxes[box], sum);
    }
    return (float)(1 - (double)sum * limiter->scale);
}

/* A sample has to obey the intervals on both its sides. */
static int64_t step_piece(Limiter *limiter, int count, float *envelope) {
    int64_t out_count = 0;
    for (int sample = 0; sample < count; sample++, limiter->position++) {
        const float before = limiter->interval_peak;
        limiter->interval_peak = limiter->linked[sample];
        if (limiter->position < 0) { /* ahead of the first sample */
            continue;
        }
        const float peak = before > limiter->interval_peak ? before : limiter->interval_peak;
        const float gain =
            step_envelope(limiter, required_attenuation(limiter->ceiling_gain, (double)peak));
        if (limiter->position >= limiter->look_ahead_samples) {
            envelope[out_count++] = gain;
        }
    }
    return out_count;
}

/* What stays below the ceiling asks for nothing, whatever its exact peak: that of what stays well
 * below it is not even searched. */
static void link_channel(Limiter *limiter, int channel, int count) {
    float peaks[PIECE_SAMPLES];
    const float greatest = true_peak_intervals(limiter->filter, &limiter->tracks[channel],
                                               limiter->ceiling_gain * limiter_told_share, peaks);
    if (greatest == 0) {
        return;
    }
    limiter->greatest = greatest > limiter->greatest ? greatest : limiter->greatest;
    for (int sample = 0; sample < count; sample++) {
        const float peak = peaks[sample];
        limiter->linked[sample] = peak > limiter->linked[sample] ? peak : limiter->linked[sample];
    }
}

static void clear_linked(Limiter *limiter, int count) {
    for (int sample = 0; sample < count; sample++) {
        limiter->linked[sample] = 0;
    }
}

static void
feed_piece(Limiter *limiter, const double *const *in, int64_t offset, int count, double gain) {
    clear_linked(limiter, count);
    for (int channel = 0; channel < limiter->channel_count; channel++) {
        const double *samples = in ? in[channel] + offset : limiter->silence;
        true_peak_append(limiter->filter, &limiter->tracks[channel], samples, count, gain);
        link_channel(limiter, channel, count);
    }
}

/* in: NULL for silence. */
static int64_t
feed(Limiter *limiter, const double *const *in, int64_t count, double gain, float *envelope) {
    int64_t out_count = 0;
    for (int64_t offset = 0; offset < count; offset += PIECE_SAMPLES) {
        const int64_t left = count - offset;
        const int piece = left < PIECE_SAMPLES ? (int)left : PIECE_SAMPLES;
        feed_piece(limiter, in, offset, piece, gain);
        out_count += step_piece(limiter, piece, envelope + out_count);
    }
    return out_count;
}

int64_t limiter_feed(
    Limiter *limiter, const double *const *in, int64_t count, double pre_gain, float *envelope) {
    return feed(limiter, in, count, pre_gain, envelope);
}

int64_t limiter_flush(Limiter *limiter, float *envelope) {
    return feed(limiter, NULL, limiter_delay_samples(limiter), 0.0, envelope);
}

void limiter_recall(Limiter *limiter, const double *const *in, int count, double pre_gain) {
    for (int channel = 0; channel < limiter->channel_count; channel++) {
        limiter->tracks[channel] = (TruePeakTrack){0};
        true_peak_append(limiter->filter, &limiter->tracks[channel], in[channel], count, pre_gain);
    }
}

/* The envelope is 1 until something is asked for: whole sums of nothing are 0. */
static bool is_quiet(const Limiter *limiter) {
    const SlidingMaximum *maximum = &limiter->maximum;
    int64_t sum = limiter->attenuation + (maximum->count ? maximum->values[maximum->head] : 0);
    for (int box = 0; box < BOX_COUNT; box++) {
        sum += limiter->boxes[box].sum;
    }
    return sum == 0 && (double)limiter->interval_peak <= limiter->ceiling_gain &&
           limiter->position >= limiter->look_ahead_samples;
}

static int rest_piece(Limiter *limiter, int count, float *envelope) {
    if (!is_quiet(limiter)) {
        clear_linked(limiter, count);
        return (int)step_piece(limiter, count, envelope);
    }
    for (int sample = 0; sample < count; sample++) {
        envelope[sample] = 1.0F;
    }
    limiter->interval_peak = 0;
    limiter->position += count;
    return count;
}

int64_t limiter_rest(Limiter *limiter, int64_t count, float *envelope) {
    int64_t out_count = 0;
    for (int64_t offset = 0; offset < count; offset += PIECE_SAMPLES) {
        const int64_t left = count - offset;
        const int piece = left < PIECE_SAMPLES ? (int)left : PIECE_SAMPLES;
        out_count += rest_piece(limiter, piece, envelope + out_count);
    }
    return out_count;
}

double limiter_take_greatest(Limiter *limiter) {
    const double greatest = (double)limiter->greatest;
    limiter->greatest = 0;
    return greatest;
}
