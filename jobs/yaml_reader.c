/* YAML text -> nodes with places: libyaml's events, our limits. */
#include "jobs/yaml_reader.h"

#include <string.h>

#include "jobs/source_text.h"
#include "jobs/text_check.h"
#include "jobs/yaml_anchor.h"
#include "jobs/yaml_map.h"
#include "jobs/yaml_syntax.h"

/* job-format, limits: checked on bytes and events, before anything is built. libyaml's own cost is
 * quadratic in the depth (100 000 brackets: 16 s), so it must be stopped early. */
enum {
    FILE_MAX_BYTES = 4 << 20,
    SCALAR_MAX_BYTES = 64 << 10,
    DEPTH_MAX = 32,
    NODES_MAX = 200000,
    EXPANSION_MAX = 100000,
    COLLECTED_MAX = 100 /* a file with more errors than that is not read to its end */
};

typedef struct Frame { /* a collection that has not ended */
    YamlMap map;       /* map.node is the collection, list or map */
    int item_capacity;
    int64_t size;
    Place first_alias;
    int anchor; /* index, -1: none */
    yaml_mark_t start;
} Frame;

typedef struct Reader {
    YamlContext context;
    Frame frames[DEPTH_MAX];
    int depth;
    Node *root;
    int node_count, document_count;
    int64_t expanded_count;
    YamlAnchors anchors;
    YamlScalar last;
    bool is_done;
} Reader;

static Frame *top_frame(Reader *reader) {
    return reader->depth > 0 ? &reader->frames[reader->depth - 1] : NULL;
}

static bool awaits_key(Reader *reader) {
    const Frame *frame = top_frame(reader);
    return frame && frame->map.node->kind == NODE_MAP && !frame->map.key.is_set;
}

/* ---- where a value stands ---- */

static yaml_mark_t start_of(Reader *reader, const yaml_event_t *event, const yaml_char_t *anchor) {
    yaml_mark_t start = event->start_mark;
    if (anchor) {
        start = yaml_text_skip_anchor(&reader->context.text, start, strlen((const char *)anchor));
    }
    return start.index < event->end_mark.index ? start : event->end_mark;
}

/* ---- limits ---- */

static Status count_node(Reader *reader, const yaml_event_t *event) {
    if (++reader->node_count > NODES_MAX) {
        return fail(reader->context.errors, E106,
                    yaml_text_point(&reader->context.text, &event->start_mark),
                    "this file is too large: more than 200 000 nodes");
    }
    return DONE;
}

static Status refuse_tag(Reader *reader, const yaml_event_t *event, const yaml_char_t *tag) {
    if (!tag) {
        return DONE;
    }
    ErrorList *errors = reader->context.errors;
    const Place place = yaml_text_point(&reader->context.text, &event->start_mark);
    const Status status = fail(errors, E109, place, "tags are not used in jobs");
    error_caret(errors, "remove the `!...`, or put the text in quotes");
    return status;
}

static Status refuse_key(Reader *reader, const yaml_event_t *event, const char *found) {
    const Place place = yaml_text_point(&reader->context.text, &event->start_mark);
    const Status status = fail(reader->context.errors, E109, place, "a key must be plain text");
    error_caret(reader->context.errors, "this is %s", found);
    return status;
}

/* ---- building ---- */

static void append_item(Reader *reader, Frame *frame, Node *item) {
    Node *list = frame->map.node;
    /* pointers: the nodes stay where they are */
    list->items = arena_grow(reader->context.arena, list->items, list->count, &frame->item_capacity,
                             sizeof(void *));
    list->items[list->count++] = item;
}

static Status attach(Reader *reader, const YamlValue *value) {
    Frame *frame = top_frame(reader);
    if (!frame) {
        reader->root = value->node;
        return DONE;
    }
    if (frame->map.node->kind == NODE_MAP) {
        return yaml_map_add(&reader->context, &frame->map, value);
    }
    append_item(reader, frame, value->node);
    return DONE;
}

/* ---- scalars ---- */

static Status read_key(Reader *reader, const yaml_event_t *event, Place place) {
    if (event->data.scalar.anchor) {
        return fail(reader->context.errors, E109, place, "anchors on keys are not used");
    }
    const bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (is_plain && event->data.scalar.length == 0) {
        return fail(reader->context.errors, E109, place, "a key is missing before this");
    }
    Frame *frame = top_frame(reader);
    frame->map.key = (YamlKey){
        .is_set = true,
        .is_plain = is_plain,
        .text = arena_copy_bytes(reader->context.arena, (const char *)event->data.scalar.value,
                                 event->data.scalar.length),
        .place = place,
        .end = frame->map.is_flow ? yaml_text_offset(&reader->context.text, &event->end_mark) : 0};
    return DONE;
}

static Status
read_value(Reader *reader, const yaml_event_t *event, const yaml_mark_t *start, Place place) {
    YamlContext *context = &reader->context;
    Node *node = arena_alloc(context->arena, sizeof *node);
    *node = (Node){.kind = NODE_SCALAR,
                   .place = place,
                   .text = arena_copy_bytes(context->arena, (const char *)event->data.scalar.value,
                                            event->data.scalar.length),
                   .is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE};
    YamlValue value = {.node = node};
    Frame *frame = top_frame(reader);
    if (frame) {
        frame->size++;
    }
    if (frame && frame->map.is_flow && !node->is_quoted && !event->data.scalar.anchor) {
        value.is_plain = true;
        value.begin = yaml_text_offset(&context->text, start);
        value.end = yaml_text_offset(&context->text, &event->end_mark);
    }
    yaml_anchor_add(&reader->anchors, reader->context.arena, event->data.scalar.anchor, node);
    return attach(reader, &value);
}

static Status read_scalar(Reader *reader, const yaml_event_t *event) {
    YamlContext *context = &reader->context;
    const yaml_mark_t start = start_of(reader, event, event->data.scalar.anchor);
    const Place place = yaml_text_place(&context->text, &start, &event->end_mark);
    reader->last = (YamlScalar){.is_set = true,
                                .is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE,
                                .start = start,
                                .end = event->end_mark};
    TRY(refuse_tag(reader, event, event->data.scalar.tag));
    TRY(count_node(reader, event));
    if (event->data.scalar.length > SCALAR_MAX_BYTES) {
        return fail(context->errors, E106, place, "this text is longer than 64 KiB");
    }
    TRY(text_check_value((const char *)event->data.scalar.value, event->data.scalar.length, place,
                         context->errors));
    return awaits_key(reader) ? read_key(reader, event, place)
                              : read_value(reader, event, &start, place);
}

/* ---- collections ---- */

typedef struct Opening { /* what the start events of maps and lists have in common */
    NodeKind kind;
    bool is_flow;
    const yaml_char_t *anchor, *tag;
} Opening;

static Status open_collection(Reader *reader, const yaml_event_t *event, const Opening *opening) {
    YamlContext *context = &reader->context;
    TRY(refuse_tag(reader, event, opening->tag));
    TRY(count_node(reader, event));
    if (awaits_key(reader)) {
        return refuse_key(reader, event, opening->kind == NODE_MAP ? "a map" : "a list");
    }
    const yaml_mark_t start = start_of(reader, event, opening->anchor);
    if (reader->depth == DEPTH_MAX) {
        return fail(context->errors, E106, yaml_text_point(&context->text, &start),
                    "this is nested deeper than 32 levels");
    }
    Node *node = arena_alloc(context->arena, sizeof *node);
    *node = (Node){.kind = opening->kind, .place = yaml_text_point(&context->text, &start)};
    TRY(attach(reader, &(YamlValue){.node = node}));
    const int anchor =
        yaml_anchor_add(&reader->anchors, reader->context.arena, opening->anchor, node);
    if (anchor >= 0) {
        reader->anchors.entries[anchor].is_open = true;
    }
    reader->frames[reader->depth++] = (Frame){
        .map = {.node = node, .is_flow = opening->is_flow, .merge_pair = -1},
        .size = 1,
        .anchor = anchor,
        .start = start
    };
    return DONE;
}

/* A flow collection is underlined as a whole, a block one by its first key or dash. */
static Place collection_place(Reader *reader, const Frame *frame, const yaml_event_t *event) {
    const Node *node = frame->map.node;
    if (frame->map.is_flow) {
        return yaml_text_place(&reader->context.text, &frame->start, &event->end_mark);
    }
    return node->kind == NODE_MAP && node->count > 0 ? node->pairs[0].key_place : node->place;
}

static Status close_collection(Reader *reader, const yaml_event_t *event) {
    Frame *frame = top_frame(reader);
    Node *node = frame->map.node;
    node->place = collection_place(reader, frame, event);
    if (node->kind == NODE_MAP) {
        TRY(yaml_map_finish(&reader->context, &frame->map));
    }
    if (frame->anchor >= 0) {
        reader->anchors.entries[frame->anchor].size = frame->size;
        reader->anchors.entries[frame->anchor].is_open = false;
    }
    reader->depth--;
    Frame *outer = top_frame(reader);
    if (outer) {
        outer->size += frame->size;
    }
    return DONE;
}

/* ---- aliases ---- */

static Status count_expansion(Reader *reader, Frame *frame, int64_t size, Place place) {
    reader->expanded_count += size;
    if (frame->first_alias.line == 0) {
        frame->first_alias = place;
    }
    if (reader->expanded_count <= EXPANSION_MAX) {
        frame->size += size;
        return DONE;
    }
    const Status status = fail(reader->context.errors, E107, frame->first_alias,
                               "the aliases of this file expand to more than 100 000 nodes");
    error_caret(reader->context.errors, "expansion stopped here");
    return status;
}

static Status read_alias(Reader *reader, const yaml_event_t *event) {
    YamlContext *context = &reader->context;
    if (awaits_key(reader)) {
        return refuse_key(reader, event, "an alias");
    }
    TRY(count_node(reader, event));
    const char *name = (const char *)event->data.alias.anchor;
    const Place place = yaml_text_place(&context->text, &event->start_mark, &event->end_mark);
    const int index = name_table_find(&reader->anchors.names, name);
    Frame *frame = top_frame(reader);
    if (index < 0 || !frame) {
        return yaml_anchor_report_missing(&reader->anchors, name, place, context->arena,
                                          context->errors);
    }
    const YamlAnchor *anchor = &reader->anchors.entries[index];
    if (anchor->is_open) {
        const Status status =
            fail(context->errors, E107, place, "the anchor `%s` refers to itself", name);
        error_caret(context->errors, "this would contain itself");
        return status;
    }
    TRY(count_expansion(reader, frame, anchor->size, place));
    return attach(reader, &(YamlValue){.node = anchor->node});
}

/* ---- the whole file ---- */

static Status open_document(Reader *reader, const yaml_event_t *event) {
    if (reader->document_count++ == 0) {
        return DONE;
    }
    ErrorList *errors = reader->context.errors;
    const Place place =
        yaml_text_place(&reader->context.text, &event->start_mark, &event->end_mark);
    const Status status = fail(errors, E102, place, "a file holds one document, not several");
    error_caret(errors, "a second one starts here");
    return status;
}

static Status read_event(Reader *reader, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return open_document(reader, event);
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, event);
    case YAML_ALIAS_EVENT:
        return read_alias(reader, event);
    case YAML_MAPPING_START_EVENT:
        return open_collection(
            reader, event,
            &(Opening){NODE_MAP, event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE,
                       event->data.mapping_start.anchor, event->data.mapping_start.tag});
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(
            reader, event,
            &(Opening){NODE_LIST, event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE,
                       event->data.sequence_start.anchor, event->data.sequence_start.tag});
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        return close_collection(reader, event);
    case YAML_STREAM_END_EVENT:
        reader->is_done = true;
        return DONE;
    default:
        return DONE;
    }
}

static Status read_events(Reader *reader, yaml_parser_t *parser) {
    YamlContext *context = &reader->context;
    while (!reader->is_done && context->collected_count < COLLECTED_MAX) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            return yaml_syntax_explain(parser, &context->text, &reader->last, context->errors);
        }
        const Status status = read_event(reader, &event);
        yaml_event_delete(&event);
        TRY(status);
    }
    return reader->is_done ? DONE : context->first_status;
}

static Status check_size(const char *file, size_t size_bytes, ErrorList *errors) {
    if (size_bytes > FILE_MAX_BYTES) {
        return fail(errors, E106, (Place){.file = file},
                    "this file is too large: %.1f MiB, the limit is 4 MiB",
                    (double)size_bytes / (1 << 20));
    }
    return DONE;
}

static Status report_empty(const char *file, ErrorList *errors) {
    const Status status = fail(errors, E109, (Place){.file = file}, "the file is empty");
    error_help(errors, "a job starts with `nocturne: 1`");
    return status;
}

Status yaml_read(const char *file,
                 const char *bytes,
                 size_t size_bytes,
                 Arena *arena,
                 Node **root,
                 ErrorList *errors) {
    *root = NULL;
    TRY(check_size(file, size_bytes, errors));
    TRY(text_check_file(file, bytes, size_bytes, errors));
    const size_t mark_bytes = source_mark_bytes(bytes, size_bytes);
    Reader *reader = arena_alloc(arena, sizeof *reader);
    reader->context = (YamlContext){
        .text = {.file = file, .bytes = bytes + mark_bytes, .size_bytes = size_bytes - mark_bytes},
        .arena = arena,
        .errors = errors
    };
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return fail(errors, E515, (Place){.file = file}, "out of memory");
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)reader->context.text.bytes,
                                 reader->context.text.size_bytes);
    const Status status = read_events(reader, &parser);
    yaml_parser_delete(&parser);
    TRY(status);
    if (!reader->root || (reader->root->kind == NODE_SCALAR && node_is_null(reader->root))) {
        return report_empty(file, errors);
    }
    *root = reader->root;
    return reader->context.first_status;
}
