/* What the limiter did to a deliverable and to each of its stems, in words of JSON. */
#include "render/stages/limiter_facts.h"

static json_t *describe_stem(const Mix *mix, int stem, int rate_hz, const StemLimiting *limiting) {
    const bool is_limited = limiting->time >= 0;
    return json_pack("{s:s, s:f, s:o}", "stem", mix->stems[stem].id, "by_others_db",
                     limiting->by_others_db, "time_s",
                     is_limited ? json_real((double)limiting->time / rate_hz) : json_null());
}

json_t *limiter_facts_describe(const Mix *mix, int deliverable, const MasterGain *gain) {
    const MasterFacts *facts = &gain->facts;
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    json_t *stems = json_array();
    for (int stem = 0; stem < (int)facts->stem_count; stem++) {
        json_array_append_new(stems,
                              describe_stem(mix, stem, subject->rate_hz, &gain->stems[stem]));
    }
    const double share = (double)facts->limited_samples / (double)facts->length_samples;
    return json_pack("{s:s, s:f, s:f, s:o}", "link", subject->limited_stems ? "set" : "full",
                     "max_reduction_db", facts->max_reduction_db, "limited_percent", 100.0 * share,
                     "stems", stems);
}
