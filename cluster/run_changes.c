/* What changed between the outputs of two runs. */
#include "cluster/run_changes.h"

#include <math.h>
#include <string.h>

#include "cluster/qc_set.h"
#include "render/base/files.h"

enum { CHUNK_FRAMES = 65536, PARTS_MAX = 1024 };

/* Less is what two dithers differ by. */
static const double least_lu = 0.1;
static const double least_band_db = 1.0;
static const double shortest_gap_s = 1.0; /* of the time between scenes */
static const float least_level = 0.0003F; /* -70 dBFS: where something begins */

typedef struct Part {
    const char *name; /* NULL: all of it */
    int64_t begin, end;
    QcMeasure *measure; /* while it is heard */
    QcNumbers numbers;
} Part;

typedef struct Side { /* one run */
    QcSet *set;
    json_t *manifest;
} Side;

typedef struct Comparison {
    Side sides[2];
    RunChanges *found;
    Arena *arena;
    ErrorList *errors;
} Comparison;

static void add_change(const Comparison *comparison, RunChange change) {
    RunChanges *found = comparison->found;
    found->changes = arena_grow(comparison->arena, found->changes, found->count, &found->capacity,
                                sizeof *found->changes);
    found->changes[found->count++] = change;
}

/* ---- the parts of a run ---- */

static double number_of(const json_t *object, const char *key) {
    return json_number_value(json_object_get(object, key));
}

/* The time between scenes, when it is long enough to be measured. */
static int add_gap(Part *parts, int count, int64_t begin, int64_t end, int rate_hz, Arena *arena) {
    if (count == PARTS_MAX || (double)(end - begin) < shortest_gap_s * rate_hz) {
        return count;
    }
    parts[count++] = (Part){.name = arena_format(arena, "%.1f s … %.1f s", (double)begin / rate_hz,
                                                 (double)end / rate_hz),
                            .begin = begin,
                            .end = end};
    return count;
}

/* Scenes in the order of time and what lies between them; all of it when there is none. */
static int list_parts(const Side *side, const QcItem *item, Part *parts, Arena *arena) {
    const json_t *scenes = json_object_get(side->manifest, "scenes");
    const bool is_whole = item->reel && !*item->reel;
    const int rate_hz = (int)item->expected_rate_hz;
    int64_t done = 0;
    int count = 0;
    size_t index = 0;
    const json_t *scene = NULL;
    json_array_foreach(scenes, index, scene) {
        const int64_t begin = (int64_t)rint(number_of(scene, "in_s") * rate_hz);
        const int64_t end = (int64_t)rint(number_of(scene, "out_s") * rate_hz);
        if (!is_whole || count >= PARTS_MAX - 1 || begin < 0 || end > item->expected_frames) {
            continue;
        }
        count = add_gap(parts, count, done, begin, rate_hz, arena);
        parts[count++] =
            (Part){.name = arena_copy_text(arena, json_string_value(json_object_get(scene, "id"))),
                   .begin = begin,
                   .end = end};
        done = end > done ? end : done;
    }
    if (count == 0) {
        parts[count++] = (Part){.end = item->expected_frames};
        return count;
    }
    return add_gap(parts, count, done, item->expected_frames, rate_hz, arena);
}

/* ---- measuring ---- */

typedef struct Hearing {
    const QcSubject *subject;
    QcFindings *findings; /* nobody looks at them */
    Arena *arena;
    Part *parts;
    int part_count;
    int64_t first_sound; /* -1: none yet */
    ErrorList *errors;
} Hearing;

static int64_t clip(int64_t value, int64_t least, int64_t most) {
    return value < least ? least : (value > most ? most : value);
}

/* What of a chunk lies in a part. */
static Status
hear_part(const Hearing *hearing, Part *part, float *const *planes, int64_t begin, int64_t count) {
    const int64_t from = clip(part->begin - begin, 0, count);
    const int64_t to = clip(part->end - begin, 0, count);
    if (from >= to) {
        return DONE;
    }
    if (!part->measure) {
        TRY(qc_measure_create(hearing->subject, hearing->findings, hearing->arena, &part->measure,
                              hearing->errors));
    }
    float **shifted =
        arena_array(hearing->arena, (size_t)hearing->subject->channel_count, sizeof *shifted);
    for (int channel = 0; channel < hearing->subject->channel_count; channel++) {
        shifted[channel] = planes[channel] + from;
    }
    qc_measure_add(part->measure, shifted, to - from);
    if (begin + to >= part->end) {
        qc_measure_finish(part->measure, &part->numbers);
        qc_measure_destroy(&part->measure);
    }
    return DONE;
}

static void find_begin(Hearing *hearing, float *const *planes, int64_t begin, int64_t count) {
    for (int64_t at = 0; hearing->first_sound < 0 && at < count; at++) {
        for (int channel = 0; channel < hearing->subject->channel_count; channel++) {
            if (fabsf(planes[channel][at]) > least_level) {
                hearing->first_sound = begin + at;
            }
        }
    }
}

static Status walk(Hearing *hearing, QcProgramme *programme, Arena *arena) {
    const int channels = hearing->subject->channel_count;
    float **planes = arena_array(arena, (size_t)channels, sizeof *planes);
    for (int channel = 0; channel < channels; channel++) {
        planes[channel] = arena_array(arena, CHUNK_FRAMES, sizeof(float));
    }
    int64_t got = CHUNK_FRAMES;
    for (int64_t begin = 0; got == CHUNK_FRAMES; begin += got) {
        TRY(qc_programme_read(programme, planes, CHUNK_FRAMES, &got, hearing->errors));
        find_begin(hearing, planes, begin, got);
        for (int part = 0; part < hearing->part_count; part++) {
            TRY(hear_part(hearing, &hearing->parts[part], planes, begin, got));
        }
    }
    return DONE;
}

typedef struct Heard { /* one output of one run */
    Part *parts;
    int part_count;
    int64_t first_sound;
} Heard;

static Status hear(const Comparison *comparison, int side, QcItem *item, Heard *heard) {
    Arena *arena = arena_create();
    QcPolicy policy = qc_policy_default();
    memset(policy.levels, 0, sizeof policy.levels); /* QC_OFF */
    heard->parts = arena_array(comparison->arena, PARTS_MAX, sizeof *heard->parts);
    heard->part_count = list_parts(&comparison->sides[side], item, heard->parts, comparison->arena);
    Status status = qc_programme_open(&item->programme, arena, comparison->errors);
    const QcSubject subject = {.channel_count = qc_programme_plane_count(&item->programme),
                               .rate_hz = item->programme.info.rate_hz,
                               .layout = item->programme.layout};
    Hearing hearing = {.subject = &subject,
                       .findings = qc_findings_create(&policy, arena),
                       .arena = arena,
                       .parts = heard->parts,
                       .part_count = heard->part_count,
                       .first_sound = -1,
                       .errors = comparison->errors};
    status = status ? status : walk(&hearing, &item->programme, arena);
    heard->first_sound = hearing.first_sound;
    for (int part = 0; part < heard->part_count; part++) {
        qc_measure_destroy(&heard->parts[part].measure);
    }
    qc_programme_close(&item->programme);
    arena_destroy(&arena);
    return status;
}

/* ---- comparing ---- */

static const char *name_of(const QcItem *item, Arena *arena) {
    const char *slash = strrchr(item->folder->path, '/');
    const char *id = slash ? slash + 1 : item->folder->path;
    return arena_format(arena, "%s %s%s%s", id, item->output, *item->reel ? " reel " : "",
                        item->reel);
}

static double lufs_of(const Part *part) {
    return part->numbers.meter.has_loudness ? part->numbers.meter.integrated_lufs : -70.0;
}

static void compare_part(const Comparison *comparison,
                         const char *output,
                         const Part *before,
                         const Part *after) {
    Arena *arena = comparison->arena;
    const double from = lufs_of(before);
    const double to = lufs_of(after);
    const ThirdOctaves *old = &before->numbers.octaves;
    const ThirdOctaves *now = &after->numbers.octaves;
    double off_db = 0.0;
    RunChange change = {.output = output, .part = before->name, .before = from, .after = to};
    if (fabs(to - from) >= least_lu) {
        change.what = "loudness";
        change.text = arena_format(arena, "%+.1f LU, %.1f to %.1f LUFS", to - from, from, to);
        add_change(comparison, change);
    }
    if (!old->is_known || !now->is_known) {
        return;
    }
    const int band = third_octaves_worst(now, old, &off_db);
    if (fabs(off_db) >= least_band_db) {
        change.what = "band";
        change.before = 0.0;
        change.after = off_db;
        change.text = arena_format(arena, "%+.1f dB at %.0f Hz, against the other bands", off_db,
                                   third_octave_hz(band));
        add_change(comparison, change);
    }
}

static const Part *find_part(const Heard *heard, const Part *like, int place) {
    for (int part = 0; like->name && part < heard->part_count; part++) {
        if (heard->parts[part].name && strcmp(heard->parts[part].name, like->name) == 0) {
            return &heard->parts[part];
        }
    }
    return !like->name && place < heard->part_count ? &heard->parts[place] : NULL;
}

static void
compare_begins(const Comparison *comparison, const char *output, const Heard *heard, int rate_hz) {
    const int64_t before = heard[0].first_sound;
    const int64_t after = heard[1].first_sound;
    if (before == after) {
        return;
    }
    const bool is_silent = before < 0 || after < 0;
    const char *text =
        is_silent ? (before < 0 ? "it was silent" : "it is silent")
                  : arena_format(comparison->arena, "it begins %+.3f s (%lld samples) later",
                                 (double)(after - before) / rate_hz, (long long)(after - before));
    add_change(comparison, (RunChange){.output = output,
                                       .what = "begin",
                                       .text = text,
                                       .before = (double)before / rate_hz,
                                       .after = (double)after / rate_hz});
}

/* Of a file that its folder describes; NULL: not known. */
static const char *checksum_of(const QcItem *item, int file) {
    const char *slash = strrchr(item->programme.paths[file], '/');
    const char *name = slash ? slash + 1 : item->programme.paths[file];
    const json_t *files = json_object_get(item->folder->manifest, "files");
    size_t index = 0;
    const json_t *entry = NULL;
    json_array_foreach(files, index, entry) {
        const char *own = json_string_value(json_object_get(entry, "name"));
        if (own && strcmp(own, name) == 0) {
            return json_string_value(json_object_get(entry, "sha256"));
        }
    }
    return NULL;
}

static bool are_equal(const QcItem *one, const QcItem *other) {
    bool is_equal = one->programme.path_count == other->programme.path_count;
    for (int file = 0; is_equal && file < one->programme.path_count; file++) {
        const char *before = checksum_of(one, file);
        const char *after = checksum_of(other, file);
        is_equal = before && after && strcmp(before, after) == 0;
    }
    return is_equal;
}

static Status compare_items(const Comparison *comparison, QcItem *before, QcItem *after) {
    const char *output = name_of(before, comparison->arena);
    const int rate_hz = (int)before->expected_rate_hz;
    Heard heard[2];
    if (are_equal(before, after)) {
        return DONE;
    }
    const double seconds[] = {(double)before->expected_frames / rate_hz,
                              (double)after->expected_frames / (double)after->expected_rate_hz};
    if (seconds[0] != seconds[1]) {
        add_change(comparison,
                   (RunChange){.output = output,
                               .what = "length",
                               .text = arena_format(comparison->arena, "%.3f s to %.3f s",
                                                    seconds[0], seconds[1]),
                               .before = seconds[0],
                               .after = seconds[1]});
    }
    TRY(hear(comparison, 0, before, &heard[0]));
    TRY(hear(comparison, 1, after, &heard[1]));
    compare_begins(comparison, output, heard, rate_hz);
    for (int part = 0; part < heard[0].part_count; part++) {
        const Part *same = find_part(&heard[1], &heard[0].parts[part], part);
        if (same) {
            compare_part(comparison, output, &heard[0].parts[part], same);
        }
    }
    return DONE;
}

/* ---- runs ---- */

static QcItem *find_item(const Comparison *comparison, int side, const char *name) {
    for (QcItem *item = comparison->sides[side].set->first; item; item = item->next) {
        if (item->folder && strcmp(name_of(item, comparison->arena), name) == 0) {
            return item;
        }
    }
    return NULL;
}

static Status compare_outputs(const Comparison *comparison) {
    for (QcItem *item = comparison->sides[0].set->first; item; item = item->next) {
        const char *name = item->folder ? name_of(item, comparison->arena) : NULL;
        QcItem *other = name ? find_item(comparison, 1, name) : NULL;
        if (other) {
            TRY(compare_items(comparison, item, other));
        } else if (name) {
            add_change(comparison,
                       (RunChange){.output = name, .what = "output", .text = "is gone"});
        }
    }
    for (QcItem *item = comparison->sides[1].set->first; item; item = item->next) {
        const char *name = item->folder ? name_of(item, comparison->arena) : NULL;
        if (name && !find_item(comparison, 0, name)) {
            add_change(comparison, (RunChange){.output = name, .what = "output", .text = "is new"});
        }
    }
    return DONE;
}

static const json_t *find_scene(const json_t *scenes, const char *id) {
    size_t index = 0;
    const json_t *scene = NULL;
    json_array_foreach(scenes, index, scene) {
        if (strcmp(json_string_value(json_object_get(scene, "id")), id) == 0) {
            return scene;
        }
    }
    return NULL;
}

static void compare_scenes(const Comparison *comparison) {
    const json_t *before = json_object_get(comparison->sides[0].manifest, "scenes");
    const json_t *after = json_object_get(comparison->sides[1].manifest, "scenes");
    size_t index = 0;
    const json_t *scene = NULL;
    json_array_foreach(before, index, scene) {
        const char *id =
            arena_copy_text(comparison->arena, json_string_value(json_object_get(scene, "id")));
        const json_t *now = find_scene(after, id);
        RunChange change = {.output = "", .part = id, .what = "scene", .text = "is gone"};
        if (!now) {
            add_change(comparison, change);
        } else if (number_of(scene, "in_s") != number_of(now, "in_s") ||
                   number_of(scene, "out_s") != number_of(now, "out_s")) {
            change.before = number_of(scene, "in_s");
            change.after = number_of(now, "in_s");
            change.text = arena_format(comparison->arena, "%.3f s … %.3f s, was %.3f s … %.3f s",
                                       number_of(now, "in_s"), number_of(now, "out_s"),
                                       number_of(scene, "in_s"), number_of(scene, "out_s"));
            add_change(comparison, change);
        }
    }
}

static Status open_side(const char *folder, Arena *arena, Side *side, ErrorList *errors) {
    const char *path = path_join(arena, folder, "manifest.json");
    side->set = qc_set_create(arena);
    TRY(qc_set_add(side->set, folder, NULL, errors));
    side->manifest = json_load_file(path, 0, NULL);
    return side->manifest ? DONE
                          : fail(errors, E410, NO_PLACE, "`%s` is not the output of a run", folder);
}

Status run_changes_find(
    const char *before, const char *after, Arena *arena, RunChanges *found, ErrorList *errors) {
    *found = (RunChanges){0};
    Comparison comparison = {.found = found, .arena = arena, .errors = errors};
    Status status = open_side(before, arena, &comparison.sides[0], errors);
    status = status ? status : open_side(after, arena, &comparison.sides[1], errors);
    if (status == DONE) {
        compare_scenes(&comparison);
        status = compare_outputs(&comparison);
    }
    for (int side = 0; side < 2; side++) {
        json_decref(comparison.sides[side].manifest);
        qc_set_destroy(&comparison.sides[side].set);
    }
    return status;
}

json_t *run_change_to_json(const RunChange *change) {
    return json_pack("{s:s, s:s?, s:s, s:s, s:f, s:f}", "output", change->output, "part",
                     change->part, "what", change->what, "text", change->text, "before",
                     change->before, "after", change->after);
}
