#ifndef JOBS_REPLACED_KEYS_H
#define JOBS_REPLACED_KEYS_H
/* Keys that an earlier draft of the format had, and what says the same now. */

/* prefix: of the rows, "layers.*"; NULL: there never was such a key. */
const char *replaced_key_help(const char *prefix, const char *member);

#endif
