/* What a file says about itself to workstations, from project to tracks. */
#include "render/files/ixml.h"

#include <inttypes.h>

#include "render/base/xml_text.h"

static void add_element(Text *text, const char *name, const char *value) {
    if (value) {
        text_add(text, "<%s>", name);
        text_add_xml(text, value);
        text_add(text, "</%s>\n", name);
    }
}

static void add_number(Text *text, const char *name, int64_t value) {
    text_add(text, "<%s>%" PRId64 "</%s>\n", name, value, name);
}

static void add_rate(Text *text, const char *name, const Ixml *facts) {
    text_add(text, "<%s>%d/%d</%s>\n", name, facts->frame_rate_numerator,
             facts->frame_rate_denominator, name);
}

static void add_speed(Text *text, const Ixml *facts) {
    text_add(text, "<SPEED>\n");
    add_rate(text, "MASTER_SPEED", facts);
    add_rate(text, "CURRENT_SPEED", facts);
    add_rate(text, "TIMECODE_RATE", facts);
    add_element(text, "TIMECODE_FLAG", facts->is_drop_frame ? "DF" : "NDF");
    add_number(text, "FILE_SAMPLE_RATE", facts->rate_hz);
    add_number(text, "AUDIO_BIT_DEPTH", facts->bits);
    add_number(text, "DIGITIZER_SAMPLE_RATE", facts->rate_hz);
    add_number(text, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", facts->time_reference >> 32);
    add_number(text, "TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", facts->time_reference & 0xFFFFFFFF);
    add_number(text, "TIMESTAMP_SAMPLE_RATE", facts->rate_hz);
    text_add(text, "</SPEED>\n");
}

static void add_tracks(Text *text, const Ixml *facts) {
    text_add(text, "<TRACK_LIST>\n");
    add_number(text, "TRACK_COUNT", facts->track_count);
    for (int track = 0; track < facts->track_count; track++) {
        text_add(text, "<TRACK>\n");
        add_number(text, "CHANNEL_INDEX", track + 1);
        add_number(text, "INTERLEAVE_INDEX", track + 1);
        add_element(text, "NAME", facts->tracks[track].name);
        add_element(text, "FUNCTION", facts->tracks[track].function);
        text_add(text, "</TRACK>\n");
    }
    text_add(text, "</TRACK_LIST>\n");
}

const char *ixml_build(const Ixml *facts, Arena *arena) {
    Text text = {.arena = arena};
    text_add(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BWFXML>\n");
    add_element(&text, "IXML_VERSION", "2.0");
    add_element(&text, "PROJECT", facts->project);
    add_element(&text, "SCENE", facts->scene);
    add_number(&text, "TAKE", facts->take);
    add_element(&text, "TAPE", facts->tape);
    add_element(&text, "NOTE", facts->note);
    add_speed(&text, facts);
    add_tracks(&text, facts);
    text_add(&text, "</BWFXML>\n");
    return text.bytes;
}
