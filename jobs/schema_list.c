/* The key table for people and scripts: `nocturne list keys`. */
#include <jansson.h>
#include <string.h>

#include "jobs/job_schema.h"

enum { PATH_WIDTH = 34, TYPE_WIDTH = 12, DEFAULT_WIDTH = 24 };

static bool is_below(const SchemaKey *key, const char *prefix) {
    const size_t length = prefix ? strlen(prefix) : 0;
    if (length == 0) {
        return true;
    }
    return strncmp(key->path, prefix, length) == 0 && strchr(".[", key->path[length]);
}

static bool is_planned(const SchemaKey *key) {
    return key->type == VALUE_PLANNED;
}

static const char *or_empty(const char *text) {
    return text ? text : "";
}

/* A cell of the table; width counts code points. */
static void print_cell(FILE *out, const char *text, int width) {
    const int padding = width - text_code_points(text);
    fprintf(out, "%s%*s", text, padding > 1 ? padding : 1, "");
}

static void print_row(FILE *out, const SchemaKey *key) {
    print_cell(out, key->path, PATH_WIDTH);
    print_cell(out, job_schema_type_name(key), TYPE_WIDTH);
    print_cell(out, (key->flags & KEY_REQUIRED) ? "required" : or_empty(key->fallback),
               DEFAULT_WIDTH);
    fprintf(out, "%s%s", is_planned(key) ? "(planned) " : "", key->meaning);
    if (key->values) {
        fprintf(out, " [%s]", key->values);
    }
    fputc('\n', out);
}

static void print_csv_cell(FILE *out, const char *text, char end) {
    fputc('"', out);
    for (; *text; text++) {
        fputs(*text == '"' ? "\"\"" : (char[]){*text, '\0'}, out);
    }
    fprintf(out, "\"%c", end);
}

static void print_csv(FILE *out, const SchemaKey *key) {
    print_csv_cell(out, key->path, ',');
    print_csv_cell(out, job_schema_type_name(key), ',');
    print_csv_cell(out, or_empty(key->fallback), ',');
    print_csv_cell(out, or_empty(key->values), ',');
    print_csv_cell(out, (key->flags & KEY_REQUIRED) ? "yes" : "no", ',');
    print_csv_cell(out, is_planned(key) ? "planned" : "served", ',');
    print_csv_cell(out, key->errors, ',');
    print_csv_cell(out, key->meaning, '\n');
}

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static void print_json(FILE *out, const char *prefix) {
    json_t *rows = json_array();
    const SchemaKey *key = NULL;
    for (int index = 0; (key = job_schema_at(index)) != NULL; index++) {
        if (!is_below(key, prefix)) {
            continue;
        }
        json_t *row = json_object();
        json_object_set_new(row, "key", json_string(key->path));
        json_object_set_new(row, "type", json_string(job_schema_type_name(key)));
        json_object_set_new(row, "default", text_or_null(key->fallback));
        json_object_set_new(row, "values", text_or_null(key->values));
        json_object_set_new(row, "meaning", json_string(key->meaning));
        json_object_set_new(row, "errors", json_string(key->errors));
        json_object_set_new(row, "required", json_boolean((key->flags & KEY_REQUIRED) != 0));
        json_object_set_new(row, "core", json_boolean((key->flags & KEY_CORE) != 0));
        json_object_set_new(row, "planned", json_boolean(is_planned(key)));
        json_array_append_new(rows, row);
    }
    json_t *list = json_object();
    json_object_set_new(list, "keys", rows);
    json_dumpf(list, out, JSON_INDENT(2) | JSON_SORT_KEYS);
    fputc('\n', out);
    json_decref(list);
}

void job_schema_print(FILE *out, const char *prefix, bool as_csv, bool as_json) {
    if (as_json) {
        print_json(out, prefix);
        return;
    }
    if (as_csv) {
        fputs("key,type,default,values,required,status,errors,meaning\n", out);
    }
    const SchemaKey *key = NULL;
    for (int index = 0; (key = job_schema_at(index)) != NULL; index++) {
        if (!is_below(key, prefix)) {
            continue;
        }
        if (as_csv) {
            print_csv(out, key);
        } else {
            print_row(out, key);
        }
    }
}
