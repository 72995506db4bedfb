#ifndef RENDER_MODEL_MIX_H
#define RENDER_MODEL_MIX_H
/* What the engine renders: plain data, no YAML, no names left to look up.
 *
 * Made by jobs/lower.c, the same on every rank. Gains are linear, times are samples at rate_hz,
 * cross references are indices. Everything lives in the job's arena.
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/error.h"
#include "render/base/hash.h"
#include "render/base/units.h"
#include "render/model/audio.h"
#include "render/model/distance.h"
#include "render/model/fft_engine.h"
#include "render/model/lane.h"
#include "render/model/layout.h"
#include "render/model/mix_file.h"
#include "render/model/reflection.h"
#include "render/model/retime_ratio.h"
#include "render/model/sound_metadata.h"
#include "render/model/spatializer.h"
#include "render/model/trajectory.h"

typedef enum FilterKind {
    FILTER_HIGHPASS, /* Butterworth: frequency, slope */
    FILTER_LOWPASS,
    FILTER_BELL, /* frequency, gain, q */
    FILTER_LOW_SHELF,
    FILTER_HIGH_SHELF,
    FILTER_NOTCH, /* frequency, q */
    FILTER_TILT,  /* frequency, gain: half of it up above, half of it down below */
} FilterKind;

typedef struct MixFilter { /* DECISIONS 7 */
    FilterKind kind;
    double frequency_hz;
    int slope_db_per_octave; /* 6 12 18 24 36 48 */
    double gain_db, q;
    const Lane *lane; /* of the frequency, of a tilt's gain; NULL: fixed */
} MixFilter;

typedef struct MixSend {
    int room;
    double gain;
    const Lane *lanes; /* LANE_SEND and LANE_GATE: they multiply `gain` */
    int lane_count;
    /* Of early sound that a layer on its way sends; NULL: what distance does is in `gain`. */
    const DistanceLaw *distance;
} MixSend;

typedef struct MixAmbisonic { /* how an ambisonic layer is read, turned and decoded */
    bool is_n3d;
    bool is_adm; /* the decoder bs2127 is that of the reference, bit for bit */
    double yaw_deg, pitch_deg, roll_deg; /* yaw with the azimuth of the pan */
    bool has_decoder, has_max_re;        /* else those of the bus */
    int decoder;                         /* spatial/decoder_matrix.h */
    bool max_re;
    double crossover_hz;    /* two bands: 0: one */
    double high_weights[8]; /* per degree, above the crossover */
} MixAmbisonic;

typedef struct MixTravel { /* what the way to the listener does, besides its level */
    bool has_doppler, has_air;
    double nearest_m;            /* what comes from here is not delayed */
    double reference_m, extra_m; /* air: the way counts from here; and what is added to it */
    const Lane *air_lanes;       /* LANE_AIR: they are added, too */
    int air_lane_count;
    int64_t ring_samples;  /* how much later the last sample comes */
    int64_t reach_samples; /* how far back a sample may come from */
} MixTravel;

typedef enum HeadMode { HEAD_MID, HEAD_OFF, HEAD_NEAR, HEAD_FAR } HeadMode; /* 0: the default */

typedef struct MixClip {  /* a region of the layer's file */
    int64_t at_samples;   /* from the layer's first sample */
    int64_t from_samples; /* in the file, at the job rate and the layer's speed */
    int64_t length_samples;
    int64_t fade_in_samples, fade_out_samples;
    double gain;
    /* A piece of a clip that was cut (jobs/lower_splice.h): what of the clip is not played, which
     * its fades count; and how long the piece hands over at equal power, 0 at ends of the clip. */
    int64_t before_samples, behind_samples;
    int64_t splice_in_samples, splice_out_samples;
} MixClip;

enum { SPLICE_HOLE = -1 };

typedef struct MixSplice { /* where a layer was cut with the picture; for those who read about it */
    SampleTime at;
    SampleTime old_out, old_in; /* of the cut before, in front of and behind it; or SPLICE_HOLE */
    int64_t length_samples;     /* of the handing over, around `at` */
} MixSplice;

struct DirectSpeaker; /* spatial/direct_speakers.h: a floor up */

typedef struct MixLayer {
    const char *id;
    Place place;
    int stem, file;
    int written;          /* which layer of the job it is, or is a part of */
    const Layout *layout; /* what the file's channels mean */
    /* [channels of the layout]: which tracks of the file they are, from 0, -1: silence; NULL: all
     * of them, in this order. */
    const int *tracks;
    SampleTime start;       /* the first sample of its clips, or of what rings ahead of it */
    int64_t length_samples; /* how long it sounds: never past the file or the programme */
    bool is_snapped;
    int64_t snap_shift_samples; /* how far `start` was moved to put the onset on its grid */
    MixClip *clips;             /* they add up */
    int clip_count;             /* 1 and more */
    const MixSplice *splices;
    int splice_count;
    double speed;             /* 1: as recorded; 2: an octave higher */
    double delay_fraction;    /* of a sample, 0 .. 1; else 0: FractionalDelayLine over all clips */
    double gain;              /* negative: inverted; 0: muted */
    const MixFilter *filters; /* in the order they are passed */
    int filter_count;
    /* TransientShaper in front of the first tilt: both 0 and no lanes: none. */
    double attack_db, sustain_db;
    const Lane *shape_lanes; /* LANE_ATTACK and LANE_SUSTAIN: they are added */
    int shape_lane_count;
    double lfe_gain;     /* of a prepared channel behind the layout's; 0: there is none */
    double lfe_below_hz; /* and what it is band-limited to */
    const Lane *lanes;   /* LANE_GAIN and LANE_FADE: they multiply `gain` */
    int lane_count;
    Trajectory path;
    bool is_object;            /* some point of the path says more than a place */
    const Spatializer *panner; /* of this layer on loudspeaker buses; NULL: the bus's */
    double width;              /* 1 = 100 % */
    const Lane *width_lane;    /* NULL: it stays as it is */
    const Lane *width_factors; /* LANE_WIDTH: of rules, they multiply it */
    int width_factor_count;
    const Lane *distance_lane; /* NULL: that of the path */
    MixAmbisonic ambisonic;
    MixTravel travel;
    DistanceLaw distance; /* of what is heard directly */
    double direct_db;     /* and what it is louder than the sends */
    bool is_spread_near;  /* within 1 m: 360 degrees at the listener */
    HeadMode head_mode;   /* in binaural buses */
    bool is_binaural;     /* what two ears hear: for binaural buses and 2.0 alone */
    /* [channels of the layout]: from the level it was mixed for to our own; NULL: 1. */
    const double *channel_gains;
    bool is_speaker;     /* one channel of a bed: it goes to its loudspeaker by name */
    bool has_sides_only; /* bed: Ls and Rs leave out the rears of a 7.1 */
    /* A channel that ADM describes as one of a loudspeaker; NULL: none. */
    const struct DirectSpeaker *direct_speaker;
    const MixSend *sends;
    int send_count;
} MixLayer;

/* Channels of the prepared audio. */
static inline int mix_layer_channel_count(const MixLayer *layer) {
    return layer->layout->channel_count + (layer->lfe_gain != 0.0);
}

/* A window in which some layers together stay below a momentary loudness. How much they have to be
 * lowered is measured once they are prepared (stages/analyse.c). */
typedef struct MixCeiling {
    const char *id;    /* of the rule */
    const bool *is_in; /* [layer_count] */
    double ceiling_lufs;
    Span window;
    Lane share; /* LANE_GAIN: of what they are lowered by, 0 .. 1 with ramps around the window */
} MixCeiling;

typedef struct MixStem {
    const char *id;
    const char *role; /* dialogue music effects ambience foley other */
    double gain;
} MixStem;

typedef struct MixShoebox { /* DECISIONS 5 */
    double size_m[3];       /* width, depth, height */
    double t60_s, t60_hf_s; /* at <= 1 kHz, at >= 8 kHz */
    double listener_m[3];   /* from the left wall, the rear wall, the floor */
    int order;              /* of the early reflections, 0: none */
} MixShoebox;

typedef struct BusFold { /* a bus that is not rendered but made of a rendered one, stem by stem */
    const char *name;    /* of the folds in it, NULL: none, only the loudspeakers' own */
    int source;          /* the rendered bus */
    int input_count;     /* its channels */
    const double *gains; /* [layout channels][input_count] */
    const double
        *shifted; /* the same for what passes a phase shift of +90 degrees; NULL: nothing */
    const double *shift_taps; /* [shift_tap_count], odd around the middle (spatial/phase_shift.h) */
    int shift_tap_count;      /* 0 without `shifted` */
    const double *stem_gains; /* [stem_count] in front of it; NULL: 1 */
    const int64_t *delays_samples; /* [layout channels] of the loudspeakers; NULL: none */
    int64_t longest_delay_samples;
} BusFold;

typedef struct MixBus { /* one layout (and HRTF) that stems are rendered to; deliverables share it
                         */
    const Layout *layout;
    const Spatializer *panner;
    int sofa_file; /* -1: none */
    int decoder;   /* of ambisonic layers: spatial/decoder_matrix.h */
    bool max_re;
    const Layout *speakers; /* virtual ones around a head; NULL: none */
    const BusFold *fold;    /* NULL: it is rendered */
    /* [layer_count]: layers that are objects of their own beside the bed that this bus is, and
     * heard in it through rooms only; NULL: none. */
    const bool *is_object;
} MixBus;

/* Early sound follows a distance, late sound does not: jobs/split_rooms.h. */
typedef enum RoomSplit { ROOM_WHOLE, ROOM_EARLY, ROOM_LATE } RoomSplit;

typedef struct MixRoom {
    const char *id;
    Place place;
    bool is_shoebox;
    MixShoebox shoebox;
    int file;             /* impulse response, when not a shoebox */
    const Layout *layout; /* of the impulse response; true stereo: 2.0 */
    /* What feeds the room: the stem panned to this bus, channel by channel; true stereo: every
     * channel of the bus to every one of the layout. No layout: the fold of DECISIONS 2. */
    MixBus input;
    bool is_true_stereo;
    bool normalise;
    double early_s;
    int64_t predelay_samples;
    double gain;
    double truncate_db;
    /* A part of another room in time, where tails are cut (jobs/lower_tails.h): nothing is sent to
     * it before `opens`, and its return has gates. */
    int part_of; /* 1 + index of the room that it has the response of; 0: a room of its own */
    SampleTime opens;
    const Lane *returns; /* LANE_GATE */
    int return_count;
    RoomSplit split;
    int split_from; /* 1 + index of the whole room, to which nothing is sent; 0: it is whole */
} MixRoom;

typedef struct RoomInBus {
    int room, bus;
    const void *panner; /* self of the bus's panner; NULL: it is made when it is needed */
} RoomInBus;

/* Where the response of a room goes while it is made: once begin, then take until sample_count
 * samples are there. rows: [channel_count][count], for the time of the call. */
typedef struct ResponseTaker {
    Status (*begin)(void *context, int channel_count, int64_t sample_count, ErrorList *errors);
    Status (*take)(void *context, float *const *rows, int64_t count, ErrorList *errors);
    void *context;
} ResponseTaker;

typedef enum SampleFormat { PCM_16, PCM_24, PCM_32, FLOAT_32, FLOAT_64 } SampleFormat;
typedef enum Container {
    CONTAINER_WAV,
    CONTAINER_RF64,
    CONTAINER_FLAC,
    CONTAINER_BW64,
    CONTAINER_CAF,
    CONTAINER_OPUS
} Container;
typedef enum OutputKind { OUTPUT_FULL, OUTPUT_ME, OUTPUT_STEM, OUTPUT_SET } OutputKind;

/* A stem without its rooms, or its rooms alone: dry + wet is the whole, bit for bit. */
typedef enum StemPart { PART_WHOLE, PART_DRY, PART_WET } StemPart;

typedef struct MixOutput { /* one entry of deliverables.*.stems */
    const char *name;      /* full, me, mx, mx.dry */
    OutputKind kind;
    const bool *is_in; /* [stem_count]: what a sum (full, me, a set) is made of */
    int stem;          /* OUTPUT_STEM */
    StemPart part;     /* of a stem */
    /* [reel_count][1] interleaved, [reel_count][channel_count] split: names below the deliverable's
     * folder */
    const char *const *files;
} MixOutput;

typedef struct MixObject { /* a track of an ADM deliverable beside its bed */
    int layer, channel;
} MixObject;

typedef struct MixPop { /* a tone that aligns sound and picture */
    int64_t begin_samples,
        length_samples; /* from the begin of the leader or tail; length 0: none */
    double frequency_hz, gain;
} MixPop;

/* What one file holds of the timeline. Leader and tail stand outside of all that is measured. */
typedef struct MixReel {
    const char *id; /* NULL: the whole timeline */
    Span span;      /* samples of the deliverable */
    int64_t leader_samples, tail_samples;
    MixPop leader_pop, tail_pop;
    int64_t time_reference; /* bext: of the first sample of the file, since midnight */
} MixReel;

typedef struct MixMarker {
    const char *id;
    SampleTime at;
} MixMarker;

typedef struct MixNote { /* a scene or cue: told in the files, never heard */
    const char *id;
    const char *title, *intent; /* NULL: none */
    Span span;
} MixNote;

typedef struct ProgrammeReel { /* another job of the programme */
    const char *name;
    Key energies; /* of its full mix, output 1 of its MASTER (stages/programme.h) */
} ProgrammeReel;

/* What else than a loudspeaker a channel of a file is for: a mono sum of stems. */
typedef struct MixSlot {
    const char *label;        /* HI VIN */
    const double *stem_gains; /* [stem_count] */
} MixSlot;

struct QcBrief; /* render/qc/qc_brief.h: a floor up */

/* What a receiver may forbid in the files: the words of deliverables.*.forbid, as bits. */
typedef enum MixForbidden {
    FORBID_LEADER = 1,
    FORBID_POP = 2,
    FORBID_BEXT = 4,
    FORBID_IXML = 8,
    FORBID_CUE = 16
} MixForbidden;

typedef struct MixDeliverable {
    const char *id;
    Place place;
    const char *profile;        /* "ebu-r128@2026-11-20", NULL: none */
    const char *overrides_note; /* why it differs from the others; NULL: it does not */
    int bus;
    bool has_headphone_eq;
    int headphone_eq_file; /* impulse response of both ears or left, right */
    Container container;
    SampleFormat format;
    int bits_per_s;           /* of a file that is Opus, 0: as its channels need */
    bool is_split;            /* one mono file per channel */
    bool has_metadata;        /* its files hold chna and axml */
    bool is_adm;              /* one file: the bed that the bus is, then the objects */
    int measured_bus;         /* whose sum is measured: of ADM the bed with the objects panned, of
                                 harmonics their rendering to loudspeakers */
    const MixObject *objects; /* the channels of a layer follow one another */
    int object_count;
    /* [order_count]: what each channel of a file with all of them holds: a channel of the bus; its
     * channel count + a slot; -1: silence. */
    const int *channel_order;
    int order_count;
    const MixSlot *slots;
    int slot_count;
    const double *slot_fold; /* [channel_count]: of the bus to the mono of a slot */
    bool is_n3d;             /* of harmonics, else SN3D */
    bool is_film;            /* reference: film, whether its layout makes a difference or not */
    unsigned forbidden;      /* of MixForbidden */
    uint32_t channel_mask; /* WAVEFORMATEXTENSIBLE dwChannelMask of an interleaved file, 0: none */
    const MixOutput *outputs;
    int output_count;
    int rate_hz;
    int64_t length_samples; /* of the whole timeline as it is delivered */
    RetimeRatio retime;     /* from the samples of the job to those of the deliverable */
    int frame_rate_numerator, frame_rate_denominator; /* at which its frames are shown */
    bool is_drop_frame;
    const MixReel *reels; /* ascending, apart */
    int reel_count;       /* 1: the timeline is one file */
    bool has_target, is_report_only;
    /* Figures that the source of a profile does not vouch for: told, never a reason to hold. */
    bool is_target_advice, is_peak_advice, is_fallback_advice;
    bool is_programme;              /* the target is that of this job and all reels together */
    const ProgrammeReel *programme; /* [programme_count]: the others, in the order of their keys */
    int programme_count;
    bool has_dialogue_gate; /* the target is that of the mix where the dialogue stem speaks */
    bool has_fallback;      /* below so much speech it is another one, of all of the programme */
    double fallback_lufs, fallback_percent;
    double target_lufs, tolerance_lu,
        ceiling_dbtp; /* ceiling as asked for, before the 0.3 dB guard */
    /* [stem_count]: the stems whose sum the limiter follows; NULL: the full mix. */
    const bool *limited_stems;
    const struct QcBrief *qc; /* what INSPECT has to check; NULL: nothing was asked for */
} MixDeliverable;

typedef struct Mix {
    const char *title, *code, *cut;
    const char *reel; /* NULL: none is named */
    int version;
    int rate_hz;
    int frame_rate_numerator, frame_rate_denominator;
    bool is_drop_frame;
    int64_t start_frames;         /* project.start as a count of frames */
    int64_t time_reference;       /* bext TimeReference: samples since midnight, DECISIONS 13 */
    SampleTime programme_samples; /* end of the programme: layers have ended */
    SampleTime length_samples;    /* with tail: what a deliverable holds */
    bool joins_by_sample;         /* no fade at the end */
    uint64_t seed;
    FftEngine fft;            /* of the convolvers: --fft, no key of the job */
    bool has_standard_motion; /* gains ramp from path point to path point as in BS.2127 */
    MixFile *files;
    int file_count;
    MixLayer *layers;
    int layer_count;
    const MixCeiling *ceilings;
    int ceiling_count;
    MixStem *stems;
    int stem_count;
    const bool *full_stems; /* [stem_count]: of the full mix; NULL: all */
    MixRoom *rooms;
    int room_count;
    MixBus *buses;
    int bus_count;
    MixDeliverable *deliverables;
    int deliverable_count;
    MixMarker *markers; /* ascending, inside the timeline */
    int marker_count;
    MixNote *scenes, *cues;
    int scene_count, cue_count;
    /* The impulse response of a room in a bus: [layout channels][samples], gain, normalise,
     * truncate and decoding applied, predelay not; of a room with an input bus
     * [input channels][layout channels], or, when each input sounds in its own channel alone, just
     * those. Implemented in spatial/room.c. */
    Status (*room_impulse)(const struct Mix *mix,
                           const RoomInBus *wanted,
                           const ResponseTaker *taker,
                           ErrorList *errors);
    /* The early reflections of a place in a shoebox; none of another room. */
    void (*room_reflections)(const struct Mix *mix, int room, Position at, ReflectionList *list);
    /* What 1, 2, 3 ... walls of a shoebox do to a sound, normalise and gain of the room applied:
     * [order][taps], in the arena. Both implemented in spatial/room.c. */
    Status (*room_walls)(
        const struct Mix *mix, int room, Arena *arena, AudioBlock *out, ErrorList *errors);
    /* An impulse response file at the rate of the job. Implemented in spatial/impulse_file.c. */
    Status (*impulse_read)(const MixFile *file,
                           int channel_count,
                           int rate_hz,
                           Arena *arena,
                           AudioBlock *out,
                           ErrorList *errors);
    /* What a file of a deliverable says about itself, in the arena. Implemented in
     * spatial/adm/adm_write.c. */
    void (*sound_metadata)(const struct Mix *mix,
                           int deliverable,
                           const MixOutput *output,
                           const SoundLoudness *loudness,
                           Arena *arena,
                           SoundMetadata *metadata);
    /* How the channels of a layer that is not panned (ambisonic, bed) sound in a bus:
     * [layer channels][bus channels][max(tap_count, 1)]; NULL: they are panned. self: of the bus's
     * panner. Implemented in spatial/layer_responses.c. */
    Status (*layer_responses)(const MixLayer *layer,
                              const MixBus *bus,
                              const void *self,
                              Arena *arena,
                              float **responses,
                              ErrorList *errors);
} Mix;

/* Whether a stem is whole in what an output holds. */
bool mix_output_has(const Mix *mix, const MixOutput *output, int stem);
/* A sum of stems: full, me or another set. */
static inline bool mix_output_is_sum(const MixOutput *output) {
    return output->kind != OUTPUT_STEM;
}

/* Which outputs are written by one task: those of a stem, or all sums (stem_count). */
static inline int mix_output_group(const Mix *mix, const MixOutput *output) {
    return mix_output_is_sum(output) ? mix->stem_count : output->stem;
}

/* Whether a stem is in some output of the group. */
bool mix_group_has(const Mix *mix, const MixDeliverable *deliverable, int group, int stem);

/* Channels that are read from the layer's file. */
static inline int mix_layer_track_count(const Mix *mix, const MixLayer *layer) {
    return layer->tracks ? layer->layout->channel_count : mix->files[layer->file].channel_count;
}

/* PREPARE would only copy it: its samples are those of an open file at the rate of the mix, cut,
 * faded and behind one gain, so that any of them can be had from there by itself. */
bool mix_layer_is_plain(const Mix *mix, const MixLayer *layer);

/* Whose response a room has: its own, or that of the room it is a part of. */
static inline int mix_room_origin(const Mix *mix, int room) {
    return mix->rooms[room].part_of > 0 ? mix->rooms[room].part_of - 1 : room;
}
/* Which room of the job it is, or is a part or half of. */
static inline int mix_room_written(const Mix *mix, int room) {
    const int origin = mix_room_origin(mix, room);
    return mix->rooms[origin].split_from > 0 ? mix->rooms[origin].split_from - 1 : origin;
}
/* false: a part of a room that is closed over the span. */
bool mix_room_is_heard(const MixRoom *room, Span span);

/* A bus, or, from bus_count on, the input of a room. */
static inline const MixBus *mix_bus_at(const Mix *mix, int bus) {
    return bus < mix->bus_count ? &mix->buses[bus] : &mix->rooms[bus - mix->bus_count].input;
}

/* Tracks of all its interleaved files: those of the channel order, then the objects. */
static inline int mix_track_count(const MixDeliverable *deliverable) {
    return deliverable->order_count + deliverable->object_count;
}

/* What they are made of: the channels of the bus, then the slots, or (ADM has none) the objects. */
static inline int mix_plane_count(const Mix *mix, const MixDeliverable *deliverable) {
    const int channels = mix->buses[deliverable->bus].layout->channel_count;
    return channels + deliverable->slot_count + deliverable->object_count;
}

/* L, Ltf, HI, or the layer that an object is. */
static inline const char *
mix_plane_label(const Mix *mix, const MixDeliverable *deliverable, int plane) {
    const Layout *layout = mix->buses[deliverable->bus].layout;
    if (plane < layout->channel_count) {
        return layout->channels[plane].label;
    }
    const int other = plane - layout->channel_count;
    return other < deliverable->slot_count
               ? deliverable->slots[other].label
               : mix->layers[deliverable->objects[other - deliverable->slot_count].layer].id;
}

/* Files that hold an output: one for every reel, or one for every channel of every reel. */
static inline int mix_files_per_reel(const Mix *mix, const MixDeliverable *deliverable) {
    return deliverable->is_split ? mix->buses[deliverable->bus].layout->channel_count : 1;
}

static inline int64_t mix_reel_frames(const MixReel *reel) {
    return reel->leader_samples + reel->span.end - reel->span.begin + reel->tail_samples;
}

/* Whose ears hear a bus; without a file where it has none. */
static inline HeadFile mix_head_of(const Mix *mix, const MixBus *bus, Store *store) {
    return (HeadFile){.file = bus->sofa_file >= 0 ? &mix->files[bus->sofa_file] : NULL,
                      .store = store,
                      .speakers = bus->speakers};
}

/* Some deliverable of the bus, or of a fold of it, takes a part of the stem: its dry part is kept,
 * too. */
bool mix_has_parts(const Mix *mix, int stem, int bus);

#endif
