#ifndef CLUSTER_HOST_NETWORK_H
#define CLUSTER_HOST_NETWORK_H
/* Names and addresses: which host is this one, and over which network are the others reached. */
#include <stdbool.h>

#include "cluster/host_list.h"

enum { NETWORK_BYTES = 20 }; /* "255.255.255.255/32" and NUL */

void host_own_name(char name[256]);
/* This machine: by its name, or because the address of the name is one of ours. */
bool host_is_own(const char *name);
/* The IPv4 network, as 10.77.0.0/24, through which every other host that is not left out is
 * reached: that of one interface of ours which holds all their addresses. false: there is none. */
bool host_network_of(const HostList *list, char network[NETWORK_BYTES]);

#endif
