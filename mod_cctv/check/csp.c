/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file csp.c
 * @brief Sources of a content security policy: which addresses they allow.
 * Layer: pure.
 */
#include "check/csp.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* A part of a text. */
typedef struct {
    const char *at;
    size_t len;
} piece_t;

/* scheme://host:port/path; pieces that it does not have are empty. */
typedef struct {
    piece_t scheme;
    piece_t host;
    piece_t port;
    piece_t path;
} place_t;

static place_t split(const char *text, size_t len)
{
    place_t place = { { text, 0 }, { text, 0 }, { text, 0 }, { text, 0 } };
    const char *end = text + len;
    const char *mark = memmem(text, len, "://", 3);
    const char *at = text;
    const char *colon;

    if (mark != NULL) {
        place.scheme.len = (size_t)(mark - text);
        at = mark + 3;
    }
    place.path.at = at;
    while (place.path.at < end && *place.path.at != '/') {
        place.path.at++;
    }
    place.path.len = (size_t)(end - place.path.at);
    place.host = (piece_t){ at, (size_t)(place.path.at - at) };
    colon = memrchr(at, ':', place.host.len);
    /* The colons of an IPv6 address are in brackets. */
    if (colon != NULL
        && memchr(colon, ']', (size_t)(place.path.at - colon)) == NULL) {
        place.host.len = (size_t)(colon - at);
        place.port = (piece_t){ colon + 1,
                                (size_t)(place.path.at - colon - 1) };
    }
    return place;
}

static bool is(piece_t piece, const char *word)
{
    return piece.len == strlen(word)
           && strncasecmp(piece.at, word, piece.len) == 0;
}

static bool is_same(piece_t a, piece_t b)
{
    return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static bool has_only(piece_t piece, const char *others)
{
    size_t i;

    for (i = 0; i < piece.len; i++) {
        if (!isalnum((unsigned char)piece.at[i])
            && strchr(others, piece.at[i]) == NULL) {
            return false;
        }
    }
    return piece.len > 0;
}

static bool is_host(piece_t host)
{
    if (host.len > 2 && memcmp(host.at, "*.", 2) == 0) {
        host.at += 2;
        host.len -= 2;
    }
    return has_only(host, ".-_[:]");
}

static bool is_port(piece_t port)
{
    size_t i;

    for (i = 0; i < port.len; i++) {
        if (!isdigit((unsigned char)port.at[i])) {
            return is(port, "*");
        }
    }
    return port.len <= 5;
}

/* A path that ends in a slash allows all that is below it. */
static bool is_folder(piece_t path)
{
    return has_only(path, "/.-_~") && path.at[path.len - 1] == '/';
}

const char *cctv_csp_fault(const char *source, size_t len)
{
    place_t place = split(source, len);

    if ((len == 1 && *source == '*')
        || (len == 6 && strncasecmp(source, "'self'", len) == 0)) {
        return NULL;
    }
    if (memchr(source, '{', len) != NULL) {
        return "a policy knows no {s}, {z}, {x} and {y}: write the origin "
               "alone, with * for the part of the host that changes";
    }
    if (place.scheme.len > 0 && !is(place.scheme, "http")
        && !is(place.scheme, "https")) {
        return "tiles come by http:// or https://";
    }
    if (!is_host(place.host) || !is_port(place.port)) {
        return "it has to be an origin such as https://tile.example.org or "
               "https://*.example.org; several have blanks between them";
    }
    return place.path.len == 0 || is_folder(place.path)
               ? NULL
               : "write the origin alone, without a path";
}

/* The port of an address or a source, "" if it is the one of the scheme. */
static piece_t port_of(const place_t *place)
{
    bool is_default = (is(place->scheme, "http") && is(place->port, "80"))
                      || (is(place->scheme, "https")
                          && is(place->port, "443"));

    return is_default ? (piece_t){ place->port.at, 0 } : place->port;
}

static bool allows_host(piece_t source, piece_t host)
{
    if (source.len > 2 && memcmp(source.at, "*.", 2) == 0) {
        piece_t end = { source.at + 1, source.len - 1 };

        return host.len > end.len
               && is_same(end,
                          (piece_t){ host.at + host.len - end.len, end.len });
    }
    return is_same(source, host);
}

static bool allows(const place_t *source, const place_t *url)
{
    /* http: in a policy allows https: as well. A source without a scheme has
     * the one of the page, which is not known here. */
    bool has_scheme = source->scheme.len == 0
                      || is_same(source->scheme, url->scheme)
                      || (is(source->scheme, "http")
                          && is(url->scheme, "https"));

    return has_scheme && allows_host(source->host, url->host)
           && (is(source->port, "*")
               || is_same(port_of(source), port_of(url)));
}

bool cctv_csp_allows(const char *sources, const char *url)
{
    place_t wanted = split(url, strlen(url));

    while (*(sources += strspn(sources, BLANKS)) != '\0') {
        size_t len = strcspn(sources, BLANKS);
        place_t source = split(sources, len);

        if ((len == 1 && *sources == '*') || allows(&source, &wanted)) {
            return true;
        }
        sources += len;
    }
    return false;
}

size_t cctv_csp_origin(const char *url)
{
    place_t place = split(url, strlen(url));

    return place.scheme.len == 0 ? 0 : (size_t)(place.path.at - url);
}
