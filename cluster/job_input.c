/* A job as named on the command line. */
#include "cluster/job_input.h"

#include <string.h>
#include <unistd.h>

#include "jobs/text_check.h"
#include "render/base/files.h"

enum { JOB_LIMIT_BYTES = 4 << 20 }; /* as for files, E106 */

Status job_input_read_standard(Arena *arena, const char **text, ErrorList *errors) {
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
    *text = buffer;
    return text_check_file("-", buffer, filled, errors); /* no zero byte: it ends where it ends */
}

JobInput job_input_at(const char *path, Arena *arena) {
    return (JobInput){.folder = path_folder(arena, path)};
}

JobSource
job_input_source(const Options *options, const char *path, const char *text, Arena *arena) {
    JobSource source = {.path = path,
                        .bytes = text,
                        .size_bytes = text ? strlen(text) : 0,
                        .roots = options->roots,
                        .root_count = options->root_count,
                        .sets = options->sets,
                        .set_count = options->set_count,
                        .alternate = options->alternate,
                        .grade = options->grade};
    refused_add_sets(&options->refused, &source, arena);
    return source;
}

Status job_input_load(const Options *options,
                      const char *path,
                      Arena *arena,
                      JobInput *input,
                      JobSpec **job,
                      ErrorList *errors) {
    JobSource source = job_input_source(options, path, NULL, arena);
    *input = job_input_at(path, arena);
    if (!strcmp(path, "-")) {
        const Status read_status = job_input_read_standard(arena, &source.bytes, errors);
        input->text = (DiagnosticSource){.file = path, .bytes = source.bytes};
        TRY(read_status);
        source.size_bytes = strlen(source.bytes);
    }
    const Status status = job_load(&source, arena, job, errors);
    input->has_failed = status != DONE;
    return status;
}
