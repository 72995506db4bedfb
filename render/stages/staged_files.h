#ifndef RENDER_STAGES_STAGED_FILES_H
#define RENDER_STAGES_STAGED_FILES_H
/* Where files wait between the task that wrote them and publishing: a folder a task, which appears
 * whole by one rename, with facts beside the files.
 *
 *     const char *folder = staged_begin(stage);
 *     ... files below folder ...
 *     TRY(staged_finish(stage, folder, facts, errors));
 */
#include <jansson.h>

#include "render/stages/stage.h"

typedef struct StagedFiles {
    const char *folder;
    json_t *facts; /* the caller owns them; NULL: they were not read */
} StagedFiles;

/* Of a task of kind WRITE or ENCODE: <stage>/<deliverable>-<key>; lives in the arena. */
const char *
staged_folder(const Mix *mix, const Plan *plan, int task, const Workplace *workplace, Arena *arena);
/* The folder is whole. */
bool staged_is_done(const Mix *mix, const Plan *plan, int task, const Workplace *workplace);
/* All files of a deliverable. */
const char *encode_folder(
    const Mix *mix, const Plan *plan, int deliverable, const Workplace *workplace, Arena *arena);

/* An empty folder for the stage's task. */
Status staged_begin(const Stage *stage, const char **folder, ErrorList *errors);
/* Puts the folder in its place; when another rank was first, its folder is as good. Takes the
 * reference of facts, an object. */
Status staged_finish(const Stage *stage, const char *folder, json_t *facts, ErrorList *errors);
/* Of another task. E606 when its facts are not there. */
Status staged_read(const Stage *stage, int task, StagedFiles *files, ErrorList *errors);
/* Another name for a file, or a copy where there cannot be one: from -> to. The folder of `to` is
 * made. */
Status staged_link(const char *from, const char *to, Arena *arena, ErrorList *errors);

/* The facts that lie beside the files. */
#define ENCODE_FACTS_NAME "encoded.json"

#endif
