/* Names of sets to the stems that are in them. */
#include "jobs/job_sets.h"

#include <string.h>

#include "jobs/job_families.h"
#include "jobs/reference.h"

enum { ROLE_DIALOGUE };

static const char full_set[] = "full";
static const char me_set[] = "me";

bool job_stem_is_in(const JobStem *stem, const char *set) {
    if (stem->whole && strcmp(stem->whole, set) == 0) {
        return true;
    }
    for (int word = 0; word < stem->in.count; word++) {
        if (strcmp(stem->in.words[word], set) == 0) {
            return true;
        }
    }
    const bool is_default = stem->in.count == 0;
    return is_default && (strcmp(set, full_set) == 0 ||
                          (strcmp(set, me_set) == 0 && stem->role.index != ROLE_DIALOGUE));
}

static bool is_set(const JobSpec *job, const char *name) {
    bool is_known = strcmp(name, full_set) == 0 || strcmp(name, me_set) == 0;
    for (int stem = 0; stem < job->stem_count; stem++) {
        is_known = is_known || job_stem_is_in(&job->stems[stem], name);
    }
    return is_known;
}

static int find_stem(const JobSpec *job, const char *id) {
    int stem = job->stem_count - 1;
    while (stem >= 0 && strcmp(job->stems[stem].id, id) != 0) {
        stem--;
    }
    return stem;
}

/* Takes the stems behind `-` out of the set. */
static void take_out(
    const JobSpec *job, const JobOutput *output, bool *is_in, Arena *arena, ErrorList *errors) {
    const char *at = output->name + strcspn(output->name, "-");
    while (*at) {
        const size_t length = strcspn(at + 1, "-");
        const char *id = arena_copy_bytes(arena, at + 1, length);
        bool is_stem = false;
        bool was_in = false;
        for (int stem = 0; stem < job->stem_count; stem++) {
            const bool is_meant = job_stem_is_of(&job->stems[stem], id);
            is_stem = is_stem || is_meant;
            was_in = was_in || (is_meant && is_in[stem]);
            is_in[stem] = is_in[stem] && !is_meant;
        }
        if (!was_in) {
            fail(errors, E301, output->place,
                 is_stem ? "`%s` takes out `%s`, which is not in it"
                         : "`%s` takes out `%s`: no stem is called so",
                 output->name, id);
            return;
        }
        at += 1 + length;
    }
}

/* Whether some layer of the job sounds in it. */
static bool is_heard(const JobSpec *job, const bool *is_in) {
    for (int layer = 0; layer < job->layer_count; layer++) {
        const int stem = job->layers[layer].stem_index;
        if (stem >= 0 && is_in[stem]) {
            return true;
        }
    }
    return job->layer_count == 0;
}

bool job_set_resolve(const JobSpec *job, JobOutput *output, Arena *arena, ErrorList *errors) {
    const size_t length = strcspn(output->name, "-");
    const char *set = arena_copy_bytes(arena, output->name, length);
    if (!is_set(job, set)) {
        return false;
    }
    bool *is_in = arena_array(arena, (size_t)job->stem_count + 1, sizeof *is_in);
    for (int stem = 0; stem < job->stem_count; stem++) {
        is_in[stem] = job_stem_is_in(&job->stems[stem], set);
    }
    const bool is_whole = output->name[length] == '\0';
    output->kind = is_whole && strcmp(set, full_set) == 0 ? OUTPUT_FULL
                   : is_whole && strcmp(set, me_set) == 0 ? OUTPUT_ME
                                                          : OUTPUT_SET;
    output->is_in = is_in;
    take_out(job, output, is_in, arena, errors);
    if (!is_heard(job, is_in)) {
        fail(errors, E208, output->place, "`%s` would be silent: no layer is in it", output->name);
        error_help(errors, "a stem says where it belongs: `stems: {x: {role: music, in: [%s]}}`",
                   set);
    }
    return true;
}

void job_sets_check(const JobSpec *job, ErrorList *errors) {
    for (int stem = 0; stem < job->stem_count; stem++) {
        const JobTags *in = &job->stems[stem].in;
        for (int word = 0; word < in->count; word++) {
            const int other = find_stem(job, in->words[word]);
            if (other >= 0) {
                fail(errors, E306, job->stems[other].id_place,
                     "`%s` is a set that stems.%s is in, and a stem", in->words[word],
                     job->stems[stem].id);
            }
        }
    }
}
