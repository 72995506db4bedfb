#ifndef JOBS_SCORE_SHEETS_H
#define JOBS_SCORE_SHEETS_H
/* The plan of a score as lists for people and other programs: what lies beside the deliverables.
 *
 *     const ScoreSheets sheets = score_sheets_make(job, mix, arena);
 *     // sheets.files[0].name "cues.csv", .text "id,in,out,...\n1m1,01:00:10:00,..."
 *
 * cues.csv, scenes.csv, themes.csv (where the motifs of `motif:NAME` tags are), lanes.csv (every
 * parameter that moves), decisions.csv, changes.csv and splices.csv (of a recut; markers for the
 * editor), and all but the lanes in score.md. A list with nothing in it is not there. Times are
 * timecode of the job.
 */
#include "jobs/job.h"
#include "render/model/mix.h"

enum { SCORE_SHEETS_MAX = 8 };

typedef struct ScoreFile {
    const char *name, *text;
} ScoreFile;

typedef struct ScoreSheets {
    ScoreFile files[SCORE_SHEETS_MAX];
    int count;
} ScoreSheets;

ScoreSheets score_sheets_make(const JobSpec *job, const Mix *mix, Arena *arena);

#endif
