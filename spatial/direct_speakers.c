/* The way of a channel to its loudspeaker: table, label, bounds, panner. */
#include "spatial/direct_speakers.h"

#include <math.h>
#include <string.h>

#include "render/base/units.h"
#include "spatial/adm_frame.h"
#include "spatial/angle_range.h"
#include "spatial/cube_conversion.h"
#include "spatial/cube_gains.h"
#include "spatial/direct_speakers_remap.h"
#include "spatial/layout_table.h"
#include "spatial/point_source.h"

/* Of bounds and of "equally near", in degrees or distance. BS.2127-1, 8.3. */
static const double bounds_tolerance = 1e-5;
static const double lfe_edge_hz = 200.0; /* BS.2127-1, 6.3 */
/* The screen where none is described: in front at distance 1. BS.2076-2, 5.9 (audioProgramme). */
static const double screen_width_deg = 58.0;
static const double screen_aspect_ratio = 1.78;

struct DirectSpeakers {
    const Layout *layout;
    PointSource *point_source;
    CubePanner *cube;
};

static bool is_lfe_label(const char *label) {
    return strcmp(label, "LFE1") == 0 || strcmp(label, "LFE2") == 0;
}

static bool is_lfe_channel(const Layout *layout, int channel) {
    return layout->channels[channel].role == CHANNEL_LFE;
}

static void only(const Layout *layout, int channel, double *gains) {
    memset(gains, 0, (size_t)layout->channel_count * sizeof *gains);
    if (channel >= 0) {
        gains[channel] = 1.0;
    }
}

static bool gains_by_pack(const Layout *layout, const DirectSpeaker *input, double *gains) {
    const char *const input_layout = remap_layout_of_pack(input->pack_id);
    return input_layout && input->label_count > 0 &&
           remap_gains(input_layout, direct_speaker_label(input->labels[0]), layout, gains);
}

/* -1: the layout has none of the labels. */
static int channel_by_label(const Layout *layout, const DirectSpeaker *input, bool is_lfe) {
    for (int index = 0; index < input->label_count; ++index) {
        const char *const label = direct_speaker_label(input->labels[index]);
        for (int channel = 0; *label && channel < layout->channel_count; ++channel) {
            if (strcmp(layout_bs2051_label(layout, channel), label) == 0 &&
                is_lfe_channel(layout, channel) == is_lfe) {
                return channel;
            }
        }
    }
    return -1;
}

static bool is_between(BoundedValue bounds, double value) {
    return value > bounds.least - bounds_tolerance && value < bounds.most + bounds_tolerance;
}

static bool is_within_bounds(const Layout *layout, const DirectSpeaker *input, int channel) {
    const Position *const at = &layout->channels[channel].position;
    if (input->is_cartesian) {
        double place[3];
        cube_speaker_position(layout, channel, place);
        return is_between(input->x, place[0]) && is_between(input->y, place[1]) &&
               is_between(input->z, place[2]);
    }
    const bool is_pole = fabs(at->elevation_deg) >= 90.0 - bounds_tolerance;
    return (is_pole || angle_is_within(at->azimuth_deg, input->azimuth.least, input->azimuth.most,
                                       bounds_tolerance)) &&
           is_between(input->elevation, at->elevation_deg) &&
           is_between(input->distance, at->distance_m);
}

static Direction direction_to(const DirectSpeaker *input) {
    if (input->is_cartesian) {
        return (Direction){input->x.value, input->y.value, input->z.value};
    }
    return adm_vector(input->azimuth.value, input->elevation.value, input->distance.value);
}

static double distance_to(const Layout *layout, const DirectSpeaker *input, int channel) {
    const Position *const at = &layout->channels[channel].position;
    Direction place = adm_vector(at->azimuth_deg, at->elevation_deg, at->distance_m);
    if (input->is_cartesian) {
        double cube[3];
        cube_speaker_position(layout, channel, cube);
        place = (Direction){cube[0], cube[1], cube[2]};
    }
    return direction_length(direction_subtract(place, direction_to(input)));
}

/* -1: none inside the bounds, or several equally near. */
static int channel_by_bounds(const Layout *layout, const DirectSpeaker *input, bool is_lfe) {
    double distances[LAYOUT_MAX_CHANNELS];
    double smallest = INFINITY;
    int nearest = -1;
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        const bool may_play =
            is_lfe_channel(layout, channel) == is_lfe && is_within_bounds(layout, input, channel);
        distances[channel] = may_play ? distance_to(layout, input, channel) : INFINITY;
        if (distances[channel] < smallest) {
            smallest = distances[channel];
            nearest = channel;
        }
    }
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (channel != nearest && distances[channel] - smallest < bounds_tolerance) {
            return -1;
        }
    }
    return nearest;
}

static int first_lfe(const Layout *layout) {
    for (int channel = 0; channel < layout->channel_count; ++channel) {
        if (is_lfe_channel(layout, channel)) {
            return channel;
        }
    }
    return -1;
}

/* A coordinate without bounds takes them along. */
static void move_value(BoundedValue *coordinate, double value) {
    const double before = coordinate->value;
    coordinate->value = value;
    coordinate->least = coordinate->least == before ? value : coordinate->least;
    coordinate->most = coordinate->most == before ? value : coordinate->most;
}

static double towards_edge(ScreenEdge edge, double half_deg, double otherwise_deg) {
    const double edge_deg = edge == SCREEN_LEFT_OR_TOP ? half_deg : -half_deg;
    return edge == NO_SCREEN_EDGE ? otherwise_deg : edge_deg;
}

/* The position with its azimuth or elevation at the edge of the screen. BS.2127-1, 7.3.4. */
static DirectSpeaker locked_to_screen(const DirectSpeaker *input) {
    DirectSpeaker locked = *input;
    const double half_width_deg = screen_width_deg / 2.0;
    const double half_height = exact_tan(rad_from_deg(half_width_deg)) / screen_aspect_ratio;
    const double half_height_deg = deg_from_rad(exact_atan2(half_height, 1.0));
    double azimuth_deg = input->azimuth.value;
    double elevation_deg = input->elevation.value;
    double distance = input->distance.value;
    if (input->is_cartesian) {
        const double from[3] = {input->x.value, input->y.value, input->z.value};
        cube_position_to_polar(from, &azimuth_deg, &elevation_deg, &distance);
    }
    azimuth_deg = towards_edge(input->horizontal_edge, half_width_deg, azimuth_deg);
    elevation_deg = towards_edge(input->vertical_edge, half_height_deg, elevation_deg);
    if (input->is_cartesian) {
        double to[3];
        cube_position_of(azimuth_deg, elevation_deg, distance, to);
        move_value(&locked.x, to[0]);
        move_value(&locked.y, to[1]);
        move_value(&locked.z, to[2]);
    } else {
        move_value(&locked.azimuth, azimuth_deg);
        move_value(&locked.elevation, elevation_deg);
    }
    return locked;
}

static void
panned_gains(const DirectSpeakers *speakers, const DirectSpeaker *input, double *gains) {
    static const double no_size[3] = {0.0, 0.0, 0.0};
    const Direction to = direction_to(input);
    const double at[3] = {to.x, to.y, to.z};
    if (input->is_cartesian) {
        cube_panner_gains(speakers->cube, at, no_size, NULL, gains);
    } else {
        point_source_gains(speakers->point_source, at, gains);
    }
}

Status direct_speakers_create(const Layout *layout,
                              Arena *arena,
                              DirectSpeakers **speakers,
                              ErrorList *errors) {
    DirectSpeakers *const made = arena_alloc(arena, sizeof *made);
    made->layout = layout;
    TRY(cube_panner_create(layout, arena, &made->cube, errors));
    TRY(point_source_create(layout, arena, &made->point_source, errors));
    *speakers = made;
    return DONE;
}

void direct_speakers_gains(const DirectSpeakers *speakers,
                           const DirectSpeaker *input,
                           double *gains) {
    const Layout *const layout = speakers->layout;
    const bool is_lfe = direct_speaker_is_lfe(input);
    if (gains_by_pack(layout, input, gains)) {
        return;
    }
    const bool is_at_edge =
        input->horizontal_edge != NO_SCREEN_EDGE || input->vertical_edge != NO_SCREEN_EDGE;
    const DirectSpeaker placed = is_at_edge ? locked_to_screen(input) : *input;
    int channel = channel_by_label(layout, input, is_lfe);
    if (channel < 0) {
        channel = channel_by_bounds(layout, &placed, is_lfe);
    }
    if (channel < 0 && !is_lfe) {
        panned_gains(speakers, &placed, gains);
        return;
    }
    only(layout, channel >= 0 ? channel : first_lfe(layout), gains);
}

bool direct_speaker_is_lfe(const DirectSpeaker *input) {
    if (input->low_pass_hz > 0.0 && input->low_pass_hz <= lfe_edge_hz &&
        input->high_pass_hz <= 0.0) {
        return true;
    }
    for (int index = 0; index < input->label_count; ++index) {
        if (is_lfe_label(direct_speaker_label(input->labels[index]))) {
            return true;
        }
    }
    return false;
}

const char *direct_speaker_label(const char *label) {
    static const char *const aliases[][2] = {
  /* BS.2127-1, 8.1 */
        {"LFE",    "LFE1" },
        {"LFEL",   "LFE1" },
        {"LFER",   "LFE2" },
 /* Dolby Atmos Master ADM profile 1.0, bed channels; RC_LFE comes without a frequency. */
        {"RC_L",   "M+030"},
        {"RC_R",   "M-030"},
        {"RC_C",   "M+000"},
        {"RC_LFE", "LFE1" },
        {"RC_Ls",  "M+110"}, /* of 5.x beds */
        {"RC_Rs",  "M-110"},
        {"RC_Lss", "M+090"},
        {"RC_Rss", "M-090"},
        {"RC_Lrs", "M+135"},
        {"RC_Rrs", "M-135"},
        {"RC_Lts", "U+090"},
        {"RC_Rts", "U-090"},
    };
    static const char urn[] = "urn:itu:bs:2051:";
    static const char speaker[] = ":speaker:";
    if (strncmp(label, urn, sizeof urn - 1) == 0) {
        const char *const edition = label + sizeof urn - 1;
        const char *const rest = edition + strspn(edition, "0123456789");
        if (rest > edition && strncmp(rest, speaker, sizeof speaker - 1) == 0) {
            label = rest + sizeof speaker - 1;
        }
    }
    for (size_t index = 0; index < sizeof aliases / sizeof *aliases; ++index) {
        if (strcmp(aliases[index][0], label) == 0) {
            return aliases[index][1];
        }
    }
    return label;
}
