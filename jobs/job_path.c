/* Where inputs may lie: below the job's folder, or below a named root. */
#include "jobs/job_path.h"

#include <string.h>
#include <unistd.h>

#include "jobs/reference.h"
#include "jobs/value.h"
#include "render/base/files.h"

enum { MAX_PATH_BYTES = 4096 };

/* Debian's libmysofa0 keeps its default HRTF here. */
static const char sofa_folder[] = "/usr/share/libmysofa";

const char *path_make_absolute(const char *path, Arena *arena) {
    char current[MAX_PATH_BYTES];
    if (*path == '/' || !getcwd(current, sizeof current)) {
        return path;
    }
    return strcmp(path, ".") == 0 ? arena_copy_text(arena, current)
                                  : path_join(arena, current, path);
}

/* Length of `name` in `name:path`, 0 without a root. */
static size_t root_name_length(const char *text) {
    const size_t length = strcspn(text, ":");
    return text[length] == ':' && id_is_text(text, length) ? length : 0;
}

/* NULL: no such root. Later ones win: --root stands behind the job's. */
static const JobRoot *find_root(const JobSpec *job, const char *name, size_t length) {
    for (int root = job->root_count - 1; root >= 0; root--) {
        if (strlen(job->roots[root].id) == length &&
            strncmp(job->roots[root].id, name, length) == 0) {
            return &job->roots[root];
        }
    }
    return NULL;
}

const char *path_normalize(const char *path, Arena *arena) {
    char *result = arena_alloc(arena, strlen(path) + 2);
    size_t length = 0;
    size_t fixed = 0; /* the `..` in front, which nothing takes back */
    while (*path) {
        const size_t part = strcspn(path, "/");
        const bool is_up = part == 2 && strncmp(path, "..", 2) == 0;
        if (is_up && length > fixed) {
            do {
                length--;
            } while (length > fixed && result[length - 1] != '/');
        } else if (part > 0 && !(part == 1 && *path == '.')) {
            memcpy(result + length, path, part);
            length += part;
            result[length++] = '/';
            fixed = is_up ? length : fixed;
        }
        path += part + (path[part] == '/');
    }
    result[length > 0 ? length - 1 : 0] = '\0';
    return result;
}

static bool leaves(const char *normal) {
    return *normal == '/' || *normal == '~' || strcmp(normal, "..") == 0 ||
           strncmp(normal, "../", 3) == 0;
}

static const char *normal_path(const char *text, Arena *arena) {
    return *text == '/' || *text == '~' ? text : path_normalize(text, arena);
}

static Status
fail_leaving(const JobText *written, const char *root, const char *normal, ErrorList *errors) {
    if (root) {
        fail(errors, E402, written->place, "this path leaves the root `%s`", root);
        error_caret(errors, "resolves to %s, outside `%s`", normal, root);
        return E402;
    }
    fail(errors, E402, written->place, "this path leaves the job folder");
    if (*normal == '~') {
        error_caret(errors, "`~` is not expanded");
        error_help(errors, "start nocturne with --root home=$HOME, and write `home:file`");
        return E402;
    }
    error_caret(errors, "resolves to %s, outside the job folder", normal);
    const char *slash = strrchr(normal, '/');
    if (slash) {
        error_help(errors,
                   "add the folder to `roots:` and write `name:%s`, or start nocturne with --root "
                   "name=%.*s",
                   slash + 1, slash > normal ? (int)(slash - normal) : 1, normal);
    }
    return E402;
}

static Status fail_unknown_root(
    const JobSpec *job, const JobText *written, size_t length, Arena *arena, ErrorList *errors) {
    Reference *names = arena_array(arena, (size_t)job->root_count, sizeof *names);
    for (int root = 0; root < job->root_count; root++) {
        names[root] = (Reference){job->roots[root].id, job->roots[root].id_place};
    }
    const ReferenceList list = {"root", names, job->root_count};
    Place place = written->place;
    place.length = place.length > 0 ? (int)length : 0;
    return reference_fail(&list, arena_copy_bytes(arena, written->text, length), place, errors);
}

/* Splits `root:path`: root NULL without one; rest: normal path below the root. */
static Status split_path(const JobSpec *job,
                         const JobText *written,
                         Arena *arena,
                         const JobRoot **root,
                         const char **rest,
                         ErrorList *errors) {
    const size_t length = root_name_length(written->text);
    *root = length ? find_root(job, written->text, length) : NULL;
    if (length && !*root) {
        return fail_unknown_root(job, written, length, arena, errors);
    }
    if (strlen(written->text) >= MAX_PATH_BYTES) {
        return fail(errors, E402, written->place, "this path is too long: %zu bytes, not below %d",
                    strlen(written->text), MAX_PATH_BYTES);
    }
    *rest = normal_path(written->text + (length ? length + 1 : 0), arena);
    return leaves(*rest) ? fail_leaving(written, *root ? (*root)->id : NULL, *rest, errors) : DONE;
}

Status job_path_check(const JobSpec *job, const JobText *written, ErrorList *errors) {
    Arena *arena = arena_create();
    const JobRoot *root = NULL;
    const char *rest = NULL;
    const Status status = split_path(job, written, arena, &root, &rest, errors);
    arena_destroy(&arena);
    return status;
}

Status job_resolve_path(const JobSpec *job,
                        const JobText *written,
                        Arena *arena,
                        const char **real_path,
                        const char **root_folder,
                        ErrorList *errors) {
    const JobRoot *root = NULL;
    const char *rest = NULL;
    TRY(split_path(job, written, arena, &root, &rest, errors));
    *root_folder = root ? root->folder : path_make_absolute(job->folder, arena);
    *real_path = path_join(arena, *root_folder, rest);
    return DONE;
}

static Status check_root(const JobRoot *root, Arena *arena, ErrorList *errors) {
    const char *normal = normal_path(root->path.text, arena);
    if (*normal == '/' || !leaves(normal)) {
        return DONE;
    }
    fail(errors, E402, root->path.place, "a root may not start with `..` or `~`");
    error_help(errors, "write an absolute folder, or start nocturne with --root %s=%s", root->id,
               root->path.text);
    return E402;
}

static const char *library_folder(const JobSpec *job, const JobPalette *palette, Arena *arena) {
    return path_join(arena, path_make_absolute(job->folder, arena),
                     normal_path(palette->path.text, arena));
}

Status job_roots_find(JobSpec *job, const JobSource *source, Arena *arena, ErrorList *errors) {
    const size_t count =
        1 + (size_t)job->palette_count + (size_t)job->root_count + (size_t)source->root_count;
    JobRoot *roots = arena_array(arena, count, sizeof *roots);
    roots[0] = (JobRoot){.id = "sys", .path = {.text = sofa_folder}, .folder = sofa_folder};
    int found_count = 1;
    for (int index = 0; index < job->palette_count; index++) { /* a library is a root */
        const JobPalette *palette = &job->palettes[index];
        roots[found_count++] = (JobRoot){.id = palette->id,
                                         .id_place = palette->id_place,
                                         .path = palette->path,
                                         .folder = library_folder(job, palette, arena)};
    }
    Status status = DONE;
    for (int root = 0; root < job->root_count; root++) {
        JobRoot *found = &roots[found_count++];
        *found = job->roots[root];
        const Status checked = check_root(found, arena, errors);
        status = status == DONE ? checked : status;
        found->folder = path_join(arena, path_make_absolute(job->folder, arena),
                                  normal_path(found->path.text, arena));
    }
    for (int root = 0; root < source->root_count; root++) {
        roots[found_count++] =
            (JobRoot){.id = source->roots[root].name,
                      .path = {.text = source->roots[root].path},
                      .folder = path_make_absolute(source->roots[root].path, arena)};
    }
    job->roots = roots;
    job->root_count = (int)count;
    return status;
}
