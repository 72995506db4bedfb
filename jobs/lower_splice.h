#ifndef JOBS_LOWER_SPLICE_H
#define JOBS_LOWER_SPLICE_H
/* Sound that goes from one cut of the picture to the next (`conform`). */
#include "jobs/job.h"
#include "render/base/arena.h"
#include "render/model/mix.h"

/* Half the length of a splice of a layer: dialogue 5 ms, others 20 ms. */
int64_t lower_splice_half_samples(const JobSpec *job, const JobLayer *layer);

/* Of a layer whose clips are placed on the timeline (at_samples from the begin of the programme)
 * and snapped: what each clip becomes along the list of changes, and the splices. shift_samples:
 * how much later than `at` the clips lie and will lie (snap and nudge). A layer with `conform:
 * hold` stays as it is. E330: it would be spliced, and says `ask`. */
Status lower_splice(const JobSpec *job,
                    const JobLayer *written,
                    int64_t shift_samples,
                    Arena *arena,
                    MixLayer *layer,
                    ErrorList *errors);

#endif
