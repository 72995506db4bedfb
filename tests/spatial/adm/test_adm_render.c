/* What ADM files sound like: the reference renderer's files, and closed forms. */
#include "adm_bench.h"

#include <math.h>

#include "spatial/cube_gains.h"
#include "spatial/decorrelator.h"

static const double half_step = 0.5001 * 0x1p-23; /* of 24 bit, and what float rounding adds */

static const char *case_path(AdmBench *bench, const char *name) {
    return arena_format(bench->arena, TESTS_FOLDER "/spatial/adm/cases/%s.wav", name);
}

/* cases/: the first samples of files that the EBU ADM Renderer rendered, and what it made of them.
 * It truncates, this program rounds: one step of 24 bit apart. Decorrelators hear what comes after
 * the end, so the last samples are not compared. */
static void the_reference_cases_come_out_within_one_step(void **state) {
    (void)state;
    static const char *const cases[][3] = {
        {"bed_51_common",     "0+2+0", "bed_51_common__0_2_0"    },
        {"hoa_o1_sn3d",       "0+5+0", "hoa_o1_sn3d__0_5_0"      },
        {"obj_moving_interp", "0+2+0", "obj_moving_interp__0_2_0"},
        {"obj_params_static", "0+5+0", "obj_params_static__0_5_0"},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; ++index) {
        AdmBench bench;
        int64_t frames = 0;
        bench_open(&bench);
        bench_must(&bench, adm_open(case_path(&bench, cases[index][0]), &(AdmOpening){0},
                                    &bench.file, bench.errors));
        const float *const found = bench_render(&bench, cases[index][1]);
        const float *const wanted = bench_read(&bench, case_path(&bench, cases[index][2]), &frames);
        const int channels = layout_find_bs2051(cases[index][1])->channel_count;
        double worst = 0.0;
        for (int64_t sample = 0; sample < (frames - 256) * channels; ++sample) {
            worst = fmax(worst, fabs((double)found[sample] - (double)wanted[sample]));
        }
        if (!(worst <= 0x1p-23)) {
            fail_msg("%s: %g steps", cases[index][0], worst * 0x1p23);
        }
        bench_close(&bench);
    }
}

static void a_bed_on_its_own_layout_keeps_every_bit_and_its_lfe(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    static const char chna[] = "1 ATU_00000001 AT_00010001_01 AP_00010003\n"
                               "2 ATU_00000002 AT_00010002_01 AP_00010003\n"
                               "3 ATU_00000003 AT_00010003_01 AP_00010003\n"
                               "4 ATU_00000004 AT_00010004_01 AP_00010003\n"
                               "5 ATU_00000005 AT_00010005_01 AP_00010003\n"
                               "6 ATU_00000006 AT_00010006_01 AP_00010003\n";
    const BenchFile file = {NULL, chna, 6, 20000, false}; /* more than one chunk of the renderer */
    const float *const found = bench_render_file(&bench, &file, "0+5+0");
    for (int64_t frame = 0; frame < file.frame_count; ++frame) {
        for (int channel = 0; channel < 6; ++channel) {
            const double wanted = bench_sample(channel, frame);
            assert_true((double)found[6 * frame + channel] == wanted);
        }
    }
    const float *const stereo = bench_render(&bench, "0+2+0");
    const double half = sqrt(0.5);
    for (int64_t frame = 0; frame < file.frame_count; ++frame) { /* BS.2127-1, 8.4; no LFE */
        const double left =
            bench_sample(0, frame) + half * bench_sample(2, frame) + half * bench_sample(4, frame);
        const double clipped = fmin(fmax(left, -1.0), 1.0 - 0x1p-23);
        assert_true(fabs((double)stereo[2 * frame] - clipped) < half_step);
    }
    bench_close(&bench);
}

static void floats_are_read_as_floats(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *const axml = bench_object(&bench, NULL, bench_block(&bench, "", 30.0, ""));
    const BenchFile file = {axml, BENCH_CHNA, 1, 1000, true};
    const float *const found = bench_render_file(&bench, &file, "0+2+0");
    for (int64_t frame = 0; frame < file.frame_count; ++frame) {
        assert_true(found[2 * frame] == (float)bench_sample(0, frame));
    }
    assert_true(adm_output_format(adm_facts(bench.file)->sound) == FLOAT_32);
    bench_close(&bench);
}

/* From the left loudspeaker to the right one: the left gain is 1 - q. */
static void assert_ramp(const float *found, int64_t frame, double share) {
    const double sample = bench_sample(0, frame);
    assert_true(fabs((double)found[2 * frame] - sample * (1.0 - share)) < half_step);
    assert_true(fabs((double)found[2 * frame + 1] - sample * share) < half_step);
}

static void gains_move_in_a_straight_line_over_a_block(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *const blocks = arena_format(
        bench.arena, "%s%s",
        bench_block(&bench, "rtime='00:00:00.0' duration='00:00:00.00100S48000'", 30.0, ""),
        bench_block(&bench, "rtime='00:00:00.00100S48000' duration='00:00:00.0301'", -30.0, ""));
    const float *const found = bench_render_blocks(&bench, blocks, "0+2+0");
    const double length = 0.0301 * 48000.0;
    for (int64_t frame = 0; frame < 4800; ++frame) {
        if (frame < 100) {
            assert_ramp(found, frame, 0.0);
        } else if (frame < 1545) { /* ceil(100 + 1444.8) */
            assert_ramp(found, frame, (double)(frame - 100) / length);
        } else { /* behind the last block */
            assert_true(found[2 * frame] == 0.0F && found[2 * frame + 1] == 0.0F);
        }
    }
    bench_close(&bench);
}

static void a_jump_takes_its_interpolation_length(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *const blocks =
        arena_format(bench.arena, "%s%s",
                     bench_block(&bench, "rtime='00:00:00.0' duration='00:00:00.01'", 30.0, ""),
                     bench_block(&bench, "rtime='00:00:00.01' duration='00:00:00.09'", -30.0,
                                 "<jumpPosition interpolationLength='0.005'>1</jumpPosition>"));
    const float *const found = bench_render_blocks(&bench, blocks, "0+2+0");
    for (int64_t frame = 0; frame < 4800; ++frame) {
        const double share = (double)(frame - 480) / 240.0;
        assert_ramp(found, frame, fmin(fmax(share, 0.0), 1.0));
    }
    bench_close(&bench);
}

/* 1/300 s as five digits: blocks that miss each other by a third of a hundredth of a millisecond.
 */
static void a_gap_under_a_sample_is_joined_and_told(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *const blocks = arena_format(
        bench.arena, "%s%s",
        bench_block(&bench, "rtime='00:00:00.0' duration='00:00:00.00333'", 30.0, ""),
        bench_block(&bench, "rtime='00:00:00.00334' duration='00:00:00.09'", -30.0, ""));
    const float *const found = bench_render_blocks(&bench, blocks, "0+2+0");
    assert_true(bench_has_repair(&bench, REPAIR_GAP));
    for (int64_t frame = 161; frame < 4000; ++frame) {
        assert_ramp(found, frame, ((double)frame - 160.32) / 4320.0);
    }
    bench_close(&bench);
}

static void a_real_gap_is_silent_and_is_followed_by_a_jump(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *const blocks =
        arena_format(bench.arena, "%s%s",
                     bench_block(&bench, "rtime='00:00:00.0' duration='00:00:00.01'", 30.0, ""),
                     bench_block(&bench, "rtime='00:00:00.02' duration='00:00:00.08'", -30.0, ""));
    const float *const found = bench_render_blocks(&bench, blocks, "0+2+0");
    for (int64_t frame = 0; frame < 4800; ++frame) {
        if (frame >= 480 && frame < 960) {
            assert_true(found[2 * frame] == 0.0F && found[2 * frame + 1] == 0.0F);
        } else {
            assert_ramp(found, frame, frame < 480 ? 0.0 : 1.0);
        }
    }
    assert_null(adm_facts(bench.file)->repairs->first);
    bench_close(&bench);
}

static void an_object_begins_and_ends_at_its_times(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *const axml = bench_object(
        &bench, "start='00:00:00.01' duration='00:00:00.02'><gain gainUnit='dB'>-6</gain>",
        bench_block(&bench, "", 30.0, "<gain>0.5</gain>"));
    const BenchFile file = {axml, BENCH_CHNA, 1, 4800, false};
    const float *const found = bench_render_file(&bench, &file, "0+2+0");
    const double gain = 0.5 * pow(10.0, -6.0 / 20.0);
    for (int64_t frame = 0; frame < 4800; ++frame) {
        const double wanted = frame >= 480 && frame < 1440 ? gain * bench_sample(0, frame) : 0.0;
        assert_true(fabs((double)found[2 * frame] - wanted) < half_step);
    }
    bench_close(&bench);
}

/* BS.2076-2, table 16: width along x, depth along y, height along z. */
static void sizes_of_cartesian_objects_go_along_their_axes(void **state) {
    (void)state;
    AdmBench bench;
    double wanted[12];
    CubePanner *panner = NULL;
    bench_open(&bench);
    const float *const found = bench_render_blocks(
        &bench,
        "<audioBlockFormat><cartesian>1</cartesian><position coordinate='X'>0.2</position>"
        "<position coordinate='Y'>0.3</position><position coordinate='Z'>0.4</position>"
        "<width>0.1</width><height>0.8</height><depth>0.5</depth></audioBlockFormat>",
        "4+7+0");
    bench_must(&bench,
               cube_panner_create(layout_find_bs2051("4+7+0"), bench.arena, &panner, bench.errors));
    cube_panner_gains(panner, (double[]){0.2, 0.3, 0.4}, (double[]){0.1, 0.5, 0.8}, NULL, wanted);
    for (int64_t frame = 0; frame < 4800; ++frame) {
        for (int channel = 0; channel < 12; ++channel) {
            const double sample = wanted[channel] * bench_sample(0, frame);
            assert_true(fabs((double)found[12 * frame + channel] - sample) < half_step);
        }
    }
    bench_close(&bench);
}

/* An Atmos bed: room-centric labels, Cartesian places, an LFE without a frequency. */
static const char *room_bed(AdmBench *bench) {
    static const char *const labels[] = {"RC_L",   "RC_R",   "RC_C",   "RC_LFE", "RC_Lss",
                                         "RC_Rss", "RC_Lrs", "RC_Rrs", "RC_Lts", "RC_Rts"};
    const char *channels = "";
    const char *references = "";
    const char *tracks = "";
    for (int index = 0; index < 10; ++index) {
        const unsigned number = 0x1001U + (unsigned)index;
        channels = arena_format(
            bench->arena,
            "%s<audioChannelFormat audioChannelFormatID='AC_0001%04x' typeLabel='0001'>"
            "<audioBlockFormat><cartesian>1</cartesian><speakerLabel>%s</speakerLabel>"
            "<position coordinate='X'>-1</position><position coordinate='Y'>1</position>"
            "<position coordinate='Z'>0</position></audioBlockFormat></audioChannelFormat>\n",
            channels, number, labels[index]);
        references = arena_format(
            bench->arena, "%s<audioChannelFormatIDRef>AC_0001%04x</audioChannelFormatIDRef>",
            references, number);
        tracks = arena_format(bench->arena, "%s<audioTrackUIDRef>ATU_%08x</audioTrackUIDRef>",
                              tracks, (unsigned)index + 1);
    }
    return arena_format(bench->arena,
                        "<audioFormatExtended><audioObject audioObjectID='AO_1001'>"
                        "<audioPackFormatIDRef>AP_00011001</audioPackFormatIDRef>%s</audioObject>"
                        "<audioPackFormat audioPackFormatID='AP_00011001' typeLabel='0001'>%s"
                        "</audioPackFormat>%s</audioFormatExtended>",
                        tracks, references, channels);
}

static void a_room_centric_bed_goes_to_its_loudspeakers_and_the_lfe_to_the_lfe(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *chna = "";
    for (int index = 0; index < 10; ++index) {
        chna = arena_format(bench.arena, "%s%d ATU_%08x AC_0001%04x AP_00011001\n", chna, index + 1,
                            (unsigned)index + 1, 0x1001U + (unsigned)index);
    }
    const BenchFile file = {room_bed(&bench), chna, 10, 300, false};
    adm_close(&bench.file);
    bench_write(&bench, &file);
    bench_must(&bench, adm_open(bench.path, &(AdmOpening){0}, &bench.file, bench.errors));
    assert_true(bench_has_repair(&bench, REPAIR_ROOM_LABEL));
    const Layout *const layout = layout_find("7.1.2"); /* the same channels in the same order */
    const AdmTarget target = {layout, path_join(bench.arena, bench.folder, "out.wav")};
    AdmRendering rendering;
    int64_t frames = 0;
    bench_must(&bench, adm_render(bench.file, &(AdmRequest){&target, 1, NULL, NULL}, &rendering,
                                  bench.errors));
    const float *const found = bench_read(&bench, target.path, &frames);
    for (int64_t sample = 0; sample < 300 * 10; ++sample) {
        assert_true((double)found[sample] == bench_sample((int)(sample % 10), sample / 10));
    }
    bench_close(&bench);
}

/* One track as the only harmonic of order and degree 1 in each normalization: what it is decoded to
 * differs by the factors of the normalizations. */
static void the_normalizations_of_hoa_differ_by_their_factors(void **state) {
    (void)state;
    static const char *const packs[] = {"0001", "0011", "0021"};
    static const unsigned channels[] = {0x0001, 0x0101, 0x0201};
    /* W and X of one plane wave from the front, as SN3D, N3D and FuMa have them */
    static const double gains[3][2] = {
        {1.0,                 1.0               },
        {1.0,                 1.7320508075688772},
        {0.70710678118654752, 1.0               }
    };
    double first[5] = {0.0};
    for (int index = 0; index < 3; ++index) {
        AdmBench bench;
        bench_open(&bench);
        const char *chna = "";
        for (unsigned acn = 0; acn < 4; ++acn) {
            chna = arena_format(bench.arena, "%s%u ATU_%08x AT_0004%04x_01 AP_0004%s\n", chna,
                                acn + 1, acn + 1, channels[index] + acn, packs[index]);
        }
        const BenchFile file = {NULL, chna, 4, 100, true};
        const float *const found = bench_render_file(&bench, &file, "0+5+0");
        /* solve for what track 0 and 3 are played with: two frames are not enough, four are */
        for (int channel = 0, row = 0; channel < 6; ++channel) {
            if (channel == 3) {
                continue;
            }
            double matrix[4][5];
            for (int frame = 0; frame < 4; ++frame) {
                for (int track = 0; track < 4; ++track) {
                    matrix[frame][track] = bench_sample(track, frame + 10);
                }
                matrix[frame][4] = (double)found[6 * (frame + 10) + channel];
            }
            for (int pivot = 0; pivot < 4; ++pivot) {
                for (int other = 0; other < 4; ++other) {
                    const double factor = matrix[other][pivot] / matrix[pivot][pivot];
                    for (int cell = 0; other != pivot && cell < 5; ++cell) {
                        matrix[other][cell] -= factor * matrix[pivot][cell];
                    }
                }
            }
            const double wave = gains[index][0] * matrix[0][4] / matrix[0][0] +
                                gains[index][1] * matrix[3][4] / matrix[3][3];
            first[row] = index == 0 ? wave : first[row];
            assert_true(fabs(wave - first[row]) < 1e-5);
            ++row;
        }
        bench_close(&bench);
    }
}

/* Decorrelated by hand: 512 taps of the layout's filters, half of the power, over chunk borders. */
static void diffuse_sound_is_convolved_without_a_seam(void **state) {
    (void)state;
    AdmBench bench;
    double taps[DECORRELATOR_TAPS];
    bench_open(&bench);
    const Layout *const layout = layout_find_bs2051("0+2+0");
    const char *const axml = bench_object(
        &bench, NULL, bench_block(&bench, "", 30.0, "<diffuse>0.36</diffuse><gain>0.3</gain>"));
    const BenchFile file = {axml, BENCH_CHNA, 1, 34000, false};
    const float *const found = bench_render_file(&bench, &file, "0+2+0");
    decorrelator_taps(layout, 0, taps);
    for (int64_t frame = 0; frame < file.frame_count; frame += frame % 16384 < 600 ? 7 : 97) {
        double diffuse = 0.0;
        for (int tap = 0; tap < DECORRELATOR_TAPS; ++tap) {
            const int64_t at = frame + DECORRELATOR_DELAY_SAMPLES - tap;
            diffuse += at >= 0 && at < file.frame_count ? taps[tap] * bench_sample(0, at) : 0.0;
        }
        const double wanted = 0.3 * (0.8 * bench_sample(0, frame) + 0.6 * diffuse);
        assert_true(fabs((double)found[2 * frame] - wanted) < 2.0 * half_step);
        assert_true(found[2 * frame + 1] == 0.0F);
    }
    bench_close(&bench);
}

static void several_layouts_in_one_pass_are_those_of_single_passes(void **state) {
    (void)state;
    static const char *const names[] = {"0+2+0", "4+7+0", "9+10+3"};
    AdmBench bench;
    AdmTarget targets[3];
    AdmRendering together[3];
    AdmRendering alone;
    bench_open(&bench);
    bench_must(&bench, adm_open(case_path(&bench, "obj_params_static"), &(AdmOpening){0},
                                &bench.file, bench.errors));
    for (int index = 0; index < 3; ++index) {
        targets[index] = (AdmTarget){layout_find_bs2051(names[index]),
                                     path_join(bench.arena, bench.folder, names[index])};
    }
    bench_must(&bench, adm_render(bench.file, &(AdmRequest){targets, 3, NULL, NULL}, together,
                                  bench.errors));
    for (int index = 0; index < 3; ++index) {
        unlink(targets[index].path);
        bench_must(&bench, adm_render(bench.file, &(AdmRequest){&targets[index], 1, NULL, NULL},
                                      &alone, bench.errors));
        assert_string_equal(alone.sha256, together[index].sha256);
    }
    bench_close(&bench);
}

/* Blocks that repeat one another, differ in a zone alone, and come back. */
static void repeated_blocks_sound_as_what_they_say(void **state) {
    (void)state;
    static const char zone[] = "<zoneExclusion><zone minAzimuth='20' maxAzimuth='40' "
                               "minElevation='-5' maxElevation='5'/></zoneExclusion>";
    AdmBench bench;
    bench_open(&bench);
    const char *blocks = "";
    for (int block = 0; block < 8; ++block) {
        const char *const times =
            arena_format(bench.arena, "rtime='00:00:00.0%d' duration='00:00:00.01'", block);
        const char *const rest = block == 3 || block == 4 ? zone : "";
        blocks = arena_format(bench.arena, "%s%s", blocks, bench_block(&bench, times, 30.0, rest));
    }
    const float *const found = bench_render_blocks(&bench, blocks, "0+5+0");
    for (int64_t frame = 0; frame < 3840; ++frame) {
        const int64_t block = frame / 480;
        const double share = (double)(frame % 480) / 480.0;
        const double left = block == 3 ? 1.0 - share : block == 4 ? 0.0 : block == 5 ? share : 1.0;
        const double wanted = left * bench_sample(0, frame);
        assert_true(fabs((double)found[6 * frame] - wanted) < half_step);
    }
    bench_close(&bench);
}

static uint32_t read_u32(const char *bytes) {
    uint32_t value = 0;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/* The same file with its sizes in ds64: data in its field, axml in the table. */
static void write_long(AdmBench *bench, const char *id, const char *path) {
    static char bytes[65536];
    FILE *in = fopen(bench->path, "rb");
    const size_t size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    FILE *out = fopen(path, "wb");
    fprintf(out, "%s%c%c%c%cWAVEds64", id, 255, 255, 255, 255);
    bench_put(out, 28 + 12, 4);
    bench_put(out, size + 40, 8);
    const long data_place = ftell(out);
    bench_put(out, 0, 8 + 8);
    bench_put(out, 1, 4);
    fputs("axml", out);
    const long axml_place = ftell(out);
    bench_put(out, 0, 8);
    uint64_t sizes[2] = {0};
    for (size_t at = 12; at + 8 <= size;) {
        const uint32_t length = read_u32(bytes + at + 4);
        const bool is_data = memcmp(bytes + at, "data", 4) == 0;
        const bool is_long = is_data || memcmp(bytes + at, "axml", 4) == 0;
        fwrite(bytes + at, 1, 4, out);
        bench_put(out, is_long ? 0xFFFFFFFFU : length, 4);
        fwrite(bytes + at + 8, 1, length + length % 2, out);
        sizes[is_data] = is_long ? length : sizes[is_data];
        at += 8 + length + length % 2;
    }
    fseek(out, data_place, SEEK_SET);
    bench_put(out, sizes[1], 8);
    fseek(out, axml_place, SEEK_SET);
    bench_put(out, sizes[0], 8);
    fclose(out);
}

static void sizes_of_64_bit_are_read_from_ds64(void **state) {
    (void)state;
    static const char *const ids[] = {"BW64", "RF64"};
    for (int index = 0; index < 2; ++index) {
        AdmBench bench;
        bench_open(&bench);
        const float *const wanted =
            bench_render_blocks(&bench, bench_block(&bench, "", 20.0, ""), "0+5+0");
        const char *const path = path_join(bench.arena, bench.folder, "long.wav");
        write_long(&bench, ids[index], path);
        adm_close(&bench.file);
        bench_must(&bench, adm_open(path, &(AdmOpening){0}, &bench.file, bench.errors));
        const float *const found = bench_render(&bench, "0+5+0");
        assert_memory_equal(found, wanted, sizeof(float) * 6 * 4800);
        bench_close(&bench);
    }
}

static bool stop(void *context, int64_t done_frames, int64_t all_frames) {
    (void)context;
    return done_frames == all_frames && done_frames == 0;
}

static void a_stopped_rendering_leaves_no_file(void **state) {
    (void)state;
    AdmBench bench;
    AdmRendering rendering;
    bench_open(&bench);
    bench_must(&bench, adm_open(case_path(&bench, "bed_51_common"), &(AdmOpening){0}, &bench.file,
                                bench.errors));
    const AdmTarget target = {layout_find("5.1"), path_join(bench.arena, bench.folder, "out.wav")};
    assert_int_equal(
        adm_render(bench.file, &(AdmRequest){&target, 1, stop, NULL}, &rendering, bench.errors),
        E604);
    assert_false(file_exists(target.path));
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_cases_come_out_within_one_step),
        cmocka_unit_test(a_bed_on_its_own_layout_keeps_every_bit_and_its_lfe),
        cmocka_unit_test(floats_are_read_as_floats),
        cmocka_unit_test(gains_move_in_a_straight_line_over_a_block),
        cmocka_unit_test(a_jump_takes_its_interpolation_length),
        cmocka_unit_test(a_gap_under_a_sample_is_joined_and_told),
        cmocka_unit_test(a_real_gap_is_silent_and_is_followed_by_a_jump),
        cmocka_unit_test(an_object_begins_and_ends_at_its_times),
        cmocka_unit_test(sizes_of_cartesian_objects_go_along_their_axes),
        cmocka_unit_test(a_room_centric_bed_goes_to_its_loudspeakers_and_the_lfe_to_the_lfe),
        cmocka_unit_test(the_normalizations_of_hoa_differ_by_their_factors),
        cmocka_unit_test(diffuse_sound_is_convolved_without_a_seam),
        cmocka_unit_test(several_layouts_in_one_pass_are_those_of_single_passes),
        cmocka_unit_test(repeated_blocks_sound_as_what_they_say),
        cmocka_unit_test(sizes_of_64_bit_are_read_from_ds64),
        cmocka_unit_test(a_stopped_rendering_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
