#ifndef JOBS_JOB_SLOTS_H
#define JOBS_JOB_SLOTS_H
/* What only files in the order of a DCP hold: mono sums of stems for the hearing-impaired (HI, the
 * dialogue in front) and of narration for the visually impaired (VI-N).
 *
 *     deliverables:
 *       th: {layout: 5.1, channel_order: dcp, slots: {dx: {hi: 0 dB}, mx: {hi: -9 dB},
 *            vo: {vi: 0 dB}}}
 */
#include "jobs/written_value.h"

typedef struct JobSlotStem { /* what a stem gives to the slots */
    const char *stem;
    Place stem_place;
    int stem_index;
    JobNumber hi_db, vi_db; /* not written: nothing */
} JobSlotStem;

typedef struct JobSlots {
    JobSlotStem *stems;
    int count;
} JobSlots;

struct JobSpec;
struct JobDeliverable;

/* E208 a DCP of channels that have no place in it, of one file for every channel, or in BW64, which
 * would have to say what they are; slots without a DCP, or in which a stem gives nothing. E301 a
 * stem that there is not. Fills stem_index. */
void job_slots_check(const struct JobSpec *job,
                     struct JobDeliverable *deliverable,
                     Arena *arena,
                     ErrorList *errors);

#endif
