#ifndef JOBS_DIAGNOSTIC_TOOLS_H
#define JOBS_DIAGNOSTIC_TOOLS_H
/* One message as editors, scripts and GitHub read it: one line each. */
#include <stdio.h>

#include "render/base/error.h"

const char *diagnostic_severity(const ErrorEntry *entry); /* "error" or "warning" */
char diagnostic_letter(const ErrorEntry *entry);          /* 'E' or 'W' of E301, W305 */

void diagnostic_print_short(const ErrorEntry *entry, FILE *out);
void diagnostic_print_json(const ErrorEntry *entry, FILE *out);
void diagnostic_print_github(const ErrorEntry *entry, FILE *out);

#endif
