#ifndef RENDER_STAGES_STORED_JSON_H
#define RENDER_STAGES_STORED_JSON_H
/* Facts as JSON objects in the store. */
#include <jansson.h>

#include "render/model/store.h"

/* The caller owns *facts. E606: not there, or damaged. */
Status stored_json_read(Store *store, Key key, json_t **facts, ErrorList *errors);
Status stored_json_put(
    Store *store, Key key, const char *key_text, const json_t *facts, ErrorList *errors);

#endif
