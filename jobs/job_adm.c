/* What only ADM deliverables (`layout: adm`) have: a bed and objects. */
#include "jobs/job_adm.h"

#include <string.h>

#include "jobs/layer_facts.h"
#include "spatial/adm/adm_common.h"
#include "spatial/layout_table.h"

static void refuse_with(const char *key, Place place, ErrorList *errors) {
    if (place.line) {
        fail(errors, E208, place, "an ADM deliverable has no `%s`", key);
        error_help(errors, "it is one file: the bed, then the objects");
    }
}

static void complete_bed(JobDeliverable *deliverable, ErrorList *errors) {
    AdmCommonPack pack;
    const Layout *bed = layout_find(deliverable->beds.text);
    deliverable->layout_table = bed;
    if (bed && (bed->kind != LAYOUT_SPEAKERS || !adm_common_pack_of(bed, ADM_SN3D, &pack))) {
        fail(errors, E208, deliverable->beds.place, "`%s` cannot be a bed", bed->name);
        error_note(errors, "a bed is made of loudspeakers that BS.2094 has definitions of");
        deliverable->layout_table = NULL;
    }
}

static void check_whole(const JobDeliverable *deliverable, ErrorList *errors) {
    const JobOutput *outputs = deliverable->outputs;
    if (deliverable->output_count > 0 &&
        (deliverable->output_count > 1 || outputs[0].kind != OUTPUT_FULL)) {
        fail(errors, E208, outputs[0].place, "an ADM deliverable holds `full` alone");
        error_help(errors, "its objects are apart from each other anyway");
    }
    if (deliverable->split.index == 1) {
        refuse_with("split", deliverable->split.place, errors);
    }
    refuse_with("from", deliverable->from.place, errors);
    static const char *const without[] = {
        [CONTAINER_FLAC] = "flac", [CONTAINER_CAF] = "caf", [CONTAINER_OPUS] = "opus"};
    const int container = deliverable->container.index;
    if (container < (int)(sizeof without / sizeof *without) && without[container]) {
        fail(errors, E217, deliverable->container.place, "%s cannot carry ADM", without[container]);
        error_help(errors, "use `container: bw64`");
    }
}

/* Other layouts in BW64 say what they are, too. */
static void check_plain(const JobDeliverable *deliverable, ErrorList *errors) {
    AdmCommonPack pack;
    const Layout *layout = deliverable->layout_table;
    if (deliverable->beds.place.line || deliverable->objects.place.line) {
        const bool has_beds = deliverable->beds.place.line != 0;
        fail(errors, E208, has_beds ? deliverable->beds.place : deliverable->objects.place,
             "only ADM deliverables have `%s`", has_beds ? "beds" : "objects");
        error_help(errors, "write `layout: adm`");
    }
    if (layout && deliverable->container.index == CONTAINER_BW64 &&
        !adm_common_pack_of(layout, ADM_SN3D, &pack)) {
        fail(errors, E217, deliverable->container.place,
             "`%s` has loudspeakers that ADM has no definitions of", layout->name);
        error_help(errors, "use `container: rf64`");
    }
}

void job_adm_complete(JobDeliverable *deliverable, ErrorList *errors) {
    deliverable->is_adm = deliverable->layout.text && strcmp(deliverable->layout.text, "adm") == 0;
    if (deliverable->is_adm) {
        complete_bed(deliverable, errors);
        check_whole(deliverable, errors);
    } else {
        check_plain(deliverable, errors);
    }
}

void job_adm_resolve(const JobSpec *job,
                     JobDeliverable *deliverable,
                     Arena *arena,
                     ErrorList *errors) {
    if (!deliverable->objects.selector) {
        return;
    }
    const LayerFacts facts = layer_facts_make(job, arena);
    bool *is_object = arena_array(arena, (size_t)job->layer_count, sizeof *is_object);
    for (int layer = 0; layer < job->layer_count; layer++) {
        is_object[layer] = layer_facts_match(&facts, layer, &deliverable->objects);
    }
    layer_facts_check(&facts, &deliverable->objects, errors);
    deliverable->is_object = is_object;
}
