/* UTF-8 as RFC 3629 defines it. */
#include "jobs/utf8.h"

typedef struct Utf8Form { /* RFC 3629, section 3 */
    unsigned char lead_mask, lead;
    size_t length;
    uint32_t smallest; /* below: overlong */
} Utf8Form;

static const Utf8Form forms[] = {
    {0x80, 0x00, 1, 0      },
    {0xE0, 0xC0, 2, 0x80   },
    {0xF0, 0xE0, 3, 0x800  },
    {0xF8, 0xF0, 4, 0x10000},
};

static const Utf8Form *find_form(unsigned char lead) {
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
        if ((lead & forms[form].lead_mask) == forms[form].lead) {
            return &forms[form];
        }
    }
    return NULL;
}

size_t utf8_decode(const char *bytes, size_t size_bytes, uint32_t *code_point) {
    if (size_bytes == 0) {
        return 0;
    }
    const unsigned char *octets = (const unsigned char *)bytes;
    const Utf8Form *form = find_form(octets[0]);
    if (!form || form->length > size_bytes) {
        return 0;
    }
    uint32_t code = octets[0] & (unsigned char)~form->lead_mask;
    for (size_t octet = 1; octet < form->length; octet++) {
        if ((octets[octet] & 0xC0) != 0x80) {
            return 0;
        }
        code = code << 6 | (octets[octet] & 0x3F);
    }
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < form->smallest || code > 0x10FFFF || is_surrogate) {
        return 0;
    }
    *code_point = code;
    return form->length;
}

size_t utf8_step(const char *bytes, size_t size_bytes) {
    uint32_t code_point = 0;
    const size_t length = utf8_decode(bytes, size_bytes, &code_point);
    return length > 0 ? length : 1;
}

size_t utf8_count(const char *bytes, size_t size_bytes) {
    size_t count = 0;
    for (size_t at = 0; at < size_bytes; count++) {
        at += utf8_step(bytes + at, size_bytes - at);
    }
    return count;
}

bool utf8_is_control(uint32_t code_point) {
    if (code_point == '\t' || code_point == '\n' || code_point == '\r') {
        return false;
    }
    if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0)) {
        return true;
    }
    return code_point == 0x2028 || code_point == 0x2029 || code_point == 0xFEFF ||
           (code_point & 0xFFFE) == 0xFFFE;
}
