/* Keys that an earlier draft of the format had, and what says the same now. */
#include "jobs/replaced_keys.h"

#include <stddef.h>
#include <string.h>

#define WRITE_RULE "write a rule: "
#define WRITE_TAG  "write a tag: "

// clang-format off
static const struct {
    const char *prefix, *member, *help;
} replaced[] = {
    {"", "silences", WRITE_RULE "`rules: {quiet: {over: [time, time], select: stem=mx, gain: -inf, tails: ring}}`"},
    {"", "breaths", WRITE_RULE "`rules: {breath: {over: [time, time], select: stem=mx, max_layers: 2}}`"},
    {"", "focus", WRITE_RULE "`rules: {focus: {over: sc12, select: stem=mx, except: role=solo, gain: -4 dB}}`"},
    {"", "moods", WRITE_RULE "`rules: {sorrow: {when: line.tag=sorrow, select: stem=mx, tilt: -1.5 dB}}`"},
    {"", "variations", WRITE_RULE "`rules: {dark: {when: cue.tag=dark, select: stem=mx, lpf: 4 kHz}}`"},
    {"", "trims", WRITE_RULE "`rules: {trim: {select: family=strings, gain: -1 dB}}`"},
    {"", "balance", WRITE_RULE "`rules: {under: {select: role=counter, gain: -4 dB}}`"},
    {"", "motifs", WRITE_TAG "`tags: [motif:nightfall]`"},
    {"", "review", "sign-offs are not part of a job"},
    {"scenes.*", "motif", WRITE_TAG "`tags: [motif:nightfall]`"},
    {"cues.*", "motif", WRITE_TAG "`tags: [motif:nightfall]`"},
    {"cues.*", "variation", WRITE_TAG "`tags: [variation:dark]`, and a rule `when: cue.tag=variation:dark`"},
    {"lines.*", "mood", WRITE_TAG "`tags: [sorrow]`, and a rule `when: line.tag=sorrow`"},
    {"layers.*", "function", WRITE_TAG "`tags: [color]`"},
    {"layers.*", "purpose_class", WRITE_TAG "`tags: [drama]`"},
    {"layers.*", "tone", WRITE_TAG "`tags: [bright]`"},
    {"layers.*", "articulation", WRITE_TAG "`tags: [legato]`"},
    {"layers.*", "character", WRITE_TAG "`tags: [character:mara]`"},
    {"rules.*", "weight", "write `hpf`, `tilt` or `eq`"},
    {"rules.*", "mud_guard", "write `hpf` or `eq`"},
};
// clang-format on

const char *replaced_key_help(const char *prefix, const char *member) {
    for (size_t key = 0; key < sizeof replaced / sizeof *replaced; key++) {
        if (strcmp(prefix, replaced[key].prefix) == 0 &&
            strcmp(member, replaced[key].member) == 0) {
            return replaced[key].help;
        }
    }
    return NULL;
}
