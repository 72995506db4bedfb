#ifndef JOBS_ANCHOR_H
#define JOBS_ANCHOR_H
/* All times of a job that depend on names or bars, and what they become in seconds.
 *
 *     AnchorTable *table = anchor_table_create(arena);
 *     table->job_map = anchor_table_add_map(table, &(AnchorMap){.tempo = tempo, .origin = -1});
 *     int in = anchor_table_add(table, &(Anchor){.owner = "scenes.sc21.in", .is_named = true,
 *                                                .point = &point, .map = table->job_map});
 *     TRY(anchor_table_resolve(table, errors));
 *     // table->anchors[in].seconds
 *
 * An anchor is one written time: an edge of a scene, cue or line, a marker, or any other time of
 * the job. Those with is_named may be referred to. The owner is the path of the key and makes the
 * names: `markers.m_door` is called `m_door`; `scenes.sc21.in` is called `sc21.in`, or
 * `scenes.sc21.in` in full where a cue has the same id. Any kind may be added ("arcs.farewell.end",
 * "layers.x.in"): a name of two parts is an id, one of three is an edge.
 *
 * A time that follows from others (the end of an arc: its release plus a length) is an anchor whose
 * point was made by the caller: TIME_FROM_NAME, the name in full, and seconds or offsets behind it.
 *
 * With a list of changes there are two timelines. What was written for the cut before is worked out
 * there and moves with the picture; what was written for the new one, or hangs on that, is worked
 * out here.
 *
 * Cost: proportional to the number of anchors.
 */
#include "jobs/change_list.h"
#include "jobs/name_table.h"
#include "jobs/reference.h"
#include "jobs/tempo_map.h"
#include "jobs/time_point.h"

typedef struct AnchorMap {
    const char *cue;         /* whose bars these are; NULL: the job's */
    const TempoMap *tempo;   /* NULL: the cue has none, and its bars are an error */
    int origin;              /* the anchor where bar 1 beat 1 lies; -1: at origin_seconds */
    Rational origin_seconds; /* from project.start */
} AnchorMap;

typedef struct Anchor {
    const char *owner;      /* "cues.1m1.in": path of the key */
    Place id_place;         /* of the id in it, for "defined here" */
    bool is_named;          /* others may refer to it */
    bool is_twin;           /* the anchor before tells what is wrong with the name in its point */
    const TimePoint *point; /* what was written */
    int map;                /* of its bare bars, of beats and bars added to it; -1: none */
    bool is_new;            /* in a recut: written for the new cut, or follows from what is */
    Rational seconds;       /* the result, from project.start */
    Rational before;        /* and in the cut before; the same without a recut */
    bool is_good;           /* the result stands: nothing was wrong with it or what it needs */
    int needs[2];           /* set when resolving: what has to be known first; -1: nothing */
    int next_of_name;       /* another anchor of this name; -1: none */
} Anchor;

typedef struct AnchorTable {
    Arena *arena;
    Anchor *anchors;
    int anchor_count, anchor_capacity;
    AnchorMap *maps;
    int map_count, map_capacity;
    int job_map;               /* -1: the job has no tempo map */
    const ChangeList *changes; /* of the picture; NULL: none */
    NameTable names;           /* "m_door", "sc21.in" */
    NameTable ids;             /* "sc21": one of its anchors */
    NameTable cues;            /* "2m3": its map */
    int *order; /* [order_count], set when resolving: each behind all that it needs */
    int order_count;
    bool has_suggestions; /* the lists below are filled at the first wrong name */
    Reference *markers, *spans, *cue_names;
    int marker_count, span_count, cue_count;
} AnchorTable;

AnchorTable *anchor_table_create(Arena *arena);
/* Indices into table->anchors and table->maps; what is pointed to is not copied. */
int anchor_table_add(AnchorTable *table, const Anchor *anchor);
int anchor_table_add_map(AnchorTable *table, const AnchorMap *map);

/* The anchor of a name as written (`sc21.in`, `scenes.sc21.in`); -1: there is none, or more than
 * one. */
int anchor_table_find(const AnchorTable *table, const char *name);

/* The map of a cue, as an index into table->maps; -1 and E301: there is no such cue. */
int anchor_table_find_cue(AnchorTable *table, const char *cue, Place place, ErrorList *errors);

/* Fills in all seconds. E206 too large, E211 no such beat or tick, E301 no such name, E308 in a
 * circle (the whole of it is shown), E309 a name of two things, E319 bars without a tempo map. What
 * follows from another error is left out. */
Status anchor_table_resolve(AnchorTable *table, ErrorList *errors);

#endif
