/* What `render` says at its end, of every job. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster/answer.h"
#include "cluster/clock.h"
#include "cluster/message.h"
#include "cluster/publish.h"
#include "cluster/rendering.h"
#include "cluster/subprocess.h"
#include "render/base/files.h"

static const double notify_limit_s = 30.0;

static void tell_json(Rendering *rendering, const char *event, json_t *fields) {
    progress_tell_json(rendering->progress, event, fields);
    json_decref(fields);
}

static int count_files(const MixDeliverable *deliverable, const Mix *mix) {
    const int channels = mix->buses[deliverable->bus].layout->channel_count;
    return deliverable->output_count * (deliverable->is_split ? channels : 1);
}

/* With several jobs every summary says of which. */
static void tell_summary(Rendering *rendering, const RenderJob *render, int published, int files) {
    const Run *run = &render->job.run;
    const double seconds = clock_now_s() - rendering->begin_s;
    json_t *fields =
        json_pack("{s:s, s:i, s:i, s:i, s:s, s:f, s:i, s:b}", "code", run->plan->code,
                  "deliverables", run->mix->deliverable_count + run->refused.count, "published",
                  published, "files", files, "output", run->output_folder, "seconds", seconds,
                  "ranks", rendering->rank_count, "nothing_to_do", (int)render->is_complete_before);
    if (run->refused.count > 0) {
        json_object_set_new(fields, "refused", refused_describe(&run->refused));
    }
    if (rendering->job_count > 1) {
        json_object_set_new(fields, "exit_code", json_integer(render->job.exit_code));
    } else {
        json_object_del(fields, "code");
    }
    tell_json(rendering, "summary", fields);
}

static void print_summary(Rendering *rendering, const RenderJob *render) {
    const Run *run = &render->job.run;
    const int count = run->mix->deliverable_count + run->refused.count;
    int published = 0;
    int files = 0;
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        if (publish_is_done(run, deliverable)) {
            published++;
            files += count_files(&run->mix->deliverables[deliverable], run->mix);
        }
    }
    const double seconds = clock_now_s() - rendering->begin_s;
    const char *plural = count == 1 ? "" : "s";
    if (rendering->options->is_json) {
        tell_summary(rendering, render, published, files);
        return;
    }
    const char *asked =
        published < count
            ? arena_format(run->arena, "%d of %d deliverable%s", published, count, plural)
            : arena_format(run->arena, "%d deliverable%s", count, plural);
    if (render->is_complete_before) {
        printf("nothing to do: %s, %d files are complete -> %s\n", asked, files,
               run->output_folder);
    } else {
        printf("%s, %d files  ->  %s/   %s  (%d rank%s)\n", asked, files, run->output_folder,
               progress_format_seconds(seconds, run->arena), rendering->rank_count,
               rendering->rank_count == 1 ? "" : "s");
    }
    if (run->refused.count > 0) {
        printf("not rendered: %s\n", refused_names(&run->refused, run->arena));
    }
}

/* `nocturne render ... | head -1`: whoever stops listening has heard enough; the files are there.
 */
static void leave_broken_pipe(void) {
    if (fflush(stdout) != 0 && errno == EPIPE && !freopen("/dev/null", "w", stdout)) {
        clearerr(stdout);
    }
}

/* --notify, from the command line alone: a job may not run programs. */
static void notify(const Rendering *rendering, const RenderJob *render, const ErrorList *errors) {
    const char *command = rendering->options->notify;
    const Run *run = &render->job.run;
    if (!command || !render->is_claimed) {
        return;
    }
    const ErrorEntry *first = errors_first(errors);
    json_t *outcome =
        json_pack("{s:s, s:s, s:s, s:i, s:f, s:i, s:i, s:i, s:i, s:s?}", "schema",
                  "nocturne-outcome/1", "code", run->plan->code, "output", run->output_folder,
                  "exit_code", render->job.exit_code, "seconds", clock_now_s() - rendering->begin_s,
                  "ranks", rendering->rank_count, "deliverables",
                  run->mix->deliverable_count + run->refused.count, "errors", errors_count(errors),
                  "warnings", warnings_count(errors), "message", first ? first->message : NULL);
    char *text = json_dumps(outcome, JSON_COMPACT | JSON_SORT_KEYS);
    const char *const words[] = {"/bin/sh", "-c", command, NULL};
    const int code = text ? subprocess_run_with(words, text, notify_limit_s) : 1;
    if (code != 0) {
        progress_say(rendering->progress, "--notify: the command ended with code %d", code);
    }
    free(text);
    json_decref(outcome);
}

static void say_nothing_rendered(const Rendering *rendering, const RenderJob *render) {
    if (rendering->job_count == 1) {
        fputs("Nothing was rendered.\n", stderr);
    } else {
        fprintf(stderr, "Nothing was rendered of %s.\n", render->order->job_path);
    }
}

/* Of the deliverables that are not rendered, and of the run. */
static ErrorList *gather_messages(const Rendering *rendering, const RenderJob *render) {
    ErrorList *errors = errors_create(rendering->arena);
    for (const ErrorEntry *entry = errors_first(render->refusals); entry; entry = entry->next) {
        errors_add(errors, entry);
    }
    for (const ErrorEntry *entry = errors_first(render->job.errors); entry; entry = entry->next) {
        errors_add(errors, entry);
    }
    return errors;
}

/* The last lines of the job's log: all messages, and how it ended. */
static void log_end(const Rendering *rendering, const RenderJob *render, const ErrorList *errors) {
    const Batch *batch = rendering->batch;
    int job = 0;
    while (job < batch->count && batch->jobs[job] != &render->job) {
        job++;
    }
    if (job == batch->count) {
        return; /* nothing was to be done */
    }
    for (const ErrorEntry *entry = errors_first(errors); entry; entry = entry->next) {
        const bool is_error = entry->severity == SEVERITY_ERROR;
        const Place *place = &entry->place;
        progress_log(rendering->progress, job, "%s[%c%03d]: %s", is_error ? "error" : "warning",
                     entry->is_warning ? 'W' : 'E', (int)entry->status, entry->message);
        if (place->line > 0) {
            progress_log(rendering->progress, job, "  at %s:%d:%d", place->file, place->line,
                         place->column);
        }
    }
    progress_log(rendering->progress, job, "end after %s, exit code %d",
                 progress_format_seconds(clock_now_s() - rendering->begin_s, rendering->arena),
                 render->job.exit_code);
}

/* Messages on stderr, the summary on stdout; --json: both also as lines on stdout. */
static void report_job(Rendering *rendering, RenderJob *render) {
    Options options = *render->order->options;
    options.is_strict = false; /* --strict is about the job: a healed rank is no failure */
    JobInput input = job_input_at(render->order->job_path, rendering->arena);
    if (render->order->job_text) {
        input.text = (DiagnosticSource){render->order->job_path, render->order->job_text};
    } else if (strcmp(render->order->job_path, "-") == 0 && render->job.run.job) {
        input.text = (DiagnosticSource){"-", render->job.run.job->bytes};
    }
    input.has_failed = !render->job.run.job;
    progress_clear(rendering->progress);
    ErrorList *errors = gather_messages(rendering, render);
    const int answered = answer_errors(&options, errors, &input);
    render->job.exit_code =
        input.has_failed
            ? answered
            : render_worse_code(refused_exit_code(&render->job.run.refused), render->job.exit_code);
    log_end(rendering, render, errors);
    if (!render->is_claimed && options.format == FORMAT_HUMAN) {
        say_nothing_rendered(rendering, render);
    }
    for (const ErrorEntry *entry = errors_first(errors); entry && options.is_json;
         entry = entry->next) {
        tell_json(rendering, "message", message_to_json(entry));
    }
    if (render->is_claimed && (!options.is_quiet || options.is_json)) {
        print_summary(rendering, render);
    }
    notify(rendering, render, errors);
}

/* A fault of the program or the machine before one of a job; what was stopped before all. */
static int weight_of(int code) {
    static const int from_worst[] = {130, 143, 1, 5, 12, 6, 4, 3, 10, 8, 2};
    const int count = (int)(sizeof from_worst / sizeof *from_worst);
    for (int place = 0; place < count; place++) {
        if (from_worst[place] == code) {
            return count - place;
        }
    }
    return code != 0;
}

int render_worse_code(int a, int b) {
    return weight_of(b) > weight_of(a) ? b : a;
}

int rendering_report(Rendering *rendering) {
    int code = rendering->code_before;
    for (int index = 0; index < rendering->job_count; index++) {
        RenderJob *render = &rendering->jobs[index];
        if (render->order->has_yielded) {
            continue;
        }
        report_job(rendering, render);
        render->order->exit_code = render->job.exit_code;
        code = render_worse_code(code, render->job.exit_code);
    }
    if (rendering->options->is_json) {
        tell_json(rendering, "exit", json_pack("{s:i}", "code", code));
    }
    leave_broken_pipe();
    return code;
}
