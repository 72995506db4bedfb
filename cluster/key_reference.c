/* `schema reference`: every key of the job format as a page of Markdown, made from the key table.
 */
#include "cluster/key_reference.h"

#include <string.h>

#include "jobs/job_schema.h"
#include "render/base/growing_text.h"

static const char head[] =
    "# The keys of a job\n\n"
    "Made by `nocturne schema reference`; a test holds it to the program. `*` stands for an id, "
    "`[]`\n"
    "for the entries of a list. **Bold** keys have to be written where their map is. What a "
    "message\n"
    "means: `nocturne explain E206`.\n\n"
    "| type | written |\n"
    "| --- | --- |\n"
    "| time | `01:00:10:12`, `12\\|3\\|240` (bar, beat, tick), `2m3:12\\|3`, `1:02:03.25`, `90 s`, "
    "`24 fr`, `48000 smp`, `sc21.in`, `m_door - 12 fr` |\n"
    "| dur | `250 ms`, `2 s`, `12 fr`, `2 beats`, `1 bar`, `480 smp` |\n"
    "| gain | `-3 dB`, `-inf`, `0` |\n"
    "| freq, angle, dist, pct | `80 Hz`, `30 deg`, `2.5 m`, `40 %` |\n"
    "| selector | `family=strings\\|brass and not status=temp`, `id=vln*`, `all` |\n"
    "| condition | `scene.tag=chase`, `cue=1m1`, `line.critical=yes` |\n"
    "| span | `sc21`, a scene, cue or line, or `[time, time]` |\n"
    "| pan | `front`, a name of `positions`, or `{az: 30 deg, el: 10 deg, dist: 2 m}` |\n"
    "| template | `$code_$reel_$cut_$deliverable_$stem` |\n";

/* `|` would end a cell. */
static void add_cell(Text *text, const char *cell) {
    text_add(text, " ");
    for (; cell && *cell; cell++) {
        text_add(text, *cell == '|' ? "\\|" : "%c", *cell);
    }
    text_add(text, " |");
}

static void add_row(Text *text, const SchemaKey *key) {
    const bool is_required = (key->flags & KEY_REQUIRED) && !key->fallback;
    const bool is_planned = key->type == VALUE_PLANNED;
    text_add(text, "| %s`%s`%s |", is_required ? "**" : "", key->path, is_required ? "**" : "");
    add_cell(text, job_schema_type_name(key));
    add_cell(text, key->fallback);
    add_cell(text, key->values);
    text_add(text, "%s", is_planned ? " *planned:*" : "");
    add_cell(text, key->meaning);
    add_cell(text, key->errors);
    text_add(text, "\n");
}

static bool is_same_top(const SchemaKey *key, const SchemaKey *before) {
    const size_t length = strcspn(key->path, ".[");
    return before && strcspn(before->path, ".[") == length &&
           strncmp(key->path, before->path, length) == 0;
}

const char *key_reference_text(Arena *arena) {
    Text text = {.arena = arena};
    const SchemaKey *before = NULL;
    text_add(&text, "%s", head);
    for (int row = 0; job_schema_at(row); row++) {
        const SchemaKey *key = job_schema_at(row);
        if (!is_same_top(key, before)) {
            text_add(&text, "\n## %.*s\n\n", (int)strcspn(key->path, ".["), key->path);
            text_add(&text, "| key | type | default | values | meaning | messages |\n"
                            "| --- | --- | --- | --- | --- | --- |\n");
        }
        add_row(&text, key);
        before = key;
    }
    return text.bytes;
}
