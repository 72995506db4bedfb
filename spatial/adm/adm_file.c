/* A file with ADM metadata: read, resolved and checked before anything sounds. */
#include "spatial/adm/adm_file.h"

#include <unistd.h>

#include "render/files/sound_text.h"
#include "spatial/adm/adm_block_store.h"
#include "spatial/adm/adm_panner.h"
#include "spatial/adm/adm_read.h"
#include "spatial/adm/adm_resolve.h"
#include "spatial/adm/adm_timeline.h"

struct AdmFile {
    Arena *arena; /* holds the file */
    OpenFile sound_file;
    SoundInfo sound;
    BlockStore *blocks;
    AdmModel *model;
    AdmSelection selection;
    AdmRepairs repairs;
    AdmFacts facts;
};

void adm_close(AdmFile **file) {
    if (!*file) {
        return;
    }
    block_store_close(&(*file)->blocks);
    if ((*file)->sound_file.descriptor >= 0) {
        close((*file)->sound_file.descriptor);
    }
    Arena *arena = (*file)->arena;
    arena_destroy(&arena);
    *file = NULL;
}

static Status check_container(const AdmFile *file, ErrorList *errors) {
    const SoundInfo *const sound = &file->sound;
    const char *const path = file->sound_file.path;
    if (sound->container == SOUND_FLAC || sound->container == SOUND_OTHER) {
        return fail(errors, E412, NO_PLACE, "`%s` is no WAV, RF64 or BW64 file", path);
    }
    if (sound->chna.size_bytes == 0 && sound->axml.size_bytes == 0) {
        fail(errors, E444, NO_PLACE, "`%s` has no ADM metadata: neither chna nor axml", path);
        error_help(errors, "a plain sound file is a layer of a job: `nocturne init job`");
        return E444;
    }
    if (sound->chna.size_bytes == 0) {
        return fail(errors, E444, NO_PLACE,
                    "`%s` has no chna chunk: which track belongs to which object is not told",
                    path);
    }
    const int bytes = (sound->bits_per_sample + 7) / 8;
    if (sound->raw_encoding == 0 || bytes < 2 || (bytes == 8 && !sound->is_float)) {
        return fail(errors, E412, NO_PLACE,
                    "`%s` holds samples of another kind than 16, 24 or 32 bit or float", path);
    }
    return DONE;
}

static Status read_metadata(AdmFile *file, ErrorList *errors) {
    if (file->sound.axml.size_bytes > 0) {
        TRY(adm_read_axml(&file->sound_file, file->sound.axml, file->model, &file->repairs,
                          errors));
    }
    TRY(adm_read_chna(&file->sound_file, &file->sound, file->model, &file->repairs, errors));
    return adm_resolve(file->model, &file->repairs, errors);
}

/* Walks through the times of a channel; HOA channels have but one block each. */
static Status check_times(AdmFile *file, const AdmItem *item, int channel, ErrorList *errors) {
    const AdmTimelineSource source = {file->model, &file->repairs, file->sound.rate_hz,
                                      file->sound.frame_count};
    const AdmElement *const format = item->channels[channel].channel;
    AdmTimeline *timeline = NULL;
    AdmSpan span;
    bool is_there = true;
    if (format->blocks.count == 0) {
        return fail(errors, E442, adm_place(file->model, format->line),
                    "%s has no blocks: it would be silent", format->id);
    }
    Arena *scratch = arena_create();
    adm_timeline_open(&source, format, item->object, scratch, &timeline);
    Status status = DONE;
    while (status == DONE && is_there) {
        status = adm_timeline_next(timeline, &span, &is_there, errors);
    }
    arena_destroy(&scratch);
    file->facts.block_count += format->blocks.count;
    return status;
}

static Status check_items(AdmFile *file, ErrorList *errors) {
    for (const AdmItem *item = file->selection.first; item; item = item->next) {
        TRY(adm_panner_check(file->model, item, errors));
        for (int channel = 0; channel < item->channel_count; ++channel) {
            TRY(check_times(file, item, channel, errors));
        }
    }
    return DONE;
}

static Status
open_file(AdmFile *file, const char *path, const AdmOpening *opening, ErrorList *errors) {
    const char *const shown_path =
        arena_copy_text(file->arena, opening->shown_path ? opening->shown_path : path);
    TRY(file_open_shown(path, shown_path, NO_PLACE, &file->sound_file, errors));
    TRY(sound_walk_adm(&file->sound_file, ADM_MAX_TRACKS, &file->sound, errors));
    TRY(check_container(file, errors));
    TRY(block_store_create(opening->scratch_folder, file->arena, &file->blocks, errors));
    const char *const shown = arena_format(file->arena, "%s (axml)", shown_path);
    file->model = adm_model_create(file->arena, file->blocks, shown);
    file->model->takes_binaural = opening->takes_binaural;
    TRY(read_metadata(file, errors));
    TRY(adm_select(file->model, opening->programme_id, file->sound.channel_count, &file->repairs,
                   &file->selection, errors));
    return check_items(file, errors);
}

Status adm_open(const char *path, const AdmOpening *opening, AdmFile **file, ErrorList *errors) {
    Arena *arena = arena_create();
    *file = arena_alloc(arena, sizeof **file);
    (*file)->arena = arena;
    (*file)->sound_file.descriptor = -1;
    (*file)->repairs.arena = arena;
    const Status status = open_file(*file, path, opening, errors);
    (*file)->facts = (AdmFacts){&(*file)->sound, (*file)->model, &(*file)->selection,
                                &(*file)->repairs, (*file)->facts.block_count};
    if (status != DONE) {
        adm_close(file);
    }
    return status;
}

const AdmFacts *adm_facts(const AdmFile *file) {
    return &file->facts;
}

const OpenFile *adm_sound_file(const AdmFile *file) {
    return &file->sound_file;
}

void adm_tell_repairs(const AdmFile *file, ErrorList *errors) {
    for (const AdmRepair *repair = file->repairs.first; repair; repair = repair->next) {
        if (adm_repair_is_note(repair->kind)) {
            continue;
        }
        warn(errors, E445, adm_place(file->model, repair->line), "%s: %s", repair->element,
             adm_repair_text(repair->kind));
        if (repair->count > 1) {
            error_note(errors, "%s times", sound_count_text(repair->count).text);
        }
    }
}
