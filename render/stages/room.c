/* ROOM: a room's impulse response in the channels of one bus.
 *
 * Law: a pure function of the room, the bus and the seed.
 */
#include "render/model/stored_audio.h"
#include "render/stages/stage.h"

Status room_run(const Stage *stage, ErrorList *errors) {
    const Task *task = stage->task;
    const MixBus *bus = mix_bus_at(stage->mix, task->detail);
    AudioBlock responses;
    void *panner = NULL;
    TRY(stage_panner(stage, task->detail, bus->panner, &panner, errors));
    const RoomInBus wanted = {task->subject, task->detail, panner};
    TRY(stage->mix->room_impulse(stage->mix, &wanted, stage->scratch, &responses, errors));
    const AudioHead head = {.sample_count = responses.sample_count,
                            .channel_count = responses.channel_count};
    AudioSink *sink = NULL;
    const AudioPlace place = stage_place(stage, 0);
    Status status = audio_sink_open(&place, &head, stage->scratch, &sink, errors);
    status =
        status ? status : audio_sink_write(sink, responses.samples, responses.sample_count, errors);
    status = status ? status : audio_sink_commit(sink, errors);
    audio_sink_cancel(sink);
    return status;
}
