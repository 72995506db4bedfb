#ifndef RENDER_DSP_METER_H
#define RENDER_DSP_METER_H
/* Loudness and peaks of a programme: ITU-R BS.1770-5, EBU Tech 3341 and 3342.
 *
 *     Meter *meter = meter_create(channel_count, weights, mix->rate_hz, arena);
 *     meter_add(meter, samples, count);    ... from sample 0 to the end, in pieces of any size
 *     meter_finish(meter, &result);
 *
 * Energies are kept per 10 ms: momentary and short-term maxima at a 10 ms hop, gating blocks and
 * LRA at 100 ms. The size of the pieces changes no bit.
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/arena.h"
#include "render/dsp/cpu_level.h"
#include "render/dsp/loudness_blocks.h"

typedef struct Meter Meter;

/* A value without its flag is silence_db (-1000): there is nothing that could be measured. */
typedef struct MeterResult {
    bool has_loudness; /* at least one block of 400 ms above -70 LUFS */
    double integrated_lufs;
    double ungated_lufs;     /* of the whole programme, as BS.1770-1; flag: has_momentary */
    bool has_loudness_range; /* at least one 3 s block above -70 LUFS */
    double loudness_range_lu;
    bool has_momentary; /* 400 ms that are not silent */
    double max_momentary_lufs;
    bool has_short_term; /* 3 s that are not silent */
    double max_short_term_lufs;
    bool is_silent; /* every sample is 0: no peaks */
    double true_peak_dbtp, sample_peak_dbfs;
    int64_t sample_count;
} MeterResult;

/* weights: [channel_count], energy factors of BS.1770-5 table 4, 0 = not in the loudness (LFE);
 * peaks are taken in all channels. rate_hz: >= 100. The arena holds 8 bytes per 10 ms. */
Meter *meter_create(int channel_count, const double *weights, int rate_hz, Arena *arena);
/* In constant memory, for what only wants the numbers: energies are not kept (meter_energies gives
 * none), gates are those of dsp/loudness_gates.h, within 0.01 LU. */
Meter *meter_create_endless(int channel_count, const double *weights, int rate_hz, Arena *arena);
/* For tests and benchmarks. level: one that runs. */
Meter *meter_create_at_level(
    int channel_count, const double *weights, int rate_hz, CpuLevel level, Arena *arena);
/* samples: [channel_count][count] */
void meter_add(Meter *meter, const double *const *samples, int64_t count);
/* Forgets everything; what is added next are the samples of a slot of 10 ms and those behind it
 * (loudness_blocks.h: slot_begin). Not of an endless meter. */
void meter_begin(Meter *meter, int64_t first_slot);
/* Between begin and add: the samples ahead of the slot are heard by the filters and not counted. */
void meter_pre_roll(Meter *meter, const double *const *samples, int64_t count);
/* Once, after the last sample. An unfinished 10 ms counts for peaks only. */
void meter_finish(Meter *meter, MeterResult *result);
/* The energies of every 10 ms so far, at any time; not of an endless meter. */
SlotEnergies meter_energies(const Meter *meter, Arena *arena);
/* The same into energies, and the greatest |sample| of each slot into peaks, within float rounding
 * (NULL: not asked); as many as slots ended since begin. */
void meter_read_slots(const Meter *meter, double *energies, float *peaks);

typedef struct MeterPeaks { /* linear, since begin */
    /* true_peak lags TRUE_PEAK_DELAY_SAMPLES behind what was added, up to the programme's end */
    double true_peak, sample_peak;
    float rest_peak; /* of the samples behind the last whole slot */
} MeterPeaks;

/* is_end: the programme ends here; only once. */
MeterPeaks meter_peaks(Meter *meter, bool is_end);

/* The loudness of a programme whose energies are known: fills what has to do with loudness but
 * ungated_lufs. */
void meter_judge_energies(const SlotEnergies *energies, MeterResult *result);

#endif
