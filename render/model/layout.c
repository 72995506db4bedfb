/* Which channel of a layout takes a signal that has no direction. */
#include "render/model/layout.h"

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
