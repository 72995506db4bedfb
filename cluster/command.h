#ifndef CLUSTER_COMMAND_H
#define CLUSTER_COMMAND_H
/* The verbs: each in its own command_<verb>.c, listed in main.c's table. Returns the exit code. */
#include "cluster/options.h"

int command_adm(const Options *options);
int command_cache(const Options *options);
int command_check(const Options *options);
int command_deliver(const Options *options);
int command_diff(const Options *options);
int command_doctor(const Options *options);
int command_explain(const Options *options);
int command_init(const Options *options);
int command_join(const Options *options);
int command_list(const Options *options);
int command_pan(const Options *options);
int command_plan(const Options *options);
int command_probe(const Options *options); /* internal: can this host take part? */
int command_qc(const Options *options);
int command_render(const Options *options);
int command_resolve(const Options *options);
int command_resume(const Options *options);
int command_schema(const Options *options);
int command_status(const Options *options);
int command_verify(const Options *options);
int command_worker(const Options *options); /* internal: one MPI rank */

#endif
