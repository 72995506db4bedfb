/* Head-related responses as one block: laid out, and believed only where every index fits. */
#include "spatial/hrtf_image.h"

#include <math.h>
#include <string.h>

#include "spatial/hrir_prepare.h"

enum { PART_ALIGNMENT_BYTES = 64 };

static const int32_t most_points = 1 << 20; /* keeps all sizes far from overflow */

typedef enum Part { HEAD, TRIANGLES, ONSETS, SEEDS, ALIGNED, PART_COUNT } Part;

/* Where each part begins; offsets[PART_COUNT] is the end. */
static void lay_out(const HrtfHead *head, size_t offsets[PART_COUNT + 1]) {
    const size_t responses = (size_t)head->point_count * EAR_COUNT;
    const size_t sizes[PART_COUNT] = {
        [HEAD] = sizeof(HrtfHead),
        [TRIANGLES] = (size_t)head->triangle_count * sizeof(HrtfTriangle),
        [ONSETS] = responses * sizeof(double),
        [SEEDS] = SEED_CELLS * sizeof(int32_t),
        [ALIGNED] = responses * (size_t)head->aligned_samples * sizeof(float),
    };
    offsets[HEAD] = 0;
    for (int part = HEAD; part < PART_COUNT; ++part) {
        const size_t end = offsets[part] + sizes[part];
        offsets[part + 1] =
            (end + PART_ALIGNMENT_BYTES - 1) / PART_ALIGNMENT_BYTES * PART_ALIGNMENT_BYTES;
    }
}

HrtfSet *hrtf_image_create(const HrtfHead *head, Arena *arena) {
    size_t offsets[PART_COUNT + 1];
    HrtfSet *const set = arena_alloc(arena, sizeof *set);
    lay_out(head, offsets);
    char *const bytes = arena_alloc(arena, offsets[PART_COUNT]);
    set->image = bytes;
    set->image_bytes = offsets[PART_COUNT];
    set->head = (HrtfHead *)bytes;
    set->triangles = (HrtfTriangle *)(bytes + offsets[TRIANGLES]);
    set->onsets_samples = (double *)(void *)(bytes + offsets[ONSETS]);
    set->seeds = (int32_t *)(bytes + offsets[SEEDS]);
    set->aligned = (float *)(void *)(bytes + offsets[ALIGNED]);
    set->kernels = ear_kernels_at_level(cpu_level_choose());
    *set->head = *head;
    return set;
}

static bool is_between(int32_t value, int32_t least, int32_t most) {
    return value >= least && value <= most;
}

static bool head_fits(const HrtfHead *head, size_t size_bytes) {
    size_t offsets[PART_COUNT + 1] = {0};
    const bool is_sane = is_between(head->point_count, 4, most_points) &&
                         is_between(head->triangle_count, 4, 2 * most_points) &&
                         is_between(head->tap_count, 1, HRIR_MAX_TAPS) &&
                         is_between(head->aligned_samples, 1, head->tap_count);
    if (is_sane) {
        lay_out(head, offsets);
    }
    return is_sane && offsets[PART_COUNT] == size_bytes;
}

static bool triangles_fit(const HrtfSet *set) {
    bool fits = true;
    for (int32_t index = 0; index < set->head->triangle_count; ++index) {
        const HrtfTriangle *const triangle = &set->triangles[index];
        for (int corner = 0; corner < 3; ++corner) {
            fits = fits && is_between(triangle->points[corner], 0, set->head->point_count - 1) &&
                   is_between(triangle->neighbours[corner], 0, set->head->triangle_count - 1);
        }
    }
    for (int cell = 0; cell < SEED_CELLS; ++cell) {
        fits = fits && is_between(set->seeds[cell], 0, set->head->triangle_count - 1);
    }
    return fits;
}

static bool onsets_fit(const HrtfSet *set) {
    const int reserve = set->head->tap_count - set->head->aligned_samples;
    for (int32_t response = 0; response < EAR_COUNT * set->head->point_count; ++response) {
        const double onset = set->onsets_samples[response];
        if (!(onset >= 0.0 && onset <= reserve)) {
            return false;
        }
    }
    return true;
}

HrtfSet *hrtf_image_read(const void *bytes, size_t size_bytes, Arena *arena) {
    HrtfHead head;
    if (size_bytes < sizeof head) {
        return NULL;
    }
    memcpy(&head, bytes, sizeof head);
    if (!head_fits(&head, size_bytes)) {
        return NULL;
    }
    HrtfSet *const set = hrtf_image_create(&head, arena);
    memcpy(set->image, bytes, size_bytes);
    return triangles_fit(set) && onsets_fit(set) ? set : NULL;
}
