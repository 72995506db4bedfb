/* Renders one job into its output folder: inline, with ranks of our own, or as one of many ranks.
 */
#include "cluster/render_job.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cluster/answer.h"
#include "cluster/clock.h"
#include "cluster/conductor.h"
#include "cluster/host_list.h"
#include "cluster/launcher.h"
#include "cluster/message.h"
#include "cluster/own_machine.h"
#include "cluster/publish.h"
#include "cluster/rank.h"
#include "cluster/score_files.h"
#include "cluster/signals.h"
#include "cluster/slurm_nodes.h"
#include "cluster/subprocess.h"
#include "cluster/task_runner.h"
#include "cluster/transport_inline.h"
#include "cluster/transport_mpi.h"
#include "render/base/files.h"

enum { RANKS_FILE_BYTES = 64 << 20 }; /* more than Open MPI's files of one node */

static const double notify_limit_s = 30.0;

typedef struct Rendering {
    const RenderOrder *order;
    const Options *options;
    Run run;
    Progress *progress;
    ErrorList *errors;
    double begin_s;
    int rank_count, exit_code;
    bool is_claimed, is_complete_before;
} Rendering;

/* ---- before ---- */

/* The ranks share memory through files of Open MPI: under a small `ulimit -f` they die at their
 * start. */
static Status check_file_limit(Rendering *rendering) {
    struct rlimit limit;
    if (rendering->rank_count == 1 || getrlimit(RLIMIT_FSIZE, &limit) != 0 ||
        limit.rlim_cur >= RANKS_FILE_BYTES) {
        return DONE;
    }
    fail(rendering->errors, E504, NO_PLACE,
         "the file size limit (ulimit -f) is too small for %d ranks: %llu bytes",
         rendering->rank_count, (unsigned long long)limit.rlim_cur);
    error_help(rendering->errors, "raise it to 64 MiB or more, or render with -j 1");
    return E504;
}

static bool is_on_hosts(const Options *options) {
    return options->hosts || options->is_slurm;
}

/* What is wrong with the hosts is said before anything is written. */
static Status check_hosts(Rendering *rendering) {
    const Options *options = rendering->options;
    HostList hosts;
    if (options->hosts && options->is_slurm) {
        return fail(rendering->errors, E002, NO_PLACE, "--hosts and --slurm exclude each other");
    }
    if (options->hosts) {
        TRY(host_list_read(options->hosts, rendering->run.arena, &hosts, rendering->errors));
    }
    return options->is_slurm ? slurm_check(rendering->errors) : DONE;
}

static Status fail_without_mpi(const Rendering *rendering) {
    const Options *options = rendering->options;
    const char *wish = options->hosts ? "--hosts"
                       : options->is_slurm
                           ? "--slurm"
                           : arena_format(rendering->run.arena, "-j %d", options->rank_count);
    fail(rendering->errors, E514, NO_PLACE,
         ranks_are_built_in() ? "%s needs mpirun, which is not in PATH"
                              : "%s needs MPI, which this program was built without",
         wish);
    error_help(rendering->errors, "install openmpi-bin, or render with -j 1");
    return E514;
}

/* srun may do without it. */
static bool has_starter(const Rendering *rendering) {
    return ranks_are_built_in() &&
           (rendering->options->is_slurm ||
            own_machine_find_mpirun(getenv("PATH"), rendering->run.arena) != NULL);
}

/* -j N, else the cores of this process; 1 without mpirun, said in one line. On hosts: 0, as many as
 * they take. */
static Status choose_ranks(Rendering *rendering) {
    const Options *options = rendering->options;
    if (rank_is_launched()) { /* mpirun -n 1: its one rank */
        rendering->rank_count = 1;
        return DONE;
    }
    const int own_count = is_on_hosts(options) ? 0 : own_machine_count_cores();
    const int wanted = options->rank_count > 0 ? options->rank_count : own_count;
    const bool has_mpi = has_starter(rendering);
    rendering->rank_count = has_mpi ? wanted : 1;
    if (has_mpi || wanted == 1) {
        TRY(check_hosts(rendering));
        return check_file_limit(rendering);
    }
    if (options->rank_count == 0 && !is_on_hosts(options)) {
        progress_say(rendering->progress, "no mpirun in PATH: rendering with one rank");
        return DONE;
    }
    return fail_without_mpi(rendering);
}

static bool is_complete(const Run *run) {
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        if (!publish_is_done(run, deliverable)) {
            return false;
        }
    }
    return true;
}

static void say_change(Rendering *rendering) {
    if (rendering->order->has_changed) {
        progress_say(rendering->progress, "the job changed since: %d of %d tasks must run again",
                     conduct_count_open(&rendering->run), rendering->run.plan->task_count);
    }
}

/* Plan, claim, and whether anything is left to do. The RankZero of `mpirun nocturne render`. */
static Status prepare(void *context, Run *run, bool *is_wanted, ErrorList *errors) {
    Rendering *rendering = context;
    const RenderOrder *order = rendering->order;
    TRY(run_make(order->options, order->job_path, order->job_text, run->arena, run, errors));
    if (rendering->rank_count == 0) {
        TRY(choose_ranks(rendering));
    }
    TRY(run_claim(run, order->options, errors));
    rendering->is_claimed = true;
    rendering->is_complete_before = is_complete(run);
    if (rendering->is_complete_before) {
        /* after a crash the stage may be full, the lists above still those of an older job */
        publish_sweep_stage(run);
        TRY(publish_manifest(run, run->arena, rendering->errors));
        return score_files_write(run, run->arena, rendering->errors);
    }
    say_change(rendering);
    *is_wanted = true;
    return DONE;
}

/* ---- the three ways ---- */

static void render_inline(Rendering *rendering) {
    signals_open(SIGNALS_INLINE);
    const Conducting order = {
        .run = &rendering->run,
        .options = rendering->options,
        .transport = transport_inline(task_runner(&rendering->run), rendering->run.arena),
        .progress = rendering->progress,
        .launch = 1};
    rendering->exit_code = conduct(&order, rendering->errors).exit_code;
    progress_clear(rendering->progress);
}

static void render_launched(Rendering *rendering) {
    LaunchOutcome outcome = {0};
    launcher_run(&rendering->run, rendering->options, rendering->rank_count, rendering->progress,
                 &outcome, rendering->errors);
    rendering->exit_code = outcome.exit_code;
    rendering->rank_count = outcome.rank_count;
}

static void render_alone(Rendering *rendering) {
    bool is_wanted = false;
    if (prepare(rendering, &rendering->run, &is_wanted, rendering->errors) != DONE) {
        rendering->exit_code = errors_exit_code(rendering->errors);
    } else if (is_wanted && (rendering->rank_count > 1 || is_on_hosts(rendering->options))) {
        render_launched(rendering);
    } else if (is_wanted) {
        render_inline(rendering);
    }
}

/* false: another rank speaks. */
static bool render_as_rank(Rendering *rendering) {
    const RankZero zero = {.prepare = prepare,
                           .context = rendering,
                           .options = rendering->options,
                           .progress = rendering->progress,
                           .launch = 1};
    RankOutcome outcome;
    rendering->rank_count = -1; /* chosen by mpirun */
    rank_run(&zero, &rendering->run, &outcome, rendering->errors);
    rendering->rank_count = outcome.worker_count;
    rendering->exit_code = outcome.exit_code;
    return outcome.is_rank_zero;
}

/* ---- after ---- */

static void tell_json(Rendering *rendering, const char *event, json_t *fields) {
    progress_tell_json(rendering->progress, event, fields);
    json_decref(fields);
}

static int count_files(const MixDeliverable *deliverable, const Mix *mix) {
    const int channels = mix->buses[deliverable->bus].layout->channel_count;
    return deliverable->output_count * (deliverable->is_split ? channels : 1);
}

static void print_summary(Rendering *rendering) {
    const Run *run = &rendering->run;
    const int count = run->mix->deliverable_count;
    int published = 0;
    int files = 0;
    for (int deliverable = 0; deliverable < count; deliverable++) {
        if (publish_is_done(run, deliverable)) {
            published++;
            files += count_files(&run->mix->deliverables[deliverable], run->mix);
        }
    }
    const double seconds = clock_now_s() - rendering->begin_s;
    if (rendering->options->is_json) {
        tell_json(rendering, "summary",
                  json_pack("{s:i, s:i, s:i, s:s, s:f, s:i, s:b}", "deliverables", count,
                            "published", published, "files", files, "output", run->output_folder,
                            "seconds", seconds, "ranks", rendering->rank_count, "nothing_to_do",
                            (int)rendering->is_complete_before));
        return;
    }
    const char *plural = count == 1 ? "" : "s";
    if (rendering->is_complete_before) {
        printf("nothing to do: %d deliverable%s, %d files are complete -> %s\n", count, plural,
               files, run->output_folder);
        return;
    }
    if (published < count) {
        printf("%d of ", published);
    }
    printf("%d deliverable%s, %d files  ->  %s/   %s  (%d rank%s)\n", count, plural, files,
           run->output_folder, progress_format_seconds(seconds, run->arena), rendering->rank_count,
           rendering->rank_count == 1 ? "" : "s");
}

/* `nocturne render ... | head -1`: whoever stops listening has heard enough; the files are there.
 */
static void leave_broken_pipe(void) {
    if (fflush(stdout) != 0 && errno == EPIPE && !freopen("/dev/null", "w", stdout)) {
        clearerr(stdout);
    }
}

/* --notify, from the command line alone: a job may not run programs. */
static void notify(const Rendering *rendering) {
    const char *command = rendering->options->notify;
    const Run *run = &rendering->run;
    if (!command || !rendering->is_claimed) {
        return;
    }
    const ErrorEntry *first = errors_first(rendering->errors);
    json_t *outcome = json_pack(
        "{s:s, s:s, s:s, s:i, s:f, s:i, s:i, s:i, s:i, s:s?}", "schema", "nocturne-outcome/1",
        "code", run->plan->code, "output", run->output_folder, "exit_code", rendering->exit_code,
        "seconds", clock_now_s() - rendering->begin_s, "ranks", rendering->rank_count,
        "deliverables", run->mix->deliverable_count, "errors", errors_count(rendering->errors),
        "warnings", warnings_count(rendering->errors), "message", first ? first->message : NULL);
    char *text = json_dumps(outcome, JSON_COMPACT | JSON_SORT_KEYS);
    const char *const words[] = {"/bin/sh", "-c", command, NULL};
    const int code = text ? subprocess_run_with(words, text, notify_limit_s) : 1;
    if (code != 0) {
        progress_say(rendering->progress, "--notify: the command ended with code %d", code);
    }
    free(text);
    json_decref(outcome);
}

/* Messages on stderr, the summary on stdout; --json: both also as lines on stdout. */
static void report(Rendering *rendering) {
    Options options = *rendering->options;
    options.is_strict = false; /* --strict is about the job: a healed rank is no failure */
    JobInput input = job_input_at(rendering->order->job_path, rendering->run.arena);
    if (rendering->order->job_text) {
        input.text = (DiagnosticSource){rendering->order->job_path, rendering->order->job_text};
    } else if (strcmp(rendering->order->job_path, "-") == 0 && rendering->run.job) {
        input.text = (DiagnosticSource){"-", rendering->run.job->bytes};
    }
    input.has_failed = !rendering->run.job;
    progress_clear(rendering->progress);
    const int answered = answer_errors(&options, rendering->errors, &input);
    rendering->exit_code = input.has_failed ? answered : rendering->exit_code;
    if (!rendering->is_claimed && options.format == FORMAT_HUMAN) {
        fputs("Nothing was rendered.\n", stderr);
    }
    for (const ErrorEntry *entry = errors_first(rendering->errors); entry && options.is_json;
         entry = entry->next) {
        tell_json(rendering, "message", message_to_json(entry));
    }
    if (rendering->is_claimed && (!options.is_quiet || options.is_json)) {
        print_summary(rendering);
    }
    notify(rendering);
    if (options.is_json) {
        tell_json(rendering, "exit", json_pack("{s:i}", "code", rendering->exit_code));
    }
    leave_broken_pipe();
}

int render_job(const RenderOrder *order) {
    Arena *arena = arena_create();
    Rendering rendering = {.order = order,
                           .options = order->options,
                           .run = {.arena = arena},
                           .errors = errors_create(arena),
                           .begin_s = clock_now_s()};
    rendering.progress = progress_create(&rendering.run, progress_target(order->options));
    bool is_speaker = true;
    if (rank_is_one_of_many()) {
        is_speaker = render_as_rank(&rendering);
    } else {
        render_alone(&rendering);
    }
    if (is_speaker) {
        report(&rendering);
    }
    if (rendering.is_claimed) {
        run_release(&rendering.run);
    }
    const int exit_code = is_speaker ? rendering.exit_code : 0;
    arena_destroy(&arena);
    return exit_code;
}
