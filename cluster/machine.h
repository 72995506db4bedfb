#ifndef CLUSTER_MACHINE_H
#define CLUSTER_MACHINE_H
/* The machine profile: what holds on this machine or cluster when the command line does not say
 * otherwise. Of the site and its users, never of a job: a job runs no programs and names no disks.
 *
 *     store: /shared/store             as --store
 *     scratch: /local/nocturne         as --scratch
 *     intermediates: local             as --intermediates
 *     notify: "mail -s night ops"      as --notify
 *     ssh: ssh -F /etc/render/ssh      as --ssh
 *     network: 10.1.0.0/16             as --network
 *     keep_ranks: true                 as --keep-ranks; not where --slurm is used
 *     sharing: {group: audio, dir_mode: 2770, file_mode: 0660}    of a store that is made new
 *
 * `resume` takes notify alone from it: the folder remembers the rest.
 *
 * The first that is there: $NOCTURNE_MACHINE ("none": no profile),
 * $XDG_CONFIG_HOME/nocturne/machine.yaml,
 * ~/.config/nocturne/machine.yaml, /etc/nocturne/machine.yaml.
 */
#include "cluster/options.h"

/* Which file that is, NULL: none. */
const char *machine_find(Arena *arena);
/* Fills what the command line left open. E202 for an unknown key, with those that there are. */
Status machine_apply(const char *path, Arena *arena, Options *options, ErrorList *errors);

#endif
