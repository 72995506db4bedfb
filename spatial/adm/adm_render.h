#ifndef SPATIAL_ADM_ADM_RENDER_H
#define SPATIAL_ADM_ADM_RENDER_H
/* From the tracks of an ADM file to loudspeakers: several layouts in one pass. BS.2127-1.
 *
 * Sample for sample as long as the file, at its rate and depth, without dither: integers are
 * rounded to the nearest step, so that a track which goes to one loudspeaker keeps its bits. A
 * direct sound keeps its time, a diffuse one straddles it (BS.2127-1, 7.4).
 *
 * Law: a sample is a function of the file and the layout. Sums run in the order of the items.
 */
#include "render/base/hash.h"
#include "render/model/layout.h"
#include "render/model/mix.h"
#include "spatial/adm/adm_file.h"

typedef struct AdmTarget {
    const Layout *layout; /* loudspeakers */
    const char *path;     /* of the file to make; it must not exist */
} AdmTarget;

typedef struct AdmRendering { /* of a target */
    Sha256Text sha256;
    int64_t size_bytes;
    int64_t clipped_samples; /* of integer formats: beyond full scale */
    double peak;             /* of the samples before clipping; 1 is full scale */
} AdmRendering;

typedef struct AdmRequest {
    const AdmTarget *targets;
    int target_count;
    /* Called now and then; false: stop (E604). NULL: nobody asks. */
    bool (*goes_on)(void *context, int64_t done_frames, int64_t all_frames);
    void *context;
} AdmRequest;

/* Depth of the files that are made: that of the input. */
SampleFormat adm_output_format(const SoundInfo *sound);

/* renderings: [target_count]. After an error unfinished files are gone. E213, E41x of the audio,
 * E443, E50x, E604. */
Status adm_render(const AdmFile *file,
                  const AdmRequest *request,
                  AdmRendering *renderings,
                  ErrorList *errors);

#endif
