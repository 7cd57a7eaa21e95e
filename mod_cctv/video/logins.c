/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file logins.c
 * @brief The users and passwords of cameras, from a text file.
 * Layer: pure.
 */
#include "video/logins.h"

#include "http/host.h"
#include "http/number.h"
#include "core/utf8.h"

#include "apr_cstr.h"
#include "apr_escape.h"
#include "apr_strings.h"
#include "apr_tables.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#define BLANKS " \t"
#define KEY    "external_id="
/* An empty password, as it is written in the file. */
#define EMPTY "\"\""
/* The length of the prefix ::ffff:0:0/96, which precedes an IPv4 address in
 * its IPv6 form: bytes, bits. */
#define MAPPED_LEN  12
#define MAPPED_BITS 96

/* An address of either family; IPv4 addresses are in their IPv6 form. */
typedef struct {
    struct in6_addr bytes;
    bool is_ipv4;
} address_t;

typedef enum {
    EVERY_HOST,
    NAME,  /* text is the name */
    BELOW, /* text is the end of the name, with its dot */
    NETWORK,
    CAMERA, /* text is its external_id */
} kind_t;

typedef struct {
    kind_t kind;
    const char *text;
    address_t network;
    int bits;         /* length of the network's prefix, 0 to 128 */
    int port;         /* 0: all ports */
    const char *path; /* NULL: all paths */
    cctv_login_t login;
} entry_t;

struct cctv_logins_t {
    const apr_array_header_t *entries;
    bool have_keys;
};

static bool parse_address(const char *text, address_t *out)
{
    struct in_addr ipv4;

    if (inet_pton(AF_INET6, text, &out->bytes) == 1) {
        out->is_ipv4 = IN6_IS_ADDR_V4MAPPED(&out->bytes);
        return true;
    }
    if (inet_pton(AF_INET, text, &ipv4) != 1) {
        return false;
    }
    memset(&out->bytes, 0, MAPPED_LEN - 2);
    memset(out->bytes.s6_addr + MAPPED_LEN - 2, 0xFF, 2);
    memcpy(out->bytes.s6_addr + MAPPED_LEN, &ipv4, sizeof ipv4);
    out->is_ipv4 = true;
    return true;
}

/* Read "/bits" after an address; without it, `bits` is 128.
 * @return the text after it; NULL: it is not right */
static const char *parse_bits(const char *text, bool is_dotted, int *bits)
{
    int max = is_dotted ? 128 - MAPPED_BITS : 128;
    char digits[4];
    size_t len;

    *bits = 128;
    if (*text != '/') {
        return text;
    }
    text++;
    len = strspn(text, "0123456789");
    if (len == 0 || len >= sizeof digits) {
        return NULL;
    }
    apr_cpystrn(digits, text, len + 1);
    if (!cctv_number_parse_count(digits, max + 1, bits) || *bits > max) {
        return NULL;
    }
    *bits += is_dotted ? MAPPED_BITS : 0;
    return text + len;
}

/* Names are compared without a dot at the end. */
static void cut_last_dot(char *name)
{
    size_t len = strlen(name);

    if (len > 1 && name[len - 1] == '.') {
        name[len - 1] = '\0';
    }
}

/* Text of only digits and dots is a mistyped address, not a name. */
static bool is_name(const char *text)
{
    return strspn(text, "0123456789.") != strlen(text);
}

/* Each of the next three functions reads one kind of pattern. It returns the
 * text after the pattern, or NULL if the text is not of this kind. */
static const char *parse_below(apr_pool_t *pool, const char *text,
                               entry_t *entry)
{
    char host[CCTV_HOST_SIZE];
    const char *rest = *text == '[' ? NULL : cctv_host_parse(text, host);

    if (rest == NULL || !is_name(host)) {
        return NULL;
    }
    cut_last_dot(host);
    entry->kind = BELOW;
    entry->text = apr_pstrcat(pool, ".", host, NULL);
    return rest;
}

static const char *parse_one(apr_pool_t *pool, const char *text,
                             entry_t *entry)
{
    char host[CCTV_HOST_SIZE];
    const char *rest = cctv_host_parse(text, host);

    if (rest == NULL) {
        return NULL;
    }
    if (parse_address(host, &entry->network)) {
        bool is_dotted = *text != '[';

        entry->kind = NETWORK;
        return parse_bits(rest, is_dotted, &entry->bits);
    }
    if (!is_name(host)) {
        return NULL;
    }
    cut_last_dot(host);
    entry->kind = NAME;
    entry->text = apr_pstrdup(pool, host);
    return rest;
}

/* No port can follow an IPv6 address without brackets. */
static const char *parse_bare_ipv6(const char *text, entry_t *entry)
{
    char address[INET6_ADDRSTRLEN];
    size_t len = strcspn(text, "/");

    if (len >= sizeof address) {
        return NULL;
    }
    apr_cpystrn(address, text, len + 1);
    if (!parse_address(address, &entry->network)) {
        return NULL;
    }
    entry->kind = NETWORK;
    return parse_bits(text + len, false, &entry->bits);
}

static bool parse_key(apr_pool_t *pool, const char *text, entry_t *entry)
{
    entry->kind = CAMERA;
    entry->text = apr_punescape_url(pool, text, NULL, NULL, 0);
    return entry->text != NULL && *entry->text != '\0';
}

/* A path needs a port before it, because 10.1.0.0/16 is a network. */
static bool parse_path(apr_pool_t *pool, const char *text, entry_t *entry)
{
    bool is_one_host = entry->kind != NETWORK || entry->bits == 128;

    if (*text == '\0') {
        return true;
    }
    if (entry->port == 0 || !is_one_host || strchr("/?#", *text) == NULL) {
        return false;
    }
    entry->path = apr_pstrdup(pool, text);
    return true;
}

static bool parse_pattern(apr_pool_t *pool, const char *text, entry_t *entry)
{
    const char *colon = strchr(text, ':');
    const char *rest;

    if (strncmp(text, KEY, strlen(KEY)) == 0) {
        return parse_key(pool, text + strlen(KEY), entry);
    }
    if (strncmp(text, "*.", 2) == 0) {
        rest = parse_below(pool, text + 2, entry);
    }
    else if (*text == '*') {
        entry->kind = EVERY_HOST;
        rest = text + 1;
    }
    else if (*text != '[' && colon != NULL && strchr(colon + 1, ':') != NULL) {
        rest = parse_bare_ipv6(text, entry);
    }
    else {
        rest = parse_one(pool, text, entry);
    }
    rest = rest == NULL ? NULL : cctv_port_parse(rest, &entry->port);
    return rest != NULL && parse_path(pool, rest, entry);
}

static bool is_text(const char *line)
{
    size_t i;

    for (i = 0; line[i] != '\0'; i++) {
        if (((unsigned char)line[i] < ' ' && line[i] != '\t')
            || line[i] == '\x7F') {
            return false;
        }
    }
    return cctv_utf8_is_valid(line, i);
}

/* @param text  points to a word; gets a pointer to the next word
 * @return the word, NUL-terminated */
static char *next_word(char **text)
{
    char *word = *text;

    *text += strcspn(*text, BLANKS);
    if (**text != '\0') {
        *(*text)++ = '\0';
        *text += strspn(*text, BLANKS);
    }
    return word;
}

/* @param line  has no blanks at its beginning and end
 * @return NULL, or what is wrong */
static const char *parse_line(apr_pool_t *pool, char *line, entry_t *entry)
{
    const char *pattern;
    const char *user;

    if (!is_text(line)) {
        return "has characters in it that are no text in UTF-8";
    }
    pattern = next_word(&line);
    user = next_word(&line);
    if (*user == '\0' || *line == '\0') {
        return "needs a pattern, a user and a password, which is \"\" if it "
               "is empty";
    }
    if (strchr(user, ':') != NULL) {
        return "has a user with a colon in it: user and password are two "
               "words";
    }
    if (strchr(line, '\t') != NULL) {
        return "has a tab in the password";
    }
    if (!parse_pattern(pool, pattern, entry)) {
        return "starts with no pattern: a name, *.name, an address, "
               "address/bits or *, and maybe :port or :port/path; or "
               "external_id=key";
    }
    entry->login.user = user;
    entry->login.password = strcmp(line, EMPTY) == 0 ? "" : line;
    return NULL;
}

static char *trim(char *line)
{
    size_t len;

    line += strspn(line, BLANKS);
    len = strlen(line);
    while (len > 0 && strchr(BLANKS "\r", line[len - 1]) != NULL) {
        len--;
    }
    line[len] = '\0';
    return line;
}

const cctv_logins_t *cctv_logins_parse(apr_pool_t *pool, const char *text,
                                       const char **error)
{
    apr_array_header_t *entries = apr_array_make(pool, 8, sizeof(entry_t));
    cctv_logins_t *logins = apr_palloc(pool, sizeof *logins);
    char *rest = apr_pstrdup(pool, text);
    int number;

    logins->have_keys = false;
    for (number = 1; rest != NULL; number++) {
        char *line = rest;
        entry_t entry = { .port = 0 };
        const char *fault;

        rest = strchr(line, '\n');
        if (rest != NULL) {
            *rest++ = '\0';
        }
        line = trim(line);
        if (*line == '\0' || *line == '#') {
            continue;
        }
        fault = parse_line(pool, line, &entry);
        if (fault != NULL) {
            *error = apr_psprintf(pool, "line %d %s", number, fault);
            return NULL;
        }
        logins->have_keys = logins->have_keys || entry.kind == CAMERA;
        APR_ARRAY_PUSH(entries, entry_t) = entry;
    }
    logins->entries = entries;
    return logins;
}

static bool is_in_network(const entry_t *entry, const address_t *address)
{
    const unsigned char *a = entry->network.bytes.s6_addr;
    const unsigned char *b = address->bytes.s6_addr;
    size_t whole = (size_t)entry->bits / 8;
    int rest = entry->bits % 8;

    return entry->network.is_ipv4 == address->is_ipv4
           && memcmp(a, b, whole) == 0
           && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

static bool is_below(const char *host, size_t len, const char *end)
{
    size_t n = strlen(end);

    return len > n && apr_cstr_casecmpn(host + len - n, end, n) == 0;
}

/* @param len      length of the host's name
 * @param address  NULL: the host is a name
 * @param key      NULL: the camera has none */
static bool fits(const entry_t *entry, const char *host, size_t len,
                 const address_t *address, const char *key)
{
    switch (entry->kind) {
    case EVERY_HOST:
        return true;
    case NETWORK:
        return address != NULL && is_in_network(entry, address);
    case NAME:
        return address == NULL && len == strlen(entry->text)
               && apr_cstr_casecmpn(host, entry->text, len) == 0;
    case BELOW:
        return address == NULL && is_below(host, len, entry->text);
    default: /* CAMERA */
        return key != NULL && strcmp(key, entry->text) == 0;
    }
}

const cctv_login_t *cctv_logins_find(const cctv_logins_t *logins,
                                     const char *host, int port,
                                     const char *path, const char *key)
{
    address_t address;
    bool is_address = parse_address(host, &address);
    size_t len = strlen(host);
    int i;

    if (len > 1 && host[len - 1] == '.') {
        len--;
    }
    for (i = 0; i < logins->entries->nelts; i++) {
        const entry_t *entry = &APR_ARRAY_IDX(logins->entries, i, entry_t);

        if ((entry->port == 0 || entry->port == port)
            && (entry->path == NULL || strcmp(entry->path, path) == 0)
            && fits(entry, host, len, is_address ? &address : NULL, key)) {
            return &entry->login;
        }
    }
    return NULL;
}

bool cctv_logins_have_keys(const cctv_logins_t *logins)
{
    return logins->have_keys;
}
