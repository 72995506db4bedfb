/* One pass over the audio, every layout at once. */
#include "spatial/adm/adm_render.h"

#include <math.h>

#include "render/files/sound_writer.h"
#include "render/files/track_reader.h"
#include "spatial/adm/adm_bus.h"
#include "spatial/decorrelator.h"
#include "spatial/layout_table.h"

enum {
    CHUNK_SAMPLES = 16384, /* decorrelated and written at once */
    BLOCK_SAMPLES = 1024   /* read and mixed at once: they stay in the cache */
};

typedef struct Stage { /* of one layout */
    const AdmTarget *target;
    AdmRendering *rendering;
    AdmPanner *panner;
    AdmVoice **voices;
    int voice_count;
    AdmBus *bus;
    SoundWriter *writer;
} Stage;

typedef struct Performance {
    const AdmFile *file;
    const AdmRequest *request;
    Arena *arena;
    Stage *stages;
    TrackReader *reader;
    double **tracks;   /* [channel_count], [BLOCK_SAMPLES] each; NULL: nobody plays it */
    double *scratch;   /* [BLOCK_SAMPLES] */
    double *rows;      /* [CHUNK_SAMPLES * LAYOUT_MAX_CHANNELS] interleaved */
    int32_t *integers; /* the same */
    ErrorList *errors;
} Performance;

SampleFormat adm_output_format(const SoundInfo *sound) {
    const int bytes = (sound->bits_per_sample + 7) / 8;
    if (sound->is_float) {
        return bytes == 8 ? FLOAT_64 : FLOAT_32;
    }
    return bytes == 2 ? PCM_16 : bytes == 3 ? PCM_24 : PCM_32;
}

/* ---- setting up ---- */

static Status
open_item(Performance *performance, Stage *stage, const AdmVoiceWay *way, const AdmItem *item) {
    double *decoder = NULL;
    const int channel_count = stage->target->layout->channel_count;
    if (item->object && item->object->is_muted) {
        return DONE;
    }
    if (item->type == ADM_HOA) {
        decoder = arena_array(performance->arena,
                              (size_t)item->channel_count * (size_t)channel_count, sizeof *decoder);
        TRY(adm_panner_decoder(stage->panner, item, performance->arena, decoder,
                               performance->errors));
    }
    for (int channel = 0; channel < item->channel_count; ++channel) {
        const int track = item->channels[channel].track;
        if (track < 0) {
            continue; /* silence */
        }
        adm_voice_open(way, item, channel,
                       decoder ? decoder + (size_t)channel * (size_t)channel_count : NULL,
                       performance->arena, &stage->voices[stage->voice_count++]);
        if (!performance->tracks[track]) {
            performance->tracks[track] =
                arena_array(performance->arena, BLOCK_SAMPLES, sizeof(double));
        }
    }
    return DONE;
}

static Status open_voices(Performance *performance, Stage *stage) {
    const AdmFacts *const facts = adm_facts(performance->file);
    size_t count = 0;
    for (const AdmItem *item = facts->selection->first; item; item = item->next) {
        count += (size_t)item->channel_count;
    }
    stage->voices = arena_array(performance->arena, count + 1, sizeof(AdmVoice *));
    const AdmVoiceWay way = {
        {facts->model, NULL, facts->sound->rate_hz, facts->sound->frame_count},
        stage->panner,
        stage->target->layout
    };
    for (const AdmItem *item = facts->selection->first; item; item = item->next) {
        TRY(open_item(performance, stage, &way, item));
    }
    return DONE;
}

static Status open_stage(Performance *performance, Stage *stage) {
    const AdmFacts *const facts = adm_facts(performance->file);
    const SoundInfo *const sound = facts->sound;
    const Layout *const layout = stage->target->layout;
    const SoundFormat format = {
        .container = CONTAINER_WAV,
        .format = adm_output_format(sound),
        .channel_count = layout->channel_count,
        .rate_hz = sound->rate_hz,
        .frame_count = sound->frame_count,
        .channel_mask = layout_wave_mask(layout, NULL),
        .time_reference = sound->has_time_reference ? sound->time_reference : 0,
        .originator = "nocturne",
    };
    TRY(adm_panner_create(layout, facts->selection->programme, performance->arena, &stage->panner,
                          performance->errors));
    TRY(open_voices(performance, stage));
    adm_bus_open(layout, CHUNK_SAMPLES, performance->arena, &stage->bus);
    return sound_create(stage->target->path, &format, &stage->writer, performance->errors);
}

/* ---- sound ---- */

static Status mix_block(Performance *performance, Span chunk, Span block) {
    const int track_count = adm_facts(performance->file)->sound->channel_count;
    const Span part = {block.begin - chunk.begin, block.end - chunk.begin};
    const Span all = {0, block.end - block.begin};
    TRY(track_reader_load(performance->reader, block.begin, (int)all.end, performance->errors));
    for (int track = 0; track < track_count; ++track) {
        if (performance->tracks[track]) {
            TRY(track_reader_get(performance->reader, track, all, performance->tracks[track],
                                 performance->errors));
        }
    }
    for (int target = 0; target < performance->request->target_count; ++target) {
        Stage *const stage = &performance->stages[target];
        VoiceBuses *const buses = adm_bus_at(stage->bus, part.begin);
        for (int voice = 0; voice < stage->voice_count; ++voice) {
            const int track = adm_voice_track(stage->voices[voice]);
            TRY(adm_voice_add(stage->voices[voice], block, performance->tracks[track],
                              performance->scratch, buses, performance->errors));
        }
    }
    return DONE;
}

/* Full scale is the number of steps below 0: what comes in as an integer goes out as the same. */
static int64_t to_integers(const double *samples, int64_t count, double scale, int32_t *integers) {
    const double most = scale - 1.0;
    const double to_whole = 0x1.8p52; /* adding it rounds to even, below 2^51; rint is a call */
    int64_t clipped_samples = 0;
    for (int64_t sample = 0; sample < count; ++sample) {
        double step = samples[sample] * scale;
        step = step > scale ? scale : step;
        step = step < -scale - 1.0 ? -scale - 1.0 : step;
        step = (step + to_whole) - to_whole;
        clipped_samples += step > most || step < -scale;
        step = step > most ? most : step;
        integers[sample] = (int32_t)(step < -scale ? -scale : step);
    }
    return clipped_samples;
}

static double greatest(const double *samples, int64_t count, double peak) {
    for (int64_t sample = 0; sample < count; ++sample) {
        const double size = fabs(samples[sample]);
        peak = size > peak ? size : peak;
    }
    return peak;
}

static Status write_rows(Performance *performance, Stage *stage, int64_t frames) {
    const SampleFormat format = adm_output_format(adm_facts(performance->file)->sound);
    const int64_t count = frames * stage->target->layout->channel_count;
    stage->rendering->peak = greatest(performance->rows, count, stage->rendering->peak);
    if (format >= FLOAT_32) {
        return sound_write_floats(stage->writer, performance->rows, frames, performance->errors);
    }
    const double scale = format == PCM_16 ? 0x1p15 : format == PCM_24 ? 0x1p23 : 0x1p31;
    stage->rendering->clipped_samples +=
        to_integers(performance->rows, count, scale, performance->integers);
    return sound_write_integers(stage->writer, performance->integers, frames, performance->errors);
}

/* The sum of a chunk, which begins late by the delay of the decorrelators. */
static Status write_chunk(Performance *performance, Stage *stage, Span chunk) {
    const int channel_count = stage->target->layout->channel_count;
    const SampleTime first = chunk.begin - DECORRELATOR_DELAY_SAMPLES;
    const int64_t skipped = first < 0 ? -first : 0;
    const int64_t frames = chunk.end - chunk.begin - skipped;
    double *const *sum = NULL;
    TRY(adm_bus_end(stage->bus, &sum, performance->errors));
    for (int channel = 0; channel < channel_count; ++channel) {
        for (int64_t frame = 0; frame < frames; ++frame) {
            performance->rows[frame * channel_count + channel] = sum[channel][skipped + frame];
        }
    }
    return frames > 0 ? write_rows(performance, stage, frames) : DONE;
}

static Status render_chunk(Performance *performance, Span chunk, int64_t frame_count) {
    const int64_t sounding_end = chunk.end < frame_count ? chunk.end : frame_count;
    for (int target = 0; target < performance->request->target_count; ++target) {
        adm_bus_begin(performance->stages[target].bus, chunk);
    }
    for (int64_t begin = chunk.begin; begin < sounding_end; begin += BLOCK_SAMPLES) {
        const int64_t end = begin + BLOCK_SAMPLES;
        TRY(mix_block(performance, chunk, (Span){begin, end < sounding_end ? end : sounding_end}));
    }
    for (int target = 0; target < performance->request->target_count; ++target) {
        TRY(write_chunk(performance, &performance->stages[target], chunk));
    }
    return DONE;
}

static Status render_all(Performance *performance) {
    const AdmRequest *const request = performance->request;
    const int64_t frame_count = adm_facts(performance->file)->sound->frame_count;
    const int64_t all = frame_count + DECORRELATOR_DELAY_SAMPLES;
    for (int64_t begin = 0; begin < all; begin += CHUNK_SAMPLES) {
        const int64_t end = begin + CHUNK_SAMPLES < all ? begin + CHUNK_SAMPLES : all;
        const int64_t done = end < frame_count ? end : frame_count;
        TRY(render_chunk(performance, (Span){begin, end}, frame_count));
        if (request->goes_on && !request->goes_on(request->context, done, frame_count)) {
            return fail(performance->errors, E604, NO_PLACE, "stopped");
        }
    }
    return DONE;
}

static Status finish(Performance *performance) {
    for (int target = 0; target < performance->request->target_count; ++target) {
        Stage *const stage = &performance->stages[target];
        TRY(sound_finish(&stage->writer, stage->rendering->sha256, &stage->rendering->size_bytes,
                         performance->errors));
    }
    return DONE;
}

static Status perform(Performance *performance, AdmRendering *renderings) {
    for (int target = 0; target < performance->request->target_count; ++target) {
        Stage *const stage = &performance->stages[target];
        renderings[target] = (AdmRendering){.peak = 0.0};
        stage->target = &performance->request->targets[target];
        stage->rendering = &renderings[target];
        TRY(open_stage(performance, stage));
    }
    TRY(render_all(performance));
    return finish(performance);
}

Status adm_render(const AdmFile *file,
                  const AdmRequest *request,
                  AdmRendering *renderings,
                  ErrorList *errors) {
    Arena *arena = arena_create();
    const SoundInfo *const sound = adm_facts(file)->sound;
    const size_t room = (size_t)CHUNK_SAMPLES * LAYOUT_MAX_CHANNELS;
    Performance performance = {.file = file, .request = request, .arena = arena, .errors = errors};
    performance.stages =
        arena_array(arena, (size_t)request->target_count, sizeof *performance.stages);
    performance.tracks =
        arena_array(arena, (size_t)sound->channel_count, sizeof *performance.tracks);
    performance.scratch = arena_array(arena, BLOCK_SAMPLES, sizeof *performance.scratch);
    performance.rows = arena_array(arena, room, sizeof *performance.rows);
    performance.integers = arena_array(arena, room, sizeof *performance.integers);
    track_reader_open(adm_sound_file(file), sound, BLOCK_SAMPLES, arena, &performance.reader);
    const Status status = perform(&performance, renderings);
    for (int target = 0; target < request->target_count; ++target) {
        sound_cancel(&performance.stages[target].writer);
    }
    arena_destroy(&arena);
    return status;
}
