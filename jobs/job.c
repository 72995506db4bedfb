/* From the bytes of a job file to a JobSpec that is typed and checked, or all that is wrong. */
#include "jobs/job.h"

#include <string.h>

#include "jobs/job_complete.h"
#include "jobs/job_conform.h"
#include "jobs/job_decisions.h"
#include "jobs/job_dynamics.h"
#include "jobs/job_folds.h"
#include "jobs/job_grade.h"
#include "jobs/job_loudness.h"
#include "jobs/job_names.h"
#include "jobs/job_path.h"
#include "jobs/job_policy.h"
#include "jobs/job_profiles.h"
#include "jobs/job_reader.h"
#include "jobs/job_recut.h"
#include "jobs/job_reels.h"
#include "jobs/job_references.h"
#include "jobs/job_score.h"
#include "jobs/job_tempo.h"
#include "jobs/job_times.h"
#include "jobs/job_tree.h"
#include "jobs/name_table.h"
#include "jobs/palette.h"
#include "jobs/room_lint.h"
#include "jobs/transition.h"
#include "jobs/user_layout.h"
#include "render/base/files.h"

/* Status of the first error behind `after` (NULL: all). */
static Status first_error(const ErrorList *errors, const ErrorEntry *after) {
    for (const ErrorEntry *entry = after ? after->next : errors_first(errors); entry;
         entry = entry->next) {
        if (entry->severity == SEVERITY_ERROR) {
            return entry->status;
        }
    }
    return DONE;
}

/* Each step runs only when the ones before it found nothing: what follows from an error is not
 * reported (DECISIONS 21). */
static Status
fill(JobReader *reader, const JobSource *source, const Node *root, const ErrorEntry *before) {
    JobSpec *job = reader->job;
    ErrorList *errors = reader->errors;
    job_reader_read(reader, root);
    if (source->grade >= 0) {
        job->grade = (JobChoice){.index = source->grade};
    }
    if (first_error(errors, before) == DONE) {
        job_layouts_build(job, reader->arena, errors);
    }
    job_complete(job, reader->arena, errors);
    job_policies_resolve(job, reader->arena, errors);
    TRY(first_error(errors, before));

    job_tempo_build(job, reader->arena, errors);
    TRY(first_error(errors, before));

    palette_resolve(reader);
    job_roots_find(job, source, reader->arena, errors);
    job_recut_make(reader);
    TRY(first_error(errors, before));

    job_times_resolve(reader);
    job_recut_apply(reader);
    job_references_resolve(job, reader->arena, errors);
    transitions_resolve(job, reader->arena, errors);
    job_folds_resolve(job, reader->arena, errors);
    job_loudness_check(job, errors);
    job_score_resolve(job, reader->arena, errors);
    TRY(first_error(errors, before));

    job_score_complete(job, reader->arena, errors);
    TRY(first_error(errors, before));

    job_times_check(reader);
    job_conform_check(reader);
    job_score_check(job, reader->arena, errors);
    job_dynamics_check(job, reader->arena, errors);
    job_grade_check(job, reader->arena, errors);
    job_reels_check(job, reader->arena, errors);
    job_decisions_check(job, reader->arena, errors);
    job_names_expand(job, reader->arena, errors);
    return first_error(errors, before);
}

Status job_load(const JobSource *source, Arena *arena, JobSpec **job, ErrorList *errors) {
    const ErrorEntry *before = errors_last(errors);
    JobFiles files;
    Node *root = NULL;
    TRY(job_files_open(source, arena, &files, errors));
    TRY(job_tree_read(source, &files, arena, &root, errors));
    *job = arena_alloc(arena, sizeof **job);
    job_profiles_apply(&root, &files, arena, &(*job)->profiles, &(*job)->profile_count, errors);
    (*job)->path = source->path;
    (*job)->folder = path_make_absolute(path_folder(arena, source->path), arena);
    TRY(palette_apply(&root, &files, arena, errors));
    RecutFiles recut;
    TRY(job_recut_find(root, &files, arena, &recut, errors));
    (*job)->bytes = job_files_bundle(&files, arena);
    (*job)->tree = root;
    (*job)->alternate = source->alternate;
    JobReader reader = {
        .job = *job,
        .arena = arena,
        .errors = errors,
        .recut = recut,
        .files = &files,
        .base = {.frame_rate = frame_rate_find("24"), .rate_hz = 48000, .start_seconds = {0, 1}}
    };
    return fill(&reader, source, root, before);
}

Status job_require_work(const JobSpec *job, ErrorList *errors) {
    Status status = DONE;
    if (job->layer_count == 0) {
        status = fail(errors, E203, NO_PLACE, "the job has no layers");
    }
    if (job->deliverable_count == 0) {
        fail(errors, E203, NO_PLACE, "the job has no deliverables");
        status = E203;
    }
    return status;
}

static void lint_hrtf(const JobDeliverable *deliverable, ErrorList *errors) {
    const bool is_system =
        deliverable->sofa.text && strncmp(deliverable->sofa.text, "sys:", 4) == 0;
    if (!is_system || deliverable->sofa_sha256.text) {
        return;
    }
    const Place place =
        deliverable->sofa.place.line > 0 ? deliverable->sofa.place : deliverable->id_place;
    warn(errors, E421, place, "this final deliverable relies on the HRTF of this system");
    error_help(errors, "pin it: `sofa: {file: %s, sha256: ...}`", deliverable->sofa.text);
}

static bool is_sent_to(const JobSpec *job, const char *room) {
    for (int layer = 0; layer < job->layer_count; layer++) {
        for (int send = 0; send < job->layers[layer].send_count; send++) {
            if (strcmp(job->layers[layer].sends[send].room, room) == 0) {
                return true;
            }
        }
    }
    for (int transition = 0; transition < job->transition_count; transition++) {
        const char *bridge = job->transitions[transition].room.text;
        if (bridge && strcmp(bridge, room) == 0) {
            return true;
        }
    }
    return false;
}

static void lint_room(const JobSpec *job, const JobRoom *room, ErrorList *errors) {
    if (!is_sent_to(job, room->id)) {
        warn(errors, E342, room->id_place, "no layer sends to rooms.%s", room->id);
        error_help(errors, "send: {%s: -12 dB} in a layer", room->id);
    }
}

/* What more layers than this say of themselves was copied, not thought of. */
enum { MOST_OF_ONE_PURPOSE = 3 };

static void lint_purposes(const JobSpec *job, ErrorList *errors) {
    Arena *scratch = arena_create();
    NameTable purposes = {0};
    int *counts = arena_array(scratch, (size_t)job->layer_count + 1, sizeof *counts);
    for (int layer = 0; layer < job->layer_count; layer++) {
        const JobText *purpose = &job->layers[layer].purpose;
        if (!purpose->text) {
            warn(errors, E301, job->layers[layer].id_place, "layers.%s has no purpose",
                 job->layers[layer].id);
            error_help(errors, "add `purpose:` and say why it is there");
            continue;
        }
        int first = name_table_find(&purposes, purpose->text);
        if (first < 0) {
            first = layer;
            name_table_set(&purposes, purpose->text, first, scratch);
        }
        if (++counts[first] == MOST_OF_ONE_PURPOSE + 1) {
            warn(errors, E302, purpose->place, "more than %d layers have this purpose",
                 MOST_OF_ONE_PURPOSE);
            error_mark(errors, job->layers[first].purpose.place, "the first of them");
            error_help(errors, "say of each layer what it does that the others do not");
        }
    }
    arena_destroy(&scratch);
}

static bool has_motif(const JobTags *tags) {
    for (int tag = 0; tag < tags->count; tag++) {
        if (strncmp(tags->words[tag], "motif:", strlen("motif:")) == 0 ||
            strcmp(tags->words[tag], "music:none") == 0) {
            return true;
        }
    }
    return false;
}

/* A motif of its own, or of a cue that sounds in it. */
static bool is_mapped(const JobSpec *job, const JobScene *scene) {
    bool is_mapped = has_motif(&scene->tags);
    for (int cue = 0; cue < job->cue_count && !is_mapped; cue++) {
        is_mapped = has_motif(&job->cues[cue].tags) &&
                    rational_compare(job->cues[cue].in.seconds, scene->out.seconds) < 0 &&
                    rational_compare(scene->in.seconds, job->cues[cue].out.seconds) < 0;
    }
    return is_mapped;
}

static bool names_motifs(const JobSpec *job) {
    bool names = false;
    for (int cue = 0; cue < job->cue_count; cue++) {
        names = names || has_motif(&job->cues[cue].tags);
    }
    for (int scene = 0; scene < job->scene_count; scene++) {
        names = names || has_motif(&job->scenes[scene].tags);
    }
    return names;
}

static void lint_scenes(const JobSpec *job, ErrorList *errors) {
    const bool maps_motifs = names_motifs(job);
    for (int index = 0; index < job->scene_count; index++) {
        const JobScene *scene = &job->scenes[index];
        if (job->arc_count > 0 && !scene->arc.text) {
            warn(errors, E310, scene->id_place, "scenes.%s has no arc", scene->id);
            error_help(errors, "add `arc:` with one of the arcs, or `arc: none`");
        }
        if (maps_motifs && !is_mapped(job, scene)) {
            warn(errors, E311, scene->id_place, "scenes.%s has no musical idea", scene->id);
            error_help(errors, "add `tags: [motif:NAME]` to it or to a cue in it, or "
                               "`tags: [music:none]`");
        }
    }
}

void job_lint(const JobSpec *job, ErrorList *errors) {
    for (int room = 0; room < job->room_count; room++) {
        lint_room(job, &job->rooms[room], errors);
    }
    enum { GRADE_FINAL };
    lint_purposes(job, errors);
    lint_scenes(job, errors);
    lint_scene_rooms(job, errors);
    job_conform_warn(job, errors);
    for (int index = 0; index < job->deliverable_count; index++) {
        if (job->grade.index == GRADE_FINAL) {
            lint_hrtf(&job->deliverables[index], errors);
        }
    }
}
