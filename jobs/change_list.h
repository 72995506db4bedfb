#ifndef JOBS_CHANGE_LIST_H
#define JOBS_CHANGE_LIST_H
/* What became of a cut of the picture in the next one: passages that both hold, and where.
 *
 *     ChangeList list;
 *     change_list_make(&old_edl, &new_edl, &base, arena, &list);
 *     change_list_map(&list, seconds); // of the old cut, in the new one
 *
 * A passage is a stretch of one source that both lists show. A frame of a source that the new list
 * shows comes from where the passage before it goes on; else from the next place of the old list
 * that shows it, else from the first. What lies before the first event or behind the last one goes
 * with it, as long as that one is first or last in both lists.
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/arena.h"
#include "render/base/rational.h"
#include "render/base/units.h"

struct EdlList;
struct TimeBase;

typedef struct Passage { /* seconds from project.start */
    Rational old_in, old_out, new_in, new_out;
} Passage;

typedef struct PassageSamples { /* since the begin of the programme */
    SampleTime old_begin, old_end, new_begin;
} PassageSamples;

typedef struct ChangeList {
    Passage *passages; /* [count] in the order of the new cut; neighbours do not go on in both */
    int count;
    int *by_old; /* [count] the same in the order of the old cut */
} ChangeList;

void change_list_make(const struct EdlList *old_list,
                      const struct EdlList *new_list,
                      const struct TimeBase *base,
                      Arena *arena,
                      ChangeList *list);

/* Whether a time of the old cut is in the new one, too. */
bool change_list_keeps(const ChangeList *list, Rational seconds);

/* A time of the old cut in the new one; what was removed lies where it was taken out. */
Rational change_list_map(const ChangeList *list, Rational seconds);

/* A time of the new cut in the old one; what is new counts back from the passage behind it. */
Rational change_list_unmap(const ChangeList *list, Rational seconds);

PassageSamples passage_samples(const Passage *passage, int rate_hz);

#endif
