/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file record.c
 * @brief Reads and checks the records of a MaxMind DB file.
 * Layer: pure.
 *
 * The format: https://maxmind.github.io/MaxMind-DB/
 */
#include "geoip/record.h"

/* The databases in use have 4 levels. */
#define MAX_DEPTH 32

/* Where the databases in use have the country, in the order in which they are
 * tried. record.h documents it. */
#define PATHS_MAX 4

static const char *const paths[][PATHS_MAX] = {
    { "country", "iso_code", NULL },
    { "country_code", NULL },
    { "country", NULL },
    { "country", "code", NULL },
    { "countryCode", NULL },
    { "country_iso_code", NULL },
    { "iso_code", NULL },
    { "geo", "country_code", NULL },
    { "location", "country", "code" },
    { "location", "country_code2", NULL },
    { "registered_country", "iso_code" },
};

/* Codes that some databases use for "no country". */
static bool is_placeholder(cctv_country_t country)
{
    return country == cctv_country_of("ZZ", 2)
           || country == cctv_country_of("XX", 2);
}

static cctv_country_t country_at(const MMDB_entry_s *record,
                                 const char *const *path)
{
    MMDB_entry_s start = *record;
    MMDB_entry_data_s data;
    cctv_country_t country;

    if (MMDB_aget_value(&start, &data, path) != MMDB_SUCCESS || !data.has_data
        || data.type != MMDB_DATA_TYPE_UTF8_STRING) {
        return CCTV_COUNTRY_UNKNOWN;
    }
    country = cctv_country_of(data.utf8_string, data.data_size);
    return is_placeholder(country) ? CCTV_COUNTRY_UNKNOWN : country;
}

cctv_country_t cctv_geoip_record_country(const MMDB_entry_s *record)
{
    cctv_country_t country = CCTV_COUNTRY_UNKNOWN;
    size_t i;

    for (i = 0;
         country == CCTV_COUNTRY_UNKNOWN && i < sizeof paths / sizeof paths[0];
         i++) {
        country = country_at(record, paths[i]);
    }
    return country;
}

typedef struct {
    const MMDB_s *mmdb;
    uint8_t *seen;
} check_t;

/* The head of a value. Offsets are relative to the data section. */
typedef struct {
    uint32_t type;
    /* Bytes; the number of entries of a map or array; or the target of a
     * pointer. */
    uint32_t size;
    uint32_t end; /* the end of the value; with entries, the end of its head */
} head_t;

/* Read a big-endian number of up to 4 bytes and advance *at. */
static bool read_number(const MMDB_s *mmdb, uint32_t *at, uint32_t bytes,
                        uint32_t *number)
{
    if (*at > mmdb->data_section_size
        || mmdb->data_section_size - *at < bytes) {
        return false;
    }
    for (*number = 0; bytes > 0; bytes--) {
        *number = *number << 8 | mmdb->data_section[(*at)++];
    }
    return true;
}

static bool read_pointer(const MMDB_s *mmdb, uint32_t control, head_t *head)
{
    static const uint32_t base[] = { 0, 2048, 526336, 0 };
    uint32_t kind = control >> 3 & 3;
    uint32_t number;

    if (!read_number(mmdb, &head->end, kind + 1, &number)) {
        return false;
    }
    if (kind < 3) {
        number |= (control & 7) << 8 * (kind + 1);
    }
    head->size = number + base[kind];
    return true;
}

static bool read_size(const MMDB_s *mmdb, uint32_t control, head_t *head)
{
    static const uint32_t base[] = { 0, 29, 285, 65821 };
    uint32_t number;

    head->size = control & 31;
    if (head->size > 28) {
        uint32_t bytes = head->size - 28;

        if (!read_number(mmdb, &head->end, bytes, &number)) {
            return false;
        }
        head->size = base[bytes] + number;
    }
    return true;
}

/* The largest size of a value, by type; 0: the number is not a type. */
static const uint32_t max_sizes[] = {
    [MMDB_DATA_TYPE_UTF8_STRING] = UINT32_MAX,
    [MMDB_DATA_TYPE_DOUBLE] = 8,
    [MMDB_DATA_TYPE_BYTES] = UINT32_MAX,
    [MMDB_DATA_TYPE_UINT16] = 2,
    [MMDB_DATA_TYPE_UINT32] = 4,
    [MMDB_DATA_TYPE_MAP] = UINT32_MAX,
    [MMDB_DATA_TYPE_INT32] = 4,
    [MMDB_DATA_TYPE_UINT64] = 8,
    [MMDB_DATA_TYPE_UINT128] = 16,
    [MMDB_DATA_TYPE_ARRAY] = UINT32_MAX,
    [MMDB_DATA_TYPE_BOOLEAN] = 1,
    [MMDB_DATA_TYPE_FLOAT] = 4,
};

static bool has_entries(const head_t *head)
{
    return head->type == MMDB_DATA_TYPE_MAP
           || head->type == MMDB_DATA_TYPE_ARRAY;
}

/* Whether the value may have this size and is complete. */
static bool skip_bytes(const MMDB_s *mmdb, head_t *head)
{
    if (head->type >= sizeof max_sizes / sizeof max_sizes[0]
        || max_sizes[head->type] == 0 || head->size > max_sizes[head->type]) {
        return false;
    }
    /* The size of a boolean is its value. */
    if (has_entries(head) || head->type == MMDB_DATA_TYPE_BOOLEAN) {
        return true;
    }
    if (mmdb->data_section_size - head->end < head->size) {
        return false;
    }
    head->end += head->size;
    return true;
}

static bool read_head(const MMDB_s *mmdb, uint32_t at, head_t *head)
{
    uint32_t control;

    head->end = at;
    if (!read_number(mmdb, &head->end, 1, &control)) {
        return false;
    }
    head->type = control >> 5;
    if (head->type == MMDB_DATA_TYPE_POINTER) {
        return read_pointer(mmdb, control, head);
    }
    if (head->type == MMDB_DATA_TYPE_EXTENDED) {
        if (!read_number(mmdb, &head->end, 1, &head->type)) {
            return false;
        }
        head->type += 7;
    }
    return read_size(mmdb, control, head) && skip_bytes(mmdb, head);
}

static bool check_value(const check_t *check, uint32_t at, int depth,
                        head_t *head);

/* Check the target of a pointer or of the search tree. */
static bool check_target(const check_t *check, uint32_t at, int depth)
{
    uint8_t bit = (uint8_t)(1 << at % 8);
    head_t head;

    if (at >= check->mmdb->data_section_size) {
        return false;
    }
    if ((check->seen[at / 8] & bit) != 0) {
        return true;
    }
    check->seen[at / 8] |= bit;
    return check_value(check, at, depth, &head)
           && head.type != MMDB_DATA_TYPE_POINTER;
}

static bool is_text(const MMDB_s *mmdb, const head_t *key)
{
    head_t target;

    return key->type == MMDB_DATA_TYPE_UTF8_STRING
           || (key->type == MMDB_DATA_TYPE_POINTER
               && read_head(mmdb, key->size, &target)
               && target.type == MMDB_DATA_TYPE_UTF8_STRING);
}

static bool check_entries(const check_t *check, head_t *head, int depth)
{
    bool is_map = head->type == MMDB_DATA_TYPE_MAP;
    uint32_t left;
    head_t entry;

    for (left = head->size; left > 0; left--) {
        if (is_map) {
            if (!check_value(check, head->end, depth, &entry)
                || !is_text(check->mmdb, &entry)) {
                return false;
            }
            head->end = entry.end;
        }
        if (!check_value(check, head->end, depth, &entry)) {
            return false;
        }
        head->end = entry.end;
    }
    return true;
}

/* @param head  written: the head of the value; `end` is the end of all of its
 *              entries */
static bool check_value(const check_t *check, uint32_t at, int depth,
                        head_t *head)
{
    if (depth == 0 || !read_head(check->mmdb, at, head)) {
        return false;
    }
    if (head->type == MMDB_DATA_TYPE_POINTER) {
        return check_target(check, head->size, depth - 1);
    }
    return !has_entries(head) || check_entries(check, head, depth - 1);
}

bool cctv_geoip_record_is_sound(const MMDB_s *mmdb, uint32_t offset,
                                uint8_t *seen)
{
    const check_t check = { mmdb, seen };

    return check_target(&check, offset, MAX_DEPTH);
}
