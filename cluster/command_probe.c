/* `probe` (internal): what the launcher asks a host. Its arguments: the state folder,
 * and the folder of a launch that begins. */
#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/fingerprint.h"
#include "cluster/host_network.h"
#include "cluster/leftovers.h"
#include "cluster/own_machine.h"
#include "cluster/run_file.h"
#include "render/base/files.h"

static Status examine(const Options *options, Arena *arena, json_t **answer, ErrorList *errors) {
    TRY(answer_check_count(options, 1, 2, "STATE [FOLDER]", errors));
    Fingerprint own;
    char host[256];
    const char *state_folder = options->arguments[0];
    if (!file_exists(path_join(arena, state_folder, RUN_FILE_NAME))) {
        return fail(errors, E410, NO_PLACE, "it does not see the output folder `%s`", state_folder);
    }
    const int swept = leftovers_sweep(state_folder);
    if (options->argument_count > 1) {
        TRY(leftovers_make_folder(state_folder, options->arguments[1], errors));
    }
    TRY(fingerprint_make(&own, errors));
    host_own_name(host);
    *answer = fingerprint_to_json(&own);
    json_object_set_new(*answer, "host", json_string(host));
    json_object_set_new(*answer, "cores", json_integer(own_machine_count_cores()));
    json_object_set_new(*answer, "swept", json_integer(swept));
    return DONE;
}

int command_probe(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    json_t *answer = NULL;
    int exit_code = 0;
    if (examine(options, arena, &answer, errors) == DONE) {
        answer_json(answer);
    } else {
        exit_code = answer_failure(options, errors, NULL);
    }
    arena_destroy(&arena);
    return exit_code;
}
