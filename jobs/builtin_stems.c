/* The stems that every job may use without defining them. */
#include "jobs/builtin_stems.h"

#include <string.h>

typedef struct BuiltinStem {
    const char *id, *role;
} BuiltinStem;

static const BuiltinStem stems[] = {
    {"dx",  "dialogue"},
    {"mx",  "music"   },
    {"fx",  "effects" },
    {"amb", "ambience"},
    {"fol", "foley"   },
    {"vo",  "dialogue"},
};

const char *builtin_stem_at(int index) {
    const int count = (int)(sizeof stems / sizeof *stems);
    return index >= 0 && index < count ? stems[index].id : 0;
}

const char *builtin_stem_role(const char *id) {
    for (int index = 0; builtin_stem_at(index); index++) {
        if (strcmp(stems[index].id, id) == 0) {
            return stems[index].role;
        }
    }
    return 0;
}

const char *stem_role_word(int role) {
    static const char *const words[] = {"dialogue", "music", "effects",
                                        "ambience", "foley", "other"};
    return words[role];
}
