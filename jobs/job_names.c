/* The names of all files that a deliverable writes. */
#include "jobs/job_names.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "jobs/builtin_stems.h"
#include "jobs/job_reels.h"
#include "jobs/name_table.h"

static const char *const format_words[] = {
    [PCM_16] = "16", [PCM_24] = "24", [PCM_32] = "32", [FLOAT_32] = "32f", [FLOAT_64] = "64f"};
static const char *const extensions[] = {
    [CONTAINER_WAV] = ".wav",  [CONTAINER_RF64] = ".wav", [CONTAINER_FLAC] = ".flac",
    [CONTAINER_BW64] = ".wav", [CONTAINER_CAF] = ".caf",  [CONTAINER_OPUS] = ".opus"};

/* "48k", "44.1k" */
static const char *khz_text(int rate_hz, Arena *arena) {
    return arena_format(arena, "%gk", rate_hz / 1000.0);
}

/* "23976" of 23.976, "2997" of 29.97df: the digits. */
static const char *fps_text(const char *frame_rate, Arena *arena) {
    char *digits = arena_copy_text(arena, frame_rate);
    char *end = digits;
    for (const char *at = frame_rate; *at; at++) {
        if (isdigit((unsigned char)*at)) {
            *end++ = *at;
        }
    }
    *end = '\0';
    return digits;
}

/* "24b"; floats say so themselves: "32f". */
static const char *depth_text(int format, Arena *arena) {
    return format >= FLOAT_32 ? format_words[format]
                              : arena_format(arena, "%sb", format_words[format]);
}

/* NULL: no stem is called so; families of a stem go by their own names. */
static const char *role_of(const JobSpec *job, const char *output) {
    for (int stem = 0; stem < job->stem_count; stem++) {
        if (!job->stems[stem].whole && strcmp(job->stems[stem].id, output) == 0) {
            return stem_role_word(job->stems[stem].role.index);
        }
    }
    return NULL;
}

static const char *find_code(const JobDeliverable *deliverable, const char *id) {
    for (int code = 0; id && code < deliverable->stem_code_count; code++) {
        if (strcmp(deliverable->stem_codes[code].id, id) == 0) {
            return deliverable->stem_codes[code].code.text;
        }
    }
    return NULL;
}

/* By its own name, else by the role of the stem, else the name itself. */
static const char *
stem_code(const JobSpec *job, const JobDeliverable *deliverable, const char *output) {
    const char *own = find_code(deliverable, output);
    const char *of_role = find_code(deliverable, role_of(job, output));
    return own ? own : of_role ? of_role : output;
}

NameValues job_name_values(const JobSpec *job,
                           const JobDeliverable *deliverable,
                           const char *output,
                           const char *channel,
                           Arena *arena) {
    NameValues values = {
        .texts = {[WILDCARD_CODE] = job->code.text,
                  [WILDCARD_REEL] = job->reel.text,
                  [WILDCARD_CUT] = job->cut.text,
                  [WILDCARD_VERSION] = arena_format(arena, "%d", job->version),
                  [WILDCARD_STEM] = output,
                  [WILDCARD_CHANNEL] = channel,
                  [WILDCARD_LANG] = job->language.text,
                  [WILDCARD_RATE] = arena_format(arena, "%d", job->rate_hz),
                  [WILDCARD_KHZ] = khz_text(job->rate_hz, arena),
                  [WILDCARD_FPS] = fps_text(job->frame_rate_text, arena),
                  [WILDCARD_ALT] = job->alternate,
                  [WILDCARD_VV] = arena_format(arena, "%02d", job->version)}
    };
    if (deliverable) {
        values.texts[WILDCARD_DELIVERABLE] = deliverable->id;
        values.texts[WILDCARD_LAYOUT] = deliverable->layout.text;
        const int rate_hz =
            deliverable->rate_hz.value > 0.0 ? (int)deliverable->rate_hz.value : job->rate_hz;
        values.texts[WILDCARD_RATE] = arena_format(arena, "%d", rate_hz);
        values.texts[WILDCARD_KHZ] = khz_text(rate_hz, arena);
        values.texts[WILDCARD_FPS] = fps_text(job_delivered_rate(job, deliverable)->name, arena);
        values.texts[WILDCARD_BITS] = format_words[deliverable->format.index];
        values.texts[WILDCARD_DEPTH] = depth_text(deliverable->format.index, arena);
        values.texts[WILDCARD_ENV] = deliverable->env.text;
        if (deliverable->layout_table) {
            values.texts[WILDCARD_COUNT_OF_CHANNELS] =
                arena_format(arena, "%dch", deliverable->layout_table->channel_count);
        }
        values.texts[WILDCARD_STEMCODE] = output ? stem_code(job, deliverable, output) : NULL;
    }
    return values;
}

static bool ends_with(const char *text, const char *end) {
    const size_t length = strlen(text);
    const size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* reel: NULL: that of the job, if it has one. */
static const char *expand(const JobSpec *job,
                          const JobDeliverable *deliverable,
                          const char *output,
                          const char *channel,
                          const char *reel,
                          Arena *arena) {
    NameValues values = job_name_values(job, deliverable, output, channel, arena);
    if (reel) {
        values.texts[WILDCARD_REEL] = reel;
    }
    const char *template = deliverable->name.text;
    if (channel && !name_template_has(template, WILDCARD_CHANNEL)) {
        template = arena_format(arena, "%s_$channel", template);
    }
    const char *name = name_template_expand(template, &values, arena);
    const char *extension = extensions[deliverable->container.index];
    return ends_with(name, extension) ? name : arena_format(arena, "%s%s", name, extension);
}

static int files_per_reel(const JobDeliverable *deliverable) {
    return deliverable->split.index == 1 ? deliverable->layout_table->channel_count : 1;
}

static int file_count(const JobDeliverable *deliverable) {
    const int reels = deliverable->piece_count;
    return files_per_reel(deliverable) * (reels > 0 ? reels : 1);
}

static Place place_of_name(const JobDeliverable *deliverable) {
    return deliverable->name.place.line > 0 ? deliverable->name.place : deliverable->id_place;
}

static Status expand_output(const JobSpec *job,
                            const JobDeliverable *deliverable,
                            JobOutput *output,
                            Arena *arena,
                            ErrorList *errors) {
    const Layout *layout = deliverable->layout_table;
    const bool is_split = deliverable->split.index == 1;
    const bool is_cut = deliverable->piece_count > 0;
    const int count = file_count(deliverable);
    const int per_reel = files_per_reel(deliverable);
    const char **files = arena_array(arena, (size_t)count, sizeof *files);
    output->files = files;
    for (int file = 0; file < count; file++) {
        const char *channel = is_split ? layout->channels[file % per_reel].label : NULL;
        const char *reel = is_cut ? deliverable->pieces[file / per_reel].id : NULL;
        files[file] = expand(job, deliverable, output->name, channel, reel, arena);
        TRY(name_check_portable(files[file], place_of_name(deliverable), errors));
    }
    return DONE;
}

static bool output_has_file(const JobDeliverable *deliverable, int output, const char *file) {
    for (int index = 0; index < file_count(deliverable); index++) {
        if (strcmp(deliverable->outputs[output].files[index], file) == 0) {
            return true;
        }
    }
    return false;
}

/* "full, dx and mx": all outputs that would write this file. */
static const char *users_of(const JobDeliverable *deliverable, const char *file, Arena *arena) {
    const char *users = NULL;
    const char *last = NULL;
    for (int output = 0; output < deliverable->output_count; output++) {
        if (!output_has_file(deliverable, output, file)) {
            continue;
        }
        if (last) {
            users = users ? arena_format(arena, "%s, %s", users, last) : last;
        }
        last = deliverable->outputs[output].name;
    }
    return users ? arena_format(arena, "%s and %s", users, last) : last;
}

static Status fail_collision(const JobDeliverable *deliverable,
                             const char *first,
                             const char *second,
                             Arena *arena,
                             ErrorList *errors) {
    if (strcmp(first, second) != 0) {
        fail(errors, E216, place_of_name(deliverable),
             "two outputs would get file names that differ only in case");
        error_caret(errors, "%s and %s", first, second);
        error_note(errors, "many file systems take them for the same file");
        return E216;
    }
    fail(errors, E216, place_of_name(deliverable), "two outputs would get the same file name");
    error_caret(errors, "%s is used by %s", first, users_of(deliverable, first, arena));
    if (deliverable->piece_count > 1 && !name_template_has(deliverable->name.text, WILDCARD_REEL)) {
        error_help(errors, "add `$reel` to the name");
    } else if (!name_template_has(deliverable->name.text, WILDCARD_STEM)) {
        error_help(errors, "add `$stem` to the name");
    }
    return E216;
}

static const char *lower_case(const char *text, Arena *arena) {
    char *lower = arena_copy_text(arena, text);
    for (char *letter = lower; *letter; letter++) {
        *letter = (char)tolower((unsigned char)*letter);
    }
    return lower;
}

static Status check_collisions(const JobDeliverable *deliverable, Arena *arena, ErrorList *errors) {
    NameTable owners = {0};
    const int count = file_count(deliverable);
    for (int output = 0; output < deliverable->output_count; output++) {
        for (int file = 0; file < count; file++) {
            const char *name = deliverable->outputs[output].files[file];
            const char *key = lower_case(name, arena);
            const int owner = name_table_find(&owners, key);
            if (owner >= 0) {
                const char *first = deliverable->outputs[owner / count].files[owner % count];
                return fail_collision(deliverable, first, name, arena, errors);
            }
            name_table_set(&owners, key, output * count + file, arena);
        }
    }
    return DONE;
}

static Status check_duplicates(const JobDeliverable *deliverable, ErrorList *errors) {
    for (int output = 1; output < deliverable->output_count; output++) {
        for (int before = 0; before < output; before++) {
            const JobOutput *first = &deliverable->outputs[before];
            const JobOutput *second = &deliverable->outputs[output];
            if (strcmp(first->name, second->name) == 0) {
                fail(errors, E216, second->place, "`%s` is listed twice", second->name);
                error_mark(errors, first->place, "first here");
                return E216;
            }
        }
    }
    return DONE;
}

static Status expand_deliverable(const JobSpec *job,
                                 JobDeliverable *deliverable,
                                 Arena *arena,
                                 ErrorList *errors) {
    TRY(check_duplicates(deliverable, errors));
    for (int output = 0; output < deliverable->output_count; output++) {
        TRY(expand_output(job, deliverable, &deliverable->outputs[output], arena, errors));
    }
    return check_collisions(deliverable, arena, errors);
}

/* Deliverables are folders: `st` and `ST` are one on a file system without case. */
static Status check_folders(const JobSpec *job, Arena *arena, ErrorList *errors) {
    NameTable owners = {0};
    for (int deliverable = 0; deliverable < job->deliverable_count; deliverable++) {
        const JobDeliverable *written = &job->deliverables[deliverable];
        const char *key = lower_case(written->id, arena);
        const int owner = name_table_find(&owners, key);
        if (owner >= 0) {
            fail(errors, E216, written->id_place,
                 "two deliverables would get folders that differ only in case");
            error_mark(errors, job->deliverables[owner].id_place, "the other one");
            error_note(errors, "many file systems take them for the same folder");
            return E216;
        }
        name_table_set(&owners, key, deliverable, arena);
    }
    return DONE;
}

void job_names_expand(JobSpec *job, Arena *arena, ErrorList *errors) {
    (void)check_folders(job, arena, errors); /* collected, as all errors of a job */
    for (int deliverable = 0; deliverable < job->deliverable_count; deliverable++) {
        expand_deliverable(job, &job->deliverables[deliverable], arena, errors);
    }
}
