#ifndef CLUSTER_SET_ASIDE_H
#define CLUSTER_SET_ASIDE_H
/* A job some of whose deliverables are wrong: what does not depend on those still comes out. */
#include "cluster/render_job.h"
#include "cluster/run.h"

/* run_make. Where it fails because of deliverables, the run is made without those and what is
 * folded from them: run->refused names them, and refusals has what is wrong with each. Then DONE;
 * errors has what was said of the rest. With --strict, where nothing would be left, or where the
 * fault lies elsewhere in the job: the errors and status of run_make, refusals stays empty.
 * Which ones are wrong is found by trying, so that a message may lie anywhere, in a profile too. */
Status set_aside_make_run(
    const RenderOrder *order, Arena *arena, Run *run, ErrorList *refusals, ErrorList *errors);

#endif
