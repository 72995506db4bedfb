#ifndef JOBS_LOWER_BUS_H
#define JOBS_LOWER_BUS_H
/* The bus of a deliverable: rendered, shared, or made of another one by a fold. */
#include "jobs/input_file.h"

/* What the buses of a job are made with; mix->buses holds four times as many as there are
 * deliverables. */
typedef struct BusMaker {
    const JobSpec *job;
    Arena *arena;
    Mix *mix;
    InputFiles *inputs;
    const Spatializer *loudspeaker_panner; /* of the project */
} BusMaker;

/* E208 a chain of folds that would shift the phase twice; E4xx the HRTF. */
Status lower_bus(const BusMaker *maker, int deliverable, int *bus, ErrorList *errors);

/* The bus in which a deliverable's bus is measured: its own, or, of harmonics, their rendering to
 * `on`, NULL: 7.1.4, by the decoder of BS.2127 (BS.1770-5 has no weights for harmonics). A bed,
 * with its objects panned to it, goes to `on` as DirectSpeakers do (BS.2127, 8). */
Status lower_measured_bus(
    const BusMaker *maker, int bus, const Layout *on, int *measured_bus, ErrorList *errors);

#endif
