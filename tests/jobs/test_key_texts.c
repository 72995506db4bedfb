/* What the keys of a plan tell that no single member of the Mix shows: order, place, and which. */
#include "tests/support/key_scene.h"

enum { MAIN, PLAIN, GRID_SAMPLES = LANE_GRID_SAMPLES, EARS = 2, MUSIC = 0, EFFECTS };

static int set_up(void **state) {
    *state = calloc(1, sizeof(Scene));
    set_scene(*state);
    return 0;
}

static int tear_down(void **state) {
    bench_close(&((Scene *)*state)->bench);
    free(*state);
    return 0;
}

static Key prepare_key(const Scene *scene, int layer) {
    Arena *arena = arena_create();
    const Plan *plan = plan_again(&scene->bench, arena);
    const Key key = plan->tasks[plan->prepare_tasks[layer]].outputs[0];
    arena_destroy(&arena);
    return key;
}

static Key ears_key(const Scene *scene) {
    Arena *arena = arena_create();
    const Plan *plan = plan_again(&scene->bench, arena);
    const Key key = plan->tasks[plan->spatialize_tasks[MUSIC * plan->span_count]].outputs[EARS];
    arena_destroy(&arena);
    return key;
}

static Key master_key(const Scene *scene) {
    Arena *arena = arena_create();
    const Plan *plan = plan_again(&scene->bench, arena);
    const Key key = plan->tasks[plan->master_tasks[0]].outputs[0];
    arena_destroy(&arena);
    return key;
}

static Key span_key(const Scene *scene, int span_blocks, int span) {
    Plan *plan = NULL;
    Arena *arena = arena_create();
    const PlanOptions options = {.span_samples = (int64_t)span_blocks * 32768};
    assert_int_equal(
        plan_make(scene->bench.mix, "TEST", options, arena, &plan, scene->bench.errors), DONE);
    const Key key =
        plan->tasks[plan->spatialize_tasks[EFFECTS * plan->span_count + span]].outputs[0];
    arena_destroy(&arena);
    return key;
}

static void move_layer(MixLayer *layer, int64_t by_samples) {
    LaneSegment *segments = (LaneSegment *)layer->lanes[0].segments;
    layer->start += by_samples;
    for (int segment = 0; segment < layer->lanes[0].segment_count; segment++) {
        segments[segment].begin += by_samples;
        segments[segment].end += by_samples;
    }
}

static void the_rate_is_in_the_key_of_every_layer(void **state) {
    Scene *scene = *state;
    Mix *mix = scene->bench.mix;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const Key key = prepare_key(scene, layer);
        mix->rate_hz++;
        assert_false(key_equal(prepare_key(scene, layer), key));
        mix->rate_hz--;
    }
}

/* Lanes are straight between points of a grid that does not move with a layer. */
static void a_layer_moves_with_its_lanes_by_whole_steps_of_their_grid(void **state) {
    Scene *scene = *state;
    MixLayer *layer = &scene->bench.mix->layers[PLAIN];
    layer->lanes = make_lane(scene, LANE_GAIN, OF_LaneSegment);
    layer->lane_count = 1;
    const Key key = prepare_key(scene, PLAIN);
    move_layer(layer, GRID_SAMPLES);
    assert_true(key_equal(prepare_key(scene, PLAIN), key));
    move_layer(layer, 1);
    assert_false(key_equal(prepare_key(scene, PLAIN), key));
    move_layer(layer, -1);
    layer->travel.has_doppler = true; /* how far away it is counts from the programme's begin */
    const Key passing = prepare_key(scene, PLAIN);
    move_layer(layer, GRID_SAMPLES);
    assert_false(key_equal(prepare_key(scene, PLAIN), passing));
}

static void which_filter_has_a_lane_is_in_the_key(void **state) {
    Scene *scene = *state;
    MixFilter *filters = (MixFilter *)scene->bench.mix->layers[MAIN].filters;
    const Lane *one = filters[0].lane;
    const Lane *two = make_lane(scene, LANE_TILT, OF_filter_lane);
    LaneSegment *later = (LaneSegment *)two->segments; /* from the same value on, as steep */
    for (int segment = 0; segment < two->segment_count; segment++) {
        later[segment].begin += GRID_SAMPLES;
        later[segment].end += GRID_SAMPLES;
    }
    filters[1].lane = two;
    const Key key = prepare_key(scene, MAIN);
    filters[0].lane = two;
    filters[1].lane = one;
    assert_false(key_equal(prepare_key(scene, MAIN), key));
}

static void which_of_two_clips_is_longer_is_in_the_key(void **state) {
    Scene *scene = *state;
    MixClip *clips = scene->bench.mix->layers[MAIN].clips;
    clips[1].at_samples = clips[0].at_samples;
    clips[1].from_samples = clips[0].from_samples + 500;
    clips[1].length_samples = clips[0].length_samples - 1000;
    const Key key = prepare_key(scene, MAIN);
    clips[1].length_samples += 1000;
    clips[0].length_samples -= 1000;
    assert_false(key_equal(prepare_key(scene, MAIN), key));
}

/* For loudspeakers the panner stands in the text of the layer itself. */
static void ears_hear_the_panner_of_a_room_with_inputs(void **state) {
    Scene *scene = *state;
    MixLayer *layer = &scene->bench.mix->layers[PLAIN];
    const Key key = ears_key(scene);
    layer->panner = spatializer_find("bs2127");
    assert_false(key_equal(ears_key(scene), key));
}

static void every_head_is_another_one(void **state) {
    static const HeadMode modes[] = {HEAD_OFF, HEAD_NEAR, HEAD_MID, HEAD_FAR};
    enum { MODES = sizeof modes / sizeof *modes };
    Scene *scene = *state;
    Key keys[MODES];
    for (int mode = 0; mode < MODES; mode++) {
        scene->bench.mix->layers[PLAIN].head_mode = modes[mode];
        keys[mode] = ears_key(scene);
        for (int before = 0; before < mode; before++) {
            assert_false(key_equal(keys[before], keys[mode]));
        }
    }
}

/* Sources are transformed in pairs: which ones depends on those before, wherever they sound. */
static void ears_hear_with_which_source_a_layer_is_transformed(void **state) {
    Scene *scene = *state;
    MixLayer *layer = &scene->bench.mix->layers[PLAIN];
    layer->start += scene->bench.plan->spans[0].end;
    const Key key = ears_key(scene);
    layer->layout = layout_find("2.0");
    assert_false(key_equal(ears_key(scene), key));
}

/* Plans of other spans share a store. */
static void where_a_span_begins_is_in_its_key(void **state) {
    Scene *scene = *state;
    const Key half = span_key(scene, 1, 1);
    assert_false(key_is_zero(half));
    assert_false(key_equal(half, span_key(scene, 2, 0)));
}

static void which_stem_has_the_dialogue_or_is_not_in_full_is_in_the_key(void **state) {
    Scene *scene = *state;
    Mix *mix = scene->bench.mix;
    bool *is_full = (bool *)mix->full_stems;
    is_full[MUSIC] = true;
    mix->stems[MUSIC].role = "dialogue";
    const Key key = master_key(scene);
    mix->stems[EFFECTS].role = mix->stems[MUSIC].role;
    mix->stems[MUSIC].role = "other";
    assert_false(key_equal(master_key(scene), key));
    mix->stems[MUSIC].role = mix->stems[EFFECTS].role;
    mix->stems[EFFECTS].role = "other";
    assert_true(key_equal(master_key(scene), key));
    is_full[MUSIC] = false;
    is_full[EFFECTS] = true;
    assert_false(key_equal(master_key(scene), key));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_rate_is_in_the_key_of_every_layer),
        TEST(a_layer_moves_with_its_lanes_by_whole_steps_of_their_grid),
        TEST(which_filter_has_a_lane_is_in_the_key),
        TEST(which_of_two_clips_is_longer_is_in_the_key),
        TEST(ears_hear_the_panner_of_a_room_with_inputs),
        TEST(every_head_is_another_one),
        TEST(ears_hear_with_which_source_a_layer_is_transformed),
        TEST(where_a_span_begins_is_in_its_key),
        TEST(which_stem_has_the_dialogue_or_is_not_in_full_is_in_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
