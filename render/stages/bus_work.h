#ifndef RENDER_STAGES_BUS_WORK_H
#define RENDER_STAGES_BUS_WORK_H
/* One bus of a SPATIALIZE task: its panners, and how every source of the stem sounds in it. */
#include "render/stages/source.h"

enum { OWN_PANNER, OTHER_PANNER, PANNER_SLOTS };

typedef enum GainPart { DIRECT_PART, DIFFUSE_PART } GainPart;

typedef struct BusWork {
    const Stage *stage;
    const SourceList *list;
    int bus;
    const Layout *layout;
    const Spatializer *panners[PANNER_SLOTS]; /* the bus's, and what layers may name instead */
    void *selves[PANNER_SLOTS];
    int channel_count, tap_count;
    const float **placeless; /* [source_count]: of a channel that is not panned, else NULL */
    float *unused;           /* [channel_count], the part that was not asked for */
    double *const *out;      /* [channel_count][span length] */
} BusWork;

/* bus: or the input of a room (mix_bus_at). out of the work is left for the caller. */
Status bus_work_open(
    const Stage *stage, const SourceList *list, int bus, BusWork *work, ErrorList *errors);

/* response: [channel_count][max(tap_count, 1)] of a source that is no LFE. */
void bus_work_respond(const BusWork *work, const Source *source, SampleTime time, float *response);

/* The same as if the source were a plain one somewhere else. */
void bus_work_respond_at(const BusWork *work, const Source *source, Position at, float *response);

/* gains: [channel_count] of any source of a bus without filters, in a state of its object. */
void bus_work_gains(const BusWork *work,
                    const Source *source,
                    GainPart part,
                    const ObjectState *state,
                    float *gains);
/* A plain mono place on a bus whose panner takes directions as they are: it spares the angles. */
bool bus_work_takes_directions(const BusWork *work, const Source *source);
/* Its direct gains: state but for azimuth and elevation, which are `at`. */
void bus_work_gains_towards(const BusWork *work,
                            const Source *source,
                            const ObjectState *state,
                            Direction at,
                            float *gains);
/* The source is an object beside the bed that this bus is: not heard here but through rooms. */
bool bus_work_is_elsewhere(const BusWork *work, const Source *source);
/* The source has a diffuse part in this bus. */
bool bus_work_is_diffuse(const BusWork *work, const Source *source);
/* The panner of a source, for what belongs to the bus as a whole. */
int bus_work_slot(const BusWork *work, const Source *source);

#endif
