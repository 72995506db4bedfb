/* An encoded output read back: one interleaved file or one file per channel, as planes in bus
 * order. */
#include "render/stages/output_reader.h"

#include "render/base/files.h"
#include "render/stages/output_channel.h"

static Status open_file(const Stage *stage,
                        const char *folder,
                        const char *name,
                        OutputReader *reader,
                        ErrorList *errors) {
    const Mix *mix = stage->mix;
    const int expected = reader->deliverable->is_split ? 1 : reader->channel_count;
    SoundInfo info;
    SoundReader **file = &reader->files[reader->file_count];
    TRY(sound_open(path_join(stage->scratch, folder, name), name, NO_PLACE, file, &info, errors));
    reader->file_count++;
    if (info.channel_count != expected) {
        return fail(errors, E415, NO_PLACE, "`%s` has %d channels, not %d", name,
                    info.channel_count, expected);
    }
    if (info.rate_hz != mix->rate_hz) {
        return fail(errors, E416, NO_PLACE, "`%s` has %d Hz, not %d", name, info.rate_hz,
                    mix->rate_hz);
    }
    if (info.frame_count != mix->length_samples) {
        return fail(errors, E413, NO_PLACE, "`%s` has %lld frames, not %lld", name,
                    (long long)info.frame_count, (long long)mix->length_samples);
    }
    return DONE;
}

Status output_reader_open(
    const Stage *stage, const char *folder, int output, OutputReader *reader, ErrorList *errors) {
    const MixDeliverable *deliverable = &stage->mix->deliverables[stage->task->subject];
    const int channels = stage->mix->buses[deliverable->bus].layout->channel_count;
    const int file_count = deliverable->is_split ? channels : 1;
    *reader = (OutputReader){
        .deliverable = deliverable,
        .channel_count = channels,
        .files = arena_array(stage->scratch, (size_t)file_count, sizeof(SoundReader *)),
        .interleaved =
            arena_array(stage->scratch, (size_t)channels * STAGE_CHUNK_SAMPLES, sizeof(float)),
        .planes = arena_array(stage->scratch, (size_t)channels, sizeof(float *))};
    for (int channel = 0; channel < channels; channel++) {
        reader->planes[channel] = arena_array(stage->scratch, STAGE_CHUNK_SAMPLES, sizeof(float));
    }
    for (int file = 0; file < file_count; file++) {
        TRY(open_file(stage, folder, deliverable->outputs[output].files[file], reader, errors));
    }
    return DONE;
}

void output_reader_close(OutputReader *reader) {
    for (int file = 0; file < reader->file_count; file++) {
        sound_close(&reader->files[file]);
    }
    reader->file_count = 0;
}

Status output_reader_next(OutputReader *reader, int64_t count, ErrorList *errors) {
    const int width = reader->deliverable->is_split ? 1 : reader->channel_count;
    for (int file = 0; file < reader->file_count; file++) {
        int64_t got = 0;
        TRY(sound_read(reader->files[file], reader->interleaved, count, &got, errors));
        if (got != count) {
            return fail(errors, E413, NO_PLACE, "an encoded file ends too early");
        }
        for (int channel = 0; channel < width; channel++) {
            float *plane = reader->planes[output_bus_channel(reader->deliverable, file, channel)];
            for (int64_t frame = 0; frame < count; frame++) {
                plane[frame] = reader->interleaved[frame * width + channel];
            }
        }
    }
    return DONE;
}
