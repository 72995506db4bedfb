/* Values that are more than one text: positions, paths, filters, lists. */
#include "jobs/job_structures.h"

#include <string.h>

#include "jobs/job_policy.h"
#include "jobs/job_score_values.h"

static void *member_of(const ValueSite *site) {
    return (char *)site->base + site->key->offset;
}

static const Node *node_of(const ValueSite *site) {
    return site->pair->value;
}

/* The members of a map at this site are read later, into target. */
static void
queue_members(JobReader *reader, const ValueSite *site, const char *prefix, void *target) {
    const Node *node = node_of(site);
    job_reader_queue(reader, (QueuedMap){.prefix = prefix,
                                         .owner = job_value_owner(reader, site),
                                         .node = node->kind == NODE_MAP ? node : NULL,
                                         .place = site->pair->key_place,
                                         .target = target});
}

/* Some maps say by their presence that something is wanted; messages point at where they stand. */
static void mark_presence(const ValueSite *site) {
    static const struct {
        const char *path;
        size_t place_offset;
    } places[] = {
        {"rooms.*.shoebox",         offsetof(JobRoom,        shoebox_place) },
        {"deliverables.*.loudness", offsetof(JobDeliverable, loudness_place)},
        {"deliverables.*.leader",   offsetof(JobDeliverable, leader_place)  },
        {"deliverables.*.pop",      offsetof(JobDeliverable, pop_place)     },
        {"arcs.*.build",            offsetof(JobArc,         build_place)   },
        {"arcs.*.release",          offsetof(JobArc,         release_place) },
    };
    if (site->key->store != STORE_FLAG) {
        return;
    }
    *(bool *)member_of(site) = true;
    for (size_t row = 0; row < sizeof places / sizeof *places; row++) {
        if (strcmp(site->key->path, places[row].path) == 0) {
            char *base = site->base;
            memcpy(base + places[row].place_offset, &site->pair->key_place, sizeof(Place));
        }
    }
}

static Status read_map(JobReader *reader, const ValueSite *site) {
    mark_presence(site);
    queue_members(reader, site, site->key->path, site->base);
    return node_of(site)->kind == NODE_MAP ? DONE : job_fail_shape(reader, node_of(site), "a map");
}

/* `front`, a name of `positions`, or the members of a position. */
static Status read_position(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    JobPosition *position = member_of(site);
    const bool is_named = strcmp(site->key->path, "positions.*") == 0;
    position->place = node->place;
    queue_members(reader, site, "layers.*.pan", position);
    if (node->kind == NODE_LIST || (is_named && node->kind != NODE_MAP)) {
        return job_fail_shape(reader, node,
                              is_named ? "a map {az, el, dist, spread}"
                                       : "`front`, a name or a map {az, el, dist, spread}");
    }
    if (node->kind == NODE_SCALAR && strcmp(node->text, "front") != 0) {
        position->name = (JobText){.text = node->text, .place = node->place};
    }
    return DONE;
}

/* An angle for objects on the sphere, a percentage for those in the cube; the row has both ranges.
 */
static Status read_extent(JobReader *reader, const ValueSite *site) {
    static const char divider[] = " / ";
    const Node *node = node_of(site);
    if (node->kind != NODE_SCALAR) {
        return job_fail_shape(reader, node, "an angle, or a percentage in the cube");
    }
    const bool is_percent = strchr(node->text, '%') != NULL;
    const QuantityKind kind = is_percent ? QUANTITY_PERCENT : QUANTITY_ANGLE;
    const char *end = strstr(site->key->values, divider);
    const char *range = is_percent ? end + strlen(divider)
                                   : arena_copy_bytes(reader->arena, site->key->values,
                                                      (size_t)(end - site->key->values));
    Rational value;
    TRY(quantity_read(kind, node, NULL, &value, reader->errors));
    TRY(quantity_check_range(kind, node, NULL, value, range, reader->errors));
    *(JobExtent *)member_of(site) =
        (JobExtent){.value = rational_value(value), .is_percent = is_percent, .place = node->place};
    return DONE;
}

static Status read_screen(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    JobScreen *screen = member_of(site);
    if (node->kind != NODE_LIST || node->count != 2) {
        return job_fail_shape(reader, node, "a list of two numbers such as [-0.4, 0.1]");
    }
    double place[2];
    for (int axis = 0; axis < 2; axis++) {
        const Node *item = node->items[axis];
        if (item->kind != NODE_SCALAR) {
            return job_fail_shape(reader, item, "a number");
        }
        Rational value;
        TRY(quantity_read(QUANTITY_NUMBER, item, NULL, &value, reader->errors));
        TRY(quantity_check_range(QUANTITY_NUMBER, item, NULL, value, site->key->values,
                                 reader->errors));
        place[axis] = rational_value(value);
    }
    *screen = (JobScreen){.x = place[0], .y = place[1], .place = node->place};
    return DONE;
}

static Status read_path_point(JobReader *reader, const ValueSite *site, int index) {
    const Node *item = node_of(site)->items[index];
    if (item->kind != NODE_LIST || item->count != 2) {
        return job_fail_shape(reader, item, "a point [time, position]");
    }
    if (item->items[0]->kind != NODE_SCALAR) {
        return job_fail_shape(reader, item->items[0], "a time");
    }
    JobPathPoint *point = &(*(JobPathPoint **)member_of(site))[index];
    const char *owner = arena_format(reader->arena, "%s.points", site->owner);
    const Status status = job_time_read(reader, site, item->items[0], owner, &point->time);
    static const SchemaKey position_key = {
        .path = "layers.*.pan", .type = VALUE_PAN, .store = STORE_POSITION};
    const NodePair pair = {.key = "points", .key_place = item->place, .value = item->items[1]};
    const ValueSite position = {&position_key, &pair, site->owner, &point->at, item->place};
    TRY(read_position(reader, &position));
    return status;
}

static Status read_points(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list of points [time, position]");
    }
    if (node->count < 2) {
        return fail(reader->errors, E316, node->place, "a path needs at least two points");
    }
    JobLayer *layer = site->base;
    layer->path = arena_array(reader->arena, (size_t)node->count, sizeof *layer->path);
    layer->path_count = node->count;
    Status status = DONE;
    for (int point = 0; point < node->count; point++) {
        const Status point_status = read_path_point(reader, site, point);
        status = status == DONE ? point_status : status;
    }
    return status;
}

/* Each point is a map whose rows stand at `tempo[]`, of cues, too. */
static Status read_tempo(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    JobTempo *tempo = member_of(site);
    tempo->place = node->place;
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list such as [{at: 1|1, bpm: 92}]");
    }
    tempo->points = arena_array(reader->arena, (size_t)node->count, sizeof *tempo->points);
    tempo->point_count = node->count;
    const char *owner = job_value_owner(reader, site);
    for (int point = 0; point < node->count; point++) {
        const Node *item = node->items[point];
        job_reader_queue(
            reader, (QueuedMap){.prefix = "tempo[]",
                                .owner = arena_format(reader->arena, "%s.%d", owner, point + 1),
                                .node = item,
                                .place = item->place,
                                .target = &tempo->points[point]});
    }
    return DONE;
}

typedef struct ListStore { /* where the entries of a list of maps go */
    StoreKind store;
    size_t entry_size, count_offset; /* the count stands in the struct that holds the list */
    size_t place_offset;             /* in the entry */
} ListStore;

#define LIST(store, Owner, count, Entry)                                                           \
    { store, sizeof(Entry), offsetof(Owner, count), offsetof(Entry, place) }

/* One line a list. */
// clang-format off
static const ListStore list_stores[] = {
    LIST(STORE_EQ, JobLayer, eq_count, JobEqBand),
    LIST(STORE_DRIVES, JobArc, drive_count, JobDrive),
    LIST(STORE_AUTOMATIONS, JobLayer, automation_count, JobAutomation),
    LIST(STORE_DECISIONS, JobSpec, decision_count, JobDecision),
    LIST(STORE_CLIPS, JobLayer, clip_count, JobClip),
};
// clang-format on

static const ListStore *find_list_store(StoreKind store) {
    size_t row = 0;
    while (list_stores[row].store != store) {
        row++;
    }
    return &list_stores[row];
}

/* Each entry is a map whose rows stand at `path[]`. */
static Status read_maps(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    const ListStore *store = find_list_store(site->key->store);
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list of maps");
    }
    char *entries = arena_array(reader->arena, (size_t)node->count, store->entry_size);
    memcpy(member_of(site), &entries, sizeof entries);
    *(int *)((char *)site->base + store->count_offset) = node->count;
    const char *prefix = arena_format(reader->arena, "%s[]", site->key->path);
    const char *owner = job_value_owner(reader, site);
    for (int index = 0; index < node->count; index++) {
        const Node *item = node->items[index];
        char *entry = entries + (size_t)index * store->entry_size;
        *(Place *)(void *)(entry + store->place_offset) = item->place;
        if (store->store == STORE_AUTOMATIONS) { /* its times count bars as the layer's do */
            ((JobAutomation *)(void *)entry)->cue = &((const JobLayer *)site->base)->cue;
        }
        if (store->store == STORE_CLIPS) { /* and these */
            ((JobClip *)(void *)entry)->cue = &((const JobLayer *)site->base)->cue;
        }
        job_reader_queue(
            reader, (QueuedMap){.prefix = prefix,
                                .owner = arena_format(reader->arena, "%s.%d", owner, index + 1),
                                .node = item,
                                .place = item->place,
                                .target = entry});
    }
    return DONE;
}

static Status read_filter(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    JobFilter *filter = member_of(site);
    filter->is_set = true;
    filter->place = node->place;
    queue_members(reader, site, site->key->path, filter);
    if (node->kind == NODE_MAP) {
        return DONE;
    }
    if (node->kind == NODE_LIST) {
        return job_fail_shape(reader, node, "a frequency or a map {freq, slope}");
    }
    Rational value;
    TRY(quantity_read(QUANTITY_FREQUENCY, node, NULL, &value, reader->errors));
    TRY(job_quantity_check(reader, site, QUANTITY_FREQUENCY, value));
    filter->frequency_hz = rational_value(value);
    return DONE;
}

static Status read_triple(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list such as [12 m, 20 m, 6 m]");
    }
    if (node->count != 3) {
        return fail(reader->errors, E202, node->place,
                    "expected three distances such as [12 m, 20 m, 6 m], found %d", node->count);
    }
    JobTriple triple = {.is_set = true, .place = node->place};
    for (int axis = 0; axis < 3; axis++) {
        const Node *item = node->items[axis];
        if (item->kind != NODE_SCALAR) {
            return job_fail_shape(reader, item, "a distance");
        }
        Rational value;
        TRY(quantity_read(QUANTITY_DISTANCE, item, NULL, &value, reader->errors));
        TRY(quantity_check_range(QUANTITY_DISTANCE, item, NULL, value, site->key->values,
                                 reader->errors));
        triple.values_m[axis] = rational_value(value);
    }
    *(JobTriple *)member_of(site) = triple;
    return DONE;
}

/* Of a list of another tool: "import.cut7.cuts". */
static Status read_times(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list of times");
    }
    JobTimes *times = member_of(site);
    times->times = arena_array(reader->arena, (size_t)node->count + 1, sizeof *times->times);
    const char *owner = job_value_owner(reader, site);
    Status status = DONE;
    for (int item = 0; item < node->count && status == DONE; item++) {
        if (node->items[item]->kind != NODE_SCALAR) {
            return job_fail_shape(reader, node->items[item], "a time");
        }
        status =
            job_time_read(reader, site, node->items[item], owner, &times->times[times->count++]);
    }
    return status;
}

static Status read_words(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list such as [cuts]");
    }
    const WordList words = job_schema_words(site->key, reader->arena);
    JobWords *read = member_of(site);
    read->place = node->place;
    for (int item = 0; item < node->count; item++) {
        int word = 0;
        if (node->items[item]->kind != NODE_SCALAR) {
            return job_fail_shape(reader, node->items[item], "a word");
        }
        TRY(word_read(node->items[item], &words, &word, reader->errors));
        read->set |= 1U << word;
    }
    return DONE;
}

static Status read_outputs(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list, such as [full, dx]");
    }
    if (node->count == 0) {
        return fail(reader->errors, E203, node->place,
                    "this list is empty: nothing would be written");
    }
    JobDeliverable *deliverable = site->base;
    deliverable->outputs =
        arena_array(reader->arena, (size_t)node->count, sizeof *deliverable->outputs);
    for (int item = 0; item < node->count; item++) {
        if (node->items[item]->kind != NODE_SCALAR) {
            return job_fail_shape(reader, node->items[item], "full, me or a stem");
        }
        deliverable->outputs[deliverable->output_count++] = (JobOutput){
            .stem_index = -1, .name = node->items[item]->text, .place = node->items[item]->place};
    }
    return DONE;
}

static Status read_paths(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list of files, such as [reel1.yaml, reel2.yaml]");
    }
    JobText *paths = arena_array(reader->arena, (size_t)node->count + 1, sizeof *paths);
    for (int item = 0; item < node->count; item++) {
        if (node->items[item]->kind != NODE_SCALAR) {
            return job_fail_shape(reader, node->items[item], "a file");
        }
        paths[item] = (JobText){.text = node->items[item]->text, .place = node->items[item]->place};
    }
    *(JobPaths *)member_of(site) = (JobPaths){paths, node->count, node->place};
    return DONE;
}

static Status read_sofa(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (node->kind == NODE_LIST) {
        return job_fail_shape(reader, node, "a path or a map {file, sha256}");
    }
    if (node->kind == NODE_SCALAR) {
        *(JobText *)member_of(site) = (JobText){.text = node->text, .place = node->place};
        return DONE;
    }
    queue_members(reader, site, site->key->path, site->base);
    return DONE;
}

static Status read_nothing(JobReader *reader, const ValueSite *site) {
    (void)reader;
    (void)site;
    return DONE;
}

/* include and extends of an override: too late, the tree is made. */
static Status fail_file(JobReader *reader, const ValueSite *site) {
    return fail(reader->errors, E208, site->pair->key_place,
                "`%s` stands at the top of a file, not here", site->pair->key);
}

typedef Status (*StructureReader)(JobReader *reader, const ValueSite *site);

/* One line a type. */
// clang-format off
static const StructureReader structure_readers[VALUE_TYPE_COUNT] = {
    [VALUE_MAP] = read_map,
    [VALUE_PAN] = read_position,
    [VALUE_POINTS] = read_points,
    [VALUE_MAPS] = read_maps,
    [VALUE_FILTER] = read_filter,
    [VALUE_TRIPLE] = read_triple,
    [VALUE_TIMES] = read_times,
    [VALUE_WORDS] = read_words,
    [VALUE_OUTPUTS] = read_outputs,
    [VALUE_PATHS] = read_paths,
    [VALUE_SOFA] = read_sofa,
    [VALUE_POLICY] = job_policy_read,
    [VALUE_EXTENT] = read_extent,
    [VALUE_PAIR] = read_screen,
    [VALUE_TEMPO] = read_tempo,
    [VALUE_TAGS] = job_tags_read,
    [VALUE_SPAN] = job_span_read,
    [VALUE_CURVE] = job_curve_read,
    [VALUE_ANY] = read_nothing,
    [VALUE_JOB_FILE] = fail_file,
    [VALUE_JOB_FILES] = fail_file,
};
// clang-format on

Status job_structure_read(JobReader *reader, const ValueSite *site) {
    return structure_readers[site->key->type](reader, site);
}
