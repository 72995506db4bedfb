/* Doppler shift and air, from the first sample of a layer on. */
#include "render/processors/travel.h"

#include <math.h>
#include <string.h>

#include "render/dsp/moving_delay.h"

enum {
    DELAY_GRID_SAMPLES = 64,
    AIR_GRID_SAMPLES = 512,
    AIR_RATE_STEP_HZ = 48000,
    AIR_HALF_TAPS = 127
};

/* A source below the speed of sound comes this near to its own time of departure. */
enum { MOST_ITERATIONS = 400 };
static const double least_change_samples = 1e-7;

/* A part of a signal, in samples of the layer. */
typedef struct Window {
    float **rows; /* [channel_count][capacity] */
    int channel_count;
    int64_t begin, end, capacity;
} Window;

typedef struct Delays { /* on the grid, four around a cell */
    double samples[4];
    int64_t cell;
    bool is_filled;
} Delays;

typedef struct AirFilter {
    double *taps; /* [half + 1], the middle one first: both sides are equal */
    int64_t grid;
    bool is_filled;
    bool is_clear; /* it takes nothing */
} AirFilter;

struct Travel {
    const MixLayer *layer;
    Arena *arena;
    int rate_hz, channel_count;
    bool has_ended;
    SincTable *table;
    Window in, moved; /* pushed; behind Doppler */
    Delays delays;
    int64_t done; /* samples pulled */
    int air_half, air_points;
    double *cosines;  /* [air_points] of one turn */
    AirFilter air[2]; /* at both ends of a cell of the grid */
};

static double distance_at(const MixLayer *layer, SampleTime time) {
    const ObjectState state = trajectory_object_at(&layer->path, time);
    return trajectory_distance_m(&state);
}

static double delay_at(const MixLayer *layer, int rate_hz, double time) {
    const double whole = floor(time);
    const double from_m = distance_at(layer, (SampleTime)whole);
    const double to_m = distance_at(layer, (SampleTime)whole + 1);
    const double distance_m = from_m + (time - whole) * (to_m - from_m);
    return (distance_m - layer->travel.nearest_m) * rate_hz / speed_of_sound_m_per_s;
}

double travel_emission(const MixLayer *layer, int rate_hz, SampleTime time) {
    double left = (double)time;
    for (int round = 0; round < MOST_ITERATIONS; round++) {
        const double better = (double)time - delay_at(layer, rate_hz, left);
        const bool is_found = fabs(better - left) < least_change_samples;
        left = better;
        if (is_found) {
            break;
        }
    }
    return left;
}

static void window_create(int channel_count, Arena *arena, Window *window) {
    *window = (Window){.channel_count = channel_count};
    window->rows = arena_array(arena, (size_t)channel_count, sizeof *window->rows);
}

/* Room for so many more behind the end; what lies before `keep` is dropped. */
static void window_make_room(Window *window, int64_t keep, int64_t count, Arena *arena) {
    const int64_t begin = keep < window->end ? keep : window->end;
    const int64_t dropped = begin > window->begin ? begin - window->begin : 0;
    const int64_t kept = window->end - window->begin - dropped;
    const bool grows = kept + count > window->capacity;
    const int64_t capacity = grows ? 2 * (kept + count) : window->capacity;
    for (int channel = 0; channel < window->channel_count; channel++) {
        float *row = window->rows[channel];
        float *to = grows ? arena_array(arena, (size_t)capacity, sizeof *to) : row;
        if (kept > 0 && (grows || dropped > 0)) {
            memmove(to, row + dropped, (size_t)kept * sizeof *to);
        }
        window->rows[channel] = to;
    }
    window->begin += dropped;
    window->capacity = capacity;
}

static double cubic(const double values[4], double u) {
    const double slope = 0.5 * (values[2] - values[0]);
    const double next_slope = 0.5 * (values[3] - values[1]);
    const double rise = values[2] - values[1];
    const double second = 3.0 * rise - 2.0 * slope - next_slope;
    const double third = slope + next_slope - 2.0 * rise;
    return values[1] + u * (slope + u * (second + u * third));
}

static int64_t floor_divide(int64_t value, int64_t by) {
    return value / by - (value % by < 0);
}

/* Exact delays on the absolute grid, a cubic between. */
static double smooth_delay(Travel *travel, SampleTime time) {
    Delays *delays = &travel->delays;
    const int64_t cell = floor_divide(time, DELAY_GRID_SAMPLES);
    if (!delays->is_filled || delays->cell != cell) {
        for (int point = 0; point < 4; point++) {
            const SampleTime at = (cell + point - 1) * DELAY_GRID_SAMPLES;
            delays->samples[point] =
                (double)at - travel_emission(travel->layer, travel->rate_hz, at);
        }
        delays->cell = cell;
        delays->is_filled = true;
    }
    return cubic(delays->samples, (double)(time - cell * DELAY_GRID_SAMPLES) / DELAY_GRID_SAMPLES);
}

/* As much as the input allows, up to a sample of the layer. */
static void move_on(Travel *travel, int64_t until) {
    Window *in = &travel->in;
    Window *moved = &travel->moved;
    const int64_t wanted = until - moved->end;
    if (wanted <= 0) {
        return;
    }
    window_make_room(moved, travel->done - travel->air_half, wanted, travel->arena);
    for (int64_t sample = moved->end; sample < until; sample++) {
        const SampleTime time = travel->layer->start + sample;
        const double delay = smooth_delay(travel, time);
        const double speed = 1.0 - (smooth_delay(travel, time + 1) - delay);
        const double place = (double)sample - delay;
        const int64_t needed = (int64_t)floor(place) + sinc_table_reach(speed) + 1;
        if (needed > in->end && !travel->has_ended) {
            return;
        }
        for (int channel = 0; channel < travel->channel_count; channel++) {
            moved->rows[channel][sample - moved->begin] =
                (float)sinc_table_read(travel->table, in->rows[channel], in->end - in->begin,
                                       place - (double)in->begin, speed);
        }
        moved->end = sample + 1;
    }
}

/* The taps that lose what the air takes on the way: the spectrum is real, so the filter has no
 * phase and no delay. */
static void design_air(const Travel *travel, double way_m, double *taps) {
    const int points = travel->air_points;
    double *gains = arena_array(travel->arena, (size_t)points / 2 + 1, sizeof *gains);
    for (int bin = 0; bin <= points / 2; bin++) {
        const double frequency_hz = (double)bin * travel->rate_hz / points;
        const double loss_db = way_m * air_absorption_db_per_m(frequency_hz, &standard_air);
        gains[bin] = gain_from_db(-loss_db) * (bin == 0 || bin == points / 2 ? 1.0 : 2.0);
    }
    for (int tap = 0; tap <= travel->air_half; tap++) {
        const double taper = exact_cos(pi / 2.0 * tap / (travel->air_half + 1));
        double sum = 0.0;
        for (int bin = 0; bin <= points / 2; bin++) {
            sum += gains[bin] * travel->cosines[(int64_t)bin * tap % points];
        }
        taps[tap] = sum / points * taper * taper;
    }
}

static double extra_at(const MixTravel *way, SampleTime time) {
    double extra_m = way->extra_m;
    for (int lane = 0; lane < way->air_lane_count; lane++) {
        extra_m += lane_value(&way->air_lanes[lane], time);
    }
    return fmax(extra_m, 0.0);
}

static void fill_air(Travel *travel, int64_t grid, AirFilter *filter) {
    if (filter->is_filled && filter->grid == grid) {
        return;
    }
    const MixTravel *way = &travel->layer->travel;
    const double way_m = distance_at(travel->layer, grid * AIR_GRID_SAMPLES) - way->reference_m;
    const bool is_still = !trajectory_moves(&travel->layer->path) && way->air_lane_count == 0;
    if (!filter->is_filled || !is_still) {
        Arena *scratch = arena_create();
        Travel designer = *travel;
        designer.arena = scratch;
        const double all_m = fmax(way_m, 0.0) + extra_at(way, grid * AIR_GRID_SAMPLES);
        design_air(&designer, all_m, filter->taps);
        filter->is_clear = all_m == 0.0;
        arena_destroy(&scratch);
    }
    filter->grid = grid;
    filter->is_filled = true;
}

/* before, behind: how many samples there are on both sides of the middle. */
static double
filter_at(const double *taps, int half, const float *middle, int64_t before, int64_t behind) {
    double sum = taps[0] * (double)*middle;
    for (int tap = 1; tap <= half && before >= half && behind >= half; tap++) {
        sum += taps[tap] * ((double)middle[-tap] + (double)middle[tap]);
    }
    for (int tap = 1; tap <= half && (before < half || behind < half); tap++) {
        const double earlier = tap <= before ? (double)middle[-tap] : 0.0;
        const double later = tap <= behind ? (double)middle[tap] : 0.0;
        sum += taps[tap] * (earlier + later);
    }
    return sum;
}

static void breathe(Travel *travel, int64_t sample, float *const *out, int64_t at) {
    const Window *from = &travel->moved;
    const SampleTime time = travel->layer->start + sample;
    const int64_t grid = floor_divide(time, AIR_GRID_SAMPLES);
    if (travel->air[1].is_filled && travel->air[1].grid == grid) {
        const AirFilter first = travel->air[0];
        travel->air[0] = travel->air[1];
        travel->air[1] = first;
    }
    fill_air(travel, grid, &travel->air[0]);
    fill_air(travel, grid + 1, &travel->air[1]);
    const double u = (double)(time - grid * AIR_GRID_SAMPLES) / AIR_GRID_SAMPLES;
    const bool is_clear = travel->air[0].is_clear && travel->air[1].is_clear;
    for (int channel = 0; channel < travel->channel_count; channel++) {
        const float *middle = from->rows[channel] + (sample - from->begin);
        if (is_clear) { /* bit for bit */
            out[channel][at] = *middle;
            continue;
        }
        const int64_t before = sample - from->begin;
        const int64_t behind = from->end - 1 - sample;
        const double leaving =
            filter_at(travel->air[0].taps, travel->air_half, middle, before, behind);
        const double coming =
            filter_at(travel->air[1].taps, travel->air_half, middle, before, behind);
        out[channel][at] = (float)(leaving + u * (coming - leaving));
    }
}

Travel *travel_create(const MixLayer *layer, int rate_hz, int channel_count, Arena *arena) {
    Travel *travel = arena_alloc(arena, sizeof *travel);
    *travel = (Travel){
        .layer = layer, .arena = arena, .rate_hz = rate_hz, .channel_count = channel_count};
    window_create(channel_count, arena, &travel->in);
    window_create(channel_count, arena, &travel->moved);
    travel->table = layer->travel.has_doppler ? sinc_table_create(arena) : NULL;
    if (layer->travel.has_air) {
        const int factor = (rate_hz + AIR_RATE_STEP_HZ - 1) / AIR_RATE_STEP_HZ;
        travel->air_half = factor * AIR_HALF_TAPS;
        travel->air_points = 4 * factor * (AIR_HALF_TAPS + 1);
        travel->cosines = arena_array(arena, (size_t)travel->air_points, sizeof(double));
        for (int point = 0; point < travel->air_points; point++) {
            travel->cosines[point] = exact_cos(2.0 * pi * point / travel->air_points);
        }
        for (int end = 0; end < 2; end++) {
            travel->air[end].taps =
                arena_array(arena, (size_t)travel->air_half + 1, sizeof(double));
        }
    }
    return travel;
}

static void append(Window *window, float *const *samples, int64_t count) {
    for (int channel = 0; channel < window->channel_count; channel++) {
        memcpy(window->rows[channel] + (window->end - window->begin), samples[channel],
               (size_t)count * sizeof(float));
    }
    window->end += count;
}

void travel_push(Travel *travel, float *const *samples, int64_t count) {
    if (!travel->layer->travel.has_doppler) {
        window_make_room(&travel->moved, travel->done - travel->air_half, count, travel->arena);
        append(&travel->moved, samples, count);
        return;
    }
    const int64_t keep = travel->moved.end - travel->layer->travel.reach_samples;
    window_make_room(&travel->in, keep, count, travel->arena);
    append(&travel->in, samples, count);
}

void travel_end(Travel *travel) {
    travel->has_ended = true;
}

int64_t travel_pull(Travel *travel, float *const *out, int64_t limit) {
    const MixLayer *layer = travel->layer;
    const int64_t length = layer->length_samples + layer->travel.ring_samples;
    const int64_t until = travel->done + limit < length ? travel->done + limit : length;
    if (layer->travel.has_doppler) {
        move_on(travel, until + travel->air_half < length ? until + travel->air_half : length);
    }
    const int64_t known =
        travel->has_ended ? travel->moved.end : travel->moved.end - travel->air_half;
    const int64_t end = known < until ? known : until;
    const int64_t count = end > travel->done ? end - travel->done : 0;
    for (int64_t at = 0; at < count; at++) {
        if (layer->travel.has_air) {
            breathe(travel, travel->done + at, out, at);
            continue;
        }
        for (int channel = 0; channel < travel->channel_count; channel++) {
            out[channel][at] = travel->moved.rows[channel][travel->done + at - travel->moved.begin];
        }
    }
    travel->done += count;
    return count;
}
