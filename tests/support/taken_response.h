#ifndef TESTS_SUPPORT_TAKEN_RESPONSE_H
#define TESTS_SUPPORT_TAKEN_RESPONSE_H
/* The response of a room, gathered from the portions it is given in.
 *
 *     TakenResponse taken = {.arena = arena};
 *     const ResponseTaker taker = taken_response_taker(&taken);
 *     mix->room_impulse(mix, &wanted, &taker, errors);   ... then it is in taken.block
 */
#include <string.h>

#include "render/model/mix.h"

typedef struct TakenResponse {
    Arena *arena;
    AudioBlock block;
    int64_t taken_samples;
} TakenResponse;

static inline Status
taken_response_begin(void *context, int channel_count, int64_t sample_count, ErrorList *errors) {
    TakenResponse *taken = context;
    (void)errors;
    float **rows = arena_array(taken->arena, (size_t)channel_count, sizeof *rows);
    for (int row = 0; row < channel_count; row++) {
        rows[row] = arena_array(taken->arena, (size_t)sample_count, sizeof **rows);
    }
    taken->block = (AudioBlock){rows, channel_count, sample_count};
    return DONE;
}

static inline Status
taken_response_take(void *context, float *const *rows, int64_t count, ErrorList *errors) {
    TakenResponse *taken = context;
    (void)errors;
    for (int row = 0; row < taken->block.channel_count; row++) {
        memcpy(taken->block.samples[row] + taken->taken_samples, rows[row],
               (size_t)count * sizeof **rows);
    }
    taken->taken_samples += count;
    return DONE;
}

static inline ResponseTaker taken_response_taker(TakenResponse *taken) {
    return (ResponseTaker){taken_response_begin, taken_response_take, taken};
}

#endif
