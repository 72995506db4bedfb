/* Deliverables that cannot be made, as lists, texts and settings of their job. */
#include "cluster/refused.h"

#include <stdio.h>

const char *refused_names(const RefusedList *list, Arena *arena) {
    const char *names = "";
    for (int entry = 0; entry < list->count; entry++) {
        names = arena_format(arena, "%s%s%s (E%03d)", names, entry > 0 ? ", " : "",
                             list->entries[entry].id, (int)list->entries[entry].status);
    }
    return names;
}

json_t *refused_describe(const RefusedList *list) {
    json_t *described = json_array();
    for (int entry = 0; entry < list->count; entry++) {
        const Refused *refused = &list->entries[entry];
        char code[8];
        snprintf(code, sizeof code, "E%03d", (int)refused->status % 1000);
        json_array_append_new(described, json_pack("{s:s, s:s, s:s}", "id", refused->id, "code",
                                                   code, "reason", refused->reason));
    }
    return described;
}

int refused_exit_code(const RefusedList *list) {
    int worst = 0; /* 3: the job; 4: a file of it; 1: our own fault */
    for (int entry = 0; entry < list->count; entry++) {
        const StatusInfo *info = status_info(list->entries[entry].status);
        const int code = info ? info->exit_code : 1;
        worst = code > worst ? code : worst;
    }
    return worst;
}

void refused_add_sets(const RefusedList *list, JobSource *source, Arena *arena) {
    const size_t size_bytes = sizeof(const char *);
    const char **sets =
        arena_array(arena, (size_t)(source->set_count + list->count) + 1, size_bytes);
    for (int set = 0; set < source->set_count; set++) {
        sets[set] = source->sets[set];
    }
    for (int entry = 0; entry < list->count; entry++) {
        sets[source->set_count + entry] =
            arena_format(arena, "deliverables.%s=~", list->entries[entry].id);
    }
    source->sets = sets;
    source->set_count += list->count;
}
