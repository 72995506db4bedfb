/* Which channels a film file holds hotter, and by how much. */
#include "spatial/reference_level.h"

#include <math.h>

#include "render/base/units.h"

static const double surround_offset_db = 3.0;
static const double screen_edge_deg = 60.0; /* wides at 60 degrees still play as screen */
static const double height_deg = 15.0;

static bool has_heights(const Layout *layout) {
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const Channel *own = &layout->channels[channel];
        if (own->role == CHANNEL_SPEAKER && fabs(own->position.elevation_deg) > height_deg) {
            return true;
        }
    }
    return false;
}

double reference_film_gain(const Layout *layout, int channel) {
    const Channel *own = &layout->channels[channel];
    const bool is_surround =
        own->role == CHANNEL_SPEAKER && fabs(own->position.azimuth_deg) > screen_edge_deg;
    if (layout->kind != LAYOUT_SPEAKERS || !is_surround || has_heights(layout)) {
        return 1.0;
    }
    return gain_from_db(surround_offset_db);
}

bool reference_matters(const Layout *layout) {
    for (int channel = 0; channel < layout->channel_count; channel++) {
        if (reference_film_gain(layout, channel) != 1.0) {
            return true;
        }
    }
    return false;
}
