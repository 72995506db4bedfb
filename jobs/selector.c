/* Selectors: read once into postfix order, matched with a stack of truths. */
#include "jobs/selector.h"

#include <string.h>

#include "jobs/suggest.h"
#include "jobs/value.h"
#include "render/base/wildcard.h"

/* Longer than anybody writes; it bounds both stacks, and a level of parentheses is a token. */
enum { SELECTOR_TOKENS_MAX = 256, SELECTOR_KEYS_MAX = 32 };

typedef enum StepKind { /* operators in the order of their strength */
                        STEP_TERM,
                        STEP_ALL,
                        STEP_OPEN, /* only while reading */
                        STEP_OR,
                        STEP_AND,
                        STEP_NOT,
} StepKind;

typedef struct Step {
    StepKind kind;
    const char *key;
    const char *const *values;
    int value_count;
} Step;

struct Selector {
    const Step *steps; /* postfix */
    int step_count;
};

typedef struct Token {
    const char *text; /* not terminated */
    size_t offset, length;
} Token;

typedef struct Reading {
    const Node *node;
    const char *keys;
    Arena *arena;
    ErrorList *errors;
    Token tokens[SELECTOR_TOKENS_MAX];
    int token_count, next;
    Step operators[SELECTOR_TOKENS_MAX];
    int opened_at[SELECTOR_TOKENS_MAX]; /* token of the operator with the same index */
    int operator_count;
    Step steps[SELECTOR_TOKENS_MAX];
    int step_count;
} Reading;

static bool is_word_character(char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || strchr("_-.*:/#+", character);
}

static bool is_space(char character) {
    return character == ' ' || character == '\t' || character == '\n';
}

/* One word, one parenthesis, or a run of other signs. */
static size_t token_length(const char *text) {
    size_t length = 1;
    if (*text == '(' || *text == ')') {
        return length;
    }
    const bool is_word = is_word_character(*text);
    while (text[length] && !is_space(text[length]) && text[length] != '(' && text[length] != ')' &&
           is_word_character(text[length]) == is_word) {
        length++;
    }
    return length;
}

static bool token_is(const Token *token, const char *text) {
    return token->length == strlen(text) && memcmp(token->text, text, token->length) == 0;
}

/* At a token; behind the last one the caret stands under the whole selector. */
static Status refuse(const Reading *reading, int token) {
    const bool is_inside = token < reading->token_count;
    const Token *at = &reading->tokens[is_inside ? token : 0];
    const Place place =
        is_inside ? place_within(reading->node, at->offset, at->length) : reading->node->place;
    return fail(reading->errors, E305, place, "I cannot read this selector");
}

static Status finish_refusal(const Reading *reading) {
    error_note(reading->errors,
               "selectors: `key=value|value`, `and`, `or`, `not`, parentheses, `all`");
    return E305;
}

static Status refuse_with(const Reading *reading, int token, const char *caret) {
    refuse(reading, token);
    error_caret(reading->errors, "%s", caret);
    return finish_refusal(reading);
}

static Status split(Reading *reading) {
    const char *text = reading->node->text;
    for (size_t at = 0; text[at];) {
        if (is_space(text[at])) {
            at++;
            continue;
        }
        if (reading->token_count == SELECTOR_TOKENS_MAX) {
            return fail(reading->errors, E305, reading->node->place,
                        "this selector has more than %d words and signs", SELECTOR_TOKENS_MAX);
        }
        const size_t length = token_length(text + at);
        reading->tokens[reading->token_count++] = (Token){text + at, at, length};
        at += length;
    }
    return DONE;
}

static Status push_step(Reading *reading, Step step) {
    reading->steps[reading->step_count++] = step;
    return DONE;
}

/* Moves operators that bind at least as strongly to the output. */
static void reduce(Reading *reading, StepKind kind) {
    while (reading->operator_count &&
           reading->operators[reading->operator_count - 1].kind >= kind) {
        push_step(reading, reading->operators[--reading->operator_count]);
    }
}

static void push_operator(Reading *reading, StepKind kind) {
    reading->opened_at[reading->operator_count] = reading->next;
    reading->operators[reading->operator_count++] = (Step){.kind = kind};
}

static Status unknown_key(Reading *reading, int token, const char *key) {
    const char *words[SELECTOR_KEYS_MAX];
    int count = 0;
    const char *word = reading->keys;
    while (*word && count < SELECTOR_KEYS_MAX) {
        const size_t length = strcspn(word, " ");
        words[count++] = arena_copy_bytes(reading->arena, word, length);
        word += length + (word[length] == ' ');
    }
    const char *best = suggest_nearest(key, words, count);
    const Token *at = &reading->tokens[token];
    fail(reading->errors, E305, place_within(reading->node, at->offset, at->length),
         "a selector has no key `%s`", key);
    if (best) {
        error_caret(reading->errors, "did you mean `%s`?", best);
    }
    error_note(reading->errors, "keys of selectors: %s", reading->keys);
    return E305;
}

static bool is_operator_word(const Token *token) {
    return token_is(token, "and") || token_is(token, "or") || token_is(token, "not");
}

static bool is_word(const Reading *reading, int token) {
    return token < reading->token_count && is_word_character(*reading->tokens[token].text) &&
           !is_operator_word(&reading->tokens[token]);
}

static bool is_sign(const Reading *reading, int token, const char *sign) {
    return token < reading->token_count && token_is(&reading->tokens[token], sign);
}

static const char *copy_token(const Reading *reading, int token) {
    return arena_copy_bytes(reading->arena, reading->tokens[token].text,
                            reading->tokens[token].length);
}

/* value|value, from the token behind `=`. */
static Status read_values(Reading *reading, Step *term) {
    const char **values =
        arena_array(reading->arena, (size_t)reading->token_count / 2 + 1, sizeof *values);
    for (;;) {
        if (!is_word(reading, reading->next)) {
            return refuse_with(reading, reading->next, "a value is missing");
        }
        values[term->value_count++] = copy_token(reading, reading->next++);
        if (!is_sign(reading, reading->next, "|")) {
            break;
        }
        reading->next++;
    }
    term->values = values;
    return DONE;
}

/* What people write from habit of other languages. */
static const char *habit(const Token *token) {
    static const struct {
        const char *written, *caret;
    } habits[] = {
        {"&&", "write `and`"          },
        {"&",  "write `and`"          },
        {",",  "write `and` or `or`"  },
        {"||", "write `or`"           },
        {"!",  "write `not`"          },
        {"!=", "write `not key=value`"},
        {"==", "write `=`"            },
        {"~",  "write `not`"          },
    };
    for (size_t index = 0; index < sizeof habits / sizeof *habits; index++) {
        if (token_is(token, habits[index].written)) {
            return habits[index].caret;
        }
    }
    return NULL;
}

static Status read_term(Reading *reading) {
    const int key_token = reading->next++;
    if (is_sign(reading, key_token, "all") && !is_sign(reading, reading->next, "=")) {
        return push_step(reading, (Step){.kind = STEP_ALL});
    }
    Step term = {.kind = STEP_TERM, .key = copy_token(reading, key_token)};
    if (!is_sign(reading, reading->next, "=")) {
        const char *caret =
            reading->next < reading->token_count ? habit(&reading->tokens[reading->next]) : NULL;
        return caret ? refuse_with(reading, reading->next, caret)
                     : refuse_with(reading, key_token, "write `key=value`");
    }
    reading->next++;
    if (!word_is_in(reading->keys, term.key, strlen(term.key))) {
        return unknown_key(reading, key_token, term.key);
    }
    TRY(read_values(reading, &term));
    return push_step(reading, term);
}

/* Where a term, `not` or `(` has to stand. wants: false once a term was read. */
static Status read_operand(Reading *reading, bool *wants) {
    const Token *token = &reading->tokens[reading->next];
    if (token_is(token, "(")) {
        push_operator(reading, STEP_OPEN);
        reading->next++;
        return DONE;
    }
    if (token_is(token, "not")) {
        push_operator(reading, STEP_NOT);
        reading->next++;
        return DONE;
    }
    if (!is_word(reading, reading->next)) {
        const char *caret = habit(token);
        return refuse_with(reading, reading->next, caret ? caret : "`key=value` has to stand here");
    }
    *wants = false;
    return read_term(reading);
}

static Status close_parenthesis(Reading *reading) {
    reduce(reading, STEP_OR);
    if (!reading->operator_count) {
        return refuse_with(reading, reading->next, "nothing is open here");
    }
    reading->operator_count--;
    reading->next++;
    return DONE;
}

/* Where `and`, `or` or `)` has to stand. */
static Status read_operator(Reading *reading, bool *wants) {
    const Token *token = &reading->tokens[reading->next];
    if (token_is(token, ")")) {
        return close_parenthesis(reading);
    }
    if (!token_is(token, "and") && !token_is(token, "or")) {
        const char *caret = habit(token);
        return refuse_with(reading, reading->next,
                           caret ? caret : "write `and` or `or` before this");
    }
    const StepKind kind = token_is(token, "and") ? STEP_AND : STEP_OR;
    reduce(reading, kind);
    push_operator(reading, kind);
    reading->next++;
    *wants = true;
    return DONE;
}

static Status read_all(Reading *reading) {
    bool wants = true; /* a term, not an operator */
    TRY(split(reading));
    while (reading->next < reading->token_count) {
        TRY(wants ? read_operand(reading, &wants) : read_operator(reading, &wants));
    }
    if (wants) {
        return refuse_with(reading, reading->token_count ? reading->token_count - 1 : 0,
                           reading->token_count ? "`key=value` is missing behind this"
                                                : "write `all` or `key=value`");
    }
    reduce(reading, STEP_OR);
    if (reading->operator_count) {
        return refuse_with(reading, reading->opened_at[reading->operator_count - 1],
                           "this `(` is never closed");
    }
    return DONE;
}

Status selector_read(const Node *node,
                     const char *keys,
                     Arena *arena,
                     const Selector **selector,
                     ErrorList *errors) {
    Reading reading = {.node = node, .keys = keys, .arena = arena, .errors = errors};
    TRY(read_all(&reading));
    Step *steps = arena_array(arena, (size_t)reading.step_count, sizeof *steps);
    memcpy(steps, reading.steps, (size_t)reading.step_count * sizeof *steps);
    Selector *made = arena_alloc(arena, sizeof *made);
    *made = (Selector){steps, reading.step_count};
    *selector = made;
    return DONE;
}

static bool term_matches(const Step *term, const SelectorFact *facts, int fact_count) {
    for (int fact = 0; fact < fact_count; fact++) {
        if (strcmp(facts[fact].key, term->key) != 0) {
            continue;
        }
        for (int value = 0; value < term->value_count; value++) {
            if (wildcard_matches(term->values[value], facts[fact].value)) {
                return true;
            }
        }
    }
    return false;
}

bool selector_matches(const Selector *selector, const SelectorFact *facts, int fact_count) {
    bool truths[SELECTOR_TOKENS_MAX] = {false};
    int count = 0;
    for (int index = 0; index < selector->step_count; index++) {
        const Step *step = &selector->steps[index];
        switch (step->kind) {
        case STEP_NOT:
            truths[count - 1] = !truths[count - 1];
            break;
        case STEP_AND:
            count--;
            truths[count - 1] = truths[count - 1] && truths[count];
            break;
        case STEP_OR:
            count--;
            truths[count - 1] = truths[count - 1] || truths[count];
            break;
        default:
            truths[count++] = step->kind == STEP_ALL || term_matches(step, facts, fact_count);
            break;
        }
    }
    return truths[0];
}

const char *selector_first_key(const Selector *selector) {
    for (int step = 0; step < selector->step_count; step++) {
        if (selector->steps[step].kind == STEP_TERM) {
            return selector->steps[step].key;
        }
    }
    return NULL;
}
