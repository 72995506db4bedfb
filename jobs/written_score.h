#ifndef JOBS_WRITTEN_SCORE_H
#define JOBS_WRITTEN_SCORE_H
/* What of a job is its score: times with names, arcs, rules, transitions and decisions. */
#include <stdbool.h>
#include <stdint.h>

#include "jobs/change_list.h"
#include "jobs/parameter.h"
#include "jobs/selector.h"
#include "jobs/tempo_map.h"
#include "jobs/written_value.h"
#include "render/base/rational.h"

typedef struct JobSelector {
    const Selector *selector; /* NULL: not written */
    Place place;
} JobSelector;

typedef struct JobSpan { /* a scene, cue or line by its name, or two times */
    JobTime in, out;
    bool is_set;
} JobSpan;

typedef struct JobParameter {
    const Parameter *parameter; /* NULL: not known */
    Place place;
} JobParameter;

typedef struct JobCurvePoint {
    JobTime time;
    double value; /* of an arc 0 .. 1, of a parameter in its unit */
} JobCurvePoint;

typedef struct JobCurve {
    JobCurvePoint *points;
    int point_count; /* 0: not written */
    Place place;
} JobCurve;

typedef struct JobDrive { /* of an arc */
    JobSelector select;
    JobParameter parameter;
    JobText room;       /* of a send */
    int room_index;     /* into JobSpec.rooms, -1: none */
    JobNumber from, to; /* in the unit of the parameter */
    JobChoice combine;  /* replace add */
    Place place;
} JobDrive;

typedef struct JobAutomation { /* of a layer */
    JobParameter parameter;
    JobText room;
    int room_index;
    JobCurve curve;
    JobChoice shape;    /* = CurveShape */
    JobChoice combine;  /* replace add */
    const JobText *cue; /* of the layer: whose bars its times are */
    Place place;
} JobAutomation;

typedef struct JobBuild {
    JobTime from, to;
    JobChoice shape; /* = CurveShape */
} JobBuild;

typedef struct JobRelease {
    JobTime from, over;
    JobChoice shape; /* = CurveShape */
    JobNumber max_slope_db_per_s;
} JobRelease;

typedef struct JobThin {
    int to_layers;
    JobChoice by; /* priority */
    JobSelector select;
} JobThin;

typedef struct JobArc { /* 0 .. 1 over time */
    const char *id;
    Place id_place;
    JobSpan over;
    JobCurve curve;
    bool has_build, has_release, has_thin;
    Place build_place, release_place;
    JobBuild build;
    JobRelease release;
    JobThin thin;
    JobTime lead;
    JobChoice source; /* points cut_rate dialogue_density */
    JobTime window;
    JobDrive *drives;
    int drive_count;
} JobArc;

typedef struct JobRuleSend {
    const char *room;
    Place room_place;
    JobNumber level_db;
} JobRuleSend;

enum { TAILS_RING, TAILS_CUT }; /* rules.*.tails, scenes.*.room_change.tails */

typedef struct JobRule { /* changes of layers, always or in windows of time */
    const char *id;
    Place id_place;
    JobSpan over;
    JobSelector when; /* over what is on: time_windows.h */
    JobSelector select, except;
    JobTime ramp;
    JobNumber gain_db, hpf_hz, lpf_hz, tilt_db, width_percent;
    JobNumber ceiling_lufs; /* line 0: none */
    JobNumber attack_db, sustain_db;
    JobChoice proximity; /* close mid far; line 0: the layer's own */
    JobRuleSend *sends;
    int send_count;
    JobChoice tails;        /* ring */
    JobRational max_layers; /* line 0: no limit */
} JobRule;

typedef struct JobEnter { /* of a layer */
    JobText arc;
    int arc_index;
    JobNumber above_percent, hysteresis_percent;
    JobTime fade;
} JobEnter;

typedef struct JobMarker {
    const char *id;
    Place id_place;
    JobTime time;
} JobMarker;

typedef struct JobReel { /* in the order of time once the job is read */
    const char *id;
    Place id_place;
    JobTime in, out; /* out is exclusive */
} JobReel;

typedef struct JobRoomChange {
    JobTime fade;
    JobChoice tails; /* ring */
} JobRoomChange;

typedef struct JobScene {
    const char *id;
    Place id_place;
    JobTime in, out; /* out is exclusive */
    JobText title, polarity;
    JobTags tags;
    JobText arc;  /* or none */
    JobText room; /* NULL: none of its own */
    JobRoomChange room_change;
} JobScene;

typedef struct JobLine { /* of dialogue */
    const char *id;
    Place id_place;
    JobTime in, out;
    JobText character;
    JobTags tags;
    JobBool critical;
} JobLine;

typedef struct JobCue {
    const char *id;
    Place id_place;
    JobTime in, out;
    JobTempo tempo; /* bar 1 beat 1 lies at `in` */
    JobText title, intent;
    JobTags tags;
} JobCue;

typedef struct JobImport { /* a list of another tool; what it holds is in the tables of the job */
    const char *id;
    Place id_place;
    JobText file;
    JobChoice format;
    JobWords as;
    JobTimes cuts; /* ascending when they come from the list */
} JobImport;

typedef struct JobRecut {      /* conform */
    JobText from, to;          /* EDLs of the cut before and the new one */
    JobChoice absolute;        /* keep move */
    const ChangeList *changes; /* NULL: no time moves */
} JobRecut;

typedef struct JobDynamics {
    JobSelector select; /* primary; NULL: not written */
    JobText window;
    double least_lufs, most_lufs; /* of the window */
    JobNumber share_percent;
    JobNumber normal_db, climax_db; /* headroom; line 0 of normal: not written */
    JobTimes climaxes;
    JobTime hold;
} JobDynamics;

typedef struct JobLead { /* dynamics.leads.* */
    const char *id;
    Place id_place;
    JobSpan over;
    JobSelector select;
    JobNumber ratio_db;
    JobChoice band; /* full mid */
} JobLead;

typedef struct JobConform { /* qc.conform */
    JobText edl;            /* NULL: not written */
    JobTime tolerance, reach;
    JobChoice action; /* warn fail */
} JobConform;

typedef struct JobSlip { /* a time that lies beside a cut */
    const char *owner;   /* "markers.m_door" */
    Place place;
    int64_t frames;  /* behind the cut; negative: before it */
    const char *cut; /* its timecode */
    Place cut_place;
} JobSlip;

typedef struct JobDecision {
    JobText date, by, about, text; /* about: path of a key */
    Place place;
} JobDecision;

typedef struct JobTransition { /* from one cue to the next */
    const char *id;            /* "1m1>1m2" */
    Place id_place;
    int first, second; /* into JobSpec.cues */
    JobChoice type;    /* equal-power equal-gain cut overlap bridge */
    JobTime over;
    JobText room; /* of a bridge */
    int room_index;
} JobTransition;

#endif
