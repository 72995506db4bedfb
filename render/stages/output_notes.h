#ifndef RENDER_STAGES_OUTPUT_NOTES_H
#define RENDER_STAGES_OUTPUT_NOTES_H
/* What the files of a deliverable say about themselves, all of it from the job. */
#include "render/files/sound_writer.h"
#include "render/stages/stage.h"

typedef struct OutputFile { /* which one */
    int output, reel;
    int file;    /* of the reel: its channel, where channels are split */
    Key content; /* of what is written: the same content is the same material */
} OutputFile;

/* Everything that a writer is told, metadata of ADM excepted. Texts live in the stage's scratch
 * arena. */
SoundFormat output_format(const Stage *stage, OutputFile which);

#endif
