/* How long a task takes, learnt from the journals of earlier runs. */
#include "cluster/cost_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/base/files.h"
#include "render/model/store_sharing.h"

static const char file_name[] = "costs.json";
static const size_t file_limit_bytes = 1 << 16;
/* Less than this of a kind says little about its rate. */
static const double enough_s = 0.2;
/* Sums are scaled down to this, so that a hundred old runs do not outweigh a new machine. */
static const double memory_s = 3600.0;

static const char *file_path(const char *store_folder, Arena *arena) {
    return path_join(arena, store_folder, file_name);
}

/* By way of the store's tmp, where what a crash leaves behind goes with the next trim. */
static Status
write_file(const char *text, const char *store_folder, Arena *arena, ErrorList *errors) {
    const char *written = path_join(arena, path_join(arena, store_folder, "tmp"), file_name);
    TRY(file_write_atomically(written, text, strlen(text), errors));
    store_sharing_apply(store_folder, written);
    return path_rename(written, file_path(store_folder, arena), errors);
}

static bool is_sum(double value) {
    return isfinite(value) && value >= 0.0;
}

void cost_model_read(const char *store_folder, Arena *arena, CostModel *model) {
    FileBytes bytes;
    ErrorList *ignored = errors_create(arena);
    *model = (CostModel){0};
    if (file_read(file_path(store_folder, arena), file_limit_bytes, NO_PLACE, arena, &bytes,
                  ignored) != DONE) {
        return;
    }
    json_t *root = json_loadb(bytes.bytes, bytes.size_bytes, 0, NULL);
    for (int kind = 0; kind < COST_KIND_COUNT; kind++) {
        const json_t *entry = json_object_get(root, task_kind_name((TaskKind)kind));
        const double units = json_number_value(json_object_get(entry, "units"));
        const double seconds = json_number_value(json_object_get(entry, "seconds"));
        if (is_sum(units) && is_sum(seconds)) {
            model->kinds[kind] = (KindCost){units, seconds};
        }
    }
    json_decref(root);
}

void cost_model_add(CostModel *model, TaskKind kind, double units, double seconds) {
    if (is_sum(units) && is_sum(seconds) && units > 0.0) {
        model->kinds[kind].units += units;
        model->kinds[kind].seconds += seconds;
    }
}

void cost_model_learn(CostModel *model, const json_t *event) {
    const char *name = json_string_value(json_object_get(event, "kind"));
    for (int kind = 0; name && kind < COST_KIND_COUNT; kind++) {
        if (strcmp(name, task_kind_name((TaskKind)kind)) == 0) {
            cost_model_add(model, (TaskKind)kind,
                           json_number_value(json_object_get(event, "units")),
                           json_number_value(json_object_get(event, "cpu")));
        }
    }
}

void cost_model_apply(const CostModel *model, Plan *plan) {
    for (int task = 0; task < plan->task_count; task++) {
        Task *costed = &plan->tasks[task];
        const KindCost *kind = &model->kinds[costed->kind];
        if (kind->seconds >= enough_s && kind->units > 0.0) {
            costed->cost = costed->units * kind->seconds / kind->units;
        }
    }
}

Status cost_model_write(const CostModel *model,
                        const char *store_folder,
                        Arena *arena,
                        ErrorList *errors) {
    json_t *root = json_object();
    for (int kind = 0; kind < COST_KIND_COUNT; kind++) {
        const KindCost *sum = &model->kinds[kind];
        const double scale = sum->seconds > memory_s ? memory_s / sum->seconds : 1.0;
        json_object_set_new(
            root, task_kind_name((TaskKind)kind),
            json_pack("{s:f, s:f}", "units", sum->units * scale, "seconds", sum->seconds * scale));
    }
    char *text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(root);
    const Status status =
        text ? write_file(text, store_folder, arena, errors)
             : fail(errors, E515, NO_PLACE, "out of memory for the costs of tasks");
    free(text);
    return status;
}
