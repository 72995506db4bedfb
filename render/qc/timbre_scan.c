/* Harshness: how much of the middle and high range lies where the ear is most sensitive. */
#include <math.h>

#include "render/base/units.h"
#include "render/qc/spectra.h"

static const double window_s = 3.0;
static const double gate_dbfs = -50.0;
static const double harsh_low_hz = 2000.0, harsh_high_hz = 5000.0;
static const double range_low_hz = 200.0, range_high_hz = 10000.0;

struct TimbreScan {
    const QcSubject *subject;
    double limit_db, gate;
    int spectra_per_window, spectrum_count;
    double harsh_power, range_power;
};

TimbreScan *timbre_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena) {
    TimbreScan *const scan = arena_alloc(arena, sizeof *scan);
    const double gate = gain_from_db(gate_dbfs);
    scan->subject = subject;
    scan->limit_db = qc_limit(policy, QC_HARSHNESS, "max");
    scan->spectra_per_window = (int)(window_s * subject->rate_hz / SPECTRUM_SAMPLES);
    scan->gate = gate * gate;
    return scan;
}

static void judge(TimbreScan *scan, int64_t end_sample, QcFindings *findings) {
    const double share_db =
        10.0 * exact_log10(fmax(scan->harsh_power / fmax(scan->range_power, 1e-300), 1e-30));
    const double length_s =
        (double)scan->spectrum_count * SPECTRUM_SAMPLES / scan->subject->rate_hz;
    const double end_s = (double)end_sample / scan->subject->rate_hz;
    if (scan->range_power > scan->gate * scan->spectrum_count && share_db > scan->limit_db &&
        !scan->subject->is_part) {
        qc_findings_add(findings, (QcFinding){.check = QC_HARSHNESS,
                                              .channel = -1,
                                              .at_s = fmax(end_s - length_s, 0.0),
                                              .length_s = length_s,
                                              .has_value = true,
                                              .value = share_db,
                                              .limit = scan->limit_db,
                                              .unit = "dB"});
    }
    scan->harsh_power = scan->range_power = 0.0;
    scan->spectrum_count = 0;
}

void timbre_scan_add(TimbreScan *scan, const Spectrum *spectrum, QcFindings *findings) {
    const int end = (int)fmin(range_high_hz / spectrum->bin_hz, SPECTRUM_BINS - 1.0);
    for (int bin = (int)ceil(range_low_hz / spectrum->bin_hz); bin <= end; bin++) {
        const double frequency_hz = bin * spectrum->bin_hz;
        scan->range_power += spectrum->all[bin];
        if (frequency_hz >= harsh_low_hz && frequency_hz <= harsh_high_hz) {
            scan->harsh_power += spectrum->all[bin];
        }
    }
    if (++scan->spectrum_count >= scan->spectra_per_window) {
        judge(scan, spectrum->begin + SPECTRUM_SAMPLES, findings);
    }
}
