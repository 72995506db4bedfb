/* Facts as JSON objects in the store. */
#include "render/stages/stored_json.h"

#include <stdlib.h>
#include <string.h>

Status stored_json_read(Store *store, Key key, json_t **facts, ErrorList *errors) {
    StoreObject object = {0};
    *facts = NULL;
    TRY(store_map(store, key, &object, errors));
    *facts = json_loadb(object.bytes, object.size_bytes, 0, NULL);
    store_unmap(&object);
    if (!json_is_object(*facts)) {
        json_decref(*facts);
        *facts = NULL;
        return fail(errors, E606, NO_PLACE, "facts in the store are damaged");
    }
    return DONE;
}

Status stored_json_put(
    Store *store, Key key, const char *key_text, const json_t *facts, ErrorList *errors) {
    char *text = json_dumps(facts, JSON_SORT_KEYS | JSON_INDENT(1));
    if (!text) {
        return fail(errors, E515, NO_PLACE, "no memory for facts");
    }
    const Status status = store_put(store, key, key_text, text, strlen(text), errors);
    free(text);
    return status;
}
