/* What a check found, for manifests and answers. */
#include "render/stages/finding_json.h"

#include "render/files/sound_text.h"

const char *finding_channel_name(const QcFinding *finding, const Layout *layout, Arena *arena) {
    const int channel = finding->channel;
    if (channel < 0) {
        return NULL;
    }
    return layout && channel < layout->channel_count ? layout->channels[channel].label
                                                     : arena_format(arena, "%d", channel + 1);
}

const char *finding_place_text(const QcFinding *finding, int rate_hz, Arena *arena) {
    if (finding->at_s < 0.0 || rate_hz <= 0) {
        return NULL;
    }
    const int64_t frame = (int64_t)(finding->at_s * rate_hz + 0.5);
    return arena_copy_text(arena, sound_time_text(frame, rate_hz).text);
}

static json_t *real_or_null(bool is_known, double value) {
    return is_known ? json_real(value) : json_null();
}

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *describe_codes(const QcCheckInfo *info) {
    json_t *codes = json_object();
    if (*info->netflix) {
        json_object_set_new(codes, "netflix", json_string(info->netflix));
    }
    if (*info->movielabs) {
        json_object_set_new(codes, "movielabs", json_string(info->movielabs));
    }
    if (*info->ebu) {
        json_object_set_new(codes, "ebu", json_string(info->ebu));
    }
    return codes;
}

json_t *finding_to_json(const QcFinding *finding, const Layout *layout, int rate_hz, Arena *arena) {
    const QcCheckInfo *const info = qc_check_info(finding->check);
    const bool has_place = finding->at_s >= 0.0;
    json_t *object = json_object();
    json_object_set_new(object, "id", json_string(info->id));
    json_object_set_new(object, "check", json_string(info->name));
    json_object_set_new(object, "severity",
                        json_string(finding->severity == QC_FAIL ? "fail" : "warn"));
    json_object_set_new(object, "text", json_string(finding->text ? finding->text : info->meaning));
    json_object_set_new(object, "channel",
                        text_or_null(finding_channel_name(finding, layout, arena)));
    json_object_set_new(object, "at", text_or_null(finding_place_text(finding, rate_hz, arena)));
    json_object_set_new(object, "at_s", real_or_null(has_place, finding->at_s));
    json_object_set_new(object, "length_s", real_or_null(has_place, finding->length_s));
    json_object_set_new(object, "value", real_or_null(finding->has_value, finding->value));
    json_object_set_new(object, "limit", real_or_null(finding->has_value, finding->limit));
    json_object_set_new(object, "unit", json_string(finding->unit ? finding->unit : ""));
    json_object_set_new(object, "count", json_integer(finding->count));
    json_object_set_new(object, "codes", describe_codes(info));
    return object;
}

json_t *translation_to_json(const Translation *translation) {
    if (!translation || !translation->is_known) {
        return json_null();
    }
    const double *const levels_lufs = translation->integrated_lufs;
    json_t *places = json_object();
    for (int place = PLACE_AS_IT_IS + 1; place < PLACE_COUNT; place++) {
        json_object_set_new(places, translation_names[place],
                            json_pack("{s:f, s:f, s:f, s:f}", "integrated_lufs", levels_lufs[place],
                                      "change_lu", levels_lufs[place] - levels_lufs[PLACE_AS_IT_IS],
                                      "worst_lu", translation->worst_lu[place], "worst_at_s",
                                      translation->worst_at_s[place]));
    }
    return places;
}
