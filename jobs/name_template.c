/* File names of deliverables: wildcards, and names that every file system takes. */
#include "jobs/name_template.h"

#include <string.h>
#include <strings.h>

#include "jobs/suggest.h"
#include "jobs/value.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

enum { MAX_NAME_BYTES = 200, MAX_WILDCARD_BYTES = 64 };

/* In the order of NameWildcard. */
static const char *const wildcard_names[WILDCARD_COUNT] = {
    "code", "reel",  "cut", "version", "deliverable", "layout", "stem", "channel",  "lang", "rate",
    "bits", "depth", "khz", "count",   "fps",         "vv",     "env",  "stemcode", "alt"};

const char *name_wildcard_name(NameWildcard wildcard) {
    return wildcard_names[wildcard];
}

/* WILDCARD_COUNT when it is none of them. */
static NameWildcard find_wildcard(const char *name, size_t length) {
    int wildcard = 0;
    while (wildcard < WILDCARD_COUNT && (strlen(wildcard_names[wildcard]) != length ||
                                         strncmp(wildcard_names[wildcard], name, length) != 0)) {
        wildcard++;
    }
    return (NameWildcard)wildcard;
}

static Status refuse_wildcard(const Node *node, size_t begin, size_t length, ErrorList *errors) {
    const Place place = place_within(node, begin, length + 1);
    const char *name = node->text + begin + 1;
    if (word_is_in("cue scene date", name, length)) {
        return fail(errors, E202, place, "`$%.*s` is planned: this version does not serve it yet",
                    (int)length, name);
    }
    fail(errors, E215, place, "unknown wildcard `$%.*s`", (int)length, name);
    char wrong[MAX_WILDCARD_BYTES];
    if (length < sizeof wrong) {
        memcpy(wrong, name, length);
        wrong[length] = '\0';
        const char *nearest = suggest_nearest(wrong, wildcard_names, WILDCARD_COUNT);
        if (nearest) {
            error_caret(errors, "did you mean `$%s`?", nearest);
        }
    }
    error_note(errors, "`nocturne list wildcards` shows all with their values in this job");
    return E215;
}

Status name_template_check(const Node *node, ErrorList *errors) {
    Status status = DONE;
    for (const char *dollar = strchr(node->text, '$'); dollar; dollar = strchr(dollar + 1, '$')) {
        const size_t length = strspn(dollar + 1, LETTERS);
        if (find_wildcard(dollar + 1, length) == WILDCARD_COUNT) {
            const Status refused =
                refuse_wildcard(node, (size_t)(dollar - node->text), length, errors);
            status = status == DONE ? refused : status;
        }
    }
    return *node->text ? status : fail(errors, E215, node->place, "this name is empty");
}

bool name_template_has(const char *text, NameWildcard wildcard) {
    for (const char *dollar = strchr(text, '$'); dollar; dollar = strchr(dollar + 1, '$')) {
        if (find_wildcard(dollar + 1, strspn(dollar + 1, LETTERS)) == wildcard) {
            return true;
        }
    }
    return false;
}

static const char *join(Arena *arena, const char *name, const char *more, size_t length) {
    return arena_format(arena, "%s%.*s", name, (int)length, more);
}

static const char *without_separator(Arena *arena, const char *name) {
    const size_t length = strlen(name);
    const bool ends_in_one = length > 0 && strchr("_-/", name[length - 1]);
    return ends_in_one ? arena_copy_bytes(arena, name, length - 1) : name;
}

const char *name_template_expand(const char *text, const NameValues *values, Arena *arena) {
    const char *name = "";
    while (*text) {
        const size_t literal_length = strcspn(text, "$");
        name = join(arena, name, text, literal_length);
        text += literal_length;
        if (*text == '\0') {
            break;
        }
        const size_t length = strspn(text + 1, LETTERS);
        const NameWildcard wildcard = find_wildcard(text + 1, length);
        const char *value = wildcard < WILDCARD_COUNT ? values->texts[wildcard] : NULL;
        name = value && *value ? join(arena, name, value, strlen(value))
                               : without_separator(arena, name);
        text += 1 + length;
    }
    return name;
}

/* CON, NUL, COM1 ... are devices on DOS and Windows, with any extension. */
static bool is_dos_device(const char *part, size_t length) {
    static const char *const devices[] = {"CON", "PRN", "AUX", "NUL"};
    const size_t stem_length = strcspn(part, "./");
    length = stem_length < length ? stem_length : length;
    for (size_t device = 0; device < sizeof devices / sizeof *devices; device++) {
        if (length == 3 && strncasecmp(part, devices[device], 3) == 0) {
            return true;
        }
    }
    const bool is_port =
        length == 4 && (strncasecmp(part, "COM", 3) == 0 || strncasecmp(part, "LPT", 3) == 0);
    return is_port && part[3] >= '0' && part[3] <= '9';
}

static const char *part_fault(const char *part, size_t length) {
    if (length == 0) {
        return "holds an empty folder name";
    }
    if (part[0] == '.' || part[length - 1] == '.') {
        return "holds a part that starts or ends with a point";
    }
    if (is_dos_device(part, length)) {
        return "holds a name that Windows reserves";
    }
    return NULL;
}

static bool leaves_folder(const char *name) {
    const char *dots = strstr(name, "..");
    for (; dots; dots = strstr(dots + 1, "..")) {
        if ((dots == name || dots[-1] == '/') && (dots[2] == '/' || dots[2] == '\0')) {
            return true;
        }
    }
    return *name == '/';
}

Status name_check_portable(const char *name, Place place, ErrorList *errors) {
    if (leaves_folder(name)) {
        return fail(errors, E402, place, "`%s` leaves the output folder", name);
    }
    if (strlen(name) > MAX_NAME_BYTES) {
        fail(errors, E215, place, "this name is longer than %d bytes: %s", MAX_NAME_BYTES, name);
        error_note(errors, "longer names are not portable");
        return E215;
    }
    const size_t good_length = strspn(name, LETTERS "0123456789._-/");
    if (name[good_length]) {
        fail(errors, E215, place, "`%s` is not a portable file name", name);
        error_note(errors, "portable names hold A-Z a-z 0-9 . _ - and / for folders");
        return E215;
    }
    for (const char *part = name;; part++) {
        const size_t length = strcspn(part, "/");
        const char *fault = part_fault(part, length);
        if (fault) {
            fail(errors, E215, place, "`%s` is not a portable file name", name);
            error_caret(errors, "it %s", fault);
            return E215;
        }
        part += length;
        if (*part == '\0') {
            return DONE;
        }
    }
}
