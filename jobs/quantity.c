/* Numbers with units: what each kind of value accepts, and what it says otherwise. */
#include <string.h>

#include "jobs/number.h"
#include "jobs/value.h"
#include "render/base/units.h"

typedef enum UnitScale {
    SCALE_FIXED,
    SCALE_FRAMES,
    SCALE_SAMPLES,
    SCALE_BEATS,
    SCALE_BARS
} UnitScale;

typedef struct Unit {
    const char *name;
    int64_t numerator, denominator; /* of the kind's first unit */
    UnitScale scale;
} Unit;

enum { MAX_UNITS = 10 };

typedef struct Quantity {
    const char *noun, *units_spoken, *example;
    const char *pattern; /* behind the number */
    Unit units[MAX_UNITS];
} Quantity;

#define NUMBER_PATTERN   "[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?"
#define ZERO_PATTERN     "[+-]?0+(\\.0*)?"
#define WITH_UNIT(units) "^(" ZERO_PATTERN "|" NUMBER_PATTERN " *(" units "))$"
#define TIME_UNITS                                                                                 \
    {                                                                                              \
        {"s", 1, 1, SCALE_FIXED}, {"ms", 1, 1000, SCALE_FIXED}, {"min", 60, 1, SCALE_FIXED},       \
            {"h", 3600, 1, SCALE_FIXED}, {"fr", 1, 1, SCALE_FRAMES}, {"smp", 1, 1, SCALE_SAMPLES}, \
            {"beat", 1, 1, SCALE_BEATS}, {"beats", 1, 1, SCALE_BEATS}, {"bar", 1, 1, SCALE_BARS},  \
        {                                                                                          \
            "bars", 1, 1, SCALE_BARS                                                               \
        }                                                                                          \
    }
#define TIME_SPOKEN "ms, s, min, h, fr or smp"

static const Quantity quantities[] = {
    [QUANTITY_NUMBER] = {"number",              "",                                     "1",          "^" NUMBER_PATTERN "$",         {{"", 1, 1, SCALE_FIXED}}      },
    [QUANTITY_GAIN] = {"gain",
                         "dB",                                                          "-3 dB",
                         "^(-inf( *dB)?|" ZERO_PATTERN "|" NUMBER_PATTERN " *dB)$",
                         {{"dB", 1, 1, SCALE_FIXED}}                                                                                                                 },
    [QUANTITY_LEVEL] = {"level",               "dB",                                   "-60 dB",     WITH_UNIT("dB"),                {{"dB", 1, 1, SCALE_FIXED}}    },
    [QUANTITY_FREQUENCY] = {"frequency",
                         "Hz or kHz",                                                   "80 Hz",
                         WITH_UNIT("Hz|kHz"),
                         {{"Hz", 1, 1, SCALE_FIXED}, {"kHz", 1000, 1, SCALE_FIXED}}                                                                                  },
    [QUANTITY_ANGLE] = {"angle",               "deg",                                  "30 deg",     WITH_UNIT("deg"),               {{"deg", 1, 1, SCALE_FIXED}}   },
    [QUANTITY_DISTANCE] = {"distance",            "m",                                    "2 m",        WITH_UNIT("m"),                 {{"m", 1, 1, SCALE_FIXED}}     },
    [QUANTITY_PERCENT] = {"percentage",          "%",                                    "40 %",       WITH_UNIT("%"),                 {{"%", 1, 1, SCALE_FIXED}}     },
    [QUANTITY_LOUDNESS] = {"loudness",
                         "LKFS or LUFS",                                                "-24 LKFS",
                         WITH_UNIT("LKFS|LUFS"),
                         {{"LKFS", 1, 1, SCALE_FIXED}, {"LUFS", 1, 1, SCALE_FIXED}}                                                                                  },
    [QUANTITY_LOUDNESS_DIFFERENCE] =
        {"loudness difference", "LU",                                   "1 LU",       WITH_UNIT("LU"),                {{"LU", 1, 1, SCALE_FIXED}}    },
    [QUANTITY_TRUE_PEAK] =
        {"true peak",           "dBTP",                                 "-1 dBTP",    WITH_UNIT("dBTP"),              {{"dBTP", 1, 1, SCALE_FIXED}}  },
    [QUANTITY_SLOPE] =
        {"slope",               "dB/oct",                               "24 dB/oct",  WITH_UNIT("dB/oct"),            {{"dB/oct", 1, 1, SCALE_FIXED}}},
    [QUANTITY_FALL] = {"slope",               "dB/s",                                 "3 dB/s",     WITH_UNIT("dB/s"),              {{"dB/s", 1, 1, SCALE_FIXED}}  },
    [QUANTITY_BIT_RATE] = {"bit rate",
                         "kbit/s",                                                      "256 kbit/s",
                         WITH_UNIT("kbit/s"),
                         {{"kbit/s", 1000, 1, SCALE_FIXED}}                                                                                                          },
    [QUANTITY_DURATION] = {"duration",            TIME_SPOKEN,                            "250 ms",     WITH_UNIT("ms|s|min|h|fr|smp"),
                         TIME_UNITS                                                                                                                                  },
    [QUANTITY_TIME] = {"time",                TIME_SPOKEN ", a timecode or a marker", "90 s",
                         WITH_UNIT("ms|s|min|h|fr|smp"),                                                                              TIME_UNITS                     },
};

const char *quantity_noun(QuantityKind kind) {
    return quantities[kind].noun;
}

const char *quantity_units(QuantityKind kind) {
    return quantities[kind].units_spoken;
}

const char *quantity_pattern(QuantityKind kind) {
    return quantities[kind].pattern;
}

static const Unit *find_unit(QuantityKind kind, const char *name) {
    for (int index = 0; index < MAX_UNITS && quantities[kind].units[index].name; index++) {
        if (strcmp(quantities[kind].units[index].name, name) == 0) {
            return &quantities[kind].units[index];
        }
    }
    return NULL;
}

static Status expect(QuantityKind kind, ErrorList *errors) {
    const Quantity *quantity = &quantities[kind];
    if (kind == QUANTITY_NUMBER) {
        error_caret(errors, "expected a number without a unit");
    } else {
        error_caret(errors, "expected a value in %s, for example `%s`", quantity->units_spoken,
                    quantity->example);
    }
    return E210;
}

static bool is_not_a_number(const char *text) {
    static const char *const words[] = {"nan",  "NaN", "NAN",  ".nan",  ".NaN",     "inf",
                                        "+inf", "Inf", ".inf", "-.inf", "infinity", "-inf"};
    for (size_t word = 0; word < sizeof words / sizeof *words; word++) {
        const size_t length = strlen(words[word]);
        if (strncmp(text, words[word], length) == 0 && (!text[length] || text[length] == ' ')) {
            return true;
        }
    }
    return false;
}

static Status fail_without_number(QuantityKind kind, const Node *node, ErrorList *errors) {
    if (is_not_a_number(node->text)) {
        fail(errors, E210, node->place, "`%s` is not a number", node->text);
    } else {
        fail(errors, E210, node->place, "`%s` is not a %s", node->text, quantities[kind].noun);
    }
    return expect(kind, errors);
}

/* unit: what stands behind the number and is not a unit of this kind. */
static Status fail_unit(QuantityKind kind, const Node *node, const char *unit, ErrorList *errors) {
    const Quantity *quantity = &quantities[kind];
    const size_t unit_begin = (size_t)(unit - node->text);
    size_t number_length = unit_begin;
    while (number_length > 0 && node->text[number_length - 1] == ' ') {
        number_length--;
    }
    if (*unit == '\0') {
        fail(errors, E210, node->place, "this %s has no unit", quantity->noun);
        error_caret(errors, "write `%s %s`", node->text, quantity->units[0].name);
        error_note(errors, "only `0` may be written without a unit");
        return E210;
    }
    if (*unit == ',' && unit[1] >= '0' && unit[1] <= '9') {
        fail(errors, E210, node->place, "`%s` has a decimal comma", node->text);
        error_caret(errors, "write a decimal point: `%.*s.%s`", (int)number_length, node->text,
                    unit + 1);
        return E210;
    }
    fail(errors, E210, node->place, "`%s` is not a unit of %s", unit, quantity->noun);
    if (kind == QUANTITY_NUMBER) {
        return expect(kind, errors);
    }
    error_caret(errors, "expected a value in %s, for example `%.*s %s`", quantity->units_spoken,
                (int)number_length, node->text, quantity->units[0].name);
    return E210;
}

static Status fail_number(NumberFault fault, const Node *node, ErrorList *errors) {
    return fault == NUMBER_TOO_FINE
               ? fail(errors, E206, node->place, "`%s` has more than 18 digits", node->text)
               : fail(errors, E206, node->place, "`%s` is too large a number", node->text);
}

static bool scale_value(const Unit *unit, const TimeBase *base, Rational number, Rational *value) {
    Rational factor = {unit->numerator, unit->denominator};
    if (base && unit->scale == SCALE_FRAMES) {
        factor = (Rational){base->frame_rate->denominator, base->frame_rate->numerator};
    }
    if (base && unit->scale == SCALE_SAMPLES) {
        factor = (Rational){1, base->rate_hz};
    }
    return rational_multiply(number, factor, value);
}

static bool is_silence(QuantityKind kind, const char *text) {
    return kind == QUANTITY_GAIN && (strcmp(text, "-inf") == 0 || strcmp(text, "-inf dB") == 0 ||
                                     strcmp(text, "-infdB") == 0);
}

/* A number and its unit, not yet multiplied; *unit NULL: 0 without one. */
static Status read_number(
    QuantityKind kind, const Node *node, Rational *number, const Unit **unit, ErrorList *errors) {
    const char *rest = node->text;
    const NumberFault fault = number_scan(&rest, number);
    if (fault == NUMBER_NONE) {
        return fail_without_number(kind, node, errors);
    }
    if (fault != NUMBER_GOOD) {
        return fail_number(fault, node, errors);
    }
    rest += strspn(rest, " ");
    *unit = NULL;
    if (*rest == '\0' && number->numerator == 0) {
        return DONE;
    }
    *unit = find_unit(kind, rest);
    return *unit ? DONE : fail_unit(kind, node, rest, errors);
}

static bool is_musical(const Unit *unit) {
    return unit && (unit->scale == SCALE_BEATS || unit->scale == SCALE_BARS);
}

static Status fail_musical(QuantityKind kind, const Node *node, ErrorList *errors) {
    if (kind == QUANTITY_TIME) {
        fail(errors, E211, node->place, "`%s` is not a time", node->text);
        error_caret(errors, "write bar|beat, for example `12|3`, or `door + %s`", node->text);
        return E211;
    }
    fail(errors, E202, node->place, "`%s` is planned here: this version does not serve it yet",
         node->text);
    error_note(errors, "beats and bars may be added to times, as in `at: door + 2 beats`");
    return E202;
}

Status quantity_read(
    QuantityKind kind, const Node *node, const TimeBase *base, Rational *value, ErrorList *errors) {
    *value = (Rational){0, 1};
    if (is_silence(kind, node->text)) {
        *value = (Rational){(int64_t)silence_db, 1};
        return DONE;
    }
    Rational number;
    const Unit *unit = NULL;
    TRY(read_number(kind, node, &number, &unit, errors));
    if (!unit) {
        return DONE;
    }
    if (is_musical(unit)) {
        return fail_musical(kind, node, errors);
    }
    if (!scale_value(unit, base, number, value)) {
        return fail_number(NUMBER_TOO_LARGE, node, errors);
    }
    return DONE;
}

Status
duration_read(const Node *node, const TimeBase *base, Duration *duration, ErrorList *errors) {
    static const Rational most = {1000000, 1};
    static const Rational least = {-1000000, 1};
    *duration = (Duration){
        .amount = {0, 1},
          .unit = DURATION_SECONDS
    };
    Rational number;
    const Unit *unit = NULL;
    TRY(read_number(QUANTITY_DURATION, node, &number, &unit, errors));
    if (!is_musical(unit)) {
        return quantity_read(QUANTITY_DURATION, node, base, &duration->amount, errors);
    }
    duration->amount = number;
    duration->unit = unit->scale == SCALE_BEATS ? DURATION_BEATS : DURATION_BARS;
    return rational_compare(number, most) <= 0 && rational_compare(number, least) >= 0
               ? DONE
               : fail_number(NUMBER_TOO_LARGE, node, errors);
}

/* A bound of the table, such as "-96 dB"; length bytes of text. */
static bool read_bound(
    QuantityKind kind, const char *text, size_t length, const TimeBase *base, Rational *bound) {
    char buffer[64];
    if (length >= sizeof buffer) {
        return false;
    }
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    const char *rest = buffer;
    Rational number;
    if (number_scan(&rest, &number) != NUMBER_GOOD) {
        return false;
    }
    rest += strspn(rest, " ");
    const Unit *unit = find_unit(kind, rest);
    return unit && scale_value(unit, base, number, bound);
}

bool quantity_read_range(QuantityKind kind,
                         const char *text,
                         const TimeBase *base,
                         QuantityRange *range) {
    static const char dots[] = " … ";
    const char *middle = text ? strstr(text, dots) : NULL;
    if (!middle) {
        return false;
    }
    const char *end = middle + strlen(dots);
    return read_bound(kind, text, (size_t)(middle - text), base, &range->low) &&
           read_bound(kind, end, strlen(end), base, &range->high);
}

Status quantity_check_range(QuantityKind kind,
                            const Node *node,
                            const TimeBase *base,
                            Rational value,
                            const char *range,
                            ErrorList *errors) {
    QuantityRange bounds;
    if (!quantity_read_range(kind, range, base, &bounds) || is_silence(kind, node->text)) {
        return DONE;
    }
    if (rational_compare(value, bounds.low) < 0 || rational_compare(value, bounds.high) > 0) {
        return fail(errors, E206, node->place, "`%s` is outside %s", node->text, range);
    }
    return DONE;
}
