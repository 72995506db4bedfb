/* What the file type of a deliverable can carry. */
#include "jobs/job_container.h"

#include "render/files/opus_mapping.h"
#include "render/model/mix.h"
#include "spatial/encode_ambisonics.h"
#include "spatial/layout_table.h"

static const char wav_or_split[] = "use `container: wav` or `split: mono`";

static bool is_split(const JobDeliverable *deliverable) {
    return deliverable->split.index == 1;
}

/* Of a file that is not split; mask: of its loudspeakers. */
static int count_channels(const JobDeliverable *deliverable, ChannelOrder order, uint32_t *mask) {
    int channels[LAYOUT_MAX_CHANNELS];
    return layout_file_order(deliverable->layout_table, order, channels, mask);
}

/* FLAC holds 1 .. 8 channels of 4 .. 24 bits integer (here: 16 and 24). */
static void check_flac(const JobDeliverable *deliverable, ErrorList *errors) {
    enum { FLAC_MAX_CHANNELS = 8 };
    uint32_t mask = 0;
    const int count =
        count_channels(deliverable, (ChannelOrder)deliverable->channel_order.index, &mask);
    if (count > FLAC_MAX_CHANNELS && !is_split(deliverable)) {
        fail(errors, E217, deliverable->container.place, "flac cannot carry %d channels", count);
        error_help(errors, "%s", wav_or_split);
    }
    if (deliverable->format.index > PCM_24) {
        fail(errors, E217, deliverable->format.place, "flac carries 16 or 24 bits only");
        error_help(errors, "use `container: wav`, or `bits: 24`");
    }
}

static void check_opus_channels(const JobDeliverable *deliverable, ErrorList *errors) {
    const Layout *layout = deliverable->layout_table;
    OpusMapping mapping;
    uint32_t mask = 0;
    if (is_split(deliverable)) {
        return;
    }
    const int count = count_channels(deliverable, ORDER_SMPTE, &mask);
    if (!opus_mapping_of(count, mask, layout->kind == LAYOUT_AMBISONIC, &mapping)) {
        fail(errors, E217, deliverable->container.place,
             "opus has no places for the channels of %s", layout->name);
        error_note(errors,
                   "it carries 1.0, 2.0, 3.0, quad, 5.0, 5.1, 7.1, binaural and ambisonics");
        error_help(errors, "%s", wav_or_split);
    }
}

/* 6 .. 256 kbit/s a channel, as opusenc takes them. */
static void check_bit_rate(const JobDeliverable *deliverable, ErrorList *errors) {
    enum { BITS_IN_KBIT = 1000 };
    const int count = is_split(deliverable) ? 1 : deliverable->layout_table->channel_count;
    const double asked = deliverable->bits_per_s.value;
    const double least = (double)OPUS_LEAST_BITS_PER_S * count;
    const double most = (double)OPUS_MOST_BITS_PER_S * count;
    if (deliverable->bits_per_s.place.line && (asked < least || asked > most)) {
        fail(errors, E206, deliverable->bits_per_s.place,
             "an Opus file of %d channel%s takes %g to %g kbit/s, not %g", count,
             count == 1 ? "" : "s", least / BITS_IN_KBIT, most / BITS_IN_KBIT,
             asked / BITS_IN_KBIT);
    }
}

static void refuse(Place place, const char *what, const char *help, ErrorList *errors) {
    if (place.line) {
        fail(errors, E208, place, "%s", what);
        error_help(errors, "%s", help);
    }
}

static void check_opus(const JobSpec *job, const JobDeliverable *deliverable, ErrorList *errors) {
    const bool has_rate = deliverable->rate_hz.value > 0.0;
    const double rate_hz = has_rate ? deliverable->rate_hz.value : job->rate_hz;
    if (rate_hz != OPUS_RATE_HZ) {
        fail(errors, E217, has_rate ? deliverable->rate_hz.place : deliverable->container.place,
             "an Opus file has 48 kHz, not %g kHz", rate_hz / 1000.0);
        error_help(errors, "use `rate: 48 kHz`");
    }
    if (deliverable->channel_order.index != ORDER_SMPTE) {
        refuse(deliverable->channel_order.place, "opus has its own order of channels",
               "leave out `channel_order`: players find every loudspeaker", errors);
    }
    if (deliverable->normalisation.index == HARMONIC_N3D) {
        refuse(deliverable->normalisation.place, "ambisonics in opus are SN3D",
               "leave out `normalisation`", errors);
    }
    static const char lossless[] = "use `container: flac` or wav";
    refuse(deliverable->leader_place,
           "opus holds nothing but the programme: its leader would not "
           "come back silent",
           lossless, errors);
    refuse(deliverable->pop_place,
           "opus holds nothing but the programme: its pop would not come "
           "back as it was",
           lossless, errors);
    check_opus_channels(deliverable, errors);
    check_bit_rate(deliverable, errors);
}

void job_container_check(const JobSpec *job, const JobDeliverable *deliverable, ErrorList *errors) {
    const int container = deliverable->container.index;
    if (container != CONTAINER_OPUS) {
        refuse(deliverable->bits_per_s.place, "only `container: opus` has a `bitrate`",
               "wav, rf64, bw64 and caf have `bits`; flac has what its samples need", errors);
    }
    if (!deliverable->layout_table || deliverable->is_adm) {
        return;
    }
    if (container == CONTAINER_FLAC) {
        check_flac(deliverable, errors);
    } else if (container == CONTAINER_OPUS) {
        check_opus(job, deliverable, errors);
    }
}
