/* A tree as YAML in block style, scalars quoted where a plain one would read as something else. */
#include "jobs/node_write.h"

#include <string.h>

enum { DEPTH_MAX = 64, INDENT = 2 };

/* Plain scalars of jobs are text whatever they look like; only YAML's own signs need quotes. */
static bool is_plain_safe(const Node *scalar) {
    const char *text = scalar->text;
    const size_t length = strlen(text);
    if (length == 0 ||
        (scalar->is_quoted && (strcmp(text, "~") == 0 || strcmp(text, "null") == 0))) {
        return length == 0 && !scalar->is_quoted;
    }
    return !strchr("-?:,[]{}#&*!|>'\"%@` ", *text) && text[length - 1] != ' ' &&
           text[length - 1] != ':' && !strstr(text, ": ") && !strstr(text, " #") &&
           strcspn(text, ",[]{}\n\r\t\\\"") == length;
}

/* Signs and numbers: `-3 dB` and `~` are plain although they begin with a sign of YAML. */
static bool is_plain(const Node *scalar) {
    const char *text = scalar->text;
    const bool is_number = *text == '-' && text[1] && strchr("0123456789i.", text[1]);
    const Node rest = {
        .kind = NODE_SCALAR, .text = is_number ? text + 1 : text, .is_quoted = scalar->is_quoted};
    return is_plain_safe(&rest);
}

static char *escape(char *out, unsigned char byte) {
    static const char digits[] = "0123456789abcdef";
    switch (byte) {
    case '"':
    case '\\':
        *out++ = '\\';
        *out++ = (char)byte;
        return out;
    case '\n':
        return stpcpy(out, "\\n");
    case '\t':
        return stpcpy(out, "\\t");
    default:
        if (byte < ' ' || byte == 0x7f) {
            out = stpcpy(out, "\\x");
            *out++ = digits[byte >> 4];
            *out++ = digits[byte & 15];
            return out;
        }
        *out++ = (char)byte;
        return out;
    }
}

const char *node_scalar_text(const Node *scalar, Arena *arena) {
    if (node_is_null(scalar)) {
        return "~";
    }
    if (is_plain(scalar)) {
        return scalar->text;
    }
    char *text = arena_alloc(arena, 4 * strlen(scalar->text) + 3);
    char *out = text;
    *out++ = '"';
    for (const char *at = scalar->text; *at; at++) {
        out = escape(out, (unsigned char)*at);
    }
    *out++ = '"';
    *out = '\0';
    return text;
}

typedef struct Level { /* a collection that is being written */
    const Node *node;
    int next;
    bool follows_dash; /* its first entry stands behind `- ` */
} Level;

static void write_place(const Node *node, FILE *out) {
    if (node->place.line > 0) {
        fprintf(out, "  # %s:%d", node->place.file, node->place.line);
    }
    fputc('\n', out);
}

static void write_indent(const Level *level, int depth, FILE *out) {
    if (!level->follows_dash) {
        fprintf(out, "%*s", INDENT * (depth - 1), "");
    }
}

/* One entry up to its value. Returns the value. */
static const Node *write_entry(Level *level, int depth, Arena *arena, FILE *out) {
    write_indent(level, depth, out);
    level->follows_dash = false;
    if (level->node->kind == NODE_LIST) {
        fputc('-', out);
        return level->node->items[level->next++];
    }
    const NodePair *pair = &level->node->pairs[level->next++];
    const Node key = {.kind = NODE_SCALAR, .text = pair->key, .is_quoted = !*pair->key};
    fprintf(out, "%s:", node_scalar_text(&key, arena));
    return pair->value;
}

static void write_leaf(const Node *value, Arena *arena, FILE *out) {
    if (value->kind == NODE_SCALAR) {
        fprintf(out, " %s", node_scalar_text(value, arena));
    } else {
        fputs(value->kind == NODE_MAP ? " {}" : " []", out);
    }
    write_place(value, out);
}

void node_write(const Node *root, FILE *out) {
    Arena *arena = arena_create();
    Level levels[DEPTH_MAX];
    int depth = 0;
    levels[depth++] = (Level){.node = root};
    while (depth > 0) {
        Level *level = &levels[depth - 1];
        if (level->node->kind == NODE_SCALAR || level->next == level->node->count) {
            depth--;
            continue;
        }
        const Node *value = write_entry(level, depth, arena, out);
        if (value->kind == NODE_SCALAR || value->count == 0 || depth == DEPTH_MAX) {
            write_leaf(value, arena, out);
        } else if (level->node->kind == NODE_LIST) {
            fputc(' ', out);
            levels[depth++] = (Level){.node = value, .follows_dash = true};
        } else {
            fputc('\n', out);
            levels[depth++] = (Level){.node = value};
        }
    }
    arena_destroy(&arena);
}
