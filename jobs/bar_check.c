/* Whether a written bar|beat|tick exists in a tempo map, and what is said when it does not. */
#include "jobs/bar_check.h"

Status
bar_check(const TempoMap *tempo, BarTime time, Place place, int64_t *ticks, ErrorList *errors) {
    const BarFault fault = tempo_map_ticks(tempo, time, ticks);
    if (fault == BAR_GOOD) {
        return DONE;
    }
    BarTimeText text;
    int64_t begin = 0;
    bar_time_format(time, text);
    tempo_map_ticks(tempo, (BarTime){time.bar, 1, 0}, &begin);
    const Metre metre = tempo_map_metre(tempo, begin);
    fail(errors, E211, place, "`%s` does not exist in %d/%d", text, metre.beats, metre.unit);
    if (fault == BAR_BEAT) {
        error_caret(errors, "beats run from 1 to %d", metre.beats);
    } else {
        error_caret(errors, "ticks run from 0 to %d", metre_beat_ticks(metre) - 1);
    }
    return E211;
}
