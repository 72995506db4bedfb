/* Files of a programme, read side by side into planes. */
#include "render/qc/qc_programme.h"

static Status check_alike(const QcProgramme *programme,
                          const SoundInfo *info,
                          const char *path,
                          ErrorList *errors) {
    if (programme->path_count > 1 && info->channel_count != 1) {
        return fail(errors, E415, NO_PLACE, "`%s` has %d channels, not 1", path,
                    info->channel_count);
    }
    if (info->rate_hz != programme->info.rate_hz) {
        return fail(errors, E416, NO_PLACE, "`%s` has %d Hz, `%s` %d", path, info->rate_hz,
                    programme->paths[0], programme->info.rate_hz);
    }
    if (info->frame_count != programme->info.frame_count) {
        return fail(errors, E413, NO_PLACE, "`%s` has %lld frames, `%s` %lld", path,
                    (long long)info->frame_count, programme->paths[0],
                    (long long)programme->info.frame_count);
    }
    return DONE;
}

Status qc_programme_open(QcProgramme *programme, Arena *arena, ErrorList *errors) {
    programme->arena = arena;
    programme->readers = arena_array(arena, (size_t)programme->path_count, sizeof(SoundReader *));
    for (int file = 0; file < programme->path_count; file++) {
        SoundInfo info = {0};
        TRY(sound_open_as_is(programme->paths[file], &programme->readers[file], &info, errors));
        programme->info = file == 0 ? info : programme->info;
        TRY(check_alike(programme, &info, programme->paths[file], errors));
        TRY(programme->leader_frames > 0
                ? sound_seek(programme->readers[file], programme->leader_frames, errors)
                : DONE);
    }
    programme->next_frame = programme->leader_frames;
    programme->channel_count =
        programme->path_count > 1 ? programme->path_count : programme->info.channel_count;
    return DONE;
}

int qc_programme_plane_count(const QcProgramme *programme) {
    int count = 0;
    for (int channel = 0; channel < programme->channel_count; channel++) {
        count += !programme->order || programme->order[channel] >= 0;
    }
    return count;
}

static void spread(const QcProgramme *programme, float *const *planes, int file, int64_t frames) {
    const int channels = programme->path_count > 1 ? 1 : programme->channel_count;
    for (int channel = 0; channel < channels; channel++) {
        const int from = file + channel;
        const int index = programme->order ? programme->order[from] : from;
        float *const plane = index < 0 ? NULL : planes[index];
        for (int64_t frame = 0; plane && frame < frames; frame++) {
            plane[frame] = programme->interleaved[frame * channels + channel];
        }
    }
}

Status qc_programme_read(
    QcProgramme *programme, float *const *planes, int64_t frames, int64_t *got, ErrorList *errors) {
    if (programme->room_frames < frames) {
        const size_t channels = programme->path_count > 1 ? 1 : (size_t)programme->channel_count;
        programme->interleaved =
            arena_array(programme->arena, channels * (size_t)frames, sizeof(float));
        programme->room_frames = frames;
    }
    const int64_t left =
        programme->info.frame_count - programme->tail_frames - programme->next_frame;
    const int64_t wanted = frames < left ? frames : left;
    for (int file = 0; file < programme->path_count; file++) {
        TRY(sound_read(programme->readers[file], programme->interleaved, wanted, got, errors));
        spread(programme, planes, file, *got);
    }
    programme->next_frame += *got;
    return DONE;
}

void qc_programme_close(QcProgramme *programme) {
    for (int file = 0; programme->readers && file < programme->path_count; file++) {
        sound_close(&programme->readers[file]);
    }
}
