/* The ranges of BS.2051-3 in which the loudspeakers of its systems may stand. */
#include "spatial/layout_range.h"

#include <math.h>
#include <string.h>

#include "spatial/layout_table.h"

static const double tolerance_deg = 1e-5;
/* BS.2127-1, 6.1.3.1: screen loudspeakers stand at 5 .. 25 or 35 .. 60 degrees. */
static const double narrow_screen_deg = 15.0;
static const double wide_screen_deg = 45.0;
static const double screen_border_deg = 30.0;

typedef struct RangeRow {
    const char *systems; /* letters of BS.2051 */
    const char *label;   /* on the left or in the middle; the right is its mirror image */
    LayoutRange range;
} RangeRow;

/* Loudspeakers that are not listed stand exactly at their nominal place. */
static const RangeRow rows[] = {
    {"H",   "M+000",  {0.0, 0.0, 0.0, 5.0, 0.0, 0.0}        },
    {"GIJ", "M+030",  {30.0, 45.0, 0.0, 0.0, 0.0, 0.0}      },
    {"H",   "M+030",  {22.5, 30.0, 0.0, 5.0, 0.0, 0.0}      },
    {"H",   "M+060",  {45.0, 60.0, 0.0, 5.0, 0.0, 0.0}      },
    {"F",   "M+090",  {60.0, 150.0, 0.0, 0.0, 0.0, 0.0}     },
    {"GIJ", "M+090",  {85.0, 110.0, 0.0, 0.0, 0.0, 0.0}     },
    {"H",   "M+090",  {90.0, 90.0, 0.0, 15.0, 0.0, 0.0}     },
    {"BC",  "M+110",  {100.0, 120.0, 0.0, 15.0, 0.0, 0.0}   },
    {"DE",  "M+110",  {100.0, 120.0, 0.0, 0.0, 0.0, 0.0}    },
    {"F",   "M+135",  {60.0, 150.0, 0.0, 0.0, 0.0, 0.0}     },
    {"GIJ", "M+135",  {120.0, 150.0, 0.0, 0.0, 0.0, 0.0}    },
    {"H",   "M+135",  {110.0, 135.0, 0.0, 15.0, 0.0, 0.0}   },
    {"H",   "M+180",  {180.0, 180.0, 0.0, 15.0, 0.0, 0.0}   },
    {"G",   "M+SC",   {5.0, 60.0, 0.0, 0.0, 25.0, 35.0}     },
    {"H",   "U+000",  {0.0, 0.0, 30.0, 45.0, 0.0, 0.0}      },
    {"CDE", "U+030",  {30.0, 45.0, 30.0, 55.0, 0.0, 0.0}    },
    {"F",   "U+045",  {30.0, 45.0, 30.0, 45.0, 0.0, 0.0}    },
    {"GJ",  "U+045",  {30.0, 45.0, 30.0, 55.0, 0.0, 0.0}    },
    {"H",   "U+045",  {45.0, 60.0, 30.0, 45.0, 0.0, 0.0}    },
    {"H",   "U+090",  {90.0, 90.0, 30.0, 45.0, 0.0, 0.0}    },
    {"DE",  "U+110",  {100.0, 135.0, 30.0, 55.0, 0.0, 0.0}  },
    {"GJ",  "U+135",  {100.0, 150.0, 30.0, 55.0, 0.0, 0.0}  },
    {"H",   "U+135",  {110.0, 135.0, 30.0, 45.0, 0.0, 0.0}  },
    {"H",   "U+180",  {180.0, 180.0, 30.0, 45.0, 0.0, 0.0}  },
    {"F",   "UH+180", {180.0, 180.0, 45.0, 90.0, 0.0, 0.0}  },
    {"EH",  "B+000",  {0.0, 0.0, -30.0, -15.0, 0.0, 0.0}    },
    {"H",   "B+045",  {45.0, 60.0, -30.0, -15.0, 0.0, 0.0}  },
    {"FH",  "LFE1",   {30.0, 90.0, -30.0, -15.0, 0.0, 0.0}  },
    {"FH",  "LFE2",   {-90.0, -30.0, -30.0, -15.0, 0.0, 0.0}},
};

/* NUL: none of BS.2051. */
static char system_letter(const Layout *layout) {
    static const char *const systems[] = {"0+2+0", "0+5+0", "2+5+0",  "4+5+0", "4+5+1",
                                          "3+7+0", "4+9+0", "9+10+3", "0+7+0", "4+7+0"};
    const char *const system = layout_bs2051_system(layout);
    for (int index = 0; system && index < 10; ++index) {
        if (strcmp(systems[index], system) == 0) {
            return "ABCDEFGHIJ"[index];
        }
    }
    return '\0';
}

static void mirror(LayoutRange *range) {
    const double least_deg = -range->azimuth_max_deg;
    range->azimuth_max_deg = -range->azimuth_min_deg;
    range->azimuth_min_deg = least_deg;
}

bool layout_range_find(const Layout *layout, int channel, LayoutRange *range) {
    const Channel *const of = &layout->channels[channel];
    const char letter = system_letter(layout);
    char label[8] = "";
    strncpy(label, layout_bs2051_label(layout, channel), sizeof label - 1);
    const bool is_right = label[1] == '-';
    if (is_right) {
        label[1] = '+';
    }
    for (size_t row = 0; letter && row < sizeof rows / sizeof *rows; ++row) {
        if (strchr(rows[row].systems, letter) && strcmp(rows[row].label, label) == 0) {
            *range = rows[row].range;
            if (is_right) {
                mirror(range);
            }
            return true;
        }
    }
    *range = (LayoutRange){.azimuth_min_deg = of->position.azimuth_deg,
                           .azimuth_max_deg = of->position.azimuth_deg,
                           .elevation_min_deg = of->position.elevation_deg,
                           .elevation_max_deg = of->position.elevation_deg};
    return letter && of->role == CHANNEL_SPEAKER;
}

static bool is_azimuth_within(const LayoutRange *range, double azimuth_deg) {
    if (range->azimuth_min_deg == 180.0) { /* 180 and -180 are one place */
        return fabs(azimuth_deg) >= 180.0 - tolerance_deg;
    }
    const double absolute_deg = fabs(azimuth_deg);
    return azimuth_deg >= range->azimuth_min_deg - tolerance_deg &&
           azimuth_deg <= range->azimuth_max_deg + tolerance_deg &&
           (absolute_deg <= range->gap_min_deg + tolerance_deg ||
            absolute_deg >= range->gap_max_deg - tolerance_deg);
}

bool layout_range_holds(const LayoutRange *range, double azimuth_deg, double elevation_deg) {
    const bool is_pole = fabs(elevation_deg) >= 90.0 - tolerance_deg;
    return elevation_deg >= range->elevation_min_deg - tolerance_deg &&
           elevation_deg <= range->elevation_max_deg + tolerance_deg &&
           (is_pole || is_azimuth_within(range, azimuth_deg));
}

double layout_nominal_azimuth_deg(const Layout *layout, int channel, double real_azimuth_deg) {
    if (strcmp(layout_bs2051_label(layout, channel) + 2, "SC") != 0) {
        return layout->channels[channel].position.azimuth_deg;
    }
    const double side = real_azimuth_deg < 0.0 ? -1.0 : 1.0;
    return side *
           (fabs(real_azimuth_deg) <= screen_border_deg ? narrow_screen_deg : wide_screen_deg);
}
