/* Questions to a Mix: are parts of a stem asked for. */
#include "render/model/mix.h"

bool mix_has_parts(const Mix *mix, int stem, int bus) {
    for (int index = 0; index < mix->deliverable_count; index++) {
        const MixDeliverable *deliverable = &mix->deliverables[index];
        for (int output = 0; deliverable->bus == bus && output < deliverable->output_count;
             output++) {
            const MixOutput *asked = &deliverable->outputs[output];
            if (asked->kind == OUTPUT_STEM && asked->stem == stem && asked->part != PART_WHOLE) {
                return true;
            }
        }
    }
    return false;
}
