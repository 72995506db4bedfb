/* A look at the samples of a plain layer where they lie: silent rows, peak, what is no number.
 *
 * Law: what is noted follows from the file and the layer's clips alone.
 */
#include "render/stages/layer_scan.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/base/files.h"
#include "render/files/sound_reader.h"

enum {
    INTEGER_STEP = 1024, /* most rows say with their first samples that they are not silent */
    FLOAT_STEP = 16384,  /* all of these are looked at */
    NO_ROW = -1
};

typedef struct Scanning {
    const MixLayer *layer;
    LayerScan *scan;
    LayerNote *note;
    unsigned char *rows; /* of the note */
    TableReader *reader;
    int64_t step;
    bool is_float;
    float *piece; /* [step] */
} Scanning;

/* The file must still be what the plan saw. is_short: it ends before its table does. */
static Status find_table(
    const MixFile *file, bool has_tracks, SampleTable *table, bool *is_short, ErrorList *errors) {
    OpenFile open;
    SoundInfo info;
    struct stat facts;
    TRY(file_open_shown(file->real_path, file->path, file->place, &open, errors));
    const Status status = has_tracks ? sound_walk_adm(&open, SOUND_MAX_TRACKS, &info, errors)
                                     : sound_walk(&open, &info, errors);
    const bool is_known = status == DONE && fstat(open.descriptor, &facts) == 0;
    close(open.descriptor);
    TRY(status);
    if (info.channel_count != file->channel_count || info.rate_hz != file->rate_hz ||
        info.frame_count != file->frame_count || !sample_table_of(&info, table)) {
        return fail(errors, E418, file->place, "`%s` changed since the plan", file->path);
    }
    *is_short = !is_known || facts.st_size < sample_table_end(table);
    return DONE;
}

/* Exponent of all ones: Inf or NaN. The usual case, without a branch a sample. */
static void look_at_floats(const float *samples, int64_t count, LayerScan *scan) {
    uint32_t strangers = 0;
    uint32_t greatest = 0; /* sizes of floats are in the order of their bits */
    for (int64_t sample = 0; sample < count; sample++) {
        uint32_t bits = 0;
        memcpy(&bits, &samples[sample], sizeof bits);
        bits &= 0x7FFFFFFFU;
        strangers |= bits >= 0x7F800000U;
        greatest = bits > greatest ? bits : greatest;
    }
    float size = 0.0F;
    memcpy(&size, &greatest, sizeof size);
    scan->is_odd = scan->is_odd || strangers != 0;
    scan->peak = strangers == 0 ? fmaxf(scan->peak, size) : scan->peak;
}

static bool has_sound(const float *samples, int64_t count) {
    float any = 0.0F;
    for (int64_t sample = 0; sample < count; sample++) {
        any = samples[sample] != 0.0F ? 1.0F : any;
    }
    return any != 0.0F;
}

/* frames: of one step, in one row of the layer or behind its clip. */
static Status scan_step(Scanning *work, int channel, int64_t row, Span frames, ErrorList *errors) {
    const MixLayer *layer = work->layer;
    const int track = layer->tracks ? layer->tracks[channel] : channel;
    unsigned char *flag =
        row == NO_ROW ? NULL : &work->rows[row * work->note->channel_count + channel];
    const bool is_known = (!flag || *flag) && work->scan->peak > 0.0F && !work->is_float;
    if (track < 0 || is_known) {
        return DONE;
    }
    const int64_t count = frames.end - frames.begin;
    TRY(table_reader_get(work->reader, track, frames, frames.end, work->piece, errors));
    if (work->is_float) {
        look_at_floats(work->piece, count, work->scan);
    }
    if (has_sound(work->piece, count)) {
        work->scan->peak = work->is_float ? work->scan->peak : 1.0F;
        if (flag) {
            *flag = 1;
        }
    }
    return DONE;
}

/* Of frames that lie in one row. */
static Status scan_row(Scanning *work, int64_t row, Span frames, ErrorList *errors) {
    for (int64_t at = frames.begin; at < frames.end; at += work->step) {
        const int64_t end = at + work->step < frames.end ? at + work->step : frames.end;
        for (int channel = 0; channel < work->note->channel_count; channel++) {
            TRY(scan_step(work, channel, row, (Span){at, end}, errors));
        }
    }
    return DONE;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static Status scan_clip(Scanning *work, const MixClip *clip, ErrorList *errors) {
    const int64_t frame_count = work->note->table.frame_count;
    const int64_t rest = work->layer->length_samples - clip->at_samples;
    const int64_t length =
        least(least(clip->length_samples, rest), frame_count - clip->from_samples);
    for (int64_t at = clip->at_samples < 0 ? -clip->at_samples : 0; at < length;) {
        const int64_t row = (clip->at_samples + at) / AUDIO_CHUNK_SAMPLES;
        const int64_t end = least((row + 1) * AUDIO_CHUNK_SAMPLES - clip->at_samples, length);
        TRY(scan_row(work, row, (Span){clip->from_samples + at, clip->from_samples + end}, errors));
        at = end;
    }
    const int64_t portions = (length + STAGE_CHUNK_SAMPLES - 1) / STAGE_CHUNK_SAMPLES;
    const int64_t read_end = clip->from_samples + portions * STAGE_CHUNK_SAMPLES;
    const Span behind = {clip->from_samples + length, least(read_end, frame_count)};
    return length > 0 ? scan_row(work, NO_ROW, behind, errors) : DONE;
}

static void make_note(Scanning *work, const SampleTable *table, Arena *arena) {
    const int64_t length = work->layer->length_samples;
    const LayerNote note = {.not_audio = LAYER_NOTE_MARK,
                            .table = *table,
                            .row_count = (length + AUDIO_CHUNK_SAMPLES - 1) / AUDIO_CHUNK_SAMPLES,
                            .channel_count = work->layer->layout->channel_count};
    const size_t flags_bytes = (size_t)(note.row_count * note.channel_count);
    work->note = arena_alloc(arena, sizeof note + flags_bytes);
    *work->note = note;
    work->rows = (unsigned char *)(work->note + 1);
    work->scan->note = work->note;
    work->scan->note_bytes = sizeof note + flags_bytes;
    if (signbit(work->layer->gain)) { /* silence turned over is -0 */
        memset(work->rows, 1, flags_bytes);
    }
}

static Status scan_clips(Scanning *work, TablePool *pool, ErrorList *errors) {
    for (int clip = 0; clip < work->layer->clip_count; clip++) {
        TRY(scan_clip(work, &work->layer->clips[clip], errors));
    }
    table_pool_close(pool);
    return DONE;
}

Status layer_scan_run(
    const Mix *mix, const MixLayer *layer, Arena *arena, LayerScan *scan, ErrorList *errors) {
    const MixFile *file = &mix->files[layer->file];
    Scanning work = {.layer = layer, .scan = scan};
    SampleTable table = {0};
    *scan = (LayerScan){0};
    TRY(find_table(file, layer->tracks, &table, &scan->is_odd, errors));
    make_note(&work, &table, arena);
    if (scan->is_odd) {
        return DONE;
    }
    work.is_float = sample_table_is_float(&table);
    work.step = work.is_float ? FLOAT_STEP : INTEGER_STEP;
    work.piece = arena_array(arena, (size_t)work.step, sizeof *work.piece);
    TablePool *pool = table_pool_create(arena);
    const TableShape shape = {&work.note->table, file->real_path, file->path, file->place,
                              work.step};
    work.reader = table_reader_create(pool, &shape, arena);
    const Status status = scan_clips(&work, pool, errors);
    table_pool_close(pool);
    return status;
}
