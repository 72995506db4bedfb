#ifndef JOBS_INPUT_FILE_H
#define JOBS_INPUT_FILE_H
/* The inputs of a job: each file once, below its root, probed and hashed. */
#include "jobs/job.h"
#include "render/model/mix.h"

typedef struct InputFiles {
    Arena *arena;
    MixFile *files;
    int file_count;
    const char *index_folder; /* NULL: hash every time */
} InputFiles;

InputFiles *input_files_create(const JobSpec *job, const char *index_folder, Arena *arena);

/* Index of an audio file: E402, E403, E404, E410 .. E416. */
Status input_file_add_sound(
    InputFiles *inputs, const JobSpec *job, const JobText *written, int *file, ErrorList *errors);

/* The channels of an audio file are to be loudspeakers because of their number alone. E443: its
 * chna says that some are objects, matrices or ears; E411, E412, E413 as sound_walk_adm.
 * Implemented in adm_input.c. */
Status adm_input_check(const MixFile *file, const JobText *written, ErrorList *errors);

/* Index of an impulse response, a sound or SOFA file; also E420 .. E426. */
Status input_file_add_impulse(
    InputFiles *inputs, const JobSpec *job, const JobText *written, int *file, ErrorList *errors);

/* Index of the HRTF of a binaural deliverable; a pinned SHA-256 that differs is E430. */
Status input_file_add_sofa(InputFiles *inputs,
                           const JobSpec *job,
                           const JobDeliverable *deliverable,
                           int *file,
                           ErrorList *errors);

#endif
