/* Each channel as a whole: its mean, its depth, whether it is silent, a twin, or not what it is
 * called. */
#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "render/dsp/biquad.h"
#include "render/qc/qc_chunk.h"

enum { FULL_BITS = 24, PADDED_BITS = 8 };
static const double band_hz = 240.0; /* an octave above the crossover: LR4 noise leaves -28.7 dB */
static const double far_band_hz = 480.0;
static const double far_band_db = -15.0; /* its limit, relative to that of the near one */
static const double lfe_gate_dbfs = -70.0;
static const double bass_hz = 150.0, full_range_hz = 600.0; /* mean frequencies of lfe_place */

/* Bass has a mean too, another one in every half second: an offset is what they all share. */
enum { SEGMENTS_PER_SECOND = 2, LEAST_SEGMENTS = 2 };
static const double sure_errors = 5.0; /* of the mean, estimated from the means of segments */

typedef struct ChannelSums {
    double sum, power, difference_power;
    double segment_sum, segment_means, segment_squares; /* of the open one; of all closed ones */
    uint32_t bits; /* OR of all samples as integers of 24 bits */
} ChannelSums;

typedef struct LfeBand {
    int channel;
    BiquadCascade near, far;
    double near_power, far_power;
} LfeBand;

struct ChannelScan {
    const QcSubject *subject;
    const QcPolicy *policy;
    ChannelSums *sums;
    bool *differs; /* [channel_count][channel_count], lower index first */
    LfeBand *lfe_bands;
    int lfe_count;
    int64_t sample_count, segment_samples;
    int segment_count;
};

static void add_lfe(ChannelScan *scan, int channel) {
    const double highest_hz = 0.45 * scan->subject->rate_hz;
    MixFilter filter = {.kind = FILTER_HIGHPASS,
                        .frequency_hz = fmin(band_hz, highest_hz),
                        .slope_db_per_octave = 48};
    LfeBand *const band = &scan->lfe_bands[scan->lfe_count++];
    band->channel = channel;
    biquad_cascade_design(&filter, scan->subject->rate_hz, &band->near);
    filter.frequency_hz = fmin(far_band_hz, highest_hz);
    biquad_cascade_design(&filter, scan->subject->rate_hz, &band->far);
}

ChannelScan *channel_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena) {
    const size_t count = (size_t)subject->channel_count;
    ChannelScan *scan = arena_alloc(arena, sizeof *scan);
    scan->subject = subject;
    scan->policy = policy;
    scan->sums = arena_array(arena, count, sizeof *scan->sums);
    scan->differs = arena_array(arena, count * count, sizeof *scan->differs);
    scan->lfe_bands = arena_array(arena, count, sizeof *scan->lfe_bands);
    for (int channel = 0; channel < subject->channel_count; channel++) {
        if (qc_is_lfe(subject, channel)) {
            add_lfe(scan, channel);
        }
    }
    return scan;
}

static double run_sections(BiquadCascade *cascade, double sample) {
    for (int section = 0; section < cascade->section_count; section++) {
        sample = biquad_step(&cascade->sections[section], sample);
    }
    return sample;
}

static void add_band(LfeBand *band, const QcChunk *chunk) {
    const float *const samples = chunk->planes[band->channel];
    for (int64_t at = 0; at < chunk->count; at++) {
        const double near = run_sections(&band->near, (double)samples[at]);
        const double far = run_sections(&band->far, (double)samples[at]);
        band->near_power += near * near;
        band->far_power += far * far;
    }
}

static uint32_t or_of_samples(const float *samples, int64_t count) {
    uint32_t bits = 0;
    for (int64_t at = 0; at < count; at++) {
        bits |= (uint32_t)(int32_t)(samples[at] * 0x1p23F);
    }
    return bits;
}

static void add_sums(ChannelScan *scan, const QcChunk *chunk, int channel) {
    ChannelSums *const sums = &scan->sums[channel];
    const uint32_t low = (1U << PADDED_BITS) - 1;
    for (int block = 0; block < chunk->block_count; block++) {
        const BlockFacts *const facts = &chunk->facts[channel][block];
        sums->sum += facts->sum;
        sums->segment_sum += facts->sum;
        sums->power += facts->power;
        sums->difference_power += facts->difference_power;
    }
    if (scan->subject->integer_bits == FULL_BITS && !(sums->bits & low)) {
        sums->bits |= or_of_samples(chunk->planes[channel], chunk->count);
    }
}

static bool is_zero(const QcChunk *chunk, int channel) {
    for (int block = 0; block < chunk->block_count; block++) {
        if (chunk->facts[channel][block].peak != 0.0F) {
            return false;
        }
    }
    return true;
}

/* Most pairs differ in their first samples and are never looked at again. */
static void compare_twins(ChannelScan *scan, const QcChunk *chunk) {
    const int count = scan->subject->channel_count;
    const size_t size_bytes = (size_t)chunk->count * sizeof(float);
    for (int first = 0; first < count; first++) {
        for (int second = first + 1; second < count; second++) {
            bool *const differs = &scan->differs[first * count + second];
            if (*differs || (is_zero(chunk, first) && is_zero(chunk, second))) {
                continue;
            }
            *differs = memcmp(chunk->planes[first], chunk->planes[second], size_bytes) != 0;
        }
    }
}

/* Segments end with a chunk: chunks are much shorter and of one length. */
static void close_segment(ChannelScan *scan) {
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        ChannelSums *const sums = &scan->sums[channel];
        const double mean = sums->segment_sum / (double)scan->segment_samples;
        sums->segment_means += mean;
        sums->segment_squares += mean * mean;
        sums->segment_sum = 0.0;
    }
    scan->segment_samples = 0;
    scan->segment_count++;
}

void channel_scan_add(ChannelScan *scan, const QcChunk *chunk) {
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        add_sums(scan, chunk, channel);
    }
    compare_twins(scan, chunk);
    for (int band = 0; band < scan->lfe_count; band++) {
        add_band(&scan->lfe_bands[band], chunk);
    }
    scan->sample_count += chunk->count;
    scan->segment_samples += chunk->count;
    if (scan->segment_samples >= scan->subject->rate_hz / SEGMENTS_PER_SECOND) {
        close_segment(scan);
    }
}

static QcFinding about(QcCheck check, int channel) {
    return (QcFinding){.check = check, .channel = channel, .at_s = -1.0, .unit = ""};
}

static double error_of_mean(const ChannelScan *scan, const ChannelSums *sums) {
    const double count = scan->segment_count;
    const double mean = sums->segment_means / count;
    const double variance = sums->segment_squares / count - mean * mean;
    return sqrt(fmax(variance, 0.0) / (count - 1.0));
}

static void tell_offset(const ChannelScan *scan, QcFindings *findings, int channel) {
    const double mean = fabs(scan->sums[channel].sum) / (double)scan->sample_count;
    if (scan->segment_count < LEAST_SEGMENTS ||
        mean < sure_errors * error_of_mean(scan, &scan->sums[channel])) {
        return;
    }
    QcFinding finding = about(QC_DC_OFFSET, channel);
    finding.has_value = true;
    finding.value = db_from_gain(mean);
    finding.limit = qc_limit(scan->policy, QC_DC_OFFSET, "max");
    finding.unit = "dBFS";
    if (finding.value > finding.limit) {
        qc_findings_add(findings, finding);
    }
}

/* The first channel that this one is a twin of, -1: none. */
static int find_twin(const ChannelScan *scan, int channel) {
    for (int other = 0; other < channel; other++) {
        if (!scan->differs[other * scan->subject->channel_count + channel]) {
            return other;
        }
    }
    return -1;
}

static void tell_twins(const ChannelScan *scan, QcFindings *findings) {
    const Layout *const layout = scan->subject->layout;
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        const int twin = scan->sums[channel].power > 0.0 ? find_twin(scan, channel) : -1;
        if (twin < 0) {
            continue;
        }
        QcFinding finding = about(QC_IDENTICAL_CHANNELS, channel);
        finding.text =
            layout ? arena_format(findings->arena, "the same samples as %s",
                                  layout->channels[twin].label)
                   : arena_format(findings->arena, "the same samples as channel %d", twin + 1);
        qc_findings_add(findings, finding);
    }
}

static void tell_band(const ChannelScan *scan, QcFindings *findings, const LfeBand *band) {
    const double power = scan->sums[band->channel].power;
    const double gate = gain_from_db(lfe_gate_dbfs);
    if (power <= gate * gate * (double)scan->sample_count) {
        return;
    }
    QcFinding finding = about(QC_LFE_BAND, band->channel);
    const double near_db = 10.0 * exact_log10(fmax(band->near_power / power, 1e-30));
    const double far_db = 10.0 * exact_log10(fmax(band->far_power / power, 1e-30));
    finding.has_value = true;
    finding.unit = "dB";
    finding.limit = qc_limit(scan->policy, QC_LFE_BAND, "max");
    finding.value = fmax(near_db, far_db - far_band_db);
    if (finding.value > finding.limit) {
        qc_findings_add(findings, finding);
    }
}

/* Of a sine its frequency: the power of second differences grows with its fourth power. */
static double mean_frequency_hz(const ChannelScan *scan, int channel) {
    const ChannelSums *const sums = &scan->sums[channel];
    const double ratio = sums->power > 0.0 ? sums->difference_power / sums->power : 0.0;
    return scan->subject->rate_hz / (2.0 * pi) * sqrt(sqrt(ratio));
}

static void tell_place(const ChannelScan *scan, QcFindings *findings, int lfe) {
    const double gate = gain_from_db(lfe_gate_dbfs);
    const double least_power = gate * gate * (double)scan->sample_count;
    if (scan->sums[lfe].power < least_power || mean_frequency_hz(scan, lfe) < full_range_hz) {
        return;
    }
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        if (!qc_is_lfe(scan->subject, channel) && scan->sums[channel].power > least_power &&
            mean_frequency_hz(scan, channel) < bass_hz) {
            QcFinding finding = about(QC_LFE_PLACE, lfe);
            finding.text = arena_format(findings->arena, "%s holds what an LFE holds",
                                        scan->subject->layout->channels[channel].label);
            qc_findings_add(findings, finding);
        }
    }
}

/* Silent channels are told only of programmes that sound. */
static void tell_silent(const ChannelScan *scan, QcFindings *findings) {
    int silent_count = 0;
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        silent_count += scan->sums[channel].power == 0.0;
    }
    if (silent_count == scan->subject->channel_count) {
        qc_findings_add(findings, about(QC_SILENT_FILE, -1));
        return;
    }
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        if (scan->sums[channel].power == 0.0 && !qc_is_lfe(scan->subject, channel)) {
            qc_findings_add(findings, about(QC_SILENT_CHANNEL, channel));
        }
    }
}

/* Every sounding channel ends above its lowest byte. */
static void tell_padding(const ChannelScan *scan, QcFindings *findings) {
    uint32_t bits = 0;
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        bits |= scan->sums[channel].bits;
    }
    if (bits && !(bits & ((1U << PADDED_BITS) - 1))) {
        QcFinding finding = about(QC_PADDED_BITS, -1);
        finding.text = "the lowest 8 bits of every sample are zero";
        qc_findings_add(findings, finding);
    }
}

void channel_scan_finish(ChannelScan *scan, QcFindings *findings) {
    if (scan->sample_count == 0) {
        return;
    }
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        tell_offset(scan, findings, channel);
    }
    tell_padding(scan, findings);
    for (int band = 0; band < scan->lfe_count; band++) {
        tell_band(scan, findings, &scan->lfe_bands[band]);
        tell_place(scan, findings, scan->lfe_bands[band].channel);
    }
    if (!scan->subject->is_part) {
        tell_silent(scan, findings);
        tell_twins(scan, findings);
    }
}
