/* chna and axml of a delivered file, from the programme down to its tracks. */
#include "spatial/adm/adm_write.h"

#include <stdio.h>
#include <string.h>

#include "render/base/xml_text.h"
#include "spatial/adm/adm_common.h"
#include "spatial/adm/adm_write_blocks.h"
#include "spatial/adm/adm_write_text.h"

/* Numbers of own elements, BS.2076-2, 6: from 1001. Objects beside the bed begin at 100b, as the
 * readers of cinema masters expect. */
enum {
    FIRST_OWN = 0x1001,
    FIRST_OBJECT = 0x100b,
    CHNA_HEAD_BYTES = 4,
    CHNA_ROW_BYTES = 40,
    ID_BYTES = 16,
    UID_BYTES = 12, /* in chna: ATU_xxxxxxxx, AT_xxxxxxxx_xx, AP_xxxxxxxx */
    TRACK_ID_BYTES = 14,
    PACK_ID_BYTES = 11
};

typedef struct Writer {
    const Mix *mix;
    const MixDeliverable *deliverable;
    const MixOutput *output;
    const Layout *layout; /* of the bed */
    AdmCommonPack bed;
    char bed_pack_id[ID_BYTES];
    Text text;
    unsigned char *chna;
    int track_count;
} Writer;

static const char *const type_names[] = {
    [ADM_DIRECT_SPEAKERS] = "DirectSpeakers",
    [ADM_MATRIX] = "Matrix",
    [ADM_OBJECTS] = "Objects",
    [ADM_HOA] = "HOA",
    [ADM_BINAURAL] = "Binaural",
};

static void add_type(Writer *writer, AdmType type) {
    text_add(&writer->text, " typeLabel=\"%04x\" typeDefinition=\"%s\"", (unsigned)type,
             type_names[type]);
}

static void add_name(Writer *writer, const char *attribute, const char *name) {
    text_add(&writer->text, " %s=\"", attribute);
    text_add_xml(&writer->text, name);
    text_add(&writer->text, "\"");
}

static void add_reference(Writer *writer, const char *kind, const char *id) {
    text_add(&writer->text, "<%sIDRef>%s</%sIDRef>\n", kind, id, kind);
}

static void add_numbered(Writer *writer, const char *kind, const char *prefix, int number) {
    text_add(&writer->text, "<%sIDRef>%s_%04x</%sIDRef>\n", kind, prefix, (unsigned)number, kind);
}

/* Of the file. */
static Rational length_of(const Writer *writer) {
    Rational length_s = {0, 1};
    rational_make(writer->deliverable->length_samples, writer->deliverable->rate_hz, &length_s);
    return length_s;
}

/* ---- objects in the order of the tracks ---- */

static const MixLayer *layer_of(const Writer *writer, int object) {
    return &writer->mix->layers[writer->deliverable->objects[object].layer];
}

/* The audioObject of the track; those of one layer share it. */
static bool begins_object(const Writer *writer, int object) {
    return writer->deliverable->objects[object].channel == 0;
}

static int count_begun(const Writer *writer, int object) {
    int count = 0;
    for (int other = 0; other <= object; ++other) {
        count += begins_object(writer, other);
    }
    return count;
}

static int object_number(const Writer *writer, int object) {
    return FIRST_OBJECT + count_begun(writer, object) - 1;
}

static int pack_number(const Writer *writer, int object) {
    return FIRST_OWN + count_begun(writer, object) - 1;
}

static bool stem_has_objects(const Writer *writer, int stem) {
    bool has_objects = false;
    for (int object = 0; object < writer->deliverable->object_count; ++object) {
        has_objects = has_objects || layer_of(writer, object)->stem == stem;
    }
    return has_objects;
}

static int channel_of_bed(const Writer *writer, int track) {
    return writer->deliverable->channel_order[track];
}

/* ---- chna: BS.2088-1, 8 ---- */

static void put_u16(unsigned char *at, unsigned value) {
    at[0] = (unsigned char)(value & 0xFF);
    at[1] = (unsigned char)(value >> 8 & 0xFF);
}

/* Ids without a final NUL. track: from 0. */
static void put_track(Writer *writer, int track, const char *track_id, const char *pack_id) {
    unsigned char *const row = writer->chna + CHNA_HEAD_BYTES + (size_t)track * CHNA_ROW_BYTES;
    char uid[ID_BYTES];
    snprintf(uid, sizeof uid, "ATU_%08x", (unsigned)track + 1);
    put_u16(row, (unsigned)track + 1);
    memcpy(row + 2, uid, UID_BYTES);
    memcpy(row + 14, track_id, TRACK_ID_BYTES);
    memcpy(row + 28, pack_id, PACK_ID_BYTES);
}

static void add_track(Writer *writer, int track, AdmType type, int number, const char *pack_id) {
    enum { BITS_OF_FORMATS = 5 };
    static const int bits[BITS_OF_FORMATS] = {16, 24, 32, 32, 64}; /* = SampleFormat */
    char track_id[ID_BYTES + 8];
    snprintf(track_id, sizeof track_id, "AT_%04x%04x_01", (unsigned)type, (unsigned)number);
    put_track(writer, track, track_id, pack_id);
    text_add(&writer->text, "<audioTrackUID UID=\"ATU_%08x\" sampleRate=\"%d\" bitDepth=\"%d\">\n",
             (unsigned)track + 1, writer->deliverable->rate_hz, bits[writer->deliverable->format]);
    add_reference(writer, "audioTrackFormat", track_id);
    add_reference(writer, "audioPackFormat", pack_id);
    text_add(&writer->text, "</audioTrackUID>\n");
}

/* ---- programme and contents ---- */

static void add_level(Writer *writer, const char *name, double value) {
    if (value > silence_db) {
        text_add(&writer->text, "<%s>%.2f</%s>\n", name, value, name);
    }
}

static void add_loudness(Writer *writer, const SoundLoudness *loudness) {
    if (loudness->true_peak_dbtp <= silence_db) {
        return;
    }
    text_add(&writer->text, "<loudnessMetadata loudnessMethod=\"ITU-R BS.1770\">\n");
    add_level(writer, "integratedLoudness", loudness->integrated_lufs);
    add_level(writer, "loudnessRange", loudness->loudness_range_lu);
    add_level(writer, "maxTruePeak", loudness->true_peak_dbtp);
    add_level(writer, "maxMomentary", loudness->max_momentary_lufs);
    add_level(writer, "maxShortTerm", loudness->max_short_term_lufs);
    text_add(&writer->text, "</loudnessMetadata>\n");
}

static int content_count(const Writer *writer) {
    int count = 1;
    for (int stem = 0; stem < writer->mix->stem_count; ++stem) {
        count += stem_has_objects(writer, stem);
    }
    return count;
}

static void add_programme(Writer *writer, const SoundLoudness *loudness) {
    const Mix *mix = writer->mix;
    const Rational length_s = length_of(writer);
    text_add(&writer->text, "<audioProgramme audioProgrammeID=\"APR_%04x\"", FIRST_OWN);
    add_name(writer, "audioProgrammeName", mix->title && *mix->title ? mix->title : mix->code);
    text_add(&writer->text, " start=\"00:00:00.00000\" end=\"");
    adm_add_time(&writer->text, length_s);
    text_add(&writer->text, "\">\n");
    for (int content = 0; content < content_count(writer); ++content) {
        add_numbered(writer, "audioContent", "ACO", FIRST_OWN + content);
    }
    add_loudness(writer, loudness);
    text_add(&writer->text, "</audioProgramme>\n");
}

/* BS.2076-2, 5.5: what kind of sound a stem is. */
static void add_stem_kind(Writer *writer, const char *role) {
    enum { KIND_UNDEFINED, KIND_MUSIC, KIND_EFFECT };
    if (strcmp(role, "dialogue") == 0) {
        text_add(&writer->text, "<dialogue dialogueContentKind=\"0\">1</dialogue>\n");
        return;
    }
    const bool is_music = strcmp(role, "music") == 0;
    const bool is_other = strcmp(role, "other") == 0;
    text_add(&writer->text, "<dialogue nonDialogueContentKind=\"%d\">0</dialogue>\n",
             is_music ? KIND_MUSIC : (is_other ? KIND_UNDEFINED : KIND_EFFECT));
}

static void add_mixed_kind(Writer *writer) {
    enum { KIND_UNDEFINED, KIND_COMPLETE_MAIN };
    const bool is_complete =
        writer->output->kind == OUTPUT_FULL && writer->deliverable->object_count == 0;
    text_add(&writer->text, "<dialogue mixedContentKind=\"%d\">2</dialogue>\n",
             is_complete ? KIND_COMPLETE_MAIN : KIND_UNDEFINED);
}

static void begin_content(Writer *writer, int number, const char *name) {
    text_add(&writer->text, "<audioContent audioContentID=\"ACO_%04x\"", (unsigned)number);
    add_name(writer, "audioContentName", name);
    text_add(&writer->text, ">\n");
}

static void add_bed_content(Writer *writer) {
    begin_content(writer, FIRST_OWN, writer->deliverable->is_adm ? "bed" : writer->output->name);
    add_numbered(writer, "audioObject", "AO", FIRST_OWN);
    if (writer->output->kind == OUTPUT_STEM) {
        add_stem_kind(writer, writer->mix->stems[writer->output->stem].role);
    } else {
        add_mixed_kind(writer);
    }
    text_add(&writer->text, "</audioContent>\n");
}

static void add_contents(Writer *writer) {
    int number = FIRST_OWN;
    add_bed_content(writer);
    for (int stem = 0; stem < writer->mix->stem_count; ++stem) {
        if (!stem_has_objects(writer, stem)) {
            continue;
        }
        begin_content(writer, ++number, writer->mix->stems[stem].id);
        for (int object = 0; object < writer->deliverable->object_count; ++object) {
            if (begins_object(writer, object) && layer_of(writer, object)->stem == stem) {
                add_numbered(writer, "audioObject", "AO", object_number(writer, object));
            }
        }
        add_stem_kind(writer, writer->mix->stems[stem].role);
        text_add(&writer->text, "</audioContent>\n");
    }
}

/* ---- objects and packs ---- */

typedef struct TrackRange { /* of a file, from 0 */
    int first, count;
} TrackRange;

static void
add_object(Writer *writer, int number, const char *name, const char *pack_id, TrackRange tracks) {
    const Rational length_s = length_of(writer);
    text_add(&writer->text, "<audioObject audioObjectID=\"AO_%04x\"", (unsigned)number);
    add_name(writer, "audioObjectName", name);
    text_add(&writer->text, " start=\"00:00:00.00000\" duration=\"");
    adm_add_time(&writer->text, length_s);
    text_add(&writer->text, "\">\n");
    add_reference(writer, "audioPackFormat", pack_id);
    for (int track = tracks.first; track < tracks.first + tracks.count; ++track) {
        text_add(&writer->text, "<audioTrackUIDRef>ATU_%08x</audioTrackUIDRef>\n",
                 (unsigned)track + 1);
    }
    text_add(&writer->text, "</audioObject>\n");
}

static void object_pack_id(const Writer *writer, int object, char id[ID_BYTES]) {
    snprintf(id, ID_BYTES, "AP_%04x%04x", (unsigned)ADM_OBJECTS,
             (unsigned)pack_number(writer, object));
}

static void add_objects(Writer *writer) {
    const int bed_count = writer->layout->channel_count;
    add_object(writer, FIRST_OWN, writer->deliverable->is_adm ? "bed" : writer->output->name,
               writer->bed_pack_id, (TrackRange){0, bed_count});
    for (int object = 0; object < writer->deliverable->object_count; ++object) {
        const MixLayer *layer = layer_of(writer, object);
        if (begins_object(writer, object)) {
            char pack_id[ID_BYTES];
            object_pack_id(writer, object, pack_id);
            add_object(writer, object_number(writer, object), layer->id, pack_id,
                       (TrackRange){bed_count + object, layer->layout->channel_count});
        }
    }
}

static void begin_pack(Writer *writer, const char *id, const char *name, AdmType type) {
    text_add(&writer->text, "<audioPackFormat audioPackFormatID=\"%s\"", id);
    add_name(writer, "audioPackFormatName", name);
    add_type(writer, type);
    text_add(&writer->text, ">\n");
}

static void add_channel_reference(Writer *writer, AdmType type, int number) {
    text_add(&writer->text, "<audioChannelFormatIDRef>AC_%04x%04x</audioChannelFormatIDRef>\n",
             (unsigned)type, (unsigned)number);
}

/* Harmonics above the sixth order have no common definition. */
static bool is_own_channel(const Writer *writer, int channel) {
    return writer->bed.channels[channel] == 0;
}

/* A common definition where there is one, else one of the file's own. */
static int bed_channel_number(const Writer *writer, int channel) {
    int own = 0;
    for (int other = 0; other < channel; ++other) {
        own += is_own_channel(writer, other);
    }
    return is_own_channel(writer, channel) ? FIRST_OWN + own : writer->bed.channels[channel];
}

static void add_packs(Writer *writer) {
    const int bed_count = writer->layout->channel_count;
    if (writer->bed.number == 0) {
        begin_pack(writer, writer->bed_pack_id, writer->layout->name, writer->bed.type);
        for (int channel = 0; channel < bed_count; ++channel) {
            add_channel_reference(writer, writer->bed.type, bed_channel_number(writer, channel));
        }
        text_add(&writer->text, "</audioPackFormat>\n");
    }
    for (int object = 0; object < writer->deliverable->object_count; ++object) {
        if (begins_object(writer, object)) {
            char pack_id[ID_BYTES];
            const MixLayer *layer = layer_of(writer, object);
            object_pack_id(writer, object, pack_id);
            begin_pack(writer, pack_id, layer->id, ADM_OBJECTS);
            for (int channel = 0; channel < layer->layout->channel_count; ++channel) {
                add_channel_reference(writer, ADM_OBJECTS, FIRST_OWN + object + channel);
            }
            text_add(&writer->text, "</audioPackFormat>\n");
        }
    }
}

/* ---- channels, streams, tracks ---- */

static void begin_channel(Writer *writer, AdmType type, int number, const char *name) {
    text_add(&writer->text, "<audioChannelFormat audioChannelFormatID=\"AC_%04x%04x\"",
             (unsigned)type, (unsigned)number);
    add_name(writer, "audioChannelFormatName", name);
    add_type(writer, type);
    text_add(&writer->text, ">\n");
}

/* Ends the channel: PCM needs a stream and a track for each. */
static void end_channel(Writer *writer, AdmType type, int number, const char *name) {
    Text *text = &writer->text;
    char id[ID_BYTES];
    snprintf(id, sizeof id, "%04x%04x", (unsigned)type, (unsigned)number);
    text_add(text, "</audioChannelFormat>\n<audioStreamFormat audioStreamFormatID=\"AS_%s\"", id);
    add_name(writer, "audioStreamFormatName", name);
    text_add(text,
             " formatLabel=\"0001\" formatDefinition=\"PCM\">\n"
             "<audioChannelFormatIDRef>AC_%s</audioChannelFormatIDRef>\n"
             "<audioTrackFormatIDRef>AT_%s_01</audioTrackFormatIDRef>\n</audioStreamFormat>\n",
             id, id);
    text_add(text, "<audioTrackFormat audioTrackFormatID=\"AT_%s_01\"", id);
    add_name(writer, "audioTrackFormatName", name);
    text_add(text,
             " formatLabel=\"0001\" formatDefinition=\"PCM\">\n"
             "<audioStreamFormatIDRef>AS_%s</audioStreamFormatIDRef>\n</audioTrackFormat>\n",
             id);
}

static void add_harmonic(Writer *writer, int acn) {
    int order = 0;
    while ((order + 1) * (order + 1) <= acn) {
        ++order;
    }
    const int number = bed_channel_number(writer, acn);
    const char *const name = writer->layout->channels[acn].label;
    begin_channel(writer, ADM_HOA, number, name);
    text_add(&writer->text,
             "<audioBlockFormat audioBlockFormatID=\"AB_%04x%04x_00000001\"><order>%d</order>"
             "<degree>%d</degree><normalization>%s</normalization></audioBlockFormat>\n",
             (unsigned)ADM_HOA, (unsigned)number, order, acn - order * (order + 1),
             writer->deliverable->is_n3d ? "N3D" : "SN3D");
    end_channel(writer, ADM_HOA, number, name);
}

static void add_object_channel(Writer *writer, int object) {
    const MixLayer *layer = layer_of(writer, object);
    const Source source = {.layer = layer, .channel = writer->deliverable->objects[object].channel};
    const int number = FIRST_OWN + object;
    char id[ID_BYTES];
    snprintf(id, sizeof id, "AC_%04x%04x", (unsigned)ADM_OBJECTS, (unsigned)number);
    begin_channel(writer, ADM_OBJECTS, number, layer->id);
    const BlockTimes times = {writer->mix, writer->deliverable};
    adm_add_blocks(&writer->text, &times, &source, id);
    end_channel(writer, ADM_OBJECTS, number, layer->id);
}

static void add_channels(Writer *writer) {
    for (int channel = 0; channel < writer->layout->channel_count; ++channel) {
        if (is_own_channel(writer, channel)) {
            add_harmonic(writer, channel);
        }
    }
    for (int object = 0; object < writer->deliverable->object_count; ++object) {
        add_object_channel(writer, object);
    }
}

static void add_tracks(Writer *writer) {
    const int bed_count = writer->layout->channel_count;
    for (int track = 0; track < bed_count; ++track) {
        const int number = bed_channel_number(writer, channel_of_bed(writer, track));
        add_track(writer, track, writer->bed.type, number, writer->bed_pack_id);
    }
    for (int object = 0; object < writer->deliverable->object_count; ++object) {
        char pack_id[ID_BYTES];
        object_pack_id(writer, object, pack_id);
        add_track(writer, bed_count + object, ADM_OBJECTS, FIRST_OWN + object, pack_id);
    }
}

static void add_document(Writer *writer, const SoundLoudness *loudness) {
    text_add(&writer->text,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<ebuCoreMain xmlns=\"urn:ebu:metadata-schema:ebuCore_2016\" xml:lang=\"en\">\n"
             "<coreMetadata>\n<format>\n<audioFormatExtended version=\"ITU-R_BS.2076-2\">\n");
    add_programme(writer, loudness);
    add_contents(writer);
    add_objects(writer);
    add_packs(writer);
    add_channels(writer);
    add_tracks(writer);
    text_add(&writer->text, "</audioFormatExtended>\n</format>\n</coreMetadata>\n</ebuCoreMain>\n");
    while (writer->text.length % 4 != 0) {
        text_add(&writer->text, " ");
    }
}

void adm_write_metadata(const Mix *mix,
                        int deliverable,
                        const MixOutput *output,
                        const SoundLoudness *loudness,
                        Arena *arena,
                        SoundMetadata *metadata) {
    const MixDeliverable *subject = &mix->deliverables[deliverable];
    Writer writer = {.mix = mix,
                     .deliverable = subject,
                     .output = output,
                     .layout = mix->buses[subject->bus].layout,
                     .text = {.arena = arena},
                     .track_count = mix_track_count(subject)};
    const size_t chna_bytes = CHNA_HEAD_BYTES + (size_t)writer.track_count * CHNA_ROW_BYTES;
    writer.chna = arena_alloc(arena, chna_bytes);
    put_u16(writer.chna, (unsigned)writer.track_count);
    put_u16(writer.chna + 2, (unsigned)writer.track_count);
    adm_common_pack_of(writer.layout, subject->is_n3d ? ADM_N3D : ADM_SN3D, &writer.bed);
    snprintf(writer.bed_pack_id, sizeof writer.bed_pack_id, "AP_%04x%04x",
             (unsigned)writer.bed.type,
             (unsigned)(writer.bed.number ? writer.bed.number : FIRST_OWN));
    add_document(&writer, loudness);
    *metadata =
        (SoundMetadata){.chna = writer.chna, .chna_bytes = chna_bytes, .axml = writer.text.bytes};
}
