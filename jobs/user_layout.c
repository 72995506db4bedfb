/* From the speakers of a job to a Layout: nominal and real places, gain and delay. */
#include "jobs/user_layout.h"

#include <math.h>
#include <string.h>

#include "jobs/reference.h"
#include "jobs/suggest.h"
#include "render/base/units.h"
#include "spatial/adm_frame.h"
#include "spatial/layout_range.h"
#include "spatial/layout_table.h"
#include "spatial/point_source.h"
#include "spatial/sphere_points.h"

/* Nearer than this two loudspeakers are one: half a degree. */
static const double same_place = 0.01;
/* BS.1770-5, table 4: side loudspeakers weigh 1.5 dB more. */
static const double side_weight = 1.41;
/* The gain of a loudspeaker at its own place, but for rounding. */
static const double alone = 0.999;
enum { PROBE_HALF_COUNT = 1000 };

typedef struct Building {
    JobLayout *written;
    Arena *arena;
    ErrorList *errors;
    Layout *layout;
    Channel *channels;
    Loudspeaker *loudspeakers;
    const JobSpeaker **speakers; /* [channel_count], NULL: not named */
} Building;

static bool is_written(const JobNumber *number) {
    return number->place.line > 0;
}

static Place place_of(const Building *building, int channel) {
    const JobSpeaker *speaker = building->speakers[channel];
    return speaker ? speaker->label_place : building->written->id_place;
}

static Status find_base(const Building *building, const Layout **base) {
    enum { MAX_NAMES = 64 };
    const JobText *name = &building->written->base;
    const char *names[MAX_NAMES];
    int count = 0;
    const Layout *system = layout_find_bs2051(name->text);
    *base = system ? system : layout_find(name->text);
    if (*base && (*base)->kind == LAYOUT_SPEAKERS) {
        return DONE;
    }
    for (; count < MAX_NAMES && layout_at(count); count++) {
        names[count] = layout_at(count)->name;
    }
    fail(building->errors, E213, name->place, "`%s` is no layout of loudspeakers", name->text);
    const char *nearest = suggest_nearest(name->text, names, count);
    if (nearest) {
        error_caret(building->errors, "did you mean `%s`?", nearest);
    }
    error_help(building->errors, "nocturne list layouts, or a system of BS.2051 such as 4+9+0");
    return E213;
}

static void make_room(Building *building, int channel_count) {
    const size_t count = (size_t)channel_count;
    building->channels = arena_array(building->arena, count, sizeof *building->channels);
    building->loudspeakers = arena_array(building->arena, count, sizeof *building->loudspeakers);
    building->speakers = arena_array(building->arena, count, sizeof(const JobSpeaker *));
    building->layout->channels = building->channels;
    building->layout->loudspeakers = building->loudspeakers;
    building->layout->channel_count = channel_count;
}

/* The channels of the base, and which of them are spoken of. */
static Status take_base(Building *building, const Layout *base) {
    const JobLayout *written = building->written;
    Reference *labels = arena_array(building->arena, (size_t)base->channel_count, sizeof *labels);
    building->layout->base = base;
    make_room(building, base->channel_count);
    for (int channel = 0; channel < base->channel_count; channel++) {
        building->channels[channel] = base->channels[channel];
        labels[channel] = (Reference){base->channels[channel].label, NO_PLACE};
    }
    for (int index = 0; index < written->speaker_count; index++) {
        const JobSpeaker *speaker = &written->speakers[index];
        const int channel = layout_channel_index(base, speaker->label);
        if (channel < 0) {
            const ReferenceList list = {arena_format(building->arena, "speaker of %s", base->name),
                                        labels, base->channel_count};
            return reference_fail(&list, speaker->label, speaker->label_place, building->errors);
        }
        if (building->speakers[channel]) {
            fail(building->errors, E303, speaker->label_place, "`%s` and `%s` are one speaker",
                 building->speakers[channel]->label, speaker->label);
            error_mark(building->errors, building->speakers[channel]->label_place,
                       "the other name is here");
            return E303;
        }
        building->speakers[channel] = speaker;
    }
    return DONE;
}

/* The channels as written; what a known label does not say has to be said. */
static Status take_speakers(Building *building) {
    const JobLayout *written = building->written;
    make_room(building, written->speaker_count);
    for (int index = 0; index < written->speaker_count; index++) {
        const JobSpeaker *speaker = &written->speakers[index];
        Channel *channel = &building->channels[index];
        const bool is_known = layout_find_channel(speaker->label, channel);
        const bool is_lfe = speaker->is_lfe.value || (is_known && channel->role == CHANNEL_LFE);
        building->speakers[index] = speaker;
        if (!is_known) {
            *channel = (Channel){.position = {.distance_m = 1.0}};
        }
        if (!is_known && !is_lfe && !is_written(&speaker->az_deg)) {
            fail(building->errors, E203, speaker->label_place, "speaker `%s` has no `az`",
                 speaker->label);
            error_help(building->errors,
                       "only labels of a layout, such as Lss, or of BS.2051, such as M+090, bring "
                       "a place");
            return E203;
        }
        channel->label = speaker->label;
        channel->role = is_lfe ? CHANNEL_LFE : CHANNEL_SPEAKER;
        if (!is_known) {
            channel->position.azimuth_deg = speaker->az_deg.value;
            channel->position.elevation_deg = speaker->el_deg.value;
        }
    }
    return DONE;
}

/* Where the channel stands, and where it ought to. */
static void place_channel(const Building *building, int channel) {
    static const JobSpeaker nothing = {.label = NULL};
    const JobSpeaker *speaker =
        building->speakers[channel] ? building->speakers[channel] : &nothing;
    Channel *of = &building->channels[channel];
    Loudspeaker *loudspeaker = &building->loudspeakers[channel];
    const bool has_nominal =
        is_written(&speaker->nominal_az_deg) || is_written(&speaker->nominal_el_deg);
    loudspeaker->real = of->position;
    if (is_written(&speaker->az_deg)) {
        loudspeaker->real.azimuth_deg = speaker->az_deg.value;
    }
    if (is_written(&speaker->el_deg)) {
        loudspeaker->real.elevation_deg = speaker->el_deg.value;
    }
    if (has_nominal) {
        of->position.azimuth_deg = speaker->nominal_az_deg.value;
        of->position.elevation_deg = speaker->nominal_el_deg.value;
    } else if (building->layout->base) {
        of->position.azimuth_deg = layout_nominal_azimuth_deg(building->layout->base, channel,
                                                              loudspeaker->real.azimuth_deg);
    }
    loudspeaker->gain = gain_from_db(speaker->gain_db.value);
    loudspeaker->delay_s = speaker->delay.is_set ? rational_value(speaker->delay.seconds) : 0.0;
}

/* BS.1770-5, table 4, for places that the standard does not name. */
static void weigh_channel(const Building *building, int channel) {
    Channel *of = &building->channels[channel];
    const Position *at = &building->loudspeakers[channel].real;
    const double aside_deg = fabs(at->azimuth_deg);
    const bool is_side = fabs(at->elevation_deg) < 30.0 && aside_deg >= 60.0 && aside_deg <= 120.0;
    if (!building->layout->base) {
        of->loudness_weight = of->role == CHANNEL_LFE ? 0.0 : is_side ? side_weight : 1.0;
    }
}

static Status check_range(const Building *building, int channel) {
    const Layout *base = building->layout->base;
    const Position *at = &building->loudspeakers[channel].real;
    LayoutRange range;
    if (!base || !building->speakers[channel] || !layout_range_find(base, channel, &range) ||
        layout_range_holds(&range, at->azimuth_deg, at->elevation_deg)) {
        return DONE;
    }
    fail(building->errors, E206, place_of(building, channel),
         "`%s` stands at az %g deg, el %g deg, outside its range in %s",
         building->speakers[channel]->label, at->azimuth_deg, at->elevation_deg,
         layout_bs2051_system(base));
    if (range.gap_max_deg > 0.0) {
        error_note(building->errors, "BS.2051 allows az %g … %g deg, but not within %g … %g",
                   range.azimuth_min_deg, range.azimuth_max_deg, range.gap_min_deg,
                   range.gap_max_deg);
    } else {
        error_note(building->errors, "BS.2051 allows az %g … %g deg, el %g … %g deg",
                   range.azimuth_min_deg, range.azimuth_max_deg, range.elevation_min_deg,
                   range.elevation_max_deg);
    }
    error_help(building->errors, "without `base` a speaker may stand anywhere");
    return E206;
}

static double distance_between(const Position *a, const Position *b) {
    return direction_length(direction_subtract(adm_vector(a->azimuth_deg, a->elevation_deg, 1.0),
                                               adm_vector(b->azimuth_deg, b->elevation_deg, 1.0)));
}

static Status check_twins(const Building *building, int channel) {
    const Channel *channels = building->channels;
    const Loudspeaker *loudspeakers = building->loudspeakers;
    for (int other = 0; other < channel; other++) {
        const bool are_both =
            channels[channel].role == CHANNEL_SPEAKER && channels[other].role == CHANNEL_SPEAKER;
        const double real =
            distance_between(&loudspeakers[channel].real, &loudspeakers[other].real);
        const double nominal =
            distance_between(&channels[channel].position, &channels[other].position);
        if (!are_both || fmin(real, nominal) > same_place) {
            continue;
        }
        fail(building->errors, E303, place_of(building, channel), "`%s` stands where `%s` stands",
             channels[channel].label, channels[other].label);
        error_mark(building->errors, place_of(building, other), "`%s` is here",
                   channels[other].label);
        error_note(building->errors, real > same_place
                                         ? "their nominal places are the same: give `nominal_az`"
                                         : "two speakers are at least half a degree apart");
        return E303;
    }
    return DONE;
}

/* As if all stood as far as the farthest: nearer ones later and lower. */
static Status align_speakers(const Building *building) {
    const JobLayout *written = building->written;
    double farthest_m = 0.0;
    for (int index = 0; written->align.value && index < written->speaker_count; index++) {
        farthest_m = fmax(farthest_m, written->speakers[index].distance_m.value);
    }
    for (int channel = 0; written->align.value && channel < building->layout->channel_count;
         channel++) {
        const JobSpeaker *speaker = building->speakers[channel];
        if (!speaker || !is_written(&speaker->distance_m)) {
            fail(building->errors, E203, place_of(building, channel), "speaker `%s` has no `dist`",
                 building->channels[channel].label);
            error_note(building->errors, "`align: yes` needs the distance of every speaker");
            return E203;
        }
        const double distance_m = speaker->distance_m.value;
        building->loudspeakers[channel].real.distance_m = distance_m;
        building->loudspeakers[channel].gain *= distance_m / farthest_m;
        building->loudspeakers[channel].delay_s +=
            (farthest_m - distance_m) / speed_of_sound_m_per_s;
    }
    return DONE;
}

static int count_speakers(const Layout *layout) {
    int count = 0;
    for (int channel = 0; channel < layout->channel_count; channel++) {
        count += layout->channels[channel].role == CHANNEL_SPEAKER;
    }
    return count;
}

/* A sound from the place of a loudspeaker is its own, unless the real places have changed the order
 * that the nominal ones gave to the regions of the panner. */
static Status check_order(const Building *building, const PointSource *panner) {
    const Layout *layout = building->layout;
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const Position *real = &building->loudspeakers[channel].real;
        const Direction at = adm_vector(real->azimuth_deg, real->elevation_deg, 1.0);
        double gains[POINT_SOURCE_CHANNELS] = {0.0};
        point_source_gains(panner, (double[]){at.x, at.y, at.z}, gains);
        if (layout->channels[channel].role == CHANNEL_SPEAKER && gains[channel] < alone) {
            fail(building->errors, E213, place_of(building, channel),
                 "`%s` stands beyond its neighbours",
                 building->speakers[channel] ? building->speakers[channel]->label
                                             : layout->channels[channel].label);
            error_note(building->errors,
                       "real places keep the order of the nominal ones (nominal_az, nominal_el)");
            return E213;
        }
    }
    return DONE;
}

/* Real places far from the nominal ones can leave holes between the regions. */
static Status check_panner(const Building *building) {
    const Layout *layout = building->layout;
    const Place place = building->written->id_place;
    PointSource *panner = NULL;
    const ErrorEntry *before = errors_last(building->errors);
    const Status status = point_source_create(layout, building->arena, &panner, building->errors);
    errors_place(building->errors, before, place);
    TRY(status);
    if (count_speakers(layout) > 2) {
        TRY(check_order(building, panner));
    }
    Direction *points = arena_array(building->arena, (size_t)2 * PROBE_HALF_COUNT, sizeof *points);
    sphere_points_mirrored(PROBE_HALF_COUNT, points);
    for (int point = 0; point < 2 * PROBE_HALF_COUNT; point++) {
        const double at[3] = {points[point].x, points[point].y, points[point].z};
        double gains[POINT_SOURCE_CHANNELS] = {0.0};
        double power = 0.0;
        point_source_gains(panner, at, gains);
        for (int channel = 0; channel < layout->channel_count; channel++) {
            power += gains[channel] * gains[channel];
        }
        if (!(power > 0.25)) {
            return fail(building->errors, E213, place,
                        "the real places of `%s` are too far from the nominal ones: no "
                        "speaker plays some directions",
                        layout->name);
        }
    }
    return DONE;
}

static Status check_count(const Building *building, int count) {
    if (count <= POINT_SOURCE_CHANNELS) {
        return DONE;
    }
    return fail(building->errors, E213, building->written->id_place,
                "layouts.%s has %d speakers, at most %d can be panned", building->written->id,
                count, POINT_SOURCE_CHANNELS);
}

static Status build(Building *building) {
    const Layout *base = NULL;
    TRY(check_count(building, building->written->speaker_count));
    if (building->written->base.text) {
        TRY(find_base(building, &base));
        TRY(take_base(building, base));
    } else {
        TRY(take_speakers(building));
    }
    for (int channel = 0; channel < building->layout->channel_count; channel++) {
        place_channel(building, channel);
        weigh_channel(building, channel);
        TRY(check_range(building, channel));
        TRY(check_twins(building, channel));
    }
    TRY(align_speakers(building));
    return check_panner(building);
}

const Layout *job_layout_find(const JobSpec *job, const char *name) {
    for (int index = 0; index < job->layout_count; index++) {
        if (strcmp(job->layouts[index].id, name) == 0) {
            return job->layouts[index].table;
        }
    }
    return layout_find(name);
}

void job_layouts_build(JobSpec *job, Arena *arena, ErrorList *errors) {
    for (int index = 0; index < job->layout_count; index++) {
        JobLayout *written = &job->layouts[index];
        Layout *layout = arena_alloc(arena, sizeof *layout);
        *layout = (Layout){.name = written->id, .kind = LAYOUT_SPEAKERS};
        Building building = {
            .written = written, .arena = arena, .errors = errors, .layout = layout};
        if (layout_find(written->id) || layout_find_bs2051(written->id)) {
            fail(errors, E306, written->id_place, "`%s` is a built-in layout", written->id);
            error_note(errors, "give yours another name and say `base: %s`", written->id);
        } else if (build(&building) == DONE) {
            written->table = layout;
        }
    }
}
