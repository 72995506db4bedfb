#ifndef TESTS_SUPPORT_JOB_DESK_H
#define TESTS_SUPPORT_JOB_DESK_H
/* A job in memory, loaded, with all that was said about it. */
#include "jobs/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#undef fail /* the name of our own function too */

typedef struct Desk {
    Arena *arena;
    ErrorList *errors;
    JobSpec *job;
} Desk;

static inline int set_up(void **state) {
    Arena *arena = arena_create();
    Desk *desk = arena_alloc(arena, sizeof *desk);
    *desk = (Desk){.arena = arena, .errors = errors_create(arena)};
    *state = desk;
    return 0;
}

static inline int tear_down(void **state) {
    Arena *arena = ((Desk *)*state)->arena;
    arena_destroy(&arena);
    return 0;
}

static inline JobSource source_of(const char *text) {
    return (JobSource){
        .path = "reel/job.yaml", .bytes = text, .size_bytes = strlen(text), .grade = -1};
}

static inline Status load(Desk *desk, const char *text) {
    const JobSource source = source_of(text);
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

static inline Status load_set(Desk *desk, const char *text, const char *set) {
    JobSource source = source_of(text);
    source.sets = &set;
    source.set_count = 1;
    desk->errors = errors_create(desk->arena);
    return job_load(&source, desk->arena, &desk->job, desk->errors);
}

/* The body stands behind a version and a smallest project. */
static inline Status load_body(Desk *desk, const char *body) {
    return load(desk,
                arena_format(desk->arena,
                             "nocturne: 1\nproject: {title: T, code: T, length: 60 s}\n%s", body));
}

#define HEAD "nocturne: 1\nproject: {title: T, code: T, length: 60 s}\n"

#endif
