#ifndef RENDER_DSP_DIALOGUE_H
#define RENDER_DSP_DIALOGUE_H
/* How loud the dialogue is, anchored in the dialogue stem: where that speaks, the mix is measured.
 *
 *     Speech speech = dialogue_find_speech(&stem, arena);
 *     dialogue_measure(&speech, &mix, &level_lufs);
 *
 * No classifier listens, the stem says where speech is: a figure of its own, not one of Dolby's
 * Dialogue Intelligence. A block is a gating block: 400 ms, from every 100 ms on.
 */
#include "render/dsp/loudness_blocks.h"

typedef struct Speech {
    const uint8_t
        *is_speech; /* [block_count] 0 or 1, with zeros up to the next multiple of eight */
    int64_t block_count, speech_count;
} Speech;

/* Blocks above -60 LUFS and above the mean of the stem (of what is above -70 LUFS) less 20 LU; gaps
 * below 400 ms are closed, then runs below 300 ms dropped. */
Speech dialogue_find_speech(const SlotEnergies *stem, Arena *arena);

/* Power mean of the blocks that hold speech, ungated as BS.1770-1. False: none, silence_db. The
 * programme may be shorter or longer than what the speech was found in. */
bool dialogue_measure(const Speech *speech,
                      const SlotEnergies *programme,
                      Arena *arena,
                      double *loudness_lufs);

/* LRA of the stem where it speaks, as if nothing else were there. False: less than 3 s of speech.
 */
bool dialogue_measure_range(const Speech *speech,
                            const SlotEnergies *stem,
                            Arena *arena,
                            double *range_lu);

/* AC-3 metadata (ATSC A/52): the level of the dialogue as a whole number 1 .. 31 below full scale.
 */
int dialogue_dialnorm(double dialogue_lufs);

#endif
