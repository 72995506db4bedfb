/* `schema`: the JSON schema of the job format. */
#include "cluster/command.h"

#include "cluster/answer.h"
#include "cluster/schema.h"

int command_schema(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    int exit_code = 0;
    if (answer_check_count(options, 0, 0, "", errors) == DONE) {
        fputs(schema_text(arena), stdout);
    } else {
        exit_code = answer_failure(options, errors, NULL);
    }
    arena_destroy(&arena);
    return exit_code;
}
