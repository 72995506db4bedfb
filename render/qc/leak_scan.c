/* Dialogue in an M&E, by the correlation of first differences. */
#include "render/qc/leak_scan.h"

#include <math.h>

#include "render/base/units.h"

static const double window_s = 3.0;
static const double window_correlation = 0.3, whole_correlation = 0.05;
static const double gate_dbfs = -80.0; /* of the differences of the dialogue, mean */

typedef struct LeakSums {
    double product, dialogue_power, me_power;
} LeakSums;

typedef struct LeakTrack {
    LeakSums window, whole;
    float last_me, last_dialogue;
} LeakTrack;

struct LeakScan {
    const QcSubject *subject;
    QcFindings *findings;
    LeakTrack *tracks; /* [channel_count] */
    int64_t sample_count, window_begin, window_samples;
    double limit_db, gate;
    bool has_found;
};

LeakScan *leak_scan_create(const QcSubject *subject, QcFindings *findings, Arena *arena) {
    LeakScan *scan = arena_alloc(arena, sizeof *scan);
    const double gate = gain_from_db(gate_dbfs);
    *scan = (LeakScan){.subject = subject,
                       .findings = findings,
                       .window_samples = (int64_t)(window_s * subject->rate_hz),
                       .limit_db = qc_limit(findings->policy, QC_ME_LEAKAGE, "max"),
                       .gate = gate * gate};
    scan->tracks = arena_array(arena, (size_t)subject->channel_count, sizeof *scan->tracks);
    return scan;
}

static void
judge(LeakScan *scan, int channel, const LeakSums *sums, double least, QcFinding finding) {
    const double length = finding.length_s * scan->subject->rate_hz;
    if (sums->dialogue_power <= scan->gate * length || sums->me_power <= 0.0) {
        return;
    }
    const double correlation = fabs(sums->product) / sqrt(sums->dialogue_power * sums->me_power);
    const double level_db = db_from_gain(fabs(sums->product) / sums->dialogue_power);
    if (correlation < least || level_db <= scan->limit_db) {
        return;
    }
    finding.check = QC_ME_LEAKAGE;
    finding.channel = channel;
    finding.has_value = true;
    finding.value = level_db;
    finding.limit = scan->limit_db;
    finding.unit = "dB";
    qc_findings_add(scan->findings, finding);
    scan->has_found = true;
}

static void add_to(LeakSums *sums, const LeakSums *more) {
    sums->product += more->product;
    sums->dialogue_power += more->dialogue_power;
    sums->me_power += more->me_power;
}

static void close_window(LeakScan *scan) {
    const double rate_hz = scan->subject->rate_hz;
    const QcFinding place = {.at_s = (double)scan->window_begin / rate_hz,
                             .length_s =
                                 (double)(scan->sample_count - scan->window_begin) / rate_hz};
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        LeakTrack *const track = &scan->tracks[channel];
        judge(scan, channel, &track->window, window_correlation, place);
        add_to(&track->whole, &track->window);
        track->window = (LeakSums){0};
    }
    scan->window_begin = scan->sample_count;
}

static void add_channel(LeakTrack *track, const float *me, const float *dialogue, int64_t count) {
    LeakSums sums = {0};
    for (int64_t at = 0; at < count; at++) {
        const double me_step = (double)(me[at] - track->last_me);
        const double dialogue_step = (double)(dialogue[at] - track->last_dialogue);
        track->last_me = me[at];
        track->last_dialogue = dialogue[at];
        sums.product += me_step * dialogue_step;
        sums.dialogue_power += dialogue_step * dialogue_step;
        sums.me_power += me_step * me_step;
    }
    add_to(&track->window, &sums);
}

void leak_scan_add(LeakScan *scan,
                   float *const *music_and_effects,
                   float *const *dialogue,
                   int64_t count) {
    for (int channel = 0; channel < scan->subject->channel_count; channel++) {
        add_channel(&scan->tracks[channel], music_and_effects[channel], dialogue[channel], count);
    }
    scan->sample_count += count;
    if (scan->sample_count - scan->window_begin >= scan->window_samples) {
        close_window(scan);
    }
}

/* A leak too soft for a window shows over the whole. */
void leak_scan_finish(LeakScan *scan) {
    close_window(scan);
    const QcFinding whole = {.at_s = 0.0,
                             .length_s = (double)scan->sample_count / scan->subject->rate_hz};
    for (int channel = 0; channel < scan->subject->channel_count && !scan->has_found; channel++) {
        judge(scan, channel, &scan->tracks[channel].whole, whole_correlation, whole);
    }
}
