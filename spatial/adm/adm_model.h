#ifndef SPATIAL_ADM_ADM_MODEL_H
#define SPATIAL_ADM_ADM_MODEL_H
/* The Audio Definition Model of a file (ITU-R BS.2076-2) without its blocks: what refers to what.
 *
 *     AdmModel *model = adm_model_create(arena, store);
 *     AdmElement *object = adm_add(model, ADM_OBJECT, "AO_1001", line);
 *     adm_refer(model, object, &(AdmReference){.kind = ADM_PACK, .id = "AP_00010003"});
 *     AdmElement *pack = adm_find(model, ADM_PACK, "AP_00010003");   // a common definition
 *
 * One structure serves all eight kinds of elements; which members mean something depends on the
 * kind. Ids are kept in one spelling: the prefix in capitals, the digits in lower case. The blocks
 * of channels lie on disk (adm_block_store.h).
 */
#include <stdbool.h>

#include "render/base/arena.h"
#include "render/base/error.h"
#include "render/base/rational.h"

typedef enum AdmKind {
    ADM_PROGRAMME,
    ADM_CONTENT,
    ADM_OBJECT,
    ADM_PACK,
    ADM_CHANNEL,
    ADM_STREAM,
    ADM_TRACK,
    ADM_TRACK_UID,
    ADM_KIND_COUNT
} AdmKind;

/* typeLabel. BS.2076-2, table 1. */
typedef enum AdmType {
    ADM_NO_TYPE,
    ADM_DIRECT_SPEAKERS,
    ADM_MATRIX,
    ADM_OBJECTS,
    ADM_HOA,
    ADM_BINAURAL
} AdmType;

typedef enum AdmRole { ROLE_PART, ROLE_COMPLEMENTARY, ROLE_MATRIX, ROLE_VALUE_SET } AdmRole;

typedef enum AdmNormalization { NO_NORMALIZATION, ADM_SN3D, ADM_N3D, ADM_FUMA } AdmNormalization;

typedef struct AdmElement AdmElement;

typedef struct AdmReference { /* an ...IDRef element */
    AdmKind kind;
    AdmRole role;
    const char *id;
    int line;
    AdmElement *target; /* after adm_resolve */
    struct AdmReference *next;
} AdmReference;

typedef struct AdmScreen { /* audioProgrammeReferenceScreen. BS.2076-2, 5.9.3 */
    bool is_cartesian;
    double aspect_ratio;
    double centre[3]; /* azimuth, elevation, distance, or x, y, z */
    double width;     /* degrees or x */
} AdmScreen;

typedef struct AdmHoaFacts { /* of a pack or of a block; what is not given is taken from the other
                              */
    AdmNormalization normalization;
    bool has_screen_reference, screen_reference;
    double reference_distance_m; /* nfcRefDist, 0: none */
} AdmHoaFacts;

typedef struct AdmBlockList { /* of a channel, in the order of the file */
    int64_t offset, count;
} AdmBlockList;

struct AdmElement {
    AdmKind kind;
    const char *id, *name;
    int line;       /* of axml; 0: from chna or a common definition */
    bool is_common; /* BS.2094 */
    AdmReference *references, *last_reference;
    AdmElement *next; /* of the kind, in order of appearance */

    AdmType type; /* pack, channel */

    AdmScreen screen; /* programme; aspect_ratio 0: none is described */

    bool has_start, has_duration, is_muted, has_offset, is_offset_cartesian; /* object */
    Rational start, duration;
    double gain;
    double offset[3];
    int silent_count; /* references to ATU_00000000 */
    bool is_part;     /* object: of another one */

    AdmHoaFacts hoa; /* pack */

    double low_pass_hz, high_pass_hz; /* channel; 0: not given */
    AdmBlockList blocks;

    int track_index;            /* track UID: 1-based, 0: not in chna */
    AdmElement *channel, *pack; /* track UID: after adm_resolve; pack NULL: none is named */

    /* of walks over the references */
    int mark;
    bool is_left_out; /* object: complementary, another one of its group is rendered */
    const AdmReference *at;
    AdmElement *from;
};

typedef struct AdmList {
    AdmElement *first, *last;
    int count;
} AdmList;

typedef struct BlockStore BlockStore;

typedef struct AdmModel {
    Arena *arena;
    BlockStore *blocks;
    const char *shown_path; /* of the file, for places in axml */
    int version;            /* of BS.2076: 1 (also 0) or 2 */
    bool takes_binaural;    /* content for two ears, which loudspeakers cannot play */
    AdmList lists[ADM_KIND_COUNT];
    AdmElement **table; /* hash of ids */
    int table_size, element_count;
} AdmModel;

enum { ADM_ID_BYTES = 24, ADM_MAX_ELEMENTS = 200000 };

AdmModel *adm_model_create(Arena *arena, BlockStore *blocks, const char *shown_path);

/* "audioObject" ... */
const char *adm_kind_name(AdmKind kind);
/* "AO_" ... */
const char *adm_kind_prefix(AdmKind kind);
const char *adm_type_name(AdmType type);
/* The one spelling of an id; false: text is none. */
bool adm_id_spell(const char *text, char id[ADM_ID_BYTES]);

/* NULL when there is none (not even a common definition that was made). */
AdmElement *adm_find(const AdmModel *model, AdmKind kind, const char *id);
/* id: spelt. A new element at the end of its list. E440: the id is taken, or there are more than
 * ADM_MAX_ELEMENTS. */
Status adm_add(AdmModel *model, const AdmElement *like, AdmElement **element, ErrorList *errors);
/* Copies the reference to the end of the element's list. */
void adm_refer(AdmModel *model, AdmElement *element, const AdmReference *reference);
/* Where a line of axml is, for messages. */
Place adm_place(const AdmModel *model, int line);

#endif
