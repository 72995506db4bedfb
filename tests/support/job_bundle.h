#ifndef TESTS_SUPPORT_JOB_BUNDLE_H
#define TESTS_SUPPORT_JOB_BUNDLE_H
/* A job and the files it names, in memory. */
#include "jobs/job_files.h"

#include "tests/support/job_desk.h"

typedef struct Text {
    const char *name, *bytes;
} Text;

/* The files as rank 0 sends them; the first is the job. */
static inline JobSource bundle(Desk *desk, const Text *texts, int count) {
    JobFiles files = {.folder = "reel", .count = count};
    for (int index = 0; index < count; index++) {
        files.files[index] =
            (JobFile){texts[index].name, texts[index].bytes, strlen(texts[index].bytes)};
    }
    const char *bytes = job_files_bundle(&files, desk->arena);
    return (JobSource){
        .path = "reel/job.yaml", .bytes = bytes, .size_bytes = strlen(bytes), .grade = -1};
}

#endif
