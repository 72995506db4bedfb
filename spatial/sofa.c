/* SOFA files through libmysofa: read raw, checked, copied out. */
#include "spatial/sofa.h"

#include <mysofa.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Directions nearer than this (0.006 degrees) are one: their difference has no plane. */
static const double same_direction_chord = 1e-4;

static bool attribute_is(struct MYSOFA_ATTRIBUTE *attributes, const char *name, const char *value) {
    for (const struct MYSOFA_ATTRIBUTE *at = attributes; at; at = at->next) {
        if (at->name && at->value && strcmp(at->name, name) == 0) {
            return strcmp(at->value, value) == 0;
        }
    }
    return false;
}

static Status check_shape(const struct MYSOFA_HRTF *file, const char *path, ErrorList *errors) {
    if (!attribute_is(file->attributes, "SOFAConventions", "SimpleFreeFieldHRIR")) {
        return fail(errors, E420, NO_PLACE, "`%s` does not follow SimpleFreeFieldHRIR", path);
    }
    if (!attribute_is(file->attributes, "DataType", "FIR")) {
        return fail(errors, E420, NO_PLACE, "`%s` holds no FIR data", path);
    }
    if (file->R != EAR_COUNT) {
        return fail(errors, E420, NO_PLACE, "`%s` has %u receivers, not 2 ears", path, file->R);
    }
    if (file->M == 0 || file->SourcePosition.elements < 3 * (size_t)file->M) {
        return fail(errors, E421, NO_PLACE, "`%s` holds no directions", path);
    }
    if (file->N == 0 || file->DataIR.elements != (size_t)file->M * EAR_COUNT * file->N) {
        return fail(errors, E420, NO_PLACE, "`%s` holds no impulse responses", path);
    }
    if (file->DataSamplingRate.elements != 1 || !(file->DataSamplingRate.values[0] >= 8000.0F) ||
        !(file->DataSamplingRate.values[0] <= 768000.0F)) {
        return fail(errors, E420, NO_PLACE, "`%s` has no usable sample rate", path);
    }
    return DONE;
}

static bool is_finite(const struct MYSOFA_ARRAY *array) {
    for (unsigned int index = 0; index < array->elements; ++index) {
        if (!(fabsf(array->values[index]) < INFINITY)) {
            return false;
        }
    }
    return true;
}

/* Far beyond any response (1), place (degrees, metres) or delay (samples): a damaged file. */
static const float largest_value = 10000.0F;

static bool is_plausible(const struct MYSOFA_ARRAY *array) {
    for (unsigned int index = 0; index < array->elements; ++index) {
        if (fabsf(array->values[index]) > largest_value) {
            return false;
        }
    }
    return true;
}

static Status check_values(const struct MYSOFA_HRTF *file, const char *path, ErrorList *errors) {
    if (!is_finite(&file->DataIR) || !is_finite(&file->SourcePosition) ||
        !is_finite(&file->DataDelay)) {
        return fail(errors, E423, NO_PLACE, "`%s` holds values that are not numbers", path);
    }
    if (!is_plausible(&file->DataIR) || !is_plausible(&file->SourcePosition) ||
        !is_plausible(&file->DataDelay)) {
        return fail(errors, E423, NO_PLACE, "`%s` holds values beyond %.0f: it is damaged", path,
                    (double)largest_value);
    }
    return DONE;
}

/* Unit vector and distance of measurement `index`. */
static Direction measured_at(const struct MYSOFA_HRTF *file, unsigned int index, double *distance) {
    const float *const value = &file->SourcePosition.values[3 * (size_t)index];
    if (!attribute_is(file->SourcePosition.attributes, "Type", "cartesian")) {
        *distance = (double)value[2];
        return direction_of((double)value[0], (double)value[1]);
    }
    const Direction at = {(double)value[0], (double)value[1], (double)value[2]};
    *distance = direction_length(at);
    return direction_normalise(at);
}

/* Chooses one measurement a direction. chosen: [M], directions: [M]; returns how many. */
static int choose_measurements(const struct MYSOFA_HRTF *file,
                               Arena *arena,
                               unsigned int *chosen,
                               Direction *directions) {
    double *const distances = arena_array(arena, file->M, sizeof *distances);
    int count = 0;
    for (unsigned int index = 0; index < file->M; ++index) {
        double distance;
        const Direction at = measured_at(file, index, &distance);
        int place = 0;
        while (place < count &&
               direction_length(direction_subtract(directions[place], at)) > same_direction_chord) {
            ++place;
        }
        if (place == count || distance > distances[place]) {
            chosen[place] = index;
            directions[place] = at;
            distances[place] = distance;
        }
        count += place == count;
    }
    return count;
}

/* Receivers are left and right unless their places say otherwise (y is left). */
static bool ears_are_swapped(const struct MYSOFA_HRTF *file) {
    const struct MYSOFA_ARRAY *const receivers = &file->ReceiverPosition;
    return receivers->elements >= 6 && attribute_is(receivers->attributes, "Type", "cartesian") &&
           receivers->values[1] < receivers->values[4];
}

static double delay_samples(const struct MYSOFA_HRTF *file, unsigned int measured, int receiver) {
    const struct MYSOFA_ARRAY *const delays = &file->DataDelay;
    if (delays->elements == (size_t)file->M * EAR_COUNT) {
        return (double)delays->values[EAR_COUNT * (size_t)measured + (size_t)receiver];
    }
    return delays->elements >= EAR_COUNT ? (double)delays->values[receiver] : 0.0;
}

static void copy_grid(const struct MYSOFA_HRTF *file, Arena *arena, HrirGrid *grid) {
    unsigned int *const chosen = arena_array(arena, file->M, sizeof *chosen);
    Direction *const directions = arena_array(arena, file->M, sizeof *directions);
    const size_t length = file->N;
    grid->count = choose_measurements(file, arena, chosen, directions);
    float *const samples =
        arena_array(arena, (size_t)grid->count * EAR_COUNT * length, sizeof *samples);
    double *const delays = arena_array(arena, (size_t)grid->count * EAR_COUNT, sizeof *delays);
    const bool is_swapped = ears_are_swapped(file);
    for (int index = 0; index < grid->count * EAR_COUNT; ++index) {
        const unsigned int measured = chosen[index / EAR_COUNT];
        const int receiver = is_swapped ? 1 - index % EAR_COUNT : index % EAR_COUNT;
        const size_t from = (size_t)measured * EAR_COUNT + (size_t)receiver;
        memcpy(&samples[(size_t)index * length], &file->DataIR.values[from * length],
               length * sizeof *samples);
        delays[index] = delay_samples(file, measured, receiver);
    }
    grid->directions = directions;
    grid->samples = samples;
    grid->delays_samples = delays;
    grid->length_samples = (int)file->N;
    grid->rate_hz = (int)lrintf(file->DataSamplingRate.values[0]);
}

static Status read_checked(const struct MYSOFA_HRTF *file,
                           const char *path,
                           Arena *arena,
                           HrirGrid *grid,
                           ErrorList *errors) {
    TRY(check_shape(file, path, errors));
    TRY(check_values(file, path, errors));
    copy_grid(file, arena, grid);
    return DONE;
}

Status sofa_read(const char *path, Arena *arena, HrirGrid *grid, ErrorList *errors) {
    int reason = 0;
    struct MYSOFA_HRTF *const file = mysofa_load(path, &reason);
    if (!file) {
        return fail(errors, E426, NO_PLACE, "`%s` cannot be read as SOFA (%d)", path, reason);
    }
    const Status status = read_checked(file, path, arena, grid, errors);
    mysofa_free(file);
    return status;
}
