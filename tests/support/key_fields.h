#ifndef TESTS_SUPPORT_KEY_FIELDS_H
#define TESTS_SUPPORT_KEY_FIELDS_H
/* Every member of what the engine renders, changed one at a time: which keys change with it.
 *
 *     FIELD(MixRoom, gain, NUDGE, "AWSQMENI")  // the response stays, what is heard of it does not
 *
 * The stages in this order: Prepare, Analyse, Room, Whole stem, Dry part, what comes back from
 * rooms (S), measure (Q), Master, its Energies, eNcode, Inspect. "": nothing that is kept depends
 * on it.
 */
#include "tests/support/render_job.h"

#include <math.h>

#include "render/model/mix.h"

typedef enum FieldChange {
    FLIP,    /* a bool */
    MORE,    /* an integer: 1 more */
    LESS,    /* 1 less */
    NUDGE,   /* a double: the next one */
    WORD,    /* another text */
    DIGIT,   /* an array of characters: another first one */
    NUMBERS, /* the first of doubles, bools, texts, int, int64_t pointed to */
    FLAGS,
    WORDS,
    COUNTS,
    TIMES,
    LAYOUT, /* another name of what is pointed to */
    PANNER,
    NONE, /* a member without (it is not there) */
    OWN,  /* it has a table of its own, or is never read after the lowering */
} FieldChange;

typedef struct Field {
    const char *name;
    int owner;
    size_t offset, size;
    FieldChange change;
    const char *stages;
} Field;

#define FIELD_OF(owner, type, member, change, stages)                                              \
    {                                                                                              \
#owner "." #member, OF_##owner, offsetof(type, member), sizeof(((type *)0)->member),       \
            change, stages                                                                         \
    }
#define FIELD(type, member, change, stages) FIELD_OF(type, type, member, change, stages)

static const char field_stages[] = "PARWDSQMENI";

static inline int field_stage(const Task *task, int output) {
    static const char *const letters[] = {
        [TASK_PREPARE] = "P", [TASK_ANALYSE] = "A", [TASK_ROOM] = "R",  [TASK_SPATIALIZE] = "WDS",
        [TASK_MEASURE] = "Q", [TASK_MASTER] = "ME", [TASK_WRITE] = "N", [TASK_METER] = "I",
        [TASK_ENCODE] = "N",  [TASK_INSPECT] = "I"};
    const int part =
        task->kind == TASK_SPATIALIZE ? output / (task->output_count / SPATIALIZE_PARTS) : output;
    return (int)(strchr(field_stages, letters[task->kind][part]) - field_stages);
}

static inline Plan *plan_again(const Bench *bench, Arena *arena) {
    Plan *plan = NULL;
    const PlanOptions options = {.span_samples = (int64_t)8 * 32768};
    assert_int_equal(plan_make(bench->mix, "TEST", options, arena, &plan, bench->errors), DONE);
    return plan;
}

/* The letters of the stages whose keys differ; "?": there are other tasks. "-" behind N: files are
 * other ones by what MASTER finds, or not at all. */
static inline const char *changed_stages(const Plan *before, const Plan *after, Arena *arena) {
    bool is_changed[sizeof field_stages] = {false};
    bool has_content = false;
    if (before->task_count != after->task_count) {
        return "?";
    }
    for (int task = 0; task < before->task_count; task++) {
        const Task *was = &before->tasks[task];
        const Task *is = &after->tasks[task];
        for (int output = 0; output < was->output_count; output++) {
            const bool is_there = output < is->output_count;
            if (!is_there || !key_equal(was->outputs[output], is->outputs[output])) {
                is_changed[field_stage(was, output)] = true;
            }
        }
        const bool is_other = was->content && strcmp(was->content, is->content) != 0;
        assert_false(is_other && key_equal(was->outputs[0], is->outputs[0]));
        has_content = has_content || (is_other && was->kind == TASK_WRITE);
    }
    char *letters = arena_alloc(arena, sizeof field_stages + 1);
    int count = 0;
    for (int stage = 0; field_stages[stage]; stage++) {
        if (is_changed[stage]) {
            letters[count++] = field_stages[stage];
            if (field_stages[stage] == 'N' && !has_content) {
                letters[count++] = '-';
            }
        }
    }
    return letters;
}

static inline void change_integer(void *at, size_t size, int by) {
    if (size == sizeof(int64_t)) {
        *(int64_t *)at += by;
    } else {
        *(int32_t *)at += by;
    }
}

static inline void change_pointed(void *at, FieldChange change, Arena *arena) {
    void *pointed = *(void **)at;
    switch (change) {
    case NUMBERS:
        *(double *)pointed = nextafter(*(double *)pointed, 1e9);
        break;
    case FLAGS:
        *(bool *)pointed = !*(bool *)pointed;
        break;
    case WORDS:
        *(const char **)pointed = "another";
        break;
    case COUNTS:
        *(int *)pointed += 1;
        break;
    case TIMES:
        *(int64_t *)pointed += 1;
        break;
    case LAYOUT: {
        Layout *copy = arena_alloc(arena, sizeof *copy);
        *copy = **(Layout **)at;
        copy->name = "another";
        *(Layout **)at = copy;
        break;
    }
    default: {
        Spatializer *copy = arena_alloc(arena, sizeof *copy);
        *copy = **(Spatializer **)at;
        copy->name = "another";
        *(Spatializer **)at = copy;
    }
    }
}

static inline void change_field(void *at, const Field *field, Arena *arena) {
    switch (field->change) {
    case FLIP:
        *(bool *)at = !*(bool *)at;
        break;
    case MORE:
        change_integer(at, field->size, 1);
        break;
    case LESS:
        change_integer(at, field->size, -1);
        break;
    case NUDGE:
        *(double *)at = nextafter(*(double *)at, 1e9);
        break;
    case WORD:
        *(const char **)at = "another";
        break;
    case DIGIT:
        *(char *)at = *(char *)at == 'a' ? 'b' : 'a';
        break;
    case NONE:
        *(void **)at = NULL;
        break;
    default:
        change_pointed(at, field->change, arena);
    }
}

static inline bool field_is_pointed(const Field *field) {
    return field->change >= NUMBERS && field->change <= TIMES;
}

/* Changes a member, plans, changes it back. */
static inline const char *
stages_of_field(const Bench *bench, const Field *field, void *owner, Arena *arena) {
    enum { MOST_BYTES = 256, POINTED_BYTES = 8 };
    char kept[MOST_BYTES];
    char kept_pointed[POINTED_BYTES];
    void *at = (char *)owner + field->offset;
    assert_true(field->size <= MOST_BYTES);
    memcpy(kept, at, field->size);
    void *pointed = field_is_pointed(field) ? *(void **)at : kept_pointed;
    assert_non_null(pointed);
    const size_t pointed_size = field->change == FLAGS    ? 1
                                : field->change == COUNTS ? sizeof(int)
                                                          : POINTED_BYTES;
    memmove(kept_pointed, pointed, pointed_size);
    change_field(at, field, arena);
    const char *changed = changed_stages(bench->plan, plan_again(bench, arena), arena);
    memcpy(at, kept, field->size);
    memmove(pointed, kept_pointed, pointed_size);
    return changed;
}

static inline int count_faults(const Bench *bench, const Field *field, void *owner) {
    Arena *arena = arena_create();
    const char *found = stages_of_field(bench, field, owner, arena);
    const bool is_fault = strcmp(found, field->stages) != 0;
    if (is_fault) {
        print_error("%s + %zu changes the keys of \"%s\", not \"%s\"\n", field->name, field->offset,
                    found, field->stages);
    }
    arena_destroy(&arena);
    return is_fault;
}

/* Arrays of numbers one after the other. */
static inline void
expect_fields(const Bench *bench, void *const *owners, const Field *fields, int count) {
    int faults = 0;
    for (int field = 0; field < count; field++) {
        Field part = fields[field];
        const size_t end = part.offset + part.size;
        const bool is_number = part.change == NUDGE || part.change == MORE || part.change == LESS;
        if (part.change == OWN) {
            continue;
        }
        if (!owners[part.owner]) {
            fail_msg("%s has no owner", part.name);
        }
        part.size = is_number && part.size > sizeof(double) ? sizeof(double) : part.size;
        for (; part.offset < end; part.offset += part.size) {
            faults += count_faults(bench, &part, owners[part.owner]);
        }
    }
    assert_int_equal(faults, 0);
}

/* A table that holds all members of its types in their order leaves out no byte but padding: a new
 * member has to say which keys it is in. */
static inline void expect_whole(const Field *fields, int count, const size_t *sizes) {
    for (int field = 0; field < count; field++) {
        const Field *of = &fields[field];
        const bool is_first = field == 0 || fields[field - 1].owner != of->owner;
        const size_t before = is_first ? 0 : fields[field - 1].offset + fields[field - 1].size;
        const size_t step = of->size >= 8 ? 8 : of->size;
        if (of->offset < before || of->offset - before >= step) {
            fail_msg("a member in front of %s is not in the table", of->name);
        }
        const bool is_last = field + 1 == count || fields[field + 1].owner != of->owner;
        if (is_last && sizes[of->owner] - of->offset - of->size >= 8) {
            fail_msg("a member behind %s is not in the table", of->name);
        }
    }
}

#endif
