/* Cells: every slot stands in one, and reads as in a walk from sample 0. */
#include "render/stages/measured_slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void cells_hold_every_slot_and_every_sample_once(void **state) {
    (void)state;
    static const int rates_hz[] = {48000, 44100, 96000, 192000, 11025, 47952};
    static const int64_t lengths[] = {1, 479, 131071, 131072, 131073, 400000, 1310720 + 7};
    for (size_t row = 0; row < 42; row++) {
        const MixDeliverable deliverable = {.rate_hz = rates_hz[row % 6],
                                            .length_samples = lengths[row / 6]};
        int64_t slot = 0;
        SampleTime sample = 0;
        const int64_t count = measure_cell_count(&deliverable);
        for (int64_t index = 0; index < count; index++) {
            const MeasureCell cell = measure_cell_at(&deliverable, index);
            assert_int_equal(cell.first_slot, slot);
            assert_int_equal(cell.samples.begin, sample);
            assert_int_equal(sample, slot_begin(deliverable.rate_hz, slot));
            assert_true(cell.is_last == (index == count - 1));
            /* never behind its piece of the grid, so that no later span is needed */
            assert_true(cell.samples.end <= (index + 1) * MEASURE_CELL_SAMPLES);
            assert_true(cell.heard_from == 0 ||
                        cell.heard_from + deliverable.rate_hz / 5 == cell.samples.begin);
            slot += cell.slot_count;
            sample = cell.samples.end;
        }
        assert_int_equal(sample, deliverable.length_samples);
        assert_int_equal(slot, slots_in(deliverable.rate_hz, deliverable.length_samples));
        assert_true(slot_begin(deliverable.rate_hz, slot) <= sample);
        assert_true(slot_begin(deliverable.rate_hz, slot + 1) > sample);
    }
}

enum { RATE_HZ = 44100, LENGTH = 3 * MEASURE_CELL_SAMPLES + 1234 };

/* Loud noise on a constant up to the second cell, then next to nothing: what a filter remembers
 * weighs most there. */
static double *make_fall(Arena *arena) {
    double *samples = arena_array(arena, LENGTH, sizeof *samples);
    uint32_t noise = 7;
    for (int64_t sample = 0; sample < LENGTH; sample++) {
        noise = noise * 1664525U + 1013904223U;
        const bool is_loud = sample < MEASURE_CELL_SAMPLES - RATE_HZ / 5 - 441;
        const double value = (double)(int32_t)noise * 0x1p-32;
        samples[sample] = is_loud ? 0.5 + value : 1e-5 * value;
    }
    return samples;
}

static void a_cell_behind_its_pre_roll_reads_what_the_whole_walk_reads(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const MixDeliverable deliverable = {.rate_hz = RATE_HZ, .length_samples = LENGTH};
    const double *samples = make_fall(arena);
    const double weight = 1.0;
    Meter *whole = meter_create(1, &weight, RATE_HZ, arena);
    meter_add(whole, &samples, LENGTH);
    const SlotEnergies truth = meter_energies(whole, arena);
    Meter *part = meter_create(1, &weight, RATE_HZ, arena);
    double *energies = arena_array(arena, (size_t)truth.count, sizeof *energies);
    float *peaks = arena_array(arena, (size_t)truth.count, sizeof *peaks);
    MeterPeaks most = {0};
    for (int64_t index = measure_cell_count(&deliverable) - 1; index >= 0; index--) {
        const MeasureCell cell = measure_cell_at(&deliverable, index);
        const double *before = samples + cell.heard_from;
        const double *own = samples + cell.samples.begin;
        meter_begin(part, cell.first_slot);
        meter_pre_roll(part, &before, cell.samples.begin - cell.heard_from);
        meter_add(part, &own, cell.samples.end - cell.samples.begin);
        meter_read_slots(part, energies + cell.first_slot, peaks + cell.first_slot);
        const MeterPeaks found = meter_peaks(part, cell.is_last);
        most.true_peak = found.true_peak > most.true_peak ? found.true_peak : most.true_peak;
        most.sample_peak =
            found.sample_peak > most.sample_peak ? found.sample_peak : most.sample_peak;
    }
    for (int64_t slot = 0; slot < truth.count; slot++) {
        const double error = energies[slot] - truth.values[slot];
        assert_true(__builtin_fabs(error) <= 1e-12 * truth.values[slot]);
        float peak = 0;
        for (int64_t at = slot_begin(RATE_HZ, slot); at < slot_begin(RATE_HZ, slot + 1); at++) {
            const float size = (float)__builtin_fabs(samples[at]);
            peak = size > peak ? size : peak;
        }
        assert_true(peaks[slot] == peak);
    }
    const MeterPeaks all = meter_peaks(whole, true);
    assert_true(most.true_peak == all.true_peak && most.sample_peak == all.sample_peak);
    arena_destroy(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_hold_every_slot_and_every_sample_once),
        cmocka_unit_test(a_cell_behind_its_pre_roll_reads_what_the_whole_walk_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
