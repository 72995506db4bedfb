/* The channels of a bed by name: same loudspeaker, surrounds to sides and rears, the table. */
#include "spatial/bed_layer.h"

#include <string.h>

#include "spatial/direct_speakers_remap.h"
#include "spatial/layout_table.h"

enum { SMALLEST_BED = 3 };

static const double half_power = 0.70710678118654752; /* -3.01 dB */

/* BS.2127 would keep them whole at the rears, behind where 5.1 heard them. False: gains are
 * untouched. */
static bool
spread_surround(const Layout *bus, const char *label, bool has_sides_only, double *gains) {
    const bool is_left = strcmp(label, "M+110") == 0;
    const int side = layout_channel_index(bus, is_left ? "M+090" : "M-090");
    const int rear = layout_channel_index(bus, is_left ? "M+135" : "M-135");
    if ((!is_left && strcmp(label, "M-110") != 0) || side < 0 || rear < 0) {
        return false;
    }
    gains[side] = has_sides_only ? 1.0 : half_power;
    gains[rear] = has_sides_only ? 0.0 : half_power;
    return true;
}

/* gains: [bus channels], zero. False: no rule leads to the bus. */
static bool channel_gains(const MixLayer *layer, int channel, const Layout *bus, double *gains) {
    const Layout *const layout = layer->layout;
    const char *const label = layout_bs2051_label(layout, channel);
    const char *const known = layout_bs2051_system(layout);
    const char *const system = known ? known : layout->name;
    if (layout->channels[channel].role == CHANNEL_LFE) {
        return true; /* the engine takes it to the LFE of the bus */
    }
    if (layout == bus) { /* of the job: its loudspeakers may have no label of BS.2051 */
        gains[channel] = 1.0;
        return true;
    }
    const int same = *label ? layout_channel_index(bus, label) : -1;
    if (same >= 0) {
        gains[same] = 1.0;
        return true;
    }
    return spread_surround(bus, label, layer->has_sides_only, gains) ||
           remap_gains(system, label, bus, gains);
}

static bool has_place_of_its_own(const MixLayer *layer) {
    const Position *const at = &layer->path.points[0].state.position;
    return layer->path.point_count > 1 || layer->is_object || layer->width != 1.0 ||
           at->azimuth_deg != 0.0 || at->elevation_deg != 0.0 || at->spread_deg != 0.0;
}

bool bed_layer_is_by_name(const MixLayer *layer, const MixBus *bus) {
    const Spatializer *const panner = layer->panner ? layer->panner : bus->panner;
    const bool is_bed =
        layer->layout->channel_count >= SMALLEST_BED && !has_place_of_its_own(layer);
    return layer->layout->kind == LAYOUT_SPEAKERS && bus->layout->kind == LAYOUT_SPEAKERS &&
           strcmp(panner->name, "bs2127") == 0 && (is_bed || layer->is_speaker);
}

void bed_layer_responses(const MixLayer *layer,
                         const MixBus *bus,
                         Arena *arena,
                         float **responses) {
    const int channel_count = layer->layout->channel_count;
    const size_t outputs = (size_t)bus->layout->channel_count;
    *responses = NULL;
    if (!bed_layer_is_by_name(layer, bus)) {
        return;
    }
    float *const rows = arena_array(arena, (size_t)channel_count * outputs, sizeof *rows);
    for (int channel = 0; channel < channel_count; ++channel) {
        double gains[LAYOUT_MAX_CHANNELS] = {0.0};
        if (!channel_gains(layer, channel, bus->layout, gains)) {
            return;
        }
        for (size_t output = 0; output < outputs; ++output) {
            rows[(size_t)channel * outputs + output] = (float)gains[output];
        }
    }
    *responses = rows;
}
