/* Variables: `$(name)` in any value, expanded once. */
#include "jobs/node_variables.h"

#include <string.h>

#include "jobs/suggest.h"
#include "jobs/value.h"

enum { VARIABLE_MAX_BYTES = 4096, SCALAR_MAX_BYTES = 64 << 10 /* as in a file */ };

static const char opening[] = "$(";

typedef struct Visit { /* nodes still to be looked at */
    Node *node;
    struct Visit *next;
} Visit;

typedef struct Expansion {
    const Node *variables; /* NULL: the job has none */
    Arena *arena;
    ErrorList *errors;
    Visit *first;
    char *text; /* [SCALAR_MAX_BYTES] the value that is put together */
    size_t length;
} Expansion;

static void fail_unknown(Expansion *expansion, Place place, const char *name) {
    const int count = expansion->variables ? expansion->variables->count : 0;
    const char **names = arena_array(expansion->arena, (size_t)count + 1, sizeof *names);
    const char *listed = "";
    for (int pair = 0; pair < count; pair++) {
        names[pair] = expansion->variables->pairs[pair].key;
        listed = arena_format(expansion->arena, "%s %s", listed, names[pair]);
    }
    fail(expansion->errors, E307, place, "no variable is called `%s`", name);
    const char *best = suggest_nearest(name, names, count);
    if (best) {
        error_caret(expansion->errors, "did you mean `%s`?", best);
    }
    if (count > 0) {
        error_note(expansion->errors, "variables:%s", listed);
    } else {
        error_help(expansion->errors, "add `vars: {%s: ...}`", *name ? name : "name");
    }
}

/* The text of `$(name)` at `offset` of the value; NULL: there is none of that name. */
static const char *
find_value(Expansion *expansion, const Node *node, size_t offset, size_t length) {
    const char *name = arena_copy_bytes(expansion->arena, node->text + offset + 2, length - 3);
    const Node *value = node_get(expansion->variables, name);
    if (!value) {
        fail_unknown(expansion, place_within(node, offset, length), name);
        return NULL;
    }
    return value->kind == NODE_SCALAR ? value->text : "";
}

static bool append(Expansion *expansion, const Node *node, const char *bytes, size_t length) {
    if (expansion->length + length > SCALAR_MAX_BYTES) {
        fail(expansion->errors, E106, node->place, "with its variables this is longer than 64 KiB");
        return false;
    }
    memcpy(expansion->text + expansion->length, bytes, length);
    expansion->length += length;
    return true;
}

static void expand_text(Expansion *expansion, Node *node) {
    const char *rest = node->text;
    expansion->length = 0;
    for (const char *at = strstr(rest, opening); at; at = strstr(rest, opening)) {
        const char *end = strchr(at, ')');
        const size_t offset = (size_t)(at - node->text);
        if (!end) {
            fail(expansion->errors, E307, place_within(node, offset, strlen(at)),
                 "this `$(` is never closed");
            return;
        }
        const char *value = find_value(expansion, node, offset, (size_t)(end + 1 - at));
        if (!value || !append(expansion, node, rest, (size_t)(at - rest)) ||
            !append(expansion, node, value, strlen(value))) {
            return;
        }
        rest = end + 1;
    }
    if (append(expansion, node, rest, strlen(rest))) {
        node->text = arena_copy_bytes(expansion->arena, expansion->text, expansion->length);
        node->is_expanded = true;
    }
}

static void visit_later(Expansion *expansion, Node *node) {
    Visit *visit = arena_alloc(expansion->arena, sizeof *visit);
    *visit = (Visit){node, expansion->first};
    expansion->first = visit;
}

static void visit_node(Expansion *expansion, Node *node) {
    if (node->kind == NODE_SCALAR && !node->is_expanded && strstr(node->text, opening)) {
        expand_text(expansion, node);
    }
    for (int index = 0; node->kind == NODE_MAP && index < node->count; index++) {
        visit_later(expansion, node->pairs[index].value);
    }
    for (int index = 0; node->kind == NODE_LIST && index < node->count; index++) {
        visit_later(expansion, node->items[index]);
    }
}

static void check_variables(const Expansion *expansion) {
    for (int pair = 0; expansion->variables && pair < expansion->variables->count; pair++) {
        const NodePair *variable = &expansion->variables->pairs[pair];
        if (variable->value->kind != NODE_SCALAR) {
            fail(expansion->errors, E204, variable->value->place, "vars.%s must be a text",
                 variable->key);
        } else if (strlen(variable->value->text) > VARIABLE_MAX_BYTES) {
            fail(expansion->errors, E204, variable->value->place, "vars.%s is longer than %d bytes",
                 variable->key, VARIABLE_MAX_BYTES);
        }
    }
}

void node_expand_variables(Node *root, Arena *arena, ErrorList *errors) {
    const Node *variables = node_get(root, "vars");
    Expansion expansion = {.variables = variables, .arena = arena, .errors = errors};
    expansion.text = arena_alloc(arena, SCALAR_MAX_BYTES);
    check_variables(&expansion);
    for (int pair = 0; root->kind == NODE_MAP && pair < root->count; pair++) {
        if (root->pairs[pair].value != variables) {
            visit_later(&expansion, root->pairs[pair].value);
        }
    }
    while (expansion.first) {
        Visit *visit = expansion.first;
        expansion.first = visit->next;
        visit_node(&expansion, visit->node);
    }
}
