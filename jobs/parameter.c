/* The parameters of a layer that may move. */
#include "jobs/parameter.h"

#include <string.h>

#include "jobs/suggest.h"

/* DECISIONS 15: in dB for gain, send and tilt, log2 Hz for filters, log m for distance. */
// clang-format off
static const Parameter parameters[] = {
    {"gain",     QUANTITY_LEVEL,     "-96 dB … +24 dB",  LANE_GAIN,     true,  "gain"},
    {"hpf",      QUANTITY_FREQUENCY, "1 Hz … 96 kHz",    LANE_HPF,      false, "hpf"},
    {"lpf",      QUANTITY_FREQUENCY, "1 Hz … 96 kHz",    LANE_LPF,      false, "lpf"},
    {"tilt",     QUANTITY_LEVEL,     "-12 dB … +12 dB",  LANE_TILT,     true,  "tilt"},
    {"width",    QUANTITY_PERCENT,   "0 % … 200 %",      LANE_WIDTH,    false, "width"},
    {"distance", QUANTITY_DISTANCE,  "0.05 m … 1000 m",  LANE_DISTANCE, false, "distance"},
    {"send",     QUANTITY_LEVEL,     "-96 dB … +24 dB",  LANE_SEND,     true,  "send"},
};
// clang-format on
enum { PARAMETER_COUNT = sizeof parameters / sizeof *parameters };

const Parameter *parameter_find(const char *name) {
    for (int index = 0; index < PARAMETER_COUNT; index++) {
        if (strcmp(parameters[index].name, name) == 0) {
            return &parameters[index];
        }
    }
    return NULL;
}

Status parameter_read(const Node *node, const Parameter **parameter, ErrorList *errors) {
    *parameter = parameter_find(node->text);
    if (*parameter) {
        return DONE;
    }
    const char *names[PARAMETER_COUNT];
    for (int index = 0; index < PARAMETER_COUNT; index++) {
        names[index] = parameters[index].name;
    }
    fail(errors, E304, node->place, "no parameter is called `%s`", node->text);
    const char *nearest = suggest_nearest(node->text, names, PARAMETER_COUNT);
    if (nearest) {
        error_caret(errors, "did you mean `%s`?", nearest);
    }
    error_note(errors, "parameters: gain hpf lpf tilt width distance send");
    return E304;
}

Status parameter_read_value(const Parameter *parameter,
                            const Node *node,
                            const TimeBase *base,
                            double *value,
                            ErrorList *errors) {
    Rational written;
    TRY(quantity_read(parameter->kind, node, base, &written, errors));
    TRY(quantity_check_range(parameter->kind, node, base, written, parameter->range, errors));
    if (parameter->kind == QUANTITY_FREQUENCY &&
        rational_compare(written, (Rational){base->rate_hz, 2}) >= 0) {
        return fail(errors, E207, node->place, "`%s` is above half the sample rate (%g kHz)",
                    node->text, (double)base->rate_hz / 2000.0);
    }
    *value = rational_value(written);
    return DONE;
}

double parameter_to_lane(const Parameter *parameter, double value) {
    switch (parameter->lane) {
    case LANE_HPF:
    case LANE_LPF:
        return exact_log2(value);
    case LANE_DISTANCE:
        return exact_log(value);
    case LANE_WIDTH:
        return value / 100.0;
    default:
        return value;
    }
}
