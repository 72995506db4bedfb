#ifndef CLUSTER_FINGERPRINT_H
#define CLUSTER_FINGERPRINT_H
/* What a rank is made of: program, libraries, CPU, and what they compute. */
#include <jansson.h>

#include "render/base/error.h"
#include "render/base/hash.h"

typedef struct Fingerprint { /* fixed size: sent as bytes */
    char build[96];          /* version and key of the program file: builds of a version differ */
    KeyText libraries;       /* of the versions that they tell at run time */
    KeyText self_test;       /* of a small render */
    char cpu_level[16];      /* for people: the law holds on mixed CPUs */
} Fingerprint;

/* Of this process. E515 when there is no memory for the self-test. */
Status fingerprint_make(Fingerprint *own, ErrorList *errors);
/* Whether `other` may compute with us: E620 another program or libraries, E621 other samples.
 * who: "pid 7 on host b", for the message. */
Status fingerprint_judge(const Fingerprint *own,
                         const Fingerprint *other,
                         const char *who,
                         ErrorList *errors);

/* <state folder>/fingerprint.json: of the program that renders there, for who joins. Missing or
 * damaged, it reads as one that fingerprint_judge refuses. */
Status fingerprint_write(const Fingerprint *own,
                         const char *state_folder,
                         Arena *arena,
                         ErrorList *errors);
void fingerprint_read(const char *state_folder, Arena *arena, Fingerprint *fingerprint);

json_t *fingerprint_to_json(const Fingerprint *fingerprint);
/* Missing members become "", which fingerprint_judge refuses. */
void fingerprint_from_json(const json_t *object, Fingerprint *fingerprint);

#endif
