/* Every member of a deliverable and of what it is checked for: which keys it is in. */
#include "tests/support/key_fields.h"

#include "render/qc/qc_brief.h"

enum Owner {
    OF_MixDeliverable,
    OF_RetimeRatio,
    OF_MixOutput,
    OF_MixReel,
    OF_MixPop,
    OF_MixMarker,
    OF_MixNote,
    OF_ProgrammeReel,
    OF_MixSlot,
    OF_MixObject,
    OF_QcBrief,
    OF_QcPolicy,
    OF_QcScore,
    OF_QcSpan,
    OF_QcStem,
    OF_QcRange,
    OF_QcHeadroom,
    OF_QcLead,
    OF_scene,
    OF_quiet,
    OF_climax,
    OF_note,
    OF_tail_pop,
    OF_set,
    OF_full,
    OF_dry,
    OF_Mix,
    OF_opus,
    OF_adm,
    OF_object_layer,
    OF_object_stem,
    OWNER_COUNT
};

static const size_t sizes[OWNER_COUNT] = {
    [OF_MixDeliverable] = sizeof(MixDeliverable),
    [OF_RetimeRatio] = sizeof(RetimeRatio),
    [OF_MixOutput] = sizeof(MixOutput),
    [OF_MixReel] = sizeof(MixReel),
    [OF_MixPop] = sizeof(MixPop),
    [OF_MixMarker] = sizeof(MixMarker),
    [OF_MixNote] = sizeof(MixNote),
    [OF_ProgrammeReel] = sizeof(ProgrammeReel),
    [OF_MixSlot] = sizeof(MixSlot),
    [OF_MixObject] = sizeof(MixObject),
    [OF_QcBrief] = sizeof(QcBrief),
    [OF_QcPolicy] = sizeof(QcPolicy),
    [OF_QcScore] = sizeof(QcScore),
    [OF_QcSpan] = sizeof(QcSpan),
    [OF_QcStem] = sizeof(QcStem),
    [OF_QcRange] = sizeof(QcRange),
    [OF_QcHeadroom] = sizeof(QcHeadroom),
    [OF_QcLead] = sizeof(QcLead),
};

static const Field fields[] = {
    FIELD(MixDeliverable, id, WORD, "NI"),
    FIELD(MixDeliverable, place, OWN, ""),
    FIELD(MixDeliverable, profile, WORD, "I"),
    FIELD(MixDeliverable, overrides_note, WORD, ""), /* the manifest is made anew by every run */
    FIELD(MixDeliverable, bus, OWN, ""), /* measured_bus is the same one or made of it */
    FIELD(MixDeliverable, has_headphone_eq, FLIP, "QMENI"),
    FIELD(MixDeliverable, headphone_eq_file, MORE, "QMENI"),
    FIELD(MixDeliverable, container, MORE, "NI"),
    FIELD(MixDeliverable, format, MORE, "NI"),
    FIELD(MixDeliverable, bits_per_s, MORE, ""), /* of Opus alone */
    FIELD(MixDeliverable, is_split, FLIP, "NI"),
    FIELD(MixDeliverable, has_metadata, FLIP, "QMENI"), /* it asks for another resampling */
    FIELD(MixDeliverable, is_adm, FLIP, "QMNI"),
    FIELD(MixDeliverable, measured_bus, MORE, "QMENI"),
    FIELD(MixDeliverable, objects, OWN, ""),
    FIELD(MixDeliverable, object_count, OWN, ""),
    FIELD(MixDeliverable, channel_order, COUNTS, "NI"),
    FIELD(MixDeliverable, order_count, LESS, "NI"),
    FIELD(MixDeliverable, slots, OWN, ""),
    FIELD(MixDeliverable, slot_count, LESS, "NI"),
    FIELD(MixDeliverable, slot_fold, OWN, ""), /* that of the layout */
    FIELD(MixDeliverable, is_n3d, OWN, ""),    /* the fold of its bus scales the channels */
    FIELD(MixDeliverable, is_film, FLIP, "I"),
    FIELD(MixDeliverable, forbidden, MORE, "NI"),
    FIELD(MixDeliverable, channel_mask, MORE, "NI"),
    FIELD(MixDeliverable, outputs, OWN, ""),
    FIELD(MixDeliverable, output_count, LESS, "?"),
    FIELD(MixDeliverable, rate_hz, MORE, "QMENI"),
    FIELD(MixDeliverable, length_samples, LESS, "QMENI"),
    FIELD(MixDeliverable, retime, OWN, ""),
    FIELD(MixDeliverable, frame_rate_numerator, MORE, "NI"),
    FIELD(MixDeliverable, frame_rate_denominator, MORE, "NI"),
    FIELD(MixDeliverable, is_drop_frame, FLIP, "NI"),
    FIELD(MixDeliverable, reels, OWN, ""),
    FIELD(MixDeliverable, reel_count, LESS, "NI"),
    FIELD(MixDeliverable, has_target, FLIP, "MN-I"),
    FIELD(MixDeliverable, is_report_only, FLIP, "MN-I"),
    FIELD(MixDeliverable, is_target_advice, FLIP, "I"),
    FIELD(MixDeliverable, is_peak_advice, FLIP, "I"),
    FIELD(MixDeliverable, is_fallback_advice, FLIP, "I"),
    FIELD(MixDeliverable, is_programme, FLIP, "E"),
    FIELD(MixDeliverable, programme, OWN, ""),
    FIELD(MixDeliverable, programme_count, LESS, "MN-I"),
    FIELD(MixDeliverable, has_dialogue_gate, FLIP, "MN-I"),
    FIELD(MixDeliverable, has_fallback, FLIP, "MN-I"),
    FIELD(MixDeliverable, fallback_lufs, NUDGE, "MN-I"),
    FIELD(MixDeliverable, fallback_percent, NUDGE, "MN-I"),
    FIELD(MixDeliverable, target_lufs, NUDGE, "MN-I"),
    FIELD(MixDeliverable, tolerance_lu, NUDGE, "I"),
    FIELD(MixDeliverable, ceiling_dbtp, NUDGE, "MN-I"),
    FIELD(MixDeliverable, limited_stems, FLAGS, "QMN-I"),
    FIELD(MixDeliverable, qc, NONE, "I"),

    FIELD(RetimeRatio, input, MORE, "QMENI"),
    FIELD(RetimeRatio, output, MORE, "QMENI"),

    FIELD(MixOutput, name, OWN, ""), /* as the stem is called */
    FIELD(MixOutput, kind, MORE, "?"),
    FIELD(MixOutput, is_in, FLAGS, "NI"),
    FIELD(MixOutput, stem, OWN, ""),
    FIELD(MixOutput, part, MORE, "DNI"),
    FIELD(MixOutput, files, WORDS, "NI"),

    FIELD(MixReel, id, WORD, "NI"),
    FIELD(MixReel, span, MORE, "NI"),
    FIELD(MixReel, leader_samples, MORE, "NI"),
    FIELD(MixReel, tail_samples, MORE, "NI"),
    FIELD(MixReel, leader_pop, OWN, ""),
    FIELD(MixReel, tail_pop, OWN, ""),
    FIELD(MixReel, time_reference, MORE, "NI"),

    FIELD(MixPop, begin_samples, MORE, "NI"),
    FIELD(MixPop, length_samples, MORE, "NI"),
    FIELD(MixPop, frequency_hz, NUDGE, "NI"),
    FIELD(MixPop, gain, NUDGE, "NI"),

    FIELD(MixMarker, id, WORD, "NI"),
    FIELD(MixMarker, at, MORE, "NI"),

    FIELD(MixNote, id, WORD, "NI"),
    FIELD(MixNote, title, WORD, "NI"),
    FIELD(MixNote, intent, WORD, "NI"),
    FIELD(MixNote, span, MORE, "NI"),

    FIELD(ProgrammeReel, name, WORD, ""),
    FIELD(ProgrammeReel, energies, MORE, "MN-I"),

    FIELD(MixSlot, label, WORD, "NI"),
    FIELD(MixSlot, stem_gains, NUMBERS, "NI"),

    FIELD(MixObject, layer, MORE, "NI"),
    FIELD(MixObject, channel, MORE, "NI"),

    FIELD(QcBrief, policy, OWN, ""),
    FIELD(QcBrief, score, OWN, ""),

    FIELD(QcPolicy, levels, OWN, ""),
    FIELD(QcPolicy, limits, OWN, ""),
    FIELD(QcPolicy, has_limit, OWN, ""),

    FIELD(QcScore, lines, OWN, ""),
    FIELD(QcScore, line_count, LESS, "I"),
    FIELD(QcScore, scenes, OWN, ""),
    FIELD(QcScore, scene_count, LESS, "I"),
    FIELD(QcScore, quiet, OWN, ""),
    FIELD(QcScore, quiet_count, LESS, "I"),
    FIELD(QcScore, stems, OWN, ""),
    FIELD(QcScore, stem_count, LESS, "I"),
    FIELD(QcScore, range, NONE, "I"),
    FIELD(QcScore, headroom, NONE, "I"),
    FIELD(QcScore, leads, OWN, ""),
    FIELD(QcScore, lead_count, LESS, "I"),

    FIELD(QcSpan, id, WORD, "I"),
    FIELD(QcSpan, begin, MORE, "I"),
    FIELD(QcSpan, end, MORE, "I"),

    FIELD(QcStem, id, WORD, "I"),
    FIELD(QcStem, is_dialogue, FLIP, "I"),
    FIELD(QcStem, has_budget, FLIP, "I"),
    FIELD(QcStem, budget_lufs, NUDGE, "I"),

    FIELD(QcRange, is_stem, FLAGS, "I"),
    FIELD(QcRange, is_layer, FLAGS, "I"),
    FIELD(QcRange, least_lufs, NUDGE, "I"),
    FIELD(QcRange, most_lufs, NUDGE, "I"),
    FIELD(QcRange, share_percent, NUDGE, "I"),

    FIELD(QcHeadroom, normal_dbtp, NUDGE, "I"),
    FIELD(QcHeadroom, climax_dbtp, NUDGE, "I"),
    FIELD(QcHeadroom, climaxes, OWN, ""),
    FIELD(QcHeadroom, climax_count, LESS, "I"),

    FIELD(QcLead, id, WORD, "I"),
    FIELD(QcLead, is_layer, FLAGS, "I"),
    FIELD(QcLead, has_window, FLIP, "I"),
    FIELD(QcLead, is_mid_band, FLIP, "I"),
    FIELD(QcLead, begin, MORE, "I"),
    FIELD(QcLead, end, MORE, "I"),
    FIELD(QcLead, least_db, NUDGE, "I"),
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const Field more_fields[] = {
    FIELD_OF(scene, MixNote, id, WORD, "NI"),
    FIELD_OF(scene, MixNote, span, MORE, "NI"),
    FIELD_OF(note, QcSpan, begin, MORE, "I"),
    FIELD_OF(quiet, QcSpan, begin, MORE, "I"),
    FIELD_OF(climax, QcSpan, begin, MORE, "I"),
    FIELD_OF(tail_pop, MixPop, gain, NUDGE, "NI"),
    FIELD_OF(set, MixOutput, name, WORD, "NI"),
    FIELD_OF(set, MixOutput, is_in, FLAGS, "NI"),
    FIELD_OF(full, MixOutput, kind, MORE, "NI"),
    FIELD_OF(dry, MixOutput, part, MORE, "NI"),
    FIELD_OF(Mix, Mix, seed, MORE, "NI"), /* dither */
    FIELD_OF(opus, MixDeliverable, bits_per_s, MORE, "NI"),
    FIELD_OF(adm, MixDeliverable, object_count, LESS, "NI"),
    FIELD_OF(adm, MixDeliverable, has_metadata, FLIP, "NI"),
    FIELD_OF(object_layer, MixLayer, id, WORD, "NI"),
    FIELD_OF(object_stem, MixStem, id, WORD, "NI"),
};
enum { MORE_FIELDS = sizeof more_fields / sizeof *more_fields };

typedef struct Scene { /* the job, and who owns which members */
    Bench bench;
    void *owners[OWNER_COUNT];
} Scene;

static const char job_text[] = "nocturne: 1\n"
                               "project: {title: T, code: T, length: 2 s}\n"
                               "layers:\n"
                               "  line: {file: d.wav, stem: dx}\n"
                               "  tune: {file: m.wav, stem: mx}\n"
                               "deliverables:\n"
                               "  a: {layout: 5.1, stems: [full, dx, mx, mx.dry]}\n"
                               "  b: {layout: 2.0, container: opus}\n"
                               "  c: {layout: adm, beds: 7.1.4, objects: all}\n";

static void *make_array(Scene *scene, size_t count, size_t size) {
    return arena_array(scene->bench.arena, count, size);
}

static QcSpan *make_span(Scene *scene, int owner) {
    QcSpan *span = make_array(scene, 1, sizeof *span);
    *span = (QcSpan){"span", 100, 200};
    scene->owners[owner] = span;
    return span;
}

static void make_dynamics(Scene *scene, QcScore *score) {
    QcRange *range = make_array(scene, 1, sizeof *range);
    QcHeadroom *headroom = make_array(scene, 1, sizeof *headroom);
    QcLead *lead = make_array(scene, 1, sizeof *lead);
    *range = (QcRange){.is_stem = make_array(scene, 2, 1), .is_layer = make_array(scene, 2, 1)};
    *headroom = (QcHeadroom){.climaxes = make_span(scene, OF_climax), .climax_count = 1};
    *lead = (QcLead){.id = "lead", .is_layer = make_array(scene, 2, 1)};
    score->range = range;
    score->headroom = headroom;
    score->leads = lead;
    score->lead_count = 1;
    scene->owners[OF_QcRange] = range;
    scene->owners[OF_QcHeadroom] = headroom;
    scene->owners[OF_QcLead] = lead;
}

static QcBrief *make_brief(Scene *scene) {
    QcBrief *brief = make_array(scene, 1, sizeof *brief);
    QcScore *score = make_array(scene, 1, sizeof *score);
    QcStem *stem = make_array(scene, 1, sizeof *stem);
    *stem = (QcStem){.id = "dx"};
    *score = (QcScore){.lines = make_span(scene, OF_QcSpan),
                       .line_count = 1,
                       .scenes = make_span(scene, OF_note),
                       .scene_count = 1,
                       .quiet = make_span(scene, OF_quiet),
                       .quiet_count = 1,
                       .stems = stem,
                       .stem_count = 1};
    make_dynamics(scene, score);
    brief->policy = qc_policy_default();
    brief->score = score;
    scene->owners[OF_QcBrief] = brief;
    scene->owners[OF_QcPolicy] = &brief->policy;
    scene->owners[OF_QcScore] = score;
    scene->owners[OF_QcStem] = stem;
    return brief;
}

static void make_notes(Scene *scene, Mix *mix) {
    MixMarker *marker = make_array(scene, 1, sizeof *marker);
    MixNote *notes = make_array(scene, 2, sizeof *notes);
    *marker = (MixMarker){"hit", 1000};
    notes[0] = notes[1] = (MixNote){
        "note", "title", "intent", {0, 900}
    };
    mix->markers = marker;
    mix->marker_count = 1;
    mix->scenes = &notes[0];
    mix->cues = &notes[1];
    mix->scene_count = mix->cue_count = 1;
    scene->owners[OF_MixMarker] = marker;
    scene->owners[OF_scene] = &notes[0];
    scene->owners[OF_MixNote] = &notes[1];
}

/* Two reels with pops, a slot, a set of stems; the loudness of a programme. */
static void make_master(Scene *scene, MixDeliverable *subject) {
    MixReel *reels = make_array(scene, 2, sizeof *reels);
    MixSlot *slot = make_array(scene, 1, sizeof *slot);
    ProgrammeReel *other = make_array(scene, 1, sizeof *other);
    *slot = (MixSlot){"HI", make_array(scene, 2, sizeof(double))};
    reels[0] = reels[1] = subject->reels[0];
    subject->reels = reels;
    subject->slots = slot;
    subject->slot_count = 1;
    subject->programme = other;
    subject->programme_count = 1;
    subject->is_programme = subject->has_target = subject->has_fallback = true;
    subject->has_headphone_eq = true;
    subject->forbidden = 1;
    subject->limited_stems = make_array(scene, 2, 1);
    subject->retime = (RetimeRatio){1000, 1002};
    subject->profile = "profile";
    subject->qc = make_brief(scene);
    scene->owners[OF_MixDeliverable] = subject;
    scene->owners[OF_RetimeRatio] = &subject->retime;
    scene->owners[OF_MixReel] = reels;
    scene->owners[OF_MixPop] = &reels->leader_pop;
    scene->owners[OF_tail_pop] = &reels->tail_pop;
    scene->owners[OF_MixSlot] = slot;
    scene->owners[OF_ProgrammeReel] = other;
}

static void make_outputs(Scene *scene, MixDeliverable *subject) {
    MixOutput *outputs = (MixOutput *)subject->outputs;
    outputs[1].is_in = make_array(scene, 2, 1);
    outputs[2].kind = OUTPUT_SET;
    outputs[2].name = "both";
    outputs[2].is_in = make_array(scene, 2, 1);
    scene->owners[OF_MixOutput] = &outputs[1];
    scene->owners[OF_set] = &outputs[2];
    scene->owners[OF_full] = &outputs[0];
    scene->owners[OF_dry] = &outputs[3];
}

static void set_scene(Scene *scene) {
    enum { FRAMES = 24000 };
    Bench *bench = &scene->bench;
    bench_open(bench);
    double *silence = make_array(scene, FRAMES, sizeof *silence);
    bench_write_wav(bench, "d.wav", PCM_24, 1, silence, FRAMES);
    silence[0] = 0.5;
    bench_write_wav(bench, "m.wav", PCM_24, 1, silence, FRAMES);
    bench_plan(bench, job_text, 8);
    Mix *mix = bench->mix;
    make_notes(scene, mix);
    make_master(scene, &mix->deliverables[0]);
    make_outputs(scene, &mix->deliverables[0]);
    scene->owners[OF_Mix] = mix;
    scene->owners[OF_opus] = &mix->deliverables[1];
    scene->owners[OF_adm] = &mix->deliverables[2];
    scene->owners[OF_MixObject] = (void *)mix->deliverables[2].objects;
    scene->owners[OF_object_layer] = &mix->layers[0];
    scene->owners[OF_object_stem] = &mix->stems[mix->layers[0].stem];
    bench->plan = plan_again(bench, bench->arena);
}

static void every_member_is_in_the_keys_of_what_it_changes(void **state) {
    (void)state;
    Scene scene = {0};
    set_scene(&scene);
    expect_fields(&scene.bench, scene.owners, fields, FIELDS);
    expect_fields(&scene.bench, scene.owners, more_fields, MORE_FIELDS);
    bench_close(&scene.bench);
}

static void every_level_and_limit_of_the_policy_is_in_the_key_of_its_review(void **state) {
    (void)state;
    Scene scene = {0};
    set_scene(&scene);
    for (size_t check = 0; check < QC_CHECK_COUNT; check++) {
        Field level = FIELD(QcPolicy, levels[0], MORE, "I");
        level.offset += check * level.size;
        expect_fields(&scene.bench, scene.owners, &level, 1);
    }
    for (size_t limit = 0; qc_limit_at((int)limit); limit++) {
        Field value = FIELD(QcPolicy, limits[0], NUDGE, "I");
        value.offset += limit * value.size;
        expect_fields(&scene.bench, scene.owners, &value, 1);
    }
    bench_close(&scene.bench);
}

static void no_member_is_left_out(void **state) {
    (void)state;
    expect_whole(fields, FIELDS, sizes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_in_the_keys_of_what_it_changes),
        cmocka_unit_test(every_level_and_limit_of_the_policy_is_in_the_key_of_its_review),
        cmocka_unit_test(no_member_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
