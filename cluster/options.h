#ifndef CLUSTER_OPTIONS_H
#define CLUSTER_OPTIONS_H
/* The command line: one table of options prints the help and reads the arguments. */
#include <stdbool.h>
#include <stdint.h>

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
    const char *program; /* argv[0], resolved to an absolute path: relaunched by the launcher */
    const char *const *arguments; /* what is left behind the verb and its options */
    int argument_count;
    int rank_count;          /* -j N; 0: the cores this process may use */
    const char *output;      /* -o DIR; NULL: out/CODE[_REEL]_CUT */
    const char *store;       /* --store DIR; NULL: DECISIONS 25 */
    JobRootOption roots[16]; /* --root NAME=DIR */
    int root_count;
    const char *sets[64]; /* --set path=value */
    int set_count;
    int grade; /* --grade; -1: as written */
    bool is_strict, has_lint, is_json, is_quiet, allow_qc_fail, take_over, has_inputs;
    int verbosity;
    int64_t
        span_blocks; /* --span-blocks N: spans of N x 32768 samples; 0: default. Never audible. */
    DiagnosticFormat format;
    ProgressMode progress;
    bool has_colour; /* decided: TTY, NO_COLOR, TERM, --color, --json */
} Options;

#endif
