/* Direct and diffuse sound of one layout, brought together. */
#include "spatial/adm/adm_bus.h"

#include <string.h>

#include "render/dsp/convolver.h"
#include "spatial/decorrelator.h"
#include "spatial/layout_table.h"

enum {
    GRID_SAMPLES = 1024, /* of the decorrelators; absolute, so that no cut is heard */
    PAST_SAMPLES = 2 * GRID_SAMPLES,
    LATE_SAMPLES = DECORRELATOR_DELAY_SAMPLES
};

typedef struct DiffuseBus { /* of one loudspeaker */
    float *samples;         /* [PAST_SAMPLES + chunk] */
    SampleTime begin;       /* of the first one */
    int64_t count;
} DiffuseBus;

struct AdmBus {
    const Layout *layout;
    Arena *arena;
    int chunk_samples;
    Span chunk;
    VoiceBuses voices;
    double *direct[LAYOUT_MAX_CHANNELS]; /* [LATE_SAMPLES + chunk]: what was late stands in front */
    double *diffuse[LAYOUT_MAX_CHANNELS]; /* [chunk] */
    double *voice_direct[LAYOUT_MAX_CHANNELS], *voice_diffuse[LAYOUT_MAX_CHANNELS];
    DiffuseBus past[LAYOUT_MAX_CHANNELS];
    FilterBank *banks[LAYOUT_MAX_CHANNELS]; /* NULL until something is diffuse */
    bool rings;                             /* the chunk before had diffuse sound */
};

void adm_bus_open(const Layout *layout, int chunk_samples, Arena *arena, AdmBus **bus) {
    AdmBus *const made = arena_alloc(arena, sizeof *made);
    const size_t chunk = (size_t)chunk_samples;
    made->layout = layout;
    made->arena = arena;
    made->chunk_samples = chunk_samples;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        made->direct[channel] = arena_array(arena, LATE_SAMPLES + chunk, sizeof(double));
        made->diffuse[channel] = arena_array(arena, chunk, sizeof(double));
        made->past[channel].samples = arena_array(arena, PAST_SAMPLES + chunk, sizeof(float));
    }
    made->voices =
        (VoiceBuses){made->voice_direct, made->voice_diffuse, layout->channel_count, false};
    *bus = made;
}

/* What the chunk before left for the front of this one. */
static void move_late(AdmBus *bus) {
    const int64_t length = bus->chunk.end - bus->chunk.begin;
    for (int channel = 0; channel < bus->layout->channel_count; ++channel) {
        memmove(bus->direct[channel], bus->direct[channel] + length, sizeof(double) * LATE_SAMPLES);
    }
}

void adm_bus_begin(AdmBus *bus, Span chunk) {
    const size_t bytes = sizeof(double) * (size_t)(chunk.end - chunk.begin);
    move_late(bus);
    for (int channel = 0; channel < bus->layout->channel_count; ++channel) {
        memset(bus->direct[channel] + LATE_SAMPLES, 0, bytes);
        memset(bus->diffuse[channel], 0, bytes);
    }
    bus->chunk = chunk;
    bus->voices.has_diffuse = false;
}

VoiceBuses *adm_bus_at(AdmBus *bus, int64_t at) {
    for (int channel = 0; channel < bus->layout->channel_count; ++channel) {
        bus->voice_direct[channel] = bus->direct[channel] + LATE_SAMPLES + at;
        bus->voice_diffuse[channel] = bus->diffuse[channel] + at;
    }
    return &bus->voices;
}

/* Each loudspeaker is a source of its own, which sounds from itself alone. */
static Status make_banks(AdmBus *bus, ErrorList *errors) {
    const int count = bus->layout->channel_count;
    double taps[DECORRELATOR_TAPS];
    for (int channel = 0; channel < count; ++channel) {
        float *rows[LAYOUT_MAX_CHANNELS];
        Arena *scratch = arena_create();
        for (int row = 0; row < count; ++row) {
            rows[row] = arena_array(scratch, DECORRELATOR_TAPS, sizeof(float));
        }
        decorrelator_taps(bus->layout, channel, taps);
        for (int tap = 0; tap < DECORRELATOR_TAPS; ++tap) {
            rows[channel][tap] = (float)taps[tap];
        }
        const AudioBlock responses = {rows, count, DECORRELATOR_TAPS};
        const Status status = filter_bank_create_sized(&responses, GRID_SAMPLES, bus->arena,
                                                       &bus->banks[channel], errors);
        arena_destroy(&scratch);
        TRY(status);
    }
    return DONE;
}

static void read_past(void *context, SampleTime begin, int64_t count, float *samples) {
    const DiffuseBus *const past = context;
    for (int64_t sample = 0; sample < count; ++sample) {
        const int64_t at = begin + sample - past->begin;
        samples[sample] = at >= 0 && at < past->count ? past->samples[at] : 0.0F;
    }
}

static Status add_diffuse(AdmBus *bus, ErrorList *errors) {
    ConvolverSource sources[LAYOUT_MAX_CHANNELS];
    int source_count = 0;
    if (!bus->banks[0]) {
        TRY(make_banks(bus, errors));
    }
    for (int channel = 0; channel < bus->layout->channel_count; ++channel) {
        if (bus->layout->channels[channel].role != CHANNEL_LFE) {
            sources[source_count++] =
                (ConvolverSource){read_past, &bus->past[channel], bus->banks[channel]};
        }
    }
    Arena *scratch = arena_create();
    const Status status =
        convolver_run(sources, source_count, bus->chunk, bus->direct, scratch, errors);
    arena_destroy(&scratch);
    return status;
}

static void keep_past(AdmBus *bus) {
    const int64_t length = bus->chunk.end - bus->chunk.begin;
    for (int channel = 0; channel < bus->layout->channel_count; ++channel) {
        DiffuseBus *const past = &bus->past[channel];
        const int64_t kept = past->count < PAST_SAMPLES ? past->count : PAST_SAMPLES;
        memmove(past->samples, past->samples + past->count - kept, sizeof(float) * (size_t)kept);
        for (int64_t sample = 0; sample < length; ++sample) {
            past->samples[kept + sample] = (float)bus->diffuse[channel][sample];
        }
        past->count = kept + length;
        past->begin = bus->chunk.begin - kept;
    }
}

Status adm_bus_end(AdmBus *bus, double *const **out, ErrorList *errors) {
    keep_past(bus);
    if (bus->voices.has_diffuse || bus->rings) {
        TRY(add_diffuse(bus, errors));
    }
    bus->rings = bus->voices.has_diffuse;
    *out = bus->direct;
    return DONE;
}
