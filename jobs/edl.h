#ifndef JOBS_EDL_H
#define JOBS_EDL_H
/* Edit decision lists in the form of CMX 3600, as every picture editor writes them.
 *
 *     EdlList list;
 *     TRY(edl_read(file, &base, arena, &list, errors));
 *     // list.events[0].record_in.frames
 *
 * An event is one line: number, reel, track, kind of transition (with a length in frames behind a
 * dissolve, a wipe or a key), then source in and out, record in and out; outs are exclusive.
 * Comments below it (`* FROM CLIP NAME:`, `* TO CLIP NAME:`) name the clip, which is not the reel;
 * `* LOC:` is a locator. Record times are timecode of the job's frame rate; sources may run at
 * another one. The list is one day long at most and may cross midnight.
 */
#include "jobs/job_files.h"
#include "jobs/value.h"

typedef struct EdlTime {
    int64_t frames; /* since midnight of the first event; -1: a source at another frame rate */
    const char *text;
    Place place;
} EdlTime;

typedef enum EdlTransition { EDL_CUT, EDL_DISSOLVE, EDL_WIPE, EDL_KEY } EdlTransition;

typedef struct EdlEvent {
    Place place;        /* of its number */
    const char *number; /* "003" */
    const char *reel, *track;
    const char *clip; /* NULL: no comment names it */
    bool is_picture;
    EdlTransition transition;
    int transition_frames;
    EdlTime source_in, source_out, record_in, record_out;
} EdlEvent;

typedef struct EdlLocator {
    EdlTime time; /* as recorded */
    const char *text;
    Place text_place;
} EdlLocator;

typedef struct EdlList {
    const char *title; /* NULL: none */
    EdlEvent *events;
    int event_count;
    EdlLocator *locators;
    int locator_count;
} EdlList;

/* Ends with the first thing that is wrong: the list was made by a machine. E101, E106 too many
 * lines, E211 a timecode that the job's frame rate does not have, E427. */
Status
edl_read(const JobFile *file, const TimeBase *base, Arena *arena, EdlList *list, ErrorList *errors);

#endif
