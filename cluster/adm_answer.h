#ifndef CLUSTER_ADM_ANSWER_H
#define CLUSTER_ADM_ANSWER_H
/* What the verb adm tells: repairs as warnings, and the answer. */
#include <jansson.h>

#include "cluster/options.h"
#include "spatial/adm/adm_render.h"

typedef struct AdmOutput {   /* one file that was made */
    const char *layout_name; /* as asked for */
    const char *path;        /* where it was published */
    AdmTarget target;
    AdmRendering rendering;
} AdmOutput;

typedef struct AdmAnswer {
    const char *path; /* of the input */
    const AdmFile *file;
    const AdmOutput *outputs;
    int output_count;
    double seconds; /* it took; 0: not told */
} AdmAnswer;

/* W446 for outputs that were clipped. */
void adm_answer_clipping(const AdmAnswer *answer, ErrorList *errors);
/* On standard output: one JSON object, or lines for a person. */
void adm_answer_print(const Options *options, const AdmAnswer *answer, int exit_code);

#endif
