/* What each channel of a delivered file holds: channels of the bus, and the slots of a DCP. */
#include "jobs/lower_order.h"
#include "jobs/job_families.h"

#include <string.h>

#include "render/base/exact_math.h"
#include "spatial/layout_table.h"

enum { HI_SLOT, VI_SLOT, SLOT_KINDS };

static const struct {
    const char *label;
    int place; /* in the file */
} slot_kinds[SLOT_KINDS] = {
    [HI_SLOT] = {"HI",  DCP_HI},
      [VI_SLOT] = {"VIN", DCP_VI}
};

static const JobNumber *level_in(const JobSlotStem *stem, int kind) {
    return kind == HI_SLOT ? &stem->hi_db : &stem->vi_db;
}

/* [stem_count]; NULL: no stem is in it. */
static const double *find_gains(const JobSpec *job, const JobSlots *slots, int kind, Arena *arena) {
    double *gains = arena_array(arena, (size_t)job->stem_count, sizeof *gains);
    bool is_used = false;
    for (int index = 0; index < slots->count; index++) {
        const JobNumber *level_db = level_in(&slots->stems[index], kind);
        if (level_db->place.line) {
            for (int stem = 0; stem < job->stem_count; stem++) {
                const bool is_meant = job_stem_is_of(&job->stems[stem], slots->stems[index].stem);
                gains[stem] = is_meant ? gain_from_db(level_db->value) : gains[stem];
            }
            is_used = true;
        }
    }
    return is_used ? gains : NULL;
}

/* BS.775-3, annex 4, table 2, to mono: C + 0.7071 (L + R) + 0.5 (surrounds), without the LFE. The
 * sides and rears of 7.1 count as the surrounds that they are together. */
static const double *fold_to_mono(const Layout *layout, Arena *arena) {
    double *gains = arena_array(arena, (size_t)layout->channel_count, sizeof *gains);
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const Channel *of = &layout->channels[channel];
        const bool is_centre = of->position.azimuth_deg == 0.0;
        const bool is_front = strcmp(of->label, "L") == 0 || strcmp(of->label, "R") == 0;
        const double gain = is_centre ? 1.0 : is_front ? sqrt(0.5) : 0.5;
        gains[channel] = of->role == CHANNEL_LFE ? 0.0 : gain;
    }
    return gains;
}

static void
add_slots(const JobSpec *job, const JobSlots *written, Arena *arena, MixDeliverable *deliverable) {
    MixSlot *slots = arena_array(arena, SLOT_KINDS, sizeof *slots);
    for (int kind = 0; kind < SLOT_KINDS; kind++) {
        const double *gains = find_gains(job, written, kind, arena);
        if (gains) {
            slots[deliverable->slot_count++] = (MixSlot){slot_kinds[kind].label, gains};
        }
    }
    deliverable->slots = slots;
}

void lower_order(const JobSpec *job,
                 const JobDeliverable *written,
                 Arena *arena,
                 MixDeliverable *deliverable) {
    const Layout *layout = written->layout_table;
    int *order = arena_array(arena, LAYOUT_MAX_CHANNELS, sizeof *order);
    deliverable->order_count = layout_file_order(layout, (ChannelOrder)written->channel_order.index,
                                                 order, &deliverable->channel_mask);
    deliverable->channel_order = order;
    add_slots(job, &written->slots, arena, deliverable);
    deliverable->slot_fold = fold_to_mono(layout, arena);
    for (int slot = 0; slot < deliverable->slot_count; slot++) {
        const bool is_hi = strcmp(deliverable->slots[slot].label, slot_kinds[HI_SLOT].label) == 0;
        order[is_hi ? DCP_HI : DCP_VI] = layout->channel_count + slot;
    }
}
