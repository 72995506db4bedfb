/* Starts mpirun on `nocturne worker`, watches it, and starts it again when a rank is lost. */
#include "cluster/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cluster/clock.h"
#include "cluster/host_network.h"
#include "cluster/journal.h"
#include "cluster/launch_folder.h"
#include "cluster/launch_site.h"
#include "cluster/message.h"
#include "cluster/process.h"
#include "cluster/rank_sentry.h"
#include "cluster/signals.h"
#include "render/base/files.h"

static const double silent_limit_s = 30.0;  /* rank 0 beats every second once it has its plan */
static const double joined_limit_s = 10.0;  /* from mpirun to rank 0, over ssh, at first */
static const double stopped_limit_s = 3.0;  /* rank 0 held by SIGSTOP */
static const double end_limit_s = 5.0;      /* from the end record to the end of mpirun */
static const double torn_end_limit_s = 0.5; /* the same with dead ranks, for whom MPI waits */
static const double stop_limit_s = 20.0;    /* SIGTERM: then the ranks are ended */
static const double longest_step_s = 1.0;   /* more is our own pause (Ctrl-Z), not silence */
static const double burial_limit_s = 2.0;
static const long poll_ns = 20000000;
enum { RANKS_WATCHED = 4097 }; /* all that can be asked for, and rank 0 */
static const size_t log_limit_bytes = 16u << 20;

typedef struct JobWatch { /* of one job, from its journal */
    BatchJob *job;
    int index; /* in the batch */
    const char *journal_path;
    long offset;
    bool has_ended;
} JobWatch;

typedef struct Launcher {
    Batch *batch;
    JobWatch *watches; /* [batch->count] */
    Progress *progress;
    LaunchSite site;
    const char *log_path;
    LaunchFolder folder;
    bool keeps_place; /* the next launch takes the folder and the hosts of the last one */
    int launch;
    int idle_launches; /* in a row, without progress */
    off_t log_begin;   /* length of the log before this launch */
    pid_t child;
    /* of this launch */
    bool has_progressed;
    double silent_s, ended_s, stopping_s;
    int sent_stops;
    bool was_silent, has_lost_kept;
    bool has_joined;       /* rank 0 lives */
    bool is_torn;          /* ranks died, and the others went on */
    bool has_begun;        /* it schedules, and looks after the others */
    const char *roll_path; /* of dead ranks; "-": with one all end */
    long rank_zero;        /* its pid on this host, 0: not known yet, or on another */
    double stopped_s;
    double looked_s;  /* for a more urgent job */
    const char *left; /* why rank 0 gave up this launch, NULL: it did not */
} Launcher;

static bool has_ended(const Launcher *launcher) {
    for (int job = 0; job < launcher->batch->count; job++) {
        if (!launcher->watches[job].has_ended) {
            return false;
        }
    }
    return true;
}

/* Where a message about the launch belongs: to a job that waits for it. */
static ErrorList *launch_errors(const Launcher *launcher) {
    for (int job = 0; job < launcher->batch->count; job++) {
        if (!launcher->watches[job].has_ended) {
            return launcher->watches[job].job->errors;
        }
    }
    return launcher->watches[0].job->errors;
}

/* ---- the child ---- */

/* In the child, between fork and exec. */
static _Noreturn void
become_mpirun(const LaunchOrder *order, const char *const *arguments, int log) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* Ctrl-C of the terminal is for the launcher alone */
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGUSR1, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    launch_set_environment(order);
    execvp(arguments[0], (char *const *)arguments);
    _exit(127);
}

/* `nocturne worker LAUNCH ROLL SEAT STATE ...`: the first job's state folder, where ranks leave
 * their notes, and those of the jobs that have not ended. */
static const char *const *list_command(const Launcher *launcher, Arena *arena) {
    const int count = launcher->batch->count;
    const char **command = arena_array(arena, (size_t)count + 6, sizeof *command);
    int used = 0;
    command[used++] = launcher->site.program;
    command[used++] = "worker";
    command[used++] = arena_format(arena, "%d", launcher->launch);
    command[used++] = launcher->roll_path;
    command[used++] = launcher->batch->jobs[0]->run.state_folder;
    for (int job = 0; job < count; job++) {
        if (!launcher->watches[job].has_ended) {
            command[used++] = launcher->watches[job].job->run.state_folder;
        }
    }
    return command;
}

static Status start_ranks(Launcher *launcher) {
    Arena *arena = launcher->batch->arena;
    ErrorList *errors = launch_errors(launcher);
    LaunchOrder order;
    TRY(launch_site_order(&launcher->site, launcher->folder.path, list_command(launcher, arena),
                          &order, errors));
    const char *const *arguments = launch_arguments(&order, arena);
    const int log =
        open(launcher->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (log < 0) {
        return fail(errors, status_from_errno(errno), NO_PLACE, "cannot write `%s`: %s",
                    launcher->log_path, strerror(errno));
    }
    launcher->child = fork();
    if (launcher->child == 0) {
        become_mpirun(&order, arguments, log);
    }
    close(log);
    if (launcher->child < 0) {
        return fail(errors, E517, NO_PLACE, "cannot start mpirun: %s", strerror(errno));
    }
    return DONE;
}

/* ---- watching ---- */

static void take_joined(Launcher *launcher, const json_t *event) {
    const char *host = json_string_value(json_object_get(event, "host"));
    launcher->has_joined = true;
    if (host && host_is_own(host)) {
        launcher->rank_zero = (long)json_integer_value(json_object_get(event, "pid"));
    }
}

typedef struct Listening {
    Launcher *launcher;
    JobWatch *watch;
} Listening;

static void take_event(void *context, const json_t *event) {
    const Listening *listening = context;
    Launcher *launcher = listening->launcher;
    JobWatch *watch = listening->watch;
    const char *name = json_string_value(json_object_get(event, "ev"));
    if (!name) {
        return;
    }
    launcher->silent_s = 0.0;
    if (strcmp(name, "task_done") == 0 || strcmp(name, "published") == 0 ||
        json_is_true(json_object_get(event, "final"))) {
        launcher->has_progressed = true;
    }
    if (strcmp(name, "joined") == 0) {
        take_joined(launcher, event);
    }
    launcher->is_torn = launcher->is_torn || strcmp(name, "lost") == 0;
    launcher->has_begun = launcher->has_begun || strcmp(name, "start") == 0;
    if (strcmp(name, "message") == 0) {
        message_from_json(event, launcher->batch->arena, watch->job->errors);
    } else if (strcmp(name, "left") == 0) {
        const char *why = json_string_value(json_object_get(event, "why"));
        launcher->left = why ? arena_copy_text(launcher->batch->arena, why) : NULL;
    } else if (strcmp(name, "end") == 0) {
        watch->has_ended = true;
        watch->job->exit_code = (int)json_integer_value(json_object_get(event, "code"));
    }
    progress_take(launcher->progress, watch->index, name, event, clock_now_s());
}

static void read_journals(Launcher *launcher) {
    Arena *scratch = arena_create();
    ErrorList *ignored = errors_create(scratch);
    for (int job = 0; job < launcher->batch->count; job++) {
        JobWatch *watch = &launcher->watches[job];
        Listening listening = {launcher, watch};
        if (!watch->has_ended) {
            journal_read(watch->journal_path, &watch->offset, take_event, &listening, ignored);
        }
    }
    arena_destroy(&scratch);
}

static void end_ranks(const Launcher *launcher) {
    kill(-launcher->child, SIGKILL); /* mpirun; the ranks follow it by PR_SET_PDEATHSIG */
    kill(launcher->child, SIGKILL);
}

/* To rank 0 itself: mpirun would kill the ranks a second later. To one on another host through
 * mpirun or srun, which hand SIGUSR1 on; the workers ignore it. */
static void send_stop(const Launcher *launcher) {
    if (launcher->rank_zero > 0) {
        kill((pid_t)launcher->rank_zero, signals_last());
    } else {
        kill(launcher->child, SIGUSR1);
    }
}

/* The first request to stop lets running tasks finish, the second does not. */
static void pass_stop_on(Launcher *launcher, double step_s) {
    const int requests = signals_count();
    if (requests == 0) {
        return;
    }
    launcher->stopping_s += step_s;
    if (launcher->sent_stops == 0 && launcher->has_joined) {
        launcher->sent_stops = 1;
        const bool is_yielding = signals_is_yielding();
        progress_say(launcher->progress, "%sfinishing %d tasks%s",
                     is_yielding                 ? "a more urgent job waits: "
                     : signals_last() == SIGUSR1 ? "time limit coming: "
                                                 : "",
                     progress_count_running(launcher->progress),
                     is_yielding ? "" : ", press again to stop now");
        send_stop(launcher);
    }
    const bool is_late = signals_last() == SIGTERM && launcher->stopping_s > stop_limit_s;
    const bool is_too_early = !launcher->has_joined;
    if (requests > 1 || is_late || is_too_early) {
        end_ranks(launcher);
    }
}

/* A cut cable is noticed soon; busy hosts that are only slow get more time at every try. */
static double find_joined_limit_s(const Launcher *launcher) {
    return joined_limit_s * (1 << launcher->idle_launches);
}

static void watch_time(Launcher *launcher, double step_s) {
    const double counted_s = step_s < longest_step_s ? step_s : longest_step_s;
    launcher->silent_s += counted_s;
    if (has_ended(launcher)) {
        launcher->ended_s += counted_s;
    }
    pass_stop_on(launcher, counted_s);
    const bool is_stopped = launcher->rank_zero > 0 && process_is_stopped(launcher->rank_zero);
    launcher->stopped_s = is_stopped ? launcher->stopped_s + counted_s : 0.0;
    const bool is_starting = launcher->site.hosts.count > 0 && !launcher->has_joined;
    const double limit_s = is_starting ? find_joined_limit_s(launcher) : silent_limit_s;
    if (launcher->silent_s > limit_s || launcher->stopped_s > stopped_limit_s) {
        launcher->was_silent = true;
        end_ranks(launcher);
    } else if (launcher->ended_s > (launcher->is_torn ? torn_end_limit_s : end_limit_s)) {
        end_ranks(launcher);
    }
}

/* mpirun ends no rank because of another, and waits for dead hosts. A host that is gone, a rank
 * that dies before rank 0 looks after the others, or rank 0 itself end them all here. */
static void watch_kept_ranks(Launcher *launcher) {
    bool is_dead[RANKS_WATCHED] = {false};
    if (!launcher->site.options->keeps_ranks || has_ended(launcher)) {
        return;
    }
    const int watched = launcher->has_begun ? 1 : RANKS_WATCHED;
    if (launch_site_find_gone(&launcher->site) || launcher->left ||
        rank_roll_read(launcher->roll_path, is_dead, watched)) {
        launcher->has_lost_kept = true;
        end_ranks(launcher);
    }
}

/* Ranks that outlived mpirun are ours now (PR_SET_CHILD_SUBREAPER) and about to die; none may still
 * work when the next launch begins. */
static void bury_orphans(void) {
    const double end_s = clock_now_s() + burial_limit_s;
    while (waitpid(-1, NULL, WNOHANG) >= 0 && clock_now_s() < end_s) {
        nanosleep(&(struct timespec){.tv_nsec = poll_ns / 20}, NULL);
    }
}

static void look_for_urgent(Launcher *launcher, double now_s) {
    static const double interval_s = 1.0;
    if (now_s - launcher->looked_s >= interval_s) {
        launcher->looked_s = now_s;
        batch_look_for_urgent(launcher->batch);
    }
}

/* Until mpirun is gone. Returns its wait status. */
static int watch(Launcher *launcher) {
    int status = 0;
    double last_s = clock_now_s();
    for (;;) {
        const pid_t gone = waitpid(launcher->child, &status, WNOHANG);
        read_journals(launcher);
        if (gone != 0) {
            return status;
        }
        const double now_s = clock_now_s();
        progress_draw(launcher->progress, now_s);
        look_for_urgent(launcher, now_s);
        watch_time(launcher, now_s - last_s);
        watch_kept_ranks(launcher);
        last_s = now_s;
        nanosleep(&(struct timespec){.tv_nsec = poll_ns}, NULL);
    }
}

/* ---- again and again ---- */

static const char *describe_end(const Launcher *launcher, int status) {
    if (launcher->left) {
        return launcher->left;
    }
    if (launcher->has_lost_kept) {
        return "a host or a rank died without which the others cannot go on";
    }
    if (launcher->was_silent) {
        return "rank 0 was silent or stopped";
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) > 128) {
        return arena_format(launcher->batch->arena, "a rank ended by signal %d",
                            WEXITSTATUS(status) - 128);
    }
    if (WIFEXITED(status)) {
        return arena_format(launcher->batch->arena, "mpirun ended with code %d",
                            WEXITSTATUS(status));
    }
    return arena_format(launcher->batch->arena, "mpirun ended by signal %d", WTERMSIG(status));
}

/* What was said since the log had this length. */
static const char *read_log(const Launcher *launcher, Arena *arena) {
    FileBytes log = {.bytes = ""};
    file_read(launcher->log_path, log_limit_bytes, NO_PLACE, arena, &log, errors_create(arena));
    const size_t begin = (size_t)launcher->log_begin;
    return begin < log.size_bytes ? log.bytes + begin : "";
}

/* A rank died and its host did not: nobody need be asked again, which takes longer than all the
 * rest of a launch over ssh. */
static bool has_lost_a_rank_only(const Launcher *launcher, int wait_status) {
    if (!launcher->has_progressed || launcher->was_silent || launcher->left ||
        !WIFEXITED(wait_status)) {
        return false;
    }
    Arena *scratch = arena_create();
    const bool is_host_lost = launch_site_lost_host(&launcher->site, read_log(launcher, scratch));
    arena_destroy(&scratch);
    return !is_host_lost;
}

/* A folder, and the hosts that take part; both are those of the last launch where they may be. */
static Status find_place(Launcher *launcher, ErrorList *errors) {
    if (launcher->keeps_place) {
        return DONE;
    }
    TRY(launch_folder_make(launcher->batch->arena, &launcher->folder, errors));
    return launch_site_survey(&launcher->site, launcher->folder.path, errors);
}

static void leave_place(Launcher *launcher) {
    if (launcher->folder.path) {
        launch_folder_remove(&launcher->folder);
        launcher->folder = (LaunchFolder){0};
    }
}

/* A new one for every launch: a sentry of an earlier one may be late. */
static void name_roll(Launcher *launcher) {
    Arena *arena = launcher->batch->arena;
    const char *name = launcher->folder.path ? path_name(launcher->folder.path) : "";
    launcher->roll_path =
        launcher->site.options->keeps_ranks
            ? arena_format(arena, "%s/ranks/%s.%d" ROLL_SUFFIX,
                           launcher->batch->jobs[0]->run.state_folder, name, launcher->launch)
            : "-";
}

static Status launch_once(Launcher *launcher, int *wait_status) {
    launcher->launch++;
    launcher->has_progressed = false;
    launcher->was_silent = launcher->has_lost_kept = false;
    launcher->has_begun = launcher->is_torn = false;
    launcher->silent_s = launcher->ended_s = launcher->stopped_s = 0.0;
    launcher->rank_zero = 0;
    launcher->has_joined = false;
    launcher->left = NULL;
    struct stat log;
    launcher->log_begin = stat(launcher->log_path, &log) == 0 ? log.st_size : 0;
    ErrorList *errors = launch_errors(launcher);
    Status status = find_place(launcher, errors);
    launcher->keeps_place = false;
    name_roll(launcher);
    if (status == DONE) {
        status = start_ranks(launcher);
        launcher->site.has_launched = true;
    }
    if (status == DONE) {
        launch_site_watch(&launcher->site);
        *wait_status = watch(launcher);
        launch_site_unwatch(&launcher->site);
        bury_orphans();
        unlink(launcher->roll_path);
        launcher->keeps_place =
            !has_ended(launcher) && has_lost_a_rank_only(launcher, *wait_status);
    }
    if (!launcher->keeps_place) {
        leave_place(launcher);
    }
    return status;
}

static void report_stopped(const Launcher *launcher) {
    for (int job = 0; job < launcher->batch->count; job++) {
        const JobWatch *watch = &launcher->watches[job];
        if (!watch->has_ended) {
            fail(watch->job->errors, E604, NO_PLACE, "stopped");
            error_help(watch->job->errors, "to go on: nocturne resume %s",
                       watch->job->run.output_folder);
            watch->job->exit_code = signals_exit_code();
        }
    }
}

static Status report_given_up(const Launcher *launcher, const char *reason) {
    ErrorList *errors = launch_errors(launcher);
    fail(errors, E601, NO_PLACE, "no rank can be kept alive: %d starts without progress (%s)",
         IDLE_LAUNCHES + 1, reason);
    error_note(errors, "what mpirun said: `%s`", launcher->log_path);
    error_help(errors, "try -j 1, which needs no MPI");
    return E601;
}

static void blame_hosts(Launcher *launcher) {
    Arena *scratch = arena_create();
    launch_site_blame(&launcher->site, read_log(launcher, scratch));
    arena_destroy(&scratch);
}

static Status supervise(Launcher *launcher, LaunchOutcome *outcome) {
    for (;;) {
        int wait_status = 0;
        TRY(launch_once(launcher, &wait_status));
        outcome->rank_count = launcher->site.rank_count;
        outcome->launch_count = launcher->launch;
        if (has_ended(launcher)) {
            return DONE;
        }
        if (signals_count() > 0) {
            report_stopped(launcher);
            return DONE;
        }
        const char *reason = describe_end(launcher, wait_status);
        launcher->idle_launches = launcher->has_progressed ? 0 : launcher->idle_launches + 1;
        if (!launcher->has_progressed) {
            blame_hosts(launcher);
        }
        if (launcher->idle_launches > IDLE_LAUNCHES) {
            return report_given_up(launcher, reason);
        }
        warn(launch_errors(launcher), E601, NO_PLACE, "%s: restarted the ranks", reason);
        progress_say(launcher->progress, "%s: starting the ranks again", reason);
    }
}

/* What an earlier command left in the journals is not news: skipped. */
static Status watch_jobs(Launcher *launcher) {
    Batch *batch = launcher->batch;
    launcher->watches = arena_array(batch->arena, (size_t)batch->count, sizeof(JobWatch));
    for (int job = 0; job < batch->count; job++) {
        JobWatch *watch = &launcher->watches[job];
        watch->job = batch->jobs[job];
        watch->index = job;
        watch->journal_path = path_join(batch->arena, watch->job->run.state_folder, "journal");
        TRY(journal_read(watch->journal_path, &watch->offset, NULL, NULL, watch->job->errors));
    }
    return DONE;
}

/* Jobs that did not end: the launch has failed, not they. */
static void end_unfinished(const Launcher *launcher, Status status) {
    const StatusInfo *info = status_info(status);
    for (int job = 0; job < launcher->batch->count; job++) {
        if (!launcher->watches[job].has_ended) {
            launcher->watches[job].job->exit_code = info ? info->exit_code : 1;
        }
    }
}

void launcher_run(Batch *batch, int rank_count, Progress *progress, LaunchOutcome *outcome) {
    Run *lead = &batch->jobs[0]->run;
    Launcher launcher = {.batch = batch,
                         .progress = progress,
                         .log_path =
                             path_join(batch->arena, lead->output_folder, "logs/mpirun.txt")};
    Status status = watch_jobs(&launcher);
    if (status == DONE) {
        status = launch_site_open(lead, batch->jobs[0]->options, rank_count, progress,
                                  &launcher.site, batch->jobs[0]->errors);
    }
    if (status == DONE) {
        signals_open(SIGNALS_LAUNCHER);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        launch_folders_sweep();
        unlink(launcher.log_path);
        status = supervise(&launcher, outcome);
        leave_place(&launcher);
        launch_site_close(&launcher.site);
    }
    progress_clear(progress);
    if (status != DONE) {
        end_unfinished(&launcher, status);
    }
}
