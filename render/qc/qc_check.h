#ifndef RENDER_QC_QC_CHECK_H
#define RENDER_QC_QC_CHECK_H
/* The checks by name: how severe each is, where its limits lie, and what it found.
 *
 *     QcPolicy policy = qc_policy_default();
 *     policy.levels[QC_CLICKS] = QC_OFF;
 *     const double max_dbtp = qc_limit(&policy, QC_TRUE_PEAK, "max");
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/arena.h"

typedef enum QcLevel { QC_OFF, QC_WARN, QC_FAIL } QcLevel;

typedef enum QcCheck {
#define CHECK(enumerator, id, name, level, netflix, movielabs, ebu, meaning, source)               \
    QC_##enumerator,
#define LIMIT(check, key, unit, fallback, least, most, meaning)
#include "render/qc/qc_checks.def"
#undef CHECK
#undef LIMIT
    QC_CHECK_COUNT
} QcCheck;

typedef struct QcCheckInfo {
    const char *id, *name;                 /* id: groups of like checks share one */
    QcLevel level;                         /* by default */
    const char *netflix, *movielabs, *ebu; /* codes of their vocabularies, "": none */
    const char *meaning, *source;
} QcCheckInfo;

typedef struct QcLimitInfo {
    QcCheck check;
    const char *key, *unit;
    bool has_fallback;
    double fallback, least, most;
    const char *meaning;
} QcLimitInfo;

enum { QC_LIMIT_ROOM = 64 };

typedef struct QcPolicy {
    QcLevel levels[QC_CHECK_COUNT];
    double limits[QC_LIMIT_ROOM]; /* in the order of qc_limit_at */
    bool has_limit[QC_LIMIT_ROOM];
} QcPolicy;

const QcCheckInfo *qc_check_info(QcCheck check);
const QcLimitInfo *qc_limit_at(int index); /* NULL past the end */
QcPolicy qc_policy_default(void);
/* A limit of a check that is not off; key: one of its own. */
double qc_limit(const QcPolicy *policy, QcCheck check, const char *key);

typedef struct QcFinding {
    QcCheck check;
    QcLevel severity;
    int channel;           /* of the programme, -1: all */
    double at_s, length_s; /* at_s < 0: no place */
    bool has_value;
    double value, limit;
    const char *unit; /* of value and limit */
    int64_t count;    /* places that were merged into this one */
    const char *text; /* more than the meaning of the check, or NULL */
    struct QcFinding *next;
} QcFinding;

typedef struct QcFindings {
    Arena *arena;
    const QcPolicy *policy;
    QcFinding *first, *last;
    int counts[QC_CHECK_COUNT];
} QcFindings;

QcFindings *qc_findings_create(const QcPolicy *policy, Arena *arena);
/* Nothing when the check is off. severity and count are filled in. Places of one check and channel
 * that lie less than a second apart are one finding with the worst value (the one farther from the
 * limit); so is everything beyond 50 of a check. */
void qc_findings_add(QcFindings *findings, QcFinding finding);

#endif
