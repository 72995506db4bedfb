#ifndef CLUSTER_MESSAGE_H
#define CLUSTER_MESSAGE_H
/* A message as a journal record, and back. */
#include <jansson.h>

#include "render/base/error.h"

json_t *message_to_json(const ErrorEntry *entry);
/* Adds it to errors with its place, caret, notes and help; texts live in the arena. */
void message_from_json(const json_t *fields, Arena *arena, ErrorList *errors);

#endif
