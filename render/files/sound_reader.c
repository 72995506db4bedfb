/* The samples of a sound file as floats, each of them a number. */
#include "render/files/sound_reader.h"

#include <sndfile.h>
#include <string.h>
#include <unistd.h>

#include "render/files/opus_mapping.h"
#include "render/files/sound_bytes.h"
#include "render/files/sound_text.h"
#include "render/files/track_reader.h"
#include "render/files/unpack_pcm.h"

enum { RAW_BUFFER_BYTES = 256 * 1024, TRACK_FRAMES = 1024 };

struct SoundReader {
    Arena *arena; /* holds the reader */
    OpenFile file;
    SoundBytes bytes;
    SNDFILE *decoder;   /* NULL: the samples lie open in the file */
    unsigned char *raw; /* [RAW_BUFFER_BYTES] of such samples */
    SoundInfo info;
    int64_t position; /* frame that is read next */
    bool is_as_is;    /* NaN and Inf come through */
    SoundTracks wanted;
    TrackReader *tracks; /* NULL: all channels are read */
    double *track;       /* [TRACK_FRAMES] */
    SoundSums *sums;     /* NULL: not asked for */
};

void sound_close(SoundReader **reader) {
    if (!*reader) {
        return;
    }
    if ((*reader)->decoder) {
        sf_close((*reader)->decoder);
    }
    sound_sums_destroy(&(*reader)->sums);
    if ((*reader)->file.descriptor >= 0) {
        close((*reader)->file.descriptor);
    }
    Arena *arena = (*reader)->arena;
    arena_destroy(&arena);
    *reader = NULL;
}

/* Samples that lie open in the file are read as they are: the header has been walked already, and
 * libsndfile knows neither BW64 nor a length that is missing. It gets A-law and mu-law as raw bytes
 * and whole files of other formats. */
static Status open_decoder(SoundReader *reader, ErrorList *errors) {
    const SoundInfo *info = &reader->info;
    SF_INFO format = {0};
    if (unpack_sample_bytes(info->raw_encoding) > 0) {
        reader->raw = arena_alloc(reader->arena, RAW_BUFFER_BYTES);
        return DONE;
    }
    reader->bytes = (SoundBytes){.file = &reader->file, .errors = errors};
    if (info->raw_encoding) {
        format.format = SF_FORMAT_RAW | SF_ENDIAN_LITTLE | info->raw_encoding;
        format.channels = info->channel_count;
        format.samplerate = info->rate_hz;
        reader->bytes.offset = info->data_offset;
        reader->bytes.size_bytes = info->data_bytes;
    } else {
        TRY(sound_file_size(&reader->file, &reader->bytes.size_bytes, errors));
    }
    reader->decoder = sound_bytes_open(&reader->bytes, &format);
    if (!reader->decoder) {
        return reader->bytes.status != DONE
                   ? reader->bytes.status
                   : fail(errors, E412, reader->file.place, "`%s` cannot be decoded: %s",
                          reader->file.path, sf_strerror(NULL));
    }
    sf_command(reader->decoder, SFC_SET_NORM_FLOAT, NULL, SF_TRUE);
    return DONE;
}

static Status open_file(
    SoundReader *reader, const char *path, const char *shown_path, Place place, ErrorList *errors) {
    shown_path = arena_copy_text(reader->arena, shown_path);
    TRY(file_open_shown(path, shown_path, place, &reader->file, errors));
    TRY(reader->is_as_is
            ? sound_walk_adm(&reader->file, SOUND_MAX_JUDGED_CHANNELS, &reader->info, errors)
            : sound_walk(&reader->file, &reader->info, errors));
    return open_decoder(reader, errors);
}

static Status open_tracks(SoundReader *reader, const char *path, ErrorList *errors) {
    const SoundInfo *const info = &reader->info;
    const char *const shown_path = arena_copy_text(reader->arena, reader->wanted.shown_path);
    const Place place = reader->wanted.place;
    TRY(file_open_shown(path, shown_path, place, &reader->file, errors));
    TRY(sound_walk_adm(&reader->file, SOUND_MAX_TRACKS, &reader->info, errors));
    if (unpack_sample_bytes(info->raw_encoding) < 2) {
        return fail(errors, E412, place, "`%s` holds samples of another kind than PCM or float",
                    shown_path);
    }
    reader->track = arena_array(reader->arena, TRACK_FRAMES, sizeof *reader->track);
    track_reader_open(&reader->file, info, TRACK_FRAMES, reader->arena, &reader->tracks);
    return DONE;
}

static SoundReader *create_reader(void) {
    Arena *arena = arena_create();
    SoundReader *reader = arena_alloc(arena, sizeof *reader);
    reader->arena = arena;
    reader->file.descriptor = -1;
    return reader;
}

Status
sound_open_as_is(const char *path, SoundReader **reader, SoundInfo *info, ErrorList *errors) {
    *reader = create_reader();
    (*reader)->is_as_is = true;
    const Status status = open_file(*reader, path, path, NO_PLACE, errors);
    *info = (*reader)->info;
    if (status != DONE) {
        sound_close(reader);
    }
    return status;
}

Status sound_open(const char *path,
                  const char *shown_path,
                  Place place,
                  SoundReader **reader,
                  SoundInfo *info,
                  ErrorList *errors) {
    *reader = create_reader();
    const Status status = open_file(*reader, path, shown_path, place, errors);
    *info = (*reader)->info;
    if (status != DONE) {
        sound_close(reader);
    }
    return status;
}

Status sound_open_tracks(const char *path,
                         const SoundTracks *wanted,
                         SoundReader **reader,
                         SoundInfo *info,
                         ErrorList *errors) {
    *reader = create_reader();
    (*reader)->wanted = *wanted;
    const Status status = open_tracks(*reader, path, errors);
    *info = (*reader)->info;
    if (status != DONE) {
        sound_close(reader);
    }
    return status;
}

/* Exponent of all ones: Inf, or NaN when the rest is not 0. By bits, as no compiler option can
 * remove it. */
static bool is_number(float sample) {
    uint32_t bits = 0;
    memcpy(&bits, &sample, sizeof bits);
    return (bits & 0x7F800000U) != 0x7F800000U;
}

static bool is_infinite(float sample) {
    uint32_t bits = 0;
    memcpy(&bits, &sample, sizeof bits);
    return (bits & 0x7FFFFFFFU) == 0x7F800000U;
}

/* The usual case, without a branch a sample. */
static bool are_numbers(const float *samples, int64_t count) {
    uint32_t strangers = 0;
    for (int64_t sample = 0; sample < count; sample++) {
        uint32_t bits = 0;
        memcpy(&bits, &samples[sample], sizeof bits);
        strangers |= (bits & 0x7F800000U) == 0x7F800000U;
    }
    return strangers == 0;
}

static Status check_numbers(const SoundReader *reader,
                            const float *interleaved,
                            int64_t frames,
                            ErrorList *errors) {
    const int64_t channel_count = reader->info.channel_count;
    if (are_numbers(interleaved, frames * channel_count)) {
        return DONE;
    }
    for (int64_t sample = 0; sample < frames * channel_count; sample++) {
        if (!is_number(interleaved[sample])) {
            const int64_t frame = reader->position + sample / channel_count;
            return fail(errors, E417, reader->file.place, "%s at %s, channel %d of `%s`",
                        is_infinite(interleaved[sample]) ? "Inf" : "NaN",
                        sound_time_text(frame, reader->info.rate_hz).text,
                        (int)(sample % channel_count) + 1, reader->file.path);
        }
    }
    return DONE;
}

static Status fail_cut_short(const SoundReader *reader, int64_t there, ErrorList *errors) {
    return fail(errors, E413, reader->file.place,
                "`%s` is cut short: its header promises %s frames, %s could be read",
                reader->file.path, sound_count_text(reader->info.frame_count).text,
                sound_count_text(there).text);
}

/* Whole frames from the reader's position on. */
static Status
read_raw(SoundReader *reader, float *interleaved, int64_t frames, int64_t *got, ErrorList *errors) {
    const size_t channels = (size_t)reader->info.channel_count;
    const size_t frame_bytes = channels * unpack_sample_bytes(reader->info.raw_encoding);
    const int64_t portion_frames = (int64_t)(RAW_BUFFER_BYTES / frame_bytes);
    for (*got = 0; *got < frames;) {
        const int64_t rest = frames - *got;
        const int64_t wanted = rest < portion_frames ? rest : portion_frames;
        const int64_t at =
            reader->info.data_offset + (reader->position + *got) * (int64_t)frame_bytes;
        size_t got_bytes = 0;
        TRY(file_read_at(&reader->file, at, reader->raw, (size_t)wanted * frame_bytes, &got_bytes,
                         errors));
        TRY(reader->sums ? sound_sums_pass(reader->sums, at, reader->raw, got_bytes, errors)
                         : DONE);
        const int64_t there = (int64_t)(got_bytes / frame_bytes);
        unpack_pcm(reader->info.raw_encoding, reader->raw, (size_t)there * channels,
                   interleaved + *got * (int64_t)channels);
        *got += there;
        if (there < wanted) {
            break;
        }
    }
    return DONE;
}

/* Loudspeakers of Opus, in the order of WAV. */
static void sort_speakers(const SoundReader *reader, float *interleaved, int64_t frames) {
    const int width = reader->info.channel_count;
    OpusMapping mapping;
    float sorted[OPUS_MOST_SPEAKERS];
    opus_mapping_of(width, reader->info.channel_mask, false, &mapping);
    for (int64_t frame = 0; frame < frames; frame++) {
        float *samples = interleaved + frame * width;
        for (int place = 0; place < width; place++) {
            sorted[mapping.order[place]] = samples[place];
        }
        memcpy(samples, sorted, (size_t)width * sizeof *samples);
    }
}

static Status read_decoded(
    SoundReader *reader, float *interleaved, int64_t frames, int64_t *got, ErrorList *errors) {
    reader->bytes.errors = errors;
    *got = sf_readf_float(reader->decoder, interleaved, frames);
    if (reader->info.is_in_vorbis_order) {
        sort_speakers(reader, interleaved, *got);
    }
    return reader->bytes.status;
}

static Status
read_portion(SoundReader *reader, float *interleaved, int64_t frame, int count, ErrorList *errors) {
    const int track_count = reader->wanted.count;
    TRY(track_reader_load(reader->tracks, frame, count, errors));
    for (int place = 0; place < track_count; place++) {
        const int track = reader->wanted.tracks[place];
        if (track >= 0) {
            TRY(track_reader_get(reader->tracks, track, (Span){0, count}, reader->track, errors));
        }
        for (int64_t sample = 0; sample < count; sample++) {
            interleaved[sample * track_count + place] =
                track >= 0 ? (float)reader->track[sample] : 0.0F;
        }
    }
    return DONE;
}

static Status
read_tracks(SoundReader *reader, float *interleaved, int64_t frames, ErrorList *errors) {
    for (int64_t done = 0; done < frames;) {
        const int64_t rest = frames - done;
        const int count = rest < TRACK_FRAMES ? (int)rest : TRACK_FRAMES;
        TRY(read_portion(reader, interleaved + done * reader->wanted.count, reader->position, count,
                         errors));
        done += count;
        reader->position += count;
    }
    return DONE;
}

Status sound_read(
    SoundReader *reader, float *interleaved, int64_t frames, int64_t *got, ErrorList *errors) {
    const int64_t rest = reader->info.frame_count - reader->position;
    const int64_t wanted = frames < rest ? frames : rest;
    int64_t count = 0;
    *got = 0;
    if (wanted <= 0) {
        return DONE;
    }
    if (reader->tracks) {
        TRY(read_tracks(reader, interleaved, wanted, errors));
        *got = wanted;
        return DONE;
    }
    TRY(reader->raw ? read_raw(reader, interleaved, wanted, &count, errors)
                    : read_decoded(reader, interleaved, wanted, &count, errors));
    if (count < wanted) {
        return fail_cut_short(reader, reader->position + (count > 0 ? count : 0), errors);
    }
    if (!reader->is_as_is && !(reader->raw && unpack_is_pcm(reader->info.raw_encoding))) {
        TRY(check_numbers(reader, interleaved, count, errors));
    }
    reader->position += count;
    *got = count;
    return DONE;
}

Status sound_seek(SoundReader *reader, int64_t frame, ErrorList *errors) {
    reader->bytes.errors = errors;
    if (reader->decoder && frame < reader->info.frame_count &&
        sf_seek(reader->decoder, frame, SEEK_SET) != (sf_count_t)frame) {
        TRY(reader->bytes.status);
        return fail_cut_short(reader, reader->position, errors);
    }
    reader->position = frame;
    return DONE;
}

void sound_begin_sums(SoundReader *reader, int64_t head_bytes) {
    reader->sums = sound_sums_create(&reader->file, head_bytes, reader->arena);
}

Status sound_end_sums(SoundReader *reader, SoundSeal *seal, Sha256Text sha256, ErrorList *errors) {
    return sound_sums_finish(reader->sums, seal, sha256, errors);
}
