/* `init`: a starter job, or the demo with its audio. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/schema.h"
#include "jobs/configs.h"
#include "render/base/files.h"

#define JOB_NAME    "job.yaml"
#define SCHEMA_NAME "job.schema.json"
#define MODELINE    "# yaml-language-server: $schema="

enum { COPY_LIMIT_BYTES = 256 << 20 };

static const char starter_job[] = MODELINE SCHEMA_NAME
    "\n"
    "# A first job. Put your audio into stems/ beside this file, then:\n"
    "#   nocturne check job.yaml      says everything that is wrong, with line and column\n"
    "#   nocturne plan job.yaml       what will be made, and how long it takes\n"
    "#   nocturne render job.yaml     makes it, in out/FIRST_v1\n"
    "# All keys: nocturne list keys      One message: nocturne explain E202\n"
    "nocturne: 1\n"
    "\n"
    "project:\n"
    "  title: My first mix\n"
    "  code: FIRST                # begins every file name\n"
    "  cut: v1\n"
    "  rate: 48 kHz               # inputs of other rates are resampled\n"
    "  frame_rate: 24\n"
    "  start: 01:00:00:00         # timecode of the first sample\n"
    "  length: 60 s\n"
    "  tail: 2 s                  # rooms ring on after the end\n"
    "\n"
    "stems:                       # in the order of every sum\n"
    "  dx: {role: dialogue}\n"
    "  mx: {role: music}\n"
    "  fx: {role: effects}\n"
    "\n"
    "rooms:\n"
    "  hall: {shoebox: {size: [18 m, 26 m, 10 m], t60: 1.8 s}, predelay: 20 ms}\n"
    "\n"
    "layers:                      # every sound, under a name of your own\n"
    "  voice: {file: stems/voice.wav, stem: dx, purpose: says it}\n"
    "  violin:\n"
    "    file: stems/violin.wav\n"
    "    stem: mx\n"
    "    purpose: carries the theme\n"
    "    at: 2 s                  # or a timecode: 01:00:02:00\n"
    "    gain: -3 dB\n"
    "    pan: {az: 20 deg, el: 5 deg, dist: 2 m}     # positive azimuth is left\n"
    "    send: {hall: -12 dB}\n"
    "  car:\n"
    "    file: stems/car.wav\n"
    "    stem: fx\n"
    "    purpose: crosses the street\n"
    "    path:                    # a moving source\n"
    "      points:\n"
    "        - [10 s, {az: 60 deg, dist: 12 m}]\n"
    "        - [14 s, {az: -60 deg, dist: 12 m}]\n"
    "      curve: spline\n"
    "\n"
    "deliverables:\n"
    "  stereo: {layout: 2.0, stems: [full, me], loudness: {target: -24 LKFS, peak: -2 dBTP}}\n"
    "  surround: {layout: 5.1, stems: [full, dx, mx, fx]}\n"
    "  headphones: {layout: binaural}\n";

typedef struct NewFile {
    const char *path;
    const char *source; /* copied from here, or NULL: */
    const char *text;
    struct NewFile *next;
} NewFile;

typedef struct NewFiles { /* what will be written, known before the first byte is */
    Arena *arena;
    NewFile *first, *last;
    int count;
} NewFiles;

static void add_file(NewFiles *files, NewFile file) {
    NewFile *entry = arena_alloc(files->arena, sizeof *entry);
    *entry = file;
    if (files->last) {
        files->last->next = entry;
    } else {
        files->first = entry;
    }
    files->last = entry;
    files->count++;
}

/* The files of one folder, not of those below it. */
static Status
add_folder(NewFiles *files, const char *source, const char *target, ErrorList *errors) {
    const char **names = NULL;
    int name_count = 0;
    TRY(folder_list(source, files->arena, &names, &name_count, errors));
    for (int index = 0; index < name_count; index++) {
        const char *path = path_join(files->arena, source, names[index]);
        if (!folder_exists(path)) {
            add_file(files, (NewFile){.path = path_join(files->arena, target, names[index]),
                                      .source = path});
        }
    }
    return DONE;
}

static Status plan_demo(NewFiles *files, const char *folder, ErrorList *errors) {
    Arena *arena = files->arena;
    const char *source = configs_find("examples/first-night", arena);
    if (!source) {
        return fail(errors, E517, NO_PLACE, "the demo is not installed");
    }
    TRY(add_folder(files, source, folder, errors));
    return add_folder(files, path_join(arena, source, "stems"), path_join(arena, folder, "stems"),
                      errors);
}

static Status check_nothing_there(const NewFiles *files, ErrorList *errors) {
    for (const NewFile *file = files->first; file; file = file->next) {
        if (file_exists(file->path) || folder_exists(file->path)) {
            const Status status = fail(errors, E511, NO_PLACE,
                                       "%s is there already; nothing was written", file->path);
            error_help(errors, "name another folder: nocturne init demo|job DIR");
            return status;
        }
    }
    return DONE;
}

/* The schema lies beside the copy: a modeline that leads elsewhere is put right. */
static const char *correct_modeline(const char *text, Arena *arena) {
    if (strncmp(text, MODELINE, strlen(MODELINE)) != 0) {
        return NULL;
    }
    return arena_format(arena, MODELINE SCHEMA_NAME "%s", strchrnul(text, '\n'));
}

static Status write_file(const NewFile *file, ErrorList *errors) {
    Arena *arena = arena_create();
    FileBytes bytes = {.bytes = NULL};
    Status status = DONE;
    const char *text = file->text;
    if (file->source) {
        status = file_read(file->source, COPY_LIMIT_BYTES, NO_PLACE, arena, &bytes, errors);
        text = status == DONE ? correct_modeline(bytes.bytes, arena) : NULL;
    }
    if (status == DONE) {
        status = folder_make(path_folder(arena, file->path), errors);
    }
    if (status == DONE) {
        status = text ? file_write_atomically(file->path, text, strlen(text), errors)
                      : file_write_atomically(file->path, bytes.bytes, bytes.size_bytes, errors);
    }
    arena_destroy(&arena);
    return status;
}

static Status write_files(const NewFiles *files, ErrorList *errors) {
    TRY(check_nothing_there(files, errors));
    for (const NewFile *file = files->first; file; file = file->next) {
        TRY(write_file(file, errors));
    }
    return DONE;
}

static Status fail_kind(const char *kind, ErrorList *errors) {
    static const char *const kinds[] = {"demo", "job"};
    const Status status = fail(errors, E002, NO_PLACE, "`init` makes no `%s`", kind);
    options_suggest(kind, kinds, 2, errors);
    error_help(errors, "nocturne init [demo|job] [DIR]");
    return status;
}

/* All files that the arguments ask for; job: the one to begin with. */
static Status
plan_files(const Options *options, NewFiles *files, const char **job, ErrorList *errors) {
    Arena *arena = files->arena;
    const char *kind = options->argument_count > 0 ? options->arguments[0] : "job";
    const char *folder = options->argument_count > 1 ? options->arguments[1] : NULL;
    if (!strcmp(kind, "demo")) {
        folder = folder ? folder : "demo";
        *job = path_join(arena, folder, "first-night.yaml");
        TRY(plan_demo(files, folder, errors));
    } else if (!strcmp(kind, "job")) {
        *job = folder ? path_join(arena, folder, JOB_NAME) : JOB_NAME;
        add_file(files, (NewFile){.path = *job, .text = starter_job});
    } else {
        return fail_kind(kind, errors);
    }
    add_file(files, (NewFile){.path = folder ? path_join(arena, folder, SCHEMA_NAME) : SCHEMA_NAME,
                              .text = schema_text(arena)});
    return DONE;
}

static void print_done(const Options *options, const NewFiles *files, const char *job) {
    if (options->is_json) {
        json_t *paths = json_array();
        for (const NewFile *file = files->first; file; file = file->next) {
            json_array_append_new(paths, json_string(file->path));
        }
        answer_json(json_pack("{s:b, s:s, s:o}", "ok", true, "job", job, "files", paths));
    } else if (!options->is_quiet) {
        printf("%d files written. Next: nocturne check %s\n", files->count, job);
    }
}

int command_init(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    NewFiles files = {.arena = arena};
    const char *job = NULL;
    Status status = answer_check_count(options, 0, 2, "[demo|job] [DIR]", errors);
    if (status == DONE) {
        status = plan_files(options, &files, &job, errors);
    }
    if (status == DONE) {
        status = write_files(&files, errors);
    }
    if (status == DONE) {
        print_done(options, &files, job);
    }
    const int exit_code = status == DONE ? 0 : answer_failure(options, errors, NULL);
    arena_destroy(&arena);
    return exit_code;
}
