#ifndef JOBS_JOB_H
#define JOBS_JOB_H
/* JobSpec: what was written, typed and checked, every value with its place.
 *
 *     JobSource source = {.path = "first-night.yaml"};
 *     TRY(job_load(&source, arena, &job, errors));
 *
 * Filled from the key table in job_schema.c. Members that were not written hold the table's default
 * and a place with line 0. Ids keep the order of the file: it is the order of every sum.
 */
#include <stdbool.h>
#include <stdint.h>

#include "jobs/change_list.h"
#include "jobs/job_slots.h"
#include "jobs/node.h"
#include "jobs/parameter.h"
#include "jobs/qc_policy.h"
#include "jobs/selector.h"
#include "jobs/tempo_map.h"
#include "jobs/written_score.h"
#include "jobs/written_value.h"
#include "render/base/rational.h"
#include "render/model/layout.h"
#include "render/model/mix.h"
#include "spatial/downmix.h"

enum { JOB_MAX_LENGTH_S = 12 * 3600 }; /* of the programme */

typedef struct JobNamedPosition {
    const char *id;
    Place id_place;
    JobPosition at;
} JobNamedPosition;

typedef struct JobPathPoint {
    JobTime time;
    JobPosition at;
} JobPathPoint;

typedef struct JobTriple { /* width, depth, height */
    double values_m[3];
    bool is_set;
    Place place;
} JobTriple;

typedef struct JobFilter {
    bool is_set;
    double frequency_hz;
    int slope_db_per_octave;
    Place place;
} JobFilter;

typedef struct JobTake {
    const char *id;
    Place id_place;
    JobText file;
} JobTake;

typedef struct JobClip {
    JobTime at, from, to, fade_in, fade_out;
    JobNumber gain_db;
    const JobText *cue; /* of its layer */
    Place place;
} JobClip;

typedef struct JobEqBand {
    JobChoice type; /* bell low-shelf high-shelf notch */
    JobNumber frequency_hz, gain_db, q;
    Place place;
} JobEqBand;

typedef struct JobSend {
    const char *room;
    Place room_place; /* of the key */
    JobNumber level_db;
} JobSend;

typedef struct JobPalette { /* a library */
    const char *id;
    Place id_place;
    JobText path, lock;
    JobBool temp;
    const char *locked; /* the text of the lock; NULL: none */
} JobPalette;

typedef struct JobAlternate {
    const char *id;
    Place id_place;
    JobText title;
} JobAlternate;

typedef struct JobRoot {
    const char *id;
    Place id_place;
    JobText path;       /* as written */
    const char *folder; /* absolute, or from the current folder */
} JobRoot;

typedef struct JobStem {
    const char *id;
    const char *whole;              /* the stem that it is a family of, NULL: it is a stem itself */
    Place id_place;                 /* line 0: a built-in stem (dx mx fx amb fol vo) */
    JobChoice role;                 /* dialogue music effects ambience foley other */
    JobTags in;                     /* sets that it belongs to; none: as its role has it */
    JobNumber gain_db, budget_lufs; /* budget: line 0, none */
} JobStem;

typedef struct JobDistance {
    JobChoice law; /* = DistanceKind */
    JobNumber reference_m, rolloff_percent, least_m, most_m;
    JobBool air, spread; /* spread: of layers alone */
} JobDistance;

typedef struct JobRoom {
    const char *id;
    Place id_place;
    JobText ir;
    bool has_shoebox;
    Place shoebox_place;
    JobChoice input;          /* panned mono true-stereo */
    JobTriple size, listener; /* defaults of DECISIONS 5 filled in */
    double t60_s, t60_hf_s;
    int order;
    JobBool normalise;
    JobText layout; /* of the IR, NULL: by channel count */
    JobTime early, predelay;
    JobNumber gain_db, truncate_db;
    JobDistance distance; /* of layers that do not say it themselves, and of early sound */
} JobRoom;

typedef struct JobAmbisonic { /* of an ambisonic layer */
    JobNumber yaw_deg, pitch_deg, roll_deg;
    JobChoice normalisation;   /* sn3d n3d */
    JobChoice decoder, max_re; /* = DecoderMethod; no yes two-band; -1: the deliverable's */
} JobAmbisonic;

typedef struct JobLayer {
    const char *id;
    Place id_place;
    JobText file; /* that of the selected take, where there are takes */
    JobTake *takes;
    int take_count;
    JobText take;
    JobText layout;  /* NULL: by channel count */
    JobText speaker; /* one channel of it; NULL: all of them */
    JobText object;  /* of an ADM master; NULL: all that is in its programme */
    JobText stem;    /* NULL text never: defaulted from the id, else E203 */
    int stem_index;  /* into JobSpec.stems */
    JobText family, purpose;
    JobText preset; /* its keys are in the tree, under those of the layer */
    JobTags tags;
    int priority;
    JobChoice role;      /* index -1: not given */
    JobChoice status;    /* final temp */
    JobChoice panner;    /* bs2127 vbap, -1: the project's */
    JobChoice beds;      /* split sides */
    JobChoice reference; /* nearfield film = ReferenceLevel */
    JobChoice binaural;  /* off near mid far */
    JobText cue;         /* whose bars `at` and the path count in, or NULL */
    JobTime at, from, to;
    JobTime fade_in, fade_out;
    JobClip *clips; /* instead of at, from, to and fades */
    int clip_count;
    JobChoice conform; /* cut hold ask: where the picture was cut */
    JobTime nudge;
    JobChoice snap_onset; /* frame beat marker; -1: not snapped */
    JobNumber snap_detect_db;
    JobNumber speed_percent;
    JobNumber gain_db;
    JobBool mute, invert;
    JobPosition pan;
    JobPathPoint *path;
    int path_count;
    JobChoice path_curve; /* linear spline hold = PathCurve */
    JobNumber width_percent;
    JobDistance distance;
    JobAmbisonic ambisonic;
    JobBool doppler;
    JobChoice proximity; /* close mid far */
    JobSend *sends;
    int send_count;
    JobFilter hpf, lpf;
    JobEqBand *eq;
    int eq_count;
    JobNumber tilt_db;
    JobNumber attack_db, sustain_db;
    JobNumber lfe_send_db, lfe_below_hz; /* no place: no send */
    bool has_enter;
    JobEnter enter;
    JobAutomation *automations;
    int automation_count;
} JobLayer;

typedef struct JobSpeaker { /* of a layout of the job */
    const char *label;      /* ours, of BS.2051, or any */
    Place label_place;
    JobNumber az_deg, el_deg, nominal_az_deg, nominal_el_deg; /* line 0: not written */
    JobNumber distance_m, gain_db;
    JobTime delay;
    JobBool is_lfe;
} JobSpeaker;

typedef struct JobLayout {
    const char *id;
    Place id_place;
    JobText base; /* NULL: the speakers are all there is */
    JobBool align;
    JobSpeaker *speakers;
    int speaker_count;
    const Layout *table; /* NULL: not sound */
} JobLayout;

typedef struct JobOutput { /* one entry of deliverables.*.stems */
    OutputKind kind;
    int stem_index;
    const bool *is_in; /* [stem_count]: of a set, what it is the sum of */
    StemPart part;     /* of a stem */
    const char *name;  /* full, me, the stem's id, or the id and .dry or .wet */
    Place place;
    const char *const *files; /* expanded names, [1] or [channel_count], with extension */
} JobOutput;

typedef struct JobStemCode { /* what a receiver calls a stem in file names */
    const char *id;          /* of a stem, or its role, or full or me */
    Place id_place;
    JobText code;
} JobStemCode;

typedef struct JobTrim { /* of a stem in a deliverable */
    const char *stem;
    Place stem_place;
    int stem_index;
    JobNumber gain_db;
} JobTrim;

typedef struct JobDeliverable {
    const char *id;
    Place id_place;
    bool has_overrides;
    JobText overrides_note;
    JobNumber overrides_gain_db; /* line 0: not written */
    JobTrim *trims;
    int trim_count;
    JobText env; /* $env */
    JobStemCode *stem_codes;
    int stem_code_count;
    JobText profile, layout; /* profile: NAME@VERSION or a path: its keys lie below those written */
    const Layout *layout_table; /* found by name; of ADM that of its bed */
    bool is_adm;                /* layout: adm */
    JobText beds;
    JobSelector objects;
    const bool *is_object;     /* [layer_count]: what `objects` selects; NULL: nothing */
    JobText from, fold;        /* NULL: it is rendered */
    int from_index;            /* -1: none */
    const Downmix *fold_table; /* of `from` */
    JobChoice container;       /* wav rf64 flac bw64 caf opus = Container */
    JobNumber bits_per_s;      /* container opus, 0: as its channels need */
    JobChoice format;          /* 16 24 32 32f 64f = SampleFormat */
    JobChoice reels;           /* cut long-play; -1: cut, where the job has reels */
    JobChoice hour;            /* timeline ffoa picture_start */
    JobChoice frame_rate;      /* = frame_rate_at; -1: project.frame_rate */
    bool has_leader, has_pop;
    Place leader_place, pop_place;
    JobTime leader_length, leader_tail;        /* not set: job_reels.h */
    JobTime pop_before, pop_after, pop_length; /* the same */
    JobNumber pop_level_db, pop_hz;
    JobBool pop_tail;
    JobTime start;         /* not set: that of the timeline */
    JobTags scenes;        /* one file for each; none: the timeline or its reels */
    const JobReel *pieces; /* what its files are cut from: reels or scenes, in the order of time */
    int piece_count;       /* 0: one file */
    JobWords forbid;       /* = MixForbidden */
    JobNumber rate_hz;     /* 0: project.rate */
    JobChoice split;       /* interleaved mono */
    JobChoice channel_order; /* smpte film itu dcp = ChannelOrder */
    JobSlots slots;
    JobChoice normalisation; /* of harmonics: sn3d n3d */
    JobText name;
    JobOutput *outputs;
    int output_count;
    JobText sofa, sofa_sha256, headphone_eq;
    JobChoice hrtf;               /* direct speakers magls = HeadRendering */
    JobText speakers;             /* virtual ones of `hrtf: speakers` */
    const Layout *speakers_table; /* found by name; NULL: none */
    JobChoice decoder;            /* = DecoderMethod */
    JobBool max_re;
    bool has_loudness, has_target;
    Place loudness_place;
    JobNumber target_lufs, tolerance_lu, peak_dbtp, fallback_lufs, fallback_percent;
    JobText measured_on;           /* NULL: not written */
    const Layout *measured_layout; /* found by name; NULL: none */
    JobBool report_only;
    JobChoice gate;           /* program dialogue */
    JobChoice link;           /* full set */
    JobChoice scope;          /* job programme */
    JobPaths programme_reels; /* the jobs of the other reels of a programme */
    JobChoice reference;      /* nearfield film = ReferenceLevel */
    JobPolicy policy;
} JobDeliverable;

typedef struct JobProfile { /* the profile of a deliverable */
    const char *deliverable;
    const char *id, *version, *title, *source;
    const char *file; /* as messages name it */
} JobProfile;

typedef struct JobSpec {
    const char *path;   /* as given on the command line, for messages */
    const char *folder; /* the job's folder: relative paths start here */
    const char *bytes;  /* the file itself, or a bundle of all it is made of (job_files.h) */
    const Node *tree;   /* base, includes, profiles, file, alternate and --set in one, variables
                         * expanded */
    JobProfile *profiles;
    int profile_count;
    JobText title, code, reel, cut, language;
    int version;
    JobChoice grade; /* final proxy */
    int rate_hz;
    int frame_rate_numerator, frame_rate_denominator;
    bool is_drop_frame;
    const char *frame_rate_text;
    Place frame_rate_place;
    JobChoice panner; /* bs2127 vbap */
    JobChoice motion; /* enhanced bs2127 */
    JobTime start;    /* project.start as seconds since midnight (exact) */
    int64_t start_frames;
    JobTime end, length; /* at most one is set */
    JobTime tail;
    JobChoice joins; /* fade sample */
    uint64_t seed;
    JobRoot *roots;
    int root_count;
    JobImport *imports;
    int import_count;
    JobRecut recut;
    JobConform conform;
    JobPolicy policy;
    JobSlip *slips;
    int slip_count;
    JobTempo tempo;
    JobMarker *markers;
    int marker_count;
    JobReel *reels;
    int reel_count;
    JobScene *scenes;
    int scene_count;
    JobLine *lines;
    int line_count;
    JobCue *cues;
    int cue_count;
    JobArc *arcs;
    int arc_count;
    JobRule *rules;
    int rule_count;
    JobAlternate *alternates;
    int alternate_count;
    const char *alternate; /* the one that this is; NULL: the main version */
    JobPalette *palettes;
    int palette_count;
    JobTransition *transitions;
    int transition_count;
    JobDynamics dynamics;
    JobLead *leads; /* dynamics.leads */
    int lead_count;
    JobDecision *decisions;
    int decision_count;
    JobStem *stems;
    int stem_count;
    JobRoom *rooms;
    int room_count;
    JobNamedPosition *positions;
    int position_count;
    JobLayer *layers;
    int layer_count;
    JobLayout *layouts;
    int layout_count;
    JobDeliverable *deliverables;
    int deliverable_count;
} JobSpec;

typedef struct JobRootOption { /* --root NAME=DIR */
    const char *name, *path;
} JobRootOption;

typedef struct JobSource {
    const char *path;  /* "-": standard input */
    const char *bytes; /* NULL: read `path`; else these bytes (sent by rank 0) */
    size_t size_bytes;
    const JobRootOption *roots;
    int root_count;
    const char *const *sets; /* --set path=value */
    int set_count;
    const char *alternate; /* --alt NAME; NULL: the main version */
    int grade;             /* --grade: -1 as written, else index of final proxy */
} JobSource;

/* Reads, parses and checks the whole job: all errors of the file at once. Audio is not opened. */
Status job_load(const JobSource *source, Arena *arena, JobSpec **job, ErrorList *errors);

/* E203 for a job that has nothing to render: no layers or no deliverables. */
Status job_require_work(const JobSpec *job, ErrorList *errors);

/* Warnings that `--lint` and `--strict` show: W301 layer without a purpose, W344 time beside a cut,
 * W342 room nobody sends to, W343 scene of many rooms, W421 HRTF of the system in a final job. */
void job_lint(const JobSpec *job, ErrorList *errors);

/* The folder and absolute path of an input as written ("stems/a.wav", "root:a.wav",
 * "sys:default.sofa"). E402 when it leaves its root (by the text alone); symbolic links are judged
 * when the file is opened. */
Status job_resolve_path(const JobSpec *job,
                        const JobText *written,
                        Arena *arena,
                        const char **real_path,
                        const char **root_folder,
                        ErrorList *errors);

#endif
