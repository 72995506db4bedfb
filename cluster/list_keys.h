#ifndef CLUSTER_LIST_KEYS_H
#define CLUSTER_LIST_KEYS_H
/* `list keys [PREFIX] [--core]`: the language, a row a key.
 *
 * Without a prefix it is folded to what a mixer has to know: a map below a table (`layers.*.pan`),
 * and a small table (`lines`), is one row that names its members; what a profile of a deliverable
 * says, and what is planned, is left out. With a prefix every row at and below it is shown.
 */
#include "cluster/job_input.h"

/* E002: no such key. */
Status list_keys(const Options *options, Arena *arena, ErrorList *errors);

#endif
