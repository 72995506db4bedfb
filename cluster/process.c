/* What /proc says about a process of this host. */
#include "cluster/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAT_BYTES = 1024, FIELD_STATE = 3, FIELD_START = 22 }; /* proc(5) */

/* The text from a field of /proc/<pid>/stat on, counted behind the last ')' of the name (which may
 * hold anything); NULL: no such process. */
static const char *find_field(long pid, int wanted, char text[STAT_BYTES]) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "re");
    if (!file) {
        return NULL;
    }
    const size_t size = fread(text, 1, STAT_BYTES - 1, file);
    fclose(file);
    text[size] = '\0';
    const char *field = strrchr(text, ')');
    for (int number = 2; field && number < wanted; number++) {
        field = strchr(field + 1, ' ');
    }
    return field ? field + 1 : NULL;
}

long long process_start_ticks(long pid) {
    char text[STAT_BYTES];
    const char *field = find_field(pid, FIELD_START, text);
    return field ? strtoll(field, NULL, 10) : 0;
}

void process_boot_id(BootId boot) {
    boot[0] = '\0';
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!file) {
        return;
    }
    if (fgets(boot, (int)sizeof(BootId), file)) {
        boot[strcspn(boot, "\n")] = '\0';
    }
    fclose(file);
}

bool process_is_stopped(long pid) {
    char text[STAT_BYTES];
    const char *field = find_field(pid, FIELD_STATE, text);
    return field && (*field == 'T' || *field == 't');
}
