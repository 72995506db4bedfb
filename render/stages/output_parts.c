/* Outputs that the full mix is the sum of. */
#include "render/stages/output_parts.h"

typedef struct PartSearch {
    const Mix *mix;
    const MixDeliverable *deliverable;
    bool *is_part, *is_covered; /* [output_count], [stem_count] */
} PartSearch;

static bool is_in_full(const Mix *mix, int stem) {
    return !mix->full_stems || mix->full_stems[stem];
}

/* Whether an output holds stems of the full mix that no part has yet, and nothing else. */
static bool is_next_part(const Mix *mix, const MixOutput *output, const bool *is_covered) {
    bool has_any = false;
    for (int stem = 0; stem < mix->stem_count; stem++) {
        if (mix_output_has(mix, output, stem)) {
            if (is_covered[stem] || !is_in_full(mix, stem)) {
                return false;
            }
            has_any = true;
        }
    }
    return has_any && output->kind != OUTPUT_FULL;
}

static void take_parts(const PartSearch *search, bool takes_stems) {
    bool *is_covered = search->is_covered;
    const Mix *mix = search->mix;
    for (int index = 0; index < search->deliverable->output_count; index++) {
        const MixOutput *output = &search->deliverable->outputs[index];
        if ((output->kind == OUTPUT_STEM) != takes_stems ||
            !is_next_part(mix, output, is_covered)) {
            continue;
        }
        search->is_part[index] = true;
        for (int stem = 0; stem < mix->stem_count; stem++) {
            is_covered[stem] = is_covered[stem] || mix_output_has(mix, output, stem);
        }
    }
}

/* Whether all of the full mix is covered. */
static bool find_parts(PartSearch *search, bool begins_with_stems, Arena *arena) {
    const Mix *mix = search->mix;
    search->is_covered =
        arena_array(arena, (size_t)mix->stem_count + 1, sizeof *search->is_covered);
    search->is_part =
        arena_array(arena, (size_t)search->deliverable->output_count, sizeof *search->is_part);
    take_parts(search, begins_with_stems);
    take_parts(search, !begins_with_stems);
    bool is_whole = true;
    for (int stem = 0; stem < mix->stem_count; stem++) {
        is_whole = is_whole && (search->is_covered[stem] || !is_in_full(mix, stem));
    }
    return is_whole;
}

const bool *output_parts_of_full(const Mix *mix, const MixDeliverable *deliverable, Arena *arena) {
    PartSearch search = {.mix = mix, .deliverable = deliverable};
    return find_parts(&search, true, arena) || find_parts(&search, false, arena) ? search.is_part
                                                                                 : NULL;
}
