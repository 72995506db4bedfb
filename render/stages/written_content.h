#ifndef RENDER_STAGES_WRITTEN_CONTENT_H
#define RENDER_STAGES_WRITTEN_CONTENT_H
/* What the files of a WRITE task hold: the key of everything that reaches a byte of them. The key
 * of the task names the task of MASTER, that of the content what MASTER found: another mix with the
 * same gain and the same envelope gives the other stems the same files.
 *
 * In the store: under the key of the content, the facts of its files with their seals.
 */
#include <jansson.h>

#include "render/stages/master_gain.h"

typedef struct WrittenContent {
    Key key;
    const char *text; /* that was hashed */
} WrittenContent;

/* Reads all of the envelope. Texts live in the stage's scratch arena. */
WrittenContent written_content_of(const Stage *stage, MasterGain *gain);
/* The files of an earlier set of the deliverable that hold this content come into the folder, by
 * links, after every byte of them was read and found as it was written. false: there are none, the
 * folder is empty. facts, which the caller owns: as they were kept, and "is_taken". */
bool written_content_take(const Stage *stage,
                          const WrittenContent *content,
                          const char *folder,
                          json_t **facts);
Status written_content_keep(const Stage *stage,
                            const WrittenContent *content,
                            const json_t *facts,
                            ErrorList *errors);

#endif
