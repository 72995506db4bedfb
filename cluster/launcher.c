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
#include "cluster/signals.h"
#include "render/base/files.h"

static const double silent_limit_s = 30.0; /* rank 0 beats every second once it has its plan */
static const double joined_limit_s = 10.0; /* from mpirun to rank 0, over ssh */
static const double stopped_limit_s = 3.0; /* rank 0 held by SIGSTOP */
static const double end_limit_s = 5.0;     /* from the end record to the end of mpirun */
static const double stop_limit_s = 20.0;   /* SIGTERM: then the ranks are ended */
static const double longest_step_s = 1.0;  /* more is our own pause (Ctrl-Z), not silence */
static const double burial_limit_s = 2.0;
static const long poll_ns = 20000000;
static const size_t log_limit_bytes = 16u << 20;

typedef struct Launcher {
    Run *run;
    Progress *progress;
    LaunchSite site;
    const char *journal_path, *log_path;
    LaunchFolder folder;
    int launch;
    off_t log_begin; /* length of the log before this launch */
    pid_t child;
    long offset; /* in the journal */
    ErrorList *errors;
    /* of this launch */
    bool has_ended, has_progressed;
    int exit_code;
    double silent_s, ended_s, stopping_s;
    int sent_stops;
    bool was_silent;
    bool has_joined; /* rank 0 lives */
    long rank_zero;  /* its pid on this host, 0: not known yet, or on another */
    double stopped_s;
} Launcher;

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

static Status start_ranks(Launcher *launcher) {
    Arena *arena = launcher->run->arena;
    const char *const command[] = {launcher->site.program, "worker", launcher->run->state_folder,
                                   arena_format(arena, "%d", launcher->launch), NULL};
    LaunchOrder order;
    TRY(launch_site_order(&launcher->site, launcher->folder.path, command, &order,
                          launcher->errors));
    const char *const *arguments = launch_arguments(&order, arena);
    const int log =
        open(launcher->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (log < 0) {
        return fail(launcher->errors, status_from_errno(errno), NO_PLACE, "cannot write `%s`: %s",
                    launcher->log_path, strerror(errno));
    }
    launcher->child = fork();
    if (launcher->child == 0) {
        become_mpirun(&order, arguments, log);
    }
    close(log);
    if (launcher->child < 0) {
        return fail(launcher->errors, E517, NO_PLACE, "cannot start mpirun: %s", strerror(errno));
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

static void take_event(void *context, const json_t *event) {
    Launcher *launcher = context;
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
    if (strcmp(name, "message") == 0) {
        message_from_json(event, launcher->run->arena, launcher->errors);
    } else if (strcmp(name, "end") == 0) {
        launcher->has_ended = true;
        launcher->exit_code = (int)json_integer_value(json_object_get(event, "code"));
    }
    progress_take(launcher->progress, name, event, clock_now_s());
}

static void read_journal(Launcher *launcher) {
    Arena *scratch = arena_create();
    ErrorList *ignored = errors_create(scratch);
    journal_read(launcher->journal_path, &launcher->offset, take_event, launcher, ignored);
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
        progress_say(launcher->progress, "%sfinishing %d tasks, press again to stop now",
                     signals_last() == SIGUSR1 ? "time limit coming: " : "",
                     progress_count_running(launcher->progress));
        send_stop(launcher);
    }
    const bool is_late = signals_last() == SIGTERM && launcher->stopping_s > stop_limit_s;
    const bool is_too_early = !launcher->has_joined;
    if (requests > 1 || is_late || is_too_early) {
        end_ranks(launcher);
    }
}

static void watch_time(Launcher *launcher, double step_s) {
    const double counted_s = step_s < longest_step_s ? step_s : longest_step_s;
    launcher->silent_s += counted_s;
    if (launcher->has_ended) {
        launcher->ended_s += counted_s;
    }
    pass_stop_on(launcher, counted_s);
    const bool is_stopped = launcher->rank_zero > 0 && process_is_stopped(launcher->rank_zero);
    launcher->stopped_s = is_stopped ? launcher->stopped_s + counted_s : 0.0;
    const bool is_starting = launcher->site.hosts.count > 0 && !launcher->has_joined;
    const double limit_s = is_starting ? joined_limit_s : silent_limit_s;
    if (launcher->silent_s > limit_s || launcher->stopped_s > stopped_limit_s) {
        launcher->was_silent = true;
        end_ranks(launcher);
    } else if (launcher->ended_s > end_limit_s) {
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

/* Until mpirun is gone. Returns its wait status. */
static int watch(Launcher *launcher) {
    int status = 0;
    double last_s = clock_now_s();
    for (;;) {
        const pid_t gone = waitpid(launcher->child, &status, WNOHANG);
        read_journal(launcher);
        if (gone != 0) {
            return status;
        }
        const double now_s = clock_now_s();
        progress_draw(launcher->progress, now_s);
        watch_time(launcher, now_s - last_s);
        last_s = now_s;
        nanosleep(&(struct timespec){.tv_nsec = poll_ns}, NULL);
    }
}

/* ---- again and again ---- */

static const char *describe_end(const Launcher *launcher, int status) {
    if (launcher->was_silent) {
        return "rank 0 was silent or stopped";
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) > 128) {
        return arena_format(launcher->run->arena, "a rank ended by signal %d",
                            WEXITSTATUS(status) - 128);
    }
    if (WIFEXITED(status)) {
        return arena_format(launcher->run->arena, "mpirun ended with code %d", WEXITSTATUS(status));
    }
    return arena_format(launcher->run->arena, "mpirun ended by signal %d", WTERMSIG(status));
}

static Status launch_once(Launcher *launcher, int *wait_status) {
    launcher->launch++;
    launcher->has_ended = launcher->has_progressed = false;
    launcher->was_silent = false;
    launcher->silent_s = launcher->ended_s = launcher->stopped_s = 0.0;
    launcher->rank_zero = 0;
    launcher->has_joined = false;
    struct stat log;
    launcher->log_begin = stat(launcher->log_path, &log) == 0 ? log.st_size : 0;
    TRY(launch_folder_make(launcher->run->arena, &launcher->folder, launcher->errors));
    Status status = launch_site_survey(&launcher->site, launcher->folder.path, launcher->errors);
    if (status == DONE) {
        status = start_ranks(launcher);
        launcher->site.has_launched = true;
    }
    if (status == DONE) {
        *wait_status = watch(launcher);
        bury_orphans();
    }
    launch_folder_remove(&launcher->folder);
    return status;
}

static Status report_stopped(const Launcher *launcher, LaunchOutcome *outcome) {
    fail(launcher->errors, E604, NO_PLACE, "stopped");
    error_help(launcher->errors, "to go on: nocturne resume %s", launcher->run->output_folder);
    outcome->exit_code = signals_exit_code();
    return E604;
}

static Status report_given_up(const Launcher *launcher, const char *reason) {
    fail(launcher->errors, E601, NO_PLACE,
         "no rank can be kept alive: %d starts without progress (%s)", IDLE_LAUNCHES + 1, reason);
    error_note(launcher->errors, "what mpirun said: `%s`", launcher->log_path);
    error_help(launcher->errors, "try -j 1, which needs no MPI");
    return E601;
}

/* What was said since the log had this length. */
static const char *read_log(const Launcher *launcher, Arena *arena) {
    FileBytes log = {.bytes = ""};
    file_read(launcher->log_path, log_limit_bytes, NO_PLACE, arena, &log, errors_create(arena));
    const size_t begin = (size_t)launcher->log_begin;
    return begin < log.size_bytes ? log.bytes + begin : "";
}

static void blame_hosts(Launcher *launcher) {
    Arena *scratch = arena_create();
    launch_site_blame(&launcher->site, read_log(launcher, scratch));
    arena_destroy(&scratch);
}

static Status supervise(Launcher *launcher, LaunchOutcome *outcome) {
    int idle_launches = 0;
    for (;;) {
        int wait_status = 0;
        TRY(launch_once(launcher, &wait_status));
        outcome->rank_count = launcher->site.rank_count;
        outcome->launch_count = launcher->launch;
        if (launcher->has_ended) {
            outcome->exit_code = launcher->exit_code;
            return DONE;
        }
        if (signals_count() > 0) {
            return report_stopped(launcher, outcome);
        }
        const char *reason = describe_end(launcher, wait_status);
        idle_launches = launcher->has_progressed ? 0 : idle_launches + 1;
        if (!launcher->has_progressed) {
            blame_hosts(launcher);
        }
        if (idle_launches > IDLE_LAUNCHES) {
            return report_given_up(launcher, reason);
        }
        warn(launcher->errors, E601, NO_PLACE, "%s: restarted the ranks", reason);
        progress_say(launcher->progress, "%s: starting the ranks again", reason);
    }
}

Status launcher_run(Run *run,
                    const Options *options,
                    int rank_count,
                    Progress *progress,
                    LaunchOutcome *outcome,
                    ErrorList *errors) {
    Launcher launcher = {.run = run,
                         .progress = progress,
                         .journal_path = path_join(run->arena, run->state_folder, "journal"),
                         .log_path = path_join(run->arena, run->output_folder, "logs/mpirun.txt"),
                         .errors = errors};
    if (launch_site_open(run, options, rank_count, progress, &launcher.site, errors) != DONE) {
        outcome->exit_code = errors_exit_code(errors);
        return errors_first(errors)->status;
    }
    signals_open(SIGNALS_LAUNCHER);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    launch_folders_sweep();
    /* what an earlier command left in the journal is not news: skip it */
    TRY(journal_read(launcher.journal_path, &launcher.offset, NULL, NULL, errors));
    unlink(launcher.log_path);
    const Status status = supervise(&launcher, outcome);
    launch_site_close(&launcher.site);
    progress_clear(progress);
    if (status != DONE && outcome->exit_code == 0) {
        outcome->exit_code = errors_exit_code(errors);
    }
    return status;
}
