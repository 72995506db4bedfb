/* `render`: makes the deliverables of a job. */
#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/render_job.h"

int command_render(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    int exit_code = 0;
    if (answer_check_count(options, 1, 1, "JOB", errors) != DONE) {
        exit_code = answer_failure(options, errors, NULL);
    } else {
        exit_code =
            render_job(&(RenderOrder){.options = options, .job_path = options->arguments[0]});
    }
    arena_destroy(&arena);
    return exit_code;
}
