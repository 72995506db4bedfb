/* Which host is this one, and over which network the others are reached. */
#include "cluster/host_network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct Subnet { /* both in the byte order of the host */
    uint32_t address, mask;
} Subnet;

void host_own_name(char name[256]) {
    memset(name, 0, 256);
    gethostname(name, 255);
}

static bool find_address(const char *name, struct in_addr *address) {
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(name, NULL, &hints, &found) != 0) {
        return false;
    }
    struct sockaddr_in first;
    memcpy(&first, found->ai_addr, sizeof first);
    *address = first.sin_addr;
    freeaddrinfo(found);
    return true;
}

/* The interface whose own address, or whose network, holds this one. */
static bool find_interface(struct in_addr wanted, bool is_exact, Subnet *subnet) {
    struct ifaddrs *interfaces = NULL;
    bool is_found = false;
    if (getifaddrs(&interfaces) != 0) {
        return false;
    }
    const uint32_t address = ntohl(wanted.s_addr);
    for (const struct ifaddrs *at = interfaces; at && !is_found; at = at->ifa_next) {
        struct sockaddr_in own;
        struct sockaddr_in mask;
        if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET || !at->ifa_netmask) {
            continue;
        }
        memcpy(&own, at->ifa_addr, sizeof own);
        memcpy(&mask, at->ifa_netmask, sizeof mask);
        *subnet = (Subnet){ntohl(own.sin_addr.s_addr), ntohl(mask.sin_addr.s_addr)};
        const uint32_t kept = is_exact ? UINT32_MAX : subnet->mask;
        is_found = ((subnet->address ^ address) & kept) == 0;
    }
    freeifaddrs(interfaces);
    return is_found;
}

bool host_is_own(const char *name) {
    char own[256];
    struct in_addr address;
    Subnet subnet;
    host_own_name(own);
    const size_t short_length = strcspn(own, ".");
    const bool is_short = strncasecmp(name, own, short_length) == 0 && !name[short_length];
    if (strcasecmp(name, own) == 0 || is_short) {
        return true;
    }
    return find_address(name, &address) && find_interface(address, true, &subnet);
}

bool host_network_of(const HostList *list, char network[NETWORK_BYTES]) {
    Subnet shared = {0};
    bool has_any = false;
    for (int host = 0; host < list->count; host++) {
        const Host *at = &list->hosts[host];
        struct in_addr address;
        Subnet subnet;
        if (at->is_own || at->problem) {
            continue;
        }
        if (!find_address(at->name, &address) || !find_interface(address, false, &subnet) ||
            (has_any && subnet.address != shared.address)) {
            return false;
        }
        shared = subnet;
        has_any = true;
    }
    const struct in_addr base = {htonl(shared.address & shared.mask)};
    char text[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &base, text, sizeof text);
    snprintf(network, NETWORK_BYTES, "%s/%d", text, __builtin_popcount(shared.mask));
    return has_any;
}
