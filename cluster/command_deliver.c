/* `deliver`: sets for receivers from finished stems, without a job. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/render_job.h"
#include "cluster/table.h"
#include "jobs/deliver_job.h"
#include "render/base/files.h"

static const char *channels_of(const StemFile *file, Arena *arena) {
    if (file->unused) {
        return "";
    }
    if (file->is_master) {
        return "ADM master";
    }
    return file->speaker ? arena_format(arena, "%s of %s", file->speaker, file->layout->name)
                         : file->layout->name;
}

static void print_stems(const Options *options, const StemFiles *stems, Arena *arena) {
    static const char *const columns[] = {"file", "stem", "channels", "seconds", "note"};
    Table *table = table_create(arena, "stems", columns, 5);
    for (int index = 0; index < stems->count; index++) {
        const StemFile *file = &stems->files[index];
        const char *channels = channels_of(file, arena);
        table_add(
            table,
            (const char *[]){
                file->name, file->unused ? "-" : stem_kind_word(file->kind), channels,
                arena_format(arena, "%.3f", (double)file->info.frame_count / file->info.rate_hz),
                file->unused ? arena_format(arena, "not used: %s", file->unused) : ""});
    }
    if (!options->is_quiet || options->is_json) {
        table_print(table, options);
    }
}

/* What the command line asks for, as a job. */
static Status make_job(const Options *options, Arena *arena, const char **text, ErrorList *errors) {
    StemFiles stems;
    TRY(answer_check_count(options, 1, 1, "MASTER.wav|STEMDIR", errors));
    if (options->profile_count == 0) {
        fail(errors, E002, NO_PLACE, "`deliver` needs `--profile NAME`, once for every set");
        error_help(errors, "nocturne list profiles");
        return E002;
    }
    TRY(stem_files_read(options->arguments[0], arena, &stems, errors));
    print_stems(options, &stems, arena);
    const DeliverOrder order = {
        .stems = &stems, .profiles = options->profiles, .profile_count = options->profile_count};
    return deliver_job_write(&order, arena, text, errors);
}

static Status write_job(const Options *options, const char *text, ErrorList *errors) {
    if (strcmp(options->job_file, "-") == 0) {
        fputs(text, stdout);
        return DONE;
    }
    if (file_exists(options->job_file)) {
        return fail(errors, E511, NO_PLACE, "%s is there already; nothing was written",
                    options->job_file);
    }
    TRY(file_write_atomically(options->job_file, text, strlen(text), errors));
    if (!options->is_quiet && !options->is_json) {
        printf("%s: the job that this stands for; nocturne render %s\n", options->job_file,
               options->job_file);
    }
    return DONE;
}

int command_deliver(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    const char *text = NULL;
    Status status = make_job(options, arena, &text, errors);
    if (status == DONE && options->job_file) {
        status = write_job(options, text, errors);
    }
    int exit_code = status == DONE ? 0 : answer_failure(options, errors, NULL);
    if (status == DONE && !options->job_file) {
        fflush(stdout); /* the table stands above what the ranks say */
        RenderOrder order = {.options = options, .job_path = "-", .job_text = text};
        exit_code = render_jobs(&order, 1, 0);
    }
    arena_destroy(&arena);
    return exit_code;
}
