/* What the files of a deliverable say about themselves: names, places and origin.
 *
 * Law: facts of the job alone, no clock and no host.
 */
#include "render/stages/output_notes.h"

#include <string.h>

#include "render/base/growing_text.h"
#include "render/files/ixml.h"
#include "render/stages/output_channel.h"

typedef struct Notes {
    const Stage *stage;
    const MixDeliverable *deliverable;
    const MixOutput *output;
    const MixReel *reel;
    int file, track_count;
} Notes;

static const int format_bits[] = {
    [PCM_16] = 16, [PCM_24] = 24, [PCM_32] = 32, [FLOAT_32] = 32, [FLOAT_64] = 64};

/* As delivered; before the programme nothing is. */
static SampleTime delivered_at(const Notes *notes, SampleTime at) {
    return at < 0 ? -1 : retimed_samples(notes->deliverable->retime, at);
}

/* Where a sample of the timeline lies in the file; outside of it: not there. */
static int64_t place_in_file(const Notes *notes, SampleTime rendered_at) {
    const MixReel *reel = notes->reel;
    const SampleTime at = delivered_at(notes, rendered_at);
    const bool is_inside = at >= reel->span.begin && at < reel->span.end;
    return is_inside ? reel->leader_samples + at - reel->span.begin : -1;
}

static const SoundCue *list_cues(const Notes *notes, int *count) {
    const Mix *mix = notes->stage->mix;
    SoundCue *cues =
        arena_array(notes->stage->scratch, (size_t)mix->marker_count + 1, sizeof *cues);
    for (int marker = 0; marker < mix->marker_count; marker++) {
        const int64_t at = place_in_file(notes, mix->markers[marker].at);
        if (at >= 0) {
            cues[(*count)++] = (SoundCue){at, mix->markers[marker].id};
        }
    }
    return cues;
}

static bool is_heard(const Notes *notes, const MixNote *note) {
    const Span span = notes->reel->span;
    return delivered_at(notes, note->span.begin) < span.end &&
           delivered_at(notes, note->span.end) > span.begin;
}

/* "sc20 sc21": the scenes that the file holds some of. */
static const char *scene_words(const Notes *notes) {
    const Mix *mix = notes->stage->mix;
    Text text = {.arena = notes->stage->scratch};
    for (int scene = 0; scene < mix->scene_count; scene++) {
        if (is_heard(notes, &mix->scenes[scene])) {
            text_add(&text, "%s%s", text.length > 0 ? " " : "", mix->scenes[scene].id);
        }
    }
    return text.bytes;
}

/* "1m1 Arrival: restraint until the door; 1m2": the cues and what they are for. */
static const char *cue_words(const Notes *notes) {
    const Mix *mix = notes->stage->mix;
    Text text = {.arena = notes->stage->scratch};
    for (int index = 0; index < mix->cue_count; index++) {
        const MixNote *cue = &mix->cues[index];
        if (!is_heard(notes, cue)) {
            continue;
        }
        text_add(&text, "%s%s", text.length > 0 ? "; " : "", cue->id);
        if (cue->title) {
            text_add(&text, " %s", cue->title);
        }
        if (cue->intent) {
            text_add(&text, ": %s", cue->intent);
        }
    }
    return text.bytes;
}

/* The label of the loudspeaker or slot, or the layer that an object is; "-" of silence. */
static const char *track_function(const Notes *notes, int track) {
    const int plane = output_plane(notes->deliverable, notes->file, track);
    return plane < 0 ? "-" : mix_plane_label(notes->stage->mix, notes->deliverable, plane);
}

static const IxmlTrack *list_tracks(const Notes *notes) {
    Arena *scratch = notes->stage->scratch;
    IxmlTrack *tracks = arena_array(scratch, (size_t)notes->track_count, sizeof *tracks);
    for (int track = 0; track < notes->track_count; track++) {
        const char *function = track_function(notes, track);
        tracks[track] = (IxmlTrack){
            .name = arena_format(scratch, "%s %s", notes->output->name, function),
            .function = function,
        };
    }
    return tracks;
}

static const char *build_ixml(const Notes *notes) {
    const Mix *mix = notes->stage->mix;
    const MixDeliverable *deliverable = notes->deliverable;
    const Ixml facts = {.project = mix->title,
                        .scene = scene_words(notes),
                        .tape = notes->reel->id ? notes->reel->id : mix->reel,
                        .note = cue_words(notes),
                        .take = mix->version,
                        .frame_rate_numerator = deliverable->frame_rate_numerator,
                        .frame_rate_denominator = deliverable->frame_rate_denominator,
                        .is_drop_frame = deliverable->is_drop_frame,
                        .rate_hz = deliverable->rate_hz,
                        .bits = format_bits[deliverable->format],
                        .time_reference = notes->reel->time_reference,
                        .tracks = list_tracks(notes),
                        .track_count = notes->track_count};
    return ixml_build(&facts, notes->stage->scratch);
}

/* EBU R 98: how the samples came to be. */
static const char *coding_history(const Notes *notes) {
    const SampleFormat format = notes->deliverable->format;
    const char *mode = notes->track_count > 2    ? "multichannel"
                       : notes->track_count == 2 ? "stereo"
                                                 : "mono";
    const char *finish = format <= PCM_24 ? "; TPDF dither" : format >= FLOAT_32 ? "; float" : "";
    return arena_format(notes->stage->scratch, "A=PCM,F=%d,W=%d,M=%s,T=nocturne%s\r\n",
                        notes->deliverable->rate_hz, format_bits[format], mode, finish);
}

/* The same for the same file with the same content, whatever else changed in the job. */
static Key material_of(const Stage *stage, Key content, const char *name) {
    KeyText key;
    key_format(content, key);
    return key_of_text(arena_format(stage->scratch, "%s %s", key, name));
}

static bool is_ambisonic(const Notes *notes) {
    const MixBus *bus = &notes->stage->mix->buses[notes->deliverable->bus];
    return bus->layout->kind == LAYOUT_AMBISONIC && !notes->deliverable->is_split;
}

SoundFormat output_format(const Stage *stage, OutputFile which) {
    const Mix *mix = stage->mix;
    const MixDeliverable *deliverable = &mix->deliverables[stage->task->subject];
    const MixOutput *output = &deliverable->outputs[which.output];
    Arena *scratch = stage->scratch;
    const Notes notes = {.stage = stage,
                         .deliverable = deliverable,
                         .output = output,
                         .reel = &deliverable->reels[which.reel],
                         .file = which.file,
                         .track_count = deliverable->is_split ? 1 : mix_track_count(deliverable)};
    const int file = which.reel * mix_files_per_reel(mix, deliverable) + which.file;
    const Key material = material_of(stage, which.content, output->files[file]);
    char *reference = arena_alloc(scratch, sizeof(KeyText));
    key_format(material, reference);
    SoundFormat format = {.container = deliverable->container,
                          .format = deliverable->format,
                          .channel_count = notes.track_count,
                          .rate_hz = deliverable->rate_hz,
                          .frame_count = mix_reel_frames(notes.reel),
                          .is_ambisonic = is_ambisonic(&notes),
                          .bits_per_s = deliverable->bits_per_s,
                          .channel_mask = deliverable->is_split ? 0 : deliverable->channel_mask,
                          .time_reference = notes.reel->time_reference,
                          .description = arena_format(scratch, "%s %s %s %s", mix->code, mix->cut,
                                                      deliverable->id, output->name),
                          .originator = "nocturne",
                          .originator_reference = reference,
                          .coding_history = coding_history(&notes),
                          .material = material,
                          .is_without_bext = deliverable->forbidden & FORBID_BEXT,
                          .ixml = deliverable->forbidden & FORBID_IXML ? NULL : build_ixml(&notes)};
    if (!(deliverable->forbidden & FORBID_CUE)) {
        format.cues = list_cues(&notes, &format.cue_count);
    }
    return format;
}
