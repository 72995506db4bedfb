/* Where the files of a deliverable wait between ENCODE and publishing. */
#include "render/stages/encode_folder.h"

#include "render/base/files.h"

const char *encode_folder(
    const Mix *mix, const Plan *plan, int deliverable, const Workplace *workplace, Arena *arena) {
    KeyText key;
    key_format(plan->tasks[plan->encode_tasks[deliverable]].outputs[0], key);
    return arena_format(arena, "%s/%s-%s", workplace->stage_folder,
                        mix->deliverables[deliverable].id, key);
}

bool encode_is_done(const Mix *mix, const Plan *plan, int deliverable, const Workplace *workplace) {
    Arena *arena = arena_create();
    const char *folder = encode_folder(mix, plan, deliverable, workplace, arena);
    const bool is_done = file_exists(path_join(arena, folder, ENCODE_FACTS_NAME));
    arena_destroy(&arena);
    return is_done;
}
