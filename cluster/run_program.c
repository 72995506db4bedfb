/* The run's own copy of the program. */
#include "cluster/run_program.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/base/files.h"

enum { PROGRAM_MODE = 0755 };

static bool copy_program(const OpenFile *from, const OpenFile *to) {
    Arena *scratch = arena_create();
    ErrorList *unsaid = errors_create(scratch); /* the program is used where it lies */
    const Status status = file_copy(from, to, -1, unsaid);
    arena_destroy(&scratch);
    return status == DONE && fchmod(to->descriptor, PROGRAM_MODE) == 0;
}

const char *run_program_keep(const Run *run, const char *program) {
    const char *path = path_join(run->arena, run->state_folder, "program");
    const char *temporary = arena_format(run->arena, "%s.%ld", path, (long)getpid());
    const int from = open(program, O_RDONLY | O_CLOEXEC);
    const int to =
        open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, PROGRAM_MODE);
    bool is_kept = from >= 0 && to >= 0 &&
                   copy_program(&(OpenFile){.descriptor = from, .path = program},
                                &(OpenFile){.descriptor = to, .path = temporary});
    if (from >= 0) {
        close(from);
    }
    if (to >= 0) {
        is_kept = close(to) == 0 && is_kept;
    }
    is_kept = is_kept && access(temporary, X_OK) == 0 && rename(temporary, path) == 0;
    unlink(temporary); /* gone, or of no use */
    char *absolute = is_kept ? realpath(path, NULL) : NULL;
    const char *kept = absolute ? arena_copy_text(run->arena, absolute) : program;
    free(absolute);
    return kept;
}
