/* The keys of what is written and of what is measured there. */
#include "jobs/plan_files_text.h"

#include <inttypes.h>
#include <string.h>

#include "jobs/plan_key.h"
#include "jobs/plan_review_text.h"

/* Raise a number when the code of that stage starts to give other bits. */
static const char write_version[] = "write 1";
static const char encode_version[] = "encode 3";
static const char opus_version[] = "opus 1";         /* how files of it are made */
static const char metadata_version[] = "metadata 2"; /* chna and axml */
static const char meter_version[] = "meter 2";
static const char inspect_version[] = "inspect 7";

static void add_output(Text *text, const Mix *mix, const MixDeliverable *subject, int output) {
    const MixOutput *written = &subject->outputs[output];
    const int file_count = mix_files_per_reel(mix, subject) * subject->reel_count;
    text_add(text, "output %d\n",
             written->kind == OUTPUT_STEM ? written->stem : -1 - (int)written->kind);
    for (int stem = 0; written->is_in && stem < mix->stem_count; stem++) {
        text_add(text, "has stem %d: %d\n", stem, written->is_in[stem]);
    }
    if (written->part != PART_WHOLE) {
        text_add(text, "part %d\n", (int)written->part);
    }
    if (written->kind == OUTPUT_SET) {
        text_add(text, "set %s\n", written->name); /* it stands in bext, iXML and ADM */
    }
    for (int file = 0; file < file_count; file++) {
        text_add(text, "file %s\n", written->files[file]);
    }
}

/* What the files of a deliverable say about themselves beside what they are. */
static void add_notes(Text *text, const Mix *mix, const MixDeliverable *subject) {
    text_add(text, "reel %s version %d fps %d/%d%s\n", mix->reel ? mix->reel : "-", mix->version,
             subject->frame_rate_numerator, subject->frame_rate_denominator,
             subject->is_drop_frame ? " drop" : "");
    for (int marker = 0; marker < mix->marker_count; marker++) {
        text_add(text, "marker %s %" PRId64 "\n", mix->markers[marker].id, mix->markers[marker].at);
    }
    for (int scene = 0; scene < mix->scene_count; scene++) {
        text_add(text, "scene %s %" PRId64 " .. %" PRId64 "\n", mix->scenes[scene].id,
                 mix->scenes[scene].span.begin, mix->scenes[scene].span.end);
    }
    for (int index = 0; index < mix->cue_count; index++) {
        const MixNote *cue = &mix->cues[index];
        text_add(text, "cue %s %" PRId64 " .. %" PRId64 " title %s\nintent %s\n", cue->id,
                 cue->span.begin, cue->span.end, cue->title ? cue->title : "-",
                 cue->intent ? cue->intent : "-");
    }
}

static void add_reels(Text *text, const MixDeliverable *subject) {
    for (int index = 0; index < subject->reel_count; index++) {
        const MixReel *reel = &subject->reels[index];
        text_add(text, "reel %s %" PRId64 " .. %" PRId64 " leader %" PRId64 " tail %" PRId64,
                 reel->id ? reel->id : "-", reel->span.begin, reel->span.end, reel->leader_samples,
                 reel->tail_samples);
        text_add(text, " time reference %" PRId64 "\n", reel->time_reference);
        const MixPop *const pops[] = {&reel->leader_pop, &reel->tail_pop};
        for (int pop = 0; pop < 2; pop++) {
            text_add(text, "pop %" PRId64 " + %" PRId64 " %.17g Hz %.17g\n",
                     pops[pop]->begin_samples, pops[pop]->length_samples, pops[pop]->frequency_hz,
                     pops[pop]->gain);
        }
    }
}

/* What all files of a deliverable share. */
static void add_form(Text *text, const Mix *mix, const MixDeliverable *subject) {
    text_add(text, "deliverable %s container %d format %d split %d\n", subject->id,
             (int)subject->container, (int)subject->format, subject->is_split);
    if (subject->container == CONTAINER_OPUS) {
        text_add(text, "%s %d bit/s ambisonic %d\n", opus_version, subject->bits_per_s,
                 mix->buses[subject->bus].layout->kind == LAYOUT_AMBISONIC);
    }
    /* the title stands in the manifest only, which is made again with the files */
    text_add(text, "title %s\ncode %s\ncut %s\n", mix->title, mix->code, mix->cut);
    text_add(text, "seed %" PRIu64 "\n", mix->seed);
    add_notes(text, mix, subject);
    add_reels(text, subject);
    if (subject->has_metadata) {
        text_add(text, "%s\n", metadata_version);
    }
    if (subject->forbidden) {
        text_add(text, "forbidden %u\n", subject->forbidden);
    }
    for (int channel = 0; channel < subject->order_count; channel++) {
        text_add(text, "channel %d mask %u\n", subject->channel_order[channel],
                 subject->channel_mask);
    }
}

static void add_role(Text *text, const Mix *mix, const MixDeliverable *subject, int stem) {
    text_add(text, "stem %s %s\n", mix->stems[stem].id, mix->stems[stem].role);
    for (int slot = 0; slot < subject->slot_count; slot++) {
        text_add(text, "%s %.17g\n", subject->slots[slot].label,
                 subject->slots[slot].stem_gains[stem]);
    }
}

const char *plan_text_encode(const Mix *mix, const Plan *plan, int deliverable, Arena *arena) {
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    Text text = {.arena = arena};
    text_add(&text, "%s\n", encode_version);
    plan_text_add_key(&text, "master", plan->tasks[plan->master_tasks[deliverable]].outputs[0]);
    add_form(&text, mix, subject);
    for (int stem = 0; stem < mix->stem_count; stem++) {
        add_role(&text, mix, subject, stem);
    }
    if (subject->is_adm) { /* the key of MASTER tells the stems of the measured bus */
        for (int stem = 0; stem < mix->stem_count; stem++) {
            plan_text_add_stem(&text, mix, plan, stem, subject->bus);
        }
        plan_text_add_objects(&text, mix, plan, subject);
    }
    for (int output = 0; output < subject->output_count; output++) {
        add_output(&text, mix, subject, output);
    }
    return text.bytes;
}

const char *
plan_text_written(const Mix *mix, const Plan *plan, int deliverable, int group, Arena *arena) {
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    Text text = {.arena = arena};
    text_add(&text, "%s\n", write_version);
    add_form(&text, mix, subject);
    plan_text_add_delivered(&text, mix, subject);
    plan_text_add_measure(&text, mix, subject); /* files tell what they measure */
    for (int stem = 0; stem < mix->stem_count; stem++) {
        if (mix_group_has(mix, subject, group, stem)) {
            add_role(&text, mix, subject, stem);
            plan_text_add_stem(&text, mix, plan, stem, subject->bus);
        } else if (subject->has_metadata) {
            add_role(&text, mix, subject, stem);
        }
    }
    if (subject->is_adm) {
        text_add(&text, "adm\n");
        plan_text_add_objects(&text, mix, plan, subject);
    }
    for (int output = 0; output < subject->output_count; output++) {
        if (mix_output_group(mix, &subject->outputs[output]) == group) {
            add_output(&text, mix, subject, output);
        }
    }
    return text.bytes;
}

const char *plan_text_metered(const Mix *mix, int deliverable, int output, Arena *arena) {
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    const bool is_full = subject->outputs[output].kind == OUTPUT_FULL;
    Text text = {.arena = arena};
    text_add(&text, "%s\n", meter_version);
    plan_text_add_measure(&text, mix, subject);
    add_output(&text, mix, subject, output);
    for (int stem = 0; is_full && mix->full_stems && stem < mix->stem_count; stem++) {
        text_add(&text, "stem %d in full: %d\n", stem, mix->full_stems[stem]);
    }
    if (subject->qc) {
        plan_text_add_review(&text, mix, subject->qc);
    }
    return text.bytes;
}

const char *plan_text_with_needs(
    const char *content, const Plan *plan, const int *needs, int need_count, Arena *arena) {
    Text text = {.arena = arena};
    text_add(&text, "%s", content);
    for (int need = 0; need < need_count; need++) {
        const Task *task = &plan->tasks[needs[need]];
        plan_text_add_key(&text, task_kind_name(task->kind), task->outputs[0]);
    }
    return text.bytes;
}

const char *plan_text_inspect(const Mix *mix, const Plan *plan, int deliverable, Arena *arena) {
    Text text = {.arena = arena};
    text_add(&text, "%s\n", inspect_version);
    plan_text_add_key(&text, "encode", plan->tasks[plan->encode_tasks[deliverable]].outputs[0]);
    /* not audible, but an edited gate or version asks for another verdict and manifest */
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    text_add(&text, "target %.17g LUFS tolerance %.17g LU peak %.17g dBTP gates %d %d %d\n",
             subject->target_lufs, subject->tolerance_lu, subject->ceiling_dbtp,
             subject->has_target, subject->is_report_only, subject->has_dialogue_gate);
    if (subject->has_fallback) {
        text_add(&text, "fallback %.17g LUFS below %.17g %% advice %d\n", subject->fallback_lufs,
                 subject->fallback_percent, subject->is_fallback_advice);
    }
    if (subject->profile) {
        text_add(&text, "profile %s advice %d %d\n", subject->profile, subject->is_target_advice,
                 subject->is_peak_advice);
    }
    text_add(&text, "version %d fps %d/%d start %" PRId64 "\n", mix->version,
             mix->frame_rate_numerator, mix->frame_rate_denominator, mix->start_frames);
    text_add(&text, "layout %s film %d\n", mix->buses[subject->bus].layout->name, subject->is_film);
    if (subject->qc) {
        plan_text_add_review(&text, mix, subject->qc);
    }
    return text.bytes;
}
