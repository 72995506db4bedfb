/* A job as named on the command line. */
#include "cluster/job_input.h"

#include <string.h>
#include <unistd.h>

#include "render/base/files.h"

enum { JOB_LIMIT_BYTES = 4 << 20 }; /* as for files, E106 */

/* All of standard input, NUL behind it. */
static Status
read_standard_input(Arena *arena, const char **bytes, size_t *size_bytes, ErrorList *errors) {
    char *buffer = arena_alloc(arena, JOB_LIMIT_BYTES + 2);
    size_t filled = 0;
    ssize_t got = 1;
    while (got > 0 && filled <= JOB_LIMIT_BYTES) {
        got = read(STDIN_FILENO, buffer + filled, JOB_LIMIT_BYTES + 1 - filled);
        filled += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        return fail(errors, E411, NO_PLACE, "standard input cannot be read");
    }
    if (filled > JOB_LIMIT_BYTES) {
        return fail(errors, E106, NO_PLACE, "standard input is larger than 4 MiB");
    }
    *bytes = buffer;
    *size_bytes = filled;
    return DONE;
}

JobInput job_input_at(const char *path, Arena *arena) {
    return (JobInput){.folder = path_folder(arena, path)};
}

Status job_input_load(const Options *options,
                      const char *path,
                      Arena *arena,
                      JobInput *input,
                      JobSpec **job,
                      ErrorList *errors) {
    JobSource source = {.path = path,
                        .roots = options->roots,
                        .root_count = options->root_count,
                        .sets = options->sets,
                        .set_count = options->set_count,
                        .alternate = options->alternate,
                        .grade = options->grade};
    *input = job_input_at(path, arena);
    if (!strcmp(path, "-")) {
        TRY(read_standard_input(arena, &source.bytes, &source.size_bytes, errors));
        input->text = (DiagnosticSource){.file = path, .bytes = source.bytes};
    }
    const Status status = job_load(&source, arena, job, errors);
    input->has_failed = status != DONE;
    return status;
}
