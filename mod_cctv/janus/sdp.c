/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sdp.c
 * @brief Removes what could do harm from a browser's SDP answer to Janus.
 * Layer: pure.
 */
#include "janus/sdp.h"

#include "core/utf8.h"

#include "apr_cstr.h"

#include <stdbool.h>
#include <string.h>

typedef struct {
    char *out; /* where to write the next line */
    int lines;
    int media;
    bool has_video;
} answer_t;

/* Janus compares the whole name of an attribute, ignoring case. A line that
 * only starts with the name, or has a blank before it, currently means nothing
 * to Janus. It is removed all the same, since nobody needs it. */
static bool is_candidate(const char *line, size_t len)
{
    static const char *const names[] = { "candidate", "remote-candidates",
                                         "end-of-candidates" };
    size_t i;

    if (line[0] != 'a') {
        return false;
    }
    line += 2;
    len -= 2;
    while (len > 0 && *line == ' ') {
        line++;
        len--;
    }
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t n = strlen(names[i]);

        /* Not strncasecmp(), which depends on the locale. */
        if (len >= n && apr_cstr_casecmpn(line, names[i], n) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_text(const char *line, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == '\x7F') {
            return false;
        }
    }
    return cctv_utf8_is_valid(line, len);
}

static bool starts_with(const char *line, size_t len, const char *start)
{
    size_t n = strlen(start);

    return len >= n && memcmp(line, start, n) == 0;
}

static const char *fault_of(const char *line, size_t len)
{
    if (!is_text(line, len)) {
        return "the SDP has characters in it that are no text";
    }
    /* Janus refuses a line that ends with the '='. */
    if (len < 3 || line[0] < 'a' || line[0] > 'z' || line[1] != '=') {
        return "the SDP has a line that is not a letter, = and something";
    }
    return NULL;
}

/* @return what is wrong with the line; NULL: nothing */
static const char *add_line(answer_t *answer, const char *line, size_t len)
{
    const char *fault;

    if (len == 0) {
        return NULL;
    }
    fault = fault_of(line, len);
    if (fault != NULL) {
        return fault;
    }
    if (++answer->lines > CCTV_SDP_ANSWER_LINES) {
        return "the SDP has more than 512 lines";
    }
    if (line[0] == 'm' && ++answer->media > CCTV_SDP_MAX_MEDIA) {
        return "the SDP has more than 2 m-lines";
    }
    if (starts_with(line, len, "m=video ")) {
        answer->has_video = true;
    }
    if (!is_candidate(line, len)) {
        memcpy(answer->out, line, len);
        memcpy(answer->out + len, "\r\n", 2);
        answer->out += len + 2;
    }
    return NULL;
}

/* Add all lines. A CR without an LF after it is part of the line and is
 * refused there. */
static const char *add_lines(answer_t *answer, const char *text, size_t len)
{
    const char *fault = NULL;

    while (len > 0 && fault == NULL) {
        const char *end = memchr(text, '\n', len);
        size_t n = end == NULL ? len : (size_t)(end - text);
        size_t cut = end != NULL && n > 0 && text[n - 1] == '\r' ? 1 : 0;

        fault = add_line(answer, text, n - cut);
        n += end != NULL ? 1 : 0;
        text += n;
        len -= n;
    }
    return fault;
}

static size_t count_lines(const char *text, size_t len)
{
    size_t count = 1;
    size_t i;

    for (i = 0; i < len; i++) {
        count += text[i] == '\n' ? 1 : 0;
    }
    return count;
}

const char *cctv_sdp_clean(apr_pool_t *pool, const char *text, size_t len,
                           const char **error)
{
    answer_t answer = { .lines = 0 };
    const char *fault;
    char *out;

    if (len > CCTV_SDP_MAX) {
        *error = "The SDP is larger than 16 kB";
        return NULL;
    }
    if (!starts_with(text, len, "v=0\r\n")
        && !starts_with(text, len, "v=0\n")) {
        *error = "This is no SDP answer: it has the line v=0 first";
        return NULL;
    }
    out = apr_palloc(pool, len + 2 * count_lines(text, len) + 1);
    answer.out = out;
    fault = add_lines(&answer, text, len);
    if (fault == NULL && !answer.has_video) {
        fault = "the SDP has no m-line of video";
    }
    if (fault != NULL) {
        *error = fault;
        return NULL;
    }
    *answer.out = '\0';
    return out;
}
