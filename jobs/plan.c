/* Mix -> Plan: tasks, needs, keys and cost. */
#include "jobs/plan.h"

#include <string.h>

#include "jobs/ceiling_key.h"
#include "jobs/layer_keys.h"
#include "jobs/plan_files_text.h"
#include "jobs/plan_key.h"
#include "jobs/plan_measure.h"
#include "render/stages/measured_slots.h"

/* 16 blocks: 10.9 s at 48 kHz. Fixed, so that two runs of a job share their results whatever their
 * ranks. */
enum { SPAN_GRID_SAMPLES = 32768, DEFAULT_SPAN_SAMPLES = 16 * SPAN_GRID_SAMPLES };

/* Seconds of one core per unit, from a cold render of the demo on a 2.x GHz server core; a run
 * learns its own. */
static const double rates_s[] = {
    [TASK_PREPARE] = 2.0e-8,    [TASK_ROOM] = 1.0e-7,    [TASK_ANALYSE] = 6.0e-9,
    [TASK_SPATIALIZE] = 3.0e-9, [TASK_MASTER] = 1.0e-10, [TASK_WRITE] = 5.0e-9,
    [TASK_METER] = 6.0e-9,      [TASK_ENCODE] = 1.0e-3,  [TASK_INSPECT] = 1.0e-9,
    [TASK_MEASURE] = 3.0e-9,
};

typedef struct PlanMaker {
    const Mix *mix;
    Arena *arena;
    Plan *plan;
    int *needs; /* of the task being made */
    int need_count;
} PlanMaker;

static int *make_table(PlanMaker *maker, int count) {
    int *table = arena_array(maker->arena, (size_t)count, sizeof *table);
    for (int entry = 0; entry < count; entry++) {
        table[entry] = -1;
    }
    return table;
}

static void add_new_need(PlanMaker *maker, int task) {
    maker->needs[maker->need_count++] = task;
}

static void add_need(PlanMaker *maker, int task) {
    for (int need = 0; need < maker->need_count; need++) {
        if (maker->needs[need] == task) {
            return;
        }
    }
    add_new_need(maker, task);
}

static void need_spans(PlanMaker *maker, int stem) {
    const int count = maker->plan->span_count;
    for (int span = 0; span < count; span++) {
        add_new_need(maker, maker->plan->spatialize_tasks[stem * count + span]);
    }
}

/* A deliverable needs every span of every stem: hundreds of thousands in a long job. */
static void need_all_spans(PlanMaker *maker) {
    for (int stem = 0; stem < maker->mix->stem_count; stem++) {
        need_spans(maker, stem);
    }
}

/* Adds a task with the needs gathered so far; texts: [count], NULL = nothing to make. */
static int add_task(PlanMaker *maker, const Task *sketch, const char *const *texts, int count) {
    Plan *plan = maker->plan;
    Task *task = &plan->tasks[plan->task_count];
    *task = *sketch;
    Key *outputs = arena_array(maker->arena, (size_t)count, sizeof *outputs);
    const char **kept = arena_array(maker->arena, (size_t)count, sizeof *kept);
    for (int output = 0; output < count; output++) {
        kept[output] = texts[output];
        outputs[output] = texts[output] ? key_of_text(texts[output]) : (Key){0};
    }
    int *needs = arena_array(maker->arena, (size_t)maker->need_count, sizeof *needs);
    if (maker->need_count) {
        memcpy(needs, maker->needs, (size_t)maker->need_count * sizeof *needs);
    }
    task->outputs = outputs;
    task->output_texts = kept;
    task->output_count = count;
    task->needs = needs;
    task->need_count = maker->need_count;
    task->cost = task->units * rates_s[task->kind];
    maker->need_count = 0;
    return plan->task_count++;
}

static double seconds_of(const Mix *mix, int64_t samples) {
    return (double)samples / mix->rate_hz;
}

/* What is pushed through a resampler begins with the file's first frame. */
static double played_frames(const MixLayer *layer, bool is_resampled) {
    double frames = 0.0;
    for (int clip = 0; clip < layer->clip_count; clip++) {
        frames += (double)(layer->clips[clip].length_samples +
                           (is_resampled ? layer->clips[clip].from_samples : 0));
    }
    return frames;
}

static void add_prepare_tasks(PlanMaker *maker) {
    const Mix *mix = maker->mix;
    LayerKeys *keys = arena_array(maker->arena, (size_t)mix->layer_count, sizeof *keys);
    maker->plan->layer_keys = keys;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *subject = &mix->layers[layer];
        const MixFile *file = &mix->files[subject->file];
        keys[layer] = layer_keys_make(mix, layer, maker->arena);
        const char *text = layer_text_prepare(mix, layer, maker->arena);
        const bool is_resampled = file->rate_hz * subject->speed != mix->rate_hz;
        const double frames = played_frames(subject, is_resampled);
        const double pushed = is_resampled ? 4.0 : 1.0;
        const Task task = {.kind = TASK_PREPARE,
                           .subject = layer,
                           .units = frames * file->channel_count * pushed,
                           .name = arena_format(maker->arena, "prepare %s", subject->id)};
        maker->plan->prepare_tasks[layer] = add_task(maker, &task, &text, 1);
    }
}

/* It, or a part of it. */
static bool room_is_used(const Mix *mix, int room) {
    for (int layer = 0; layer < mix->layer_count; layer++) {
        for (int send = 0; send < mix->layers[layer].send_count; send++) {
            if (mix_room_origin(mix, mix->layers[layer].sends[send].room) == room) {
                return true;
            }
        }
    }
    return false;
}

static void add_room_task(PlanMaker *maker, int room, int bus) {
    static const char *const halves[] = {
        [ROOM_WHOLE] = "", [ROOM_EARLY] = " early", [ROOM_LATE] = " late"};
    const Mix *mix = maker->mix;
    const char *text = plan_text_room(mix, room, bus, maker->arena);
    const char *layout = mix->buses[bus].layout->name;
    const Task task = {.kind = TASK_ROOM,
                       .subject = room,
                       .detail = bus,
                       .units = (double)plan_room_tail_samples(mix, &mix->rooms[room]) *
                                mix->buses[bus].layout->channel_count,
                       .name = arena_format(maker->arena, "room %s%s %s", mix->rooms[room].id,
                                            halves[mix->rooms[room].split], layout)};
    maker->plan->room_tasks[room * mix->bus_count + bus] = add_task(maker, &task, &text, 1);
}

/* Parts of a room stand behind it, and have its response. */
static void add_room_tasks(PlanMaker *maker) {
    const Mix *mix = maker->mix;
    int *tasks = maker->plan->room_tasks;
    for (int room = 0; room < mix->room_count; room++) {
        const int origin = mix_room_origin(mix, room);
        for (int bus = 0; bus < mix->bus_count; bus++) {
            if (origin != room) {
                tasks[room * mix->bus_count + bus] = tasks[origin * mix->bus_count + bus];
            } else if (room_is_used(mix, room) && !mix->buses[bus].fold) {
                add_room_task(maker, room, bus); /* a fold holds the rooms of what it is made of */
            }
        }
    }
}

/* The responses of the rooms that a layer sends to, in every bus that is rendered. */
static void add_room_needs(PlanMaker *maker, const MixLayer *layer) {
    const Mix *mix = maker->mix;
    for (int send = 0; send < layer->send_count; send++) {
        for (int bus = 0; bus < mix->bus_count; bus++) {
            if (!mix->buses[bus].fold) {
                const int row = layer->sends[send].room * mix->bus_count + bus;
                add_need(maker, maker->plan->room_tasks[row]);
            }
        }
    }
}

/* What the layers of a ceiling need to be heard in its window. */
static void add_analyse_task(PlanMaker *maker, int index) {
    const Mix *mix = maker->mix;
    const MixCeiling *ceiling = &mix->ceilings[index];
    const Span heard = ceiling_heard_span(mix, ceiling);
    double units = 0.0;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *subject = &mix->layers[layer];
        if (ceiling->is_in[layer] && plan_layer_sounds(mix, subject, heard)) {
            add_need(maker, maker->plan->prepare_tasks[layer]);
            add_room_needs(maker, subject);
            units += subject->layout->channel_count * mix->bus_count;
        }
    }
    const char *text = plan_text_analyse(mix, maker->plan, index, maker->arena);
    const Task task = {.kind = TASK_ANALYSE,
                       .subject = index,
                       .span = heard,
                       .units = units * (double)(heard.end - heard.begin),
                       .name = arena_format(maker->arena, "analyse %s %.3f s", ceiling->id,
                                            seconds_of(mix, ceiling->window.begin))};
    maker->plan->analyse_tasks[index] = add_task(maker, &task, &text, 1);
}

/* What is found for the layer, where it begins before `until`. */
static void add_ceiling_needs(PlanMaker *maker, int layer, SampleTime until) {
    for (int index = 0; index < maker->mix->ceiling_count; index++) {
        if (ceiling_is_of(&maker->mix->ceilings[index], layer, until)) {
            add_need(maker, maker->plan->analyse_tasks[index]);
        }
    }
}

static bool stem_sends_to(const Mix *mix, int stem, int room, Span span) {
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *subject = &mix->layers[layer];
        bool has_send = false;
        for (int send = 0; send < subject->send_count; send++) {
            has_send = has_send || subject->sends[send].room == room;
        }
        has_send = has_send && mix_room_is_heard(&mix->rooms[room], span);
        if (has_send && subject->stem == stem && plan_layer_sounds(mix, subject, span)) {
            return true;
        }
    }
    return false;
}

/* A panned channel costs a sum, one around a head a convolution per ear. */
static double units_of_channel(const MixBus *bus) {
    enum { EAR_UNITS = 6 };
    const int outputs = bus->layout->channel_count;
    return bus->fold ? 0.0 : bus->sofa_file >= 0 ? EAR_UNITS * outputs : outputs;
}

/* One convolution for each room that the stem sends to and each bus: the transforms, and a product
 * for every partition. */
static double units_of_rooms(const Mix *mix, int stem, Span span) {
    enum { TRANSFORM_UNITS = 4, PARTITIONS_PER_UNIT = 4 };
    double units = 0.0;
    for (int room = 0; room < mix->room_count; room++) {
        if (!stem_sends_to(mix, stem, room, span)) {
            continue;
        }
        const SampleTime tail = plan_room_tail_samples(mix, &mix->rooms[room]);
        const double partitions = 1.0 + (double)tail / SPAN_GRID_SAMPLES;
        for (int bus = 0; bus < mix->bus_count; bus++) {
            const int outputs = mix->buses[bus].fold ? 0 : mix->buses[bus].layout->channel_count;
            units += outputs * (TRANSFORM_UNITS + partitions / PARTITIONS_PER_UNIT);
        }
    }
    return units;
}

/* Gathers what a stem needs in a span and returns what rendering it costs, in units. */
static double gather_spatialize(PlanMaker *maker, int stem, Span span) {
    const Mix *mix = maker->mix;
    double units_per_channel = 0.0;
    for (int bus = 0; bus < mix->bus_count; bus++) {
        units_per_channel += units_of_channel(&mix->buses[bus]);
    }
    double units = units_of_rooms(mix, stem, span);
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const MixLayer *subject = &mix->layers[layer];
        if (subject->stem == stem && plan_layer_sounds(mix, subject, span)) {
            add_need(maker, maker->plan->prepare_tasks[layer]);
            add_room_needs(maker, subject);
            add_ceiling_needs(maker, layer, plan_end_of_interest(mix, span));
            units += subject->layout->channel_count * units_per_channel;
        }
    }
    return units * (double)(span.end - span.begin);
}

static void add_spatialize_tasks(PlanMaker *maker) {
    const Mix *mix = maker->mix;
    Plan *plan = maker->plan;
    const int buses = mix->bus_count;
    const char **texts = arena_array(maker->arena, SPATIALIZE_PARTS * (size_t)buses, sizeof *texts);
    for (int stem = 0; stem < mix->stem_count; stem++) {
        for (int index = 0; index < plan->span_count; index++) {
            const Span span = plan->spans[index];
            for (int bus = 0; bus < buses; bus++) {
                Arena *arena = maker->arena;
                texts[bus] = plan_text_spatialize(mix, plan, stem, span, bus, arena);
                texts[buses + bus] = plan_text_dry(mix, plan, stem, span, bus, arena);
                texts[2 * buses + bus] = plan_text_rooms(mix, plan, stem, span, bus, arena);
            }
            const Task task = {.kind = TASK_SPATIALIZE,
                               .subject = stem,
                               .span = span,
                               .units = gather_spatialize(maker, stem, span),
                               .name =
                                   arena_format(maker->arena, "spatialize %s %.3f s",
                                                mix->stems[stem].id, seconds_of(mix, span.begin))};
            plan->spatialize_tasks[stem * plan->span_count + index] =
                add_task(maker, &task, texts, SPATIALIZE_PARTS * buses);
        }
    }
}

static void add_measure_task(PlanMaker *maker, int deliverable, int group) {
    const Mix *mix = maker->mix;
    Plan *plan = maker->plan;
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    const Span spans = plan_measure_spans(mix, plan, deliverable, group);
    const Span heard = measure_group_heard(subject, group);
    const SampleTime begin = measure_group_cells(subject, group).begin * MEASURE_CELL_SAMPLES;
    for (int stem = 0; stem < mix->stem_count; stem++) {
        for (int64_t span = spans.begin; span < spans.end; span++) {
            add_new_need(maker, plan->spatialize_tasks[(int64_t)stem * plan->span_count + span]);
        }
    }
    const double channels = mix->buses[subject->measured_bus].layout->channel_count;
    const char *text = plan_text_measure(mix, plan, deliverable, group, maker->arena);
    const Task task = {.kind = TASK_MEASURE,
                       .subject = deliverable,
                       .detail = group,
                       .units = (double)(heard.end - heard.begin) * channels,
                       .name = arena_format(maker->arena, "measure %s %.3f s", subject->id,
                                            (double)begin / subject->rate_hz)};
    add_task(maker, &task, &text, 1);
}

static void add_measure_tasks(PlanMaker *maker) {
    for (int deliverable = 0; deliverable < maker->mix->deliverable_count; deliverable++) {
        maker->plan->measure_tasks[deliverable] = maker->plan->task_count;
        const int count = measure_group_count(&maker->mix->deliverables[deliverable]);
        for (int group = 0; group < count; group++) {
            add_measure_task(maker, deliverable, group);
        }
    }
}

static void need_measures(PlanMaker *maker, int deliverable) {
    const int count = measure_group_count(&maker->mix->deliverables[deliverable]);
    for (int group = 0; group < count; group++) {
        add_new_need(maker, maker->plan->measure_tasks[deliverable] + group);
    }
}

/* WRITE reads the objects of an ADM deliverable as they were prepared. */
static void need_objects(PlanMaker *maker, const MixDeliverable *deliverable) {
    for (int object = 0; object < deliverable->object_count; object++) {
        const MixObject *subject = &deliverable->objects[object];
        if (subject->channel == 0) {
            add_new_need(maker, maker->plan->prepare_tasks[subject->layer]);
            add_ceiling_needs(maker, subject->layer, INT64_MAX);
        }
    }
}

/* QC reads the stems behind the gain of the master, and the layers. */
static void need_review(PlanMaker *maker, int deliverable) {
    if (!maker->mix->deliverables[deliverable].qc) {
        return;
    }
    need_all_spans(maker);
    for (int layer = 0; layer < maker->mix->layer_count; layer++) {
        add_new_need(maker, maker->plan->prepare_tasks[layer]);
    }
    for (int index = 0; index < maker->mix->ceiling_count; index++) {
        add_new_need(maker, maker->plan->analyse_tasks[index]);
    }
}

static void add_master_task(PlanMaker *maker, int deliverable, double channels) {
    const Mix *mix = maker->mix;
    const Task task = {
        .kind = TASK_MASTER,
        .subject = deliverable,
        .units = 12.0 * channels * (double)mix->length_samples,
        .name = arena_format(maker->arena, "master %s", mix->deliverables[deliverable].id)};
    const char *const texts[] = {plan_text_master(mix, maker->plan, deliverable, maker->arena),
                                 plan_text_energies(mix, maker->plan, deliverable, maker->arena)};
    need_all_spans(maker);
    need_measures(maker, deliverable);
    maker->plan->master_tasks[deliverable] = add_task(maker, &task, texts, texts[1] ? 2 : 1);
}

/* What is written, or measured, of one of the deliverables: without its results, then with them. */
static int add_content_task(PlanMaker *maker, Task *task, const int *results, int result_count) {
    const char *text =
        plan_text_with_needs(task->content, maker->plan, results, result_count, maker->arena);
    return add_task(maker, task, &text, 1);
}

static bool has_group(const Mix *mix, const MixDeliverable *deliverable, int group) {
    bool has = false;
    for (int output = 0; output < deliverable->output_count; output++) {
        has = has || mix_output_group(mix, &deliverable->outputs[output]) == group;
    }
    return has;
}

/* The files of a stem, or of all sums of stems: name "write st mx", "write st". */
static void add_write_task(PlanMaker *maker, int deliverable, int group, double channels) {
    const Mix *mix = maker->mix;
    Plan *plan = maker->plan;
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    const bool is_stem = group < mix->stem_count;
    int stem_count = 0;
    for (int stem = 0; stem < mix->stem_count; stem++) {
        if (mix_group_has(mix, subject, group, stem)) {
            need_spans(maker, stem);
            stem_count++;
        }
    }
    need_objects(maker, subject);
    add_new_need(maker, plan->master_tasks[deliverable]);
    Task task = {.kind = TASK_WRITE,
                 .subject = deliverable,
                 .detail = group,
                 .units = 2.0 * channels * (stem_count + 1) * (double)mix->length_samples,
                 .name = arena_format(maker->arena, "write %s%s%s", subject->id, is_stem ? " " : "",
                                      is_stem ? mix->stems[group].id : ""),
                 .content = plan_text_written(mix, plan, deliverable, group, maker->arena)};
    plan->write_tasks[deliverable][group] =
        add_content_task(maker, &task, &plan->master_tasks[deliverable], 1);
}

/* The whole is held against its parts. */
static void add_meter_task(PlanMaker *maker, int deliverable, int output, double channels) {
    const Mix *mix = maker->mix;
    Plan *plan = maker->plan;
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    const MixOutput *measured = &subject->outputs[output];
    int *results = arena_array(maker->arena, (size_t)mix->stem_count + 2, sizeof *results);
    int count = 0;
    for (int group = 0; group <= mix->stem_count; group++) {
        const bool is_read =
            measured->kind == OUTPUT_FULL || group == mix_output_group(mix, measured);
        if (is_read && plan->write_tasks[deliverable][group] >= 0) {
            results[count++] = plan->write_tasks[deliverable][group];
            add_new_need(maker, plan->write_tasks[deliverable][group]);
        }
    }
    results[count++] = plan->master_tasks[deliverable]; /* tells of the dialogue */
    add_new_need(maker, plan->master_tasks[deliverable]);
    Task task = {.kind = TASK_METER,
                 .subject = deliverable,
                 .detail = output,
                 .units = channels * (count + 1) * (double)mix->length_samples,
                 .name = arena_format(maker->arena, "meter %s %s", subject->id, measured->name),
                 .content = plan_text_metered(mix, deliverable, output, maker->arena)};
    plan->meter_tasks[deliverable][output] = add_content_task(maker, &task, results, count);
}

static void add_file_tasks(PlanMaker *maker, int deliverable, double channels) {
    const Mix *mix = maker->mix;
    Plan *plan = maker->plan;
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    plan->write_tasks[deliverable] = make_table(maker, mix->stem_count + 1);
    plan->meter_tasks[deliverable] = make_table(maker, subject->output_count);
    for (int group = 0; group <= mix->stem_count; group++) {
        if (has_group(mix, subject, group)) {
            add_write_task(maker, deliverable, group, channels);
        }
    }
    for (int output = 0; output < subject->output_count; output++) {
        add_meter_task(maker, deliverable, output, channels);
    }
}

/* ENCODE and INSPECT put together what the tasks of their files left. */
static void add_joints(PlanMaker *maker, int deliverable, double channels) {
    const Mix *mix = maker->mix;
    Plan *plan = maker->plan;
    Arena *arena = maker->arena;
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    const char *text = plan_text_encode(mix, plan, deliverable, arena);
    const Task encode = {.kind = TASK_ENCODE,
                         .subject = deliverable,
                         .units = subject->output_count,
                         .name = arena_format(arena, "encode %s", subject->id)};
    for (int group = 0; group <= mix->stem_count; group++) {
        if (plan->write_tasks[deliverable][group] >= 0) {
            add_new_need(maker, plan->write_tasks[deliverable][group]);
        }
    }
    add_new_need(maker, plan->master_tasks[deliverable]);
    plan->encode_tasks[deliverable] = add_task(maker, &encode, &text, 1);
    text = plan_text_inspect(mix, plan, deliverable, arena);
    const double reviewed = subject->qc ? mix->stem_count + 1.0 : 0.0;
    const Task inspect = {.kind = TASK_INSPECT,
                          .subject = deliverable,
                          .units = 1e6 + 6.0 * channels * reviewed * (double)mix->length_samples,
                          .name = arena_format(arena, "inspect %s", subject->id)};
    need_review(maker, deliverable);
    for (int output = 0; output < subject->output_count; output++) {
        add_new_need(maker, plan->meter_tasks[deliverable][output]);
    }
    add_new_need(maker, plan->master_tasks[deliverable]); /* INSPECT tells of the limiter */
    add_new_need(maker, plan->encode_tasks[deliverable]);
    plan->inspect_tasks[deliverable] = add_task(maker, &inspect, &text, 1);
}

static void add_deliverable_tasks(PlanMaker *maker) {
    const Mix *mix = maker->mix;
    for (int deliverable = 0; deliverable < mix->deliverable_count; deliverable++) {
        const int bus = mix->deliverables[deliverable].bus;
        const double channels = mix->buses[bus].layout->channel_count;
        add_master_task(maker, deliverable, channels);
        add_file_tasks(maker, deliverable, channels);
        add_joints(maker, deliverable, channels);
    }
}

static void make_spans(PlanMaker *maker, int64_t span_samples) {
    const int64_t length = maker->mix->length_samples;
    Plan *plan = maker->plan;
    plan->span_count = (int)((length + span_samples - 1) / span_samples);
    plan->spans = arena_array(maker->arena, (size_t)plan->span_count, sizeof *plan->spans);
    for (int span = 0; span < plan->span_count; span++) {
        const int64_t end = (span + 1) * span_samples;
        plan->spans[span] = (Span){span * span_samples, end < length ? end : length};
    }
}

static void make_tables(PlanMaker *maker) {
    enum { OTHER_TASKS = 4 }; /* master, write of the sums, encode, inspect */
    const Mix *mix = maker->mix;
    Plan *plan = maker->plan;
    const int deliverables = mix->deliverable_count;
    const int rooms = mix->room_count * mix->bus_count;
    const int stems = mix->stem_count * plan->span_count;
    plan->prepare_tasks = make_table(maker, mix->layer_count);
    plan->room_tasks = make_table(maker, rooms);
    plan->analyse_tasks = make_table(maker, mix->ceiling_count);
    plan->spatialize_tasks = make_table(maker, stems);
    plan->measure_tasks = make_table(maker, deliverables);
    plan->master_tasks = make_table(maker, deliverables);
    plan->encode_tasks = make_table(maker, deliverables);
    plan->inspect_tasks = make_table(maker, deliverables);
    plan->write_tasks =
        arena_array(maker->arena, (size_t)deliverables + 1, sizeof *plan->write_tasks);
    plan->meter_tasks =
        arena_array(maker->arena, (size_t)deliverables + 1, sizeof *plan->meter_tasks);
    int limit = mix->layer_count + rooms + mix->ceiling_count + stems;
    for (int deliverable = 0; deliverable < deliverables; deliverable++) {
        limit += mix->stem_count + mix->deliverables[deliverable].output_count;
        limit += OTHER_TASKS;
        limit += measure_group_count(&mix->deliverables[deliverable]);
    }
    plan->tasks = arena_array(maker->arena, (size_t)limit, sizeof *plan->tasks);
    maker->needs = make_table(maker, limit);
}

static Key key_of_plan(const Plan *plan, Arena *arena) {
    size_t count = 0;
    for (int task = 0; task < plan->task_count; task++) {
        count += (size_t)plan->tasks[task].output_count;
    }
    Key *keys = arena_array(arena, count, sizeof *keys);
    size_t filled = 0;
    for (int task = 0; task < plan->task_count; task++) {
        const Task *made = &plan->tasks[task];
        memcpy(keys + filled, made->outputs, (size_t)made->output_count * sizeof *keys);
        filled += (size_t)made->output_count;
    }
    return key_of_bytes(keys, count * sizeof *keys);
}

Status plan_make(const Mix *mix,
                 const char *run_name,
                 PlanOptions options,
                 Arena *arena,
                 Plan **plan,
                 ErrorList *errors) {
    *plan = arena_alloc(arena, sizeof **plan);
    (*plan)->code = run_name;
    PlanMaker maker = {.mix = mix, .arena = arena, .plan = *plan};
    const int64_t span_samples = options.span_samples ? options.span_samples : DEFAULT_SPAN_SAMPLES;
    if (span_samples % SPAN_GRID_SAMPLES != 0 || span_samples <= 0) {
        return fail(errors, E002, NO_PLACE, "a span is a multiple of %d samples",
                    SPAN_GRID_SAMPLES);
    }
    make_spans(&maker, span_samples);
    make_tables(&maker);
    add_prepare_tasks(&maker);
    add_room_tasks(&maker);
    for (int ceiling = 0; ceiling < mix->ceiling_count; ceiling++) {
        add_analyse_task(&maker, ceiling);
    }
    add_spatialize_tasks(&maker);
    add_measure_tasks(&maker);
    add_deliverable_tasks(&maker);
    (*plan)->key = key_of_plan(*plan, arena);
    return DONE;
}
