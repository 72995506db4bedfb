/* Responses of rooms, measured, levelled and cut while they are read. */
#include "spatial/room_source.h"

#include <math.h>
#include <string.h>

#include "spatial/impulse_file.h"
#include "spatial/layout_table.h"
#include "spatial/shoebox.h"
#include "spatial/shoebox_images.h"

struct RoomSource {
    const MixRoom *room;
    const Layout *layout;
    int rate_hz, channel_count;
    AudioBlock tail;       /* of a shoebox */
    ImpulseStream *stream; /* of a file; NULL: a shoebox */
    AudioBlock portion;    /* what was given last */
    int64_t portion_begin; /* its place in the response */
    int64_t next_sample;   /* that is read */
    int64_t sample_count;
    Span heard; /* the rest is zeros */
    double gain;
};

/* ---- as it was recorded ---- */

static Status open_response(const Mix *mix, RoomSource *source, Arena *arena, ErrorList *errors) {
    const MixRoom *const room = source->room;
    if (room->is_shoebox) {
        source->layout = layout_find("hoa3");
        source->channel_count = source->layout->channel_count;
        return shoebox_tail(room, mix->seed, mix->rate_hz, arena, &source->tail, errors);
    }
    source->layout = room->layout;
    source->channel_count = room->layout->channel_count;
    source->channel_count *= room->is_true_stereo ? source->channel_count : 1;
    return impulse_stream_open(&mix->files[room->file], source->channel_count, mix->rate_hz, arena,
                               &source->stream, errors);
}

static int64_t recorded_samples(const RoomSource *source) {
    return source->stream ? impulse_stream_samples(source->stream) : source->tail.sample_count;
}

/* The next portion; without samples at the end. */
static Status next_portion(RoomSource *source, ErrorList *errors) {
    source->portion_begin += source->portion.sample_count;
    if (source->stream) {
        return impulse_stream_next(source->stream, &source->portion, errors);
    }
    const bool is_begin = source->portion_begin == 0;
    source->portion = source->tail;
    source->portion.sample_count = is_begin ? source->tail.sample_count : 0;
    return DONE;
}

static Status rewind_response(RoomSource *source, ErrorList *errors) {
    source->portion = (AudioBlock){0};
    source->portion_begin = 0;
    return source->stream ? impulse_stream_rewind(source->stream, errors) : DONE;
}

/* ---- level ---- */

typedef struct Measured {
    int counted;    /* channels whose energy counts */
    double *energy; /* [counted] */
    float *loudest; /* [recorded samples] of all channels */
} Measured;

static void measure_channel(const RoomSource *source, int channel, Measured *measured) {
    const float *const samples = source->portion.samples[channel];
    float *const loudest = measured->loudest + source->portion_begin;
    double energy = channel < measured->counted ? measured->energy[channel] : 0.0;
    for (int64_t sample = 0; sample < source->portion.sample_count; ++sample) {
        const double value = (double)samples[sample];
        energy += value * value;
        loudest[sample] = fmaxf(loudest[sample], fabsf(samples[sample]));
    }
    if (channel < measured->counted) {
        measured->energy[channel] = energy;
    }
}

/* Reads to the end. Each channel has a sum of its own, so that no portion matters. */
static Status measure(RoomSource *source, Measured *measured, ErrorList *errors) {
    do {
        TRY(next_portion(source, errors));
        for (int channel = 0; channel < source->portion.channel_count; ++channel) {
            measure_channel(source, channel, measured);
        }
    } while (source->portion.sample_count > 0);
    return DONE;
}

double shoebox_power(const MixRoom *room, int rate_hz) {
    return shoebox_early_power(&room->shoebox, room->early_s, rate_hz) +
           shoebox_late_power(room, rate_hz);
}

/* The part of the energy of a whole response that is not in its early reflections. */
static double late_share(const MixRoom *room, int rate_hz) {
    return room->is_shoebox ? shoebox_late_power(room, rate_hz) / shoebox_power(room, rate_hz)
                            : 1.0;
}

/* Samples up to the last one that exceeds the level in any channel, at least one. */
static int64_t length_above(const float *loudest, int64_t count, double level) {
    while (count > 1 && (double)loudest[count - 1] <= level) {
        --count;
    }
    return count;
}

/* DECISIONS 3. The energy counts before the tail is cut. */
static void set_level(RoomSource *source, const Measured *measured) {
    const MixRoom *const room = source->room;
    const int64_t count = recorded_samples(source);
    double energy = 0.0;
    double peak = 0.0;
    for (int channel = 0; channel < measured->counted; ++channel) {
        energy += measured->energy[channel];
    }
    for (int64_t sample = 0; sample < count; ++sample) {
        peak = fmax(peak, (double)measured->loudest[sample]);
    }
    const double normalised =
        room->normalise && energy > 0.0 ? sqrt(late_share(room, source->rate_hz) / energy) : 1.0;
    source->gain = room->gain * normalised;
    source->sample_count =
        length_above(measured->loudest, count, peak * gain_from_db(-fabs(room->truncate_db)));
}

/* Early or late sound alone, cut hard: both add up to the whole. */
static void split(RoomSource *source) {
    const MixRoom *const room = source->room;
    const int64_t border = (int64_t)fmax(1.0, floor(room->early_s * source->rate_hz + 0.5));
    const int64_t early = border < source->sample_count ? border : source->sample_count;
    source->heard = (Span){0, source->sample_count};
    if (room->is_shoebox && room->split == ROOM_EARLY) { /* stages/early_reflections.h has it */
        source->sample_count = 1;
        source->heard.end = 0;
    } else if (!room->is_shoebox && room->split == ROOM_EARLY) {
        source->sample_count = early;
        source->heard.end = early;
    } else if (!room->is_shoebox && room->split == ROOM_LATE) {
        source->heard.begin = early;
    }
}

static Status level(RoomSource *source, ErrorList *errors) {
    Arena *scratch = arena_create();
    const bool is_ambisonic = source->layout->kind == LAYOUT_AMBISONIC;
    Measured measured = {.counted = is_ambisonic ? 1 : source->channel_count};
    measured.energy = arena_array(scratch, (size_t)measured.counted, sizeof(double));
    measured.loudest = arena_array(scratch, (size_t)recorded_samples(source), sizeof(float));
    const Status status = measure(source, &measured, errors);
    if (status == DONE) {
        set_level(source, &measured);
        split(source);
    }
    arena_destroy(&scratch);
    return status;
}

Status room_source_open(
    const Mix *mix, const MixRoom *room, Arena *arena, RoomSource **source, ErrorList *errors) {
    RoomSource *const opened = arena_alloc(arena, sizeof *opened);
    *source = opened;
    *opened = (RoomSource){.room = room, .rate_hz = mix->rate_hz};
    Status status = open_response(mix, opened, arena, errors);
    status = status ? status : level(opened, errors);
    status = status ? status : rewind_response(opened, errors);
    if (status != DONE) {
        room_source_close(source);
    }
    return status;
}

const Layout *room_source_layout(const RoomSource *source) {
    return source->layout;
}

int room_source_channels(const RoomSource *source) {
    return source->channel_count;
}

int64_t room_source_samples(const RoomSource *source) {
    return source->sample_count;
}

/* ---- reading ---- */

/* `count` samples of the portion at hand; zeros where nothing of them is heard. */
static void give(const RoomSource *source, int64_t count, int64_t at, float *const *rows) {
    for (int channel = 0; channel < source->channel_count; ++channel) {
        const float *const from =
            source->portion.samples[channel] + (source->next_sample - source->portion_begin);
        float *const to = rows[channel] + at;
        for (int64_t sample = 0; sample < count; ++sample) {
            const int64_t place = source->next_sample + sample;
            const bool is_heard = place >= source->heard.begin && place < source->heard.end;
            to[sample] = is_heard ? (float)(source->gain * (double)from[sample]) : 0.0F;
        }
    }
}

static void give_zeros(const RoomSource *source, int64_t count, int64_t at, float *const *rows) {
    for (int channel = 0; channel < source->channel_count; ++channel) {
        memset(rows[channel] + at, 0, (size_t)count * sizeof **rows);
    }
}

Status room_source_read(RoomSource *source, int64_t count, float *const *rows, ErrorList *errors) {
    int64_t done = 0;
    while (done < count && source->next_sample < source->sample_count) {
        int64_t left = source->portion_begin + source->portion.sample_count - source->next_sample;
        if (left == 0) {
            TRY(next_portion(source, errors));
            left = source->portion.sample_count;
        }
        left = left < count - done ? left : count - done;
        give(source, left, done, rows);
        source->next_sample += left;
        done += left;
    }
    give_zeros(source, count - done, done, rows);
    return DONE;
}

void room_source_close(RoomSource **source) {
    if (*source) {
        impulse_stream_close(&(*source)->stream);
    }
    *source = NULL;
}
