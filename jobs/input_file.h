#ifndef JOBS_INPUT_FILE_H
#define JOBS_INPUT_FILE_H
/* The inputs of a job: each file once, below its root, probed and hashed. */
#include "jobs/job.h"
#include "render/files/sound_header.h"
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

/* Whether a file is an ADM master: its chna says more than a bed of as many loudspeakers as it has
 * channels, in their order. False also where it cannot be read. Implemented in adm_input.c. */
bool adm_input_is_master(const char *path, Arena *arena);
/* As sound_probe, of up to SOUND_MAX_TRACKS channels. */
Status adm_input_probe(
    const char *path, const char *shown_path, Place place, SoundInfo *info, ErrorList *errors);
/* Whether that file of a job is one. */
bool input_file_is_master(InputFiles *inputs, const JobSpec *job, const JobText *written);

/* Index of such a file, with up to SOUND_MAX_TRACKS channels; errors as input_file_add_sound. */
Status input_file_add_master(
    InputFiles *inputs, const JobSpec *job, const JobText *written, int *file, ErrorList *errors);

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
