#ifndef JOBS_SUGGEST_H
#define JOBS_SUGGEST_H
/* "did you mean ...?": the nearest of the words that are allowed.
 *
 *     const char *best = suggest_nearest("gian", keys, key_count);
 *     if (best) {
 *         error_caret(errors, "did you mean `%s`?", best);
 *     }
 */

/* The candidate with the fewest slips of the keyboard (wrong, missing, extra or swapped letters;
 * upper and lower case are the same), or NULL when none is nearer than one slip per three letters.
 * The same characters in another order count as one slip (`7.4.1` is near `7.1.4`). Of equally near
 * ones the first wins that starts with the same letter. Damerau 1964; Levenshtein 1966. */
const char *suggest_nearest(const char *wrong, const char *const *candidates, int count);

#endif
