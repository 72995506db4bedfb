/* Names of a job become indices: stems, rooms, outputs, roots. */
#include "jobs/job_references.h"

#include <string.h>

#include "jobs/builtin_stems.h"
#include "jobs/job_adm.h"
#include "jobs/job_families.h"
#include "jobs/job_path.h"
#include "jobs/job_schema.h"
#include "jobs/job_sets.h"
#include "jobs/job_slots.h"
#include "jobs/name_table.h"
#include "jobs/reference.h"

typedef struct Resolver {
    JobSpec *job;
    Arena *arena;
    NameTable stems, rooms, positions;
    ErrorList *errors;
} Resolver;

/* The stem's id in `mx`, `mx.dry` and `mx.wet`: ids have no dot. */
static bool output_is_of(const JobOutput *output, const char *stem) {
    const size_t length = strcspn(output->name, ".");
    return strlen(stem) == length && strncmp(output->name, stem, length) == 0;
}

static bool is_used(const JobSpec *job, const char *stem) {
    for (int layer = 0; layer < job->layer_count; layer++) {
        if (strcmp(job->layers[layer].stem.text, stem) == 0) {
            return true;
        }
    }
    for (int deliverable = 0; deliverable < job->deliverable_count; deliverable++) {
        const JobDeliverable *written = &job->deliverables[deliverable];
        for (int output = 0; output < written->output_count; output++) {
            if (output_is_of(&written->outputs[output], stem)) {
                return true;
            }
        }
    }
    return false;
}

/* The index of a word among the words of a key. */
static int word_index(const char *path, const char *member, const char *word, Arena *arena) {
    const WordList words = job_schema_words(job_schema_find(path, member), arena);
    int index = 0;
    for (const char *rest = words.words; *rest; index++) {
        const size_t length = strcspn(rest, " ");
        if (strlen(word) == length && strncmp(rest, word, length) == 0) {
            return index;
        }
        rest += length;
        rest += *rest == ' ';
    }
    return -1;
}

static void add_builtin_stems(Resolver *resolver) {
    enum { MAX_BUILTIN = 16 };
    JobSpec *job = resolver->job;
    JobStem *stems =
        arena_array(resolver->arena, (size_t)job->stem_count + MAX_BUILTIN, sizeof *stems);
    for (int stem = 0; stem < job->stem_count; stem++) {
        stems[stem] = job->stems[stem];
        name_table_set(&resolver->stems, stems[stem].id, stem, resolver->arena);
    }
    job->stems = stems;
    for (int index = 0; index < MAX_BUILTIN && builtin_stem_at(index); index++) {
        const char *id = builtin_stem_at(index);
        if (name_table_find(&resolver->stems, id) < 0 && is_used(job, id)) {
            const int role = word_index("stems.*", "role", builtin_stem_role(id), resolver->arena);
            name_table_set(&resolver->stems, id, job->stem_count, resolver->arena);
            stems[job->stem_count++] = (JobStem){.id = id, .role = {.index = role}};
        }
    }
}

static Status fail_stem(const Resolver *resolver, const char *wrong, Place place, bool is_output) {
    enum { EXTRA = 18 };
    const JobSpec *job = resolver->job;
    Reference *names = arena_array(resolver->arena, (size_t)job->stem_count + EXTRA, sizeof *names);
    int count = 0;
    if (is_output) {
        names[count++] = (Reference){"full", NO_PLACE};
        names[count++] = (Reference){"me", NO_PLACE};
    }
    for (int stem = 0; stem < job->stem_count; stem++) {
        names[count++] = (Reference){job->stems[stem].id, job->stems[stem].id_place};
    }
    for (int index = 0; builtin_stem_at(index); index++) {
        names[count++] = (Reference){builtin_stem_at(index), NO_PLACE};
    }
    const ReferenceList list = {"stem", names, count};
    return reference_fail(&list, wrong, place, resolver->errors);
}

static void resolve_sends(Resolver *resolver, const JobLayer *layer) {
    const JobSpec *job = resolver->job;
    for (int send = 0; send < layer->send_count; send++) {
        const JobSend *written = &layer->sends[send];
        if (name_table_find(&resolver->rooms, written->room) >= 0) {
            continue;
        }
        Reference *names = arena_array(resolver->arena, (size_t)job->room_count, sizeof *names);
        for (int room = 0; room < job->room_count; room++) {
            names[room] = (Reference){job->rooms[room].id, job->rooms[room].id_place};
        }
        const ReferenceList list = {"room", names, job->room_count};
        reference_fail(&list, written->room, written->room_place, resolver->errors);
    }
}

/* A name becomes what it stands for; messages about it point at the name. */
static void resolve_position(Resolver *resolver, JobPosition *position) {
    const JobSpec *job = resolver->job;
    const JobText name = position->name;
    if (!name.text) {
        return;
    }
    const int found = name_table_find(&resolver->positions, name.text);
    if (found >= 0) {
        *position = job->positions[found].at;
        position->name = name;
        position->place = name.place;
        return;
    }
    const size_t count = (size_t)job->position_count + 1;
    Reference *names = arena_array(resolver->arena, count, sizeof *names);
    names[0] = (Reference){"front", NO_PLACE};
    for (int index = 0; index < job->position_count; index++) {
        names[1 + index] = (Reference){job->positions[index].id, job->positions[index].id_place};
    }
    const ReferenceList list = {"position", names, (int)count};
    reference_fail(&list, name.text, name.place, resolver->errors);
}

static void add_positions(Resolver *resolver) {
    const JobSpec *job = resolver->job;
    for (int index = 0; index < job->position_count; index++) {
        const JobNamedPosition *position = &job->positions[index];
        name_table_set(&resolver->positions, position->id, index, resolver->arena);
        if (strcmp(position->id, "front") == 0) {
            fail(resolver->errors, E306, position->id_place,
                 "`front` is not a position's own name");
            error_note(resolver->errors, "`front` is az 0 deg, el 0 deg, dist 1 m");
        }
    }
}

static void resolve_layer(Resolver *resolver, JobLayer *layer) {
    layer->stem_index = name_table_find(&resolver->stems, layer->stem.text);
    if (layer->stem_index < 0) {
        fail_stem(resolver, layer->stem.text, layer->stem.place, false);
    }
    resolve_sends(resolver, layer);
    resolve_position(resolver, &layer->pan);
    for (int point = 0; point < layer->path_count; point++) {
        resolve_position(resolver, &layer->path[point].at);
    }
    job_path_check(resolver->job, &layer->file, resolver->errors);
    for (int take = 0; take < layer->take_count; take++) {
        if (layer->takes[take].file.text != layer->file.text) {
            job_path_check(resolver->job, &layer->takes[take].file, resolver->errors);
        }
    }
}

static void add_families(Resolver *resolver) {
    const JobSpec *job = resolver->job;
    for (int stem = 0; stem < job->stem_count; stem++) {
        if (job->stems[stem].whole) {
            name_table_set(&resolver->stems, job->stems[stem].id, stem, resolver->arena);
        }
    }
}

/* What stands behind the dot. */
static Status resolve_part(Resolver *resolver, JobOutput *output) {
    static const char *const words[] = {"dry", "wet"};
    const char *dot = strchr(output->name, '.');
    const int length = (int)strcspn(output->name, ".");
    if (!dot) {
        return DONE;
    }
    for (int part = PART_DRY; part <= PART_WET; part++) {
        output->part = strcmp(dot + 1, words[part - 1]) == 0 ? (StemPart)part : output->part;
    }
    const char *owner = arena_format(resolver->arena, "%.*s", length, output->name);
    if (strcmp(owner, "full") == 0 || strcmp(owner, "me") == 0) {
        fail(resolver->errors, E301, output->place, "`%s` has no parts, stems have", owner);
        error_help(resolver->errors, "parts of a stem: mx.dry and mx.wet");
        return E301;
    }
    return DONE;
}

static void resolve_stem_output(Resolver *resolver, JobOutput *output) {
    if (resolve_part(resolver, output) != DONE) {
        return;
    }
    const int length = (int)strcspn(output->name, output->part == PART_WHOLE ? "" : ".");
    const char *stem = arena_format(resolver->arena, "%.*s", length, output->name);
    output->kind = OUTPUT_STEM;
    output->stem_index = name_table_find(&resolver->stems, stem);
    if (output->stem_index < 0) {
        fail_stem(resolver, stem, output->place, true);
    }
}

static void resolve_outputs(Resolver *resolver, JobDeliverable *deliverable) {
    for (int index = 0; index < deliverable->output_count; index++) {
        JobOutput *output = &deliverable->outputs[index];
        if (!job_set_resolve(resolver->job, output, resolver->arena, resolver->errors)) {
            resolve_stem_output(resolver, output);
        }
    }
}

/* What is made of a bus stem by stem can be trimmed there. */
static void resolve_overrides(Resolver *resolver, JobDeliverable *deliverable) {
    const bool has_harmonics =
        deliverable->layout_table && deliverable->layout_table->kind == LAYOUT_AMBISONIC;
    if (!deliverable->has_overrides) {
        return;
    }
    if (deliverable->is_adm || has_harmonics || deliverable->headphone_eq.text) {
        fail(resolver->errors, E208, deliverable->overrides_note.place, "%s has no overrides",
             deliverable->is_adm ? "a deliverable of layout adm"
             : has_harmonics     ? "an ambisonic deliverable"
                                 : "a deliverable with `headphone_eq`");
    }
    for (int index = 0; index < deliverable->trim_count; index++) {
        JobTrim *trim = &deliverable->trims[index];
        trim->stem_index = name_table_find(&resolver->stems, trim->stem);
        if (trim->stem_index < 0) {
            fail_stem(resolver, trim->stem, trim->stem_place, false);
        }
    }
}

void job_references_resolve(JobSpec *job, Arena *arena, ErrorList *errors) {
    Resolver resolver = {.job = job, .arena = arena, .errors = errors};
    add_builtin_stems(&resolver);
    add_positions(&resolver);
    for (int room = 0; room < job->room_count; room++) {
        name_table_set(&resolver.rooms, job->rooms[room].id, room, arena);
        if (job->rooms[room].ir.text) {
            job_path_check(job, &job->rooms[room].ir, errors);
        }
    }
    for (int layer = 0; layer < job->layer_count; layer++) {
        resolve_layer(&resolver, &job->layers[layer]);
    }
    job_families_split(job, arena, errors);
    add_families(&resolver);
    job_sets_check(job, errors);
    for (int deliverable = 0; deliverable < job->deliverable_count; deliverable++) {
        resolve_outputs(&resolver, &job->deliverables[deliverable]);
        resolve_overrides(&resolver, &job->deliverables[deliverable]);
        job_adm_resolve(job, &job->deliverables[deliverable], arena, errors);
        job_slots_check(job, &job->deliverables[deliverable], arena, errors);
        if (job->deliverables[deliverable].sofa.text) {
            job_path_check(job, &job->deliverables[deliverable].sofa, errors);
        }
        if (job->deliverables[deliverable].headphone_eq.text) {
            job_path_check(job, &job->deliverables[deliverable].headphone_eq, errors);
        }
    }
}
