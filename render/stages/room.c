/* ROOM: a room's impulse response in the channels of one bus.
 *
 * Law: a pure function of the room, the bus and the seed.
 */
#include "render/model/stored_audio.h"
#include "render/stages/stage.h"

typedef struct RoomSink { /* where the response is written, as it is made */
    const Stage *stage;
    AudioSink *sink;
} RoomSink;

static Status
begin_response(void *context, int channel_count, int64_t sample_count, ErrorList *errors) {
    RoomSink *to = context;
    const AudioHead head = {.sample_count = sample_count, .channel_count = channel_count};
    const AudioPlace place = stage_place(to->stage, 0);
    return audio_sink_open(&place, &head, to->stage->scratch, &to->sink, errors);
}

static Status take_response(void *context, float *const *rows, int64_t count, ErrorList *errors) {
    const RoomSink *to = context;
    return audio_sink_write(to->sink, rows, count, errors);
}

Status room_run(const Stage *stage, ErrorList *errors) {
    const Task *task = stage->task;
    const MixBus *bus = mix_bus_at(stage->mix, task->detail);
    void *panner = NULL;
    TRY(stage_panner(stage, task->detail, bus->panner, &panner, errors));
    const RoomInBus wanted = {task->subject, task->detail, panner};
    RoomSink to = {.stage = stage};
    const ResponseTaker taker = {begin_response, take_response, &to};
    Status status = stage->mix->room_impulse(stage->mix, &wanted, &taker, errors);
    status = status ? status : audio_sink_commit(to.sink, errors);
    audio_sink_cancel(to.sink);
    return status;
}
