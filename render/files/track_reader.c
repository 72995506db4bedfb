/* Single tracks of a file with hundreds of them. */
#include "render/files/track_reader.h"

#include <math.h>
#include <string.h>

#include "render/files/sound_text.h"

struct TrackReader {
    const OpenFile *file;
    const SoundInfo *info;
    size_t sample_bytes, frame_bytes;
    int64_t frame; /* the first one that is loaded */
    unsigned char *bytes;
};

void track_reader_open(const OpenFile *file,
                       const SoundInfo *info,
                       int frame_capacity,
                       Arena *arena,
                       TrackReader **reader) {
    TrackReader *const made = arena_alloc(arena, sizeof *made);
    made->file = file;
    made->info = info;
    made->frame_bytes = (size_t)(info->data_bytes / info->frame_count);
    made->sample_bytes = made->frame_bytes / (size_t)info->channel_count;
    made->bytes = arena_array(arena, (size_t)frame_capacity, made->frame_bytes);
    *reader = made;
}

Status track_reader_load(TrackReader *reader, int64_t frame, int count, ErrorList *errors) {
    const size_t size_bytes = (size_t)count * reader->frame_bytes;
    const int64_t offset = reader->info->data_offset + frame * (int64_t)reader->frame_bytes;
    size_t got = 0;
    TRY(file_read_at(reader->file, offset, reader->bytes, size_bytes, &got, errors));
    reader->frame = frame;
    if (got < size_bytes) {
        return fail(errors, E413, reader->file->place,
                    "`%s` is cut short: its header promises %s frames, %s could be read",
                    reader->file->path, sound_count_text(reader->info->frame_count).text,
                    sound_count_text(frame + (int64_t)(got / reader->frame_bytes)).text);
    }
    return DONE;
}

/* The bytes of a sample in the upper end of 32 bits, so that its sign is theirs. */
static void get_integers(const unsigned char *bytes,
                         size_t sample_bytes,
                         size_t stride,
                         int64_t count,
                         double *samples) {
    const int shift = 8 * (4 - (int)sample_bytes);
    for (int64_t sample = 0; sample < count; ++sample, bytes += stride) {
        uint32_t bits = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
        if (sample_bytes > 2) {
            bits |= (uint32_t)bytes[2] << 16;
        }
        if (sample_bytes > 3) {
            bits |= (uint32_t)bytes[3] << 24;
        }
        samples[sample] = (double)(int32_t)(bits << shift) * 0x1p-31;
    }
}

static void get_24_bit(const unsigned char *bytes, size_t stride, int64_t count, double *samples) {
    for (int64_t sample = 0; sample < count; ++sample, bytes += stride) {
        const uint32_t bits =
            (uint32_t)bytes[0] << 8 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 24;
        samples[sample] = (double)(int32_t)bits * 0x1p-31;
    }
}

static void get_floats(const unsigned char *bytes,
                       size_t sample_bytes,
                       size_t stride,
                       int64_t count,
                       double *samples) {
    for (int64_t sample = 0; sample < count; ++sample, bytes += stride) {
        if (sample_bytes == sizeof(double)) {
            memcpy(&samples[sample], bytes, sizeof(double));
        } else {
            float value = 0.0F;
            memcpy(&value, bytes, sizeof value);
            samples[sample] = (double)value;
        }
    }
}

static Status check_numbers(
    const TrackReader *reader, int track, Span part, const double *samples, ErrorList *errors) {
    for (int64_t sample = 0; sample < part.end - part.begin; ++sample) {
        if (!isfinite(samples[sample])) {
            return fail(
                errors, E417, reader->file->place, "%s at %s, channel %d of `%s`",
                isnan(samples[sample]) ? "NaN" : "Inf",
                sound_time_text(reader->frame + part.begin + sample, reader->info->rate_hz).text,
                track + 1, reader->file->path);
        }
    }
    return DONE;
}

Status track_reader_get(
    const TrackReader *reader, int track, Span part, double *samples, ErrorList *errors) {
    const size_t stride = reader->frame_bytes;
    const int64_t count = part.end - part.begin;
    const unsigned char *const bytes =
        reader->bytes + (size_t)part.begin * stride + (size_t)track * reader->sample_bytes;
    if (reader->info->is_float) {
        get_floats(bytes, reader->sample_bytes, stride, count, samples);
        return check_numbers(reader, track, part, samples, errors);
    }
    if (reader->sample_bytes == 3) {
        get_24_bit(bytes, stride, count, samples);
    } else {
        get_integers(bytes, reader->sample_bytes, stride, count, samples);
    }
    return DONE;
}
