/* The table of checks, the policy that they have by default, and the list of what they find. */
#include "render/qc/qc_check.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define NONE NAN

/* The tables as they stand in the list. */
// clang-format off
static const QcCheckInfo checks[] = {
#define CHECK(enumerator, id, name, level, netflix, movielabs, ebu, meaning, source) \
    {id, name, QC_##level, netflix, movielabs, ebu, meaning, source},
#define LIMIT(check, key, unit, fallback, least, most, meaning)
#include "render/qc/qc_checks.def"
#undef CHECK
#undef LIMIT
};

static const QcLimitInfo limits[] = {
#define CHECK(enumerator, id, name, level, netflix, movielabs, ebu, meaning, source)
#define LIMIT(check, key, unit, fallback, least, most, meaning) \
    {QC_##check, key, unit, !isnan((double)(fallback)), fallback, least, most, meaning},
#include "render/qc/qc_checks.def"
#undef CHECK
#undef LIMIT
};
// clang-format on
enum { LIMIT_COUNT = sizeof limits / sizeof *limits, FINDINGS_OF_A_CHECK = 50 };
_Static_assert(sizeof limits / sizeof *limits <= QC_LIMIT_ROOM,
               "a policy has room for every limit");

static const double merge_distance_s = 1.0;

const QcCheckInfo *qc_check_info(QcCheck check) {
    return &checks[check];
}

const QcLimitInfo *qc_limit_at(int index) {
    return index < LIMIT_COUNT ? &limits[index] : NULL;
}

QcPolicy qc_policy_default(void) {
    QcPolicy policy = {0};
    for (int check = 0; check < QC_CHECK_COUNT; check++) {
        policy.levels[check] = checks[check].level;
    }
    for (int limit = 0; limit < LIMIT_COUNT; limit++) {
        policy.limits[limit] = limits[limit].has_fallback ? limits[limit].fallback : 0.0;
        policy.has_limit[limit] = limits[limit].has_fallback;
    }
    return policy;
}

double qc_limit(const QcPolicy *policy, QcCheck check, const char *key) {
    for (int limit = 0; limit < LIMIT_COUNT; limit++) {
        if (limits[limit].check == check && strcmp(limits[limit].key, key) == 0) {
            return policy->limits[limit];
        }
    }
    assert(false); /* no limit of this check */
    return 0.0;
}

QcFindings *qc_findings_create(const QcPolicy *policy, Arena *arena) {
    QcFindings *findings = arena_alloc(arena, sizeof *findings);
    findings->arena = arena;
    findings->policy = policy;
    return findings;
}

static QcFinding *find_last(const QcFindings *findings, QcCheck check, int channel) {
    QcFinding *last = NULL;
    for (QcFinding *finding = findings->first; finding; finding = finding->next) {
        const bool is_same = finding->check == check && finding->channel == channel;
        last = is_same ? finding : last;
    }
    return last;
}

static void merge(QcFinding *into, const QcFinding *finding) {
    const double end_s = finding->at_s + finding->length_s;
    into->count++;
    into->length_s = end_s - into->at_s > into->length_s ? end_s - into->at_s : into->length_s;
    if (fabs(finding->value - finding->limit) > fabs(into->value - into->limit)) {
        into->value = finding->value;
    }
}

void qc_findings_add(QcFindings *findings, QcFinding finding) {
    const QcLevel severity = findings->policy->levels[finding.check];
    if (severity == QC_OFF) {
        return;
    }
    QcFinding *const last = find_last(findings, finding.check, finding.channel);
    const bool is_near = last && finding.at_s >= 0.0 &&
                         finding.at_s - (last->at_s + last->length_s) < merge_distance_s;
    if (last && (is_near || findings->counts[finding.check] >= FINDINGS_OF_A_CHECK)) {
        merge(last, &finding);
        return;
    }
    QcFinding *const added = arena_alloc(findings->arena, sizeof *added);
    *added = finding;
    added->severity = severity;
    added->count = 1;
    if (findings->last) {
        findings->last->next = added;
    } else {
        findings->first = added;
    }
    findings->last = added;
    findings->counts[finding.check]++;
}
