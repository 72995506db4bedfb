/* Which file of a folder is which stem, told by its name. */
#include "jobs/stem_files.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "jobs/input_file.h"
#include "render/base/files.h"
#include "spatial/layout_table.h"

typedef struct KindInfo {
    const char *id, *word;
    const char *names; /* words of file names, lower case */
} KindInfo;

/* Words: Netflix stem tokens (1500000261101: PM, ME, DIAStem, MXStem, FXStem), and what mix stages
 * write. */
static const KindInfo kinds[STEM_KIND_COUNT] = {
    [STEM_KIND_DIALOGUE] = {"dx",    "dialogue",
                            "dx dia dial dialog dialogue dialogues dlg dxstem diastem dial1"           },
    [STEM_KIND_NARRATION] = {"vo",    "narration",         "vo narr narration narrator voiceover nar"   },
    [STEM_KIND_MUSIC] = {"mx",    "music",             "mx mus music score mxstem musicstem"        },
    [STEM_KIND_EFFECTS] = {"fx",    "effects",           "fx sfx efx effects effect fxstem sfxstem"   },
    [STEM_KIND_AMBIENCE] = {"amb",   "ambience",
                            "amb ambience ambiences ambient bg bgs background backgrounds bgfx"        },
    [STEM_KIND_FOLEY] = {"fol",   "foley",             "fol foley foleys"                           },
    [STEM_KIND_ME] = {"mne",   "music and effects", "me mne mande mestem"                        },
    [STEM_KIND_OPTIONAL] = {"opt",   "optional",          "opt optional optionals"                     },
    [STEM_KIND_GUIDE] = {"guide", "dialogue guide",    "guide dxguide diaguide dialogueguide"       },
    [STEM_KIND_FULL] = {"mix",   "full mix",          "full mix fullmix pm printmaster master comp"},
};

/* What tools write for our labels, lower case. */
static const char *const speaker_aliases[][2] = {
    {"l",   "L"  },
    {"r",   "R"  },
    {"c",   "C"  },
    {"lfe", "LFE"},
    {"lf",  "LFE"},
    {"sub", "LFE"},
    {"ls",  "Ls" },
    {"rs",  "Rs" },
    {"lss", "Lss"},
    {"rss", "Rss"},
    {"lrs", "Lrs"},
    {"rrs", "Rrs"},
    {"lsr", "Lrs"},
    {"rsr", "Rrs"},
    {"lw",  "Lw" },
    {"rw",  "Rw" },
    {"cs",  "Cs" },
    {"ltf", "Ltf"},
    {"rtf", "Rtf"},
    {"ltm", "Ltm"},
    {"rtm", "Rtm"},
    {"lts", "Ltm"},
    {"rts", "Rtm"},
    {"ltb", "Ltb"},
    {"rtb", "Rtb"},
    {"ltr", "Ltb"},
    {"rtr", "Rtb"},
};

const char *stem_kind_word(StemKind kind) {
    return kind == STEM_KIND_NONE ? "" : kinds[kind].word;
}

const char *stem_kind_id(StemKind kind) {
    return kinds[kind].id;
}

static bool is_word(const char *words, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ') {
        if (strcspn(at, " ") == length && strncmp(at, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static StemKind kind_of_word(const char *word) {
    for (int kind = 0; kind < STEM_KIND_COUNT; kind++) {
        if (is_word(kinds[kind].names, word)) {
            return (StemKind)kind;
        }
    }
    return STEM_KIND_NONE;
}

static const char *speaker_of_word(const char *word) {
    for (size_t row = 0; row < sizeof speaker_aliases / sizeof *speaker_aliases; row++) {
        if (strcmp(speaker_aliases[row][0], word) == 0) {
            return speaker_aliases[row][1];
        }
    }
    return NULL;
}

/* The next part in lower case, NULL at the end; `m&e` is one. */
static const char *next_word(const char **at, Arena *arena) {
    while (**at && !isalnum((unsigned char)**at)) {
        (*at)++;
    }
    size_t length = 0;
    while (isalnum((unsigned char)(*at)[length])) {
        length++;
    }
    if (length == 0) {
        return NULL;
    }
    if (length == 1 && strncasecmp(*at, "m&e", 3) == 0 && !isalnum((unsigned char)(*at)[3])) {
        *at += 3;
        return "me";
    }
    char *word = arena_copy_bytes(arena, *at, length);
    for (char *letter = word; *letter; letter++) {
        *letter = (char)tolower((unsigned char)*letter);
    }
    *at += length;
    return word;
}

StemKind stem_kind_of_name(const char *name, Arena *arena, const char **speaker) {
    StemKind kind = STEM_KIND_NONE;
    *speaker = NULL;
    for (const char *word = next_word(&name, arena); word; word = next_word(&name, arena)) {
        const StemKind found = kind_of_word(word);
        kind = found == STEM_KIND_NONE ? kind : found;
        *speaker = speaker_of_word(word);
    }
    return kind;
}

/* ---- the folder ---- */

static bool is_sound(const char *name) {
    static const char *const extensions[] = {".wav",  ".wave", ".bwf", ".rf64", ".w64",
                                             ".flac", ".caf",  ".aif", ".aiff"};
    const char *extension = strrchr(name, '.');
    for (size_t row = 0; extension && row < sizeof extensions / sizeof *extensions; row++) {
        if (strcasecmp(extension, extensions[row]) == 0) {
            return *name != '.';
        }
    }
    return false;
}

static Status add_file(StemFiles *stems, const char *name, Arena *arena, ErrorList *errors) {
    StemFile *file = &stems->files[stems->count++];
    *file = (StemFile){.name = name};
    const char *end = strrchr(name, '.');
    const char *bare = arena_copy_bytes(arena, name, end ? (size_t)(end - name) : strlen(name));
    file->kind = stem_kind_of_name(bare, arena, &file->speaker);
    const char *path = path_join(arena, stems->folder, name);
    file->is_master = adm_input_is_master(path, arena);
    TRY(file->is_master ? adm_input_probe(path, name, NO_PLACE, &file->info, errors)
                        : sound_probe(path, name, NO_PLACE, &file->info, errors));
    if (file->info.channel_count != 1) {
        file->speaker = NULL;
    }
    file->layout = layout_for_channel_count(file->info.channel_count);
    return DONE;
}

static Status list_folder(const char *path, Arena *arena, StemFiles *stems, ErrorList *errors) {
    const char **names = NULL;
    int count = 0;
    TRY(folder_list(path, arena, &names, &count, errors));
    stems->files = arena_array(arena, (size_t)count + 1, sizeof *stems->files);
    Status first = DONE;
    for (int name = 0; name < count; name++) {
        const Status status =
            is_sound(names[name]) ? add_file(stems, names[name], arena, errors) : DONE;
        first = first ? first : status;
    }
    if (first == DONE && stems->count == 0) {
        return fail(errors, E414, NO_PLACE, "`%s` holds no sound files", path);
    }
    return first;
}

/* ---- what is used ---- */

static bool has_kind(const StemFiles *stems, StemKind kind) {
    for (int file = 0; file < stems->count; file++) {
        if (stems->files[file].kind == kind && !stems->files[file].unused) {
            return true;
        }
    }
    return false;
}

static void leave_out(StemFiles *stems, StemKind kind, const char *why) {
    for (int file = 0; file < stems->count; file++) {
        if (stems->files[file].kind == kind) {
            stems->files[file].unused = why;
        }
    }
}

/* Sums that stand beside what they are made of are made again. */
static void leave_out_sums(StemFiles *stems) {
    const bool has_speech =
        has_kind(stems, STEM_KIND_DIALOGUE) || has_kind(stems, STEM_KIND_NARRATION);
    const bool has_parts = has_kind(stems, STEM_KIND_MUSIC) || has_kind(stems, STEM_KIND_EFFECTS) ||
                           has_kind(stems, STEM_KIND_AMBIENCE) || has_kind(stems, STEM_KIND_FOLEY);
    leave_out(stems, STEM_KIND_NONE, "its name tells no stem");
    for (int file = 0; stems->is_folder && file < stems->count; file++) {
        if (stems->files[file].is_master) {
            stems->files[file].unused = "an ADM master: give it by its own name";
        }
    }
    if (has_parts) {
        leave_out(stems, STEM_KIND_ME, "the sum of stems that are there");
    }
    if (has_speech && (has_parts || has_kind(stems, STEM_KIND_ME))) {
        leave_out(stems, STEM_KIND_FULL, "the sum of stems that are there");
    }
}

static Status fail_twice(const StemFile *first, const StemFile *second, ErrorList *errors) {
    fail(errors, E429, NO_PLACE, "`%s` and `%s` are both %s%s%s", first->name, second->name,
         stem_kind_word(first->kind), first->speaker ? ", " : "",
         first->speaker ? first->speaker : "");
    error_help(errors, "take one out of the folder, or write the job that you mean: --write-job");
    return E429;
}

static bool are_rivals(const StemFile *first, const StemFile *second) {
    const bool is_set = first->speaker && second->speaker;
    return !first->unused && !second->unused && first->kind == second->kind &&
           (!is_set || strcmp(first->speaker, second->speaker) == 0);
}

static Status check_rivals(const StemFiles *stems, ErrorList *errors) {
    for (int file = 1; file < stems->count; file++) {
        for (int before = 0; before < file; before++) {
            if (are_rivals(&stems->files[before], &stems->files[file])) {
                return fail_twice(&stems->files[before], &stems->files[file], errors);
            }
        }
    }
    return DONE;
}

/* The layout whose loudspeakers are those of the mono files of a stem, NULL: none. */
static const Layout *layout_of_set(const StemFiles *stems, StemKind kind) {
    for (int index = 0; layout_at(index); index++) {
        const Layout *layout = layout_at(index);
        int known = 0;
        int all = 0;
        for (int file = 0; file < stems->count; file++) {
            const StemFile *own = &stems->files[file];
            if (own->kind == kind && own->speaker && !own->unused) {
                all++;
                known += layout->kind == LAYOUT_SPEAKERS &&
                         layout_channel_index(layout, own->speaker) >= 0;
            }
        }
        if (known == all && known == layout->channel_count) {
            return layout;
        }
    }
    return NULL;
}

static Status find_layout(const StemFiles *stems, StemFile *file, ErrorList *errors) {
    if (file->speaker) {
        file->layout = layout_of_set(stems, file->kind);
    }
    if (file->layout || file->is_master) {
        return DONE;
    }
    if (file->speaker) {
        return fail(errors, E429, NO_PLACE,
                    "the mono files of %s are no layout: `%s` is %s of what?",
                    stem_kind_word(file->kind), file->name, file->speaker);
    }
    return fail(errors, E429, NO_PLACE, "`%s` has %d channels: which layout is that?", file->name,
                file->info.channel_count);
}

/* Every used file, against the first of them. */
static Status check_used(StemFiles *stems, ErrorList *errors) {
    const StemFile *first = NULL;
    for (int index = 0; index < stems->count; index++) {
        StemFile *file = &stems->files[index];
        if (file->unused) {
            continue;
        }
        TRY(find_layout(stems, file, errors));
        first = first ? first : file;
        if (file->info.rate_hz != first->info.rate_hz) {
            return fail(errors, E429, NO_PLACE, "`%s` has %d Hz, `%s` has %d Hz", first->name,
                        first->info.rate_hz, file->name, file->info.rate_hz);
        }
    }
    if (!first) {
        fail(errors, E429, NO_PLACE, "no file in `%s` says which stem it is", stems->folder);
        error_help(errors, "names hold a word for the stem: dx, mx, fx, amb, foley, me, full ...");
        return E429;
    }
    return DONE;
}

Status stem_files_read(const char *path, Arena *arena, StemFiles *stems, ErrorList *errors) {
    *stems = (StemFiles){.folder = path, .is_folder = folder_exists(path)};
    if (stems->is_folder) {
        TRY(list_folder(path, arena, stems, errors));
    } else {
        stems->folder = path_folder(arena, path);
        stems->files = arena_alloc(arena, sizeof *stems->files);
        TRY(add_file(stems, path_name(path), arena, errors));
        stems->files[0].kind = STEM_KIND_FULL;
        stems->files[0].speaker = NULL;
    }
    leave_out_sums(stems);
    TRY(check_rivals(stems, errors));
    return check_used(stems, errors);
}
