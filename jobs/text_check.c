/* Is it clean UTF-8 text? */
#include "jobs/text_check.h"

#include <string.h>

#include "jobs/source_text.h"
#include "jobs/utf8.h"

/* By its byte order mark, or by the zero beside the first letter. */
static bool looks_like_utf16(const char *bytes, size_t size_bytes) {
    if (size_bytes < 2) {
        return false;
    }
    if (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0) {
        return true;
    }
    return size_bytes >= 4 &&
           ((bytes[0] == '\0' && bytes[2] == '\0') || (bytes[1] == '\0' && bytes[3] == '\0'));
}

static Place locate(const char *file, const char *bytes, size_t size_bytes, size_t offset) {
    Place place = {.file = file, .length = 1};
    source_locate(bytes, size_bytes, offset, &place.line, &place.column);
    return place;
}

Status text_check_file(const char *file, const char *bytes, size_t size_bytes, ErrorList *errors) {
    if (looks_like_utf16(bytes, size_bytes)) {
        return fail(errors, E101, (Place){.file = file}, "this file is UTF-16; save as UTF-8");
    }
    for (size_t at = source_mark_bytes(bytes, size_bytes); at < size_bytes;) {
        uint32_t code_point = 0;
        const size_t length = utf8_decode(bytes + at, size_bytes - at, &code_point);
        if (length == 0) {
            const Status status =
                fail(errors, E101, locate(file, bytes, size_bytes, at),
                     "this byte (hex %02X) is not UTF-8", (unsigned)(unsigned char)bytes[at]);
            error_caret(errors, "save the file as UTF-8");
            return status;
        }
        if (utf8_is_control(code_point)) {
            const Status status =
                fail(errors, E101, locate(file, bytes, size_bytes, at),
                     "control character U+%04X in the text", (unsigned)code_point);
            error_caret(errors, "remove it");
            return status;
        }
        at += length;
    }
    return DONE;
}

Status text_check_value(const char *bytes, size_t size_bytes, Place place, ErrorList *errors) {
    for (size_t at = 0; at < size_bytes;) {
        uint32_t code_point = 0;
        const size_t length = utf8_decode(bytes + at, size_bytes - at, &code_point);
        if (length == 0 || utf8_is_control(code_point) || code_point == '\r') {
            return fail(errors, E101, place, "control character U+%04X in this text",
                        (unsigned)code_point);
        }
        at += length;
    }
    return DONE;
}
