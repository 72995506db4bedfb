/* ENCODE: the files of a deliverable, which its WRITE tasks left, together in one folder.
 *
 * Law: names and facts only; no sample is touched.
 */
#include <string.h>

#include "render/base/files.h"
#include "render/stages/master_gain.h"
#include "render/stages/staged_files.h"

typedef struct Encoding {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const char *folder; /* being filled */
    MasterGain gain;
    StagedFiles *written; /* [stem_count + 1] of each WRITE task; empty: there is none */
} Encoding;

static Status read_written(Encoding *work, ErrorList *errors) {
    const Stage *stage = work->stage;
    const int *tasks = stage->plan->write_tasks[stage->task->subject];
    for (int group = 0; group <= stage->mix->stem_count; group++) {
        if (tasks[group] >= 0) {
            TRY(staged_read(stage, tasks[group], &work->written[group], errors));
        }
    }
    return DONE;
}

/* Links the files of an output and adds their facts to all. */
static Status gather_output(Encoding *work, int output, json_t *files, ErrorList *errors) {
    const Stage *stage = work->stage;
    const MixOutput *asked = &work->deliverable->outputs[output];
    const int group = mix_output_group(stage->mix, asked);
    const StagedFiles *written = &work->written[group];
    size_t index = 0;
    json_t *file = NULL;
    json_array_foreach(json_object_get(written->facts, "files"), index, file) {
        const char *of = json_string_value(json_object_get(file, "output"));
        const char *name = json_string_value(json_object_get(file, "name"));
        if (of && name && strcmp(of, asked->name) == 0) {
            TRY(staged_link(path_join(stage->scratch, written->folder, name),
                            path_join(stage->scratch, work->folder, name), stage->scratch, errors));
            json_array_append(files, file);
        }
    }
    return DONE;
}

/* A stem that is quantized for its own files and for the sums is counted once. */
static json_int_t count_clipped(const Encoding *work) {
    json_t *stems = json_object();
    json_int_t count = 0;
    for (int group = 0; group <= work->stage->mix->stem_count; group++) {
        count += json_integer_value(json_object_get(work->written[group].facts, "clipped_samples"));
        json_object_update_missing(stems, json_object_get(work->written[group].facts, "clipped"));
    }
    const char *stem = NULL;
    const json_t *clipped = NULL;
    json_object_foreach(stems, stem, clipped) {
        count += json_integer_value(clipped);
    }
    json_decref(stems);
    return count;
}

static Status gather(Encoding *work, ErrorList *errors) {
    const Stage *stage = work->stage;
    TRY(master_gain_open(stage, stage->task->subject, &work->gain, errors));
    TRY(read_written(work, errors));
    TRY(staged_begin(stage, &work->folder, errors));
    json_t *files = json_array();
    json_t *facts =
        json_pack("{s:o, s:f, s:f, s:I}", "files", files, "gain_db",
                  db_from_gain(work->gain.facts.gain), "limiter_max_reduction_db",
                  work->gain.facts.max_reduction_db, "clipped_samples", count_clipped(work));
    Status status = DONE;
    for (int output = 0; status == DONE && output < work->deliverable->output_count; output++) {
        status = gather_output(work, output, files, errors);
    }
    if (status != DONE) {
        json_decref(facts);
        return status;
    }
    return staged_finish(stage, work->folder, facts, errors);
}

Status encode_run(const Stage *stage, ErrorList *errors) {
    const size_t groups = (size_t)stage->mix->stem_count + 1;
    Encoding work = {.stage = stage,
                     .deliverable = &stage->mix->deliverables[stage->task->subject],
                     .written = arena_array(stage->scratch, groups, sizeof *work.written)};
    const Status status = gather(&work, errors);
    for (size_t group = 0; group < groups; group++) {
        json_decref(work.written[group].facts);
    }
    master_gain_close(&work.gain);
    if (status != DONE && work.folder) {
        folder_remove(work.folder, errors);
    }
    return status;
}
