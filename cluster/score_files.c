/* The lists of jobs/score_sheets.h in the folder `score` of the output. */
#include "cluster/score_files.h"

#include <string.h>

#include "jobs/score_sheets.h"
#include "render/base/files.h"

Status score_files_write(const Run *run, Arena *arena, ErrorList *errors) {
    const ScoreSheets sheets = score_sheets_make(run->job, run->mix, arena);
    const char *folder = path_join(arena, run->output_folder, "score");
    TRY(folder_remove(folder, errors));
    if (sheets.count == 0) {
        return DONE;
    }
    TRY(folder_make(folder, errors));
    for (int file = 0; file < sheets.count; file++) {
        const char *text = sheets.files[file].text;
        TRY(file_write_atomically(path_join(arena, folder, sheets.files[file].name), text,
                                  strlen(text), errors));
    }
    return DONE;
}
