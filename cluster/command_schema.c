/* `schema`: the JSON schema of the job format, and its keys as a page. */
#include "cluster/command.h"

#include <string.h>

#include "cluster/answer.h"
#include "cluster/key_reference.h"
#include "cluster/schema.h"

static Status check_arguments(const Options *options, ErrorList *errors) {
    TRY(answer_check_count(options, 0, 1, "[reference]", errors));
    if (options->argument_count == 1 && strcmp(options->arguments[0], "reference") != 0) {
        return fail(errors, E002, NO_PLACE, "schema prints a schema, or `reference`, not `%s`",
                    options->arguments[0]);
    }
    return DONE;
}

int command_schema(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    int exit_code = 0;
    if (check_arguments(options, errors) == DONE) {
        fputs(options->argument_count ? key_reference_text(arena) : schema_text(arena), stdout);
    } else {
        exit_code = answer_failure(options, errors, NULL);
    }
    arena_destroy(&arena);
    return exit_code;
}
