/* Lengths at another speed or rate. */
#include "render/model/retime_ratio.h"

#include <stdbool.h>

int64_t retimed_samples(RetimeRatio ratio, int64_t input_samples) {
    const int64_t whole = input_samples / ratio.input * ratio.output;
    const int64_t scaled = input_samples % ratio.input * ratio.output;
    const int64_t low = scaled / ratio.input;
    const int64_t twice = 2 * (scaled % ratio.input);
    const bool is_tie = twice == ratio.input;
    const bool rises = is_tie ? (whole + low) % 2 != 0 : twice > ratio.input;
    return whole + low + rises;
}
