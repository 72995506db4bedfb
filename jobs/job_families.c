/* A stem by family of instruments: stems of its own, whose sum it is. */
#include "jobs/job_families.h"

#include <string.h>

#include "jobs/suggest.h"

static const char rest_word[] = "rest";

typedef struct Splitter {
    JobSpec *job;
    int written_stem_count; /* those behind are made here */
    Arena *arena;
    ErrorList *errors;
} Splitter;

bool job_stem_is_of(const JobStem *stem, const char *id) {
    return strcmp(stem->id, id) == 0 || (stem->whole && strcmp(stem->whole, id) == 0);
}

/* What stands behind the dot of `mx.brass`; NULL: `mx`, and the parts that every stem has. */
static const char *family_of(const JobOutput *output) {
    const char *dot = strchr(output->name, '.');
    const bool is_part = dot && (!strcmp(dot, ".dry") || !strcmp(dot, ".wet"));
    return dot && !is_part ? dot + 1 : NULL;
}

static bool is_output_of(const JobOutput *output, const char *stem) {
    const size_t length = strlen(stem);
    return strncmp(output->name, stem, length) == 0 &&
           (output->name[length] == '.' || output->name[length] == '\0');
}

/* The written name of a stem, which may have become that of its rest. */
static const char *name_of(const JobStem *stem) {
    return stem->whole ? stem->whole : stem->id;
}

static int find_written(const Splitter *splitter, const JobOutput *output) {
    int stem = splitter->written_stem_count - 1;
    while (stem >= 0 && !is_output_of(output, name_of(&splitter->job->stems[stem]))) {
        stem--;
    }
    return stem;
}

static bool has_family(const JobLayer *layer, const char *family) {
    return layer->family.text && strcmp(layer->family.text, family) == 0;
}

/* Layers of the stem that have the family; NULL: any. */
static int count_layers(const Splitter *splitter, int stem, const char *family) {
    int count = 0;
    for (int layer = 0; layer < splitter->job->layer_count; layer++) {
        const JobLayer *own = &splitter->job->layers[layer];
        count += own->stem_index == stem && (!family || has_family(own, family));
    }
    return count;
}

static void fail_family(const Splitter *splitter, const JobOutput *output, int stem) {
    enum { PARTS = 3 };
    const JobSpec *job = splitter->job;
    const char *owner = name_of(&job->stems[stem]);
    const char **words =
        arena_array(splitter->arena, (size_t)job->layer_count + PARTS, sizeof *words);
    int count = 0;
    words[count++] = "dry";
    words[count++] = "wet";
    words[count++] = rest_word;
    for (int layer = 0; layer < job->layer_count; layer++) {
        if (job->layers[layer].stem_index == stem && job->layers[layer].family.text) {
            words[count++] = job->layers[layer].family.text;
        }
    }
    fail(splitter->errors, E301, output->place, "no part of a stem is called `%s`",
         family_of(output));
    const char *nearest = suggest_nearest(family_of(output), words, count);
    if (nearest) {
        error_caret(splitter->errors, "did you mean `%s.%s`?", owner, nearest);
    }
    error_note(splitter->errors,
               "parts of a stem: %s.dry (without rooms), %s.wet (rooms alone); the `family` of "
               "its layers, and %s.rest, which is in none of those that are asked for",
               owner, owner, owner);
}

static bool check_whole(const Splitter *splitter, const JobOutput *output, int stem) {
    const JobStem *owner = &splitter->job->stems[stem];
    if (owner->budget_lufs.place.line > 0) {
        fail(splitter->errors, E208, output->place, "`%s` has a budget, which is that of all of it",
             name_of(owner));
        error_mark(splitter->errors, owner->budget_lufs.place, "here");
        return false;
    }
    return true;
}

/* A stem of its own for the layers of one family; those of the rest stay where they are. */
static void take_family(Splitter *splitter, int stem, const char *family) {
    JobSpec *job = splitter->job;
    const int made = job->stem_count++;
    JobStem *stems = job->stems;
    stems[made] = stems[stem];
    stems[made].whole = name_of(&stems[stem]);
    stems[made].id = arena_format(splitter->arena, "%s.%s", stems[made].whole, family);
    for (int layer = 0; layer < job->layer_count; layer++) {
        JobLayer *own = &job->layers[layer];
        if (own->stem_index == stem && has_family(own, family)) {
            own->stem_index = made;
        }
    }
}

static bool is_made(const Splitter *splitter, const JobOutput *output) {
    for (int stem = splitter->written_stem_count; stem < splitter->job->stem_count; stem++) {
        if (strcmp(splitter->job->stems[stem].id, output->name) == 0) {
            return true;
        }
    }
    return false;
}

static void split_for(Splitter *splitter, const JobOutput *output) {
    const char *family = family_of(output);
    const int stem = family ? find_written(splitter, output) : -1;
    if (stem < 0 || is_made(splitter, output) || !check_whole(splitter, output, stem)) {
        return; /* a stem that is not there is told where outputs are resolved */
    }
    const bool is_rest = strcmp(family, rest_word) == 0;
    if (!is_rest && count_layers(splitter, stem, family) == 0) {
        fail_family(splitter, output, stem);
        return;
    }
    if (!is_rest) {
        take_family(splitter, stem, family);
    }
    JobStem *rest = &splitter->job->stems[stem];
    rest->whole = name_of(rest);
    rest->id = arena_format(splitter->arena, "%s.%s", rest->whole, rest_word);
}

/* Stems are kept in one table: nothing stands in that of the rest when all layers have left. */
static void check_rest(const Splitter *splitter, const JobOutput *output) {
    const int stem = find_written(splitter, output);
    const char *family = family_of(output);
    if (stem < 0 || !splitter->job->stems[stem].whole) {
        return;
    }
    if (!family && strchr(output->name, '.')) {
        fail(splitter->errors, E208, output->place,
             "`%s` is delivered by family, too: it has no %s", name_of(&splitter->job->stems[stem]),
             strchr(output->name, '.') + 1);
    } else if (family && !strcmp(family, rest_word) && count_layers(splitter, stem, NULL) == 0) {
        fail(splitter->errors, E208, output->place, "`%s` would be silent: no layer is in it",
             output->name);
    }
}

typedef void (*OutputVisitor)(Splitter *splitter, const JobOutput *output);

static void visit_check(Splitter *splitter, const JobOutput *output) {
    check_rest(splitter, output);
}

static int visit_outputs(Splitter *splitter, OutputVisitor visit) {
    int count = 0;
    for (int index = 0; index < splitter->job->deliverable_count; index++) {
        const JobDeliverable *deliverable = &splitter->job->deliverables[index];
        for (int output = 0; output < deliverable->output_count; output++) {
            visit(splitter, &deliverable->outputs[output]);
        }
        count += deliverable->output_count;
    }
    return count;
}

static void visit_nothing(Splitter *splitter, const JobOutput *output) {
    (void)splitter;
    (void)output;
}

void job_families_split(JobSpec *job, Arena *arena, ErrorList *errors) {
    Splitter splitter = {
        .job = job, .written_stem_count = job->stem_count, .arena = arena, .errors = errors};
    const int most = job->stem_count + visit_outputs(&splitter, visit_nothing);
    JobStem *stems = arena_array(arena, (size_t)most + 1, sizeof *stems);
    for (int stem = 0; stem < job->stem_count; stem++) {
        stems[stem] = job->stems[stem];
    }
    job->stems = stems;
    visit_outputs(&splitter, split_for);
    visit_outputs(&splitter, visit_check);
}
