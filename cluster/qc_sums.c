/* What is left of a mix without its stems, and whose samples its channels hold. */
#include "cluster/qc_sums.h"

#include <math.h>
#include <string.h>

#include "cluster/signals.h"
#include "render/base/units.h"

enum { CHUNK_FRAMES = 4096 };
static const double alike = 0.9, unlike = 0.5; /* correlations: another channel's, one's own */

typedef struct SumTest {
    const QcSum *sum;
    Arena *arena;
    int channel_count;
    QcProgramme mix, *stems;
    float **planes, **stem, **total; /* [channel_count][CHUNK_FRAMES] */
    double *products;                /* [mix channel][sum channel] of first differences */
    double *mix_power, *total_power, *last_mix, *last_total;
    int64_t frame, worst_frame;
    int worst_channel;
    double worst;
} SumTest;

static float **make_planes(const SumTest *test) {
    float **const planes = arena_array(test->arena, (size_t)test->channel_count, sizeof *planes);
    for (int channel = 0; channel < test->channel_count; channel++) {
        planes[channel] = arena_array(test->arena, CHUNK_FRAMES, sizeof(float));
    }
    return planes;
}

static void prepare(SumTest *test) {
    const size_t channels = (size_t)test->channel_count;
    test->mix = test->sum->mix->programme;
    test->stems = arena_array(test->arena, (size_t)test->sum->stem_count, sizeof *test->stems);
    for (int stem = 0; stem < test->sum->stem_count; stem++) {
        test->stems[stem] = test->sum->stems[stem]->programme;
    }
    test->planes = make_planes(test);
    test->stem = make_planes(test);
    test->total = make_planes(test);
    test->products = arena_array(test->arena, channels * channels, sizeof(double));
    test->mix_power = arena_array(test->arena, channels, sizeof(double));
    test->total_power = arena_array(test->arena, channels, sizeof(double));
    test->last_mix = arena_array(test->arena, channels, sizeof(double));
    test->last_total = arena_array(test->arena, channels, sizeof(double));
}

static Status open_all(SumTest *test, ErrorList *errors) {
    TRY(qc_programme_open(&test->mix, test->arena, errors));
    for (int stem = 0; stem < test->sum->stem_count; stem++) {
        TRY(qc_programme_open(&test->stems[stem], test->arena, errors));
    }
    return DONE;
}

static Status read_chunk(SumTest *test, int64_t *got, ErrorList *errors) {
    TRY(qc_programme_read(&test->mix, test->planes, CHUNK_FRAMES, got, errors));
    for (int channel = 0; channel < test->channel_count; channel++) {
        memset(test->total[channel], 0, CHUNK_FRAMES * sizeof(float));
    }
    for (int stem = 0; stem < test->sum->stem_count; stem++) {
        int64_t frames = 0;
        TRY(qc_programme_read(&test->stems[stem], test->stem, CHUNK_FRAMES, &frames, errors));
        for (int channel = 0; channel < test->channel_count; channel++) {
            for (int64_t frame = 0; frame < frames; frame++) {
                test->total[channel][frame] += test->stem[channel][frame];
            }
        }
    }
    return DONE;
}

static void find_worst(SumTest *test, int64_t count) {
    for (int channel = 0; channel < test->channel_count; channel++) {
        for (int64_t frame = 0; frame < count; frame++) {
            const double rest =
                fabs((double)test->planes[channel][frame] - (double)test->total[channel][frame]);
            if (rest > test->worst) {
                test->worst = rest;
                test->worst_channel = channel;
                test->worst_frame = test->frame + frame;
            }
        }
    }
}

/* In place, first differences: they are whiter than programme. Returns their power. */
static double differentiate(float *samples, int64_t count, double *last) {
    double power = 0.0;
    for (int64_t frame = 0; frame < count; frame++) {
        const double sample = (double)samples[frame];
        const double step = sample - *last;
        *last = sample;
        samples[frame] = (float)step;
        power += step * step;
    }
    return power;
}

static void correlate(SumTest *test, int64_t count) {
    const int channels = test->channel_count;
    for (int channel = 0; channel < channels; channel++) {
        test->mix_power[channel] +=
            differentiate(test->planes[channel], count, &test->last_mix[channel]);
        test->total_power[channel] +=
            differentiate(test->total[channel], count, &test->last_total[channel]);
    }
    for (int of_mix = 0; of_mix < channels; of_mix++) {
        for (int of_sum = 0; of_sum < channels; of_sum++) {
            double product = 0.0;
            for (int64_t frame = 0; frame < count; frame++) {
                product += (double)test->planes[of_mix][frame] * (double)test->total[of_sum][frame];
            }
            test->products[of_mix * channels + of_sum] += product;
        }
    }
}

static double correlation(const SumTest *test, int of_mix, int of_sum) {
    const double power = test->mix_power[of_mix] * test->total_power[of_sum];
    return power > 0.0 ? test->products[of_mix * test->channel_count + of_sum] / sqrt(power) : 0.0;
}

static const char *channel_name(const SumTest *test, int channel, Arena *arena) {
    const Layout *const layout = test->mix.layout;
    return layout ? layout->channels[channel].label : arena_format(arena, "%d", channel + 1);
}

static void tell_channel(const SumTest *test, int channel, int other, double value) {
    QcFindings *const findings = test->sum->mix->findings;
    const char *const name = channel_name(test, other, findings->arena);
    QcFinding finding = {
        .check = QC_CHANNEL_IDENTITY, .channel = channel, .at_s = -1.0, .unit = ""};
    finding.text = channel == other
                       ? "its polarity is turned against its stems"
                       : arena_format(findings->arena, "holds what its stems have in %s", name);
    finding.has_value = true;
    finding.value = value;
    finding.limit = alike;
    qc_findings_add(findings, finding);
}

static void judge_channels(const SumTest *test) {
    for (int channel = 0; channel < test->channel_count; channel++) {
        const double own = correlation(test, channel, channel);
        int best = channel;
        for (int other = 0; other < test->channel_count; other++) {
            const bool is_better =
                fabs(correlation(test, channel, other)) > fabs(correlation(test, channel, best));
            best = is_better ? other : best;
        }
        const double found = correlation(test, channel, best);
        if (own < -alike || (best != channel && fabs(found) > alike && fabs(own) < unlike)) {
            tell_channel(test, channel, own < -alike ? channel : best, found);
        }
    }
}

static void judge_rest(const SumTest *test) {
    const double rest_dbfs = db_from_gain(test->worst);
    if (test->sum->most_dbfs <= silence_db || rest_dbfs <= test->sum->most_dbfs) {
        return;
    }
    qc_findings_add(test->sum->mix->findings,
                    (QcFinding){.check = QC_STEM_NULL,
                                .channel = test->worst_channel,
                                .at_s = (double)test->worst_frame / test->mix.info.rate_hz,
                                .has_value = true,
                                .value = rest_dbfs,
                                .limit = test->sum->most_dbfs,
                                .unit = "dBFS",
                                .text = "what is left without its stems, by their names"});
}

static Status walk(SumTest *test, ErrorList *errors) {
    int64_t got = CHUNK_FRAMES;
    TRY(open_all(test, errors));
    while (got == CHUNK_FRAMES && signals_count() == 0) {
        TRY(read_chunk(test, &got, errors));
        find_worst(test, got);
        correlate(test, got);
        test->frame += got;
    }
    return DONE;
}

void qc_sum_judge(const QcSum *sum, Arena *arena) {
    SumTest test = {.sum = sum,
                    .arena = arena,
                    .channel_count = qc_programme_plane_count(&sum->mix->programme)};
    prepare(&test);
    if (walk(&test, errors_create(arena)) == DONE) {
        judge_channels(&test);
        judge_rest(&test);
    }
    qc_programme_close(&test.mix);
    for (int stem = 0; stem < sum->stem_count; stem++) {
        qc_programme_close(&test.stems[stem]);
    }
}
