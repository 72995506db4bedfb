#ifndef CLUSTER_QC_NAMES_H
#define CLUSTER_QC_NAMES_H
/* What files made elsewhere are, by the words of their names: NAME_full.wav (mix, master, pm) with
 * NAME_dx.wav, NAME_mx.wav, NAME_fx.wav ... and NAME_me.wav, in formats such as NAME_51_... and
 * NAME_20_... */
#include "render/base/arena.h"

typedef enum QcPart { PART_UNKNOWN, PART_MIX, PART_ME, PART_DIALOGUE_STEM, PART_STEM } QcPart;

typedef struct QcName {
    QcPart part;
    const char *group;     /* the path without the word of its part: that of a mix and its stems */
    const char *programme; /* and without that of its format */
} QcName;

/* Words are what stands between `_`, `-`, blanks and the last dot, in any case. */
QcName qc_name_read(const char *path, Arena *arena);

/* What else a name says of its file; 0 and NULL: nothing. Two digits that may be a number of
 * anything (10, 20) are no format here. */
typedef struct QcNameFacts {
    int channel_count, rate_hz, bits;
    const char *format_word, *rate_word, *bits_word;
} QcNameFacts;

QcNameFacts qc_name_facts(const char *path);

#endif
