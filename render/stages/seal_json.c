/* The seals of encoded files, as ENCODE leaves them beside the files. */
#include "render/stages/seal_json.h"

json_t *seal_to_json(const SoundSeal *seal) {
    KeyText head;
    KeyText rest;
    key_format(seal->head, head);
    key_format(seal->rest, rest);
    return json_pack("{s:I, s:I, s:s, s:s}", "size_bytes", (json_int_t)seal->size_bytes,
                     "head_bytes", (json_int_t)seal->head_bytes, "head", head, "rest", rest);
}

bool seal_from_json(const json_t *object, SoundSeal *seal) {
    const char *head = json_string_value(json_object_get(object, "head"));
    const char *rest = json_string_value(json_object_get(object, "rest"));
    seal->size_bytes = json_integer_value(json_object_get(object, "size_bytes"));
    seal->head_bytes = json_integer_value(json_object_get(object, "head_bytes"));
    return head && rest && key_parse(head, &seal->head) && key_parse(rest, &seal->rest);
}
