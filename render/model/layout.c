/* Which channel of a layout takes a signal that has no direction. */
#include "render/model/layout.h"

#include <math.h>
#include <string.h>

int layout_lfe_channel(const Layout *layout, const char *label) {
    int found = -1;
    for (int channel = 0; channel < layout->channel_count; channel++) {
        const Channel *other = &layout->channels[channel];
        const bool is_named = strcmp(other->label, label) == 0;
        if (other->role == CHANNEL_LFE && (found < 0 || is_named)) {
            found = channel;
        }
    }
    return found;
}

static int count_lfe(const Layout *layout) {
    int count = 0;
    for (int channel = 0; channel < layout->channel_count; channel++) {
        count += layout->channels[channel].role == CHANNEL_LFE;
    }
    return count;
}

double layout_lfe_gain(const Layout *from, const Layout *to) {
    return count_lfe(from) > 1 && count_lfe(to) == 1 ? sqrt(0.5) : 1.0;
}
