/* The number at the begin of a text, exact and without a locale. */
#include "jobs/number.h"

#include <string.h>

enum { MAX_NUMBER_BYTES = 64 };

static const char digits[] = "0123456789";

/* Length of the exponent at text, 0 when there is none ("1 e", "1em"). */
static size_t exponent_length(const char *text) {
    if (*text != 'e' && *text != 'E') {
        return 0;
    }
    const size_t sign_length = text[1] == '+' || text[1] == '-' ? 1 : 0;
    const size_t digit_count = strspn(text + 1 + sign_length, digits);
    return digit_count ? 1 + sign_length + digit_count : 0;
}

NumberFault number_scan(const char **text, Rational *value) {
    const char *begin = *text;
    const char *end = begin + (*begin == '+' || *begin == '-' ? 1 : 0);
    const size_t whole_count = strspn(end, digits);
    end += whole_count;
    const size_t fraction_count = *end == '.' ? strspn(end + 1, digits) : 0;
    *value = (Rational){0, 1};
    if (whole_count + fraction_count == 0) {
        return NUMBER_NONE;
    }
    end += fraction_count ? fraction_count + 1 : 0;
    const char *exponent = end;
    end += exponent_length(end);
    *text = end;

    char buffer[MAX_NUMBER_BYTES];
    const size_t length = (size_t)(end - begin);
    if (length < sizeof buffer) {
        memcpy(buffer, begin, length);
        buffer[length] = '\0';
        if (rational_parse(buffer, value)) {
            return NUMBER_GOOD;
        }
    }
    const bool is_small = exponent < end ? exponent[1] == '-' : whole_count <= 18;
    return is_small ? NUMBER_TOO_FINE : NUMBER_TOO_LARGE;
}
