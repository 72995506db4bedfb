#ifndef RENDER_MODEL_STORE_STATE_H
#define RENDER_MODEL_STORE_STATE_H
/* What the parts of the store share: its state, and the head of an object's file. */
#include <limits.h>
#include <sys/stat.h>

#include "render/model/store_place.h"
#include "render/model/store_scratch.h"
#include "render/model/store_sharing.h"
#include "render/model/verified_objects.h"

enum { STORE_PATH_BYTES = PATH_MAX };

/* Numbers as the CPU has them: little endian on every host that is supported. 64 bytes keep the
 * payload aligned in the mapping. */
typedef struct ObjectHeader {
    char magic[8];
    Key key;
    uint64_t payload_bytes;
    Key payload_sum; /* XXH3-128 */
    uint64_t key_text_bytes;
    uint64_t key_text_sum; /* lower half of XXH3-128 */
} ObjectHeader;

_Static_assert(sizeof(ObjectHeader) == 64, "the payload begins aligned");

struct Store {
    const char *path;
    char host[STORE_HOST_BYTES];
    uint64_t counter; /* of temp files, unique in this process by O_EXCL */
    VerifiedObjects *verified;
    StoreSharing sharing;
    StoreScratch *scratch;    /* copies on this host; NULL: none */
    bool is_mapped;           /* its own files may be mapped */
    bool keeps_intermediates; /* on this host alone, with a scratch */
};

typedef enum ObjectSort {
    OBJECT_WHOLE,
    OBJECT_PLACE /* the payload is the name of the host whose scratch has the object */
} ObjectSort;

void object_header_mark(ObjectHeader *header, ObjectSort sort);
bool object_header_is_place(const ObjectHeader *header);
/* NULL when the header is that of the key in a file of this size, else what is wrong. */
const char *object_header_fault(const ObjectHeader *header, Key key, uint64_t file_bytes);
/* The header of the object in an open file, when it is that of the key. */
bool object_header_read(int descriptor, Key key, ObjectHeader *header);
uint64_t object_text_sum(const void *text, size_t size_bytes);

/* objects/ab/cdef... below the store */
const char *store_object_path(const Store *store, Key key, char path[STORE_PATH_BYTES]);
/* The file of the shared level, open for reading; -1: errno says why not. */
int store_object_open(const Store *store, Key key);
/* The host that the place in an open file names; "" when it is damaged. */
void store_place_read(int descriptor, const ObjectHeader *header, char host[STORE_HOST_BYTES]);

/* A new file in tmp, for one that gets its name by rename. */
Status
store_temp_open(Store *store, Arena *arena, int *descriptor, const char **path, ErrorList *errors);
/* Gives a closed temp file its name. */
Status store_temp_publish(Store *store, Key key, const char *temp, ErrorList *errors);

Status store_fail_missing(Key key, ErrorList *errors);

#endif
