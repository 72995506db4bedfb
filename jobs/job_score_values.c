/* Values of the score: tags, selectors, spans of time, curves, and lists of what moves. */
#include "jobs/job_score_values.h"

#include <string.h>

#include "jobs/layer_facts.h"
#include "jobs/time_windows.h"

static void *member_of(const ValueSite *site) {
    return (char *)site->base + site->key->offset;
}

static const Node *node_of(const ValueSite *site) {
    return site->pair->value;
}

Status job_parameter_read(JobReader *reader, const ValueSite *site) {
    JobParameter *written = member_of(site);
    written->place = node_of(site)->place;
    return parameter_read(node_of(site), &written->parameter, reader->errors);
}

Status job_amount_read(JobReader *reader, const ValueSite *site) {
    const Parameter *parameter = ((const JobDrive *)site->base)->parameter.parameter;
    JobNumber *number = member_of(site);
    number->place = node_of(site)->place;
    if (!parameter) { /* that is an error of its own */
        return DONE;
    }
    return parameter_read_value(parameter, node_of(site), &reader->base, &number->value,
                                reader->errors);
}

static Status read_selector(JobReader *reader, const ValueSite *site, const char *keys) {
    JobSelector *written = member_of(site);
    written->place = node_of(site)->place;
    return selector_read(node_of(site), keys, reader->arena, &written->selector, reader->errors);
}

Status job_selector_read(JobReader *reader, const ValueSite *site) {
    return read_selector(reader, site, layer_fact_keys);
}

Status job_condition_read(JobReader *reader, const ValueSite *site) {
    return read_selector(reader, site, window_fact_keys);
}

static Status read_tag(JobReader *reader, const Node *item) {
    enum { MAX_TAG = 64 };
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789_-:.";
    if (item->kind != NODE_SCALAR) {
        return job_fail_shape(reader, item, "a word");
    }
    const size_t length = strlen(item->text);
    if (length == 0 || length > MAX_TAG || strspn(item->text, allowed) != length) {
        fail(reader->errors, E204, item->place, "`%s` is not a tag", item->text);
        error_caret(reader->errors, "1 … 64 letters, digits, `_`, `-`, `.` or `:`");
        return E204;
    }
    return DONE;
}

Status job_tags_read(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list such as [dark, motif:nightfall]");
    }
    const char **words = arena_array(reader->arena, (size_t)node->count + 1, sizeof *words);
    for (int item = 0; item < node->count; item++) {
        TRY(read_tag(reader, node->items[item]));
        words[item] = node->items[item]->text;
    }
    *(JobTags *)member_of(site) = (JobTags){words, node->count, node->place};
    return DONE;
}

/* One edge of what is named. */
static void read_edge(JobReader *reader, const ValueSite *site, const char *edge, JobTime *time) {
    const Node *node = node_of(site);
    Node *name = arena_alloc(reader->arena, sizeof *name);
    *name = *node;
    name->text = arena_format(reader->arena, "%s.%s", node->text, edge);
    job_time_read(reader, site, name, job_value_owner(reader, site), time);
}

Status job_span_read(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    JobSpan *span = member_of(site);
    span->is_set = true;
    if (node->kind == NODE_SCALAR && id_is_text(node->text, strlen(node->text))) {
        read_edge(reader, site, "in", &span->in);
        read_edge(reader, site, "out", &span->out);
        reader->last_time->is_twin = true;
        return DONE;
    }
    if (node->kind != NODE_LIST || node->count != 2 || node->items[0]->kind != NODE_SCALAR ||
        node->items[1]->kind != NODE_SCALAR) {
        return job_fail_shape(reader, node, "a scene, cue or line, or [time, time]");
    }
    const char *owner = job_value_owner(reader, site);
    TRY(job_time_read(reader, site, node->items[0], owner, &span->in));
    return job_time_read(reader, site, node->items[1], owner, &span->out);
}

/* Of an arc a share, of a lane what its parameter is written in. */
static Status
read_curve_value(JobReader *reader, const ValueSite *site, const Node *node, double *value) {
    if (strcmp(site->key->path, "arcs.*.points") == 0) {
        Rational share;
        TRY(quantity_read(QUANTITY_PERCENT, node, NULL, &share, reader->errors));
        TRY(quantity_check_range(QUANTITY_PERCENT, node, NULL, share, site->key->values,
                                 reader->errors));
        *value = rational_value(share) / 100.0;
        return DONE;
    }
    const Parameter *parameter = ((const JobAutomation *)site->base)->parameter.parameter;
    return parameter ? parameter_read_value(parameter, node, &reader->base, value, reader->errors)
                     : DONE;
}

static Status
read_curve_point(JobReader *reader, const ValueSite *site, const Node *item, JobCurvePoint *point) {
    if (item->kind != NODE_LIST || item->count != 2 || item->items[0]->kind != NODE_SCALAR ||
        item->items[1]->kind != NODE_SCALAR) {
        return job_fail_shape(reader, item, "a point [time, value]");
    }
    const char *owner = arena_format(reader->arena, "%s.points", site->owner);
    TRY(job_time_read(reader, site, item->items[0], owner, &point->time));
    return read_curve_value(reader, site, item->items[1], &point->value);
}

Status job_curve_read(JobReader *reader, const ValueSite *site) {
    const Node *node = node_of(site);
    JobCurve *curve = member_of(site);
    curve->place = node->place;
    if (node->kind != NODE_LIST) {
        return job_fail_shape(reader, node, "a list of points [time, value]");
    }
    if (node->count < 2) {
        return fail(reader->errors, E316, node->place, "a curve needs at least two points");
    }
    curve->points = arena_array(reader->arena, (size_t)node->count, sizeof *curve->points);
    curve->point_count = node->count;
    Status status = DONE;
    for (int point = 0; point < node->count; point++) {
        const Status read =
            read_curve_point(reader, site, node->items[point], &curve->points[point]);
        status = status == DONE ? read : status;
    }
    return status;
}
