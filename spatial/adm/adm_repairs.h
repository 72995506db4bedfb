#ifndef SPATIAL_ADM_ADM_REPAIRS_H
#define SPATIAL_ADM_ADM_REPAIRS_H
/* What had to be put right to render a file, and what is left out on purpose: one entry for each
 * kind and element, however often.
 *
 *     adm_repair(repairs, REPAIR_GAP, channel->id, line);
 */
#include <stdbool.h>
#include <stdint.h>

#include "render/base/arena.h"

/* X(enumerator, word of --json, is a note: no fault of the file, text) */
#define ADM_REPAIRS(X)                                                                             \
    X(REPAIR_GAP, "gap-snapped", false, "blocks less than one sample apart were joined")           \
    X(REPAIR_OVERLAP, "overlap-snapped", false,                                                    \
      "blocks overlapping by less than one sample were joined")                                    \
    X(REPAIR_TIME, "time-completed", false, "blocks with only one of rtime and duration")          \
    X(REPAIR_INTERPOLATION, "interpolation-shortened", false,                                      \
      "interpolationLength longer than the block: cut to it")                                      \
    X(REPAIR_BLOCK_END, "block-shortened", false,                                                  \
      "blocks past the end of their object: cut to it")                                            \
    X(REPAIR_BLOCK_OUTSIDE, "block-outside-object", false,                                         \
      "blocks behind the end of their object")                                                     \
    X(REPAIR_ROOM_LABEL, "room-label", false, "RC_* label taken as a place of BS.2051")            \
    X(REPAIR_DUAL_REFERENCE, "dual-reference", false,                                              \
      "refers to a channel and to a track format: both lead to the same channel")                  \
    X(REPAIR_STREAM_REFERENCE, "stream-reference", false,                                          \
      "track format without a stream format: found by the reference back")                         \
    X(REPAIR_CHNA_REFERENCE, "chna-reference", false, "chna names no format: taken from axml")     \
    X(REPAIR_PACK_REFERENCE, "pack-reference", false, "no pack is named: taken from the tracks")   \
    X(REPAIR_CARTESIAN, "cartesian-flag", false,                                                   \
      "the cartesian flag contradicts the coordinates: those count")                               \
    X(REPAIR_PADDING, "axml-padding", false, "NUL bytes behind the XML of axml")                   \
    X(REPAIR_ATTRIBUTE, "attribute-ignored", false, "attribute that BS.2076-2 does not know")      \
    X(NOTE_PROGRAMME, "programme-chosen", true,                                                    \
      "several programmes: the one with the lowest id is rendered (--programme)")                  \
    X(NOTE_COMPLEMENTARY, "complementary-left-out", true,                                          \
      "complementary object: the first of its group is rendered")                                  \
    X(NOTE_REPEATED, "object-repeated", true, "object that is referred to more than once")         \
    X(NOTE_INTERACTION, "interaction-ignored", true, "interaction is for listeners: not applied")  \
    X(NOTE_NEAR_FIELD, "near-field-ignored", true, "nfcRefDist: BS.2127 applies no compensation")  \
    X(NOTE_MUTED, "object-muted", true, "object with mute: left out")                              \
    X(NOTE_UNUSED, "track-unused", true, "track that the programme does not use")

typedef enum AdmRepairKind {
#define X(enumerator, word, is_note, text) enumerator,
    ADM_REPAIRS(X)
#undef X
} AdmRepairKind;

typedef struct AdmRepair {
    AdmRepairKind kind;
    const char *element; /* id */
    int line;            /* of the first one in axml, 0: none */
    int64_t count;
    struct AdmRepair *next;
} AdmRepair;

typedef struct AdmRepairs {
    Arena *arena;
    AdmRepair *first, *last, *recent; /* recent: the blocks of a channel come in a row */
} AdmRepairs;

/* repairs NULL: nobody wants to know. */
void adm_repair(AdmRepairs *repairs, AdmRepairKind kind, const char *element, int line);

const char *adm_repair_word(AdmRepairKind kind);
const char *adm_repair_text(AdmRepairKind kind);
bool adm_repair_is_note(AdmRepairKind kind);

#endif
