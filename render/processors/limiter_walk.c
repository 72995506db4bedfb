/* The limiter over a whole programme, stopping only where something can exceed the ceiling.
 *
 * Places are slots of 10 ms. When the samples of a slot are fed, the limiter judges intervals
 * that hear this slot and the end of the one before; behind a short slot the second one before.
 */
#include "render/processors/limiter_walk.h"

#include <math.h>

#include "render/dsp/loudness_blocks.h"

enum {
    SLOTS_HEARD = 3,  /* by the intervals judged in one: their own, and two before */
    SLOTS_BRIDGED = 8 /* between two places: rather read than left out, so that reads are long */
};

/* Of two computations of an interval behind two gains, over the greatest sample under it: 32
 * products and their sums in float, 2^-24 each, with room. */
static const double interval_error = 1e-4;

struct LimiterWalk {
    LimitedSignal signal;
    double ceiling_gain;
    int64_t place_count; /* slots, what lies behind the last, and the silence behind the end */
    float *peaks;        /* [place_count] of samples, of the slots heard */
    float *limits;       /* [place_count] that no interval judged in the place exceeds, at gain 1 */
    int64_t slots_at_once;
    double **planes;     /* [channel_count][LIMITER_WALK_SAMPLES] */
    const double **rows; /* [channel_count] into them */
    float *envelope;     /* [LIMITER_WALK_SAMPLES] */
    Limiter *limiter;    /* of one run */
    double gain;         /* of it */
};

static SampleTime place_begin(const LimiterWalk *walk, int64_t place) {
    const SampleTime begin = slot_begin(walk->signal.rate_hz, place);
    const SampleTime length = walk->signal.length_samples;
    return begin < length ? begin : length;
}

static void find_limits(LimiterWalk *walk, const float *peaks, Arena *arena) {
    const double bound = true_peak_bound(true_peak_create(arena));
    for (int64_t place = 0; place < walk->place_count; place++) {
        float most = 0.0F;
        for (int64_t heard = place; heard >= 0 && heard > place - SLOTS_HEARD; heard--) {
            const float peak = heard < walk->place_count - 1 ? peaks[heard] : 0.0F;
            most = peak > most ? peak : most;
        }
        walk->peaks[place] = most;
        walk->limits[place] = (float)((double)most * bound * (1 + interval_error));
    }
}

LimiterWalk *limiter_walk_create(const LimitedSignal *signal,
                                 const float *peaks,
                                 double ceiling_gain,
                                 Arena *arena) {
    LimiterWalk *walk = arena_alloc(arena, sizeof *walk);
    const size_t channels = (size_t)signal->channel_count;
    walk->signal = *signal;
    walk->ceiling_gain = ceiling_gain;
    walk->place_count = slots_in(signal->rate_hz, signal->length_samples) + 2;
    walk->peaks = arena_array(arena, (size_t)walk->place_count, sizeof *walk->peaks);
    walk->limits = arena_array(arena, (size_t)walk->place_count, sizeof *walk->limits);
    const int longest = signal->rate_hz / SLOTS_PER_SECOND + 1;
    walk->slots_at_once = (LIMITER_WALK_SAMPLES - LIMITER_MEMORY_SAMPLES) / longest;
    walk->planes = arena_array(arena, channels, sizeof *walk->planes);
    walk->rows = arena_array(arena, channels, sizeof *walk->rows);
    for (size_t channel = 0; channel < channels; channel++) {
        walk->planes[channel] = arena_array(arena, LIMITER_WALK_SAMPLES, sizeof(double));
    }
    walk->envelope = arena_array(arena, LIMITER_WALK_SAMPLES, sizeof *walk->envelope);
    find_limits(walk, peaks, arena);
    return walk;
}

static bool is_hot(const LimiterWalk *walk, int64_t place, double gain) {
    return (double)walk->limits[place] * gain > walk->ceiling_gain;
}

bool limiter_walk_is_idle(const LimiterWalk *walk, double gain) {
    for (int64_t place = 0; place < walk->place_count; place++) {
        if (is_hot(walk, place, gain)) {
            return false;
        }
    }
    return true;
}

static Status
hand_on(const LimiterWalk *walk, int64_t count, const EnvelopeSink *sink, ErrorList *errors) {
    return count ? sink->take(sink->context, walk->envelope, count, errors) : DONE;
}

static void learn(LimiterWalk *walk, int64_t place) {
    const double told = limiter_take_greatest(walk->limiter);
    const double peak = fmax(told, walk->ceiling_gain * limiter_told_share) / walk->gain;
    const float limit = (float)(peak + interval_error * (double)walk->peaks[place]);
    walk->limits[place] = limit < walk->limits[place] ? limit : walk->limits[place];
}

static void aim_rows(LimiterWalk *walk, int64_t offset) {
    for (int channel = 0; channel < walk->signal.channel_count; channel++) {
        walk->rows[channel] = walk->planes[channel] + offset;
    }
}

/* Feeds the places of one read; memory: samples ahead of them, read with them. */
static Status feed_places(
    LimiterWalk *walk, Span places, int memory, const EnvelopeSink *sink, ErrorList *errors) {
    const SampleTime begin = place_begin(walk, places.begin);
    const Span part = {begin - memory, place_begin(walk, places.end)};
    if (part.begin < part.end) {
        TRY(walk->signal.read(walk->signal.context, part, walk->planes, errors));
    }
    if (memory) {
        aim_rows(walk, 0);
        limiter_recall(walk->limiter, walk->rows, memory, walk->gain);
    }
    for (int64_t place = places.begin; place < places.end; place++) {
        const SampleTime from = place_begin(walk, place);
        aim_rows(walk, from - part.begin);
        const int64_t count =
            limiter_feed(walk->limiter, walk->rows, place_begin(walk, place + 1) - from, walk->gain,
                         walk->envelope);
        learn(walk, place);
        TRY(hand_on(walk, count, sink, errors));
    }
    return DONE;
}

/* What is read with a place when the limiter has rested until there. */
static int memory_before(const LimiterWalk *walk, int64_t place) {
    const SampleTime begin = place_begin(walk, place);
    return begin < LIMITER_MEMORY_SAMPLES ? (int)begin : LIMITER_MEMORY_SAMPLES;
}

static Status
feed_run(LimiterWalk *walk, Span places, const EnvelopeSink *sink, ErrorList *errors) {
    int memory = memory_before(walk, places.begin);
    for (int64_t at = places.begin; at < places.end; at += walk->slots_at_once) {
        const int64_t next = at + walk->slots_at_once;
        const Span part = {at, next < places.end ? next : places.end};
        TRY(feed_places(walk, part, memory, sink, errors));
        memory = 0;
    }
    return DONE;
}

/* Behind the last place from `place` on that is hot, as long as none lies far from the one before;
 * `place` itself when it is not. */
static int64_t end_of_run(const LimiterWalk *walk, int64_t place) {
    int64_t end = place;
    for (int64_t next = place; next < walk->place_count - 1 && next <= end + SLOTS_BRIDGED;
         next++) {
        end = is_hot(walk, next, walk->gain) ? next + 1 : end;
    }
    return is_hot(walk, place, walk->gain) ? end : place;
}

/* The silence behind the end; is_fed: the limiter holds the last samples. */
static Status finish(LimiterWalk *walk, bool is_fed, const EnvelopeSink *sink, ErrorList *errors) {
    const int64_t silence = walk->place_count - 1;
    const bool is_asked = is_hot(walk, silence, walk->gain);
    if (is_asked && !is_fed) {
        const Span none = {silence, silence};
        TRY(feed_places(walk, none, memory_before(walk, silence), sink, errors));
    }
    if (!is_asked) {
        const int64_t delay = limiter_delay_samples(walk->limiter);
        return hand_on(walk, limiter_rest(walk->limiter, delay, walk->envelope), sink, errors);
    }
    const int64_t count = limiter_flush(walk->limiter, walk->envelope);
    learn(walk, silence);
    return hand_on(walk, count, sink, errors);
}

Status
limiter_walk_run(LimiterWalk *walk, double gain, const EnvelopeSink *sink, ErrorList *errors) {
    Arena *arena = arena_create();
    walk->gain = gain;
    walk->limiter =
        limiter_create(walk->signal.channel_count, walk->signal.rate_hz, walk->ceiling_gain, arena);
    Status status = DONE;
    int64_t fed = -1; /* the place behind the last one that was */
    for (int64_t place = 0; place < walk->place_count - 1 && status == DONE;) {
        const int64_t end = end_of_run(walk, place);
        if (end > place) {
            status = feed_run(walk, (Span){place, end}, sink, errors);
            place = end;
            fed = end;
        } else {
            const int64_t count = place_begin(walk, place + 1) - place_begin(walk, place);
            status =
                hand_on(walk, limiter_rest(walk->limiter, count, walk->envelope), sink, errors);
            place++;
        }
    }
    status = status ? status : finish(walk, fed == walk->place_count - 1, sink, errors);
    arena_destroy(&arena);
    return status;
}
