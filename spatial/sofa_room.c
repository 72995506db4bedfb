/* Room responses from SOFA files through libmysofa: read raw, checked, interleaved. */
#include "spatial/sofa_room.h"

#include <math.h>
#include <mysofa.h>
#include <string.h>

typedef struct SofaFile { /* being read */
    const struct MYSOFA_HRTF *data;
    const char *shown;
    Place place;
} SofaFile;

static const char *convention_of(const struct MYSOFA_HRTF *data) {
    for (const struct MYSOFA_ATTRIBUTE *at = data->attributes; at; at = at->next) {
        if (at->name && at->value && strcmp(at->name, "SOFAConventions") == 0) {
            return at->value;
        }
    }
    return "no convention";
}

static Status check_convention(const SofaFile *file, ErrorList *errors) {
    static const char *const served[] = {"SingleRoomDRIR", "SingleRoomSRIR", "MultiSpeakerBRIR"};
    const char *const convention = convention_of(file->data);
    for (size_t index = 0; index < sizeof served / sizeof *served; ++index) {
        if (strcmp(convention, served[index]) == 0) {
            return DONE;
        }
    }
    fail(errors, E420, file->place, "`%s` holds no room: it follows %s", file->shown, convention);
    error_note(errors, "rooms are SingleRoomDRIR, SingleRoomSRIR and MultiSpeakerBRIR");
    return E420;
}

static Status check_shape(const SofaFile *file, ErrorList *errors) {
    const struct MYSOFA_HRTF *const data = file->data;
    if (data->E > 1) {
        return fail(errors, E420, file->place,
                    "`%s` holds %u loudspeakers; a room is measured from one", file->shown,
                    data->E);
    }
    const size_t values = (size_t)data->M * data->R * data->N;
    if (values == 0 || data->DataIR.elements != values || data->R > 64) {
        return fail(errors, E420, file->place,
                    "`%s` holds no impulse responses of at most 64 receivers", file->shown);
    }
    const bool has_rate = data->DataSamplingRate.elements >= 1;
    const double rate_hz = has_rate ? (double)data->DataSamplingRate.values[0] : 0.0;
    if (!(rate_hz >= 8000.0 && rate_hz <= 768000.0)) {
        return fail(errors, E420, file->place, "`%s` has no usable sample rate", file->shown);
    }
    for (size_t value = 0; value < (size_t)data->R * data->N; ++value) {
        if (!(fabsf(data->DataIR.values[value]) < INFINITY)) {
            return fail(errors, E423, file->place, "`%s` holds values that are not numbers",
                        file->shown);
        }
    }
    return DONE;
}

/* Data.Delay of a receiver in the first measurement, to whole samples, at most a response. */
static unsigned int delay_samples(const struct MYSOFA_HRTF *data, unsigned int receiver) {
    if (data->DataDelay.elements < data->R) {
        return 0;
    }
    const double delay = rint((double)data->DataDelay.values[receiver]);
    return delay > 0.0 && delay < (double)data->N ? (unsigned int)delay : 0;
}

static void copy_room(const struct MYSOFA_HRTF *data, Arena *arena, SofaRoom *room) {
    unsigned int longest = 0;
    for (unsigned int receiver = 0; receiver < data->R; ++receiver) {
        const unsigned int delay = delay_samples(data, receiver);
        longest = delay > longest ? delay : longest;
    }
    const size_t count = (size_t)data->N + longest;
    float *const frames = arena_array(arena, count * data->R, sizeof *frames);
    for (unsigned int receiver = 0; receiver < data->R; ++receiver) {
        const size_t delay = delay_samples(data, receiver);
        const float *const from = data->DataIR.values + (size_t)receiver * data->N;
        for (size_t sample = 0; sample < data->N; ++sample) {
            frames[(sample + delay) * data->R + receiver] = from[sample];
        }
    }
    *room = (SofaRoom){.frames = frames,
                       .channel_count = (int)data->R,
                       .rate_hz = (int)lrintf(data->DataSamplingRate.values[0]),
                       .frame_count = (int)count,
                       .measurement_count = (int)data->M};
}

bool sofa_room_is_path(const char *path) {
    const char *const dot = strrchr(path, '.');
    return dot && strcmp(dot, ".sofa") == 0;
}

Status sofa_room_read(const char *path,
                      const char *shown,
                      Place place,
                      Arena *arena,
                      SofaRoom *room,
                      ErrorList *errors) {
    int reason = 0;
    struct MYSOFA_HRTF *const data = mysofa_load(path, &reason);
    if (!data) {
        return fail(errors, E426, place, "`%s` cannot be read as SOFA (%d)", shown, reason);
    }
    const SofaFile file = {data, shown, place};
    Status status = check_convention(&file, errors);
    status = status ? status : check_shape(&file, errors);
    if (status == DONE) {
        copy_room(data, arena, room);
    }
    mysofa_free(data);
    return status;
}
