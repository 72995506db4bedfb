/* How much room a run will take. */
#include "cluster/space_need.h"
#include "render/model/store_place.h"

/* Transformed with zeros behind every partition: twice the samples of the response. */
static const double room_bytes_per_unit = 2.0 * sizeof(float);
/* Of a plain layer: a block of the file system. */
static const double note_bytes = 4096.0;

static double sample_bytes(SampleFormat format) {
    switch (format) {
    case PCM_16:
        return 2.0;
    case PCM_24:
        return 3.0;
    case PCM_32:
    case FLOAT_32:
        return 4.0;
    case FLOAT_64:
        return 8.0;
    }
    return 8.0;
}

SpaceNeed space_need_output(const Run *run) {
    SpaceNeed need = {0};
    for (int deliverable = 0; deliverable < run->mix->deliverable_count; deliverable++) {
        const MixDeliverable *subject = &run->mix->deliverables[deliverable];
        const int channels = mix_track_count(subject);
        const bool is_packed =
            subject->container == CONTAINER_FLAC || subject->container == CONTAINER_OPUS;
        const double share = is_packed ? 0.3 : 1.0;
        for (int output = 0; output < subject->output_count; output++) {
            const int group = mix_output_group(run->mix, &subject->outputs[output]);
            if (!run_task_is_done(run, run->plan->write_tasks[deliverable][group])) {
                need.bytes += share * channels * (double)subject->length_samples *
                              sample_bytes(subject->format);
                need.files += subject->is_split ? channels : 1;
            }
        }
    }
    return need;
}

static double prepared_bytes(const Run *run, const Task *task) {
    const MixLayer *layer = &run->mix->layers[task->subject];
    if (mix_layer_is_plain(run->mix, layer)) {
        return note_bytes; /* its samples stay in its file */
    }
    return (double)layer->length_samples * layer->layout->channel_count * (double)sizeof(float);
}

/* What stays on its host leaves a word in the store. */
static bool is_kept_away(const Run *run, const Task *task) {
    return store_keeps_intermediates(run->store) &&
           (task->kind == TASK_PREPARE || task->kind == TASK_SPATIALIZE);
}

SpaceNeed space_need_store_least(const Run *run) {
    SpaceNeed need = {0};
    for (int task = 0; task < run->plan->task_count; task++) {
        const Task *subject = &run->plan->tasks[task];
        if (subject->kind == TASK_PREPARE && !run_task_is_done(run, task)) {
            need.bytes += is_kept_away(run, subject) ? 0.0 : prepared_bytes(run, subject);
            need.files += 1.0;
        }
    }
    return need;
}

/* One output for each bus, then the dry part of each, then what came back from the rooms. */
static SpaceNeed spatialized_need(const Run *run, const Task *task) {
    SpaceNeed need = {0};
    const int full_count =
        store_keeps_spare(run->store) ? task_needed_count(task) : task->output_count;
    for (int output = 0; output < task->output_count; output++) {
        const MixBus *bus = &run->mix->buses[output % run->mix->bus_count];
        if (!key_is_zero(task->outputs[output])) {
            const double frames =
                output < full_count ? (double)(task->span.end - task->span.begin) : 0.0;
            need.bytes += frames * bus->layout->channel_count * (double)sizeof(float);
            need.files += 1.0;
        }
    }
    return need;
}

static SpaceNeed task_need(const Run *run, const Task *task) {
    if (is_kept_away(run, task)) {
        return (SpaceNeed){0.0, task->output_count};
    }
    switch (task->kind) {
    case TASK_PREPARE:
        return (SpaceNeed){prepared_bytes(run, task), 1.0};
    case TASK_ROOM:
        return (SpaceNeed){room_bytes_per_unit * task->units, 1.0};
    case TASK_SPATIALIZE:
        return spatialized_need(run, task);
    case TASK_MEASURE: /* some KiB */
    case TASK_MASTER:  /* a gain a block, facts: nothing beside the audio */
    case TASK_INSPECT:
    case TASK_ANALYSE:
        return (SpaceNeed){0.0, task->output_count};
    case TASK_METER: /* its facts, and those for the next run to find */
        return (SpaceNeed){0.0, 2.0};
    case TASK_WRITE: /* files of the output folder, whose seals the next run finds */
        return (SpaceNeed){0.0, 1.0};
    case TASK_ENCODE: /* links to them */
        break;
    }
    return (SpaceNeed){0};
}

SpaceNeed space_need_store_most(const Run *run) {
    SpaceNeed need = {0};
    for (int task = 0; task < run->plan->task_count; task++) {
        if (!run_task_is_done(run, task)) {
            const SpaceNeed own = task_need(run, &run->plan->tasks[task]);
            need.bytes += own.bytes;
            need.files += own.files;
        }
    }
    return need;
}
