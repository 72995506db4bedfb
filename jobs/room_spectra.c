/* What the spectra of rooms take, foretold from the headers of their files. */
#include "jobs/room_spectra.h"

#include <math.h>
#include <string.h>

#include "jobs/plan_key.h"
#include "render/dsp/convolver.h"
#include "render/model/stored_audio.h"

static bool is_rendered(const Mix *mix, const Plan *plan, int room, int bus) {
    return !mix->buses[bus].fold && plan->room_tasks[room * mix->bus_count + bus] >= 0;
}

/* Channels that are convolved together: those of all buses, where the room has one input; else
 * those of one bus, an input after the other. Every bus begins with a pair. */
static int count_channels(const Mix *mix, const Plan *plan, int room) {
    int sum = 0;
    int most = 0;
    for (int bus = 0; bus < mix->bus_count; bus++) {
        if (is_rendered(mix, plan, room, bus)) {
            const int padded = (mix->buses[bus].layout->channel_count + 1) / 2 * 2;
            sum += padded;
            most = padded > most ? padded : most;
        }
    }
    return mix->rooms[room].input.layout ? most : sum;
}

/* What ROOM holds at once, however long a response is: a chunk of a row for every input and channel
 * on its way into the store. Rows that nothing sounds in take none, so this is a bound. */
static void check_rows(const Mix *mix, int room, int bus, int64_t limit_bytes, ErrorList *errors) {
    const MixRoom *of = &mix->rooms[room];
    const Layout *to = mix->buses[bus].layout;
    const int inputs = of->input.layout ? of->input.layout->channel_count : 1;
    const int64_t row_bytes = AUDIO_CHUNK_SAMPLES * (int64_t)sizeof(float);
    const int64_t bytes = row_bytes * inputs * to->channel_count;
    if (inputs > 1 && strcmp(of->layout->name, to->name) != 0 && bytes > limit_bytes) {
        warn(errors, E515, of->place,
             "making room `%s` for %s takes up to %.1f MB for a while, more than the %.1f MB its "
             "spectra are given: %d inputs to %d channels",
             of->id, to->name, (double)bytes / 1e6, (double)limit_bytes / 1e6, inputs,
             to->channel_count);
        error_help(errors, "`input: mono` takes less");
    }
}

/* What SPATIALIZE holds of the sends: as long as the response, for every input they reach. */
static void check_sends(const Mix *mix, int room, int64_t limit_bytes, ErrorList *errors) {
    const MixRoom *of = &mix->rooms[room];
    const int inputs = of->input.layout ? of->input.layout->channel_count : 1;
    const double response_s = plan_room_response_s(mix, of);
    const double bytes = ceil(response_s * mix->rate_hz) * (double)sizeof(float) * inputs;
    if (inputs > 1 && bytes > (double)limit_bytes) {
        warn(errors, E515, of->place,
             "what is sent to room `%s` takes up to %.1f MB, more than the %.1f MB its spectra are "
             "given: %.1f s for %d inputs",
             of->id, bytes / 1e6, (double)limit_bytes / 1e6, response_s, inputs);
        error_help(errors, "a shorter response takes less, and so does `input: mono`");
    }
}

static Status check_room(
    const Mix *mix, const MixRoom *room, int channels, int64_t limit_bytes, ErrorList *errors) {
    const double response_s = plan_room_response_s(mix, room);
    const int64_t samples = (int64_t)fmax(ceil(response_s * mix->rate_hz), 1.0);
    const double limit_mb = (double)limit_bytes / 1e6;
    const double pair_mb = (double)filter_bank_bytes(2, samples) / 1e6;
    if (pair_mb > limit_mb) {
        fail(errors, E515, room->place,
             "two channels of room `%s` take %.1f MB of spectra (%.1f s at %d Hz), more than the "
             "%.1f MB they are given",
             room->id, pair_mb, response_s, mix->rate_hz, limit_mb);
        error_help(errors, "give them more with --memory %.0fM, or take a shorter response",
                   ceil(pair_mb));
        return E515;
    }
    if (filter_bank_bytes(channels, samples) > limit_bytes) {
        const int at_once = filter_bank_channels_within(samples, limit_bytes);
        warn(errors, E515, room->place,
             "the spectra of room `%s` take up to %.1f MB, more than the %.1f MB they are given: "
             "made in %d parts, which takes longer and changes no sample",
             room->id, (double)filter_bank_bytes(channels, samples) / 1e6, limit_mb,
             (channels + at_once - 1) / at_once);
    }
    return DONE;
}

Status
room_spectra_check(const Mix *mix, const Plan *plan, int64_t limit_bytes, ErrorList *errors) {
    Status status = DONE;
    for (int room = 0; room < mix->room_count; room++) {
        const int channels = count_channels(mix, plan, room);
        const Status found =
            channels ? check_room(mix, &mix->rooms[room], channels, limit_bytes, errors) : DONE;
        for (int bus = 0; bus < mix->bus_count; bus++) {
            if (is_rendered(mix, plan, room, bus)) {
                check_rows(mix, room, bus, limit_bytes, errors);
            }
        }
        if (channels) {
            check_sends(mix, room, limit_bytes, errors);
        }
        status = status ? status : found;
    }
    return status;
}
