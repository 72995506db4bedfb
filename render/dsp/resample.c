/* Sample rate conversion by soxr, always by the same recipe. Sequential stages only: the whole file
 * is pushed from its first frame, so that no cut of the timeline reaches the filter. */
#include "render/dsp/resample.h"

#include <math.h>
#include <soxr.h>
#include <stdlib.h>
#include <string.h>

/* More than soxr holds back at its longest: measured for 60 pairs of 8 .. 192 kHz, VHQ delays by up
 * to 900 frames of the input or 1800 of the output, whichever is longer in time. */
enum { LAG_FRAMES = 4096 };

struct Resampler {
    double from_hz;
    int to_hz, channel_count;
    soxr_t soxr; /* NULL for equal rates */
    int64_t in_frames, out_frames;
};

int64_t resampled_frames(int64_t frame_count, double from_hz, int to_hz) {
    const int64_t whole_hz = (int64_t)from_hz;
    if (from_hz != (double)whole_hz) {
        return (int64_t)floor((double)frame_count * to_hz / from_hz + 0.5);
    }
    const int64_t whole = frame_count / whole_hz * to_hz; /* apart: no overflow */
    const int64_t rest = frame_count % whole_hz * to_hz;
    return whole + (2 * rest + whole_hz) / (2 * whole_hz);
}

static Status fail_with(ErrorList *errors, const Resampler *resampler, const char *reason) {
    return fail(errors, E515, NO_PLACE, "resampling from %g Hz to %d Hz failed: %s",
                resampler->from_hz, resampler->to_hz, reason);
}

Status resampler_create(
    double from_hz, int to_hz, int channel_count, Resampler **resampler, ErrorList *errors) {
    *resampler = calloc(1, sizeof **resampler);
    if (!*resampler) {
        return fail(errors, E515, NO_PLACE, "no memory for a resampler");
    }
    **resampler = (Resampler){.from_hz = from_hz, .to_hz = to_hz, .channel_count = channel_count};
    if (from_hz == to_hz) {
        return DONE;
    }
    /* VHQ alone: HQ changes bits with SIMD (DECISIONS 25) */
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ | SOXR_LINEAR_PHASE, 0);
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    soxr_error_t error = NULL;
    (*resampler)->soxr =
        soxr_create(from_hz, to_hz, (unsigned)channel_count, &error, &io, &quality, &runtime);
    if (!(*resampler)->soxr || error) {
        const Status status = fail_with(errors, *resampler, error ? error : "no memory");
        resampler_destroy(resampler);
        return status;
    }
    return DONE;
}

void resampler_destroy(Resampler **resampler) {
    if (!*resampler) {
        return;
    }
    if ((*resampler)->soxr) {
        soxr_delete((*resampler)->soxr);
    }
    free(*resampler);
    *resampler = NULL;
}

int64_t resampler_capacity(const Resampler *resampler, int64_t frame_count) {
    const double from_hz = resampler->from_hz;
    const int to_hz = resampler->to_hz;
    return resampler->soxr ? resampled_frames(frame_count + LAG_FRAMES, from_hz, to_hz) + LAG_FRAMES
                           : frame_count;
}

/* Frames still missing when frame_count more have gone in: the whole is never exceeded, so a
 * buffer for the whole file holds whatever comes. */
static int64_t missing_frames(const Resampler *resampler, int64_t frame_count) {
    const int64_t total = resampler->in_frames + frame_count;
    return resampled_frames(total, resampler->from_hz, resampler->to_hz) - resampler->out_frames;
}

static Status copy_frames(
    Resampler *resampler, const float *in, int64_t frame_count, float *out, int64_t *out_count) {
    const size_t floats = (size_t)frame_count * (size_t)resampler->channel_count;
    if (floats) {
        memcpy(out, in, floats * sizeof *out);
    }
    resampler->in_frames += frame_count;
    resampler->out_frames += frame_count;
    *out_count = frame_count;
    return DONE;
}

Status resampler_push(Resampler *resampler,
                      const float *in,
                      int64_t frame_count,
                      float *out,
                      int64_t *out_count,
                      ErrorList *errors) {
    *out_count = 0;
    if (!resampler->soxr || frame_count == 0) {
        return copy_frames(resampler, in, frame_count, out, out_count);
    }
    const int64_t missing = missing_frames(resampler, frame_count);
    const int64_t capacity = resampler_capacity(resampler, frame_count);
    const size_t room = (size_t)(missing < capacity ? missing : capacity);
    size_t given = 0;
    /* without a place for the count of taken frames soxr takes them all */
    const soxr_error_t error =
        soxr_process(resampler->soxr, in, (size_t)frame_count, NULL, out, room, &given);
    if (error) {
        return fail_with(errors, resampler, error);
    }
    resampler->in_frames += frame_count;
    resampler->out_frames += (int64_t)given;
    *out_count = (int64_t)given;
    return DONE;
}

Status resampler_flush(Resampler *resampler, float *out, int64_t *out_count, ErrorList *errors) {
    const size_t channel_count = (size_t)resampler->channel_count;
    const int64_t missing = missing_frames(resampler, 0);
    *out_count = 0;
    if (missing > resampler_capacity(resampler, 0)) {
        return fail_with(errors, resampler, "its delay is longer than any known one");
    }
    const size_t room = (size_t)missing;
    size_t given = 0;
    size_t step = resampler->soxr ? 1 : 0;
    while (given < room && step > 0) {
        float *to = out + given * channel_count;
        const soxr_error_t error =
            soxr_process(resampler->soxr, NULL, 0, NULL, to, room - given, &step);
        if (error) {
            return fail_with(errors, resampler, error);
        }
        given += step;
    }
    /* soxr may end a frame early: what it leaves out is its own decayed tail */
    memset(out + given * channel_count, 0, (room - given) * channel_count * sizeof *out);
    resampler->out_frames += missing;
    *out_count = missing;
    return DONE;
}

const char *resampler_library_version(void) {
    return soxr_version();
}
