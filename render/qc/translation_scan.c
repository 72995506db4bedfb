/* Loudness in other rooms from power spectra: integrated with the gates of BS.1770-5, and window by
 * window against the programme as it is. */
#include "render/qc/translation.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/loudness_slots.h"
#include "render/qc/spectra.h"

const char *const translation_names[PLACE_COUNT] = {"as it is", "cinema", "living room", "phone",
                                                    "mono"};

enum { STEPS = 1000, STEPS_PER_LU = 10, WINDOWS_PER_CHUNK = 256 };
static const double floor_lufs = -70.0, relative_gate_lu = -10.0;
static const double block_s = 0.4, window_s = 3.0;
static const double heard_below_lu = 20.0; /* windows softer than this under the whole may vanish */
static const double room_low_hz = 60.0, phone_low_hz = 450.0, phone_high_hz = 12000.0;
static const double lfe_gain_db = 10.0; /* ST 202: in-band gain of the LFE */

/* ISO 2969, curve X: dB at frequencies from 2 kHz on. */
static const double x_curve[][2] = {
    {2000,  0  },
    {2500,  -1 },
    {3150,  -2 },
    {4000,  -3 },
    {5000,  -4 },
    {6300,  -5 },
    {8000,  -6 },
    {10000, -7 },
    {12500, -9 },
    {16000, -11}
};
enum { X_POINTS = sizeof x_curve / sizeof *x_curve };

typedef struct PlaceLevels { /* blocks by their loudness: constant memory */
    double power[STEPS];
    int64_t count[STEPS];
} PlaceLevels;

typedef struct PlaceWindows {
    double power[WINDOWS_PER_CHUNK][PLACE_COUNT];
    struct PlaceWindows *next;
} PlaceWindows;

struct TranslationScan {
    const QcSubject *subject;
    Arena *arena;
    float weights[PLACE_COUNT][SPECTRUM_BINS];
    float lfe_weights[SPECTRUM_BINS];
    PlaceLevels levels[PLACE_COUNT];
    double block[PLACE_COUNT], window[PLACE_COUNT];
    int block_spectra, window_spectra, spectra_per_block, spectra_per_window;
    PlaceWindows *first, *last;
    int window_count;
};

static double x_curve_db(double frequency_hz) {
    if (frequency_hz <= x_curve[0][0]) {
        return 0.0;
    }
    int above = 1;
    while (above < X_POINTS - 1 && x_curve[above][0] < frequency_hz) {
        above++;
    }
    const double *const from = x_curve[above - 1];
    const double *const to = x_curve[above];
    const double part =
        exact_log2(frequency_hz / from[0]) / exact_log2(to[0] / from[0]); /* beyond: goes on */
    return from[1] + part * (to[1] - from[1]);
}

/* Powers of Butterworth filters. */
static double high_pass(double frequency_hz, double edge_hz, int order) {
    double ratio = 1.0;
    for (int power = 0; power < order; power++) {
        ratio *= frequency_hz * frequency_hz / (edge_hz * edge_hz);
    }
    return ratio / (1.0 + ratio);
}

static double place_power(TranslationPlace place, double frequency_hz) {
    switch (place) {
    case PLACE_CINEMA:
        return gain_from_db(2.0 * x_curve_db(frequency_hz));
    case PLACE_LIVING_ROOM:
        return high_pass(frequency_hz, room_low_hz, 2);
    case PLACE_PHONE:
        return high_pass(frequency_hz, phone_low_hz, 4) *
               (1.0 - high_pass(frequency_hz, phone_high_hz, 4));
    default:
        return 1.0;
    }
}

TranslationScan *translation_scan_create(const QcSubject *subject, Arena *arena) {
    TranslationScan *const scan = arena_alloc(arena, sizeof *scan);
    const double spectra_per_s = (double)subject->rate_hz / SPECTRUM_SAMPLES;
    scan->subject = subject;
    scan->arena = arena;
    scan->spectra_per_block = (int)rint(block_s * spectra_per_s);
    scan->spectra_per_window = (int)rint(window_s * spectra_per_s);
    for (int bin = 0; bin < SPECTRUM_BINS; bin++) {
        const double frequency_hz = bin / (double)SPECTRUM_SAMPLES * subject->rate_hz;
        const double weight = loudness_weight_at(subject->rate_hz, frequency_hz);
        for (int place = 0; place < PLACE_COUNT; place++) {
            scan->weights[place][bin] =
                (float)(weight * place_power((TranslationPlace)place, frequency_hz));
        }
        scan->lfe_weights[bin] =
            (float)(gain_from_db(2.0 * lfe_gain_db) * (double)scan->weights[PLACE_CINEMA][bin]);
    }
    return scan;
}

static double weigh(const float *weights, const double *powers) {
    double sum = 0.0;
    for (int bin = 1; bin < SPECTRUM_BINS; bin++) {
        sum += (double)weights[bin] * powers[bin];
    }
    return sum;
}

static void close_block(TranslationScan *scan) {
    for (int place = 0; place < PLACE_COUNT; place++) {
        const double power = scan->block[place] / scan->block_spectra;
        const double lufs = slot_loudness_lufs(power);
        const int step = (int)floor((lufs - floor_lufs) * STEPS_PER_LU);
        if (lufs > floor_lufs) {
            const int kept = step < STEPS ? step : STEPS - 1;
            scan->levels[place].power[kept] += power;
            scan->levels[place].count[kept]++;
        }
        scan->block[place] = 0.0;
    }
    scan->block_spectra = 0;
}

static void close_window(TranslationScan *scan) {
    const int index = scan->window_count++ % WINDOWS_PER_CHUNK;
    if (index == 0) {
        PlaceWindows *const more = arena_alloc(scan->arena, sizeof *more);
        if (scan->last) {
            scan->last->next = more;
        } else {
            scan->first = more;
        }
        scan->last = more;
    }
    for (int place = 0; place < PLACE_COUNT; place++) {
        scan->last->power[index][place] = scan->window[place] / scan->window_spectra;
        scan->window[place] = 0.0;
    }
    scan->window_spectra = 0;
}

void translation_scan_add(TranslationScan *scan, const Spectrum *spectrum) {
    const double powers[PLACE_COUNT] = {
        [PLACE_AS_IT_IS] = weigh(scan->weights[PLACE_AS_IT_IS], spectrum->heard),
        [PLACE_CINEMA] = weigh(scan->weights[PLACE_CINEMA], spectrum->heard) +
                         weigh(scan->lfe_weights, spectrum->lfe),
        [PLACE_LIVING_ROOM] = weigh(scan->weights[PLACE_LIVING_ROOM], spectrum->stereo),
        [PLACE_PHONE] = weigh(scan->weights[PLACE_PHONE], spectrum->mono),
        [PLACE_MONO] = weigh(scan->weights[PLACE_MONO], spectrum->mono),
    };
    for (int place = 0; place < PLACE_COUNT; place++) {
        scan->block[place] += powers[place];
        scan->window[place] += powers[place];
    }
    scan->block_spectra++;
    scan->window_spectra++;
    if (scan->block_spectra == scan->spectra_per_block) {
        close_block(scan);
    }
    if (scan->window_spectra == scan->spectra_per_window) {
        close_window(scan);
    }
}

static double mean_from(const PlaceLevels *levels, double gate_lufs) {
    const int begin = (int)ceil((gate_lufs - floor_lufs) * STEPS_PER_LU);
    double power = 0.0;
    int64_t count = 0;
    for (int step = begin > 0 ? begin : 0; step < STEPS; step++) {
        power += levels->power[step];
        count += levels->count[step];
    }
    return count > 0 ? power / (double)count : 0.0;
}

static double integrate(const PlaceLevels *levels) {
    const double first = mean_from(levels, floor_lufs);
    return slot_loudness_lufs(mean_from(levels, slot_loudness_lufs(first) + relative_gate_lu));
}

/* How much more the window loses than the whole. */
static void judge_window(const double *powers, double at_s, Translation *result) {
    const double here_lufs = slot_loudness_lufs(powers[PLACE_AS_IT_IS]);
    const double *const whole_lufs = result->integrated_lufs;
    if (here_lufs < whole_lufs[PLACE_AS_IT_IS] - heard_below_lu) {
        return;
    }
    for (int place = 1; place < PLACE_COUNT; place++) {
        const double loss_lu = here_lufs - fmax(slot_loudness_lufs(powers[place]), -200.0);
        const bool is_gone = whole_lufs[place] <= floor_lufs; /* all of it is lost */
        const double usual_lu = is_gone ? 0.0 : whole_lufs[PLACE_AS_IT_IS] - whole_lufs[place];
        if (loss_lu - usual_lu > result->worst_lu[place]) {
            result->worst_lu[place] = loss_lu - usual_lu;
            result->worst_at_s[place] = at_s;
        }
    }
}

static void find_worst(const TranslationScan *scan, Translation *result) {
    const double length_s =
        (double)scan->spectra_per_window * SPECTRUM_SAMPLES / scan->subject->rate_hz;
    const PlaceWindows *chunk = scan->first;
    for (int window = 0; window < scan->window_count; window++) {
        judge_window(chunk->power[window % WINDOWS_PER_CHUNK], window * length_s, result);
        chunk = window % WINDOWS_PER_CHUNK == WINDOWS_PER_CHUNK - 1 ? chunk->next : chunk;
    }
}

/* One finding: where most is lost, and all the places that lose too much somewhere. */
static void tell(const Translation *result, double limit_lu, QcFindings *findings) {
    const char *places = NULL;
    int worst = 1;
    for (int place = 1; place < PLACE_COUNT; place++) {
        if (result->worst_lu[place] > limit_lu) {
            places = places
                         ? arena_format(findings->arena, "%s, %s", places, translation_names[place])
                         : translation_names[place];
        }
        worst = result->worst_lu[place] > result->worst_lu[worst] ? place : worst;
    }
    if (places) {
        qc_findings_add(findings,
                        (QcFinding){.check = QC_TRANSLATION,
                                    .channel = -1,
                                    .at_s = result->worst_at_s[worst],
                                    .length_s = window_s,
                                    .has_value = true,
                                    .value = result->worst_lu[worst],
                                    .limit = limit_lu,
                                    .unit = "LU",
                                    .text = arena_format(findings->arena, "lost in: %s", places)});
    }
}

void translation_scan_finish(TranslationScan *scan, Translation *result, QcFindings *findings) {
    const double limit_lu = qc_limit(findings->policy, QC_TRANSLATION, "max");
    const Layout *const layout = scan->subject->layout;
    *result = (Translation){0};
    if (2 * scan->window_spectra >= scan->spectra_per_window) {
        close_window(scan);
    }
    for (int place = 0; place < PLACE_COUNT; place++) {
        result->integrated_lufs[place] = fmax(integrate(&scan->levels[place]), floor_lufs);
    }
    result->is_known = layout && layout->kind == LAYOUT_SPEAKERS &&
                       result->integrated_lufs[PLACE_AS_IT_IS] > floor_lufs;
    if (!result->is_known) {
        return;
    }
    find_worst(scan, result);
    tell(result, limit_lu, findings);
}
