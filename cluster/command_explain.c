/* `explain`: the long text of a message; who wrote a value of a job; why a task ran. */
#include "cluster/command.h"

#include <stdlib.h>
#include <string.h>

#include "cluster/answer.h"
#include "cluster/explain_task.h"
#include "cluster/job_input.h"
#include "cluster/node_json.h"
#include "jobs/job_schema.h"
#include "jobs/node_write.h"

enum { ID_LENGTH = 4, TEXT_COLUMNS = 78 };

/* "E304", "e304", "W304" or "304" -> 304; 0: not an id. */
static int read_id(const char *text) {
    const bool has_letter = *text && strchr("EeWw", *text);
    const char *digits = text + has_letter;
    if (strlen(digits) != ID_LENGTH - 1 || strspn(digits, "0123456789") != ID_LENGTH - 1) {
        return 0;
    }
    return (int)strtol(digits, NULL, 10);
}

static Status fail_unknown(const char *word, Arena *arena, ErrorList *errors) {
    size_t count = 0;
    const StatusInfo *infos = status_table(&count);
    const char **ids = arena_array(arena, count, sizeof *ids);
    for (size_t row = 0; row < count; row++) {
        ids[row] = arena_format(arena, "E%03d", (int)infos[row].status);
    }
    const Status status = fail(errors, E002, NO_PLACE, "there is no message `%s`", word);
    options_suggest(word, ids, (int)count, errors);
    error_help(errors, "all messages: nocturne list errors");
    return status;
}

/* The text in lines of at most TEXT_COLUMNS bytes, broken at blanks. */
static void print_wrapped(const char *text) {
    int column = 0;
    while (*text) {
        const int length = (int)strcspn(text, " ");
        if (column && column + 1 + length > TEXT_COLUMNS) {
            fputc('\n', stdout);
            column = 0;
        }
        column += printf("%s%.*s", column ? " " : "", length, text);
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', stdout);
}

static void print_info(const StatusInfo *info, char letter) {
    printf("%c%03d: %s\n\n", letter, (int)info->status, info->title);
    print_wrapped(info->text);
    if (letter == 'W') {
        printf("\nA warning: the work goes on. With --strict it counts as an error.\n");
    } else {
        printf("\nExit code %d.\n", info->exit_code);
    }
}

static void answer_info(const Options *options, const StatusInfo *info, char letter) {
    if (!options->is_json) {
        print_info(info, letter);
        return;
    }
    json_t *answer = json_object();
    json_object_set_new(answer, "id", json_sprintf("%c%03d", letter, (int)info->status));
    json_object_set_new(answer, "title", json_string(info->title));
    json_object_set_new(answer, "text", json_string(info->text));
    json_object_set_new(answer, "exit_code", json_integer(letter == 'W' ? 0 : info->exit_code));
    answer_json(answer);
}

/* ---- explain JOB --key PATH ---- */

static void print_writers(const Node *node, Arena *arena) {
    for (const Node *writer = node; writer; writer = writer->under) {
        const char *text = writer->kind == NODE_SCALAR ? node_scalar_text(writer, arena)
                           : writer->kind == NODE_MAP  ? "{...}"
                                                       : "[...]";
        printf("  %-32s %s:%d:%d%s\n", text, writer->place.file, writer->place.line,
               writer->place.column, writer == node ? "" : "  (replaced)");
    }
}

static void print_key(const SchemaKey *key) {
    printf("%s%s%s%s%s\n", key->meaning, key->values ? "; " : "", key->values ? key->values : "",
           key->fallback ? "; default " : "", key->fallback ? key->fallback : "");
}

static json_t *writers_to_json(const Node *node) {
    json_t *writers = json_array();
    for (const Node *writer = node; writer; writer = writer->under) {
        json_array_append_new(writers, node_to_json(writer));
    }
    return writers;
}

static void answer_key(const Options *options, const Node *node, Arena *arena) {
    const SchemaKey *key = job_schema_for(options->key);
    if (options->is_json) {
        answer_json(json_pack("{s:s, s:s?, s:s?, s:o}", "path", options->key, "meaning",
                              key ? key->meaning : NULL, "default", key ? key->fallback : NULL,
                              "writers", writers_to_json(node)));
        return;
    }
    printf("%s\n", options->key);
    print_writers(node, arena);
    if (!node) {
        printf("  not written\n");
    }
    if (key) {
        print_key(key);
    }
}

/* A value that nobody wrote has its default, when its path is one of the format and what should
 * hold it is there. */
static Status find_value(
    const JobSpec *job, const char *path, Arena *arena, const Node **node, ErrorList *errors) {
    const char *last = strrchr(path, '.');
    ErrorList *quiet = errors_create(arena);
    *node = NULL;
    if (job_schema_for(path) && last) {
        const char *owner = arena_copy_bytes(arena, path, (size_t)(last - path));
        TRY(node_find(job->tree, owner, arena, node, errors));
        *node = NULL;
        node_find(job->tree, path, arena, node, quiet);
        return DONE;
    }
    return node_find(job->tree, path, arena, node, errors);
}

static int explain_key(const Options *options, Arena *arena, ErrorList *errors) {
    JobInput input = {0};
    JobSpec *job = NULL;
    const Node *node = NULL;
    Status status = job_input_load(options, options->arguments[0], arena, &input, &job, errors);
    if (status == DONE) {
        status = find_value(job, options->key, arena, &node, errors);
    }
    if (status != DONE) {
        return answer_failure(options, errors, &input);
    }
    answer_key(options, node, arena);
    return answer_errors(options, errors, &input);
}

static Status explain(const Options *options, Arena *arena, ErrorList *errors) {
    TRY(answer_check_count(options, 1, 1, "E304", errors));
    const char *word = options->arguments[0];
    const int number = read_id(word);
    const StatusInfo *info = number ? status_info((Status)number) : NULL;
    if (!info) {
        return fail_unknown(word, arena, errors);
    }
    answer_info(options, info, strchr("Ww", *word) ? 'W' : 'E');
    return DONE;
}

int command_explain(const Options *options) {
    Arena *arena = arena_create();
    ErrorList *errors = errors_create(arena);
    int exit_code = 0;
    if (options->task && options->argument_count == 1) {
        exit_code = explain_task(options, arena, errors);
    } else if (options->key && options->argument_count == 1) {
        exit_code = explain_key(options, arena, errors);
    } else if (explain(options, arena, errors) != DONE) {
        exit_code = answer_failure(options, errors, NULL);
    }
    arena_destroy(&arena);
    return exit_code;
}
