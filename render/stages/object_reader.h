#ifndef RENDER_STAGES_OBJECT_READER_H
#define RENDER_STAGES_OBJECT_READER_H
/* The objects of an ADM deliverable as it holds them: the dry sound of their layers, at its own
 * speed and rate. */
#include "render/stages/bus_reader.h"
#include "render/stages/source.h"

/* Samples of a source behind a gain; times and counts are those of what is delivered, at most
 * STAGE_CHUNK_SAMPLES. bus: of the deliverable, whose retimer and buffers serve the objects, too.
 * Law: as the source and the retimer, every sample follows from its place alone. */
void object_read(
    const BusReader *bus, const Source *source, double gain, Span part, float *samples);

#endif
