/* Names of the kinds of task. */
#include "render/model/task.h"

const char *task_kind_name(TaskKind kind) {
    static const char *const names[] = {"prepare", "room",  "analyse", "spatialize", "measure",
                                        "master",  "write", "meter",   "encode",     "inspect"};
    return names[kind];
}
