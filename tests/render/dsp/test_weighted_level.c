/* Leq(m) and Leq(A) against the published tables and closed forms. */
#include <math.h>

#include "render/base/units.h"
#include "render/dsp/weighted_level.h"
#include "tests/support/assert_near.h"

enum { RATE_HZ = 48000, SAMPLES = 4 * RATE_HZ };

static WeightedResult measure(const double *const *rows, int channel_count, int64_t piece_samples) {
    static const WeightedGains gains[] = {
        {1,                   1},
        {1,                   1},
        {0.70794578438413791, 1}
    };
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    WeightedLevel *level = NULL;
    const WeightedGains *first = channel_count == 1 ? gains : gains + 3 - channel_count;
    assert_int_equal(weighted_level_create(channel_count, first, RATE_HZ, arena, &level, errors),
                     DONE);
    for (int64_t at = 0; at < SAMPLES; at += piece_samples) {
        const double *parts[3];
        for (int channel = 0; channel < channel_count; channel++) {
            parts[channel] = rows[channel] + at;
        }
        weighted_level_add(level, parts,
                           SAMPLES - at < piece_samples ? SAMPLES - at : piece_samples);
    }
    WeightedResult result;
    weighted_level_finish(level, &result);
    weighted_level_destroy(&level);
    arena_destroy(&arena);
    return result;
}

static const double *sine(double frequency_hz, double peak_dbfs) {
    static double samples[SAMPLES];
    for (int sample = 0; sample < SAMPLES; sample++) {
        samples[sample] = pow(10, peak_dbfs / 20) * sin(2 * pi * frequency_hz * sample / RATE_HZ);
    }
    return samples;
}

static void the_reference_tone_reads_85_and_in_a_surround_3_less(void **state) {
    (void)state;
    const double *tone = sine(2000, -20);
    static const double nothing[SAMPLES];
    assert_near(measure((const double *const[]){tone}, 1, SAMPLES).leq_m_db, 85, 0.05);
    assert_near(measure((const double *const[]){nothing, tone}, 2, SAMPLES).leq_m_db, 82, 0.05);
    assert_near(measure((const double *const[]){tone, tone, nothing}, 3, SAMPLES).leq_m_db, 88.01,
                0.05);
}

/* ITU-R BS.468-4, table 1, 5.6 dB down (ISO 21727). The closed form lies within 0.16 dB. */
static void sines_follow_the_table_of_bs_468(void **state) {
    (void)state;
    static const double table[][2] = {
        {63,    -29.5},
        {100,   -25.4},
        {200,   -19.4},
        {400,   -13.4},
        {800,   -7.5 },
        {1000,  -5.6 },
        {2000,  0    },
        {3150,  3.4  },
        {4000,  4.9  },
        {5000,  6.1  },
        {6300,  6.6  },
        {7100,  6.4  },
        {8000,  5.8  },
        {9000,  4.5  },
        {10000, 2.5  },
        {12500, -5.6 },
        {16000, -17.3}
    };
    for (size_t row = 0; row < sizeof table / sizeof *table; row++) {
        const double *tone = sine(table[row][0], -20);
        const WeightedResult result = measure(&tone, 1, SAMPLES);
        assert_near(result.leq_m_db - 85, table[row][1], 0.2);
    }
}

/* IEC 61672-1, table 3. */
static void sines_follow_the_table_of_iec_61672(void **state) {
    (void)state;
    static const double table[][2] = {
        {31.5,  -39.4},
        {63,    -26.2},
        {125,   -16.1},
        {250,   -8.6 },
        {500,   -3.2 },
        {1000,  0    },
        {2000,  1.2  },
        {4000,  1.0  },
        {8000,  -1.1 },
        {16000, -6.6 }
    };
    for (size_t row = 0; row < sizeof table / sizeof *table; row++) {
        const double *tone = sine(table[row][0], 0);
        const WeightedResult result = measure(&tone, 1, SAMPLES);
        const double smear = row == 0 ? 0.3 : 0.12; /* a window shows 31.5 Hz 9 Hz wide */
        assert_near(result.leq_a_dbfs + 3.0103, table[row][1], smear);
    }
}

/* The mean counts the pause: 3 dB less for half the time. */
static void there_is_no_gate_and_every_moment_counts_the_same(void **state) {
    (void)state;
    static double samples[SAMPLES];
    const double *row = samples;
    for (int begin = 0; begin <= SAMPLES / 2; begin += SAMPLES / 7) {
        for (int sample = 0; sample < SAMPLES; sample++) {
            const bool sounds = sample >= begin && sample < begin + SAMPLES / 2;
            samples[sample] = sounds ? 0.1 * sin(2 * pi * 2000.0 * sample / RATE_HZ) : 0;
        }
        assert_near(measure(&row, 1, SAMPLES).leq_m_db, 85 - 3.0103, 0.02);
    }
}

static void pieces_and_silence_beside_change_no_bit(void **state) {
    (void)state;
    static const double nothing[SAMPLES];
    const double *silent = nothing;
    assert_true(measure(&silent, 1, 4096).is_silent);
    const double *tone = sine(997, -3);
    const WeightedResult whole = measure(&tone, 1, SAMPLES);
    static const int64_t pieces[] = {1, 4096, 5000};
    for (size_t row = 0; row < sizeof pieces / sizeof *pieces; row++) {
        const WeightedResult other = measure(&tone, 1, pieces[row]);
        assert_true(other.leq_m_db == whole.leq_m_db && other.leq_a_dbfs == whole.leq_a_dbfs);
    }
    const double *beside[] = {tone, silent, silent}; /* fewer windows at once */
    const WeightedResult other = measure(beside, 3, SAMPLES);
    assert_true(other.leq_m_db == whole.leq_m_db && other.leq_a_dbfs == whole.leq_a_dbfs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_tone_reads_85_and_in_a_surround_3_less),
        cmocka_unit_test(sines_follow_the_table_of_bs_468),
        cmocka_unit_test(sines_follow_the_table_of_iec_61672),
        cmocka_unit_test(there_is_no_gate_and_every_moment_counts_the_same),
        cmocka_unit_test(pieces_and_silence_beside_change_no_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
