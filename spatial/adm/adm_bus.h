#ifndef SPATIAL_ADM_ADM_BUS_H
#define SPATIAL_ADM_ADM_BUS_H
/* The loudspeakers of one layout while they are rendered: direct and diffuse bus, and their sum
 * with the diffuse one decorrelated. Inside spatial/adm only. BS.2127-1, 7.4. */
#include "render/base/units.h"
#include "spatial/adm/adm_voice.h"

typedef struct AdmBus AdmBus;

/* chunk_samples: of the longest chunk. Lives in the arena. */
void adm_bus_open(const Layout *layout, int chunk_samples, Arena *arena, AdmBus **bus);

/* Silence for the chunk [begin, end): chunks follow one another from 0 on. */
void adm_bus_begin(AdmBus *bus, Span chunk);
/* The buses from sample `at` of the chunk on. */
VoiceBuses *adm_bus_at(AdmBus *bus, int64_t at);
/* The sum. out: [channel_count][length of the chunk], DECORRELATOR_DELAY_SAMPLES late. The rows
 * last until the next chunk. */
Status adm_bus_end(AdmBus *bus, double *const **out, ErrorList *errors);

#endif
