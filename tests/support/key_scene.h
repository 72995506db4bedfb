#ifndef TESTS_SUPPORT_KEY_SCENE_H
#define TESTS_SUPPORT_KEY_SCENE_H
/* A job in which every member of a layer, a room and a bus counts for something: most of it is
 * written into the Mix by hand, as no single job has it all. Planned, never rendered. */
#include "tests/support/key_fields.h"

#include "spatial/direct_speakers.h"
#include "spatial/layout_table.h"
#include "spatial/registry.h"

enum Owner {
    OF_Mix,
    OF_MixFile,
    OF_MixLayer,
    OF_MixAmbisonic,
    OF_MixTravel,
    OF_DistanceLaw,
    OF_MixFilter,
    OF_MixClip,
    OF_Lane,
    OF_LaneSegment,
    OF_Trajectory,
    OF_PathRun,
    OF_PathPoint,
    OF_ObjectState,
    OF_Position,
    OF_ExclusionZone,
    OF_MixSend,
    OF_MixCeiling,
    OF_MixStem,
    OF_MixShoebox,
    OF_MixRoom,
    OF_BusFold,
    OF_MixBus,
    OF_DirectSpeaker,
    OF_BoundedValue,
    OF_Channel,
    OF_Loudspeaker,
    OF_shape_lane,
    OF_air_lane,
    OF_filter_lane,
    OF_width_lane,
    OF_width_factor,
    OF_distance_lane,
    OF_send_lane,
    OF_return_lane,
    OF_cut_path,
    OF_share,
    OF_virtual_channel,
    OF_virtual_place,
    OF_own_channel,
    OF_own_place,
    OF_fold_channel,
    OF_fold_place,
    OF_ears,
    OF_echo_channel,
    OF_echo_place,
    OF_send_law,
    OF_echo,
    OF_echo_input,
    OF_echo_file,
    OF_plain,
    OF_unsent,
    OF_cube,
    OF_cube_zone,
    OF_direct_x,
    OF_direct_y,
    OF_direct_z,
    OF_direct_elevation,
    OF_direct_distance,
    OWNER_COUNT
};

static const size_t sizes[OWNER_COUNT] = {
    [OF_Mix] = sizeof(Mix),
    [OF_MixFile] = sizeof(MixFile),
    [OF_MixLayer] = sizeof(MixLayer),
    [OF_MixAmbisonic] = sizeof(MixAmbisonic),
    [OF_MixTravel] = sizeof(MixTravel),
    [OF_DistanceLaw] = sizeof(DistanceLaw),
    [OF_MixFilter] = sizeof(MixFilter),
    [OF_MixClip] = sizeof(MixClip),
    [OF_Lane] = sizeof(Lane),
    [OF_LaneSegment] = sizeof(LaneSegment),
    [OF_Trajectory] = sizeof(Trajectory),
    [OF_PathRun] = sizeof(PathRun),
    [OF_PathPoint] = sizeof(PathPoint),
    [OF_ObjectState] = sizeof(ObjectState),
    [OF_Position] = sizeof(Position),
    [OF_ExclusionZone] = sizeof(ExclusionZone),
    [OF_MixSend] = sizeof(MixSend),
    [OF_MixCeiling] = sizeof(MixCeiling),
    [OF_MixStem] = sizeof(MixStem),
    [OF_MixShoebox] = sizeof(MixShoebox),
    [OF_MixRoom] = sizeof(MixRoom),
    [OF_BusFold] = sizeof(BusFold),
    [OF_MixBus] = sizeof(MixBus),
    [OF_DirectSpeaker] = sizeof(DirectSpeaker),
    [OF_BoundedValue] = sizeof(BoundedValue),
    [OF_Channel] = sizeof(Channel),
    [OF_Loudspeaker] = sizeof(Loudspeaker),
};

typedef struct Scene { /* the job, and who owns which members */
    Bench bench;
    void *owners[OWNER_COUNT];
} Scene;

static const char job_text[] =
    "nocturne: 1\n"
    "project: {title: T, code: T, reel: R1, length: 12 s, tail: 1 s}\n"
    "rooms: {box: {shoebox: {size: [12 m, 20 m, 8 m], t60: 0.7 s}},\n"
    "  echo: {ir: i.wav}}\n"
    "rules: {low: {over: [1 s, 2 s], select: id=capped, ceiling: -35 LKFS}}\n"
    "layers:\n"
    "  main: {file: m.wav, stem: mx, at: 1 s, send: {box: -9 dB}}\n"
    "  plain: {file: d.wav, stem: mx, at: 0.5 s, send: {echo: -3 dB}}\n"
    "  unsent: {file: d.wav, stem: mx, at: 0.5 s}\n"
    "  scene: {file: f.wav, stem: mx, layout: foa}\n"
    "  field: {file: f.wav, stem: mx, layout: foa}\n"
    "  capped: {file: d.wav, stem: fx, send: {box: 0 dB, echo: 0 dB}}\n"
    "deliverables: {a: {layout: 5.1, stems: [full, mx, mx.dry, mx.wet]}, b: {layout: 2.0},\n"
    "  c: {layout: 7.1}}\n";

static inline void write_sounds(Bench *bench) {
    enum { FRAMES = 24000, MOST_CHANNELS = 4 };
    double *silence = arena_array(bench->arena, FRAMES * MOST_CHANNELS, sizeof *silence);
    bench_write_wav(bench, "d.wav", PCM_24, 1, silence, FRAMES);
    bench_write_wav(bench, "m.wav", PCM_24, 2, silence, FRAMES);
    bench_write_wav(bench, "f.wav", PCM_24, 4, silence, FRAMES);
    silence[0] = 0.5;
    bench_write_wav(bench, "i.wav", PCM_24, 1, silence, FRAMES);
}

static inline Lane *make_lane(Scene *scene, LaneKind kind, int owner) {
    Lane *lane = arena_alloc(scene->bench.arena, sizeof *lane);
    LaneSegment *segments = arena_array(scene->bench.arena, 2, sizeof *segments);
    for (int segment = 0; segment < 2; segment++) {
        const SampleTime begin = 50000 + 5000 * segment + 10 * owner; /* no two at one time */
        segments[segment] = (LaneSegment){begin, begin + 4000, 0.5, 0.25, SHAPE_LINEAR, 7};
    }
    *lane = (Lane){.kind = kind, .segments = segments, .segment_count = 2};
    scene->owners[owner] = &segments[1]; /* the value that the first begins with is told, too */
    return lane;
}

static inline ObjectState make_state(Scene *scene, bool is_cartesian, int owner) {
    ExclusionZone *zone = arena_alloc(scene->bench.arena, sizeof *zone);
    *zone = (ExclusionZone){.is_cartesian = is_cartesian, .x_min = 0.5, .x_max = 0.75};
    scene->owners[owner] = zone;
    return (ObjectState){
        .position = {10.0, 5.0, 2.0, 1.0},
        .is_cartesian = is_cartesian,
        .has_lock_distance = true,
        .lock_distance = 0.5,
        .zones = zone,
        .zone_count = 1
    };
}

static inline PathPoint *make_points(Scene *scene, bool is_cartesian, int owner) {
    PathPoint *points = arena_array(scene->bench.arena, 2, sizeof *points);
    for (int point = 0; point < 2; point++) {
        points[point] =
            (PathPoint){50000 + 9000 * point, 0.25, make_state(scene, is_cartesian, owner)};
    }
    scene->owners[owner] = (void *)points[0].state.zones;
    return points;
}

/* Two runs of a path of two points. */
static inline Trajectory make_path(Scene *scene) {
    Arena *arena = scene->bench.arena;
    PathPoint *points = make_points(scene, false, OF_ExclusionZone);
    Trajectory *of = arena_alloc(arena, sizeof *of);
    PathRun *runs = arena_array(arena, 2, sizeof *runs);
    *of = (Trajectory){.points = points, .point_count = 2};
    runs[0] = (PathRun){PATH_ALWAYS, 0, of};
    runs[1] = (PathRun){56000, 100, of};
    scene->owners[OF_PathPoint] = points;
    scene->owners[OF_ObjectState] = &points->state;
    scene->owners[OF_Position] = &points->state.position;
    scene->owners[OF_Trajectory] = of;
    scene->owners[OF_PathRun] = &runs[1];
    return (Trajectory){.points = points, .point_count = 2, .runs = runs, .run_count = 2};
}

static inline void *make_array(Scene *scene, size_t count, size_t size) {
    return arena_array(scene->bench.arena, count, size);
}

static inline void make_clips(Scene *scene, MixLayer *layer) {
    layer->clips = make_array(scene, 2, sizeof *layer->clips);
    layer->clip_count = 2;
    for (int clip = 0; clip < 2; clip++) {
        layer->clips[clip] =
            (MixClip){.at_samples = 9000 * clip, .length_samples = 8000, .gain = 0.5};
    }
    scene->owners[OF_MixClip] = layer->clips;
}

static inline void make_processing(Scene *scene, MixLayer *layer) {
    MixFilter *filter = make_array(scene, 2, sizeof *filter);
    filter[0] = filter[1] = (MixFilter){FILTER_BELL, 1000.0, 12, 3.0, 1.0, NULL};
    filter[0].lane = make_lane(scene, LANE_TILT, OF_filter_lane);
    scene->owners[OF_MixFilter] = filter;
    layer->filters = filter;
    layer->filter_count = 2;
    layer->attack_db = 2.0;
    layer->sustain_db = 1.0;
    layer->shape_lanes = make_lane(scene, LANE_ATTACK, OF_shape_lane);
    layer->shape_lane_count = 1;
    layer->lfe_gain = 0.5;
    layer->lfe_below_hz = 80.0;
    layer->lanes = make_lane(scene, LANE_GAIN, OF_LaneSegment);
    layer->lane_count = 1;
    scene->owners[OF_Lane] = (void *)layer->lanes;
    layer->channel_gains = make_array(scene, 2, sizeof(double));
    layer->tracks = make_array(scene, 2, sizeof(int));
}

static inline void make_way(Scene *scene, MixLayer *layer) {
    layer->path = make_path(scene);
    scene->owners[OF_cut_path] = &layer->path;
    layer->is_object = true;
    layer->is_speaker = true;
    layer->direct_db = 1.0;
    layer->panner = spatializer_find("bs2127");
    layer->width = 0.5;
    layer->width_lane = make_lane(scene, LANE_WIDTH, OF_width_lane);
    layer->width_factors = make_lane(scene, LANE_WIDTH, OF_width_factor);
    layer->width_factor_count = 1;
    layer->distance_lane = make_lane(scene, LANE_DISTANCE, OF_distance_lane);
    layer->travel = (MixTravel){true, true, 1.0, 2.0, 3.0, NULL, 1, 10, 20};
    layer->travel.air_lanes = make_lane(scene, LANE_AIR, OF_air_lane);
    layer->distance = (DistanceLaw){DISTANCE_INVERSE, 1.0, 1.0, 0.5, 9.0, false};
    scene->owners[OF_MixTravel] = &layer->travel;
    scene->owners[OF_DistanceLaw] = &layer->distance;
}

static inline DirectSpeaker *make_direct(Scene *scene, bool is_cartesian) {
    DirectSpeaker *speaker = make_array(scene, 1, sizeof *speaker);
    const char **labels = make_array(scene, 1, sizeof *labels);
    labels[0] = "M+030";
    *speaker = (DirectSpeaker){
        .labels = labels, .label_count = 1, .pack_id = "AP", .is_cartesian = is_cartesian};
    return speaker;
}

static inline void make_sends(Scene *scene, MixLayer *layer) {
    MixSend *send = make_array(scene, 1, sizeof *send);
    DistanceLaw *law = make_array(scene, 1, sizeof *law);
    *law = (DistanceLaw){DISTANCE_INVERSE, 1.0, 1.0, 0.5, 9.0, false};
    *send = (MixSend){0, 0.5, make_lane(scene, LANE_SEND, OF_send_lane), 1, law};
    layer->sends = send;
    layer->send_count = 1;
    scene->owners[OF_MixSend] = send;
    scene->owners[OF_send_law] = law;
}

static inline void make_main(Scene *scene, MixLayer *layer) {
    make_clips(scene, layer);
    make_processing(scene, layer);
    make_way(scene, layer);
    make_sends(scene, layer);
    DirectSpeaker *speaker = make_direct(scene, false);
    layer->direct_speaker = speaker;
    scene->owners[OF_MixLayer] = layer;
    scene->owners[OF_DirectSpeaker] = speaker;
    scene->owners[OF_BoundedValue] = &speaker->azimuth;
    scene->owners[OF_direct_elevation] = &speaker->elevation;
    scene->owners[OF_direct_distance] = &speaker->distance;
}

static inline void make_unsent(Scene *scene, MixLayer *layer) {
    PathPoint *points = make_points(scene, true, OF_cube_zone);
    DirectSpeaker *speaker = make_direct(scene, true);
    layer->path = (Trajectory){.points = points, .point_count = 1};
    layer->is_object = true;
    layer->direct_speaker = speaker;
    scene->owners[OF_unsent] = layer;
    scene->owners[OF_cube] = &points[0].state;
    scene->owners[OF_direct_x] = &speaker->x;
    scene->owners[OF_direct_y] = &speaker->y;
    scene->owners[OF_direct_z] = &speaker->z;
}

/* Those of another layout, each in its place. */
static inline Layout *make_layout(Scene *scene, const Layout *of, int channel_owner, int owner) {
    const size_t count = (size_t)of->channel_count;
    Layout *own = make_array(scene, 1, sizeof *own);
    Channel *channels = make_array(scene, count, sizeof *channels);
    memcpy(channels, of->channels, count * sizeof *channels);
    *own = *of;
    own->channels = channels;
    own->loudspeakers = make_array(scene, count, sizeof *own->loudspeakers);
    scene->owners[channel_owner] = channels;
    scene->owners[owner] = (void *)own->loudspeakers;
    return own;
}

static inline void make_rooms(Scene *scene, Mix *mix) {
    MixRoom *box = &mix->rooms[0];
    MixRoom *echo = &mix->rooms[1];
    box->file = 0;
    box->layout = layout_find("1.0");
    box->returns = make_lane(scene, LANE_GATE, OF_return_lane);
    box->return_count = 1;
    echo->split = ROOM_EARLY;
    echo->early_s = 0.05;
    echo->layout = make_layout(scene, echo->layout, OF_echo_channel, OF_echo_place);
    echo->input = (MixBus){.layout = layout_find("2.0"), .panner = spatializer_find("vbap")};
    scene->owners[OF_MixShoebox] = &box->shoebox;
    scene->owners[OF_MixRoom] = box;
    scene->owners[OF_echo] = echo;
    scene->owners[OF_echo_input] = &echo->input;
    scene->owners[OF_echo_file] = &mix->files[echo->file];
}

/* A layout of the job on bus 0, a fold of it on bus 1, ears on bus 2. */
static inline void make_buses(Scene *scene, Mix *mix) {
    enum { INPUTS = 6, OUTPUTS = 2 };
    BusFold *fold = make_array(scene, 1, sizeof *fold);
    const Layout *of = mix->buses[0].layout;
    mix->buses[0].layout = make_layout(scene, of, OF_Channel, OF_Loudspeaker);
    mix->buses[0].speakers = make_layout(scene, of, OF_virtual_channel, OF_virtual_place);
    mix->buses[0].is_object = make_array(scene, (size_t)mix->layer_count, sizeof(bool));
    *fold = (BusFold){.input_count = INPUTS,
                      .gains = make_array(scene, INPUTS * OUTPUTS, sizeof(double)),
                      .shifted = make_array(scene, INPUTS * OUTPUTS, sizeof(double)),
                      .shift_tap_count = 3,
                      .stem_gains = make_array(scene, (size_t)mix->stem_count, sizeof(double)),
                      .delays_samples = make_array(scene, OUTPUTS, sizeof(int64_t))};
    mix->buses[1].layout = make_layout(scene, mix->buses[1].layout, OF_fold_channel, OF_fold_place);
    mix->buses[1].fold = fold;
    mix->buses[2].layout = layout_find("binaural");
    mix->buses[2].sofa_file = mix->layers[3].file;
    scene->owners[OF_MixBus] = &mix->buses[0];
    scene->owners[OF_ears] = &mix->buses[2];
    scene->owners[OF_BusFold] = fold;
}

static inline void set_scene(Scene *scene) {
    Bench *bench = &scene->bench;
    bench_open(bench);
    write_sounds(bench);
    bench_plan(bench, job_text, 8);
    Mix *mix = bench->mix;
    bool *is_full = make_array(scene, (size_t)mix->stem_count, sizeof *is_full);
    mix->full_stems = is_full;
    make_main(scene, &mix->layers[0]);
    mix->layers[1].panner = spatializer_find("vbap");
    scene->owners[OF_plain] = &mix->layers[1];
    make_unsent(scene, &mix->layers[2]);
    mix->layers[2].layout = make_layout(scene, mix->layers[2].layout, OF_own_channel, OF_own_place);
    mix->layers[2].panner = spatializer_find("vbap");
    make_rooms(scene, mix);
    make_buses(scene, mix);
    MixCeiling *ceiling = (MixCeiling *)mix->ceilings;
    ceiling->share = *make_lane(scene, LANE_GAIN, OF_share);
    scene->owners[OF_MixCeiling] = ceiling;
    scene->owners[OF_Mix] = mix;
    scene->owners[OF_MixFile] = &mix->files[mix->layers[0].file];
    scene->owners[OF_MixAmbisonic] = &mix->layers[3].ambisonic;
    MixAmbisonic *ambisonic = &mix->layers[3].ambisonic;
    ambisonic->crossover_hz = 500.0;
    ambisonic->has_decoder = ambisonic->has_max_re = true;
    ambisonic->decoder = mix->buses[0].decoder + 1;
    ambisonic->max_re = !mix->buses[0].max_re;
    mix->deliverables[0].is_programme = true;
    mix->deliverables[1].is_programme = true;
    scene->owners[OF_MixStem] = &mix->stems[mix->layers[0].stem];
    bench->plan = plan_again(bench, bench->arena);
}

#endif
