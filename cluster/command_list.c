/* `list`: the tables of the format, and what a job makes of them. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/job_input.h"
#include "cluster/list_hrtf.h"
#include "cluster/list_keys.h"
#include "cluster/list_layouts.h"
#include "cluster/list_profiles.h"
#include "cluster/list_room.h"
#include "cluster/list_times.h"
#include "cluster/table.h"
#include "jobs/job_schema.h"
#include "jobs/name_template.h"
#include "render/qc/qc_check.h"
#include "spatial/layout_table.h"
#include "spatial/reference_level.h"
#include "spatial/registry.h"

typedef struct Listing {
    const Options *options;
    Arena *arena;
    ErrorList *errors;
    JobInput *input; /* of the lists that read a job */
} Listing;

typedef struct Subject {
    const char *name;
    Status (*list)(const Listing *listing);
} Subject;

static Status list_all_keys(const Listing *listing) {
    return list_keys(listing->options, listing->arena, listing->errors);
}

/* The job of `list layers JOB`; its errors are printed with its text. */
static Status load_job(const Listing *listing, JobSpec **job) {
    const Options *options = listing->options;
    const char *usage = arena_format(listing->arena, "%s JOB", options->arguments[0]);
    TRY(answer_check_count(options, 2, 2, usage, listing->errors));
    return job_input_load(options, options->arguments[1], listing->arena, listing->input, job,
                          listing->errors);
}

static const char *format_seconds(Arena *arena, const JobTime *time) {
    return time->is_set ? arena_format(arena, "%.3f s", rational_value(time->seconds)) : "";
}

static const char *format_position(Arena *arena, const JobLayer *layer) {
    if (layer->path_count > 0) {
        return arena_format(arena, "path of %d points", layer->path_count);
    }
    const JobPosition *at = &layer->pan;
    if (at->x_percent.place.line > 0 || at->y_percent.place.line > 0 ||
        at->z_percent.place.line > 0) {
        return arena_format(arena, "x %g, y %g, z %g %%", at->x_percent.value, at->y_percent.value,
                            at->z_percent.value);
    }
    return arena_format(arena, "az %g, el %g, %g m", at->azimuth_deg.value, at->elevation_deg.value,
                        at->distance_m.value);
}

/* What is written on the LFE channel, and what that sounds like. */
static const char *format_lfe(Arena *arena, const JobLayer *layer) {
    const double send_db = layer->lfe_send_db.value;
    if (layer->lfe_send_db.place.line == 0) {
        return "";
    }
    return arena_format(arena, "%g dB, heard at %g dB", send_db, send_db + reference_lfe_db);
}

static Status list_layers(const Listing *listing) {
    static const char *const columns[] = {"layer",    "stem",  "file", "at",     "gain_db",
                                          "position", "sends", "lfe",  "purpose"};
    Arena *arena = listing->arena;
    JobSpec *job = NULL;
    TRY(load_job(listing, &job));
    Table *table = table_create(arena, "layers", columns, 9);
    for (int index = 0; index < job->layer_count; index++) {
        const JobLayer *layer = &job->layers[index];
        const char *sends = "";
        for (int send = 0; send < layer->send_count; send++) {
            sends = arena_format(arena, "%s%s%s", sends, send ? " " : "", layer->sends[send].room);
        }
        table_add(table, (const char *[]){layer->id, job->stems[layer->stem_index].id,
                                          layer->file.text, format_seconds(arena, &layer->at),
                                          arena_format(arena, "%g", layer->gain_db.value),
                                          format_position(arena, layer), sends,
                                          format_lfe(arena, layer), layer->purpose.text});
    }
    table_print(table, listing->options);
    return DONE;
}

static void
add_output(Table *table, const JobDeliverable *deliverable, const JobOutput *output, Arena *arena) {
    const bool is_dcp = deliverable->channel_order.index == ORDER_DCP;
    const int channel_count = is_dcp ? DCP_CHANNELS : deliverable->layout_table->channel_count;
    const int file_count = deliverable->split.index ? channel_count : 1;
    for (int file = 0; file < file_count; file++) {
        table_add(table, (const char *[]){deliverable->id, output->name, deliverable->layout.text,
                                          arena_format(arena, "%d", channel_count / file_count),
                                          output->files[file]});
    }
}

/* The kind is the name of the list. */
static Status list_timed(const Listing *listing) {
    JobSpec *job = NULL;
    TRY(load_job(listing, &job));
    list_times(job, listing->options->arguments[0], listing->options, listing->arena);
    return DONE;
}

static Status list_outputs(const Listing *listing) {
    static const char *const columns[] = {"deliverable", "output", "layout", "channels", "file"};
    JobSpec *job = NULL;
    TRY(load_job(listing, &job));
    Table *table = table_create(listing->arena, "outputs", columns, 5);
    for (int index = 0; index < job->deliverable_count; index++) {
        const JobDeliverable *deliverable = &job->deliverables[index];
        for (int output = 0; output < deliverable->output_count; output++) {
            add_output(table, deliverable, &deliverable->outputs[output], listing->arena);
        }
    }
    table_print(table, listing->options);
    return DONE;
}

static Status list_all_layouts(const Listing *listing) {
    return list_layouts(listing->options, listing->arena, listing->input, listing->errors);
}

static Status list_all_folds(const Listing *listing) {
    return list_folds(listing->options, listing->arena, listing->errors);
}

static Status list_all_profiles(const Listing *listing) {
    return list_profiles(listing->options, listing->arena, listing->input, listing->errors);
}

static Status list_errors(const Listing *listing) {
    static const char *const columns[] = {"id", "exit", "title"};
    TRY(answer_check_count(listing->options, 1, 1, "errors", listing->errors));
    Table *table = table_create(listing->arena, "errors", columns, 3);
    size_t count = 0;
    const StatusInfo *infos = status_table(&count);
    for (size_t row = 0; row < count; row++) {
        table_add(table,
                  (const char *[]){arena_format(listing->arena, "E%03d", (int)infos[row].status),
                                   arena_format(listing->arena, "%d", infos[row].exit_code),
                                   infos[row].title});
    }
    table_print(table, listing->options);
    return DONE;
}

static Status list_panners(const Listing *listing) {
    static const char *const columns[] = {"panner", "does", "source"};
    TRY(answer_check_count(listing->options, 1, 1, "panners", listing->errors));
    Table *table = table_create(listing->arena, "panners", columns, 3);
    for (int index = 0; spatializer_at(index); index++) {
        const Spatializer *panner = spatializer_at(index);
        table_add(table, (const char *[]){panner->name, panner->summary, panner->source});
    }
    table_print(table, listing->options);
    return DONE;
}

/* "max -1 dBTP, ...": what a policy may move. */
static const char *format_limits(QcCheck check, Arena *arena) {
    const char *text = "";
    for (int index = 0; qc_limit_at(index); index++) {
        const QcLimitInfo *limit = qc_limit_at(index);
        const char *between = *text ? ", " : "";
        if (limit->check == check && limit->has_fallback) {
            text = arena_format(arena, "%s%s%s %g%s%s", text, between, limit->key, limit->fallback,
                                *limit->unit ? " " : "", limit->unit);
        } else if (limit->check == check) {
            text = arena_format(arena, "%s%s%s (%s)", text, between, limit->key,
                                *limit->unit ? limit->unit : "number");
        }
    }
    return text;
}

static Status list_checks(const Listing *listing) {
    static const char *const columns[] = {"id",        "check", "level",     "limits", "netflix",
                                          "movielabs", "ebu",   "looks for", "source"};
    static const char *const levels[] = {"off", "warn", "fail"};
    TRY(answer_check_count(listing->options, 1, 1, "checks", listing->errors));
    Table *table = table_create(listing->arena, "checks", columns, 9);
    for (int check = 0; check < QC_CHECK_COUNT; check++) {
        const QcCheckInfo *info = qc_check_info((QcCheck)check);
        table_add(table,
                  (const char *[]){info->id, info->name, levels[info->level],
                                   format_limits((QcCheck)check, listing->arena), info->netflix,
                                   info->movielabs, info->ebu, info->meaning, info->source});
    }
    table_print(table, listing->options);
    return DONE;
}

static Status list_set(const Listing *listing) {
    return list_hrtf(listing->options, listing->arena, listing->errors);
}

static Status list_rooms(const Listing *listing) {
    return list_room(listing->options, listing->arena, listing->input, listing->errors);
}

/* What stands for a wildcard in this job; "" where it changes from file to file. */
static const char *wildcard_value(const JobSpec *job, NameWildcard wildcard, Arena *arena) {
    switch (wildcard) {
    case WILDCARD_CODE:
        return job->code.text;
    case WILDCARD_REEL:
        return job->reel.text;
    case WILDCARD_CUT:
        return job->cut.text;
    case WILDCARD_LANG:
        return job->language.text;
    case WILDCARD_ALT:
        return job->alternate ? job->alternate : "";
    case WILDCARD_VERSION:
        return arena_format(arena, "%d", job->version);
    default:
        return "";
    }
}

static Status list_wildcards(const Listing *listing) {
    static const char *const columns[] = {"wildcard", "value", "stands for"};
    static const char *const meanings[WILDCARD_COUNT] = {
        [WILDCARD_CODE] = "project.code",
        [WILDCARD_REEL] = "project.reel; empty ones vanish with one `_`, `-` or `/` before them",
        [WILDCARD_CUT] = "project.cut",
        [WILDCARD_VERSION] = "project.version",
        [WILDCARD_DELIVERABLE] = "id of the deliverable",
        [WILDCARD_LAYOUT] = "layout of the deliverable",
        [WILDCARD_STEM] = "full, me, or the id of the stem",
        [WILDCARD_CHANNEL] = "label of the channel, with split: mono",
        [WILDCARD_LANG] = "project.language",
        [WILDCARD_RATE] = "sample rate of the file",
        [WILDCARD_BITS] = "sample format of the file",
        [WILDCARD_DEPTH] = "the same as `24b`, `32f`",
        [WILDCARD_KHZ] = "sample rate as `48k`",
        [WILDCARD_COUNT_OF_CHANNELS] = "channels of the deliverable as `6ch`",
        [WILDCARD_FPS] = "digits of project.frame_rate: `23976`",
        [WILDCARD_VV] = "project.version in two digits: `05`",
        [WILDCARD_ENV] = "`env` of the deliverable: `Nearfield`",
        [WILDCARD_STEMCODE] = "what `stem_codes` calls the stem: `PM`, `ME`, `DIAStem`",
        [WILDCARD_ALT] = "the alternate that --alt chose; empty in the main version"};
    JobSpec *job = NULL;
    if (listing->options->argument_count > 1) {
        TRY(load_job(listing, &job));
    }
    Table *table = table_create(listing->arena, "wildcards", columns, 3);
    for (int index = 0; index < WILDCARD_COUNT; index++) {
        const NameWildcard wildcard = (NameWildcard)index;
        table_add(table,
                  (const char *[]){
                      arena_format(listing->arena, "$%s", name_wildcard_name(wildcard)),
                      job ? wildcard_value(job, wildcard, listing->arena) : "", meanings[index]});
    }
    table_print(table, listing->options);
    return DONE;
}

static const Subject subjects[] = {
    {"keys",      list_all_keys    },
    {"layers",    list_layers      },
    {"cues",      list_timed       },
    {"scenes",    list_timed       },
    {"lines",     list_timed       },
    {"markers",   list_timed       },
    {"outputs",   list_outputs     },
    {"wildcards", list_wildcards   },
    {"layouts",   list_all_layouts },
    {"folds",     list_all_folds   },
    {"profiles",  list_all_profiles},
    {"errors",    list_errors      },
    {"panners",   list_panners     },
    {"hrtf",      list_set         },
    {"room",      list_rooms       },
    {"checks",    list_checks      },
};
enum { SUBJECT_COUNT = sizeof subjects / sizeof *subjects };

static Status fail_subject(const Listing *listing, const char *name) {
    const char *names[SUBJECT_COUNT];
    for (int subject = 0; subject < SUBJECT_COUNT; subject++) {
        names[subject] = subjects[subject].name;
    }
    const Status status = fail(listing->errors, E002, NO_PLACE, "there is no list `%s`", name);
    options_suggest(name, names, SUBJECT_COUNT, listing->errors);
    error_help(listing->errors, "lists: keys layers cues scenes lines markers outputs wildcards "
                                "layouts folds profiles errors panners hrtf room checks");
    return status;
}

static Status list(const Listing *listing) {
    const Options *options = listing->options;
    TRY(answer_check_count(options, 1, 2,
                           "keys|layers|cues|scenes|lines|markers|outputs|wildcards|layouts|folds|"
                           "profiles|errors|panners|hrtf|room|checks",
                           listing->errors));
    for (int subject = 0; subject < SUBJECT_COUNT; subject++) {
        if (!strcmp(options->arguments[0], subjects[subject].name)) {
            return subjects[subject].list(listing);
        }
    }
    return fail_subject(listing, options->arguments[0]);
}

int command_list(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    JobInput input = {0};
    const Listing listing = {.options = options, .arena = arena, .errors = errors, .input = &input};
    int exit_code = 0;
    if (list(&listing) != DONE) {
        exit_code = answer_failure(options, errors, &input);
    } else if (warnings_count(errors) > 0) {
        exit_code = answer_errors(options, errors, &input);
    }
    arena_destroy(&arena);
    return exit_code;
}
