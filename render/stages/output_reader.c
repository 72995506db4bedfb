/* An encoded output read back as one timeline, its reels joined. */
#include "render/stages/output_reader.h"

#include <string.h>

#include "render/base/files.h"
#include "render/dsp/planes.h"
#include "render/stages/output_channel.h"

static Status
check_file(const OutputReader *reader, const char *name, const SoundInfo *info, ErrorList *errors) {
    const MixDeliverable *deliverable = reader->deliverable;
    const int channels = deliverable->is_split ? 1 : mix_track_count(deliverable);
    const int64_t frames = mix_reel_frames(&deliverable->reels[reader->reel]);
    if (info->channel_count != channels) {
        return fail(errors, E415, NO_PLACE, "`%s` has %d channels, not %d", name,
                    info->channel_count, channels);
    }
    if (info->rate_hz != deliverable->rate_hz) {
        return fail(errors, E416, NO_PLACE, "`%s` has %d Hz, not %d", name, info->rate_hz,
                    deliverable->rate_hz);
    }
    if (info->frame_count != frames) {
        return fail(errors, E413, NO_PLACE, "`%s` has %lld frames, not %lld", name,
                    (long long)info->frame_count, (long long)frames);
    }
    return DONE;
}

static Status open_reel(OutputReader *reader, ErrorList *errors) {
    const MixDeliverable *deliverable = reader->deliverable;
    const int per_reel = mix_files_per_reel(reader->stage->mix, deliverable);
    const int64_t leader = deliverable->reels[reader->reel].leader_samples;
    while (reader->file_count < per_reel) {
        const int index = reader->reel * per_reel + reader->file_count;
        const char *name = deliverable->outputs[reader->output].files[index];
        SoundReader **file = &reader->files[reader->file_count];
        SoundInfo info;
        TRY(sound_open(path_join(reader->stage->scratch, reader->folder, name), name, NO_PLACE,
                       file, &info, errors));
        reader->file_count++;
        TRY(check_file(reader, name, &info, errors));
        if (reader->proofs) {
            sound_begin_sums(*file, reader->proofs[index].seal.head_bytes);
        }
        TRY(leader > 0 ? sound_seek(*file, leader, errors) : DONE);
    }
    return DONE;
}

Status output_reader_open(const Stage *stage,
                          const char *folder,
                          int output,
                          OutputProof *proofs,
                          OutputReader *reader,
                          ErrorList *errors) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    const int channels = mix_plane_count(stage->mix, deliverable);
    const size_t tracks = (size_t)mix_track_count(deliverable);
    *reader = (OutputReader){
        .stage = stage,
        .deliverable = deliverable,
        .folder = folder,
        .output = output,
        .channel_count = channels,
        .proofs = proofs,
        .files = arena_array(stage->scratch, (size_t)channels, sizeof(SoundReader *)),
        .interleaved = arena_array(stage->scratch, tracks * STAGE_CHUNK_SAMPLES, sizeof(float)),
        .planes = arena_array(stage->scratch, (size_t)channels, sizeof(float *))};
    for (int channel = 0; channel < channels; channel++) {
        reader->planes[channel] = arena_array(stage->scratch, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
    return open_reel(reader, errors);
}

void output_reader_close(OutputReader *reader) {
    for (int file = 0; file < reader->file_count; file++) {
        sound_close(&reader->files[file]);
    }
    reader->file_count = 0;
}

static int file_width(const OutputReader *reader) {
    return reader->deliverable->is_split ? 1 : mix_track_count(reader->deliverable);
}

static void take_planes(const OutputReader *reader, int file, int64_t offset, int64_t count) {
    const int width = file_width(reader);
    for (int channel = 0; channel < width; channel++) {
        const int index = output_plane(reader->deliverable, file, channel);
        if (index >= 0) {
            planes_take(reader->interleaved + channel, count, width,
                        reader->planes[index] + offset);
        }
    }
}

/* Integers of up to 24 bits are exact in float, their differences in double. */
static void take_difference(const OutputReader *reader, int file, int64_t offset, int64_t count) {
    const int width = file_width(reader);
    double *difference = reader->difference[file] + offset * width;
    if (reader->use == USE_PART) {
        planes_subtract_floats(reader->interleaved, count * width, difference);
    } else {
        planes_widen(reader->interleaved, count * width, difference);
    }
}

/* count samples of the open reel to where the portion's `offset` is. */
static Status read_reel(OutputReader *reader, int64_t offset, int64_t count, ErrorList *errors) {
    for (int file = 0; file < reader->file_count; file++) {
        int64_t got = 0;
        TRY(sound_read(reader->files[file], reader->interleaved, count, &got, errors));
        if (got != count) {
            return fail(errors, E413, NO_PLACE, "an encoded file ends too early");
        }
        if (reader->use != USE_PART) {
            take_planes(reader, file, offset, count);
        }
        if (reader->use != USE_PLANES) {
            take_difference(reader, file, offset, count);
        }
    }
    return DONE;
}

static void clear(OutputReader *reader, int64_t offset, int64_t count) {
    const int width = file_width(reader);
    const int file_count = mix_files_per_reel(reader->stage->mix, reader->deliverable);
    if (reader->use == USE_PART) {
        return;
    }
    for (int file = 0; reader->use == USE_WHOLE && file < file_count; file++) {
        memset(reader->difference[file] + offset * width, 0,
               (size_t)(count * width) * sizeof(double));
    }
    for (int channel = 0; channel < reader->channel_count; channel++) {
        memset(reader->planes[channel] + offset, 0, (size_t)count * sizeof(float));
    }
}

/* What was written must be what lies there now. */
static Status prove_reel(OutputReader *reader, ErrorList *errors) {
    for (int file = 0; reader->proofs && file < reader->file_count; file++) {
        const int index = reader->reel * reader->file_count + file;
        OutputProof *proof = &reader->proofs[index];
        SoundSeal found;
        TRY(sound_end_sums(reader->files[file], &found, proof->sha256, errors));
        if (!sound_seal_equal(&found, &proof->seal)) {
            return fail(errors, E509, NO_PLACE, "`%s` was not stored as it was written",
                        reader->deliverable->outputs[reader->output].files[index]);
        }
    }
    return DONE;
}

static Status next_reel(OutputReader *reader, ErrorList *errors) {
    TRY(prove_reel(reader, errors));
    output_reader_close(reader);
    reader->reel++;
    return reader->reel < reader->deliverable->reel_count ? open_reel(reader, errors) : DONE;
}

Status output_reader_next(OutputReader *reader, int64_t count, ErrorList *errors) {
    const SampleTime begin = reader->at;
    const SampleTime end = begin + count;
    while (reader->at < end) {
        const bool has_reel = reader->reel < reader->deliverable->reel_count;
        const Span reel =
            has_reel ? reader->deliverable->reels[reader->reel].span : (Span){end, end};
        const bool is_inside = reader->at >= reel.begin;
        const SampleTime stop = is_inside ? reel.end : reel.begin;
        const int64_t piece = (stop < end ? stop : end) - reader->at;
        if (is_inside) {
            TRY(read_reel(reader, reader->at - begin, piece, errors));
        } else {
            clear(reader, reader->at - begin, piece);
        }
        reader->at += piece;
        if (has_reel && reader->at == reel.end) {
            TRY(next_reel(reader, errors));
        }
    }
    return DONE;
}
