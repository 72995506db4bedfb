/* What the verb adm tells. */
#include "cluster/adm_answer.h"

#include <stdio.h>

#include "cluster/answer.h"
#include "render/base/units.h"
#include "render/files/sound_text.h"
#include "spatial/layout_table.h"

void adm_answer_clipping(const AdmAnswer *answer, ErrorList *errors) {
    for (int index = 0; index < answer->output_count; index++) {
        const AdmOutput *const output = &answer->outputs[index];
        if (output->rendering.clipped_samples > 0) {
            warn(errors, E446, NO_PLACE, "%s samples of `%s` were clipped: its peak is %+.1f dB",
                 sound_count_text(output->rendering.clipped_samples).text, output->path,
                 db_from_gain(output->rendering.peak));
        }
    }
}

static json_t *describe_repairs(const AdmFile *file, bool notes) {
    const AdmFacts *const facts = adm_facts(file);
    json_t *list = json_array();
    for (const AdmRepair *repair = facts->repairs->first; repair; repair = repair->next) {
        if (adm_repair_is_note(repair->kind) == notes) {
            json_array_append_new(
                list, json_pack("{s:s, s:s, s:s, s:I, s:i}", "kind", adm_repair_word(repair->kind),
                                "element", repair->element, "text", adm_repair_text(repair->kind),
                                "count", (json_int_t)repair->count, "line", repair->line));
        }
    }
    return list;
}

static json_t *describe_output(const AdmOutput *output) {
    const Layout *const layout = output->target.layout;
    json_t *channels = json_array();
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const char *const label = layout_bs2051_label(layout, channel);
        json_array_append_new(channels,
                              json_string(*label ? label : layout->channels[channel].label));
    }
    const double peak = output->rendering.peak;
    json_t *const peak_dbfs = peak > 0.0 ? json_real(db_from_gain(peak)) : json_null();
    return json_pack("{s:s, s:s, s:o, s:I, s:s, s:I, s:o}", "path", output->path, "layout",
                     output->layout_name, "channels", channels, "bytes",
                     (json_int_t)output->rendering.size_bytes, "sha256", output->rendering.sha256,
                     "clipped_samples", (json_int_t)output->rendering.clipped_samples, "peak_dbfs",
                     peak_dbfs);
}

static void print_json(const AdmAnswer *answer, int exit_code) {
    const AdmFacts *const facts = adm_facts(answer->file);
    const AdmElement *const programme = facts->selection->programme;
    json_t *outputs = json_array();
    for (int index = 0; index < answer->output_count; index++) {
        json_array_append_new(outputs, describe_output(&answer->outputs[index]));
    }
    const int *const counts = facts->selection->counts;
    json_t *content = json_pack("{s:i, s:i, s:i, s:I}", "objects", counts[ADM_OBJECTS],
                                "direct_speakers", counts[ADM_DIRECT_SPEAKERS], "hoa",
                                counts[ADM_HOA], "blocks", (json_int_t)facts->block_count);
    answer_json(json_pack(
        "{s:b, s:i, s:s, s:s?, s:i, s:i, s:b, s:I, s:o, s:o, s:o, s:o}", "ok", exit_code == 0,
        "exit_code", exit_code, "file", answer->path, "programme", programme ? programme->id : NULL,
        "rate_hz", facts->sound->rate_hz, "bits_per_sample", facts->sound->bits_per_sample,
        "is_float", facts->sound->is_float, "frames", (json_int_t)facts->sound->frame_count,
        "content", content, "outputs", outputs, "repairs", describe_repairs(answer->file, false),
        "notes", describe_repairs(answer->file, true)));
}

static void print_lines(const AdmAnswer *answer) {
    const AdmFacts *const facts = adm_facts(answer->file);
    const int *const counts = facts->selection->counts;
    const double length_s = (double)facts->sound->frame_count / facts->sound->rate_hz;
    for (const AdmRepair *repair = facts->repairs->first; repair; repair = repair->next) {
        if (adm_repair_is_note(repair->kind)) {
            printf("note: %s: %s\n", repair->element, adm_repair_text(repair->kind));
        }
    }
    printf("%s: %d object%s, %d loudspeaker channel%s, %d HOA channel%s, %s\n", answer->path,
           counts[ADM_OBJECTS], counts[ADM_OBJECTS] == 1 ? "" : "s", counts[ADM_DIRECT_SPEAKERS],
           counts[ADM_DIRECT_SPEAKERS] == 1 ? "" : "s", counts[ADM_HOA],
           counts[ADM_HOA] == 1 ? "" : "s",
           sound_time_text(facts->sound->frame_count, facts->sound->rate_hz).text);
    for (int index = 0; index < answer->output_count; index++) {
        const AdmOutput *const output = &answer->outputs[index];
        printf("  %s  %d channels, peak %.1f dBFS\n", output->path,
               output->target.layout->channel_count, db_from_gain(output->rendering.peak));
    }
    if (answer->seconds > 0.0) {
        fprintf(stderr, "%.1f s, %.1f x real time\n", answer->seconds, length_s / answer->seconds);
    }
}

void adm_answer_print(const Options *options, const AdmAnswer *answer, int exit_code) {
    if (options->is_json) {
        print_json(answer, exit_code);
    } else if (!options->is_quiet) {
        print_lines(answer);
    }
}
