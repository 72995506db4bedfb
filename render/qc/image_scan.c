/* Left against right: over the whole programme, and window by window against the median of all. */
#include <math.h>
#include <stdlib.h>

#include "render/base/units.h"
#include "render/qc/qc_chunk.h"

enum { WINDOWS_PER_CHUNK = 256, LEAST_WINDOWS = 3 };
static const double side_deg = 10.0; /* nearer to the middle than this is neither */
static const double gate_dbfs = -60.0;

typedef struct ImageWindow {
    double left, right;
    int64_t samples;
} ImageWindow;

typedef struct ImageWindows {
    ImageWindow windows[WINDOWS_PER_CHUNK];
    struct ImageWindows *next;
} ImageWindows;

struct ImageScan {
    const QcSubject *subject;
    Arena *arena;
    int64_t window_samples;
    ImageWindow open, whole;
    ImageWindows *first, *last;
    int count;
};

ImageScan *image_scan_create(const QcSubject *subject, const QcPolicy *policy, Arena *arena) {
    ImageScan *const scan = arena_alloc(arena, sizeof *scan);
    scan->subject = subject;
    scan->window_samples = (int64_t)(qc_limit(policy, QC_IMAGING, "over") * subject->rate_hz);
    scan->arena = arena;
    return scan;
}

static void close_window(ImageScan *scan) {
    const int place = scan->count % WINDOWS_PER_CHUNK;
    if (place == 0) {
        ImageWindows *const more = arena_alloc(scan->arena, sizeof *more);
        if (scan->last) {
            scan->last->next = more;
        } else {
            scan->first = more;
        }
        scan->last = more;
    }
    scan->last->windows[place] = scan->open;
    scan->whole.left += scan->open.left;
    scan->whole.right += scan->open.right;
    scan->whole.samples += scan->open.samples;
    scan->count++;
    scan->open = (ImageWindow){0};
}

/* 1: left, -1: right, 0: neither, and the LFE. */
static int side_of(const QcSubject *subject, int channel) {
    const Channel *const own = &subject->layout->channels[channel];
    const double azimuth_deg = own->position.azimuth_deg;
    if (own->role == CHANNEL_LFE || fabs(azimuth_deg) > 180.0 - side_deg) {
        return 0;
    }
    return (azimuth_deg > side_deg) - (azimuth_deg < -side_deg);
}

void image_scan_add(ImageScan *scan, const QcChunk *chunk) {
    const QcSubject *const subject = scan->subject;
    const bool is_judged =
        subject->layout && subject->layout->kind == LAYOUT_SPEAKERS && !subject->is_part;
    for (int block = 0; is_judged && block < chunk->block_count; block++) {
        for (int channel = 0; channel < subject->channel_count; channel++) {
            const int side = side_of(subject, channel);
            const double power = chunk->facts[channel][block].power;
            scan->open.left += side > 0 ? power : 0.0;
            scan->open.right += side < 0 ? power : 0.0;
        }
        scan->open.samples += qc_block_length(chunk, block);
        if (scan->open.samples >= scan->window_samples) {
            close_window(scan);
        }
    }
}

/* false: too soft to be judged. */
static bool balance_of(const ImageWindow *window, double *balance_db) {
    const double gate = gain_from_db(gate_dbfs) * gain_from_db(gate_dbfs);
    const double power = window->left + window->right;
    const double floor = 1e-6 * power; /* -60 dB: a side that is silent */
    *balance_db = 10.0 * exact_log10(fmax(window->left, floor) / fmax(window->right, floor));
    return window->samples > 0 && power > gate * (double)window->samples;
}

static int compare_numbers(const void *a, const void *b) {
    const double first = *(const double *)a;
    const double second = *(const double *)b;
    return (first > second) - (first < second);
}

static const ImageWindow *window_at(const ImageScan *scan, int index) {
    const ImageWindows *chunk = scan->first;
    for (int skipped = index / WINDOWS_PER_CHUNK; skipped > 0; skipped--) {
        chunk = chunk->next;
    }
    return &chunk->windows[index % WINDOWS_PER_CHUNK];
}

/* The median of the windows that can be judged; false: too few. */
static bool find_median(const ImageScan *scan, double *median_db) {
    double *const balances = arena_array(scan->arena, (size_t)scan->count, sizeof *balances);
    int count = 0;
    for (int index = 0; index < scan->count; index++) {
        count += balance_of(window_at(scan, index), &balances[count]);
    }
    if (count < LEAST_WINDOWS) {
        return false;
    }
    qsort(balances, (size_t)count, sizeof *balances, compare_numbers);
    *median_db = balances[count / 2];
    return true;
}

static void judge_drift(const ImageScan *scan, QcFindings *findings) {
    const double limit_db = qc_limit(findings->policy, QC_IMAGING, "max");
    double median_db = 0.0;
    const bool has_median = find_median(scan, &median_db);
    int64_t begin = 0;
    for (int index = 0; has_median && index < scan->count; index++) {
        const ImageWindow *const window = window_at(scan, index);
        double balance_db = 0.0;
        if (balance_of(window, &balance_db) && fabs(balance_db - median_db) > limit_db) {
            qc_findings_add(
                findings, (QcFinding){.check = QC_IMAGING,
                                      .channel = -1,
                                      .at_s = (double)begin / scan->subject->rate_hz,
                                      .length_s = (double)window->samples / scan->subject->rate_hz,
                                      .has_value = true,
                                      .value = balance_db - median_db,
                                      .limit = limit_db,
                                      .unit = "dB"});
        }
        begin += window->samples;
    }
}

void image_scan_finish(ImageScan *scan, QcFindings *findings) {
    const double limit_db = qc_limit(findings->policy, QC_BALANCE, "max");
    double balance_db = 0.0;
    if (scan->open.samples > 0) {
        close_window(scan);
    }
    if (balance_of(&scan->whole, &balance_db) && fabs(balance_db) > limit_db) {
        qc_findings_add(findings, (QcFinding){.check = QC_BALANCE,
                                              .channel = -1,
                                              .at_s = -1.0,
                                              .has_value = true,
                                              .value = balance_db,
                                              .limit = limit_db,
                                              .unit = "dB"});
    }
    judge_drift(scan, findings);
}
