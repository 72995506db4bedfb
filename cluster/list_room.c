/* `list room`: decay times, clarity and the decay itself, for people and programs. */
#include "cluster/list_room.h"

#include <stdio.h>
#include <string.h>

#include "cluster/answer.h"
#include "cluster/table.h"
#include "jobs/lower.h"
#include "spatial/impulse_file.h"
#include "spatial/room_report.h"

enum { PICTURE_COLUMNS = 60 };

typedef struct Answer {
    const Options *options;
    Arena *arena;
    const Mix *mix;
    int room_count;    /* those of the job: parts of them (tails: cut) stand behind */
    DecayFacts *facts; /* [room_count] */
} Answer;

static bool is_job(const char *path) {
    const char *dot = strrchr(path, '.');
    return strcmp(path, "-") == 0 ||
           (dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0));
}

/* A response alone is a mix of one room at the file's own rate. */
static Status mix_of_file(const char *path, Arena *arena, Mix **mix, ErrorList *errors) {
    MixFile *file = arena_alloc(arena, sizeof *file);
    *file = (MixFile){.path = path, .real_path = path};
    TRY(impulse_file_probe(file, errors));
    MixRoom *room = arena_alloc(arena, sizeof *room);
    *room = (MixRoom){.id = path};
    *mix = arena_alloc(arena, sizeof **mix);
    **mix = (Mix){
        .rate_hz = file->rate_hz, .files = file, .file_count = 1, .rooms = room, .room_count = 1};
    return DONE;
}

static Status
mix_of_job(const Options *options, Arena *arena, JobInput *input, Mix **mix, ErrorList *errors) {
    JobSpec *job = NULL;
    TRY(job_input_load(options, options->arguments[1], arena, input, &job, errors));
    return lower_job(job, NULL, arena, mix, errors);
}

static json_t *time_json(DecayTime time) {
    return time.is_known ? json_real(time.seconds) : json_null();
}

static json_t *ratio_json(DecayRatio ratio) {
    return ratio.is_known ? json_real(ratio.level_db) : json_null();
}

static json_t *room_json(const MixRoom *room, const DecayFacts *facts) {
    json_t *object = json_pack("{s:s, s:f, s:f}", "room", room->id, "length_s", facts->length_s,
                               "arrival_s", facts->arrival_s);
    json_object_set_new(object, "edt_s", time_json(facts->edt));
    json_object_set_new(object, "t20_s", time_json(facts->t20));
    json_object_set_new(object, "t30_s", time_json(facts->t30));
    json_object_set_new(object, "c50_db", ratio_json(facts->c50));
    json_object_set_new(object, "c80_db", ratio_json(facts->c80));
    json_object_set_new(object, "direct_to_reverberant_db",
                        ratio_json(facts->direct_to_reverberant));
    json_t *curve = json_array();
    for (int point = 0; point < DECAY_POINTS; point++) {
        json_array_append_new(curve, json_real(facts->curve_db[point]));
    }
    json_object_set_new(object, "decay_db", curve);
    return object;
}

static void print_json(const Answer *answer) {
    json_t *rooms = json_array();
    for (int room = 0; room < answer->room_count; room++) {
        json_array_append_new(rooms, room_json(&answer->mix->rooms[room], &answer->facts[room]));
    }
    answer_json(json_pack("{s:b, s:o}", "ok", true, "rooms", rooms));
}

static const char *format_time(DecayTime time, Arena *arena) {
    const int places = time.seconds < 0.1 ? 3 : 2;
    return time.is_known ? arena_format(arena, "%.*f s", places, time.seconds) : "-";
}

static const char *format_ratio(DecayRatio ratio, Arena *arena) {
    return ratio.is_known ? arena_format(arena, "%+.1f dB", ratio.level_db) : "-";
}

static void print_table(const Answer *answer) {
    static const char *const columns[] = {"room", "length", "EDT", "T20",
                                          "T30",  "C50",    "C80", "direct/reverberant"};
    Arena *arena = answer->arena;
    Table *table = table_create(arena, "rooms", columns, 8);
    for (int room = 0; room < answer->room_count; room++) {
        const DecayFacts *facts = &answer->facts[room];
        table_add(table,
                  (const char *[]){answer->mix->rooms[room].id,
                                   arena_format(arena, "%.2f s", facts->length_s),
                                   format_time(facts->edt, arena), format_time(facts->t20, arena),
                                   format_time(facts->t30, arena), format_ratio(facts->c50, arena),
                                   format_ratio(facts->c80, arena),
                                   format_ratio(facts->direct_to_reverberant, arena)});
    }
    table_print(table, answer->options);
}

/* One bar a level: how long the energy still to come stays above it. */
static void print_picture(const MixRoom *room, const DecayFacts *facts) {
    double longest_s = 0.0;
    for (int level = 0; level < DECAY_LEVELS; level++) {
        longest_s = facts->below[level].is_known ? facts->below[level].seconds : longest_s;
    }
    printf("\n%s: energy still to come\n", room->id);
    if (!facts->below[0].is_known) {
        puts("  no decay: all of it comes at once");
    }
    for (int level = 0; level < DECAY_LEVELS && facts->below[level].is_known; level++) {
        static const char bar[] = "############################################################";
        const double time_s = facts->below[level].seconds;
        const int length = longest_s > 0.0 ? (int)(time_s / longest_s * PICTURE_COLUMNS + 0.5) : 0;
        printf("%4d dB |%.*s %.3f s\n", -10 * (level + 1), length, bar, time_s);
    }
}

static void print_people(const Answer *answer) {
    print_table(answer);
    for (int room = 0; room < answer->room_count && !answer->options->is_csv; room++) {
        print_picture(&answer->mix->rooms[room], &answer->facts[room]);
    }
}

Status list_room(const Options *options, Arena *arena, JobInput *input, ErrorList *errors) {
    TRY(answer_check_count(options, 2, 2, "room FILE|JOB", errors));
    const char *path = options->arguments[1];
    Mix *mix = NULL;
    TRY(is_job(path) ? mix_of_job(options, arena, input, &mix, errors)
                     : mix_of_file(path, arena, &mix, errors));
    Answer answer = {.options = options,
                     .arena = arena,
                     .mix = mix,
                     .facts = arena_array(arena, (size_t)mix->room_count, sizeof *answer.facts)};
    for (int room = 0; room < mix->room_count && mix_room_written(mix, room) == room; room++) {
        answer.room_count++;
        TRY(room_report(mix, room, &answer.facts[room], errors));
    }
    if (options->is_json) {
        print_json(&answer);
    } else {
        print_people(&answer);
    }
    return DONE;
}
