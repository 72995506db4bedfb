/* `doctor`: whether this machine can render. */
#include "cluster/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cluster/answer.h"
#include "cluster/launch_arguments.h"
#include "cluster/own_machine.h"
#include "cluster/run.h"
#include "cluster/subprocess.h"
#include "cluster/transport_mpi.h"
#include "cluster/versions.h"
#include "render/base/files.h"

static const double launch_limit_s = 10.0;
static const double space_warning_bytes = 5e9; /* a reel of 24-bit stems in four layouts */
static const double space_failure_bytes = 1e8;
static const rlim_t descriptors_needed = 256;  /* inputs of a large job and the store */
static const rlim_t bytes_needed = 4294967296; /* memory of a rank; longest file of a reel */
static const char default_sofa[] = "/usr/share/libmysofa/default.sofa"; /* sys:default.sofa */

typedef enum Finding { FINDING_OK, FINDING_WARN, FINDING_FAIL, FINDING_COUNT } Finding;
static const char *const finding_words[FINDING_COUNT] = {"ok", "warn", "FAIL"};

typedef struct Doctor {
    const Options *options;
    Arena *arena;
    json_t *findings;
    int counts[FINDING_COUNT];
} Doctor;

static void found(Doctor *doctor, Finding finding, const char *topic, const char *text) {
    const char *word = finding_words[finding];
    doctor->counts[finding]++;
    json_array_append_new(doctor->findings, json_pack("{s:s, s:s, s:s}", "finding", word, "topic",
                                                      topic, "text", text));
    if (!doctor->options->is_json && (finding != FINDING_OK || !doctor->options->is_quiet)) {
        printf("%-5s %-16s %s\n", word, topic, text);
    }
}

static void examine_libraries(Doctor *doctor) {
    int count = 0;
    const LibraryVersion *libraries = library_versions(doctor->arena, &count);
    found(doctor, FINDING_OK, "nocturne", program_version());
    found(doctor, FINDING_OK, "compiler", compiler_version());
    for (int library = 0; library < count; library++) {
        found(doctor, FINDING_OK, libraries[library].name, libraries[library].version);
    }
}

/* The flags of a launch are known for some major versions of Open MPI. */
static void examine_mpi_version(Doctor *doctor, const char *version) {
    const int major = launch_read_major(version);
    if (major == MPI_UNKNOWN) {
        found(doctor, FINDING_WARN, "MPI version",
              arena_format(doctor->arena, "`%s` is not known: flags of Open MPI %d are used",
                           version, MPI_NEWEST_TESTED));
    } else if (major > MPI_NEWEST_TESTED) {
        found(doctor, FINDING_WARN, "MPI version",
              arena_format(doctor->arena, "%s: its flags are not tested", version));
    } else {
        found(doctor, FINDING_OK, "MPI version", version);
    }
}

/* Those of the table (launch_arguments.c) that this Open MPI does not know are of no effect. */
static void examine_mpi_flags(Doctor *doctor, const char *mpirun, int major) {
    const char *listed = launch_ask_parameters(mpirun, major, doctor->arena);
    const char *unknown = launch_unknown_parameters(major, listed, doctor->arena);
    if (*listed == '\0') {
        return; /* it has no ompi_info */
    }
    if (*unknown == '\0') {
        found(doctor, FINDING_OK, "MPI flags", "all that a launch sets are known");
    } else {
        found(doctor, FINDING_WARN, "MPI flags",
              arena_format(doctor->arena, "not known to this Open MPI: %s", unknown));
    }
}

/* Two ranks of a program that does nothing: what fails here fails for every render with -j. */
static void examine_mpi(Doctor *doctor) {
    static const char *const nothing[] = {"/bin/true", NULL};
    Arena *arena = doctor->arena;
    if (!ranks_are_built_in()) {
        found(doctor, FINDING_WARN, "MPI", "not built in: only -j 1 works");
        return;
    }
    const char *path = getenv("PATH"); // NOLINT(concurrency-mt-unsafe): one thread
    const char *mpirun = own_machine_find_mpirun(path, arena);
    if (!mpirun) {
        found(doctor, FINDING_WARN, "MPI",
              "no mpirun in PATH: only -j 1 works; install openmpi-bin");
        return;
    }
    const char *version = launch_ask_version(mpirun, arena);
    const LaunchOrder order = {.starter = mpirun,
                               .mpi_major = launch_read_major(version),
                               .launch_folder = "/tmp",
                               .command = nothing,
                               .rank_count = 1};
    examine_mpi_version(doctor, version);
    examine_mpi_flags(doctor, mpirun, order.mpi_major);
    const int exit_code = subprocess_run(launch_arguments(&order, arena), launch_limit_s);
    if (exit_code == 0) {
        found(doctor, FINDING_OK, "MPI", arena_format(arena, "%s starts 2 ranks", mpirun));
    } else {
        found(doctor, FINDING_FAIL, "MPI",
              arena_format(arena, "%s cannot start 2 ranks (code %d)", mpirun, exit_code));
    }
}

static void
examine_limit(Doctor *doctor, int resource, rlim_t needed, const char *topic, const char *what) {
    struct rlimit limit = {0};
    getrlimit((__rlimit_resource_t)resource, &limit);
    if (limit.rlim_cur == RLIM_INFINITY) {
        found(doctor, FINDING_OK, topic, "unlimited");
        return;
    }
    found(doctor, limit.rlim_cur >= needed ? FINDING_OK : FINDING_WARN, topic,
          arena_format(doctor->arena, "%llu %s", (unsigned long long)limit.rlim_cur, what));
}

static void examine_machine(Doctor *doctor) {
    found(doctor, FINDING_OK, "cores",
          arena_format(doctor->arena, "%d for this process", own_machine_count_cores()));
    examine_limit(doctor, RLIMIT_NOFILE, descriptors_needed, "open files", "(ulimit -n)");
    examine_limit(doctor, RLIMIT_FSIZE, bytes_needed, "file size", "bytes (ulimit -f)");
    examine_limit(doctor, RLIMIT_AS, bytes_needed, "memory", "bytes (ulimit -v)");
}

/* Making a file anew must fail when it is there: locks and objects rely on it. */
static bool exclusive_create_works(const char *path) {
    const int flags = O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC;
    const int first = open(path, flags, 0666);
    const int second = open(path, flags, 0666);
    const bool works = first >= 0 && second < 0 && errno == EEXIST;
    if (first >= 0) {
        close(first);
    }
    if (second >= 0) {
        close(second);
    }
    return works;
}

/* What publishing and the store ask of a file system, tried in a folder of our own. */
static const char *try_file_system(const char *folder, Arena *arena) {
    ErrorList *problems = errors_create(arena);
    const char *first = path_join(arena, folder, "first");
    const char *second = path_join(arena, folder, "second");
    const char *third = path_join(arena, folder, "third");
    if (!exclusive_create_works(first)) {
        return "files cannot be made, or not exclusively (O_EXCL)";
    }
    if (file_write_atomically(second, "x", 1, problems) != DONE ||
        path_rename(second, first, problems) != DONE) {
        return "files cannot be renamed over others";
    }
    if (folder_make(third, problems) != DONE ||
        path_rename(third, path_join(arena, folder, "fourth"), problems) != DONE) {
        return "folders cannot be renamed";
    }
    return NULL;
}

static void examine_space(Doctor *doctor, const char *folder, const char *topic) {
    struct statvfs facts = {0};
    if (statvfs(folder, &facts) != 0) {
        found(doctor, FINDING_FAIL, topic, "free space cannot be read");
        return;
    }
    const double free_bytes = (double)facts.f_bavail * (double)facts.f_frsize;
    const Finding finding = free_bytes < space_failure_bytes   ? FINDING_FAIL
                            : free_bytes < space_warning_bytes ? FINDING_WARN
                                                               : FINDING_OK;
    found(doctor, finding, topic, arena_format(doctor->arena, "%.1f GB free", free_bytes / 1e9));
}

static void examine_folder(Doctor *doctor, const char *folder, const char *topic) {
    Arena *arena = doctor->arena;
    char *trial = arena_format(arena, "%s/.nocturne-doctor-XXXXXX", folder);
    if (!mkdtemp(trial)) {
        found(doctor, FINDING_FAIL, topic, arena_format(arena, "%s is not writable", folder));
        return;
    }
    const char *problem = try_file_system(trial, arena);
    folder_remove(trial, errors_create(arena));
    found(doctor, problem ? FINDING_FAIL : FINDING_OK, topic,
          problem ? arena_format(arena, "%s: %s", folder, problem)
                  : arena_format(arena, "%s: writes, renames, creates exclusively", folder));
    examine_space(doctor, folder, topic);
}

static void examine_store(Doctor *doctor) {
    Arena *arena = doctor->arena;
    ErrorList *problems = errors_create(arena);
    const char *store = run_store_folder(doctor->options, arena);
    if (!store) {
        found(doctor, FINDING_WARN, "store", "no HOME: every output folder has its own");
    } else if (folder_make(store, problems) == DONE) {
        examine_folder(doctor, store, "store");
    } else {
        found(doctor, FINDING_FAIL, "store", "cannot be made");
    }
}

static void examine_hrtf(Doctor *doctor) {
    Sha256Text sha256;
    ErrorList *problems = errors_create(doctor->arena);
    if (file_sha256(default_sofa, NO_PLACE, sha256, problems) == DONE) {
        found(doctor, FINDING_OK, "default HRTF",
              arena_format(doctor->arena, "%s  sha256 %s", default_sofa, sha256));
    } else {
        found(doctor, FINDING_WARN, "default HRTF",
              "sys:default.sofa is missing: binaural jobs need a `sofa:` of their own");
    }
}

static int examine(Doctor *doctor) {
    examine_libraries(doctor);
    examine_mpi(doctor);
    examine_machine(doctor);
    examine_folder(doctor, ".", "current folder");
    examine_store(doctor);
    examine_hrtf(doctor);
    const int exit_code = doctor->counts[FINDING_FAIL] ? 5 : 0;
    if (doctor->options->is_json) {
        answer_json(json_pack("{s:b, s:i, s:O}", "ok", exit_code == 0, "exit_code", exit_code,
                              "findings", doctor->findings));
    }
    return exit_code;
}

int command_doctor(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    Doctor doctor = {.options = options, .arena = arena, .findings = json_array()};
    const int exit_code = answer_check_count(options, 0, 0, "", errors) == DONE
                              ? examine(&doctor)
                              : answer_failure(options, errors, NULL);
    json_decref(doctor.findings);
    arena_destroy(&arena);
    return exit_code;
}
