#ifndef RENDER_STAGES_LAYER_AUDIO_H
#define RENDER_STAGES_LAYER_AUDIO_H
/* A prepared layer, wherever its samples are: in the store, or still in its own file.
 *
 *     LayerInputs *inputs = layer_inputs_create(stage, arena, errors);
 *     TRY(layer_audio_open(inputs, layer, &audio, errors));
 *     layer_audio_read(&audio, channel, begin, count, samples);   ... any part, in any order
 *     TRY(layer_inputs_check(inputs, errors));    before what was made of it is kept
 *     layer_audio_close(&audio);
 *     layer_inputs_close(inputs);
 *
 * Law: a sample of a plain layer follows from its file and its clips alone; it is what PREPARE
 * would have stored, bit for bit.
 */
#include "render/stages/stage.h"

typedef struct LayerInputs LayerInputs; /* the files of layers that a task reads */
LayerInputs *layer_inputs_create(const Stage *stage, Arena *arena, ErrorList *errors);
/* What went wrong while samples were read (their place holds zeros then), or E418: a file that was
 * read is not the one that was planned. */
Status layer_inputs_check(const LayerInputs *inputs, ErrorList *errors);
void layer_inputs_close(LayerInputs *inputs); /* NULL is fine */

typedef struct PlainLayer PlainLayer;
typedef struct LayerAudio {
    StoredAudio stored;
    PlainLayer *plain; /* NULL: the samples are in `stored` */
} LayerAudio;

/* Its prepare task has run. Both live as long as the arena of the inputs. */
Status layer_audio_open(LayerInputs *inputs, int layer, LayerAudio *audio, ErrorList *errors);
/* Samples begin .. of a prepared channel, counted from the layer's first one; zeros outside. */
void layer_audio_read(
    const LayerAudio *audio, int channel, int64_t begin, int64_t count, float *samples);
/* What was read need not stay. */
void layer_audio_rest(const LayerAudio *audio);
void layer_audio_close(LayerAudio *audio);

#endif
