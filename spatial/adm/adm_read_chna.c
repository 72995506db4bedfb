/* The chunk that ties tracks to the metadata: BS.2088-1, 8. */
#include <string.h>

#include "spatial/adm/adm_read.h"

enum {
    HEADER_BYTES = 4,
    ROW_BYTES = 40,
    UID_OFFSET = 2,
    UID_BYTES = 12,
    FORMAT_OFFSET = 14,
    FORMAT_BYTES = 14,
    PACK_OFFSET = 28,
    PACK_BYTES = 11
};

typedef struct ChnaRow {
    int number;                                                       /* in the chunk, from 1 */
    int track_index;                                                  /* from 1; 0: unused */
    char uid[ADM_ID_BYTES], format[ADM_ID_BYTES], pack[ADM_ID_BYTES]; /* "": not given */
} ChnaRow;

typedef struct Chna {
    const OpenFile *file;
    const SoundInfo *info;
    AdmModel *model;
    AdmRepairs *repairs;
    ErrorList *errors;
} Chna;

/* Ids are padded with NUL or blanks. */
static bool read_id(const unsigned char *bytes, size_t size_bytes, char id[ADM_ID_BYTES]) {
    char text[ADM_ID_BYTES] = {0};
    memcpy(text, bytes, size_bytes);
    for (size_t end = strlen(text); end > 0 && text[end - 1] == ' '; --end) {
        text[end - 1] = '\0';
    }
    id[0] = '\0';
    return text[0] == '\0' || adm_id_spell(text, id);
}

/* A channel format has three characters less than the field, which is made for a track format:
 * BS.2088-2, 8.1, fills it up with _00. */
static void drop_filling(char id[ADM_ID_BYTES]) {
    const size_t length = FORMAT_BYTES - 3;
    if (strncmp(id, "AC_", 3) == 0 && strlen(id) == FORMAT_BYTES && !strcmp(id + length, "_00")) {
        id[length] = '\0';
    }
}

static Status read_row(const Chna *chna, const unsigned char *bytes, ChnaRow *row) {
    row->track_index = bytes[0] | bytes[1] << 8;
    if (!read_id(bytes + UID_OFFSET, UID_BYTES, row->uid) ||
        !read_id(bytes + FORMAT_OFFSET, FORMAT_BYTES, row->format) ||
        !read_id(bytes + PACK_OFFSET, PACK_BYTES, row->pack)) {
        return fail(chna->errors, E444, chna->file->place,
                    "row %d of the chna chunk of `%s` holds no ids", row->number, chna->file->path);
    }
    drop_filling(row->format);
    if (row->track_index > chna->info->channel_count) {
        return fail(chna->errors, E444, chna->file->place,
                    "row %d of the chna chunk of `%s` names track %d: the file has %d tracks",
                    row->number, chna->file->path, row->track_index, chna->info->channel_count);
    }
    return DONE;
}

static const AdmReference *find_reference(const AdmElement *element, AdmKind kind) {
    const AdmReference *reference = element->references;
    while (reference && reference->kind != kind) {
        reference = reference->next;
    }
    return reference;
}

/* What a row says of one kind of format, beside what axml says of it. */
static Status take_reference(const Chna *chna, const ChnaRow *row, AdmElement *uid, AdmKind kind) {
    const char *const id = kind == ADM_PACK ? row->pack : row->format;
    const AdmReference *const said = find_reference(uid, kind);
    if (!said) {
        const AdmReference reference = {.kind = kind, .id = id};
        adm_refer(chna->model, uid, &reference);
        return DONE;
    }
    if (strcmp(said->id, id) != 0) {
        return fail(chna->errors, E441, adm_place(chna->model, said->line),
                    "%s refers to %s, but to %s in the chna chunk", uid->id, said->id, id);
    }
    return DONE;
}

static Status take_formats(const Chna *chna, const ChnaRow *row, AdmElement *uid) {
    const bool is_channel = strncmp(row->format, "AC_", 3) == 0;
    const bool has_format = row->format[0] != '\0' && strcmp(row->format, "AT_00000000") != 0;
    if (has_format && !is_channel && strncmp(row->format, "AT_", 3) != 0) {
        return fail(chna->errors, E444, chna->file->place,
                    "row %d of the chna chunk names `%s`: neither a track nor a channel format",
                    row->number, row->format);
    }
    if (has_format) {
        TRY(take_reference(chna, row, uid, is_channel ? ADM_CHANNEL : ADM_TRACK));
    }
    if (row->pack[0] != '\0') {
        TRY(take_reference(chna, row, uid, ADM_PACK));
    }
    const bool is_in_axml = find_reference(uid, ADM_TRACK) || find_reference(uid, ADM_CHANNEL);
    if (!has_format && is_in_axml) {
        adm_repair(chna->repairs, REPAIR_CHNA_REFERENCE, uid->id, uid->line);
    }
    return DONE;
}

static Status take_row(const Chna *chna, const ChnaRow *row) {
    if (row->track_index == 0) {
        return DONE; /* room for later rows */
    }
    if (strncmp(row->uid, "ATU_", 4) != 0) {
        return fail(chna->errors, E444, chna->file->place,
                    "row %d of the chna chunk of `%s` has the UID `%s`", row->number,
                    chna->file->path, row->uid);
    }
    AdmElement *uid = adm_find(chna->model, ADM_TRACK_UID, row->uid);
    if (!uid) {
        const AdmElement like = {.kind = ADM_TRACK_UID, .id = row->uid, .gain = 1.0};
        TRY(adm_add(chna->model, &like, &uid, chna->errors));
    }
    if (uid->track_index != 0) {
        return fail(chna->errors, E444, chna->file->place,
                    "%s stands twice in the chna chunk of `%s`", uid->id, chna->file->path);
    }
    uid->track_index = row->track_index;
    return take_formats(chna, row, uid);
}

static Status read_rows(const Chna *chna, int row_count) {
    unsigned char bytes[ROW_BYTES];
    for (int index = 0; index < row_count; ++index) {
        ChnaRow row = {.number = index + 1};
        size_t got = 0;
        TRY(file_read_at(chna->file,
                         chna->info->chna.offset + HEADER_BYTES + (int64_t)index * ROW_BYTES, bytes,
                         sizeof bytes, &got, chna->errors));
        TRY(read_row(chna, bytes, &row));
        TRY(take_row(chna, &row));
    }
    return DONE;
}

Status adm_read_chna(const OpenFile *file,
                     const SoundInfo *info,
                     AdmModel *model,
                     AdmRepairs *repairs,
                     ErrorList *errors) {
    const Chna chna = {file, info, model, repairs, errors};
    unsigned char bytes[HEADER_BYTES];
    size_t got = 0;
    TRY(file_read_at(file, info->chna.offset, bytes, sizeof bytes, &got, errors));
    const int row_count = bytes[2] | bytes[3] << 8;
    if (info->chna.size_bytes < HEADER_BYTES ||
        (info->chna.size_bytes - HEADER_BYTES) / ROW_BYTES < row_count) {
        return fail(errors, E444, file->place, "the chna chunk of `%s` is too short for %d rows",
                    file->path, row_count);
    }
    return read_rows(&chna, row_count);
}
