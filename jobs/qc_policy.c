/* QC policies from YAML: levels and limits, each word checked against the table of checks. */
#include "jobs/qc_policy.h"

#include <string.h>

#include "jobs/suggest.h"
#include "jobs/value.h"
#include "jobs/yaml_reader.h"

typedef struct UnitKind {
    const char *unit;
    QuantityKind kind;
} UnitKind;

static const UnitKind unit_kinds[] = {
    {"",     QUANTITY_NUMBER             },
    {"dB",   QUANTITY_LEVEL              },
    {"dBTP", QUANTITY_TRUE_PEAK          },
    {"LUFS", QUANTITY_LOUDNESS           },
    {"LU",   QUANTITY_LOUDNESS_DIFFERENCE},
    {"Hz",   QUANTITY_FREQUENCY          },
    {"s",    QUANTITY_DURATION           },
};

static QuantityKind kind_of(const char *unit) {
    for (size_t row = 0; row < sizeof unit_kinds / sizeof *unit_kinds; row++) {
        if (strcmp(unit_kinds[row].unit, unit) == 0) {
            return unit_kinds[row].kind;
        }
    }
    return QUANTITY_NUMBER;
}

static Status fail_key(const NodePair *pair,
                       const char *owner,
                       const char *const *words,
                       int count,
                       ErrorList *errors) {
    const char *const best = suggest_nearest(pair->key, words, count);
    fail(errors, E202, pair->key_place, "unknown key `%s` in %s", pair->key, owner);
    if (best) {
        error_caret(errors, "did you mean `%s`?", best);
    }
    return E202;
}

static Status read_level(const Node *node, QcLevel *level, ErrorList *errors) {
    static const WordList words = {"level", "off warn fail", NULL};
    int index = 0;
    TRY(word_read(node, &words, &index, errors));
    *level = (QcLevel)index;
    return DONE;
}

static Status read_limit(const Node *node, int index, QcPolicy *policy, ErrorList *errors) {
    const QcLimitInfo *const limit = qc_limit_at(index);
    Rational value = {0, 1};
    if (node->kind != NODE_SCALAR) {
        return fail(errors, E202, node->place, "`%s` is one value", limit->key);
    }
    TRY(quantity_read(kind_of(limit->unit), node, NULL, &value, errors));
    policy->limits[index] = rational_value(value);
    policy->has_limit[index] = true;
    if (policy->limits[index] < limit->least || policy->limits[index] > limit->most) {
        return fail(errors, E206, node->place, "`%s` is outside %g … %g %s", node->text,
                    limit->least, limit->most, limit->unit);
    }
    return DONE;
}

enum { WORDS_OF_A_CHECK = 16 };

/* One pair of a check's map. */
static Status
read_member(const NodePair *pair, QcCheck check, QcPolicy *policy, ErrorList *errors) {
    const char *words[WORDS_OF_A_CHECK] = {"level"};
    int count = 1;
    if (strcmp(pair->key, "level") == 0) {
        return read_level(pair->value, &policy->levels[check], errors);
    }
    for (int index = 0; qc_limit_at(index); index++) {
        const QcLimitInfo *const limit = qc_limit_at(index);
        if (limit->check == check && strcmp(limit->key, pair->key) == 0) {
            return read_limit(pair->value, index, policy, errors);
        }
        if (limit->check == check && count < WORDS_OF_A_CHECK) {
            words[count++] = limit->key;
        }
    }
    return fail_key(pair, qc_check_info(check)->name, words, count, errors);
}

/* A check that is on has all its limits. */
static Status
check_complete(const NodePair *pair, QcCheck check, const QcPolicy *policy, ErrorList *errors) {
    for (int index = 0; qc_limit_at(index); index++) {
        const QcLimitInfo *const limit = qc_limit_at(index);
        if (limit->check == check && !policy->has_limit[index] && policy->levels[check] != QC_OFF) {
            return fail(errors, E203, pair->key_place, "`%s` needs `%s`: %s", pair->key, limit->key,
                        limit->meaning);
        }
    }
    return DONE;
}

/* `clicks: off`, or a map with its level and limits; a map without a level switches it on. */
static Status read_check(const NodePair *pair, QcCheck check, QcPolicy *policy, ErrorList *errors) {
    const Node *const node = pair->value;
    Status first = DONE;
    if (node->kind == NODE_LIST) {
        return fail(errors, E202, node->place, "`%s` is off, warn, fail or a map", pair->key);
    }
    if (node->kind == NODE_SCALAR) {
        TRY(read_level(node, &policy->levels[check], errors));
    } else if (policy->levels[check] == QC_OFF) {
        policy->levels[check] = QC_FAIL;
    }
    for (int member = 0; node->kind == NODE_MAP && member < node->count; member++) {
        const Status status = read_member(&node->pairs[member], check, policy, errors);
        first = first ? first : status;
    }
    return first ? first : check_complete(pair, check, policy, errors);
}

static Status read_checks(const Node *node, QcPolicy *policy, ErrorList *errors) {
    const char *names[QC_CHECK_COUNT];
    Status first = DONE;
    if (node->kind != NODE_MAP) {
        return fail(errors, E202, node->place, "`checks` is a map of checks");
    }
    for (int check = 0; check < QC_CHECK_COUNT; check++) {
        names[check] = qc_check_info((QcCheck)check)->name;
    }
    for (int index = 0; index < node->count; index++) {
        const NodePair *const pair = &node->pairs[index];
        int check = 0;
        while (check < QC_CHECK_COUNT && strcmp(names[check], pair->key) != 0) {
            check++;
        }
        const Status status = check < QC_CHECK_COUNT
                                  ? read_check(pair, (QcCheck)check, policy, errors)
                                  : fail_key(pair, "checks", names, QC_CHECK_COUNT, errors);
        if (status != DONE && check == QC_CHECK_COUNT) {
            error_help(errors, "nocturne list checks");
        }
        first = first ? first : status;
    }
    return first;
}

static Status read_version(const Node *root, const char *file, ErrorList *errors) {
    const Node *const version = node_get(root, "policy");
    if (!version || version->kind != NODE_SCALAR || strcmp(version->text, "1") != 0) {
        const Place place = version ? version->place : (Place){file, 1, 1, 0};
        fail(errors, E201, place, "a QC policy says `policy: 1`");
        return E201;
    }
    return DONE;
}

Status qc_policy_merge(const Node *root, QcPolicy *policy, ErrorList *errors) {
    static const char *const keys[] = {"policy", "name", "checks"};
    Status first = DONE;
    for (int index = 0; root->kind == NODE_MAP && index < root->count; index++) {
        const NodePair *const pair = &root->pairs[index];
        Status status = DONE;
        if (strcmp(pair->key, "checks") == 0) {
            status = read_checks(pair->value, policy, errors);
        } else if (strcmp(pair->key, "policy") != 0 && strcmp(pair->key, "name") != 0) {
            status = fail_key(pair, "a QC policy", keys, 3, errors);
        }
        first = first ? first : status;
    }
    return first;
}

Status qc_policy_read(const char *file,
                      const char *bytes,
                      size_t size_bytes,
                      Arena *arena,
                      QcPolicy *policy,
                      ErrorList *errors) {
    Node *root = NULL;
    *policy = qc_policy_default();
    Status first = yaml_read(file, bytes, size_bytes, arena, &root, errors);
    if (!root) {
        return first;
    }
    const Status version = read_version(root, file, errors);
    const Status rest = qc_policy_merge(root, policy, errors);
    first = first ? first : version;
    return first ? first : rest;
}
