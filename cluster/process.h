#ifndef CLUSTER_PROCESS_H
#define CLUSTER_PROCESS_H
/* What /proc says about a process of this host. */
#include <stdbool.h>

typedef char BootId[64];

/* When it was started, in clock ticks since boot: tells a reused pid. 0: no such process. */
long long process_start_ticks(long pid);
/* Another one after every boot of this host; "" when it cannot be read. */
void process_boot_id(BootId boot);
/* SIGSTOP, Ctrl-Z or a debugger holds it. */
bool process_is_stopped(long pid);

#endif
