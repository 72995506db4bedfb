#ifndef JOBS_WRITTEN_VALUE_H
#define JOBS_WRITTEN_VALUE_H
/* What was written, typed: the members that JobSpec is made of, each with its place (line 0: not
 * written, it holds the default). */
#include <stdbool.h>

#include "jobs/tempo_map.h"
#include "render/base/error.h"
#include "render/base/rational.h"

typedef struct JobText {
    const char *text; /* NULL: not written */
    Place place;
} JobText;

typedef struct JobNumber { /* dB, deg, m, Hz, % (100), plain: the unit is the key's */
    double value;
    Place place;
} JobNumber;

typedef struct JobTime { /* exact seconds; points count from project.start */
    Rational seconds;
    bool is_set;
    bool is_new;     /* in a recut: of the new cut by itself; else it moved there */
    Rational before; /* a point in a recut: where that is in the cut before */
    Place place;
} JobTime;

typedef struct JobBool {
    bool value;
    Place place;
} JobBool;

typedef struct JobChoice { /* index into the words of the key; -1: not written, no default */
    int index;
    Place place, pair; /* of the value; of `key: value` */
} JobChoice;

typedef struct JobExtent { /* of an object: an angle, or a share of the cube */
    double value;
    bool is_percent;
    Place place; /* line 0: not written */
} JobExtent;

typedef struct JobScreen { /* a place in the picture: -1 .. 1 to the right and up */
    double x, y;
    Place place; /* line 0: not written */
} JobScreen;

typedef struct JobTimes {
    JobTime *times; /* [count] */
    int count;
} JobTimes;

typedef struct JobTags {      /* words of the author */
    const char *const *words; /* [count] */
    int count;
    Place place;
} JobTags;

typedef struct JobWords { /* some of the words of the key */
    unsigned set;         /* bit n: word n */
    Place place;          /* line 0: not written */
} JobWords;

typedef struct JobRational { /* exact where a double is not enough */
    Rational value;
    Place place;
} JobRational;

typedef struct JobBars {
    BarTime bars;
    Place place;
} JobBars;

typedef struct JobMetre {
    Metre metre;
    Place place; /* line 0: not written */
} JobMetre;

typedef struct JobTempoPoint {
    JobBars at;
    JobRational bpm;
    JobMetre metre;
    JobChoice curve; /* step linear */
    JobTime zero;    /* where bar 1 beat 1 lies; of the first point of the job's map only */
} JobTempoPoint;

typedef struct JobTempo {
    JobTempoPoint *points;
    int point_count;
    Place place;         /* line 0: not written */
    const TempoMap *map; /* NULL: not written */
} JobTempo;

typedef struct JobPosition {
    JobText name; /* an entry of `positions` that stands here; NULL: written here */
    JobNumber azimuth_deg, elevation_deg, distance_m, spread_deg;
    JobNumber x_percent, y_percent, z_percent; /* Cartesian when one is written */
    JobScreen screen;
    JobExtent width, height, divergence_range;
    JobNumber depth_percent, divergence_percent, diffuse_percent, gain_db;
    JobNumber lock_distance_percent;
    JobBool lock;
    JobChoice zones; /* no-centre no-sides no-rear no-heights screen-only, -1: none */
    Place place;
} JobPosition;

typedef struct JobPaths { /* a list of files */
    const JobText *paths; /* [count] */
    int count;
    Place place;
} JobPaths;

#endif
