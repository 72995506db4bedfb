/* What only files in the order of a DCP hold. */
#include "jobs/job_slots.h"
#include "jobs/job_families.h"

#include <string.h>

#include "jobs/job.h"
#include "jobs/reference.h"
#include "spatial/layout_table.h"

static void check_order(const JobDeliverable *deliverable, ErrorList *errors) {
    const Place place = deliverable->channel_order.place;
    const Layout *layout = deliverable->layout_table;
    const char *stray = layout ? layout_dcp_stray(layout) : NULL;
    if (stray) {
        fail(errors, E208, place, "`%s` of %s has no place in a DCP", stray, layout->name);
        error_help(errors, "5.1 and 7.1 have, and what is a part of them");
    }
    if (deliverable->split.index == 1) {
        fail(errors, E208, deliverable->split.place,
             "one file for every channel has no order, and no HI or VI");
        error_help(errors,
                   "take out `channel_order`; HI is a deliverable of its own, `layout: 1.0`");
    }
    if (deliverable->container.index == CONTAINER_BW64 || deliverable->is_adm) {
        fail(errors, E208, place, "ADM has no word for what is in the channels of a DCP");
        error_help(errors, "use `container: wav`");
    }
}

static int find_stem(const JobSpec *job, const char *id) {
    int stem = job->stem_count - 1;
    while (stem >= 0 && !job_stem_is_of(&job->stems[stem], id)) {
        stem--;
    }
    return stem;
}

static void check_stem(const JobSpec *job, JobSlotStem *slot, Arena *arena, ErrorList *errors) {
    slot->stem_index = find_stem(job, slot->stem);
    if (slot->stem_index < 0) {
        Reference *names = arena_array(arena, (size_t)job->stem_count, sizeof *names);
        for (int stem = 0; stem < job->stem_count; stem++) {
            names[stem] = (Reference){job->stems[stem].id, job->stems[stem].id_place};
        }
        const ReferenceList list = {"stem", names, job->stem_count};
        reference_fail(&list, slot->stem, slot->stem_place, errors);
    } else if (!slot->hi_db.place.line && !slot->vi_db.place.line) {
        fail(errors, E208, slot->stem_place, "`%s` gives nothing to a slot", slot->stem);
        error_help(errors, "write `{hi: -6 dB}` or `{vi: 0 dB}`");
    }
}

void job_slots_check(const JobSpec *job,
                     JobDeliverable *deliverable,
                     Arena *arena,
                     ErrorList *errors) {
    const bool is_dcp = deliverable->channel_order.index == ORDER_DCP;
    if (is_dcp) {
        check_order(deliverable, errors);
    } else if (deliverable->slots.count > 0) {
        fail(errors, E208, deliverable->slots.stems[0].stem_place,
             "only files in the order of a DCP have `slots`");
        error_help(errors, "write `channel_order: dcp`");
    }
    for (int slot = 0; slot < deliverable->slots.count; slot++) {
        check_stem(job, &deliverable->slots.stems[slot], arena, errors);
    }
}
