/* The hosts of a run, from a list or a file, and how many ranks each takes. */
#include "cluster/host_list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "render/base/files.h"

enum { HOST_LIMIT = 4096, SLOT_LIMIT = 4096, NAME_LIMIT = 253 /* of DNS */ };

static const size_t file_limit_bytes = 1u << 20;

/* Letters of host names and addresses; never a `-` in front, which ssh would take for an option. */
static bool is_host_name(const char *name) {
    const size_t length = strlen(name);
    if (length == 0 || length > NAME_LIMIT || !isalnum((unsigned char)name[0])) {
        return false;
    }
    for (const char *at = name; *at; at++) {
        if (!isalnum((unsigned char)*at) && !strchr(".-_", *at)) {
            return false;
        }
    }
    return true;
}

static Status read_slots(const char *text, const char *name, int *slots, ErrorList *errors) {
    char *end = NULL;
    const long number = strtol(text, &end, 10);
    if (end == text || *end || number < 1 || number > SLOT_LIMIT) {
        return fail(errors, E002, NO_PLACE,
                    "host `%s` takes a whole number of ranks between 1 and %d, not `%s`", name,
                    SLOT_LIMIT, text);
    }
    *slots = (int)number;
    return DONE;
}

static Status add_host(HostList *list, const char *name, int slots, ErrorList *errors) {
    if (!is_host_name(name)) {
        return fail(errors, E002, NO_PLACE, "`%s` is not the name of a host", name);
    }
    for (int host = 0; host < list->count; host++) {
        if (strcasecmp(list->hosts[host].name, name) == 0) {
            return fail(errors, E002, NO_PLACE, "host `%s` is named twice", name);
        }
    }
    if (list->count == HOST_LIMIT) {
        return fail(errors, E002, NO_PLACE, "more than %d hosts", HOST_LIMIT);
    }
    list->hosts[list->count++] = (Host){.name = name, .slots = slots};
    return DONE;
}

/* `b`, `b:4` or `b slots=4`, which may be changed. */
static Status read_entry(char *entry, HostList *list, ErrorList *errors) {
    static const char keyword[] = "slots=";
    char *rest = NULL;
    char *name = strtok_r(entry, " \t\r", &rest);
    char *number = NULL;
    int slots = 0;
    if (!name) {
        return DONE;
    }
    char *colon = strchr(name, ':');
    if (colon) {
        *colon = '\0';
        number = colon + 1;
    }
    for (char *word = strtok_r(NULL, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
        if (strncmp(word, keyword, strlen(keyword)) == 0) {
            number = word + strlen(keyword);
        } else if (strncmp(word, "max_slots=", strlen("max_slots=")) != 0) {
            return fail(errors, E002, NO_PLACE, "`%s` behind host `%s` is not understood", word,
                        name);
        }
    }
    if (number) {
        TRY(read_slots(number, name, &slots, errors));
    }
    return add_host(list, name, slots, errors);
}

static Status read_entries(char *text, const char *separators, HostList *list, ErrorList *errors) {
    char *rest = NULL;
    for (char *entry = strtok_r(text, separators, &rest); entry;
         entry = strtok_r(NULL, separators, &rest)) {
        TRY(read_entry(entry, list, errors));
    }
    return DONE;
}

static Status read_file(const char *path, Arena *arena, HostList *list, ErrorList *errors) {
    FileBytes bytes;
    TRY(file_read(path, file_limit_bytes, NO_PLACE, arena, &bytes, errors));
    for (char *at = bytes.bytes; (at = strchr(at, '#'));) {
        while (*at && *at != '\n') {
            *at++ = ' ';
        }
    }
    return read_entries(bytes.bytes, "\n", list, errors);
}

Status host_list_read(const char *text, Arena *arena, HostList *list, ErrorList *errors) {
    const bool is_file = strchr(text, '/') || file_exists(text);
    *list = (HostList){.hosts = arena_array(arena, HOST_LIMIT, sizeof *list->hosts)};
    if (is_file) {
        TRY(read_file(text, arena, list, errors));
    } else {
        TRY(read_entries(arena_copy_text(arena, text), ",", list, errors));
    }
    if (list->count == 0) {
        const Status status = fail(errors, E002, NO_PLACE, "`--hosts %s` names no host", text);
        error_note(errors, "write it as --hosts a,b:4, or name a file with a host a line");
        return status;
    }
    return DONE;
}

int host_slots(const Host *host) {
    const int cores = host->core_count > 0 ? host->core_count : 1;
    return host->problem ? 0 : host->slots > 0 ? host->slots : cores;
}

int host_list_count_slots(const HostList *list) {
    int count = 0;
    for (int host = 0; host < list->count; host++) {
        count += host_slots(&list->hosts[host]);
    }
    return count;
}
