/* Ranks that outlived their launch, found by the notes they left and ended. */
#include "cluster/leftovers.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cluster/launch_folder.h"
#include "cluster/process.h"
#include "cluster/rank_sentry.h"
#include "render/base/files.h"

enum { HOST_BYTES = 256, NOTE_BYTES = 256 };

static const char *folder_of(const char *state_folder, Arena *arena) {
    return path_join(arena, state_folder, "ranks");
}

static const char *own_host(char host[HOST_BYTES]) {
    memset(host, 0, HOST_BYTES);
    gethostname(host, HOST_BYTES - 1);
    return host;
}

void leftovers_note(const char *state_folder) {
    Arena *arena = arena_create();
    ErrorList *unsaid = errors_create(arena);
    char host[HOST_BYTES];
    BootId boot;
    const char *folder = folder_of(state_folder, arena);
    const char *path = arena_format(arena, "%s/%s.%ld", folder, own_host(host), (long)getpid());
    process_boot_id(boot);
    const char *text = arena_format(arena, "%lld %s\n", process_start_ticks((long)getpid()), boot);
    if (folder_make(folder, unsaid) == DONE) {
        FILE *file = fopen(path, "we");
        if (file) {
            fputs(text, file);
            fclose(file);
        }
    }
    arena_destroy(&arena);
}

void leftovers_forget(const char *state_folder) {
    Arena *arena = arena_create();
    char host[HOST_BYTES];
    unlink(arena_format(arena, "%s/%s.%ld", folder_of(state_folder, arena), own_host(host),
                        (long)getpid()));
    arena_destroy(&arena);
}

/* Ends the process if it still is the one that wrote the note. Returns 1 then, else 0. */
static int end_noted(const char *path, long pid) {
    char text[NOTE_BYTES] = "";
    BootId boot;
    FILE *file = fopen(path, "re");
    if (!file) {
        return 0;
    }
    const size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    char *rest = text;
    const long long start_ticks = strtoll(text, &rest, 10);
    rest[strcspn(rest, "\n")] = '\0';
    process_boot_id(boot);
    const bool is_the_same = start_ticks > 0 && *rest == ' ' && strcmp(rest + 1, boot) == 0 &&
                             process_start_ticks(pid) == start_ticks;
    return is_the_same && pid != (long)getpid() && kill((pid_t)pid, SIGKILL) == 0;
}

/* A folder of ours with the name of a launch folder, and no link to one. */
static bool is_own_launch_folder(const char *path) {
    struct stat facts;
    return path[0] == '/' && strncmp(path_name(path), LAUNCH_PREFIX, strlen(LAUNCH_PREFIX)) == 0 &&
           lstat(path, &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == getuid();
}

Status leftovers_make_folder(const char *state_folder, const char *path, ErrorList *errors) {
    Arena *arena = arena_create();
    char host[HOST_BYTES];
    const char *folder = folder_of(state_folder, arena);
    const char *note = arena_format(arena, "%s/%s.folder", folder, own_host(host));
    if (mkdir(path, S_IRWXU) != 0 && !is_own_launch_folder(path)) {
        arena_destroy(&arena);
        return fail(errors, E503, NO_PLACE, "it cannot make the folder `%s`", path);
    }
    Status status = folder_make(folder, errors);
    if (status == DONE) {
        status = file_write_atomically(note, path, strlen(path), errors);
    }
    arena_destroy(&arena);
    return status;
}

static void remove_noted_folder(const char *note, Arena *arena) {
    ErrorList *unsaid = errors_create(arena);
    FileBytes path = {0};
    if (file_read(note, NOTE_BYTES, NO_PLACE, arena, &path, unsaid) == DONE &&
        is_own_launch_folder(path.bytes)) {
        folder_remove(path.bytes, unsaid);
    }
}

int leftovers_sweep(const char *state_folder) {
    Arena *arena = arena_create();
    ErrorList *unsaid = errors_create(arena);
    char host[HOST_BYTES];
    const char **names = NULL;
    int count = 0;
    int ended = 0;
    const char *folder = folder_of(state_folder, arena);
    const size_t host_bytes = strlen(own_host(host));
    if (folder_list(folder, arena, &names, &count, unsaid) != DONE) {
        count = 0;
    }
    for (int name = 0; name < count; name++) {
        const char *dot = strrchr(names[name], '.');
        const bool is_ours = dot && (size_t)(dot - names[name]) == host_bytes &&
                             strncmp(names[name], host, host_bytes) == 0;
        const char *path = path_join(arena, folder, names[name]);
        if (is_ours && strcmp(dot, ".folder") == 0) {
            remove_noted_folder(path, arena);
        } else if (is_ours) {
            ended += end_noted(path, strtol(dot + 1, NULL, 10));
        }
        const bool is_roll = dot && strcmp(dot, ROLL_SUFFIX) == 0;
        if (is_ours || is_roll) {
            unlink(path);
        }
    }
    arena_destroy(&arena);
    return ended;
}
