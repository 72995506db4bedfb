#ifndef JOBS_JOB_REELS_H
#define JOBS_JOB_REELS_H
/* Reels, leaders and pops: counted in frames of the picture. */
#include "jobs/job.h"
#include "jobs/timecode.h"

typedef struct ReelFrames { /* what stands around the programme of a file */
    int64_t leader, tail;
    int64_t pop_length; /* 0: no pops */
    int64_t pop_before; /* from the begin of the pop to the programme */
    bool has_tail_pop;
    int64_t tail_pop_begin; /* from the end of the programme */
} ReelFrames;

/* Orders the reels by time, cuts each deliverable into its pieces (reels or scenes), and holds
 * them, leaders and pops to whole frames and to each other: E310, E312, E350, E351, E353, E208 with
 * layout adm or a frame rate that is far away. After the times are known. */
void job_reels_check(JobSpec *job, Arena *arena, ErrorList *errors);

/* At which its frames are shown; that of the project where none is written. */
const FrameRate *job_delivered_rate(const JobSpec *job, const JobDeliverable *deliverable);

/* Of a deliverable that was checked; what is not written: a leader of eight and pops of two seconds
 * of frames away, one frame long (universal leader, SMPTE ST 55). */
ReelFrames job_reel_frames(const JobSpec *job, const JobDeliverable *deliverable);

#endif
