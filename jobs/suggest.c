/* "did you mean ...?": the nearest of the words that are allowed. */
#include "jobs/suggest.h"

#include <stdbool.h>
#include <string.h>

enum { LENGTH_MAX = 64 }; /* longer words are not names of anything */

typedef struct DistanceRows { /* of the table of prefixes: the newest one and two older ones */
    int newest[LENGTH_MAX + 1], newer[LENGTH_MAX + 1], oldest[LENGTH_MAX + 1];
} DistanceRows;

/* ASCII only: the C locale is never consulted. */
static char fold_case(char letter) {
    if (letter >= 'A' && letter <= 'Z') {
        return (char)(letter - 'A' + 'a');
    }
    return letter;
}

static int least(int a, int b) {
    return a < b ? a : b;
}

static void fill_row(DistanceRows *rows, const char *a, int row, const char *b, int b_length) {
    rows->newest[0] = row;
    const char letter = fold_case(a[row - 1]);
    for (int column = 1; column <= b_length; column++) {
        const char other = fold_case(b[column - 1]);
        int distance = least(rows->newer[column], rows->newest[column - 1]) + 1;
        distance = least(distance, rows->newer[column - 1] + (letter != other));
        if (row > 1 && column > 1 && letter == fold_case(b[column - 2]) &&
            fold_case(a[row - 2]) == other) {
            distance = least(distance, rows->oldest[column - 2] + 1);
        }
        rows->newest[column] = distance;
    }
}

/* Optimal string alignment: insert, delete, replace, swap neighbours. */
static int edit_distance(const char *a, int a_length, const char *b, int b_length) {
    DistanceRows rows = {0};
    for (int column = 0; column <= b_length; column++) {
        rows.newest[column] = column;
    }
    for (int row = 1; row <= a_length; row++) {
        memcpy(rows.oldest, rows.newer, sizeof rows.newer);
        memcpy(rows.newer, rows.newest, sizeof rows.newest);
        fill_row(&rows, a, row, b, b_length);
    }
    return rows.newest[b_length];
}

static bool same_characters(const char *a, const char *b) {
    int counts[256] = {0};
    for (; *a; a++) {
        counts[(unsigned char)fold_case(*a)]++;
    }
    for (; *b; b++) {
        counts[(unsigned char)fold_case(*b)]--;
    }
    for (int character = 0; character < 256; character++) {
        if (counts[character] != 0) {
            return false;
        }
    }
    return true;
}

/* Twice the number of slips, one more when the first letter differs: that settles ties. */
static int rank_candidate(const char *wrong, int wrong_length, const char *candidate) {
    const size_t candidate_length = strlen(candidate);
    if (candidate_length > LENGTH_MAX) {
        return 2 * LENGTH_MAX;
    }
    int slips = edit_distance(wrong, wrong_length, candidate, (int)candidate_length);
    if (slips > 1 && same_characters(wrong, candidate)) {
        slips = 1;
    }
    return 2 * slips + (fold_case(wrong[0]) != fold_case(candidate[0]));
}

const char *suggest_nearest(const char *wrong, const char *const *candidates, int count) {
    const size_t length = strlen(wrong);
    if (length == 0 || length > LENGTH_MAX) {
        return NULL;
    }
    const int limit = length < 6 ? 1 : (int)length / 3;
    const char *best = NULL;
    int best_rank = 2 * limit + 2;
    for (int candidate = 0; candidate < count; candidate++) {
        const int rank = rank_candidate(wrong, (int)length, candidates[candidate]);
        if (rank < best_rank) {
            best = candidates[candidate];
            best_rank = rank;
        }
    }
    return best;
}
