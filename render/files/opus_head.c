/* The two packets that an Opus file begins with: RFC 7845, 5. */
#include "render/files/opus_head.h"

#include "render/files/header_bytes.h"

enum {
    PLAIN_HEAD_BYTES = 19,
    MOST_CHAPTERS = 1000, /* their numbers have three digits */
    MS_IN_S = 1000,
    MS_IN_MIN = 60 * MS_IN_S,
    MS_IN_H = 60 * MS_IN_MIN
};

OpusPacket opus_head(const SoundFormat *format,
                     const OpusMapping *mapping,
                     const OpusStreams *streams,
                     int lead_samples,
                     Arena *arena) {
    const bool has_table = mapping->family != 0;
    const size_t table_bytes = has_table ? 2 + (size_t)format->channel_count : 0;
    const OpusPacket packet = {.bytes = arena_alloc(arena, PLAIN_HEAD_BYTES + table_bytes),
                               .size_bytes = PLAIN_HEAD_BYTES + table_bytes};
    Bytes bytes = {packet.bytes};
    put_bytes(&bytes, "OpusHead", 8);
    *bytes.next++ = 1; /* version */
    *bytes.next++ = (unsigned char)format->channel_count;
    put_u16(&bytes, (uint32_t)lead_samples);
    put_u32(&bytes, OPUS_RATE_HZ);
    put_u16(&bytes, 0); /* gain */
    *bytes.next++ = (unsigned char)mapping->family;
    if (has_table) {
        *bytes.next++ = (unsigned char)streams->count;
        *bytes.next++ = (unsigned char)streams->coupled_count;
        put_bytes(&bytes, streams->of_channel, (size_t)format->channel_count);
    }
    return packet;
}

/* wiki.xiph.org/Chapter_Extension. */
static void add_chapter(const SoundCue *cue, int chapter, Arena *arena, const char **texts) {
    const int64_t ms = cue->at_frames * MS_IN_S / OPUS_RATE_HZ;
    texts[0] =
        arena_format(arena, "CHAPTER%03d=%02d:%02d:%02d.%03d", chapter, (int)(ms / MS_IN_H),
                     (int)(ms / MS_IN_MIN % 60), (int)(ms / MS_IN_S % 60), (int)(ms % MS_IN_S));
    texts[1] = arena_format(arena, "CHAPTER%03dNAME=%s", chapter, cue->name);
}

static const char **list_tags(const SoundFormat *format, Arena *arena, int *count) {
    const int chapters = format->cue_count < MOST_CHAPTERS ? format->cue_count : MOST_CHAPTERS;
    const char **texts = arena_array(arena, 2 + 2 * (size_t)chapters, sizeof *texts);
    *count = 0;
    if (format->description) {
        texts[(*count)++] = arena_format(arena, "TITLE=%s", format->description);
    }
    if (format->originator) {
        texts[(*count)++] = arena_format(arena, "ENCODER=%s", format->originator);
    }
    for (int chapter = 0; chapter < chapters; chapter++) {
        add_chapter(&format->cues[chapter], chapter, arena, texts + *count);
        *count += 2;
    }
    return texts;
}

static void put_text(Bytes *bytes, const char *text) {
    put_u32(bytes, (uint32_t)strlen(text));
    put_bytes(bytes, text, strlen(text));
}

OpusPacket opus_tags(const SoundFormat *format, const char *vendor, Arena *arena) {
    int count = 0;
    const char **texts = list_tags(format, arena, &count);
    OpusPacket packet = {.size_bytes = 8 + 4 + strlen(vendor) + 4};
    for (int tag = 0; tag < count; tag++) {
        packet.size_bytes += 4 + strlen(texts[tag]);
    }
    packet.bytes = arena_alloc(arena, packet.size_bytes);
    Bytes bytes = {packet.bytes};
    put_bytes(&bytes, "OpusTags", 8);
    put_text(&bytes, vendor);
    put_u32(&bytes, (uint32_t)count);
    for (int tag = 0; tag < count; tag++) {
        put_text(&bytes, texts[tag]);
    }
    return packet;
}
