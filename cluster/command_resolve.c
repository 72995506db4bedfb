/* `resolve`: a job with everything it is made of in one, and where each value comes from. */
#include "cluster/command.h"

#include "cluster/answer.h"
#include "cluster/job_input.h"
#include "cluster/node_json.h"
#include "jobs/node_write.h"

static void answer_tree(const Options *options, const JobSpec *job, Arena *arena) {
    if (options->is_json) {
        json_t *values = json_array();
        const NodeLeaves leaves = node_leaves(job->tree, arena);
        for (int index = 0; index < leaves.count; index++) {
            json_array_append_new(values, node_leaf_to_json(&leaves.leaves[index]));
        }
        answer_json(json_pack("{s:b, s:o}", "ok", true, "values", values));
        return;
    }
    printf("# %s%s%s, resolved: behind each value the place that it comes from\n", job->path,
           job->alternate ? " --alt " : "", job->alternate ? job->alternate : "");
    node_write(job->tree, stdout);
}

int command_resolve(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    JobInput input = {0};
    JobSpec *job = NULL;
    Status status = answer_check_count(options, 1, 1, "JOB", errors);
    if (status == DONE) {
        status = job_input_load(options, options->arguments[0], arena, &input, &job, errors);
    }
    if (status == DONE) {
        answer_tree(options, job, arena);
    }
    const int exit_code = status == DONE ? answer_errors(options, errors, &input)
                                         : answer_failure(options, errors, &input);
    arena_destroy(&arena);
    return exit_code;
}
