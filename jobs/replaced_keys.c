/* Keys that an earlier draft of the format had, and what says the same now. */
#include "jobs/replaced_keys.h"

#include <stddef.h>
#include <string.h>

#define WRITE_RULE  "write a rule: "
#define WRITE_TAG   "write a tag: "
#define WRITE_CHECK "write a check: "
#define WRITE_POLICY                                                                               \
    "what files are held to is a policy: `policy: {checks: {...}}`, `nocturne list checks`"

// clang-format off
static const struct {
    const char *prefix, *member, *help;
} replaced[] = {
    {"", "silences", WRITE_RULE "`rules: {quiet: {over: [time, time], select: stem=mx, gain: -inf, tails: ring}}`"},
    {"", "breaths", WRITE_RULE "`rules: {breath: {over: [time, time], select: stem=mx, max_layers: 2}}`"},
    {"", "focus", WRITE_RULE "`rules: {focus: {over: sc12, select: stem=mx, except: role=solo, gain: -4 dB}}`; `dynamics: {leads: ...}` holds it to a ratio"},
    {"", "moods", WRITE_RULE "`rules: {sorrow: {when: line.tag=sorrow, select: stem=mx, tilt: -1.5 dB}}`"},
    {"", "variations", WRITE_RULE "`rules: {dark: {when: cue.tag=dark, select: stem=mx, lpf: 4 kHz}}`"},
    {"", "trims", WRITE_RULE "`rules: {trim: {select: family=strings, gain: -1 dB}}`"},
    {"", "balance", WRITE_RULE "`rules: {under: {select: role=counter, gain: -4 dB}}`"},
    {"", "motifs", WRITE_TAG "`tags: [motif:nightfall]`"},
    {"", "limits", "lints are part of the program: `nocturne check --lint`; files are held to a `policy`"},
    {"", "references", WRITE_POLICY},
    {"", "translation", WRITE_CHECK "`policy: {checks: {translation: {max: 10 LU}}}`"},
    {"deliverables.*", "tone", WRITE_POLICY},
    {"cues.*", "range", WRITE_POLICY},
    {"layers.*", "subsonic", WRITE_TAG "`tags: [subsonic]`"},
    {"layers.*", "tail", "rooms ring on by themselves; how a layer ends is `fade_out`"},
    {"rules.*", "eq", "write `hpf`, `lpf` or `tilt`, or `eq` in the layers"},
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
    {"qc", "dialogue_ratio", WRITE_CHECK "`policy: {checks: {dialogue_ratio: {min: 6 LU}}}`"},
    {"qc", "legibility", WRITE_CHECK "`policy: {checks: {legibility: {min: 3 dB}}}`; of melodies `dynamics: {leads: {tune: {select: role=melody, ratio: -3 dB, band: mid}}}`"},
    {"qc", "imaging", WRITE_CHECK "`policy: {checks: {imaging: {max: 9 dB}}}`"},
    {"qc", "stereo_field", WRITE_CHECK "`policy: {checks: {phase: {min: -0.3}, balance: {max: 3 dB}}}`"},
    {"qc", "mono", WRITE_CHECK "`policy: {checks: {mono_fold: {max: 3 dB}}}`"},
    {"qc", "budget", WRITE_CHECK "`budget:` in a stem, and `policy: {checks: {stem_budget: {tolerance: 1 LU}}}`"},
    {"qc", "dead_air", WRITE_CHECK "`policy: {checks: {dead_air: {max: 2 s}}}`; a rule with `gain: -inf` says what is meant"},
    {"qc", "inaudible", WRITE_CHECK "`policy: {checks: {inaudible: {below: -40 LU}}}`"},
    {"qc", "harsh", WRITE_CHECK "`policy: {checks: {harshness: {max: -1.5 dB}}}`"},
    {"qc", "transitions", WRITE_CHECK "`policy: {checks: {transitions: {max: 12 LU}}}`"},
    {"qc", "contrast", WRITE_CHECK "`policy: {checks: {contrast: {min: 3 LU}}}`"},
    {"qc", "clicks", WRITE_CHECK "`policy: {checks: {clicks: fail}}`"},
    {"rules.*", "weight", "write `hpf` or `tilt`"},
    {"rules.*", "mud_guard", "write `hpf`"},
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
