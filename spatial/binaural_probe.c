/* What the ears of a SOFA file hear of a direction, as two numbers. */
#include "spatial/binaural_probe.h"

#include "render/base/units.h"
#include "render/model/direction.h"
#include "spatial/hrtf.h"
#include "spatial/sofa.h"

enum { PROBE_RATE_HZ = 48000 };

struct BinauralProbe {
    HrtfSet *hrtf;
    float *pair; /* [2][tap_count] */
};

Status binaural_probe_create(const char *sofa_path,
                             Arena *arena,
                             BinauralProbe **probe,
                             ErrorList *errors) {
    HrirGrid grid;
    *probe = arena_alloc(arena, sizeof **probe);
    TRY(sofa_read(sofa_path, arena, &grid, errors));
    TRY(hrtf_create(&grid, PROBE_RATE_HZ, arena, &(*probe)->hrtf, errors));
    const size_t taps = (size_t)hrtf_tap_count((*probe)->hrtf);
    (*probe)->pair = arena_array(arena, 2 * taps, sizeof *(*probe)->pair);
    return DONE;
}

BinauralCues binaural_probe(BinauralProbe *probe, const Position *at) {
    const Direction direction = direction_of(at->azimuth_deg, at->elevation_deg);
    const int taps = hrtf_tap_count(probe->hrtf);
    double onsets_samples[2];
    double energies[2] = {0.0, 0.0};
    hrtf_onsets(probe->hrtf, direction, onsets_samples);
    hrtf_respond(probe->hrtf, direction, probe->pair);
    for (int ear = 0; ear < 2; ear++) {
        for (int tap = 0; tap < taps; tap++) {
            const double value = probe->pair[ear * taps + tap];
            energies[ear] += value * value;
        }
    }
    return (BinauralCues){.itd_us = (onsets_samples[1] - onsets_samples[0]) * 1e6 / PROBE_RATE_HZ,
                          .ild_db = 0.5 * (db_from_gain(energies[0]) - db_from_gain(energies[1]))};
}
