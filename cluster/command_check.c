/* `check`: reads jobs and says everything that is wrong with them. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/job_input.h"
#include "jobs/lower.h"

static double seconds_of_time(const JobTime *time) {
    return time->is_set ? rational_value(time->seconds) : 0.0;
}

static double programme_s(const JobSpec *job) {
    return job->length.is_set ? seconds_of_time(&job->length) : seconds_of_time(&job->end);
}

/* Without `end` and `length` the inputs decide, and they are not opened. */
static bool has_length(const JobSpec *job) {
    return job->length.is_set || job->end.is_set;
}

static const char *plural(int count) {
    return count == 1 ? "" : "s";
}

static void print_verdict(const JobSpec *job, const char *path) {
    printf("%s: ok  (%d layer%s, %d deliverable%s, %.3f s", path, job->layer_count,
           plural(job->layer_count), job->deliverable_count, plural(job->deliverable_count),
           programme_s(job));
    if (seconds_of_time(&job->tail) > 0.0) {
        printf(" + %g s", seconds_of_time(&job->tail));
    }
    printf(" at %g kHz)\n", job->rate_hz / 1000.0);
}

static json_t *describe(const JobSpec *job, const char *path, const ErrorList *errors) {
    json_t *object =
        json_pack("{s:s, s:b, s:i, s:i}", "path", path, "ok", errors_count(errors) == 0, "errors",
                  errors_count(errors), "warnings", warnings_count(errors));
    if (job) {
        json_object_set_new(object, "layers", json_integer(job->layer_count));
        json_object_set_new(object, "deliverables", json_integer(job->deliverable_count));
        json_t *length_s = has_length(job) ? json_real(programme_s(job)) : json_null();
        json_object_set_new(object, "length_s", length_s);
        json_object_set_new(object, "tail_s", json_real(seconds_of_time(&job->tail)));
        json_object_set_new(object, "rate_hz", json_integer(job->rate_hz));
    }
    return object;
}

/* Alternates are only merged when they are asked for, but have to be right all the same. */
static void check_alternates(
    const Options *options, const char *path, const JobSpec *job, Arena *arena, ErrorList *errors) {
    for (int index = 0; index < job->alternate_count && !options->alternate; index++) {
        Options alternate = *options;
        JobInput input;
        JobSpec *other = NULL;
        const ErrorEntry *before = errors_last(errors);
        alternate.alternate = job->alternates[index].id;
        if (strcmp(path, "-") != 0) { /* standard input is read once */
            job_input_load(&alternate, path, arena, &input, &other, errors);
            errors_within(errors, before, "in alternates.%s", job->alternates[index].id);
        }
    }
}

/* Everything about one job; its JSON object is added to answers. */
static int check_job(const Options *options, const char *path, json_t *answers) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    JobInput input = {0};
    JobSpec *job = NULL;
    Status status = job_input_load(options, path, arena, &input, &job, errors);
    if (status == DONE) {
        status = job_require_work(job, errors);
    }
    if (status == DONE && (options->has_lint || options->is_strict)) {
        job_lint(job, errors);
    }
    if (status == DONE && options->has_inputs) {
        Mix *mix = NULL;
        status = lower_job(job, NULL, arena, &mix, errors);
    }
    if (status == DONE) {
        check_alternates(options, path, job, arena, errors);
    }
    const int exit_code = answer_errors(options, errors, &input);
    json_array_append_new(answers, describe(status == DONE ? job : NULL, path, errors));
    if (exit_code == 0 && !options->is_json && !options->is_quiet) {
        print_verdict(job, path);
    }
    arena_destroy(&arena);
    return exit_code;
}

int command_check(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    int first_code = 0;
    if (answer_check_count(options, 1, -1, "JOB ...", errors) != DONE) {
        first_code = answer_failure(options, errors, NULL);
        arena_destroy(&arena);
        return first_code;
    }
    json_t *answers = json_array();
    for (int index = 0; index < options->argument_count; index++) {
        const int exit_code = check_job(options, options->arguments[index], answers);
        first_code = first_code ? first_code : exit_code;
    }
    if (options->is_json) {
        answer_json(json_pack("{s:b, s:i, s:O}", "ok", first_code == 0, "exit_code", first_code,
                              "jobs", answers));
    }
    json_decref(answers);
    arena_destroy(&arena);
    return first_code;
}
