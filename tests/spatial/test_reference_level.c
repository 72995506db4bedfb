/* What film files hold hotter: SMPTE RP 200 has screen channels at 85 dBC, surrounds at 82. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "spatial/layout_table.h"
#include "spatial/reference_level.h"

#include <cmocka.h>

typedef struct Case {
    const char *layout, *surrounds; /* labels, with spaces around each */
} Case;

static void surrounds_of_flat_layouts_are_3_db_hotter_and_nothing_else(void **state) {
    (void)state;
    static const Case cases[] = {
        {"1.0",      ""                 },
        {"2.0",      ""                 },
        {"3.0",      ""                 },
        {"5.0",      " Ls Rs "          },
        {"5.1",      " Ls Rs "          },
        {"7.1",      " Lss Rss Lrs Rrs "},
        {"5.1.2",    ""                 },
        {"5.1.4",    ""                 },
        {"7.1.2",    ""                 },
        {"7.1.4",    ""                 },
        {"22.2",     ""                 },
        {"hoa1",     ""                 },
        {"binaural", ""                 },
    };
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        const Layout *layout = layout_find(cases[row].layout);
        assert_non_null(layout);
        int found = 0;
        for (int channel = 0; channel < layout->channel_count; channel++) {
            char label[16] = " ";
            strncat(label, layout->channels[channel].label, 10);
            strncat(label, " ", 2);
            const bool is_hotter = strstr(cases[row].surrounds, label) != NULL;
            const double level_db = 20 * log10(reference_film_gain(layout, channel));
            assert_true(fabs(level_db - (is_hotter ? 3.0 : 0.0)) < 1e-9);
            found += is_hotter;
        }
        assert_int_equal(reference_matters(layout), found > 0);
        assert_int_equal(found > 0, cases[row].surrounds[0] != 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(surrounds_of_flat_layouts_are_3_db_hotter_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
