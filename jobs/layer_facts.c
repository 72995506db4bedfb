/* What selectors may ask of layers. */
#include "jobs/layer_facts.h"

#include <stdio.h>
#include <string.h>

#include "jobs/job_schema.h"

const char layer_fact_keys[] = "id stem family role tag status cue";

enum { SINGLE_FACTS = 6 };

/* A word of an enum; NULL: none. */
static const char *word_of(const char *key, const JobChoice *choice, Arena *arena) {
    const char *word = job_schema_words(job_schema_find("layers.*", key), arena).words;
    if (choice->index < 0) {
        return NULL;
    }
    for (int index = 0; index < choice->index; index++) {
        word += strcspn(word, " ") + 1;
    }
    return arena_copy_bytes(arena, word, strcspn(word, " "));
}

static int add_facts(const JobLayer *layer, SelectorFact *facts, Arena *arena) {
    const SelectorFact single[SINGLE_FACTS] = {
        {"id",              layer->id               },
        {"stem",            layer->stem.text        },
        {"family",          layer->family.text      },
        {"role",            word_of("role",           &layer->role, arena)},
        {"status",           word_of("status",                                   &layer->status, arena)},
        {"cue",layer->cue.text},
    };
    int count = 0;
    for (int fact = 0; fact < SINGLE_FACTS; fact++) {
        if (single[fact].value) {
            facts[count++] = single[fact];
        }
    }
    for (int tag = 0; tag < layer->tags.count; tag++) {
        facts[count++] = (SelectorFact){"tag", layer->tags.words[tag]};
    }
    return count;
}

LayerFacts layer_facts_make(const JobSpec *job, Arena *arena) {
    const size_t layer_count = (size_t)job->layer_count + 1;
    const SelectorFact **all = arena_array(arena, layer_count, sizeof(SelectorFact *));
    int *counts = arena_array(arena, layer_count, sizeof *counts);
    for (int layer = 0; layer < job->layer_count; layer++) {
        const size_t limit = SINGLE_FACTS + (size_t)job->layers[layer].tags.count;
        SelectorFact *facts = arena_array(arena, limit, sizeof *facts);
        counts[layer] = add_facts(&job->layers[layer], facts, arena);
        all[layer] = facts;
    }
    return (LayerFacts){all, counts, job->layer_count};
}

bool layer_facts_match(const LayerFacts *facts, int layer, const JobSelector *select) {
    return select->selector &&
           selector_matches(select->selector, facts->facts[layer], facts->counts[layer]);
}

static const char *plural(const char *key) {
    static const char *const words[][2] = {
        {"family", "families"},
        {"status", "statuses"}
    };
    for (size_t word = 0; word < sizeof words / sizeof *words; word++) {
        if (strcmp(key, words[word][0]) == 0) {
            return words[word][1];
        }
    }
    return NULL;
}

/* The values of a key in this job, each once, as far as they fit. */
static void list_values(const LayerFacts *facts, const char *key, char *list, size_t size) {
    size_t length = 0;
    for (int layer = 0; layer < facts->layer_count; layer++) {
        for (int fact = 0; fact < facts->counts[layer]; fact++) {
            const SelectorFact *of = &facts->facts[layer][fact];
            const size_t needed = strlen(of->value) + 2;
            if (strcmp(of->key, key) == 0 && length + needed < size &&
                !word_is_in(list, of->value, strlen(of->value))) {
                length += (size_t)snprintf(list + length, size - length, "%s%s", length ? " " : "",
                                           of->value);
            }
        }
    }
}

void layer_facts_check(const LayerFacts *facts, const JobSelector *select, ErrorList *errors) {
    enum { LIST_SIZE = 120 };
    char list[LIST_SIZE] = "";
    if (!select->selector || facts->layer_count == 0) {
        return;
    }
    for (int layer = 0; layer < facts->layer_count; layer++) {
        if (layer_facts_match(facts, layer, select)) {
            return;
        }
    }
    warn(errors, E305, select->place, "this selector matches no layer");
    const char *key = selector_first_key(select->selector);
    if (key) {
        list_values(facts, key, list, sizeof list);
        const char *words = plural(key);
        error_caret(errors, "%s%s in this job: %s", words ? words : key, words ? "" : "s",
                    *list ? list : "none");
    }
    error_help(errors, "`--strict` makes this an error");
}
