#ifndef RENDER_DSP_LANE_FFT_KERNELS_H
#define RENDER_DSP_LANE_FFT_KERNELS_H
/* What lane_fft.c hands to the kernels; nobody else includes this. */

enum { LANE_FFT_STAGES_MAX = 8 };

/* One pass of radix 4 over blocks of `length` bins. twiddles: [length / 4][3][re, im], the powers
 * 1, 2 and 3 of exp(-2 pi i q / length). */
typedef struct LaneFftStage {
    int length;
    const float *twiddles;
} LaneFftStage;

/* Blocks of length tail_length (4 or 8), left after the stages, are done without a table. */
typedef struct LaneFftPlan {
    int size, tail_length, stage_count;
    LaneFftStage stages[LANE_FFT_STAGES_MAX]; /* longest first */
} LaneFftPlan;

/* How many passes end an inverse transform that is made by portions; a portion is the block of the
 * pass before them. */
static inline int lane_fft_last_passes(int size) {
    return size > 16384 ? 2 : 1;
}

/* bins: [size][re, im][8], aligned to 64 bytes, in place. */
typedef struct LaneFftKernels {
    void (*forward)(const LaneFftPlan *plan, float *bins);
    void (*inverse)(const LaneFftPlan *plan, float *bins);
    /* All but the last passes, of the portion that begins with bin `first`. */
    void (*inverse_portion)(const LaneFftPlan *plan, float *bins, int first);
    /* The last passes, as far as the second half of the samples wants them, of columns
     * at .. at + count - 1 (even numbers). tile: [ranges][count][re, im][8], a range for each
     * portion in half of the samples. bins stay. */
    void (*inverse_half)(
        const LaneFftPlan *plan, const float *bins, int at, int count, float *tile);
    /* As many first passes, the last ones, and halves of the last ones, where another transform
     * makes the portions. */
    void (*forward_first)(const LaneFftPlan *plan, float *bins);
    void (*inverse_last)(const LaneFftPlan *plan, float *bins);
    void (*inverse_last_half)(
        const LaneFftPlan *plan, const float *bins, int at, int count, float *tile);
} LaneFftKernels;

/* One object each, all from lane_fft_kernels.c; the v3 and v4 ones exist on x86-64 only. */
extern const LaneFftKernels lane_fft_kernels_scalar;
extern const LaneFftKernels lane_fft_kernels_baseline;
extern const LaneFftKernels lane_fft_kernels_v3;
extern const LaneFftKernels lane_fft_kernels_v4;

#endif
