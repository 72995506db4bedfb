#ifndef RENDER_QC_QC_CHUNK_H
#define RENDER_QC_QC_CHUNK_H
/* A chunk of a programme as the checks see it. Inside render/qc only.
 *
 * Chunks begin on the absolute grid of blocks, so that a finding does not depend on their size.
 */
#include "render/qc/block_facts.h"
#include "render/qc/qc_measure.h"

typedef struct QcChunk {
    const QcSubject *subject;
    QcFindings *findings;
    int64_t begin; /* sample of the programme */
    int64_t count;
    int block_samples, block_count; /* the last block may be short */
    float *const *planes;           /* [channel_count], QC_HISTORY_SAMPLES before each */
    BlockFacts *const *facts;       /* [channel_count][block_count] */
} QcChunk;

static inline int qc_block_length(const QcChunk *chunk, int block) {
    const int64_t rest = chunk->count - (int64_t)block * chunk->block_samples;
    return (int)(rest < chunk->block_samples ? rest : chunk->block_samples);
}

static inline double qc_seconds(const QcChunk *chunk, int64_t sample) {
    return (double)sample / chunk->subject->rate_hz;
}

static inline bool qc_is_lfe(const QcSubject *subject, int channel) {
    return subject->layout && subject->layout->channels[channel].role == CHANNEL_LFE;
}

/* Each check of samples: made once, fed with every chunk, asked at the end. */
typedef struct ClipScan ClipScan;
ClipScan *clip_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena);
void clip_scan_add(ClipScan *scan, const QcChunk *chunk);

typedef struct HoldScan HoldScan; /* dropouts */
HoldScan *hold_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena);
void hold_scan_add(HoldScan *scan, const QcChunk *chunk);

typedef struct ClickScan ClickScan;
ClickScan *click_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena);
void click_scan_add(ClickScan *scan, const QcChunk *chunk);

typedef struct SilenceScan SilenceScan;
SilenceScan *silence_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena);
void silence_scan_add(SilenceScan *scan, const QcChunk *chunk);
void silence_scan_finish(SilenceScan *scan, QcFindings *findings);

typedef struct PopScan PopScan; /* a 2-pop where none belongs */
PopScan *pop_scan_create(const QcSubject *subject, Arena *arena);
void pop_scan_add(PopScan *scan, const QcChunk *chunk);
void pop_scan_finish(PopScan *scan, QcFindings *findings);

typedef struct PairScan PairScan; /* phase of pairs, the fold to mono */
PairScan *pair_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena);
void pair_scan_add(PairScan *scan, const QcChunk *chunk);

typedef struct ChannelScan ChannelScan; /* DC, padding, twins, LFE */
ChannelScan *channel_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena);
void channel_scan_add(ChannelScan *scan, const QcChunk *chunk);
void channel_scan_finish(ChannelScan *scan, QcFindings *findings);

typedef struct ImageScan ImageScan; /* left against right */
ImageScan *image_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena);
void image_scan_add(ImageScan *scan, const QcChunk *chunk);
void image_scan_finish(ImageScan *scan, QcFindings *findings);

typedef struct HeadroomScan HeadroomScan; /* NULL: the score asks for none */
HeadroomScan *headroom_scan_create(const QcSubject *subject, Arena *arena);
void headroom_scan_add(HeadroomScan *scan, const QcChunk *chunk);
/* The last TRUE_PEAK_DELAY_SAMPLES of the programme are not judged. */
void headroom_scan_finish(const HeadroomScan *scan, QcHeadroomNumbers *numbers);

struct Spectrum; /* spectra.h */

typedef struct TimbreScan TimbreScan; /* harshness */
TimbreScan *timbre_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena);
void timbre_scan_add(TimbreScan *scan, const struct Spectrum *spectrum, QcFindings *findings);

typedef struct OctaveScan OctaveScan; /* third octaves of the whole: third_octaves.c */
OctaveScan *octave_scan_create(Arena *arena);
void octave_scan_add(OctaveScan *scan, const struct Spectrum *spectrum);
void octave_scan_finish(const OctaveScan *scan, ThirdOctaves *octaves);

typedef struct TranslationScan TranslationScan; /* other rooms */
TranslationScan *translation_scan_create(const QcSubject *subject, Arena *arena);
void translation_scan_add(TranslationScan *scan, const struct Spectrum *spectrum);
void translation_scan_finish(TranslationScan *scan, Translation *result, QcFindings *findings);

#endif
