/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accept.c
 * @brief Decides which of two formats an Accept header prefers.
 * Layer: pure.
 */
#include "http/accept.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* Quality values are in thousandths. */
#define QUALITY_MAX 1000

/* A piece of the header. */
typedef struct {
    const char *start;
    const char *end;
} piece_t;

typedef struct {
    piece_t name;    /* type/subtype; either may be an asterisk */
    piece_t version; /* empty if it is not given */
    int quality;     /* negative: malformed */
} range_t;

/* A format that the server can send, and what the header says about it. */
typedef struct {
    const char *type;
    const char *subtype;
    const char *version;
    int specificity; /* of the best range; 0: no range matches */
    int quality;
} format_t;

static bool is_equal(piece_t piece, const char *text)
{
    size_t len = strlen(text);

    return (size_t)(piece.end - piece.start) == len
           && strncasecmp(piece.start, text, len) == 0;
}

static piece_t trim_blanks(const char *start, const char *end)
{
    while (start < end && strchr(BLANKS, *start) != NULL) {
        start++;
    }
    while (end > start && strchr(BLANKS, end[-1]) != NULL) {
        end--;
    }
    return (piece_t){ start, end };
}

/* Find the first of these characters outside of quotes. @return the end of the
 * text if there is none */
static const char *find_outside_quotes(const char *text, const char *stops)
{
    bool is_quoted = false;

    for (; *text != '\0'; text++) {
        if (*text == '"') {
            is_quoted = !is_quoted;
        }
        else if (is_quoted && *text == '\\' && text[1] != '\0') {
            text++;
        }
        else if (!is_quoted && strchr(stops, *text) != NULL) {
            break;
        }
    }
    return text;
}

/* Parse a quality value: "0.75" is 750. Digits after the third are ignored,
 * and values above 1 count as 1. */
static int parse_quality(piece_t value)
{
    const char *p = value.start;
    int unit = QUALITY_MAX;
    int quality;

    if (p == value.end || (*p != '0' && *p != '1')) {
        return -1;
    }
    quality = (*p++ - '0') * QUALITY_MAX;
    if (p < value.end && *p++ != '.') {
        return -1;
    }
    for (; p < value.end && *p >= '0' && *p <= '9'; p++) {
        unit /= 10;
        quality += (*p - '0') * unit;
    }
    if (p < value.end) {
        return -1;
    }
    return quality < QUALITY_MAX ? quality : QUALITY_MAX;
}

static piece_t unquote(piece_t value)
{
    if (value.end - value.start >= 2 && value.start[0] == '"'
        && value.end[-1] == '"') {
        value.start++;
        value.end--;
    }
    return value;
}

/* Other parameters, such as escaping=, do not change what the server sends. */
static void read_parameter(range_t *range, piece_t text)
{
    const char *equals = memchr(text.start, '=',
                                (size_t)(text.end - text.start));
    piece_t name;
    piece_t value;

    if (equals == NULL) {
        return;
    }
    name = trim_blanks(text.start, equals);
    value = unquote(trim_blanks(equals + 1, text.end));
    if (is_equal(name, "q")) {
        range->quality = parse_quality(value);
    }
    else if (is_equal(name, "version")) {
        range->version = value;
    }
}

/* @return the end of the range: a comma, or the end of the text */
static const char *read_range(range_t *range, const char *text)
{
    const char *end = find_outside_quotes(text, ",;");

    range->name = trim_blanks(text, end);
    range->version = (piece_t){ end, end };
    range->quality = QUALITY_MAX;
    while (*end == ';') {
        text = end + 1;
        end = find_outside_quotes(text, ",;");
        read_parameter(range, trim_blanks(text, end));
    }
    return end;
}

/* How exactly a range names a format; 0: the range does not match the
 * format. */
static int specificity_of(const range_t *range, const format_t *format)
{
    const char *slash = memchr(range->name.start, '/',
                               (size_t)(range->name.end - range->name.start));
    piece_t type = { range->name.start, slash };
    bool has_version = range->version.start < range->version.end;
    piece_t subtype;

    if (slash == NULL) {
        return 0;
    }
    subtype = (piece_t){ slash + 1, range->name.end };
    if (is_equal(range->name, "*/*")) {
        return 1;
    }
    if (!is_equal(type, format->type)) {
        return 0;
    }
    if (is_equal(subtype, "*")) {
        return 2;
    }
    if (!is_equal(subtype, format->subtype)) {
        return 0;
    }
    if (!has_version) {
        return 3;
    }
    return is_equal(range->version, format->version) ? 4 : 0;
}

/* The most specific range decides; among equally specific ranges, the one with
 * the highest quality. */
static void weigh_range(const range_t *range, format_t *format)
{
    int specificity = specificity_of(range, format);

    if (specificity == 0 || specificity < format->specificity) {
        return;
    }
    if (specificity > format->specificity
        || range->quality > format->quality) {
        format->specificity = specificity;
        format->quality = range->quality;
    }
}

/* Whether the first format is preferred to the second one. */
static bool is_preferred(const char *accept, format_t first, format_t second)
{
    range_t range;

    while (accept != NULL && *accept != '\0') {
        accept = read_range(&range, accept);
        if (range.quality >= 0) {
            weigh_range(&range, &first);
            weigh_range(&range, &second);
        }
        accept += *accept == ',' ? 1 : 0;
    }
    return first.quality > second.quality;
}

bool cctv_accept_openmetrics(const char *accept)
{
    /* A client that knows only the draft 0.0.1 gets the text format, which
     * every client knows. */
    return is_preferred(
        accept, (format_t){ "application", "openmetrics-text", "1.0.0", 0, 0 },
        (format_t){ "text", "plain", "0.0.4", 0, 0 });
}

bool cctv_accept_event_stream(const char *accept)
{
    return is_preferred(accept, (format_t){ "text", "event-stream", "", 0, 0 },
                        (format_t){ "application", "json", "", 0, 0 });
}
