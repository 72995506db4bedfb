/* What every walk through a header says of what is wrong in it. */
#include "render/files/sound_walk.h"

#include "render/files/sound_text.h"

Status walk_fail_malformed(const SoundWalk *walk, const char *what) {
    return fail(walk->errors, E412, walk->file->place, "`%s` %s", walk->file->path, what);
}

Status walk_check_limits(const SoundWalk *walk, int64_t channel_count, int64_t rate_hz) {
    const char *path = walk->file->path;
    const Place place = walk->file->place;
    if (channel_count <= 0) {
        return fail(walk->errors, E415, place, "`%s` has no channels", path);
    }
    if (channel_count > walk->channel_limit) {
        return fail(walk->errors, E415, place, "`%s` has %s channels, more than %d channels", path,
                    sound_count_text(channel_count).text, walk->channel_limit);
    }
    if (rate_hz < SOUND_MIN_RATE_HZ || rate_hz > SOUND_MAX_RATE_HZ) {
        return fail(walk->errors, E416, place,
                    "`%s` has a sample rate of %s Hz; 8 000 Hz to 768 000 Hz can be used", path,
                    sound_count_text(rate_hz).text);
    }
    return DONE;
}
