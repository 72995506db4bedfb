#ifndef CLUSTER_OPTIONS_H
#define CLUSTER_OPTIONS_H
/* The command line: one table of options prints the help and reads the arguments. */
#include <stdbool.h>
#include <stdint.h>

#include "cluster/refused.h"
#include "jobs/diagnostic.h"
#include "jobs/job.h"
#include "render/base/error.h"

typedef enum ProgressMode {
    PROGRESS_AUTO,
    PROGRESS_BAR,
    PROGRESS_LINES,
    PROGRESS_NONE
} ProgressMode;

typedef struct Options {
    const char *verb;    /* NULL: none given */
    const char *program; /* argv[0], resolved to an absolute path: relaunched by the launcher */
    const char *const *arguments; /* what is left behind the verb and its options */
    int argument_count;
    int rank_count;      /* -j N; 0: the cores this process may use */
    const char *output;  /* -o DIR; NULL: out/CODE[_REEL]_CUT */
    const char *hosts;   /* --hosts HOST[:N],...|FILE; NULL: this machine alone */
    const char *ssh;     /* --ssh COMMAND; NULL: ssh */
    bool is_slurm;       /* --slurm: the nodes of this allocation */
    bool keeps_ranks;    /* --keep-ranks: those that live go on when one dies */
    const char *notify;  /* --notify COMMAND; NULL: nobody */
    bool is_watching;    /* --watch */
    const char *network; /* --network ADDRESS/BITS; NULL: the one that leads to the hosts */
    const char *store;   /* --store DIR; NULL: DECISIONS 25 */
    const char *sharing; /* of the machine profile, for a store that is made new; NULL: none */
    const char *scratch; /* --scratch DIR; NULL: run_scratch_folder */
    const char *intermediates; /* --intermediates: "shared" or "local"; NULL: shared */
    JobRootOption roots[16];   /* --root NAME=DIR */
    int root_count;
    const char *alternate; /* --alt NAME */
    const char *key;       /* --key PATH */
    bool has_exit_code;    /* --exit-code */
    const char *sets[64];  /* --set path=value */
    int set_count;
    RefusedList refused; /* of a run that was begun: deliverables without which it goes on */
    int grade;           /* --grade; -1: as written */
    bool is_strict, has_lint, is_json, is_quiet, allow_qc_fail, take_over, has_inputs;
    bool is_csv, is_core, wants_help, wants_version;
    const char *binaural;     /* pan --binaural FILE */
    const char *to;           /* adm --to LAYOUT,... */
    const char *programme;    /* adm --programme ID */
    const char *reference;    /* qc --reference FILE */
    const char *layout;       /* qc --layout NAME */
    const char *policy;       /* qc --policy FILE */
    const char *against;      /* plan --against DIR */
    const char *task;         /* explain --task NAME */
    double rerender_share;    /* verify --rerender N%; 0: none */
    const char *profiles[16]; /* deliver --profile NAME */
    int profile_count;
    const char *job_file;  /* deliver --write-job FILE */
    int64_t limit_bytes;   /* cache trim --limit SIZE; -1: not written */
    double space_wait_s;   /* --wait-for-space: a full disk or quota */
    int64_t memory_bytes;  /* --memory SIZE for the spectra of rooms; 0: not written */
    uint64_t used_options; /* a bit for each row of the table that was written */
    int verbosity;
    int64_t
        span_blocks;   /* --span-blocks N: spans of N x 32768 samples; 0: default. Never audible. */
    int fft;           /* --fft: FftEngine; -1: not written */
    int urgency;       /* --priority: JobClass */
    const char *queue; /* --queue DIR; NULL: none */
    DiagnosticFormat format;
    ProgressMode progress;
    bool has_colour; /* decided: TTY, NO_COLOR, TERM, --color, --json */
} Options;

/* Reads the whole command line; options may stand anywhere, `--` ends them. The first word that is
 * no option becomes the verb. E001 unknown option, E002 bad value: all are collected, and what
 * could be read (format, colour) is valid also after a failure. */
Status options_parse(int argc, char **argv, Arena *arena, Options *options, ErrorList *errors);

/* E001 for every option that was written but that options->verb does not take. */
Status options_check_verb(const Options *options, ErrorList *errors);

/* The options that serve the verb (NULL: those of every verb), one line each. */
void options_print(const char *verb, FILE *out);

/* A word that was not understood: adds "did you mean `...`?" to the newest error if a word is near.
 */
void options_suggest(const char *word, const char *const *words, int count, ErrorList *errors);

#endif
