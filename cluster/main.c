/* The program: a table of verbs, and what stands before and behind every one of them. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/answer.h"
#include "cluster/command.h"
#include "cluster/machine.h"
#include "cluster/transport_mpi.h"
#include "cluster/versions.h"

typedef struct Verb {
    const char *name;
    int (*run)(const Options *options);
    const char *line; /* NULL: internal, not listed */
    const char *help; /* examples first; the options follow from their table */
} Verb;

/* The texts as they are printed. */
// clang-format off
static const Verb verbs[] = {
    {"init", command_init, "writes a starter job, or the demo with its audio",
     "  nocturne init                  job.yaml and its schema, here\n"
     "  nocturne init demo             the demo in demo/: 13 stems, 2 rooms, 4 deliverables\n"
     "  nocturne init job FOLDER       the starter job in FOLDER\n"
     "\n"
     "Never writes over a file that exists.\n"},
    {"check", command_check, "says everything that is wrong with a job",
     "  nocturne check first-night.yaml\n"
     "  nocturne check *.yaml --format github        annotations in a pull request\n"
     "  nocturne check job.yaml --lint --inputs      hints too, and the headers of all inputs\n"
     "  generate-job | nocturne check -\n"
     "\n"
     "Opens no audio unless --inputs is given. Exit code 3: the job is wrong.\n"},
    {"plan", command_plan, "what render would do: tasks, files, time and space",
     "  nocturne plan first-night.yaml\n"
     "  nocturne plan first-night.yaml -j 8 --json\n"
     "  nocturne plan first-night.yaml --against out/FNGT_v1     what runs again, and why\n"
     "\n"
     "Reads and hashes the inputs, writes nothing into the output folder.\n"},
    {"render", command_render, "makes the deliverables; goes on where an earlier run stopped",
     "  nocturne render first-night.yaml              all cores of this machine\n"
     "  nocturne render first-night.yaml -j 8         eight ranks\n"
     "  nocturne render first-night.yaml -o out/mix3\n"
     "  nocturne render reel1.yaml reel2.yaml reel3.yaml    one run, a folder each, shared work once\n"
     "  nocturne render --queue night                 the jobs in night/, preview/ first, bulk/ last\n"
     "  nocturne render first-night.yaml --hosts a,b:16,c    over ssh; c takes all its cores\n"
     "  sbatch --nodes=8 cluster/slurm/night.sbatch first-night.yaml   render --slurm, overnight\n"
     "  mpirun -n 64 nocturne render first-night.yaml the ranks of a cluster\n"
     "\n"
     "Deliverables appear whole, by one rename each, after they were read back and measured.\n"
     "What was made before and still holds is taken from the store. Ctrl-C is safe. Of several jobs a\n"
     "wrong one is left out; the exit code is that of the worst. A deliverable that cannot be made is\n"
     "told, and all others come out (exit code 3); with --strict nothing does. What a queue has\n"
     "rendered goes to its done/, what it cannot to failed/; a job is dropped in by mv or as a link.\n"},
    {"deliver", command_deliver, "sets for receivers from finished stems, without a job",
     "  nocturne deliver stems --profile netflix-nearfield-5.1 --profile netflix-nearfield-2.0 -o out\n"
     "  nocturne deliver stems --profile netflix-me-5.1 -o out   music and effects\n"
     "  nocturne deliver mix.wav --profile ebu-r128 -o out       from a finished mix\n"
     "  nocturne deliver master.wav --profile imf-5.1 -o out     from an ADM master: its objects\n"
     "  nocturne deliver stems --profile ebu-r128 --write-job deliver.yaml\n"
     "  nocturne deliver stems --profile ebu-r128 --set project.frame_rate=25\n"
     "  nocturne list profiles                                   what receivers ask for\n"
     "\n"
     "Stems are told by their names (dx mx fx amb foley me, dialogue, music ...): one file a stem,\n"
     "or a mono file a loudspeaker (.L .R .C .LFE .Ls .Rs). What was taken as what is printed first.\n"
     "Every set is read back and measured; one that fails its gates stays in held/, the others come\n"
     "out, and the exit code is 8.\n"},
    {"resume", command_resume, "the same, from the output folder alone",
     "  nocturne resume out/FNGT_v1\n"},
    {"status", command_status, "how far a run is, also from another shell",
     "  nocturne status out/FNGT_v1\n"
     "  nocturne status out/FNGT_v1 --watch          until it ends\n"
     "  nocturne status out/FNGT_v1 --json\n"},
    {"join", command_join, "lends this process to a render that goes on in a shared folder",
     "  nocturne join out/FNGT_v1\n"
     "  srun -n 50 nocturne join /shared/out/FNGT_v1    fifty one-core helpers\n"
     "\n"
     "Takes tasks of the run through its folder and store, which both must be shared; no MPI. Comes\n"
     "and goes as it likes: SIGTERM lets it finish its task, and what a killed one ran is run again.\n"},
    {"verify", command_verify, "whether a folder still holds what its manifests say",
     "  nocturne verify out/FNGT_v1\n"
     "  nocturne verify out/FNGT_v1 --rerender 5%      one task of twenty once more, bit by bit\n"
     "\n"
     "Needs no job: hashes every file, finds missing and foreign ones, checks lengths, and adds\n"
     "the stems up again: full minus stems must be zero in every sample. Exit code 9: it "
     "differs.\n"},
    {"cache", command_cache, "what the store holds, whether it is whole, making room in it",
     "  nocturne cache info\n"
     "  nocturne cache verify --store /shared/store\n"
     "  nocturne cache trim --limit 200G out/FNGT_v1 out/FNGT_v2    the results of these runs stay\n"
     "\n"
     "Everything in the store can be made again. trim removes what was longest unused. Exit code\n"
     "9: verify found damaged objects; they are removed.\n"},
    {"list", command_list, "tables: keys layers cues scenes lines markers outputs wildcards layouts folds profiles errors panners hrtf room checks",
     "  nocturne list keys                 the whole job format\n"
     "  nocturne list keys layers          the keys of a layer\n"
     "  nocturne list keys --core          what a first job needs\n"
     "  nocturne list layers JOB           the layers of a job\n"
     "  nocturne list cues|scenes|lines|markers JOB  when things happen; --csv: a list to import\n"
     "  nocturne list outputs JOB          the files it makes\n"
     "  nocturne list wildcards [JOB]      of file names, with their values\n"
     "  nocturne list hrtf FILE            a SOFA file: its grid, gaps and interpolation error\n"
     "  nocturne list room FILE|JOB        how an impulse response or the rooms of a job ring\n"
     "  nocturne list layouts JOB          its own layouts, speaker by speaker\n"
     "  nocturne list profiles [NAME]      what receivers ask for, with sources\n"
     "  nocturne list layouts|folds|errors|panners|checks\n"},
    {"pan", command_pan, "where will this go? the gains of objects in a layout",
     "  nocturne pan 7.1.4 az=30 el=20               a bar for every loudspeaker\n"
     "  nocturne pan 4+7+0 az=110 width=40 --csv\n"
     "  nocturne pan 9+10+3 X=-0.5 Y=1 Z=0.3         a Cartesian object\n"
     "  nocturne pan stage@JOB.yaml az=30            a layout of a job\n"
     "  nocturne pan 5.1 < objects.csv               a header, then one object a row\n"
     "  nocturne pan 2.0 --binaural set.sofa az=60   ITD and ILD instead of gains\n"
     "\n"
     "Parameters as in BS.2076, degrees, azimuth positive to the left, gains after BS.2127:\n"
     "az el distance (or X Y Z) width height depth divergence divergence_range lock\n"
     "lock_distance diffuse gain.\n"},
    {"adm", command_adm, "renders an ADM file (BW64, RF64, WAV) to loudspeakers, without a job",
     "  nocturne adm master.wav --to 7.1.4 -o out\n"
     "  nocturne adm master.wav --to 9+10+3,5.1,0+2+0 -o out      three layouts in one pass\n"
     "  nocturne adm master.wav --to 5.1 -o out --strict          refuses what needs repair\n"
     "  nocturne adm master.wav --to 5.1 -o out --json            files and repairs as JSON\n"
     "\n"
     "Objects, DirectSpeakers and HOA as in BS.2127, into NAME__LAYOUT.wav at the rate and depth of\n"
     "the input, no dither, channels in the order of BS.2051. What has to be put right is told\n"
     "(W445); what cannot be rendered is an error, never left out. Exit code 4: the file.\n"},
    {"qc", command_qc, "measures and checks finished files, also those made elsewhere",
     "  nocturne qc out/FNGT_v1                       all deliverables, with what they owe each other\n"
     "  nocturne qc mix.wav --layout 7.1.4            a file that does not say what its channels are\n"
     "  nocturne qc *.wav --policy house.yaml --json  your own levels and limits\n"
     "  nocturne list checks                          what is looked for, and where its limits are\n"
     "\n"
     "A policy sets checks to off, warn or fail and moves their limits; configs/policies/default.yaml\n"
     "has all of them. Without --policy, what a job published is held to the policy of that job.\n"
     "Exit code 8: a check failed (with --strict: or warned); 4: a file cannot be measured.\n"},
    {"resolve", command_resolve, "the job with base, includes and --set in one, and their places",
     "  nocturne resolve reel2-cut8.yaml\n"
     "  nocturne resolve reel2.yaml --alt quiet_ending --set layers.voice.gain='-3 dB'\n"},
    {"diff", command_diff, "what changed between two jobs, with file and line, or two outputs",
     "  nocturne diff reel2.yaml reel2-cut8.yaml\n"
     "  nocturne diff out/FNGT_v7 out/FNGT_v8     loudness, bands and begin of each stem and scene\n"
     "  nocturne diff reel2.yaml reel2-cut8.yaml --exit-code    13 when they differ\n"},
    {"explain", command_explain, "the long text of a message; who wrote a value; why a task ran",
     "  nocturne explain E304\n"
     "  nocturne explain reel2-cut8.yaml --key layers.winds.gain\n"
     "  nocturne explain out/FNGT_v1 --task 'spatialize mx 0.000 s'\n"
     "\n"
     "--task compares a run with the one before it in the same folder: the task where the change\n"
     "began, the value of the job, and the lines of the text that is hashed.\n"},
    {"schema", command_schema, "the JSON schema of the job format, for editors",
     "  nocturne schema > job.schema.json\n"
     "  nocturne schema reference > job-keys.md     every key as a page\n"
     "\n"
     "First line of a job: # yaml-language-server: $schema=job.schema.json\n"},
    {"doctor", command_doctor, "whether this machine can render: libraries, MPI, limits, disks",
     "  nocturne doctor\n"
     "  nocturne doctor --store /scratch/store\n"
     "\n"
     "Exit code 5: something is missing that rendering needs.\n"},
    {"probe", command_probe, NULL, "Whether this host can take part in a run; asked by render.\n"},
    {"worker", command_worker, NULL, "One MPI rank of a run; started by render.\n"},
};
// clang-format on
enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

/* A closed stdin, stdout or stderr would hand its number to the next file that is opened, and a
 * message would be written into a deliverable. */
static bool fill_standard_descriptors(void) {
    int descriptor = open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO) {
        descriptor = open("/dev/null", O_RDWR);
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    return descriptor >= 0;
}

static const Verb *find_verb(const char *name) {
    for (int verb = 0; verb < VERB_COUNT; verb++) {
        if (!strcmp(verbs[verb].name, name)) {
            return &verbs[verb];
        }
    }
    return NULL;
}

static Status fail_verb(const char *name, ErrorList *errors) {
    const char *names[VERB_COUNT + 1];
    int count = 0;
    for (int verb = 0; verb < VERB_COUNT; verb++) {
        if (verbs[verb].line) {
            names[count++] = verbs[verb].name;
        }
    }
    names[count++] = "help";
    const Status status = fail(errors, E001, NO_PLACE, "there is no verb `%s`", name);
    options_suggest(name, names, count, errors);
    error_help(errors, "all verbs: nocturne --help");
    return status;
}

static void print_first_steps(void) {
    printf("Nocturne renders spatial soundtrack mixes from a text file. First steps:\n"
           "\n"
           "  nocturne init demo                      a job with audio, in demo/\n"
           "  nocturne check demo/first-night.yaml    is the job right?\n"
           "  nocturne render demo/first-night.yaml   make it, in out/\n"
           "  nocturne --help                         all verbs\n");
}

static void print_help(void) {
    printf("nocturne VERB [ARGUMENT ...] [OPTION ...]\n"
           "\n"
           "  nocturne init demo\n"
           "  nocturne check demo/first-night.yaml\n"
           "  nocturne render demo/first-night.yaml -j 4\n"
           "\n"
           "Verbs:\n");
    for (int verb = 0; verb < VERB_COUNT; verb++) {
        if (verbs[verb].line) {
            printf("  %-9s %s\n", verbs[verb].name, verbs[verb].line);
        }
    }
    printf("\nOptions of every verb (`nocturne help VERB` has the others):\n");
    options_print(NULL, stdout);
    printf("\nExit codes: 0 done, 2 command line, 3 job, 4 input, 5 environment, 6 task failed,\n"
           "8 a QC gate failed, 9 verify found a difference, 10 folder in use, 130 stopped.\n");
}

static void print_verb_help(const Verb *verb) {
    printf("nocturne %s: %s\n\n%s\nOptions:\n", verb->name, verb->line ? verb->line : "internal",
           verb->help);
    options_print(verb->name, stdout);
}

static void print_version_json(const LibraryVersion *libraries, int count) {
    json_t *object = json_object();
    for (int library = 0; library < count; library++) {
        json_object_set_new(object, libraries[library].name,
                            json_string(libraries[library].version));
    }
    answer_json(json_pack("{s:s, s:s, s:b, s:o}", "nocturne", program_version(), "compiler",
                          compiler_version(), "mpi", ranks_are_built_in(), "libraries", object));
}

static void print_version(const Options *options, Arena *arena) {
    int count = 0;
    const LibraryVersion *libraries = library_versions(arena, &count);
    if (options->is_json) {
        print_version_json(libraries, count);
        return;
    }
    printf("nocturne %s\n", program_version());
    for (int library = 0; library < count; library++) {
        printf("  %-11s %s\n", libraries[library].name, libraries[library].version);
    }
    printf("  %-11s %s\n", "MPI", ranks_are_built_in() ? "built in" : "not built in");
    printf("  %-11s %s\n", "compiler", compiler_version());
}

/* `nocturne help [VERB]` */
static Status run_help(const Options *options, ErrorList *errors) {
    if (options->argument_count == 0) {
        print_help();
        return DONE;
    }
    const Verb *verb = find_verb(options->arguments[0]);
    if (!verb) {
        return fail_verb(options->arguments[0], errors);
    }
    print_verb_help(verb);
    return DONE;
}

/* Everything that is no verb's work; is_answered: nothing is left to do. */
static Status
answer_general(const Options *options, Arena *arena, bool *is_answered, ErrorList *errors) {
    const Verb *verb = options->verb ? find_verb(options->verb) : NULL;
    *is_answered = true;
    if (options->wants_version) {
        print_version(options, arena);
    } else if (!options->verb && options->wants_help) {
        print_help();
    } else if (!options->verb) {
        print_first_steps();
    } else if (!strcmp(options->verb, "help")) {
        return run_help(options, errors);
    } else if (!verb) {
        return fail_verb(options->verb, errors);
    } else if (options->wants_help) {
        print_verb_help(verb);
    } else {
        *is_answered = false;
        return options_check_verb(options, errors);
    }
    return DONE;
}

/* Of the verbs that have a store or run for long. Ranks and helpers have what their run has. */
static Status read_machine(Options *options, Arena *arena, ErrorList *errors) {
    static const char *const verbs_of_it[] = {"render", "resume", "deliver",
                                              "plan",   "cache",  "doctor"};
    const char *path = machine_find(arena);
    for (size_t verb = 0; path && verb < sizeof verbs_of_it / sizeof *verbs_of_it; verb++) {
        if (strcmp(options->verb, verbs_of_it[verb]) == 0) {
            return machine_apply(path, arena, options, errors);
        }
    }
    return DONE;
}

static int run(int argc, char **argv, Arena *arena) {
    ErrorList *errors = errors_create(arena);
    Options options;
    bool is_answered = false;
    Status status = options_parse(argc, argv, arena, &options, errors);
    if (status == DONE) {
        status = answer_general(&options, arena, &is_answered, errors);
    }
    if (status == DONE && !is_answered) {
        status = read_machine(&options, arena, errors);
    }
    if (status != DONE) {
        return answer_failure(&options, errors, NULL);
    }
    return is_answered ? 0 : find_verb(options.verb)->run(&options);
}

/* An answer that could not be written is no answer: a full disk behind `>` is exit code 5. */
static int flush_answer(int exit_code) {
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return exit_code;
    }
    fprintf(stderr, "error[E509]: the answer cannot be written to standard output\n");
    return exit_code ? exit_code : 5;
}

int main(int argc, char **argv) {
    if (!fill_standard_descriptors()) {
        return 5;
    }
    /* soxr's SIMD code gives other bits than its plain code (measured), and which one runs would
     * depend on the CPU. */
    setenv("SOXR_USE_SIMD", "0", 1); // NOLINT(concurrency-mt-unsafe): before anything else
    Arena *arena = arena_create();
    const int exit_code = run(argc, argv, arena);
    arena_destroy(&arena);
    return flush_answer(exit_code);
}
