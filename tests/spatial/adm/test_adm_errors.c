/* Metadata that cannot be rendered as it is: what is said, and what is put right. */
#include "adm_bench.h"

/* One change to a good file, and what is said about it. */
typedef struct Fault {
    const char *from, *to; /* the first place is changed */
    Status status;
    const char *words; /* in the message */
} Fault;

static const char good_block[] =
    "<audioBlockFormat audioBlockFormatID='AB_00031001_00000001' rtime='00:00:00.0' "
    "duration='00:00:00.05'><position coordinate='azimuth'>30</position>"
    "<position coordinate='elevation'>0</position></audioBlockFormat>"
    "<audioBlockFormat audioBlockFormatID='AB_00031001_00000002' rtime='00:00:00.05' "
    "duration='00:00:00.05'><position coordinate='azimuth'>-30</position>"
    "<position coordinate='elevation'>0</position></audioBlockFormat>";

static const char *changed(AdmBench *bench, const char *text, const char *from, const char *to) {
    const char *const at = strstr(text, from);
    assert_non_null(at);
    return arena_format(bench->arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void assert_fault(const Fault *fault) {
    AdmBench bench;
    bench_open(&bench);
    const char *const good = bench_object(&bench, NULL, good_block);
    const Status status = bench_try(&bench, changed(&bench, good, fault->from, fault->to));
    const ErrorEntry *const entry = errors_last(bench.errors);
    if (status != fault->status || !entry || !strstr(entry->message, fault->words)) {
        fail_msg("`%s` -> `%s`: E%03d %s", fault->from, fault->to, (int)status,
                 entry ? entry->message : "");
    }
    bench_close(&bench);
}

static void assert_faults(const Fault *faults, size_t count) {
    for (size_t index = 0; index < count; ++index) {
        assert_fault(&faults[index]);
    }
}

static void text_that_is_no_metadata_is_refused(void **state) {
    (void)state;
    static const Fault faults[] = {
        {"</ebuCoreMain>\n",                                               "",                                                                  E440, "cut short"             },
        {"</audioFormatExtended></format></coreMetadata></ebuCoreMain>\n", "",                                                                  E440, "cut short"             },
        {"</audioObject>",                                                 "</audioobject>",                                                    E440, "not well-formed"       },
        {"<ebuCoreMain",                                                   "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><ebuCoreMain", E440,
         "document type"                                                                                                                                                      },
        {"audioFormatExtended",                                            "audioFormat",                                                       E440, "not well-formed"       },
        {"<position coordinate='azimuth'>30",                              "<position coordinate='azimuth'>abc",                                E440, "number"                },
        {"<position coordinate='azimuth'>30",                              "<position coordinate='azimuth'>nan",                                E440, "number"                },
        {"<position coordinate='azimuth'>30",                              "<position coordinate='azimuth'>230",                                E440,
         "-180 .. 180"                                                                                                                                                        },
        {"<position coordinate='elevation'>0",                             "<position coordinate='height'>0",                                   E440,
         "coordinate"                                                                                                                                                         },
        {"<position coordinate='elevation'>0</position>",                  "",                                                                  E440, "no position"           },
        {"<position coordinate='elevation'>0</position>",                  "<position coordinate='X'>0</position>",
         E440,                                                                                                                                        "polar and Cartesian"   },
        {"duration='00:00:00.05'",                                         "duration='0.05'",                                                   E440, "hh:mm:ss"              },
        {"typeLabel='0003'",                                               "typeLabel='0001'",                                                  E440, "typeLabel"             },
        {"audioObjectID='AO_1001'",                                        "audioObjectID='AP_1001'",                                           E440, "AO_"                   },
        {"audioContentID='ACO_1001'",                                      "",                                                                  E440, "without audioContentID"},
        {"</audioObject>",                                                 "</audioObject><audioObject audioObjectID='AO_1001'></audioObject>",
         E440,                                                                                                                                        "twice"                 },
        {"<position coordinate='azimuth'>30",
         "<gain gainUnit='bel'>1</gain><position coordinate='azimuth'>30",                                                                      E440, "gainUnit"              },
        {"<position coordinate='azimuth'>30",
         "<zoneExclusion><zone minX='0'/></zoneExclusion><position coordinate='azimuth'>30",                                                    E440,
         "zone"                                                                                                                                                               },
    };
    assert_faults(faults, sizeof faults / sizeof *faults);
}

static void references_that_lead_nowhere_are_refused(void **state) {
    (void)state;
    static const Fault faults[] = {
        {"<audioContentIDRef>ACO_1001",                                                      "<audioContentIDRef>ACO_1009",       E441, "not there"        },
        {"<audioPackFormatIDRef>AP_00031001",                                                "<audioPackFormatIDRef>AP_0003ffff", E441,
         "not there"                                                                                                                                       },
        {"<audioPackFormatIDRef>AP_00031001",                                                "<audioPackFormatIDRef>AP_00010fff", E441,
         "not there"                                                                                                                                       },
        {"<audioTrackUIDRef>ATU_00000001",                                                   "<audioTrackUIDRef>ATU_00000002",    E441, "not there"        },
        {"<audioObjectIDRef>AO_1001",                                                        "<audioObjectIDRef>AO_100",          E441, "not there"        },
        {"<audioTrackUIDRef>ATU_00000001</audioTrackUIDRef>",                                "",                                  E441, "no track"         },
        {"<audioTrackUIDRef>ATU_00000001</audioTrackUIDRef>",
         "<audioObjectIDRef>AO_1001</audioObjectIDRef>",                                                                          E441, "AO_1001 > AO_1001"},
        {"<audioChannelFormatIDRef>AC_00031001",
         "<audioPackFormatIDRef>AP_00031001</"
         "audioPackFormatIDRef><audioChannelFormatIDRef>AC_00031001",                                                             E441, "refers to itself" },
        {"<audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef><audioTrackUIDRef>",
         "<audioPackFormatIDRef>AP_00010001</audioPackFormatIDRef><audioTrackUIDRef>",                                            E441,
         "no track for AC_00010003"                                                                                                                        },
        {"<audioTrackUIDRef>ATU_00000001</audioTrackUIDRef>",
         "<audioTrackUIDRef>ATU_00000001</audioTrackUIDRef><audioTrackUIDRef>ATU_00000000</"
         "audioTrackUIDRef>",                                                                                                     E441, "silent"           },
        {"<audioChannelFormatIDRef>AC_00031001</audioChannelFormatIDRef></audioPackFormat>",
         "<audioChannelFormatIDRef>AC_00031001</"
         "audioChannelFormatIDRef><audioChannelFormatIDRef>AC_00010001</audioChannelFormatIDRef></"
         "audioPackFormat>",                                                                                                      E441, "of type"          },
        {"<audioContentIDRef>ACO_1001</audioContentIDRef>",                                  "",                                  E441, "plays no track"   },
    };
    assert_faults(faults, sizeof faults / sizeof *faults);
}

/* AP_00031001 holds AP_00031002, which holds AP_00031001. */
static void packs_in_a_circle_are_refused(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *axml = bench_object(&bench, NULL, good_block);
    axml =
        changed(&bench, axml,
                "<audioChannelFormatIDRef>AC_00031001</audioChannelFormatIDRef></audioPackFormat>",
                "<audioPackFormatIDRef>AP_00031002</audioPackFormatIDRef></audioPackFormat>"
                "<audioPackFormat audioPackFormatID='AP_00031002' typeLabel='0003'>"
                "<audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef></audioPackFormat>");
    assert_int_equal(bench_try(&bench, axml), E441);
    assert_string_equal(errors_last(bench.errors)->message,
                        "AP_00031001 refers to itself: AP_00031001 > AP_00031002 > AP_00031001");
    bench_close(&bench);
}

static void times_that_contradict_each_other_are_refused(void **state) {
    (void)state;
    static const Fault faults[] = {
        {"rtime='00:00:00.05'",                       "rtime='00:00:00.04'", E442, "overlaps"     },
        {"rtime='00:00:00.05'",                       "",                    E442, "without rtime"},
        {"rtime='00:00:00.0' duration='00:00:00.05'", "",                    E442, "no times"     },
    };
    assert_faults(faults, sizeof faults / sizeof *faults);
    AdmBench bench;
    bench_open(&bench);
    assert_int_equal(bench_try(&bench, bench_object(&bench, NULL, "")), E442);
    bench_close(&bench);
}

static void content_that_would_be_left_out_is_refused(void **state) {
    (void)state;
    static const Fault faults[] = {
        {"<position coordinate='azimuth'>30",
         "<sparkle>1</sparkle><position coordinate='azimuth'>30",                                   E443,
         "unknown element `sparkle` in audioBlockFormat"                                                                                },
        {"<audioProgramme ",                           "<audioThing/><audioProgramme ",             E443, "unknown element `audioThing`"},
        {"typeLabel='0003' typeDefinition='Objects'>",
         "typeLabel='0005' typeDefinition='Binaural'>",                                             E443, "binaural"                    },
        {"typeLabel='0003' typeDefinition='Objects'>", "typeLabel='0002' typeDefinition='Matrix'>",
         E443,                                                                                            "matrix"                      },
        {"<audioObjectIDRef>AO_1001",
         "<alternativeValueSetIDRef>AVS_1001_0001</"
         "alternativeValueSetIDRef><audioObjectIDRef>AO_1001",                                      E443, "alternativeValueSet"         },
        {"typeDefinition='Objects'>\n<audioBlock",
         "typeDefinition='Objects'>\n<frequency "
         "typeDefinition='lowPass'>120</frequency><audioBlock",                                     E443, "frequency"                   },
    };
    assert_faults(faults, sizeof faults / sizeof *faults);
}

static void tracks_must_be_there(void **state) {
    (void)state;
    static const struct {
        const char *chna;
        Status status;
    } cases[] = {
        {NULL,                                                                               E444},
        {"2 ATU_00000001 AC_00031001 AP_00031001\n",                                         E444},
        {"1 AXX_00000001 AC_00031001 AP_00031001\n",                                         E444},
        {"1 ATU_00000001 AC_00031001 AP_00031001\n1 ATU_00000001 AC_00031001 AP_00031001\n", E444},
        {"1 ATU_00000001 AC_00031002 AP_00031001\n",                                         E441},
        {"1 ATU_00000002 AC_00031001 AP_00031001\n",                                         E441},
        {"1 ATU_00000001 AC_00031001_00 AP_00031001\n",                                      DONE}, /* filled up: BS.2088-2, 8.1 */
        {"1 ATU_00000001 AC_00031001_01 AP_00031001\n",                                      E441},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; ++index) {
        AdmBench bench;
        bench_open(&bench);
        const char *const axml = bench_object(&bench, NULL, good_block);
        bench_write(&bench, &(BenchFile){axml, cases[index].chna, 1, 4800, false});
        assert_int_equal(adm_open(bench.path, &(AdmOpening){0}, &bench.file, bench.errors),
                         cases[index].status);
        bench_close(&bench);
    }
}

static void small_faults_are_put_right_and_told(void **state) {
    (void)state;
    static const struct {
        const char *from, *to;
        AdmRepairKind kind;
    } cases[] = {
        {"rtime='00:00:00.05'",                                                        "rtime='00:00:00.05001'",                                      REPAIR_GAP             },
        {"rtime='00:00:00.05'",                                                        "rtime='00:00:00.04999'",                                      REPAIR_OVERLAP         },
        {"rtime='00:00:00.0' ",                                                        "",                                                            REPAIR_TIME            },
        {"<audioObject ",                                                              "<audioObject duration='00:00:00.08' ",                        REPAIR_BLOCK_END       },
        {"<audioObject ",                                                              "<audioObject duration='00:00:00.05' ",                        REPAIR_BLOCK_OUTSIDE   },
        {"-30</position>",
         "-30</position><jumpPosition interpolationLength='0.06'>1</jumpPosition>",                                                                   REPAIR_INTERPOLATION   },
        {"30</position>",                                                              "30</position><cartesian>1</cartesian>",                       REPAIR_CARTESIAN       },
        {"<audioPackFormatIDRef>AP_00031001</audioPackFormatIDRef><audioTrackUIDRef>",
         "<audioTrackUIDRef>",                                                                                                                        REPAIR_PACK_REFERENCE  },
        {"audioObjectName='o'",                                                        "audioObjectName='o' colour='red'",                            REPAIR_ATTRIBUTE       },
        {"<audioObject ",                                                              "<audioObject interact='1' ",                                  NOTE_INTERACTION       },
        {"<audioObjectIDRef>AO_1001</audioObjectIDRef>",
         "<audioObjectIDRef>AO_1001</audioObjectIDRef><audioObjectIDRef>AO_1001</audioObjectIDRef>",                                                  NOTE_REPEATED          },
        {"<audioContent ",                                                             "<audioProgramme audioProgrammeID='APR_1002'/><audioContent ",
         NOTE_PROGRAMME                                                                                                                                                      },
        {"<audioTrackUIDRef>",                                                         "<mute>1</mute><audioTrackUIDRef>",                            NOTE_MUTED             },
        {"<audioTrackUID UID='ATU_00000001'><audioChannelFormatIDRef>AC_00031001"
         "</audioChannelFormatIDRef>",                                        "<audioStreamFormat audioStreamFormatID='AS_00031001'><audioChannelFormatIDRef>"
         "AC_00031001</audioChannelFormatIDRef><audioTrackFormatIDRef>AT_00031001_01"
         "</audioTrackFormatIDRef></audioStreamFormat><audioTrackFormat "
         "audioTrackFormatID='AT_00031001_01'/><audioTrackUID UID='ATU_00000001'>"
         "<audioTrackFormatIDRef>AT_00031001_01</audioTrackFormatIDRef>",                              REPAIR_DUAL_REFERENCE  }, /* chna names the channel */
        {"<audioTrackUID UID='ATU_00000001'><audioChannelFormatIDRef>AC_00031001"
         "</audioChannelFormatIDRef>",                                        "<audioStreamFormat audioStreamFormatID='AS_00031001'><audioChannelFormatIDRef>"
         "AC_00031001</audioChannelFormatIDRef><audioTrackFormatIDRef>AT_00031001_01"
         "</audioTrackFormatIDRef></audioStreamFormat><audioTrackFormat "
         "audioTrackFormatID='AT_00031001_01'/><audioTrackUID UID='ATU_00000001'>"
         "<audioTrackFormatIDRef>AT_00031001_01</audioTrackFormatIDRef>",                              REPAIR_STREAM_REFERENCE},
    };
    for (size_t index = 0; index < sizeof cases / sizeof *cases; ++index) {
        AdmBench bench;
        bench_open(&bench);
        const char *const good = bench_object(&bench, NULL, good_block);
        bench_must(&bench, bench_try(&bench, good));
        assert_null(adm_facts(bench.file)->repairs->first);
        bench_must(&bench,
                   bench_try(&bench, changed(&bench, good, cases[index].from, cases[index].to)));
        if (!bench_has_repair(&bench, cases[index].kind)) {
            fail_msg("no repair %s", adm_repair_word(cases[index].kind));
        }
        bench_close(&bench);
    }
}

static void a_chna_row_without_formats_takes_those_of_axml(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *const axml = bench_object(&bench, NULL, good_block);
    bench_write(&bench, &(BenchFile){axml, "1 ATU_00000001 - -\n", 1, 4800, false});
    bench_must(&bench, adm_open(bench.path, &(AdmOpening){0}, &bench.file, bench.errors));
    assert_true(bench_has_repair(&bench, REPAIR_CHNA_REFERENCE));
    bench_close(&bench);
}

static void a_programme_can_be_chosen(void **state) {
    (void)state;
    AdmBench bench;
    bench_open(&bench);
    const char *const axml =
        changed(&bench, bench_object(&bench, NULL, good_block), "<audioContent ",
                "<audioProgramme "
                "audioProgrammeID='APR_1002'><audioContentIDRef>ACO_1001</audioContentIDRef>"
                "</audioProgramme><audioContent ");
    bench_write(&bench, &(BenchFile){axml, BENCH_CHNA, 1, 4800, false});
    assert_int_equal(
        adm_open(bench.path, &(AdmOpening){.programme_id = "APR_1003"}, &bench.file, bench.errors),
        E441);
    bench_must(&bench, adm_open(bench.path, &(AdmOpening){.programme_id = "apr_1002"}, &bench.file,
                                bench.errors));
    assert_string_equal(adm_facts(bench.file)->selection->programme->id, "APR_1002");
    bench_close(&bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_is_no_metadata_is_refused),
        cmocka_unit_test(references_that_lead_nowhere_are_refused),
        cmocka_unit_test(packs_in_a_circle_are_refused),
        cmocka_unit_test(times_that_contradict_each_other_are_refused),
        cmocka_unit_test(content_that_would_be_left_out_is_refused),
        cmocka_unit_test(tracks_must_be_there),
        cmocka_unit_test(small_faults_are_put_right_and_told),
        cmocka_unit_test(a_chna_row_without_formats_takes_those_of_axml),
        cmocka_unit_test(a_programme_can_be_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
