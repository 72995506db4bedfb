#ifndef RENDER_QC_LEAK_SCAN_H
#define RENDER_QC_LEAK_SCAN_H
/* How much of the dialogue is found in an M&E, side by side from sample 0.
 *
 *     LeakScan *scan = leak_scan_create(&subject, findings, arena);
 *     leak_scan_add(scan, music_and_effects, dialogue, 4096);
 *     leak_scan_finish(scan);
 *
 * First differences are correlated: they are whiter than programme, so that two voices of one song
 * are told apart. A window of 3 s is a finding from a correlation of 0.3 on, the whole programme
 * from 0.05 on, when the level of the dialogue in the M&E lies above the limit of me_leakage.
 */
#include "render/qc/qc_measure.h"

typedef struct LeakScan LeakScan;

/* subject: of both; findings: of the M&E. */
LeakScan *leak_scan_create(const QcSubject *subject, QcFindings *findings, Arena *arena);
/* planes: [channel_count][count] */
void leak_scan_add(LeakScan *scan,
                   float *const *music_and_effects,
                   float *const *dialogue,
                   int64_t count);
void leak_scan_finish(LeakScan *scan);

#endif
