/* Where files wait between the task that wrote them and publishing. */
#include "render/stages/staged_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "render/base/files.h"

const char *staged_folder(
    const Mix *mix, const Plan *plan, int task, const Workplace *workplace, Arena *arena) {
    KeyText key;
    key_format(plan->tasks[task].outputs[0], key);
    return arena_format(arena, "%s/%s-%s", workplace->stage_folder,
                        mix->deliverables[plan->tasks[task].subject].id, key);
}

bool staged_is_done(const Mix *mix, const Plan *plan, int task, const Workplace *workplace) {
    Arena *arena = arena_create();
    const char *folder = staged_folder(mix, plan, task, workplace, arena);
    const bool is_done = file_exists(path_join(arena, folder, ENCODE_FACTS_NAME));
    arena_destroy(&arena);
    return is_done;
}

const char *encode_folder(
    const Mix *mix, const Plan *plan, int deliverable, const Workplace *workplace, Arena *arena) {
    return staged_folder(mix, plan, plan->encode_tasks[deliverable], workplace, arena);
}

static int own_task(const Stage *stage) {
    return (int)(stage->task - stage->plan->tasks);
}

static const char *own_folder(const Stage *stage) {
    return staged_folder(stage->mix, stage->plan, own_task(stage), stage->workplace,
                         stage->scratch);
}

Status staged_begin(const Stage *stage, const char **folder, ErrorList *errors) {
    char host[64] = "host";
    gethostname(host, sizeof host - 1);
    *folder = arena_format(stage->scratch, "%s.part-%s-%d", own_folder(stage), host, (int)getpid());
    TRY(folder_remove(*folder, errors)); /* of a process of the same number that died */
    return folder_make(*folder, errors);
}

/* The whole folder appears by one rename; when another rank was first, its folder is as good. */
static Status place(const Stage *stage, const char *folder, ErrorList *errors) {
    const char *target = own_folder(stage);
    if (rename(folder, target) == 0) {
        return DONE;
    }
    if (staged_is_done(stage->mix, stage->plan, own_task(stage), stage->workplace)) {
        return folder_remove(folder, errors);
    }
    TRY(folder_remove(target, errors)); /* a remainder without facts */
    return path_rename(folder, target, errors);
}

Status staged_finish(const Stage *stage, const char *folder, json_t *facts, ErrorList *errors) {
    char *text = json_dumps(facts, JSON_SORT_KEYS | JSON_INDENT(1));
    json_decref(facts);
    if (!text) {
        return fail(errors, E515, NO_PLACE, "no memory for the facts of an encoded deliverable");
    }
    const char *path = path_join(stage->scratch, folder, ENCODE_FACTS_NAME);
    const Status status = file_write_atomically(path, text, strlen(text), errors);
    free(text);
    return status ? status : place(stage, folder, errors);
}

Status staged_read(const Stage *stage, int task, StagedFiles *files, ErrorList *errors) {
    enum { LIMIT_BYTES = 16 * 1024 * 1024 };
    Arena *scratch = stage->scratch;
    files->folder = staged_folder(stage->mix, stage->plan, task, stage->workplace, scratch);
    const char *path = path_join(scratch, files->folder, ENCODE_FACTS_NAME);
    ErrorList *unsaid = errors_create(scratch); /* it is written again */
    FileBytes bytes;
    if (file_read(path, LIMIT_BYTES, NO_PLACE, scratch, &bytes, unsaid) != DONE) {
        return fail(errors, E606, NO_PLACE, "the files of `%s` are gone",
                    stage->plan->tasks[task].name);
    }
    files->facts = json_loadb(bytes.bytes, bytes.size_bytes, 0, NULL);
    if (!json_is_object(files->facts)) {
        json_decref(files->facts);
        files->facts = NULL;
        return fail(errors, E606, NO_PLACE, "`%s` is damaged", path);
    }
    return DONE;
}

/* ---- links ---- */

static Status copy_file(const char *from, const char *to, ErrorList *errors) {
    OpenFile source = {.descriptor = -1};
    OpenFile target = {.descriptor = -1, .path = to};
    TRY(file_open_shown(from, from, NO_PLACE, &source, errors));
    target.descriptor = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    Status status = target.descriptor < 0 ? file_fail_write(to, errno, errors) : DONE;
    status = status ? status : file_copy(&source, &target, -1, errors);
    const Status closed = file_close(&target, errors);
    file_close(&source, errors);
    return status ? status : closed;
}

/* Not all file systems have links, and none has them without end. */
Status staged_link(const char *from, const char *to, Arena *arena, ErrorList *errors) {
    TRY(folder_make(path_folder(arena, to), errors));
    return link(from, to) == 0 ? DONE : copy_file(from, to, errors);
}
