/* What the files of a WRITE task hold, and files of an earlier set that hold the same. */
#include "render/stages/written_content.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "render/base/files.h"
#include "render/base/growing_text.h"
#include "render/files/sound_sums.h"
#include "render/stages/seal_json.h"
#include "render/stages/staged_files.h"
#include "render/stages/stored_json.h"

/* ---- its key ---- */

/* The envelope is as long as the programme: what was read is given back now and then. */
static Key envelope_key(const MasterGain *gain) {
    enum { BLOCKS_HELD = 256 }; /* 4 MiB */
    KeyStream *stream = key_stream_create();
    for (int64_t block = 0; block < gain->facts.block_count; block++) {
        key_stream_update(stream, &gain->blocks[block], sizeof *gain->blocks);
        if (block % BLOCKS_HELD == BLOCKS_HELD - 1) {
            store_rest(&gain->object);
        }
    }
    return key_stream_finish(&stream);
}

/* Only files with metadata say what MASTER measured. */
static void add_loudness(Text *text, const SoundLoudness *loudness) {
    text_add(text, "measured %.17g %.17g %.17g %.17g %.17g\n", loudness->integrated_lufs,
             loudness->loudness_range_lu, loudness->max_momentary_lufs,
             loudness->max_short_term_lufs, loudness->true_peak_dbtp);
}

WrittenContent written_content_of(const Stage *stage, MasterGain *gain) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    const bool is_sums = stage->task->detail == stage->mix->stem_count;
    const MasterFacts *facts = &gain->facts;
    Text text = {.arena = stage->scratch};
    KeyText envelope;
    key_format(envelope_key(gain), envelope);
    text_add(&text, "%s", stage->task->content);
    text_add(&text, "gain %.17g of %" PRId64 " fade %" PRId64 " envelope %s\n", facts->gain,
             facts->length_samples, facts->end_fade_samples, envelope);
    if (is_sums && (deliverable->is_adm || deliverable->has_metadata)) {
        add_loudness(&text, &facts->loudness);
    }
    return (WrittenContent){.key = key_of_text(text.bytes), .text = text.bytes};
}

/* ---- files that hold it ---- */

/* Where sets of the deliverable may lie, beside the stage folder. */
static const char *const shelves[] = {"deliverables", "held", "previous"};
enum { SHELF_COUNT = sizeof shelves / sizeof *shelves };

static const char *shelf_folder(const Stage *stage, int shelf) {
    return arena_format(stage->scratch, "%s/%s/%s", stage->workplace->output_folder, shelves[shelf],
                        stage->mix->deliverables[stage->task->subject].id);
}

static bool has_size(const char *path, int64_t size_bytes) {
    struct stat found;
    return lstat(path, &found) == 0 && S_ISREG(found.st_mode) && found.st_size == size_bytes;
}

/* Links the file if it still is what was written. */
static bool take_from(const Stage *stage, int shelf, const char *folder, const json_t *file) {
    Arena *scratch = stage->scratch;
    const char *name = json_string_value(json_object_get(file, "name"));
    ErrorList *unsaid = errors_create(scratch); /* it is written anew */
    SoundSeal seal;
    SoundSeal found;
    if (!name || !seal_from_json(json_object_get(file, "seal"), &seal)) {
        return false;
    }
    const char *from = path_join(scratch, shelf_folder(stage, shelf), name);
    const char *to = path_join(scratch, folder, name);
    if (!has_size(from, seal.size_bytes) || staged_link(from, to, scratch, unsaid) != DONE ||
        sound_file_sums(to, seal.head_bytes, &found, NULL, unsaid) != DONE ||
        !sound_seal_equal(&seal, &found)) {
        return false;
    }
    return true;
}

static bool take_all_from(const Stage *stage, int shelf, const char *folder, json_t *facts) {
    const json_t *files = json_object_get(facts, "files");
    const size_t count = json_array_size(files);
    bool is_taken = count > 0;
    for (size_t file = 0; is_taken && file < count; file++) {
        is_taken = take_from(stage, shelf, folder, json_array_get(files, file));
    }
    return is_taken;
}

bool written_content_take(const Stage *stage,
                          const WrittenContent *content,
                          const char *folder,
                          json_t **facts) {
    Store *store = stage->workplace->store;
    ErrorList *unsaid = errors_create(stage->scratch); /* nothing is lost: the files are written */
    bool is_taken = false;
    if (!stage->workplace->output_folder || !store_has_text(store, content->key, content->text) ||
        stored_json_read(store, content->key, facts, unsaid) != DONE) {
        return false;
    }
    for (int shelf = 0; !is_taken && shelf < SHELF_COUNT; shelf++) {
        is_taken = take_all_from(stage, shelf, folder, *facts);
        if (!is_taken) {
            folder_remove(folder, unsaid);
            folder_make(folder, unsaid);
        }
    }
    if (is_taken) {
        json_object_set_new(*facts, "is_taken", json_true());
    } else {
        json_decref(*facts);
        *facts = NULL;
    }
    return is_taken;
}

Status written_content_keep(const Stage *stage,
                            const WrittenContent *content,
                            const json_t *facts,
                            ErrorList *errors) {
    return stored_json_put(stage->workplace->store, content->key, content->text, facts, errors);
}
