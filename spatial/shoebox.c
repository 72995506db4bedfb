/* The diffuse tail of a synthetic room: hashed noise with a decay of its own at each frequency. */
#include "spatial/shoebox.h"

#include <math.h>
#include <string.h>

#include "render/dsp/fft.h"
#include "render/dsp/noise.h"
#include "spatial/harmonics.h"
#include "spatial/shoebox_images.h"

/* DECISIONS 5: decay times are given at these two frequencies. */
static const double low_frequency_hz = 1000.0;
static const double high_frequency_hz = 8000.0;
/* Energy falls by 60 dB in T60: amplitude e^(-ln(1000) t / T60). */
static const double t60_exponent = 6.9077552789821370521;
static const double longest_tail_s = 60.0;
/* The begin of the tail is faded in over this: short against the ear's 50 ms, no click. */
static const double onset_fade_s = 0.005;

/* The decay is applied in frames of 512 samples, half overlapping (root of Hann before and after):
 * 5 ms at 48 kHz, in which even T60 = 0.1 s falls by 3 dB only. */
enum { FRAME_SAMPLES = 512, HOP_SAMPLES = FRAME_SAMPLES / 2, BIN_COUNT = HOP_SAMPLES + 1 };

typedef struct Tail {
    Fft *fft;
    uint64_t streams[SHOEBOX_CHANNELS];
    double window[FRAME_SAMPLES];
    double falls[BIN_COUNT];   /* factor from one frame to the next */
    double gains[BIN_COUNT];   /* of the frame at hand */
    float *samples, *spectrum; /* aligned scratch of the transform */
} Tail;

/* Sum of four even 16-bit values: near normal, variance 1. What follows, a mixture over a frame,
 * brings it closer still; a true normal costs ten times as much and sounds the same. */
static double near_normal(uint64_t stream, int64_t sample) {
    const uint64_t bits = noise_hash(stream, sample);
    const uint64_t sum =
        (bits & 0xffffU) + (bits >> 16 & 0xffffU) + (bits >> 32 & 0xffffU) + (bits >> 48);
    return ((double)sum - 131070.0) * (1.7320508075688772935 / 65536.0);
}

static void set_windows(Tail *tail) {
    for (int sample = 0; sample < FRAME_SAMPLES; ++sample) {
        tail->window[sample] = exact_sin(pi * sample / FRAME_SAMPLES);
    }
}

static void set_falls(Tail *tail, const MixShoebox *shoebox, int rate_hz) {
    const double hop_s = (double)HOP_SAMPLES / rate_hz;
    for (int bin = 0; bin < BIN_COUNT; ++bin) {
        const double frequency_hz = (double)bin * rate_hz / FRAME_SAMPLES;
        const double t60_s = shoebox_t60_s(shoebox, frequency_hz);
        tail->falls[bin] = exact_exp(-t60_exponent * hop_s / t60_s);
        tail->gains[bin] = 1.0;
    }
}

/* Adds the frame around sample `centre` to the channel. */
static void add_frame(const Tail *tail, int channel, int64_t centre, float *out, int64_t count) {
    const int64_t first = centre - HOP_SAMPLES;
    const double scale = 1.0 / FRAME_SAMPLES;
    for (int sample = 0; sample < FRAME_SAMPLES; ++sample) {
        tail->samples[sample] =
            (float)(tail->window[sample] * near_normal(tail->streams[channel], first + sample));
    }
    fft_forward(tail->fft, tail->samples, tail->spectrum);
    for (size_t part = 0; part < FRAME_SAMPLES + 2; ++part) { /* real and imaginary in turn */
        tail->spectrum[part] *= (float)(tail->gains[part / 2] * scale);
    }
    fft_inverse(tail->fft, tail->spectrum, tail->samples);
    for (int sample = 0; sample < FRAME_SAMPLES; ++sample) {
        const int64_t place = first + sample;
        if (place >= 0 && place < count) {
            out[place] += (float)(tail->window[sample] * (double)tail->samples[sample]);
        }
    }
}

static void fill_channels(Tail *tail, float *const *channels, int64_t begin, int64_t count) {
    for (int64_t centre = 0; centre < count + HOP_SAMPLES; centre += HOP_SAMPLES) {
        if (centre + HOP_SAMPLES > begin) {
            for (int channel = 0; channel < SHOEBOX_CHANNELS; ++channel) {
                add_frame(tail, channel, centre, channels[channel], count);
            }
        }
        for (int bin = 0; bin < BIN_COUNT; ++bin) {
            tail->gains[bin] *= tail->falls[bin];
        }
    }
}

/* Kuttruff, Room Acoustics, 6th ed., 5.1: the energy of a source, spread over the volume. */
static double field_power_per_s(const MixShoebox *shoebox) {
    const double *const size_m = shoebox->size_m;
    return 4.0 * pi * shoebox_sound_m_per_s / (size_m[0] * size_m[1] * size_m[2]);
}

/* Silence before the tail, the fade, and from N3D to SN3D. level: of W at the very begin. */
static void
shape_channels(float *const *channels, int64_t begin, int64_t count, int rate_hz, double level) {
    const int64_t fade_samples = (int64_t)ceil(onset_fade_s * rate_hz);
    for (int channel = 0; channel < SHOEBOX_CHANNELS; ++channel) {
        const double sn3d = level / sqrt(2.0 * harmonic_degree(channel) + 1.0);
        float *const samples = channels[channel];
        for (int64_t sample = 0; sample < count; ++sample) {
            double gain = sample < begin ? 0.0 : sn3d;
            if (sample >= begin && sample < begin + fade_samples) {
                const double u = ((double)(sample - begin) + 0.5) / (double)fade_samples;
                gain *= 0.5 - 0.5 * exact_cos(pi * u);
            }
            samples[sample] = (float)(gain * (double)samples[sample]);
        }
    }
}

static int64_t tail_length(const MixRoom *room, int64_t begin, int rate_hz) {
    const double slowest_s = fmax(room->shoebox.t60_s, room->shoebox.t60_hf_s);
    const double decay_s = slowest_s * fabs(room->truncate_db) / 60.0;
    const double length = ceil((double)begin + decay_s * rate_hz);
    return (int64_t)fmax(fmin(length, longest_tail_s * rate_hz), 1.0);
}

Status shoebox_tail(const MixRoom *room,
                    uint64_t seed,
                    int rate_hz,
                    Arena *arena,
                    AudioBlock *out,
                    ErrorList *errors) {
    const int64_t begin = (int64_t)rint(room->early_s * rate_hz);
    const int64_t count = tail_length(room, begin, rate_hz);
    float **const channels = arena_array(arena, SHOEBOX_CHANNELS, sizeof *channels);
    Tail *const tail = arena_alloc(arena, sizeof *tail);
    TRY(fft_create(FRAME_SAMPLES, &tail->fft, errors));
    tail->samples = arena_array(arena, FRAME_SAMPLES, sizeof(float));
    tail->spectrum = arena_array(arena, FRAME_SAMPLES + 2, sizeof(float));
    set_windows(tail);
    set_falls(tail, &room->shoebox, rate_hz);
    for (int channel = 0; channel < SHOEBOX_CHANNELS; ++channel) {
        channels[channel] = arena_array(arena, (size_t)count, sizeof(float));
        tail->streams[channel] = noise_stream(seed, (const char *const[]){room->id}, 1, channel);
    }
    fill_channels(tail, channels, begin, count);
    shape_channels(channels, begin, count, rate_hz,
                   sqrt(field_power_per_s(&room->shoebox) / rate_hz));
    fft_destroy(&tail->fft);
    *out = (AudioBlock){channels, SHOEBOX_CHANNELS, count};
    return DONE;
}

double shoebox_late_power(const MixRoom *room, int rate_hz) {
    enum { BANDS = 256 };
    double sum_s = 0.0;
    for (int band = 0; band < BANDS; ++band) {
        const double frequency_hz = (band + 0.5) * rate_hz / (2.0 * BANDS);
        const double time_s = shoebox_t60_s(&room->shoebox, frequency_hz) / (2.0 * t60_exponent);
        sum_s += time_s * exact_exp(-room->early_s / time_s);
    }
    return field_power_per_s(&room->shoebox) * sum_s / BANDS;
}

double shoebox_t60_s(const MixShoebox *shoebox, double frequency_hz) {
    if (frequency_hz <= low_frequency_hz) {
        return shoebox->t60_s;
    }
    if (frequency_hz >= high_frequency_hz) {
        return shoebox->t60_hf_s;
    }
    const double u = exact_log(frequency_hz / low_frequency_hz) /
                     exact_log(high_frequency_hz / low_frequency_hz);
    return shoebox->t60_s * exact_pow(shoebox->t60_hf_s / shoebox->t60_s, u);
}
