#ifndef RENDER_FILES_SOUND_HEADER_H
#define RENDER_FILES_SOUND_HEADER_H
/* What a sound file says it holds, and whether it really does.
 *
 *     SoundInfo info;
 *     TRY(sound_probe(file->real_path, file->path, file->place, &info, errors));
 *
 * WAV, RF64, BW64 and FLAC headers are walked here, because libsndfile hides a file that was cut
 * short. CAF, AIFF, W64, Ogg and the rest are taken from libsndfile.
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/error.h"
#include "render/base/files.h"

typedef enum SoundContainer {
    SOUND_WAV,
    SOUND_RF64,
    SOUND_BW64,
    SOUND_FLAC,
    SOUND_OTHER
} SoundContainer;

typedef struct SoundChunk { /* size_bytes 0: there is none */
    int64_t offset, size_bytes;
} SoundChunk;

typedef struct SoundInfo {
    const char *format_name; /* "WAV", "FLAC", "CAF" ... : static text */
    SoundContainer container;
    int channel_count, rate_hz;
    int bits_per_sample; /* 0 where it means nothing (ADPCM, Ogg) */
    bool is_float;
    int64_t frame_count;
    uint32_t channel_mask; /* dwChannelMask, 0: none */
    bool has_time_reference;
    int64_t time_reference; /* bext: samples since midnight */
    /* Where the samples lie when they need no decoder but a table of bytes, else 0. */
    int64_t data_offset, data_bytes;
    int raw_encoding;           /* private: SF_FORMAT_* of such samples */
    bool is_in_vorbis_order;    /* private: of loudspeakers, until the reader has sorted them */
    SoundChunk chna, axml;      /* of WAV, RF64 and BW64, only from sound_walk_adm */
    SoundChunk bext, ixml, cue; /* of the same, the last of each */
    /* Of WAV, RF64 and BW64 with samples that lie open. */
    bool is_streamed;     /* the length was never written: taken from the size of the file */
    SoundChunk left_over; /* bytes behind the last whole frame or the last chunk; size 0: none */
} SoundInfo;

enum { SOUND_MAX_CHANNELS = 64, SOUND_MIN_RATE_HZ = 8000, SOUND_MAX_RATE_HZ = 768000 };

/* Reads the header of path. Messages name it shown_path and stand at place.
 * E404 E410 E411: cannot be opened; E412: no audio file, or malformed; E413: cut short; E414: no
 * frames; E415: channel count; E416: sample rate. Warnings: W413 bytes after the audio, W414 length
 * taken from the file size, W415 fewer bits than the samples have room for. */
Status sound_probe(
    const char *path, const char *shown_path, Place place, SoundInfo *info, ErrorList *errors);

/* The same on an open file, without the warnings: for those who go on to read it. */
Status sound_walk(const OpenFile *file, SoundInfo *info, ErrorList *errors);

/* The same for files of up to channel_limit channels, with chna and axml. E412: one of these stands
 * there twice; E413: one is cut short. */
Status sound_walk_adm(const OpenFile *file, int channel_limit, SoundInfo *info, ErrorList *errors);

#endif
