/* From a folder of stems and names of profiles to the text of a job. */
#include "jobs/deliver_job.h"

#include <ctype.h>
#include <string.h>

#include "jobs/job_path.h"
#include "jobs/node_build.h"
#include "jobs/node_write.h"
#include "jobs/profile.h"
#include "render/base/files.h"
#include "render/base/growing_text.h"

typedef struct KindMeaning { /* what a kind of stem is in a job */
    const char *role, *in;   /* in NULL: as its role has it */
} KindMeaning;

static const KindMeaning meanings[STEM_KIND_COUNT] = {
    [STEM_KIND_DIALOGUE] = {"dialogue", NULL        },
      [STEM_KIND_NARRATION] = {"dialogue", NULL        },
    [STEM_KIND_MUSIC] = {"music",    NULL        },
      [STEM_KIND_EFFECTS] = {"effects",  NULL        },
    [STEM_KIND_AMBIENCE] = {"ambience", NULL        },
      [STEM_KIND_FOLEY] = {"foley",    NULL        },
    [STEM_KIND_ME] = {"effects",  NULL        },
      [STEM_KIND_OPTIONAL] = {"other",    "[optional]"},
    [STEM_KIND_GUIDE] = {"dialogue", "[guide]"   },
      [STEM_KIND_FULL] = {"other",    "[full]"    },
};

static bool is_used(const StemFile *file) {
    return !file->unused;
}

static const StemFile *first_of(const StemFiles *stems, StemKind kind) {
    for (int file = 0; file < stems->count; file++) {
        if (is_used(&stems->files[file]) && stems->files[file].kind == kind) {
            return &stems->files[file];
        }
    }
    return NULL;
}

enum { LONGEST_ID = 64, LONGEST_CODE = 16 }; /* of ids, and project.code of the key table */

/* Letters and digits, all others become `other`. */
static const char *plain_name(const char *text, char other, size_t longest, Arena *arena) {
    char *name = arena_copy_bytes(arena, text, strnlen(text, longest));
    for (char *letter = name; *letter; letter++) {
        *letter = (char)(isalnum((unsigned char)*letter) ? *letter : other);
    }
    return name;
}

static const char *quoted(const char *text, Arena *arena) {
    return node_scalar_text(node_make_text(text, NO_PLACE, arena), arena);
}

static int64_t longest_of(const StemFiles *stems) {
    int64_t frames = 0;
    for (int file = 0; file < stems->count; file++) {
        const StemFile *own = &stems->files[file];
        frames = is_used(own) && own->info.frame_count > frames ? own->info.frame_count : frames;
    }
    return frames;
}

static void write_project(const DeliverOrder *order, Text *text, Arena *arena) {
    const StemFiles *stems = order->stems;
    const StemFile *first = stems->files; /* one of them is used */
    while (!is_used(first)) {
        first++;
    }
    const char *absolute = path_make_absolute(stems->folder, arena);
    const char *folder =
        *absolute == '/' ? arena_format(arena, "/%s", path_normalize(absolute, arena)) : absolute;
    const char *title = stems->is_folder ? path_name(folder) : first->name;
    const char *end = strrchr(title, '.');
    const char *bare = end && end != title && !stems->is_folder
                           ? arena_copy_bytes(arena, title, (size_t)(end - title))
                           : title;
    text_add(text, "nocturne: 1\nproject:\n  title: %s\n  code: %s\n", quoted(bare, arena),
             plain_name(bare, '-', LONGEST_CODE, arena));
    text_add(text, "  rate: %g kHz\n  length: %lld smp\n", first->info.rate_hz / 1000.0,
             (long long)longest_of(stems));
    text_add(text, "  joins: sample\n"); /* the stems are finished: nothing is faded */
    if (first->is_master) {
        text_add(text, "  motion: bs2127\n"); /* as the master was heard */
    }
    text_add(text, "roots: {stems: %s}\n", quoted(folder, arena));
}

static void write_stems(const DeliverOrder *order, Text *text) {
    text_add(text, "stems:\n");
    for (int kind = 0; kind < STEM_KIND_COUNT; kind++) {
        const KindMeaning *meaning = &meanings[kind];
        if (first_of(order->stems, (StemKind)kind)) {
            text_add(text, "  %s: {role: %s%s%s}\n", stem_kind_id((StemKind)kind), meaning->role,
                     meaning->in ? ", in: " : "", meaning->in ? meaning->in : "");
        }
    }
}

/* An interleaved file is a bed, a mono file of a set one channel of it. */
static void write_layers(const DeliverOrder *order, Text *text, Arena *arena) {
    text_add(text, "layers:\n");
    for (int index = 0; index < order->stems->count; index++) {
        const StemFile *file = &order->stems->files[index];
        const char *stem = is_used(file) ? stem_kind_id(file->kind) : "";
        const char *path = quoted(arena_format(arena, "stems:%s", file->name), arena);
        if (is_used(file) && file->speaker) {
            text_add(text, "  %s_%s: {file: %s, stem: %s, layout: %s, speaker: %s}\n", stem,
                     file->speaker, path, stem, file->layout->name, file->speaker);
        } else if (is_used(file) && file->is_master) {
            text_add(text, "  master: {file: %s, stem: %s}\n", path, stem);
        } else if (is_used(file)) {
            text_add(text, "  %s_file: {file: %s, stem: %s, layout: %s}\n", stem, path, stem,
                     file->layout->name);
        }
    }
}

/* The id of a deliverable: that of its profile, as ids are written. */
static const char *deliverable_id(const char *profile, Arena *arena) {
    const char *name = profile_is_path(profile) ? path_name(profile) : profile;
    const char *end = strchr(name, '@');
    const char *dot = profile_is_path(profile) ? strrchr(name, '.') : NULL;
    end = end ? end : dot;
    return plain_name(end ? arena_copy_bytes(arena, name, (size_t)(end - name)) : name, '_',
                      LONGEST_ID, arena);
}

static Status
write_deliverables(const DeliverOrder *order, Text *text, Arena *arena, ErrorList *errors) {
    text_add(text, "deliverables:\n");
    for (int index = 0; index < order->profile_count; index++) {
        const char *id = deliverable_id(order->profiles[index], arena);
        for (int before = 0; before < index; before++) {
            if (strcmp(id, deliverable_id(order->profiles[before], arena)) == 0) {
                return fail(errors, E216, NO_PLACE, "`%s` is asked for twice",
                            order->profiles[index]);
            }
        }
        text_add(text, "  %s: {profile: %s}\n", id, quoted(order->profiles[index], arena));
    }
    return DONE;
}

Status
deliver_job_write(const DeliverOrder *order, Arena *arena, const char **text, ErrorList *errors) {
    Text job = {.arena = arena};
    write_project(order, &job, arena);
    write_stems(order, &job);
    write_layers(order, &job, arena);
    TRY(write_deliverables(order, &job, arena, errors));
    *text = job.bytes;
    return DONE;
}
