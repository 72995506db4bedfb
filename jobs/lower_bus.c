/* Buses of deliverables: one for each layout that is rendered, one for each that is folded. */
#include "jobs/lower_bus.h"

#include <math.h>
#include <string.h>

#include "spatial/decoder_matrix.h"
#include "spatial/downmix.h"
#include "spatial/encode_ambisonics.h"
#include "spatial/harmonics.h"
#include "spatial/layout_table.h"
#include "spatial/phase_shift.h"
#include "spatial/reference_level.h"
#include "spatial/registry.h"

/* A chain of folds as one: the channels of the last layout out of those of the first. */
typedef struct Chain {
    const Layout *first, *last;
    const char *name;        /* "7.1.4-5.1, lo-ro"; NULL: no fold yet */
    double *gains, *shifted; /* [last channels][first channels] */
    bool is_shifted;
} Chain;

/* The bus that is rendered so; -1: none yet. */
static int find_rendered(const Mix *mix, const MixBus *wanted) {
    for (int bus = 0; bus < mix->bus_count; bus++) {
        const MixBus *other = &mix->buses[bus];
        if (!other->fold && !other->is_object && other->layout == wanted->layout &&
            other->sofa_file == wanted->sofa_file && other->decoder == wanted->decoder &&
            other->max_re == wanted->max_re && other->panner == wanted->panner &&
            other->speakers == wanted->speakers) {
            return bus;
        }
    }
    return -1;
}

static const Spatializer *panner_for(const BusMaker *maker, const JobDeliverable *written) {
    switch (written->layout_table->kind) {
    case LAYOUT_SPEAKERS:
        return maker->loudspeaker_panner;
    case LAYOUT_BINAURAL:
        return spatializer_for_head((HeadRendering)written->hrtf.index);
    case LAYOUT_AMBISONIC:
        break;
    }
    return spatializer_for(written->layout_table);
}

static Status
lower_rendered(const BusMaker *maker, const JobDeliverable *written, int *bus, ErrorList *errors) {
    Mix *mix = maker->mix;
    const Layout *layout = written->layout_table;
    int sofa_file = -1;
    if (layout->kind == LAYOUT_BINAURAL) {
        TRY(input_file_add_sofa(maker->inputs, maker->job, written, &sofa_file, errors));
    }
    const MixBus wanted = {.layout = layout,
                           .panner = panner_for(maker, written),
                           .sofa_file = sofa_file,
                           .decoder = written->decoder.index,
                           .max_re = written->max_re.value,
                           .speakers = written->speakers_table};
    *bus = find_rendered(mix, &wanted);
    if (*bus < 0) {
        *bus = mix->bus_count++;
        mix->buses[*bus] = wanted;
    }
    return DONE;
}

static double *make_matrix(const BusMaker *maker, const Layout *to, const Layout *from) {
    return arena_array(maker->arena, (size_t)to->channel_count * (size_t)from->channel_count,
                       sizeof(double));
}

static void start_chain(const BusMaker *maker, const Layout *layout, Chain *chain) {
    const int count = layout->channel_count;
    *chain = (Chain){.first = layout,
                     .last = layout,
                     .gains = make_matrix(maker, layout, layout),
                     .shifted = make_matrix(maker, layout, layout)};
    for (int channel = 0; channel < count; channel++) {
        chain->gains[channel * count + channel] = 1.0;
    }
}

/* out += a times b; a: [rows][inner], b: [inner][columns]; sizes: rows, inner, columns. */
static void add_product(const double *a, const double *b, const int sizes[3], double *out) {
    for (int cell = 0; cell < sizes[0] * sizes[2]; cell++) {
        const int row = cell / sizes[2];
        const int column = cell % sizes[2];
        for (int index = 0; index < sizes[1]; index++) {
            out[cell] += a[row * sizes[1] + index] * b[index * sizes[2] + column];
        }
    }
}

static bool has_gain(const double *matrix, int cell_count) {
    for (int cell = 0; cell < cell_count; cell++) {
        if (matrix[cell] != 0.0) {
            return true;
        }
    }
    return false;
}

/* One more fold behind the chain. */
static Status extend_chain(const BusMaker *maker,
                           const JobDeliverable *written,
                           Chain *chain,
                           ErrorList *errors) {
    const Layout *to = written->layout_table;
    const int sizes[3] = {to->channel_count, chain->last->channel_count,
                          chain->first->channel_count};
    double *plain = make_matrix(maker, to, chain->last);
    double *shifting = make_matrix(maker, to, chain->last);
    TRY(downmix_matrix(written->fold_table, chain->last, to, plain, errors));
    TRY(downmix_shifted_matrix(written->fold_table, chain->last, to, shifting, errors));
    const bool shifts = has_gain(shifting, sizes[0] * sizes[1]);
    if (shifts && chain->is_shifted) {
        return fail(errors, E208, written->fold.place, "`%s` would shift the phase a second time",
                    written->fold_table->name);
    }
    double *gains = make_matrix(maker, to, chain->first);
    double *shifted = make_matrix(maker, to, chain->first);
    add_product(plain, chain->gains, sizes, gains);
    add_product(plain, chain->shifted, sizes, shifted);
    add_product(shifting, chain->gains, sizes, shifted);
    const char *name = written->fold_table->name;
    *chain = (Chain){.first = chain->first,
                     .last = to,
                     .name = chain->name ? arena_format(maker->arena, "%s, %s", chain->name, name)
                                         : name,
                     .gains = gains,
                     .shifted = shifted,
                     .is_shifted = shifts || chain->is_shifted};
    return DONE;
}

/* The chain of folds from the deliverable that is rendered; circles were refused before. */
static Status follow_chain(const BusMaker *maker,
                           int deliverable,
                           const JobDeliverable **root,
                           Chain *chain,
                           ErrorList *errors) {
    const JobSpec *job = maker->job;
    int *path = arena_array(maker->arena, (size_t)job->deliverable_count, sizeof *path);
    int length = 0;
    int at = deliverable;
    for (; job->deliverables[at].from_index >= 0; at = job->deliverables[at].from_index) {
        path[length++] = at;
    }
    *root = &job->deliverables[at];
    start_chain(maker, (*root)->layout_table, chain);
    while (length > 0) {
        TRY(extend_chain(maker, &job->deliverables[path[--length]], chain, errors));
    }
    return DONE;
}

/* Gain and delay of the loudspeakers that the layout of a job has. False: none differs. */
static bool align_speakers(const BusMaker *maker, const Chain *chain, BusFold *fold) {
    const Layout *layout = chain->last;
    const int count = layout->channel_count;
    int64_t *delays = arena_array(maker->arena, (size_t)count, sizeof *delays);
    bool differs = false;
    for (int channel = 0; layout->loudspeakers && channel < count; channel++) {
        const Loudspeaker *speaker = &layout->loudspeakers[channel];
        delays[channel] = (int64_t)rint(speaker->delay_s * maker->mix->rate_hz);
        fold->longest_delay_samples = delays[channel] > fold->longest_delay_samples
                                          ? delays[channel]
                                          : fold->longest_delay_samples;
        for (int input = 0; input < fold->input_count; input++) {
            chain->gains[channel * fold->input_count + input] *= speaker->gain;
            chain->shifted[channel * fold->input_count + input] *= speaker->gain;
        }
        differs = differs || speaker->gain != 1.0 || delays[channel] != 0;
    }
    fold->delays_samples = fold->longest_delay_samples > 0 ? delays : NULL;
    return differs;
}

/* What a film file holds hotter. False: nothing. */
static bool refer_to_film(const JobDeliverable *written, const Chain *chain, int input_count) {
    const Layout *layout = chain->last;
    if (written->reference.index != REFERENCE_FILM || !reference_matters(layout)) {
        return false;
    }
    for (int cell = 0; cell < layout->channel_count * input_count; cell++) {
        const double gain = reference_film_gain(layout, cell / input_count);
        chain->gains[cell] *= gain;
        chain->shifted[cell] *= gain;
    }
    return true;
}

/* From the SN3D that is rendered. False: it stays so. */
static bool scale_degrees(const JobDeliverable *written, const Chain *chain, int input_count) {
    if (written->normalisation.index != HARMONIC_N3D) {
        return false;
    }
    for (int channel = 0; channel < chain->last->channel_count; channel++) {
        chain->gains[channel * input_count + channel] *= sqrt(2.0 * harmonic_degree(channel) + 1.0);
    }
    return true;
}

/* Trims of stems, with those of what it is folded down from. False: there are none. */
static bool trim_stems(const BusMaker *maker, int deliverable, BusFold *fold) {
    double *gains = arena_array(maker->arena, (size_t)maker->mix->stem_count + 1, sizeof *gains);
    bool is_trimmed = false;
    for (int stem = 0; stem < maker->mix->stem_count; stem++) {
        gains[stem] = 1.0;
    }
    while (deliverable >= 0) {
        const JobDeliverable *written = &maker->job->deliverables[deliverable];
        const JobNumber *all = &written->overrides_gain_db;
        for (int stem = 0; all->place.line > 0 && stem < maker->mix->stem_count; stem++) {
            gains[stem] *= gain_from_db(all->value);
            is_trimmed = true;
        }
        for (int trim = 0; trim < written->trim_count; trim++) {
            gains[written->trims[trim].stem_index] *=
                gain_from_db(written->trims[trim].gain_db.value);
            is_trimmed = true;
        }
        deliverable = written->from_index;
    }
    fold->stem_gains = is_trimmed ? gains : NULL;
    return is_trimmed;
}

static void add_phase_shift(const BusMaker *maker, const Chain *chain, BusFold *fold) {
    if (chain->is_shifted) {
        const int count = phase_shift_tap_count(maker->mix->rate_hz);
        double *taps = arena_array(maker->arena, (size_t)count, sizeof *taps);
        phase_shift_taps(count, taps);
        fold->shift_taps = taps;
        fold->shift_tap_count = count;
        fold->shifted = chain->shifted;
    }
}

Status lower_bus(const BusMaker *maker, int deliverable, int *bus, ErrorList *errors) {
    Mix *mix = maker->mix;
    const JobDeliverable *root = NULL;
    Chain chain;
    TRY(follow_chain(maker, deliverable, &root, &chain, errors));
    TRY(lower_rendered(maker, root, bus, errors));
    BusFold *fold = arena_alloc(maker->arena, sizeof *fold);
    *fold = (BusFold){.name = chain.name,
                      .source = *bus,
                      .input_count = chain.first->channel_count,
                      .gains = chain.gains};
    add_phase_shift(maker, &chain, fold);
    const bool is_aligned = align_speakers(maker, &chain, fold);
    const JobDeliverable *written = &maker->job->deliverables[deliverable];
    const bool is_film = refer_to_film(written, &chain, fold->input_count);
    const bool is_n3d = scale_degrees(written, &chain, fold->input_count);
    const bool is_trimmed = trim_stems(maker, deliverable, fold);
    if (is_aligned || is_film || is_n3d || is_trimmed || chain.name) {
        *bus = mix->bus_count++;
        mix->buses[*bus] = (MixBus){.layout = chain.last,
                                    .panner = mix->buses[fold->source].panner,
                                    .sofa_file = -1,
                                    .decoder = mix->buses[fold->source].decoder,
                                    .max_re = mix->buses[fold->source].max_re,
                                    .fold = fold};
    }
    return DONE;
}

static const char decoder_name[] = "bs2127 decoder";
static const char bed_name[] = "bs2127 DirectSpeakers"; /* no fold of a deliverable is called so */

/* The rendering to these loudspeakers that some other deliverable has asked for; -1: none yet. */
static int find_rendering(const Mix *mix, const MixBus *wanted) {
    for (int bus = 0; bus < mix->bus_count; bus++) {
        const BusFold *fold = mix->buses[bus].fold;
        if (fold && fold->source == wanted->fold->source && fold->name == wanted->fold->name &&
            mix->buses[bus].layout == wanted->layout) {
            return bus;
        }
    }
    return -1;
}

/* The bus that `fold` makes of another one, new or shared. */
static int add_rendering(Mix *mix, const Layout *layout, const BusFold *fold) {
    const MixBus wanted = {
        .layout = layout, .panner = mix->buses[fold->source].panner, .sofa_file = -1, .fold = fold};
    const int found = find_rendering(mix, &wanted);
    if (found >= 0) {
        return found;
    }
    mix->buses[mix->bus_count] = wanted;
    return mix->bus_count++;
}

static Status render_harmonics(
    const BusMaker *maker, int bus, const Layout *layout, int *measured_bus, ErrorList *errors) {
    const MixBus *written = &maker->mix->buses[bus];
    const Layout *harmonics = written->layout;
    double *gains = make_matrix(maker, layout, harmonics);
    TRY(decoder_matrix(layout, harmonic_degree(harmonics->channel_count - 1), DECODER_BS2127,
                       maker->arena, gains, errors));
    BusFold *fold = arena_alloc(maker->arena, sizeof *fold);
    *fold = (BusFold){.name = decoder_name,
                      .source = written->fold ? written->fold->source : bus, /* N3D: SN3D */
                      .input_count = harmonics->channel_count,
                      .gains = gains};
    *measured_bus = add_rendering(maker->mix, layout, fold);
    return DONE;
}

static Status render_bed(
    const BusMaker *maker, int bus, const Layout *layout, int *measured_bus, ErrorList *errors) {
    const Layout *bed = maker->mix->buses[bus].layout;
    double *gains = make_matrix(maker, layout, bed);
    TRY(downmix_matrix(downmix_find("bs2127"), bed, layout, gains, errors));
    BusFold *fold = arena_alloc(maker->arena, sizeof *fold);
    *fold = (BusFold){
        .name = bed_name, .source = bus, .input_count = bed->channel_count, .gains = gains};
    *measured_bus = add_rendering(maker->mix, layout, fold);
    return DONE;
}

Status lower_measured_bus(
    const BusMaker *maker, int bus, const Layout *on, int *measured_bus, ErrorList *errors) {
    const Layout *written = maker->mix->buses[bus].layout;
    *measured_bus = bus;
    if (written->kind == LAYOUT_AMBISONIC) {
        return render_harmonics(maker, bus, on ? on : layout_find("7.1.4"), measured_bus, errors);
    }
    return on && on != written ? render_bed(maker, bus, on, measured_bus, errors) : DONE;
}
