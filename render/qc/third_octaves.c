/* Third octaves of a whole programme, and how far they are from others. */
#include "render/qc/third_octaves.h"

#include <math.h>

#include "render/base/units.h"
#include "render/qc/spectra.h"

enum { FIRST_BAND = 18 }; /* 10^1.8 Hz */
static const double gate_dbfs = -50.0, floor_db = -70.0;

double third_octave_hz(int band) {
    return exact_exp((FIRST_BAND + band) * 0.1 * exact_log(10.0));
}

struct OctaveScan {
    double gate;
    ThirdOctaves sums;
};

OctaveScan *octave_scan_create(Arena *arena) {
    OctaveScan *const scan = arena_alloc(arena, sizeof *scan);
    const double gate = gain_from_db(gate_dbfs);
    scan->gate = gate * gate;
    return scan;
}

void octave_scan_add(OctaveScan *scan, const Spectrum *spectrum) {
    const double half_band = exact_exp(0.05 * exact_log(10.0));
    double bands[THIRD_OCTAVE_COUNT] = {0.0};
    double all = 0.0;
    for (int band = 0; band < THIRD_OCTAVE_COUNT; band++) {
        const double middle_hz = third_octave_hz(band);
        const int begin = (int)ceil(middle_hz / half_band / spectrum->bin_hz);
        const int end = (int)ceil(middle_hz * half_band / spectrum->bin_hz);
        for (int bin = begin; bin < end && bin < SPECTRUM_BINS; bin++) {
            bands[band] += spectrum->all[bin];
        }
        all += bands[band];
    }
    for (int band = 0; all > scan->gate && band < THIRD_OCTAVE_COUNT; band++) {
        scan->sums.powers[band] += bands[band];
        scan->sums.is_known = true;
    }
}

void octave_scan_finish(const OctaveScan *scan, ThirdOctaves *octaves) {
    *octaves = scan->sums;
}

/* Bands that a low rate leaves without a bin are as quiet as the floor. */
static void find_levels(const ThirdOctaves *octaves, double levels_db[THIRD_OCTAVE_COUNT]) {
    double strongest = 0.0;
    for (int band = 0; band < THIRD_OCTAVE_COUNT; band++) {
        strongest = fmax(strongest, octaves->powers[band]);
    }
    for (int band = 0; band < THIRD_OCTAVE_COUNT; band++) {
        const double share = octaves->powers[band] / fmax(strongest, 1e-300);
        levels_db[band] = fmax(10.0 * exact_log10(fmax(share, 1e-30)), floor_db);
    }
}

int third_octaves_worst(const ThirdOctaves *found, const ThirdOctaves *reference, double *off_db) {
    double own_db[THIRD_OCTAVE_COUNT];
    double wanted_db[THIRD_OCTAVE_COUNT];
    double mean_db = 0.0;
    int worst = 0;
    find_levels(found, own_db);
    find_levels(reference, wanted_db);
    for (int band = 0; band < THIRD_OCTAVE_COUNT; band++) {
        mean_db += (own_db[band] - wanted_db[band]) / THIRD_OCTAVE_COUNT;
    }
    *off_db = 0.0;
    for (int band = 0; band < THIRD_OCTAVE_COUNT; band++) {
        const double off = own_db[band] - wanted_db[band] - mean_db;
        worst = fabs(off) > fabs(*off_db) ? band : worst;
        *off_db = fabs(off) > fabs(*off_db) ? off : *off_db;
    }
    return worst;
}
