#ifndef RENDER_STAGES_ENCODE_FOLDER_H
#define RENDER_STAGES_ENCODE_FOLDER_H
/* Where the files of a deliverable wait between ENCODE and publishing. */
#include "render/stages/stage.h"

/* <stage>/<id>-<encode key>; lives in the arena. */
const char *encode_folder(
    const Mix *mix, const Plan *plan, int deliverable, const Workplace *workplace, Arena *arena);

/* The folder is whole: encoded.json is written last. */
bool encode_is_done(const Mix *mix, const Plan *plan, int deliverable, const Workplace *workplace);

/* The facts that ENCODE leaves beside the files. */
#define ENCODE_FACTS_NAME "encoded.json"

#endif
