/* The checker that written ADM files are held to finds what is wrong itself. */
#include "tests/support/adm_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* An object that moves once, and W of a file's own ambisonic pack. 9600 samples. */
static const char good[] =
    "<audioProgramme audioProgrammeID=\"APR_1001\"><audioContentIDRef>ACO_1001</audioContentIDRef>"
    "</audioProgramme>\n"
    "<audioContent audioContentID=\"ACO_1001\"><audioObjectIDRef>AO_1001</audioObjectIDRef>"
    "<audioObjectIDRef>AO_1002</audioObjectIDRef></audioContent>\n"
    "<audioObject audioObjectID=\"AO_1001\"><audioPackFormatIDRef>AP_00031001"
    "</audioPackFormatIDRef><audioTrackUIDRef>ATU_00000001</audioTrackUIDRef></audioObject>\n"
    "<audioObject audioObjectID=\"AO_1002\"><audioPackFormatIDRef>AP_00041001"
    "</audioPackFormatIDRef><audioTrackUIDRef>ATU_00000002</audioTrackUIDRef></audioObject>\n"
    "<audioPackFormat audioPackFormatID=\"AP_00031001\" typeLabel=\"0003\" "
    "typeDefinition=\"Objects\"><audioChannelFormatIDRef>AC_00031001</audioChannelFormatIDRef>"
    "</audioPackFormat>\n"
    "<audioPackFormat audioPackFormatID=\"AP_00041001\" typeLabel=\"0004\" typeDefinition=\"HOA\">"
    "<audioChannelFormatIDRef>AC_00041001</audioChannelFormatIDRef>"
    "<audioChannelFormatIDRef>AC_00041002</audioChannelFormatIDRef></audioPackFormat>\n"
    "<audioChannelFormat audioChannelFormatID=\"AC_00031001\" typeLabel=\"0003\" "
    "typeDefinition=\"Objects\">\n"
    "<audioBlockFormat audioBlockFormatID=\"AB_00031001_00000001\" rtime=\"00:00:00.00000\" "
    "duration=\"00:00:00.10000\"><position coordinate=\"azimuth\">30</position>"
    "<position coordinate=\"elevation\">0</position></audioBlockFormat>\n"
    "<audioBlockFormat audioBlockFormatID=\"AB_00031001_00000002\" rtime=\"00:00:00.10000\" "
    "duration=\"00:00:00.4800S48000\"><position coordinate=\"azimuth\">-30</position>"
    "<position coordinate=\"elevation\">0</position></audioBlockFormat></audioChannelFormat>\n"
    "<audioChannelFormat audioChannelFormatID=\"AC_00041001\" typeLabel=\"0004\" "
    "typeDefinition=\"HOA\"><audioBlockFormat audioBlockFormatID=\"AB_00041001_00000001\">"
    "<order>0</order><degree>0</degree></audioBlockFormat></audioChannelFormat>\n"
    "<audioChannelFormat audioChannelFormatID=\"AC_00041002\" typeLabel=\"0004\" "
    "typeDefinition=\"HOA\"><audioBlockFormat audioBlockFormatID=\"AB_00041002_00000001\">"
    "<order>1</order><degree>-1</degree></audioBlockFormat></audioChannelFormat>\n"
    "<audioTrackUID UID=\"ATU_00000001\"><audioTrackFormatIDRef>AT_00031001_01"
    "</audioTrackFormatIDRef><audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef>"
    "</audioTrackUID>\n"
    "<audioTrackUID UID=\"ATU_00000002\"><audioTrackFormatIDRef>AT_00041001_01"
    "</audioTrackFormatIDRef><audioPackFormatIDRef>AP_00041001</audioPackFormatIDRef>"
    "</audioTrackUID>\n"
    "<audioTrackFormat audioTrackFormatID=\"AT_00031001_01\"/>"
    "<audioTrackFormat audioTrackFormatID=\"AT_00041001_01\"/>\n";
static const char good_chna[] = "ATU_00000001AT_00031001_01AP_00031001"
                                "ATU_00000002AT_00041001_01AP_00041001";

typedef struct Fault {
    const char *from, *to; /* in axml, or in the ids of chna */
    const char *words;
} Fault;

// clang-format off
static const Fault faults[] = {
    {"ID=\"AC_00041002\"", "ID=\"AC_0004100G\"", "is no id"},
    {"ID=\"AO_1002\"", "ID=\"AO_1001\"", "stands twice"},
    {"IDRef>ACO_1001", "IDRef>ACO_1002", "not defined"},
    {"ID=\"AC_00041002\"", "ID=\"AC_00040002\"", "not defined"},
    {"typeLabel=\"0004\" typeDefinition", "typeLabel=\"0003\" typeDefinition", "another one"},
    {"typeDefinition=\"HOA\"><audioBlock", "typeDefinition=\"Objects\"><audioBlock", "another one"},
    {"<audioChannelFormatIDRef>AC_00041002", "<audioChannelFormatIDRef>AC_00031001", "another type"},
    {"AB_00031001_00000002", "AB_00031001_00000003", "not the next"},
    {"rtime=\"00:00:00.10000\"", "rtime=\"00:00:00.10001\"", "does not follow"},
    {"rtime=\"00:00:00.10000\"", "rtime=\"00:00:00.1\"", "does not follow"},
    {"4800S48000", "4801S48000", "last to the end"},
    {">-30<", ">-181<", "outside its range"},
    {"<degree>-1<", "<degree>-2<", "order 1 and degree -2"},
    {"<order>1</order><degree>-1<", "<order>0</order><degree>0<", "order 0 and degree 0"},
    {"<degree>-1</degree>", "", "no degree"},
    {"UIDRef>ATU_00000002<", "UIDRef>ATU_00000001<", "is not in one object"},
    {"ATU_00000002AT_", "ATU_00000003AT_", "not known"},
    {"ATU_00000002AT_", "ATU_00000001AT_", "twice in chna"},
    {"AT_00041001_01AP_", "AT_00041001_02AP_", "another one in chna"},
    {"_01AP_00041001", "_01AP_00031001", "another one in chna"},
    {"<audioChannelFormatIDRef>AC_00041001</audioChannelFormatIDRef>", "", "not in its pack"},
};
// clang-format on

static char *changed(Arena *arena, const char *text, const Fault *fault, int *count) {
    const char *const at = strstr(text, fault->from);
    *count += at != NULL;
    return at ? arena_format(arena, "%.*s%s%s", (int)(at - text), text, fault->to,
                             at + strlen(fault->from))
              : arena_copy_text(arena, text);
}

static const char *find_fault(Arena *arena, const char *axml, const char *ids) {
    unsigned char chna[ADM_RULES_CHNA_HEAD + 2 * ADM_RULES_CHNA_ROW] = {2, 0, 2, 0};
    for (int track = 0; track < 2; track++) {
        unsigned char *const row = chna + ADM_RULES_CHNA_HEAD + track * ADM_RULES_CHNA_ROW;
        row[0] = (unsigned char)(track + 1);
        memcpy(row + 2, ids + (ptrdiff_t)track * 37, 37);
    }
    return adm_rules_fault(&(AdmRules){.axml = axml,
                                       .chna = chna,
                                       .chna_bytes = sizeof chna,
                                       .track_count = 2,
                                       .frame_count = 9600,
                                       .arena = arena});
}

static void what_is_right_has_no_fault(void **state) {
    (void)state;
    Arena *arena = arena_create();
    const char *const fault = find_fault(arena, good, good_chna);
    if (fault) {
        fail_msg("%s", fault);
    }
    arena_destroy(&arena);
}

static void every_rule_finds_its_fault(void **state) {
    (void)state;
    for (size_t row = 0; row < sizeof faults / sizeof *faults; row++) {
        Arena *arena = arena_create();
        int count = 0;
        const char *const axml = changed(arena, good, &faults[row], &count);
        const char *const ids = changed(arena, good_chna, &faults[row], &count);
        assert_true(count > 0);
        const char *const fault = find_fault(arena, axml, ids);
        if (!fault || !strstr(fault, faults[row].words)) {
            fail_msg("%s instead of %s: %s", faults[row].to, faults[row].from,
                     fault ? fault : "no fault");
        }
        arena_destroy(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_has_no_fault),
        cmocka_unit_test(every_rule_finds_its_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
