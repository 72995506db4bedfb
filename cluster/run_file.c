/* .nocturne/run.json: the job as it was read and the options that shape the run, in one text. */
#include "cluster/run_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/job_input.h"
#include "render/base/files.h"

static const char schema_name[] = "nocturne-run/1";
static const size_t limit_bytes = 64u << 20; /* a job of 4 MiB, escaped, and room to spare */

static json_t *format_roots(const Options *options) {
    json_t *roots = json_array();
    for (int root = 0; root < options->root_count; root++) {
        json_array_append_new(
            roots, json_pack("[s, s]", options->roots[root].name, options->roots[root].path));
    }
    return roots;
}

static json_t *format_refused(const RefusedList *list) {
    json_t *refused = json_array();
    for (int entry = 0; entry < list->count; entry++) {
        const Refused *one = &list->entries[entry];
        json_array_append_new(refused,
                              json_pack("[s, i, s]", one->id, (int)one->status, one->reason));
    }
    return refused;
}

static json_t *format_options(const Run *run, const Options *options) {
    json_t *sets = json_array();
    for (int set = 0; set < options->set_count; set++) {
        json_array_append_new(sets, json_string(options->sets[set]));
    }
    return json_pack(
        "{s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:b, s:b, s:s, s:s, s:i, s:i, s:b, s:b, s:I, s:I, "
        "s:i, s:i, s:f, s:o, s:o, s:o}",
        "alternate", options->alternate, "scratch", options->scratch, "intermediates",
        options->intermediates, "hosts", options->hosts, "ssh", options->ssh, "network",
        options->network, "slurm", (int)options->is_slurm, "keep_ranks", (int)options->keeps_ranks,
        "output", run->output_folder, "store", store_path(run->store), "ranks", options->rank_count,
        "grade", options->grade, "strict", (int)options->is_strict, "allow_qc_fail",
        (int)options->allow_qc_fail, "span_blocks", (json_int_t)options->span_blocks, "memory",
        (json_int_t)options->memory_bytes, "fft", options->fft, "urgency", options->urgency,
        "space_wait", options->space_wait_s, "roots", format_roots(options), "sets", sets,
        "refused", format_refused(&run->refused));
}

const char *
run_file_format(const Run *run, const Options *options, Arena *arena, size_t *size_bytes) {
    KeyText plan_key;
    key_format(run->plan->key, plan_key);
    char *working_folder = getcwd(NULL, 0);
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "schema", schema_name, "job_path", run->job->path,
        "working_folder", working_folder ? working_folder : ".", "job", run->job->bytes, "code",
        run->plan->code, "plan", plan_key, "options", format_options(run, options));
    free(working_folder);
    char *text = json_dumps(root, JSON_SORT_KEYS | JSON_INDENT(1));
    json_decref(root);
    const char *kept = arena_copy_text(arena, text ? text : "");
    free(text);
    *size_bytes = strlen(kept);
    return kept;
}

static const char *text_member(const json_t *root, const char *key, Arena *arena) {
    const char *value = json_string_value(json_object_get(root, key));
    return value ? arena_copy_text(arena, value) : NULL;
}

static void parse_lists(const json_t *source, Arena *arena, Options *options) {
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(source, "roots"), index, entry) {
        const char *name = json_string_value(json_array_get(entry, 0));
        const char *path = json_string_value(json_array_get(entry, 1));
        if (name && path && index < sizeof options->roots / sizeof *options->roots) {
            options->roots[options->root_count++] =
                (JobRootOption){arena_copy_text(arena, name), arena_copy_text(arena, path)};
        }
    }
    json_array_foreach(json_object_get(source, "sets"), index, entry) {
        if (json_is_string(entry) && index < sizeof options->sets / sizeof *options->sets) {
            options->sets[options->set_count++] = arena_copy_text(arena, json_string_value(entry));
        }
    }
}

static RefusedList parse_refused(const json_t *source, Arena *arena) {
    const size_t count = json_array_size(source);
    Refused *entries = arena_array(arena, count + 1, sizeof *entries);
    RefusedList list = {.entries = entries};
    for (size_t index = 0; index < count; index++) {
        const json_t *row = json_array_get(source, index);
        const char *id = json_string_value(json_array_get(row, 0));
        const char *reason = json_string_value(json_array_get(row, 2));
        if (id && reason) {
            entries[list.count++] =
                (Refused){.id = arena_copy_text(arena, id),
                          .status = (Status)json_integer_value(json_array_get(row, 1)),
                          .reason = arena_copy_text(arena, reason)};
        }
    }
    return list;
}

static void parse_options(const json_t *source, Arena *arena, Options *options) {
    options->alternate = text_member(source, "alternate", arena);
    options->hosts = text_member(source, "hosts", arena);
    options->ssh = text_member(source, "ssh", arena);
    options->network = text_member(source, "network", arena);
    options->is_slurm = json_is_true(json_object_get(source, "slurm"));
    options->keeps_ranks = json_is_true(json_object_get(source, "keep_ranks"));
    options->output = text_member(source, "output", arena);
    options->scratch = text_member(source, "scratch", arena);
    options->intermediates = text_member(source, "intermediates", arena);
    options->store = text_member(source, "store", arena);
    options->rank_count = (int)json_integer_value(json_object_get(source, "ranks"));
    options->grade = (int)json_integer_value(json_object_get(source, "grade"));
    options->is_strict = json_is_true(json_object_get(source, "strict"));
    options->allow_qc_fail = json_is_true(json_object_get(source, "allow_qc_fail"));
    options->span_blocks = json_integer_value(json_object_get(source, "span_blocks"));
    options->memory_bytes = json_integer_value(json_object_get(source, "memory"));
    options->fft = (int)json_integer_value(json_object_get(source, "fft"));
    options->urgency = (int)json_integer_value(json_object_get(source, "urgency"));
    options->refused = parse_refused(json_object_get(source, "refused"), arena);
    options->space_wait_s = json_number_value(json_object_get(source, "space_wait"));
    parse_lists(source, arena, options);
}

Status run_file_parse(const char *text,
                      size_t size_bytes,
                      const char *origin,
                      Arena *arena,
                      RunFile *file,
                      ErrorList *errors) {
    json_t *root = json_loadb(text, size_bytes, 0, NULL);
    const char *schema = json_string_value(json_object_get(root, "schema"));
    *file = (RunFile){
        .job_path = text_member(root, "job_path", arena),
        .working_folder = text_member(root, "working_folder", arena),
        .job_text = text_member(root, "job", arena),
        .code = text_member(root, "code", arena),
        .plan_key = text_member(root, "plan", arena),
        .options = {.grade = -1, .fft = -1}
    };
    parse_options(json_object_get(root, "options"), arena, &file->options);
    const bool is_whole = schema && strcmp(schema, schema_name) == 0 && file->job_path &&
                          file->working_folder && file->job_text && file->code && file->plan_key &&
                          file->options.output && file->options.store;
    json_decref(root);
    if (!is_whole) {
        return fail(errors, E709, NO_PLACE, "`%s` is not the record of a run", origin);
    }
    return DONE;
}

Status run_file_load_job(const RunFile *file, Arena *arena, JobSpec **job, ErrorList *errors) {
    const JobSource source =
        job_input_source(&file->options, file->job_path, file->job_text, arena);
    return job_load(&source, arena, job, errors);
}

static Status read_file(const char *path, Arena *arena, RunFile *file, ErrorList *errors) {
    FileBytes bytes;
    TRY(file_read(path, limit_bytes, NO_PLACE, arena, &bytes, errors));
    return run_file_parse(bytes.bytes, bytes.size_bytes, path, arena, file, errors);
}

Status run_file_read(const char *state_folder, Arena *arena, RunFile *file, ErrorList *errors) {
    return read_file(path_join(arena, state_folder, RUN_FILE_NAME), arena, file, errors);
}

Status
run_file_read_before(const char *state_folder, Arena *arena, RunFile *file, ErrorList *errors) {
    return read_file(path_join(arena, state_folder, RUN_FILE_BEFORE_NAME), arena, file, errors);
}
