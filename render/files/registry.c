/* Which writer makes which container. */
#include "render/files/sound_sink.h"

const SoundWriterKind *sound_writer_kind(Container container) {
    static const SoundWriterKind *const kinds[] = {
        [CONTAINER_WAV] = &wav_writer_kind,   [CONTAINER_RF64] = &bw64_writer_kind,
        [CONTAINER_FLAC] = &flac_writer_kind, [CONTAINER_BW64] = &bw64_writer_kind,
        [CONTAINER_CAF] = &caf_writer_kind,   [CONTAINER_OPUS] = &opus_writer_kind,
    };
    return kinds[container];
}
