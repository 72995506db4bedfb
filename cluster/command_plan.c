/* `plan`: what `render` would do, without doing any of it. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/claim.h"
#include "cluster/cost_model.h"
#include "cluster/own_machine.h"
#include "cluster/publish.h"
#include "cluster/run.h"
#include "cluster/run_file.h"
#include "cluster/space_need.h"
#include "cluster/survey.h"
#include "cluster/task_reason.h"
#include "render/base/files.h"
#include "render/files/sound_writer.h"

enum { KIND_COUNT = TASK_INSPECT + 1 };

/* A FLAC file against its samples as PCM, about. */
static const double flac_ratio = 0.6;

typedef struct KindCount {
    int all, done;
} KindCount;

typedef struct Forecast {
    const Run *run;
    int rank_count;
    KindCount kinds[KIND_COUNT];
    KindCount tasks, files;
    double cost; /* of the tasks to run, in seconds */
    double bytes_to_write;
    json_t *files_to_make;
} Forecast;

static void count_tasks(Forecast *forecast) {
    const Plan *plan = forecast->run->plan;
    for (int task = 0; task < plan->task_count; task++) {
        const bool is_done = run_task_is_done(forecast->run, task);
        forecast->kinds[plan->tasks[task].kind].all++;
        forecast->kinds[plan->tasks[task].kind].done += is_done;
        forecast->tasks.all++;
        forecast->tasks.done += is_done;
        forecast->cost += is_done ? 0.0 : plan->tasks[task].cost;
    }
}

static double file_bytes(const MixDeliverable *deliverable, int channel_count) {
    SoundFormat format = {.container = deliverable->container,
                          .format = deliverable->format,
                          .bits_per_s = deliverable->bits_per_s,
                          .channel_count = channel_count,
                          .rate_hz = deliverable->rate_hz,
                          .frame_count = deliverable->length_samples};
    const double known = (double)sound_file_bytes(&format);
    if (known > 0.0) {
        return known;
    }
    format.container = CONTAINER_WAV;
    return flac_ratio * (double)sound_file_bytes(&format);
}

static void count_files(Forecast *forecast, int index, Arena *arena) {
    const Mix *mix = forecast->run->mix;
    const MixDeliverable *deliverable = &mix->deliverables[index];
    const int channel_count = mix_track_count(deliverable);
    const int file_count = deliverable->is_split ? channel_count : 1;
    const bool is_done = publish_is_done(forecast->run, index);
    for (int output = 0; output < deliverable->output_count; output++) {
        for (int file = 0; file < file_count; file++) {
            forecast->files.all++;
            forecast->files.done += is_done;
            if (is_done) {
                continue;
            }
            const char *name = deliverable->outputs[output].files[file];
            const char *path = arena_format(arena, "deliverables/%s/%s", deliverable->id, name);
            forecast->bytes_to_write += file_bytes(deliverable, channel_count / file_count);
            json_array_append_new(forecast->files_to_make, json_string(path));
        }
    }
}

static double estimate_s(const Forecast *forecast) {
    return forecast->cost / forecast->rank_count;
}

static void print_kinds(const Forecast *forecast) {
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const KindCount *count = &forecast->kinds[kind];
        if (count->all > 0) {
            printf("    %-12s %5d  %5d done\n", task_kind_name((TaskKind)kind), count->all,
                   count->done);
        }
    }
}

static void print_snaps(const Mix *mix) {
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *snapped = &mix->layers[layer];
        if (snapped->is_snapped) {
            printf("  onset of %s: moved by %+lld samples (%+.3f ms)\n", snapped->id,
                   (long long)snapped->snap_shift_samples,
                   1000.0 * (double)snapped->snap_shift_samples / mix->rate_hz);
        }
    }
}

static json_t *describe_snaps(const Mix *mix) {
    json_t *snaps = json_object();
    for (int layer = 0; layer < mix->layer_count; layer++) {
        if (mix->layers[layer].is_snapped) {
            json_object_set_new(snaps, mix->layers[layer].id,
                                json_integer(mix->layers[layer].snap_shift_samples));
        }
    }
    return snaps;
}

static int count_splices(const Mix *mix) {
    int count = 0;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        count += mix->layers[layer].splice_count;
    }
    return count;
}

static json_t *describe_splices(const Mix *mix) {
    json_t *splices = json_array();
    for (int index = 0; index < mix->layer_count; index++) {
        const MixLayer *layer = &mix->layers[index];
        for (int splice = 0; splice < layer->splice_count; splice++) {
            const MixSplice *of = &layer->splices[splice];
            json_array_append_new(
                splices, json_pack("{s:s, s:I, s:I, s:I, s:I}", "layer", layer->id, "at_samples",
                                   (json_int_t)of->at, "old_out_samples", (json_int_t)of->old_out,
                                   "old_in_samples", (json_int_t)of->old_in, "length_samples",
                                   (json_int_t)of->length_samples));
        }
    }
    return splices;
}

static void print_plan(const Forecast *forecast) {
    const int to_run = forecast->tasks.all - forecast->tasks.done;
    const double time_s = estimate_s(forecast);
    printf("%s  ->  %s\n", forecast->run->plan->code, forecast->run->output_folder);
    printf("  tasks %d: %d done (store), %d to run\n", forecast->tasks.all, forecast->tasks.done,
           to_run);
    print_kinds(forecast);
    printf("  files %d: %d published, %d to make, %.1f MB\n", forecast->files.all,
           forecast->files.done, forecast->files.all - forecast->files.done,
           forecast->bytes_to_write / 1e6);
    const SpaceNeed store = space_need_store_most(forecast->run);
    if (store.files > 0.0) {
        printf("  store: at most %.1f MB in %.0f files\n", store.bytes / 1e6, store.files);
    }
    printf("  about %d:%04.1f on %d rank%s\n", (int)(time_s / 60.0),
           time_s - 60.0 * (int)(time_s / 60.0), forecast->rank_count,
           forecast->rank_count == 1 ? "" : "s");
    print_snaps(forecast->run->mix);
    const int splice_count = count_splices(forecast->run->mix);
    if (splice_count > 0) {
        printf("  splices %d, listed in score/splices.csv\n", splice_count);
    }
    size_t index = 0;
    const json_t *file = NULL;
    json_array_foreach(forecast->files_to_make, index, file) {
        printf("  + %s\n", json_string_value(file));
    }
}

static json_t *describe_kinds(const Forecast *forecast) {
    json_t *kinds = json_object();
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const KindCount *count = &forecast->kinds[kind];
        json_object_set_new(kinds, task_kind_name((TaskKind)kind),
                            json_pack("{s:i, s:i}", "all", count->all, "done", count->done));
    }
    return kinds;
}

static void print_json(const Forecast *forecast, const json_t *reasons) {
    const Plan *plan = forecast->run->plan;
    KeyText key;
    key_format(plan->key, key);
    json_t *answer = json_object();
    json_object_set_new(answer, "ok", json_true());
    json_object_set_new(answer, "name", json_string(plan->code));
    json_object_set_new(answer, "output", json_string(forecast->run->output_folder));
    json_object_set_new(answer, "plan_key", json_string(key));
    json_object_set_new(answer, "tasks", json_integer(forecast->tasks.all));
    json_object_set_new(answer, "done", json_integer(forecast->tasks.done));
    json_object_set_new(answer, "kinds", describe_kinds(forecast));
    json_object_set_new(answer, "snap_shift_samples", describe_snaps(forecast->run->mix));
    json_object_set_new(answer, "splices", describe_splices(forecast->run->mix));
    json_object_set(answer, "files_to_make", forecast->files_to_make);
    json_object_set_new(answer, "bytes_to_write",
                        json_integer((json_int_t)forecast->bytes_to_write));
    const SpaceNeed store = space_need_store_most(forecast->run);
    json_object_set_new(answer, "store_bytes_at_most", json_integer((json_int_t)store.bytes));
    json_object_set_new(answer, "store_files_at_most", json_integer((json_int_t)store.files));
    json_object_set_new(answer, "estimate_s", json_real(estimate_s(forecast)));
    json_object_set_new(answer, "ranks", json_integer(forecast->rank_count));
    if (reasons) {
        json_object_set(answer, "to_run", (json_t *)reasons);
    }
    answer_json(answer);
}

/* ---- against an earlier run ---- */

static const char *because(const ReasonSource *source, int task, Arena *arena) {
    const TaskReason reason = task_reason(source, task, arena);
    const char *text = task_reason_text(source, &reason, arena);
    const char *cause = source->run->plan->tasks[reason.cause].name;
    return reason.cause == task ? text : arena_format(arena, "%s  %s", cause, text);
}

/* Every task that is to run, with its reason. */
static json_t *list_reasons(const ReasonSource *source, Arena *arena) {
    const Plan *plan = source->run->plan;
    const bool *is_open = survey_list_open((Run *)source->run);
    json_t *list = json_array();
    for (int task = 0; task < plan->task_count; task++) {
        if (is_open[task]) {
            json_array_append_new(list, json_pack("{s:s, s:s}", "task", plan->tasks[task].name,
                                                  "because", because(source, task, arena)));
        }
    }
    return list;
}

static void print_reasons(const Options *options, const json_t *reasons) {
    size_t index = 0;
    const json_t *reason = NULL;
    printf("  against %s: %zu tasks to run\n", options->against, json_array_size(reasons));
    json_array_foreach(reasons, index, reason) {
        printf("    %-28s %s\n", json_string_value(json_object_get(reason, "task")),
               json_string_value(json_object_get(reason, "because")));
    }
}

static Status
find_reasons(const Options *options, Run *run, json_t **reasons, Arena *arena, ErrorList *errors) {
    const char *state_folder = path_join(arena, options->against, ".nocturne");
    RunFile file;
    JobSpec *job = NULL;
    RunRecord record;
    *reasons = NULL;
    if (!folder_exists(state_folder)) {
        return fail(errors, E410, NO_PLACE, "`%s` is not the folder of a run", options->against);
    }
    TRY(run_file_read(state_folder, arena, &file, errors));
    TRY(run_record_read(state_folder, false, arena, &record, errors));
    ErrorList *ignored = errors_create(arena); /* a job that this program refuses by now */
    const bool is_known = run_file_load_job(&file, arena, &job, ignored) == DONE;
    const ReasonSource source = {
        .record = &record, .old_tree = is_known ? job->tree : NULL, .run = run};
    *reasons = list_reasons(&source, arena);
    return DONE;
}

static void
answer_plan(const Options *options, const Run *run, const json_t *reasons, Arena *arena) {
    CostModel model;
    cost_model_read(store_path(run->store), arena, &model);
    cost_model_apply(&model, run->plan);
    Forecast forecast = {.run = run,
                         .rank_count =
                             options->rank_count ? options->rank_count : own_machine_count_cores(),
                         .files_to_make = json_array()};
    count_tasks(&forecast);
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        count_files(&forecast, deliverable, arena);
    }
    if (options->is_json) {
        print_json(&forecast, reasons);
    } else if (!options->is_quiet) {
        print_plan(&forecast);
        if (reasons) {
            print_reasons(options, reasons);
        }
    }
    json_decref(forecast.files_to_make);
}

static Status
make_plan(const Options *options, Run *run, JobInput *input, Arena *arena, ErrorList *errors) {
    TRY(answer_check_count(options, 1, 1, "JOB", errors));
    *input = job_input_at(options->arguments[0], arena);
    TRY(run_make(options, options->arguments[0], NULL, arena, run, errors));
    return claim_check(run, errors);
}

int command_plan(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Run run = {0};
    JobInput input = {0};
    json_t *reasons = NULL;
    int exit_code = 0;
    Status status = make_plan(options, &run, &input, arena, errors);
    if (status == DONE && options->against) {
        status = find_reasons(options, &run, &reasons, arena, errors);
    }
    if (status == DONE) {
        exit_code = answer_errors(options, errors, &input); /* warnings */
        answer_plan(options, &run, reasons, arena);
    } else {
        input.has_failed = !run.job;
        exit_code = answer_failure(options, errors, &input);
    }
    json_decref(reasons);
    arena_destroy(&arena);
    return exit_code;
}
