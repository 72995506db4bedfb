/* The run's diary: append-only JSON lines, each with its own checksum. */
#include "cluster/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "render/base/files.h"

/* A line ends with ,"sum":"0123456789abcdef"} : 26 bytes behind the text it sums, less the brace.
 */
static const char sum_begin[] = ",\"sum\":\"";
enum { SUM_DIGITS = 16, SUM_TAIL_BYTES = 8 + SUM_DIGITS + 2 };

static const int64_t sync_interval_ns = 100 * 1000000LL; /* a lost tail costs only repeated work */

struct Journal {
    int descriptor;
    const char *path;
    int64_t synced_ns;
    bool is_unsynced;
    off_t good_end; /* of the lines that are whole */
    char *kept;     /* [kept_bytes] lines that found no room; malloced */
    size_t kept_bytes;
};

enum { KEPT_LIMIT_BYTES = 16 << 20 };

static int64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* text: the line with its closing brace, without the sum. */
static void format_sum(const char *text, size_t size_bytes, char digits[SUM_DIGITS + 1]) {
    snprintf(digits, SUM_DIGITS + 1, "%016" PRIx64, (uint64_t)XXH3_64bits(text, size_bytes));
}

/* line: without its newline; overwritten from the sum on. true: whole and unchanged. */
static bool check_line(char *line, size_t size_bytes) {
    if (size_bytes < SUM_TAIL_BYTES + 1) {
        return false;
    }
    char *tail = line + size_bytes - SUM_TAIL_BYTES;
    char found[SUM_DIGITS + 1] = "";
    char expected[SUM_DIGITS + 1];
    memcpy(found, tail + sizeof sum_begin - 1, SUM_DIGITS);
    if (memcmp(tail, sum_begin, sizeof sum_begin - 1) != 0 ||
        memcmp(tail + sizeof sum_begin - 1 + SUM_DIGITS, "\"}", 2) != 0) {
        return false;
    }
    tail[0] = '}';
    tail[1] = '\0';
    format_sum(line, (size_t)(tail + 1 - line), expected);
    return strcmp(found, expected) == 0;
}

typedef struct Visitor {
    void (*visit)(void *context, const json_t *event);
    void *context;
} Visitor;

/* Visits whole, good lines; returns where the last of them ends. is_damaged: a whole line after
 * that is bad (a line without newline may still be on its way). */
static size_t walk_lines(char *bytes, size_t size_bytes, Visitor visitor, bool *is_damaged) {
    size_t begin = 0;
    *is_damaged = false;
    while (begin < size_bytes) {
        const char *newline = memchr(bytes + begin, '\n', size_bytes - begin);
        if (!newline) {
            break;
        }
        const size_t end = (size_t)(newline - bytes);
        json_t *event = NULL;
        if (check_line(bytes + begin, end - begin)) {
            event = json_loads(bytes + begin, 0, NULL);
        }
        if (!event) {
            *is_damaged = true;
            break;
        }
        if (visitor.visit) {
            visitor.visit(visitor.context, event);
        }
        json_decref(event);
        begin = end + 1;
    }
    return begin;
}

/* Everything from offset on; bytes is malloced. */
static Status
read_from(const char *path, long offset, char **bytes, size_t *size_bytes, ErrorList *errors) {
    *bytes = NULL;
    *size_bytes = 0;
    FILE *file = fopen(path, "rbe");
    if (!file) {
        return errno == ENOENT
                   ? DONE
                   : fail(errors, E509, NO_PLACE, "cannot read `%s`: %s", path, strerror(errno));
    }
    fseek(file, 0, SEEK_END);
    const long end = ftell(file);
    if (end > offset) {
        char *buffer = malloc((size_t)(end - offset));
        fseek(file, offset, SEEK_SET);
        *size_bytes = buffer ? fread(buffer, 1, (size_t)(end - offset), file) : 0;
        *bytes = buffer;
    }
    fclose(file);
    return DONE;
}

Status journal_read(const char *path,
                    long *offset,
                    void (*visit)(void *context, const json_t *event),
                    void *context,
                    ErrorList *errors) {
    char *bytes = NULL;
    size_t size_bytes = 0;
    TRY(read_from(path, *offset, &bytes, &size_bytes, errors));
    bool is_damaged = false;
    *offset += (long)walk_lines(bytes, size_bytes, (Visitor){visit, context}, &is_damaged);
    free(bytes);
    if (is_damaged) {
        warn(errors, E704, NO_PLACE, "`%s`: ignored from the record at byte %ld on", path, *offset);
    }
    return DONE;
}

Status journal_open(const char *path, Arena *arena, Journal **journal, ErrorList *errors) {
    long good_end = 0;
    TRY(journal_read(path, &good_end, NULL, NULL, errors));
    Journal *opened = arena_alloc(arena, sizeof *opened);
    opened->path = arena_copy_text(arena, path);
    opened->descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (opened->descriptor < 0) {
        return file_fail_write(path, errno, errors);
    }
    if (ftruncate(opened->descriptor, good_end) != 0) { /* a torn tail would spoil our first line */
        const Status status = file_fail_write(path, errno, errors);
        close(opened->descriptor);
        return status;
    }
    opened->good_end = good_end;
    opened->synced_ns = monotonic_ns();
    *journal = opened;
    return DONE;
}

static json_t *make_event(const char *event, const json_t *fields) {
    char utc[32];
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    const size_t used = strftime(utc, sizeof utc, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(utc + used, sizeof utc - used, ".%03ldZ", now.tv_nsec / 1000000);
    json_t *line = fields ? json_copy((json_t *)fields) : json_object();
    json_object_set_new(line, "ev", json_string(event));
    json_object_set_new(line, "t", json_string(utc));
    return line;
}

/* Returns an errno, 0: all is written; else nothing is. */
static int write_whole(Journal *journal, const char *bytes, size_t size_bytes) {
    size_t done_bytes = 0;
    while (done_bytes < size_bytes) {
        const ssize_t written =
            write(journal->descriptor, bytes + done_bytes, size_bytes - done_bytes);
        if (written < 0 && errno != EINTR) {
            const int fault = errno;
            (void)!ftruncate(journal->descriptor, journal->good_end); /* else readers skip it */
            return fault;
        }
        done_bytes += written > 0 ? (size_t)written : 0;
    }
    journal->good_end += (off_t)size_bytes;
    return 0;
}

static void drop_kept(Journal *journal) {
    free(journal->kept);
    journal->kept = NULL;
    journal->kept_bytes = 0;
}

/* true: the line goes with those that wait for room. */
static bool keep_line(Journal *journal, const char *line, size_t size_bytes) {
    char *kept = journal->kept_bytes + size_bytes <= KEPT_LIMIT_BYTES
                     ? realloc(journal->kept, journal->kept_bytes + size_bytes)
                     : NULL;
    if (!kept) {
        return false;
    }
    memcpy(kept + journal->kept_bytes, line, size_bytes);
    journal->kept = kept;
    journal->kept_bytes += size_bytes;
    return true;
}

/* A disk that is full now may have room at the next line. */
static Status add_line(Journal *journal, const char *line, size_t size_bytes, ErrorList *errors) {
    int fault = 0;
    if (journal->kept) {
        fault = write_whole(journal, journal->kept, journal->kept_bytes);
        if (fault == 0) {
            drop_kept(journal);
        }
    }
    fault = fault ? fault : write_whole(journal, line, size_bytes);
    const bool may_pass = fault == ENOSPC || fault == EDQUOT;
    if (fault == 0 || (may_pass && keep_line(journal, line, size_bytes))) {
        return DONE;
    }
    return file_fail_write(journal->path, fault, errors);
}

static void sync_now_and_then(Journal *journal) {
    const int64_t now_ns = monotonic_ns();
    journal->is_unsynced = true;
    if (now_ns - journal->synced_ns >= sync_interval_ns) {
        fdatasync(journal->descriptor);
        journal->synced_ns = now_ns;
        journal->is_unsynced = false;
    }
}

Status journal_add(Journal *journal, const char *event, json_t *fields, ErrorList *errors) {
    json_t *object = make_event(event, fields);
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(object);
    const size_t text_bytes = text ? strlen(text) : 0;
    char *line = text ? malloc(text_bytes + SUM_TAIL_BYTES + 1) : NULL;
    if (!line) {
        free(text);
        return fail(errors, E515, NO_PLACE, "out of memory for a journal record");
    }
    char digits[SUM_DIGITS + 1];
    format_sum(text, text_bytes, digits);
    const int size = snprintf(line, text_bytes + SUM_TAIL_BYTES + 1, "%.*s%s%s\"}",
                              (int)text_bytes - 1, text, sum_begin, digits);
    line[size] = '\n';
    const Status status = add_line(journal, line, (size_t)size + 1, errors);
    free(line);
    free(text);
    sync_now_and_then(journal);
    return status;
}

void journal_close(Journal **journal) {
    if (!journal || !*journal) {
        return;
    }
    if ((*journal)->kept) {
        write_whole(*journal, (*journal)->kept, (*journal)->kept_bytes);
        drop_kept(*journal);
    }
    if ((*journal)->is_unsynced) {
        fdatasync((*journal)->descriptor);
    }
    close((*journal)->descriptor);
    *journal = NULL;
}
