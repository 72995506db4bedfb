/* The command line: the table of options, how each is read, and the help made from it. */
#include "cluster/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/ready_queue.h"
#include "jobs/suggest.h"

enum {
    RANK_LIMIT = 4096,        /* more ranks than any cluster this was made for */
    SPAN_BLOCK_LIMIT = 65536, /* 2^31 samples: 12 h at 48 kHz in one span */
    FIRST_LONG_OPTION = 256   /* getopt_long values above every letter */
};

static const double default_space_wait_s = 3600.0; /* somebody has read the notice by then */

typedef struct OptionRow OptionRow;
typedef Status (*OptionReader)(const OptionRow *row,
                               const char *value,
                               Options *options,
                               ErrorList *errors);

struct OptionRow {
    const char *name;
    char letter;          /* 0: none */
    const char *argument; /* NULL: a switch */
    const char *verbs;    /* words; NULL: every verb */
    OptionReader read;
    size_t member; /* of Options, for the readers that fill one member */
    const char *help;
};

static Status fail_value(const OptionRow *row, const char *value, ErrorList *errors) {
    return fail(errors, E002, NO_PLACE, "bad value `%s` for `--%s`", value, row->name);
}

static Status
read_switch(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    (void)value;
    (void)errors;
    *(bool *)((char *)options + row->member) = true;
    return DONE;
}

static Status
read_text(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    if (!*value) {
        return fail(errors, E002, NO_PLACE, "the value of `--%s` is empty", row->name);
    }
    *(const char **)((char *)options + row->member) = value;
    return DONE;
}

/* Whole decimal numbers between 1 and limit. */
static Status
read_count(const OptionRow *row, const char *value, long limit, long *out, ErrorList *errors) {
    char *end = NULL;
    errno = 0;
    const long number = strtol(value, &end, 10);
    if (errno || end == value || *end || number < 1 || number > limit) {
        return fail(errors, E002, NO_PLACE,
                    "`--%s` takes a whole number between 1 and %ld, not `%s`", row->name, limit,
                    value);
    }
    *out = number;
    return DONE;
}

static Status
read_jobs(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    long count = 0;
    TRY(read_count(row, value, RANK_LIMIT, &count, errors));
    options->rank_count = (int)count;
    return DONE;
}

static Status
read_span_blocks(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    long count = 0;
    TRY(read_count(row, value, SPAN_BLOCK_LIMIT, &count, errors));
    options->span_blocks = count;
    return DONE;
}

static Status
read_space_wait(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    enum { LIMIT_MINUTES = 7 * 24 * 60 };
    long minutes = 0;
    if (strcmp(value, "0") != 0) {
        TRY(read_count(row, value, LIMIT_MINUTES, &minutes, errors));
    }
    options->space_wait_s = 60.0 * (double)minutes;
    return DONE;
}

/* `5%`, `5 %`, `0.5%`: a share of tasks, more than none and at most all. */
static Status
read_share(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    char *end = NULL;
    const double percent = strtod(value, &end);
    end += end != value && *end == ' ';
    if (end == value || strcmp(end, "%") != 0 || !(percent > 0.0 && percent <= 100.0)) {
        const Status status = fail_value(row, value, errors);
        error_note(errors, "it takes a share above 0%% and up to 100%%, such as 5%%");
        return status;
    }
    options->rerender_share = percent / 100.0;
    return DONE;
}

/* `500M`, `20G`, `1.5T`, bytes without a letter; powers of 1000. */
static Status read_bytes(const OptionRow *row, const char *value, int64_t *out, ErrorList *errors) {
    static const char letters[] = "KMGT";
    char *end = NULL;
    double bytes = strtod(value, &end);
    const char *letter = end != value && *end ? strchr(letters, *end) : NULL;
    for (const char *at = letters; letter && at <= letter; at++) {
        bytes *= 1000.0;
    }
    end += letter != NULL;
    if (end == value || *end || !(bytes >= 0.0 && bytes < 1e18)) {
        const Status status = fail_value(row, value, errors);
        error_note(errors, "it takes a size such as 500M, 20G or 1.5T");
        return status;
    }
    *out = (int64_t)bytes;
    return DONE;
}

static Status
read_size(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    return read_bytes(row, value, &options->limit_bytes, errors);
}

static Status
read_memory(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    TRY(read_bytes(row, value, &options->memory_bytes, errors));
    if (options->memory_bytes == 0) {
        return fail_value(row, value, errors);
    }
    return DONE;
}

/* NAME=VALUE with both parts written. */
static Status check_pair(const OptionRow *row, const char *value, ErrorList *errors) {
    const char *sign = strchr(value, '=');
    if (!sign || sign == value || !sign[1]) {
        const Status status = fail_value(row, value, errors);
        error_note(errors, "write it as %s", row->argument);
        return status;
    }
    return DONE;
}

static Status fail_too_often(const OptionRow *row, size_t limit, ErrorList *errors) {
    return fail(errors, E002, NO_PLACE, "`--%s` stands more than %zu times", row->name, limit);
}

/* The text itself is kept; its `=` becomes the end of the name. */
static Status
read_root(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    const size_t limit = sizeof options->roots / sizeof *options->roots;
    TRY(check_pair(row, value, errors));
    if ((size_t)options->root_count == limit) {
        return fail_too_often(row, limit, errors);
    }
    char *sign = strchr(value, '=');
    *sign = '\0';
    options->roots[options->root_count++] = (JobRootOption){.name = value, .path = sign + 1};
    return DONE;
}

static Status
read_set(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    const size_t limit = sizeof options->sets / sizeof *options->sets;
    TRY(check_pair(row, value, errors));
    if ((size_t)options->set_count == limit) {
        return fail_too_often(row, limit, errors);
    }
    options->sets[options->set_count++] = value;
    return DONE;
}

static Status
read_profile(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    const size_t limit = sizeof options->profiles / sizeof *options->profiles;
    if ((size_t)options->profile_count == limit) {
        return fail_too_often(row, limit, errors);
    }
    options->profiles[options->profile_count++] = value;
    return DONE;
}

/* One of the words separated by `|` in row->argument; out: its number. */
static Status read_word(const OptionRow *row, const char *value, int *out, ErrorList *errors) {
    const size_t length = strlen(value);
    int number = 0;
    for (const char *word = row->argument; word; number++) {
        const char *end = strchrnul(word, '|');
        if ((size_t)(end - word) == length && length && !strncmp(word, value, length)) {
            *out = number;
            return DONE;
        }
        word = *end ? end + 1 : NULL;
    }
    const Status status = fail_value(row, value, errors);
    error_note(errors, "it takes one of %s", row->argument);
    return status;
}

static Status
read_grade(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    return read_word(row, value, &options->grade, errors);
}

/* The words are in the order of FftEngine. */
static Status
read_fft(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    return read_word(row, value, &options->fft, errors);
}

/* The words are in the order of JobClass. */
static Status
read_priority(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    return read_word(row, value, &options->urgency, errors);
}

/* The words are those of the machine profile, too. */
static Status
read_intermediates(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    int word = 0;
    TRY(read_word(row, value, &word, errors));
    options->intermediates = value;
    return DONE;
}

static Status
read_format(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    static const DiagnosticFormat formats[] = {FORMAT_HUMAN, FORMAT_SHORT, FORMAT_GITHUB,
                                               FORMAT_JSON};
    int word = 0;
    TRY(read_word(row, value, &word, errors));
    options->format = formats[word];
    return DONE;
}

static Status
read_progress(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    static const ProgressMode modes[] = {PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_LINES,
                                         PROGRESS_NONE};
    int word = 0;
    TRY(read_word(row, value, &word, errors));
    options->progress = modes[word];
    return DONE;
}

static bool terminal_has_colour(void) {
    const char *terminal = getenv("TERM");      // NOLINT(concurrency-mt-unsafe): one thread
    const char *no_colour = getenv("NO_COLOR"); // NOLINT(concurrency-mt-unsafe): one thread
    const bool is_refused = no_colour && *no_colour;
    return !is_refused && terminal && strcmp(terminal, "dumb") != 0 && isatty(STDERR_FILENO);
}

static Status
read_colour(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    int word = 0;
    TRY(read_word(row, value, &word, errors));
    options->has_colour = word == 1 || (word == 0 && terminal_has_colour());
    return DONE;
}

static Status
read_verbose(const OptionRow *row, const char *value, Options *options, ErrorList *errors) {
    (void)row;
    (void)value;
    (void)errors;
    options->verbosity++;
    return DONE;
}

#define RENDERING "render resume deliver worker"
#define MIXING    "check plan list " RENDERING
#define READING   "resolve explain diff " MIXING
#define AT(name)  offsetof(Options, name)

/* The words of --format and --progress are in the order of the arrays of their readers. */
/* Two lines an option, its help on the second. */
// clang-format off
static const OptionRow rows[] = {
    {"jobs", 'j', "N", RENDERING " plan", read_jobs, 0,
     "computing ranks, 1 to 4096 (default: the cores this process may use)"},
    {"output", 'o', "DIR", RENDERING " plan adm", read_text, AT(output),
     "the output folder (default: out/CODE[_REEL]_CUT; adm: out/NAME)"},
    {"hosts", 0, "HOST[:N],...|FILE", "render resume", read_text, AT(hosts),
     "computes on these hosts too, reached by ssh; N ranks each (default: its cores)"},
    {"slurm", 0, NULL, "render resume", read_switch, AT(is_slurm),
     "computes on the nodes of this Slurm allocation, started by srun, never by ssh"},
    {"keep-ranks", 0, NULL, "render resume", read_switch, AT(keeps_ranks),
     "when a rank dies the others go on, without a new start of all"},
    {"notify", 0, "COMMAND", "render resume", read_text, AT(notify),
     "a shell command that is run at the end, with the outcome as JSON on its standard input"},
    {"queue", 0, "DIR", "render", read_text, AT(queue),
     "renders the jobs in a folder, then moves them to its done/ or failed/"},
    {"priority", 0, "preview|deadline|bulk", "render", read_priority, 0,
     "of the jobs that are named here, before or behind those of the queue (default: deadline)"},
    {"watch", 0, NULL, "status", read_switch, AT(is_watching),
     "again every second, until the run ends"},
    {"ssh", 0, "COMMAND", "render resume", read_text, AT(ssh),
     "how the hosts are reached: 'ssh -F FILE' (default: ssh)"},
    {"network", 0, "ADDRESS/BITS", "render resume", read_text, AT(network),
     "the network between the ranks (default: the one that leads to the hosts)"},
    {"store", 0, "DIR", RENDERING " plan doctor cache", read_text, AT(store),
     "where results are kept for reuse (default: the user's cache folder)"},
    {"scratch", 0, "DIR", RENDERING, read_text, AT(scratch),
     "copies of results on a disk of every host (default: below /tmp for a store on a network)"},
    {"intermediates", 0, "shared|local", RENDERING, read_intermediates, 0,
     "local: layers and spans stay on the host that makes them, with a scratch (default: shared)"},
    {"root", 0, "NAME=DIR", READING, read_root, 0,
     "a folder that inputs may come from, as NAME:file in the job"},
    {"alt", 0, "NAME", READING, read_text, AT(alternate),
     "an alternate of the job instead of its main version"},
    {"key", 0, "PATH", "explain", read_text, AT(key),
     "a value of the job: who wrote it, and over whom"},
    {"exit-code", 0, NULL, "diff", read_switch, AT(has_exit_code),
     "exit code 13 when there is a difference"},
    {"task", 0, "NAME", "explain", read_text, AT(task),
     "a task of a run: why it had to run; NAME or the begin of it"},
    {"against", 0, "DIR", "plan", read_text, AT(against),
     "an earlier run: which tasks run again, and why"},
    {"rerender", 0, "N%", "verify", read_share, 0,
     "renders that share of the tasks once more and compares every bit"},
    {"limit", 0, "SIZE", "cache", read_size, 0,
     "what trim leaves at most: 500M, 20G, 1.5T"},
    {"set", 0, "PATH=VALUE", READING, read_set, 0,
     "replaces one value of the job: layers.voice.gain='-3 dB'"},
    {"grade", 0, "final|proxy", READING, read_grade, 0,
     "replaces project.grade"},
    {"span-blocks", 0, "N", RENDERING " plan", read_span_blocks, 0,
     "length of a span in blocks of 32768 samples; never audible"},
    {"memory", 0, "SIZE", RENDERING " plan", read_memory, 0,
     "most memory for the spectra of rooms, per rank (default 1G); never audible"},
    {"fft", 0, "lane|fftw", RENDERING " plan", read_fft, 0,
     "who transforms in the convolvers: lane (default, the same bits on every CPU) or FFTW"},
    {"strict", 0, NULL, MIXING " adm qc", read_switch, AT(is_strict),
     "warnings count as errors"},
    {"lint", 0, NULL, "check", read_switch, AT(has_lint),
     "prints the hints on style and sound too"},
    {"inputs", 0, NULL, "check", read_switch, AT(has_inputs),
     "opens every input and checks its header as well"},
    {"allow-qc-fail", 0, NULL, RENDERING, read_switch, AT(allow_qc_fail),
     "publishes also what fails a loudness, peak or null gate"},
    {"wait-for-space", 0, "MINUTES", RENDERING, read_space_wait, 0,
     "how long a full disk or quota is waited for (default 60, 0: not at all)"},
    {"take-over", 0, NULL, RENDERING, read_switch, AT(take_over),
     "takes the output folder from a run that only looks alive"},
    {"core", 0, NULL, "list", read_switch, AT(is_core),
     "only the keys that a first job needs"},
    {"profile", 0, "NAME", "deliver", read_profile, 0,
     "a delivery profile, once for every set: NAME, NAME@VERSION or a file; nocturne list profiles"},
    {"write-job", 0, "FILE", "deliver", read_text, AT(job_file),
     "writes the job that it stands for, and makes nothing (-: to stdout)"},
    {"to", 0, "LAYOUT[,LAYOUT...]", "adm", read_text, AT(to),
     "the layouts to render to, in one pass: 7.1.4, 5.1, 0+2+0 ..."},
    {"layout", 0, "LAYOUT", "qc", read_text, AT(layout),
     "what the channels of files are that do not say: 5.1, 7.1.4, 9+10+3 ..."},
    {"policy", 0, "FILE", "qc", read_text, AT(policy),
     "levels and limits of the checks, YAML (default: configs/policies/default.yaml)"},
    {"reference", 0, "FILE", "qc", read_text, AT(reference),
     "a mix whose spectrum the others are to have, in third octaves, as loud as they are"},
    {"programme", 0, "ID", "adm", read_text, AT(programme),
     "the audioProgramme to render (default: that with the lowest id)"},
    {"binaural", 0, "FILE", "pan", read_text, AT(binaural),
     "what the ears of a SOFA file hear: ITD and ILD instead of gains"},
    {"csv", 0, NULL, "list pan", read_switch, AT(is_csv),
     "comma-separated values with a header line"},
    {"json", 0, NULL, NULL, read_switch, AT(is_json),
     "one JSON object on stdout (render, resume: JSON lines)"},
    {"format", 0, "human|short|github|json", NULL, read_format, 0,
     "how errors and warnings are printed"},
    {"progress", 0, "auto|bar|lines|none", RENDERING " adm qc", read_progress, 0,
     "how progress is shown on stderr"},
    {"color", 0, "auto|always|never", NULL, read_colour, 0,
     "colours; auto: on a terminal, unless NO_COLOR or TERM=dumb"},
    {"quiet", 'q', NULL, NULL, read_switch, AT(is_quiet),
     "errors only"},
    {"verbose", 'v', NULL, NULL, read_verbose, 0,
     "says more; twice: everything"},
    {"help", 'h', NULL, NULL, read_switch, AT(wants_help),
     "help on a verb"},
    {"version", 0, NULL, NULL, read_switch, AT(wants_version),
     "versions of nocturne and of its libraries"},
};
// clang-format on
enum { ROW_COUNT = sizeof rows / sizeof *rows };
_Static_assert(ROW_COUNT <= 64, "used_options is a set of 64 bits");

static bool has_word(const char *words, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at += length) {
        const bool begins = at == words || at[-1] == ' ';
        if (begins && (at[length] == ' ' || !at[length])) {
            return true;
        }
    }
    return false;
}

static bool serves(const OptionRow *row, const char *verb) {
    return !row->verbs || (verb && has_word(row->verbs, verb));
}

void options_print(const char *verb, FILE *out) {
    for (int row = 0; row < ROW_COUNT; row++) {
        if (!serves(&rows[row], verb) || (!verb && rows[row].verbs)) {
            continue;
        }
        char left[48];
        const char letter[] = {'-', rows[row].letter, ',', ' ', '\0'};
        const char *argument = rows[row].argument ? rows[row].argument : "";
        snprintf(left, sizeof left, "%s--%s%s%s", rows[row].letter ? letter : "    ",
                 rows[row].name, *argument ? " " : "", argument);
        fprintf(out, "  %-38s %s\n", left, rows[row].help);
    }
}

void options_suggest(const char *word, const char *const *words, int count, ErrorList *errors) {
    const char *best = suggest_nearest(word, words, count);
    if (best) {
        error_help(errors, "did you mean `%s`?", best);
    }
}

/* What getopt_long needs, made from the table: [ROW_COUNT + 1] and the letters. */
static void make_getopt_tables(struct option *long_options, char *letters) {
    *letters++ = ':'; /* tell a missing value from an unknown option */
    for (int row = 0; row < ROW_COUNT; row++) {
        const int has_argument = rows[row].argument ? required_argument : no_argument;
        long_options[row] =
            (struct option){rows[row].name, has_argument, NULL, FIRST_LONG_OPTION + row};
        if (rows[row].letter) {
            *letters++ = rows[row].letter;
            if (rows[row].argument) {
                *letters++ = ':';
            }
        }
    }
    long_options[ROW_COUNT] = (struct option){0};
    *letters = '\0';
}

static Status fail_unknown(const char *word, ErrorList *errors) {
    if (word[0] != '-' || word[1] != '-') {
        return fail(errors, E001, NO_PLACE, "unknown option `%s`", word);
    }
    char name[64]; /* longer words are near to nothing */
    snprintf(name, sizeof name, "%.*s", (int)(strchrnul(word, '=') - word), word);
    const Status status = fail(errors, E001, NO_PLACE, "unknown option `%s`", name);
    const char *names[ROW_COUNT];
    for (int row = 0; row < ROW_COUNT; row++) {
        names[row] = rows[row].name;
    }
    const char *best = suggest_nearest(name + 2, names, ROW_COUNT);
    if (best) {
        error_help(errors, "did you mean `--%s`?", best);
    }
    return status;
}

static const OptionRow *find_row(int value) {
    if (value >= FIRST_LONG_OPTION) {
        return &rows[value - FIRST_LONG_OPTION];
    }
    for (int row = 0; value && row < ROW_COUNT; row++) {
        if (rows[row].letter == value) {
            return &rows[row];
        }
    }
    return NULL;
}

static Status fail_getopt(int value, char **argv, ErrorList *errors) {
    const OptionRow *row = find_row(optopt); /* 0: an unknown long option */
    if (value == ':' && row) {
        const Status status = fail(errors, E002, NO_PLACE, "`--%s` needs a value", row->name);
        if (row->read == read_jobs) {
            error_note(errors, "a whole number between 1 and %d", RANK_LIMIT);
        } else {
            error_note(errors, "write it as --%s %s", row->name, row->argument);
        }
        return status;
    }
    if (row) {
        return fail(errors, E002, NO_PLACE, "`--%s` takes no value", row->name);
    }
    if (optopt) {
        const char word[] = {'-', (char)optopt, '\0'};
        return fail_unknown(word, errors);
    }
    return fail_unknown(argv[optind - 1], errors);
}

/* --json rules: errors as JSON, no colour, no progress drawn. */
static void finish_options(Options *options) {
    if (options->is_json) {
        options->format = FORMAT_JSON;
        options->has_colour = false;
    }
}

static const char *find_program(const char *name, Arena *arena) {
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    return length > 0 && (size_t)length < sizeof path
               ? arena_copy_bytes(arena, path, (size_t)length)
               : name;
}

/* Reads every option; the first fault is returned, the others are collected. */
static Status read_options(int argc, char **argv, Options *options, ErrorList *errors) {
    struct option long_options[ROW_COUNT + 1];
    char letters[2 * ROW_COUNT + 2];
    Status first = DONE;
    int value = 0;
    make_getopt_tables(long_options, letters);
    optind = 0; /* GNU: start afresh, so that a second command line can be read */
    opterr = 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    while ((value = getopt_long(argc, argv, letters, long_options, NULL)) != -1) {
        Status status = DONE;
        if (value == '?' || value == ':') {
            status = fail_getopt(value, argv, errors);
        } else {
            const OptionRow *row = find_row(value);
            options->used_options |= (uint64_t)1 << (row - rows);
            status = row->read(row, optarg ? optarg : "", options, errors);
        }
        first = first ? first : status;
    }
    if (optind < argc) {
        options->verb = argv[optind];
        options->arguments = (const char *const *)argv + optind + 1;
        options->argument_count = argc - optind - 1;
    }
    return first;
}

Status options_check_verb(const Options *options, ErrorList *errors) {
    Status first = DONE;
    for (int row = 0; row < ROW_COUNT; row++) {
        const bool is_used = options->used_options >> row & 1;
        if (is_used && !serves(&rows[row], options->verb)) {
            const Status status =
                fail(errors, E001, NO_PLACE, "`--%s` is not an option of `nocturne %s`",
                     rows[row].name, options->verb);
            first = first ? first : status;
        }
    }
    return first;
}

Status options_parse(int argc, char **argv, Arena *arena, Options *options, ErrorList *errors) {
    *options = (Options){.grade = -1,
                         .fft = -1,
                         .urgency = JOB_DEADLINE,
                         .limit_bytes = -1,
                         .space_wait_s = default_space_wait_s,
                         .program = find_program(argv[0], arena)};
    options->has_colour = terminal_has_colour();
    const Status status = read_options(argc, argv, options, errors);
    finish_options(options);
    return status;
}
