/* From one text to a member of JobSpec: a reader for each type of the key table. */
#include "jobs/job_values.h"

#include <stdlib.h>
#include <string.h>

#include "jobs/job_score_values.h"
#include "jobs/job_text.h"
#include "jobs/name_template.h"

void job_reader_queue(JobReader *reader, QueuedMap map) {
    QueuedMap *queued = arena_alloc(reader->arena, sizeof *queued);
    *queued = map;
    queued->next = NULL;
    if (reader->last_map) {
        reader->last_map->next = queued;
    } else {
        reader->first_map = queued;
    }
    reader->last_map = queued;
}

const char *job_value_owner(const JobReader *reader, const ValueSite *site) {
    return *site->owner ? arena_format(reader->arena, "%s.%s", site->owner, site->pair->key)
                        : site->pair->key;
}

static void *value_member(const ValueSite *site) {
    return (char *)site->base + site->key->offset;
}

static const Node *node_of(const ValueSite *site) {
    return site->pair->value;
}

Status job_fail_shape(JobReader *reader, const Node *node, const char *expected) {
    static const char *const kinds[] = {
        [NODE_SCALAR] = "a value", [NODE_MAP] = "a map", [NODE_LIST] = "a list"};
    return fail(reader->errors, E202, node->place, "expected %s, found %s", expected,
                kinds[node->kind]);
}

/* A number goes to whatever the member is. */
static void store_number(const ValueSite *site, Rational value) {
    void *member = value_member(site);
    const Place place = node_of(site)->place;
    switch (site->key->store) {
    case STORE_NUMBER:
        *(JobNumber *)member = (JobNumber){.value = rational_value(value), .place = place};
        break;
    case STORE_RATIONAL:
        *(JobRational *)member = (JobRational){.value = value, .place = place};
        break;
    case STORE_DOUBLE:
        *(double *)member = rational_value(value);
        break;
    case STORE_INT:
        *(int *)member = (int)rational_value(value);
        break;
    case STORE_TIME:
        *(JobTime *)member = (JobTime){.seconds = value, .is_set = place.line > 0, .place = place};
        break;
    default:
        break;
    }
}

static void store_text(const ValueSite *site) {
    *(JobText *)value_member(site) =
        (JobText){.text = node_of(site)->text, .place = node_of(site)->place};
}

static Status read_version(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (strcmp(node->text, "1") == 0) {
        return DONE;
    }
    return fail(reader->errors, E201, node->place,
                "this file says nocturne: %s, this build reads 1", node->text);
}

static Status read_text(JobReader *reader, const ValueSite *site) {
    store_text(site);
    return job_text_check(site->key, node_of(site), reader->errors);
}

/* Whose layout may be one of the job: all but the bed of ADM, which says what it is by number. */
static bool takes_own_layouts(const char *path) {
    static const char *const paths[] = {"deliverables.*.layout", "deliverables.*.speakers",
                                        "layers.*.layout", "rooms.*.layout"};
    for (size_t index = 0; index < sizeof paths / sizeof *paths; index++) {
        if (strcmp(path, paths[index]) == 0) {
            return true;
        }
    }
    return false;
}

/* A built-in layout, or one of the job: those are read before. */
static Status read_layout(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    const char *names = "";
    for (int index = 0; index < reader->job->layout_count; index++) {
        const char *id = reader->job->layouts[index].id;
        names = arena_format(reader->arena, "%s %s", names, id);
        if (strcmp(id, node->text) != 0) {
            continue;
        }
        store_text(site);
        if (takes_own_layouts(site->key->path)) {
            return DONE;
        }
        return fail(reader->errors, E208, node->place,
                    "`%s` is a layout of this job: a bed of ADM is a built-in one", id);
    }
    const Status status = read_text(reader, site);
    if (status == E213 && *names) {
        error_note(reader->errors, "layouts of this job:%s", names);
    }
    return status;
}

static Status read_template(JobReader *reader, const ValueSite *site) {
    store_text(site);
    return name_template_check(node_of(site), reader->errors);
}

/* Digits alone go the exact way: a seed has up to 63 bits. UINT64_MAX: outside every range. */
static Status read_digits(const Node *node, uint64_t *value, ErrorList *errors) {
    const size_t length = strlen(node->text);
    if (length > 0 && strspn(node->text, "0123456789") == length) {
        *value = length <= 19 ? strtoull(node->text, NULL, 10) : UINT64_MAX;
        return DONE;
    }
    Rational number;
    TRY(quantity_read(QUANTITY_NUMBER, node, NULL, &number, errors));
    if (number.denominator != 1) {
        return fail(errors, E206, node->place, "`%s` is not a whole number", node->text);
    }
    *value = number.numerator < 0 ? UINT64_MAX : (uint64_t)number.numerator;
    return DONE;
}

static Status read_whole(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    uint64_t value = 0;
    TRY(read_digits(node, &value, reader->errors));
    QuantityRange range = {
        {0,         1},
        {INT64_MAX, 1}
    };
    quantity_read_range(QUANTITY_NUMBER, site->key->values, NULL, &range);
    if (value < (uint64_t)range.low.numerator || value > (uint64_t)range.high.numerator) {
        return fail(reader->errors, E206, node->place, "`%s` is outside %s", node->text,
                    site->key->values);
    }
    if (site->key->store == STORE_UINT64) {
        *(uint64_t *)value_member(site) = value;
    } else {
        *(int *)value_member(site) = (int)value;
    }
    return DONE;
}

static Status read_enum(JobReader *reader, const ValueSite *site) {
    const WordList words = job_schema_words(site->key, reader->arena);
    JobChoice *choice = value_member(site);
    choice->place = node_of(site)->place;
    choice->pair = place_join(site->pair->key_place, choice->place);
    return word_read(node_of(site), &words, &choice->index, reader->errors);
}

static Status read_bool(JobReader *reader, const ValueSite *site) {
    JobBool *choice = value_member(site);
    choice->place = node_of(site)->place;
    return bool_read(node_of(site), &choice->value, reader->errors);
}

static Status read_rate(JobReader *reader, const ValueSite *site) {
    static const int rates_hz[] = {44100, 48000, 88200, 96000, 176400, 192000};
    const Node *node = node_of(site);
    Rational value;
    TRY(quantity_read(QUANTITY_FREQUENCY, node, NULL, &value, reader->errors));
    for (size_t rate = 0; rate < sizeof rates_hz / sizeof *rates_hz; rate++) {
        if (rational_compare(value, (Rational){rates_hz[rate], 1}) == 0) {
            store_number(site, value);
            reader->base.rate_hz = reader->job->rate_hz;
            return DONE;
        }
    }
    fail(reader->errors, E207, node->place, "`%s` is not a sample rate of this program",
         node->text);
    error_note(reader->errors, "rates: %s", site->key->values);
    return E207;
}

static Status read_frame_rate(JobReader *reader, const ValueSite *site) {
    const WordList words = job_schema_words(site->key, reader->arena);
    const Node *node = node_of(site);
    int ignored = 0;
    reader->base.is_unsure = true;
    TRY(word_read(node, &words, &ignored, reader->errors));
    reader->base.is_unsure = false;
    const FrameRate *rate = frame_rate_find(node->text);
    JobSpec *job = reader->job;
    reader->base.frame_rate = rate;
    reader->base.frame_rate_place = node->place;
    job->frame_rate_numerator = rate->numerator;
    job->frame_rate_denominator = rate->denominator;
    job->is_drop_frame = rate->dropped_per_minute > 0;
    job->frame_rate_text = rate->name;
    job->frame_rate_place = node->place;
    return DONE;
}

static Status read_start(JobReader *reader, const ValueSite *site) {
    TRY(timecode_node_read(node_of(site), &reader->base, &reader->job->start_frames,
                           reader->errors));
    reader->base.start_seconds =
        timecode_seconds(reader->job->start_frames, reader->base.frame_rate);
    store_number(site, reader->base.start_seconds);
    return DONE;
}

static Status read_timecode(JobReader *reader, const ValueSite *site) {
    int64_t frames = 0;
    TRY(timecode_node_read(node_of(site), &reader->base, &frames, reader->errors));
    Rational seconds;
    rational_subtract(timecode_seconds(frames, reader->base.frame_rate), reader->base.start_seconds,
                      &seconds);
    store_number(site, seconds);
    return DONE;
}

static Status read_bars(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    JobBars *bars = value_member(site);
    bars->place = node->place;
    if (bar_time_read(node->text, &bars->bars)) {
        return DONE;
    }
    fail(reader->errors, E211, node->place, "`%s` is not a position in bars", node->text);
    error_caret(reader->errors, "write bar|beat or bar|beat|tick, for example `12|3`");
    return E211;
}

static Status read_metre(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    JobMetre *metre = value_member(site);
    metre->place = node->place;
    if (metre_read(node->text, &metre->metre)) {
        return DONE;
    }
    fail(reader->errors, E206, node->place, "`%s` is not a metre", node->text);
    error_caret(reader->errors, "write 1 … 32 beats over 1, 2, 4, 8, 16 or 32, for example `6/8`");
    return E206;
}

/* The cue of the layer that a site belongs to. */
static const JobText *cue_of(const ValueSite *site) {
    static const char layers[] = "layers.*.";
    if (strcmp(site->key->path, "layers.*.automate[].points") == 0) {
        return ((const JobAutomation *)site->base)->cue;
    }
    if (strcmp(site->key->path, "layers.*.clips[].at") == 0) {
        return ((const JobClip *)site->base)->cue;
    }
    const bool is_of_layer = strncmp(site->key->path, layers, strlen(layers)) == 0;
    return is_of_layer ? &((const JobLayer *)site->base)->cue : NULL;
}

Status job_time_read(
    JobReader *reader, const ValueSite *site, const Node *node, const char *owner, JobTime *time) {
    PendingTime *pending = arena_alloc(reader->arena, sizeof *pending);
    time->place = node->place;
    TRY(time_point_read(node, &reader->base, reader->arena, &pending->point, reader->errors));
    time->seconds = pending->point.seconds;
    time->is_set = true;
    pending->time = time;
    pending->owner = owner;
    pending->id_place = site->owner_place;
    pending->cue = cue_of(site);
    if (reader->last_time) {
        reader->last_time->next = pending;
    } else {
        reader->first_time = pending;
    }
    reader->last_time = pending;
    return DONE;
}

static Status read_point(JobReader *reader, const ValueSite *site) {
    return job_time_read(reader, site, node_of(site), job_value_owner(reader, site),
                         value_member(site));
}

static Status check_below_half_rate(JobReader *reader, const Node *node, Rational value) {
    if (rational_compare(value, (Rational){reader->base.rate_hz, 2}) < 0) {
        return DONE;
    }
    return fail(reader->errors, E207, node->place, "`%s` is above half the sample rate (%g kHz)",
                node->text, (double)reader->base.rate_hz / 2000.0);
}

static Status check_slope(JobReader *reader, const ValueSite *site, Rational value) {
    static const int slopes[] = {6, 12, 18, 24, 36, 48};
    for (size_t slope = 0; slope < sizeof slopes / sizeof *slopes; slope++) {
        if (rational_compare(value, (Rational){slopes[slope], 1}) == 0) {
            return DONE;
        }
    }
    return fail(reader->errors, E206, node_of(site)->place, "`%s` is not one of %s",
                node_of(site)->text, site->key->values);
}

Status
job_quantity_check(JobReader *reader, const ValueSite *site, QuantityKind kind, Rational value) {
    const Node *node = node_of(site);
    if (kind == QUANTITY_FREQUENCY) {
        TRY(check_below_half_rate(reader, node, value));
    }
    if (kind == QUANTITY_SLOPE) {
        return check_slope(reader, site, value);
    }
    if (kind == QUANTITY_DISTANCE && value.numerator == 0) {
        return fail(reader->errors, E206, node->place, "zero distance is not a direction");
    }
    return quantity_check_range(kind, node, &reader->base, value, site->key->values,
                                reader->errors);
}

static Status read_quantity(JobReader *reader, const ValueSite *site) {
    QuantityKind kind = QUANTITY_NUMBER;
    job_schema_quantity(site->key->type, &kind);
    Rational value;
    TRY(quantity_read(kind, node_of(site), &reader->base, &value, reader->errors));
    TRY(job_quantity_check(reader, site, kind, value));
    store_number(site, value);
    return DONE;
}

typedef Status (*ScalarReader)(JobReader *reader, const ValueSite *site);

static const ScalarReader scalar_readers[VALUE_TYPE_COUNT] = {
    [VALUE_VERSION] = read_version,
    [VALUE_TEXT] = read_text,
    [VALUE_SLUG] = read_text,
    [VALUE_FAMILY] = read_text,
    [VALUE_LANGUAGE] = read_text,
    [VALUE_SHA256] = read_text,
    [VALUE_WHOLE] = read_whole,
    [VALUE_ENUM] = read_enum,
    [VALUE_BOOL] = read_bool,
    [VALUE_RATE] = read_rate,
    [VALUE_FRAME_RATE] = read_frame_rate,
    [VALUE_START] = read_start,
    [VALUE_TIMECODE] = read_timecode,
    [VALUE_POINT] = read_point,
    [VALUE_BARS] = read_bars,
    [VALUE_METRE] = read_metre,
    [VALUE_DURATION] = read_quantity,
    [VALUE_NUMBER] = read_quantity,
    [VALUE_GAIN] = read_quantity,
    [VALUE_LEVEL] = read_quantity,
    [VALUE_FALL] = read_quantity,
    [VALUE_BIT_RATE] = read_quantity,
    [VALUE_FREQUENCY] = read_quantity,
    [VALUE_SLOPE] = read_quantity,
    [VALUE_ANGLE] = read_quantity,
    [VALUE_DISTANCE] = read_quantity,
    [VALUE_PERCENT] = read_quantity,
    [VALUE_LOUDNESS] = read_quantity,
    [VALUE_LOUDNESS_DIFFERENCE] = read_quantity,
    [VALUE_TRUE_PEAK] = read_quantity,
    [VALUE_PATH] = read_text,
    [VALUE_FOLDER] = read_text,
    [VALUE_LAYOUT] = read_layout,
    [VALUE_STEM] = read_text,
    [VALUE_CUE] = read_text,
    [VALUE_ARC] = read_text,
    [VALUE_ROOM] = read_text,
    [VALUE_PARAMETER] = job_parameter_read,
    [VALUE_AMOUNT] = job_amount_read,
    [VALUE_SELECTOR] = job_selector_read,
    [VALUE_CONDITION] = job_condition_read,
    [VALUE_TEMPLATE] = read_template,
};

bool job_scalar_type(ValueType type) {
    return scalar_readers[type] != NULL;
}

Status job_scalar_read(JobReader *reader, const ValueSite *site) {
    if (node_of(site)->kind != NODE_SCALAR) {
        return job_fail_shape(reader, node_of(site), "a value");
    }
    return scalar_readers[site->key->type](reader, site);
}
