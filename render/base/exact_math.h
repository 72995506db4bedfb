#ifndef RENDER_BASE_EXACT_MATH_H
#define RENDER_BASE_EXACT_MATH_H
/* Elementary functions with the same bits on every CPU, compiler and C library.
 *
 * libm chooses other code with and without FMA (measured), so whatever reaches a sample, a table
 * or a key goes through these. Only + - * / and sqrt of IEEE 754 double are used, never contracted.
 * Error below 2 ulp in the ranges given. sqrt, floor, fabs, rint, ldexp of libm are exact and may
 * be used.
 */
enum { EXACT_LANES = 8 };

double exact_sin(double x_rad); /* |x| <= 1e6 */
double exact_cos(double x_rad); /* |x| <= 1e6 */
/* Both of one angle, at less than the cost of two. */
void exact_sin_cos(double x_rad, double *sine, double *cosine);
double exact_tan(double x_rad);
double exact_atan2(double y, double x);
double exact_asin(double x); /* |x| <= 1, clamped outside */
double exact_acos(double x);
double exact_exp(double x); /* 0 below -745, infinity above 709.78 */
/* The same bits for many at a fraction of the cost. x: [count], <= 709, not NaN; count: a multiple
 * of EXACT_LANES; values may be x. */
void exact_exp_many(const double *x, int count, double *values);
double exact_log(double x); /* x > 0 */
double exact_log2(double x);
double exact_log10(double x);
double exact_pow(double base, double exponent); /* base > 0 */

#endif
