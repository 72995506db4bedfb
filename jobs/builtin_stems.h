#ifndef JOBS_BUILTIN_STEMS_H
#define JOBS_BUILTIN_STEMS_H
/* The stems that every job may use without defining them: dx mx fx amb fol vo. */

/* Its role (dialogue music effects ambience foley), NULL: not a built-in stem. */
const char *builtin_stem_role(const char *id);
/* In their order of summing; NULL past the end. */
const char *builtin_stem_at(int index);

/* "dialogue": the word of stems.*.role, by its index. */
const char *stem_role_word(int role);

#endif
