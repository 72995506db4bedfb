/* What the limiter takes from a stem on account of the others, block by block of the envelope.
 *
 * Law: blocks of an absolute grid, from the first to the last; each is judged by the stems alone.
 * A stem's own share is what its own true peak asks for in the block and in the look-ahead behind
 * it, with the release of the limiter.
 */
#include "render/stages/master_stems.h"

#include <math.h>
#include <string.h>

#include "render/dsp/planes.h"
#include "render/dsp/true_peak.h"
#include "render/processors/limiter.h"

/* PRE_ROLL: what the filter of the peaks reaches back. */
enum { PIECE = TRUE_PEAK_PIECE_SAMPLES, PRE_ROLL = TRUE_PEAK_TAPS + TRUE_PEAK_DELAY_SAMPLES };

static const double sounds_above_db = -60.0; /* a stem that is softer in a block is not asked */

typedef struct Asking {
    const StemsQuestion *question;
    const TruePeak *filter;
    TruePeakTrack *tracks; /* [channel_count] */
    float **samples;       /* [channel_count][STAGE_CHUNK_SAMPLES] */
    double *piece;         /* [PIECE] */
    float *intervals;      /* [PIECE] */
    double *own;           /* [stem_count]: attenuation (1 - gain) that the stem itself asks for */
    int64_t last_block;    /* that was judged, -1: none */
} Asking;

/* Greatest true peak of the next samples of one channel behind the static gain, or the greatest
 * sample where nothing exceeds the ceiling; the first `unjudged` intervals see what lies before the
 * samples that were read. */
static double channel_peak(Asking *work, int channel, int64_t count, int unjudged) {
    const double gain = work->question->gain;
    TruePeakTrack *track = &work->tracks[channel];
    double peak = 0.0;
    for (int64_t begin = 0; begin < count; begin += PIECE) {
        const int piece = count - begin < PIECE ? (int)(count - begin) : PIECE;
        planes_widen(work->samples[channel] + begin, piece, work->piece);
        peak = fmax(peak, planes_greatest(work->piece, piece) * gain);
        true_peak_append(work->filter, track, work->piece, piece, gain);
        const double threshold = fmax(peak, work->question->ceiling_gain);
        if (true_peak_intervals(work->filter, track, threshold, work->intervals) > 0.0F) {
            for (int sample = begin ? 0 : unjudged; sample < piece; sample++) {
                peak = fmax(peak, (double)work->intervals[sample]);
            }
        }
    }
    return peak;
}

static Status stem_peak(Asking *work, int stem, Span part, double *peak, ErrorList *errors) {
    BusReader *reader = work->question->reader;
    const int before = part.begin > PRE_ROLL ? PRE_ROLL : (int)part.begin;
    *peak = 0.0;
    memset(work->tracks, 0, (size_t)reader->channel_count * sizeof *work->tracks);
    for (SampleTime at = part.begin - before; at < part.end; at += STAGE_CHUNK_SAMPLES) {
        const SampleTime rest = part.end - at;
        const int64_t count = rest < STAGE_CHUNK_SAMPLES ? rest : STAGE_CHUNK_SAMPLES;
        const int unjudged = at < part.begin ? before : 0;
        TRY(bus_reader_stem(reader, stem, (Span){at, at + count}, work->samples, errors));
        for (int channel = 0; channel < reader->channel_count; channel++) {
            *peak = fmax(*peak, channel_peak(work, channel, count, unjudged));
        }
    }
    return DONE;
}

/* What is left of the own attenuation since the block that was judged last. */
static double release_since(const Asking *work, int64_t block) {
    const int rate_hz = work->question->deliverable->rate_hz;
    const double passed_s = (double)((block - work->last_block) * ENVELOPE_BLOCK_SAMPLES) / rate_hz;
    return work->last_block < 0 ? 0.0 : exact_exp(-passed_s / limiter_release_s);
}

static Status judge_block(Asking *work, int64_t block, StemLimiting *stems, ErrorList *errors) {
    const StemsQuestion *question = work->question;
    const int64_t margin = (int64_t)(limiter_look_ahead_s * question->deliverable->rate_hz);
    const SampleTime begin = block * ENVELOPE_BLOCK_SAMPLES;
    const SampleTime end = begin + ENVELOPE_BLOCK_SAMPLES + margin;
    const SampleTime length = question->deliverable->length_samples;
    const Span part = {begin, end < length ? end : length};
    const double taken_db = -db_from_gain(question->envelope->lowest[block]);
    const double released = release_since(work, block);
    for (int stem = 0; stem < question->reader->stem_count; stem++) {
        double peak = 0.0;
        TRY(stem_peak(work, stem, part, &peak, errors));
        const double asked = peak > question->ceiling_gain ? 1 - question->ceiling_gain / peak : 0;
        work->own[stem] = fmax(asked, work->own[stem] * released);
        const double by_others_db = taken_db + db_from_gain(1 - work->own[stem]);
        if (db_from_gain(peak) > sounds_above_db && by_others_db > stems[stem].by_others_db) {
            stems[stem] = (StemLimiting){.by_others_db = by_others_db, .time = begin};
        }
    }
    work->last_block = block;
    return DONE;
}

Status master_stems_ask(const StemsQuestion *question, StemLimiting *stems, ErrorList *errors) {
    const BusReader *reader = question->reader;
    Arena *scratch = reader->stage->scratch;
    const size_t stem_count = (size_t)reader->stem_count;
    Asking work = {.question = question,
                   .filter = true_peak_create(scratch),
                   .tracks =
                       arena_array(scratch, (size_t)reader->channel_count, sizeof *work.tracks),
                   .samples = arena_array(scratch, (size_t)reader->channel_count, sizeof(float *)),
                   .piece = arena_array(scratch, PIECE, sizeof(double)),
                   .intervals = arena_array(scratch, PIECE, sizeof(float)),
                   .own = arena_array(scratch, stem_count, sizeof(double)),
                   .last_block = -1};
    for (int channel = 0; channel < reader->channel_count; channel++) {
        work.samples[channel] = arena_array(scratch, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
    for (size_t stem = 0; stem < stem_count; stem++) {
        stems[stem] = (StemLimiting){.time = -1};
    }
    const bool has_others = stem_count > 1; /* what one alone is limited by is itself */
    for (int64_t block = 0; has_others && block < question->envelope->block_limit; block++) {
        if (question->envelope->lowest[block] < 1.0F) {
            TRY(judge_block(&work, block, stems, errors));
        }
    }
    return DONE;
}
