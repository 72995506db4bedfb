/* Sound that goes from one cut of the picture to the next (`conform`).
 *
 * Each clip is taken apart along the passages that both cuts hold. Where it is cut, both sides go
 * on for half a splice and hand over at equal power; at a hole they fade.
 */
#include "jobs/lower_splice.h"

#include <string.h>

#include "jobs/timecode.h"

enum { CONFORM_CUT, CONFORM_HOLD, CONFORM_ASK };
enum { ROLE_DIALOGUE };
enum { DIALOGUE_SPLICE_MS = 10, SPLICE_MS = 40 };

typedef struct Splicing {
    const JobSpec *job;
    const JobLayer *written;
    int64_t shift_samples, half_samples; /* half of a splice */
    MixClip *pieces;
    int piece_count;
    MixSplice *splices;
    int splice_count;
} Splicing;

/* What is heard of a clip in a stretch, in samples of the clip. */
typedef struct Heard {
    int64_t begin, end;
} Heard;

/* The first passage that ends behind a place of the new cut; -1: none. */
static int passage_behind(const ChangeList *changes, Rational seconds) {
    for (int passage = 0; passage < changes->count; passage++) {
        if (rational_compare(changes->passages[passage].new_out, seconds) > 0) {
            return passage;
        }
    }
    return -1;
}

static int64_t at_least(int64_t value, int64_t least) {
    return value > least ? value : least;
}

static int64_t at_most(int64_t value, int64_t most) {
    return value < most ? value : most;
}

/* A time since the begin of the programme, as timecode. */
static const char *timecode_of(const JobSpec *job, int64_t samples, TimecodeText text) {
    const FrameRate *rate = frame_rate_find(job->frame_rate_text);
    Rational seconds = {0, 1};
    rational_make(samples, job->rate_hz, &seconds);
    rational_add(seconds, job->start.seconds, &seconds);
    timecode_format(timecode_frames_at(seconds, rate), rate, text);
    return text;
}

static void add_splice(Splicing *splicing, int64_t at, int64_t old_out, int64_t old_in) {
    MixSplice *last =
        splicing->splice_count > 0 ? &splicing->splices[splicing->splice_count - 1] : NULL;
    if (last && last->at == at && last->old_in == SPLICE_HOLE) { /* the other side of it */
        last->old_in = old_in;
        return;
    }
    splicing->splices[splicing->splice_count++] =
        (MixSplice){.at = at,
                    .old_out = old_out,
                    .old_in = old_in,
                    .length_samples = 2 * splicing->half_samples};
}

/* Lets both ends of a piece that are cuts go on for half a splice, as far as there is sound and
 * programme. clip: as it lies in the cut before. */
static void add_piece(Splicing *splicing,
                      const MixClip *clip,
                      int64_t old_at,
                      const PassageSamples *stretch,
                      Heard heard) {
    const int64_t offset = old_at - stretch->old_begin + stretch->new_begin;
    MixClip piece = *clip;
    if (heard.begin > 0) {
        add_splice(splicing, heard.begin + offset, SPLICE_HOLE, heard.begin + old_at);
        const int64_t lead = at_most(at_most(splicing->half_samples, heard.begin),
                                     at_least(heard.begin + offset, 0));
        piece.splice_in_samples = splicing->half_samples + lead;
        heard.begin -= lead;
    }
    if (heard.end < clip->length_samples) {
        add_splice(splicing, heard.end + offset, heard.end + old_at, SPLICE_HOLE);
        const int64_t rest = at_most(splicing->half_samples, clip->length_samples - heard.end);
        piece.splice_out_samples = splicing->half_samples + rest;
        heard.end += rest;
    }
    piece.at_samples = heard.begin + offset;
    piece.from_samples = clip->from_samples + heard.begin;
    piece.length_samples = heard.end - heard.begin;
    piece.before_samples = heard.begin;
    piece.behind_samples = clip->length_samples - heard.end;
    splicing->pieces[splicing->piece_count++] = piece;
}

/* clip: as it lies in the new cut. */
static void splice_clip(Splicing *splicing, const MixClip *clip, const JobTime *at) {
    const ChangeList *changes = splicing->job->recut.changes;
    const int rate_hz = splicing->job->rate_hz;
    const int64_t old_at = rational_to_samples(at->before, rate_hz) + splicing->shift_samples;
    const int64_t new_at = rational_to_samples(at->seconds, rate_hz) + splicing->shift_samples;
    const int first = at->is_new ? passage_behind(changes, at->seconds) : -1;
    for (int passage = 0; passage < changes->count; passage++) {
        PassageSamples stretch = passage_samples(&changes->passages[passage], rate_hz);
        if (passage == first && old_at < stretch.old_begin) { /* it begins in what is new */
            stretch.new_begin -= stretch.old_begin - old_at;
            stretch.old_begin = old_at;
        }
        Heard heard = {at_least(stretch.old_begin - old_at, 0),
                       at_most(stretch.old_end - old_at, clip->length_samples)};
        const int64_t offset = old_at - stretch.old_begin + stretch.new_begin;
        if (at->is_new) { /* nothing of it is heard before it begins */
            heard.begin = at_least(heard.begin, new_at - offset);
        }
        if (heard.begin < heard.end) {
            add_piece(splicing, clip, old_at, &stretch, heard);
        }
    }
}

static Status fail_ask(const Splicing *splicing, ErrorList *errors) {
    const JobSpec *job = splicing->job;
    const MixSplice *splice = &splicing->splices[0];
    const int64_t old = splice->old_out != SPLICE_HOLE ? splice->old_out : splice->old_in;
    TimecodeText before;
    TimecodeText now;
    fail(errors, E330, splicing->written->conform.place,
         "layers.%s sounds across a change of the picture", splicing->written->id);
    error_caret(errors, "%s of the cut before, %s now", timecode_of(job, old, before),
                timecode_of(job, splice->at, now));
    error_help(errors, "`cut` splices it there, `hold` lets it go on");
    return E330;
}

/* What was cut out altogether lies where it would begin, without length. */
static void take_pieces(Splicing *splicing, Arena *arena, MixLayer *layer) {
    if (splicing->piece_count == 0) {
        splicing->pieces[splicing->piece_count++] = layer->clips[0];
        splicing->pieces[0].length_samples = 0;
    }
    for (int piece = 0; piece < splicing->piece_count; piece++) { /* nudge comes later */
        splicing->pieces[piece].at_samples -= splicing->shift_samples - layer->snap_shift_samples;
    }
    const size_t count = (size_t)splicing->piece_count;
    layer->clips = arena_array(arena, count, sizeof *layer->clips);
    memcpy(layer->clips, splicing->pieces, count * sizeof *layer->clips);
    layer->clip_count = splicing->piece_count;
    layer->splices = splicing->splices;
    layer->splice_count = splicing->splice_count;
}

int64_t lower_splice_half_samples(const JobSpec *job, const JobLayer *layer) {
    const bool is_dialogue = job->stems[layer->stem_index].role.index == ROLE_DIALOGUE;
    return (int64_t)job->rate_hz * (is_dialogue ? DIALOGUE_SPLICE_MS : SPLICE_MS) / 2000;
}

Status lower_splice(const JobSpec *job,
                    const JobLayer *written,
                    int64_t shift_samples,
                    Arena *arena,
                    MixLayer *layer,
                    ErrorList *errors) {
    const ChangeList *changes = job->recut.changes;
    if (!changes || written->conform.index == CONFORM_HOLD) {
        return DONE;
    }
    const size_t most = (size_t)layer->clip_count * (size_t)changes->count + 1;
    Splicing splicing = {.job = job,
                         .written = written,
                         .shift_samples = shift_samples,
                         .half_samples = lower_splice_half_samples(job, written),
                         .pieces = arena_array(arena, most, sizeof *splicing.pieces),
                         .splices = arena_array(arena, 2 * most, sizeof *splicing.splices)};
    for (int clip = 0; clip < layer->clip_count; clip++) {
        splice_clip(&splicing, &layer->clips[clip],
                    written->clip_count > 0 ? &written->clips[clip].at : &written->at);
    }
    if (written->conform.index == CONFORM_ASK && splicing.splice_count > 0) {
        return fail_ask(&splicing, errors);
    }
    take_pieces(&splicing, arena, layer);
    return DONE;
}
