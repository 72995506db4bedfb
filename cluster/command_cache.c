/* `cache`: what the store holds, whether it is whole, and making room in it. */
#include "cluster/command.h"

#include <stdio.h>
#include <string.h>

#include "cluster/answer.h"
#include "cluster/run.h"
#include "cluster/store_files.h"

enum { DIFFERS_EXIT_CODE = 9 };

typedef struct Caching {
    const Options *options;
    StoreFiles files;
    Arena *arena;
    ErrorList *errors;
} Caching;

static int answer_info(const Caching *caching) {
    const StoreFiles *files = &caching->files;
    if (caching->options->is_json) {
        answer_json(json_pack("{s:s, s:i, s:I, s:i, s:I, s:i}", "store", files->folder, "objects",
                              files->count, "bytes", (json_int_t)files->size_bytes, "unfinished",
                              files->unfinished_count, "unfinished_bytes",
                              (json_int_t)files->unfinished_bytes, "foreign",
                              files->foreign_count));
    } else {
        printf("%s\n  %d objects, %.1f MB\n", files->folder, files->count,
               (double)files->size_bytes / 1e6);
        if (files->unfinished_count > 0) {
            printf("  %d being written or left over, %.1f MB\n", files->unfinished_count,
                   (double)files->unfinished_bytes / 1e6);
        }
        if (files->foreign_count > 0) {
            printf("  %d files that are no objects\n", files->foreign_count);
        }
    }
    return 0;
}

static int answer_verify(const Caching *caching) {
    const StoreFiles *files = &caching->files;
    const int damaged_count = store_files_verify(files, caching->arena, caching->errors);
    if (caching->options->is_json) {
        answer_json(json_pack("{s:b, s:s, s:i, s:i}", "ok", damaged_count == 0, "store",
                              files->folder, "objects", files->count, "damaged", damaged_count));
    } else if (!caching->options->is_quiet) {
        printf("%s: %d objects, %d damaged%s\n", files->folder, files->count, damaged_count,
               damaged_count > 0 ? " and removed: they are made again when they are needed" : "");
    }
    return damaged_count > 0 ? DIFFERS_EXIT_CODE : 0;
}

static int answer_trim(Caching *caching) {
    const StoreTrim trim =
        store_files_trim(&caching->files, caching->options->limit_bytes, caching->arena);
    if (caching->options->is_json) {
        answer_json(json_pack("{s:s, s:i, s:I, s:I}", "store", caching->files.folder, "removed",
                              trim.removed_count, "removed_bytes", (json_int_t)trim.removed_bytes,
                              "left_bytes", (json_int_t)trim.left_bytes));
    } else if (!caching->options->is_quiet) {
        printf("%s: %d objects removed, %.1f MB; %.1f MB left%s\n", caching->files.folder,
               trim.removed_count, (double)trim.removed_bytes / 1e6, (double)trim.left_bytes / 1e6,
               trim.left_bytes > caching->options->limit_bytes ? ", all of them pinned" : "");
    }
    return 0;
}

/* trim's further arguments are runs whose results stay. */
static Status pin_runs(Caching *caching) {
    for (int run = 1; run < caching->options->argument_count; run++) {
        TRY(store_files_pin(&caching->files, caching->options->arguments[run], caching->arena,
                            caching->errors));
    }
    return DONE;
}

static Status check_word(const Options *options, const char *word, ErrorList *errors) {
    static const char *const words[] = {"info", "verify", "trim"};
    const bool is_trim = strcmp(word, words[2]) == 0;
    if (!is_trim && strcmp(word, words[0]) != 0 && strcmp(word, words[1]) != 0) {
        const Status status = fail(errors, E002, NO_PLACE, "`cache` cannot `%s`", word);
        error_note(errors, "it takes one of info, verify, trim");
        options_suggest(word, words, 3, errors);
        return status;
    }
    if (is_trim && options->limit_bytes < 0) {
        fail(errors, E002, NO_PLACE, "`cache trim` needs `--limit SIZE`");
        error_note(errors, "0 removes everything that is not pinned");
        return E002;
    }
    return is_trim ? DONE : answer_check_count(options, 1, 1, "info|verify|trim", errors);
}

static Status open_cache(Caching *caching) {
    const Options *options = caching->options;
    ErrorList *errors = caching->errors;
    TRY(answer_check_count(options, 1, 1000, "info|verify|trim", errors));
    TRY(check_word(options, options->arguments[0], errors));
    const char *folder = run_store_folder(options, caching->arena);
    if (!folder) {
        return fail(errors, E410, NO_PLACE, "this user has no cache folder: give --store DIR");
    }
    TRY(store_files_list(folder, caching->arena, &caching->files, errors));
    return pin_runs(caching);
}

int command_cache(const Options *options) {
    Caching caching = {.options = options, .arena = arena_create()};
    caching.errors = errors_create(caching.arena);
    int exit_code = 0;
    if (open_cache(&caching) == DONE) {
        const char word = options->arguments[0][0];
        const int answered = word == 'i'   ? answer_info(&caching)
                             : word == 'v' ? answer_verify(&caching)
                                           : answer_trim(&caching);
        exit_code = answer_errors(options, caching.errors, NULL);
        exit_code = answered ? answered : exit_code;
    } else {
        exit_code = answer_failure(options, caching.errors, NULL);
    }
    arena_destroy(&caching.arena);
    return exit_code;
}
