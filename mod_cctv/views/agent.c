/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent.c
 * @brief Which browser and which operating system a viewer uses.
 * Layer: pure.
 */
#include "views/agent.h"

#include "views/agent_hints.h"
#include "views/agent_names.h"

/* @return the length of the name if the text starts with it; otherwise 0 */
static size_t match(const char *text, const char *name)
{
    size_t len = 0;

    while (name[len] != '\0' && name[len] == text[len]) {
        len++;
    }
    if (name[len] != '\0'
        || (is_letter(name[len - 1]) && is_letter(text[len]))) {
        return 0;
    }
    return len;
}

/* ---- The tables ---- */

/* A table of names, sorted by ASCII, with the places where the names of each first
 * character begin. */
typedef struct {
    const name_t *names;
    size_t count;
    unsigned short begins[129];
} table_t;

#define TABLE(names)                                                          \
    {                                                                         \
        names, COUNT(names),                                                  \
        {                                                                     \
            0                                                                 \
        }                                                                     \
    }

static table_t browser_table = TABLE(browsers);
static table_t system_table = TABLE(systems);
static table_t robot_table = TABLE(robots);
static table_t crawler_table = TABLE(crawlers);
static table_t first_crawler_table = TABLE(crawlers_first);

static void find_begins(table_t *table)
{
    size_t at = 0;
    int c;

    for (c = 0; c < 128; c++) {
        while (at < table->count && table->names[at].text[0] < c) {
            at++;
        }
        table->begins[c] = (unsigned short)at;
    }
    table->begins[128] = (unsigned short)table->count;
}

/* Runs when the program or the module is loaded. */
__attribute__((constructor)) static void find_all_begins(void)
{
    find_begins(&browser_table);
    find_begins(&system_table);
    find_begins(&robot_table);
    find_begins(&crawler_table);
    find_begins(&first_crawler_table);
}

/* Offer the longest name that the text starts with.
 * @return the length of that name; 0: there is none */
static size_t look_up(const table_t *table, const char *text, best_t *best)
{
    int first = (unsigned char)*text;
    const name_t *name = NULL;
    size_t longest = 0;
    size_t at;

    if (first >= 128) {
        return 0;
    }
    for (at = table->begins[first]; at < table->begins[first + 1]; at++) {
        const name_t *next = &table->names[at];
        /* Most names differ in the second character. */
        size_t len = next->text[1] == text[1] ? match(text, next->text) : 0;

        if (len > longest) {
            longest = len;
            name = next;
        }
    }
    if (name != NULL) {
        offer(best, name->is, name->rank);
    }
    return longest;
}

static size_t max(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t look_up_all(found_t *found, const char *text)
{
    size_t len = max(look_up(&browser_table, text, &found->browser),
                     look_up(&system_table, text, &found->os));

    return len > 0 ? len
                   : max(look_up(&robot_table, text, &found->browser),
                         look_up(&crawler_table, text, &found->browser));
}

/* ---- Words that are in no table ---- */

static bool ends_in(const char *text, const char *end)
{
    size_t len = strlen(end);

    return text[0] == end[0] && starts_with(text, end) && !is_word(text[len])
           && text[len] != '_';
}

static bool starts_with_part(const char *text)
{
    size_t i;

    for (i = 0; is_letter(*text) && i < PARTS_MAX; i++) {
        const char *part = robot_parts[*text - 'a'][i];

        if (part == NULL) {
            break;
        }
        if (starts_with(text, part)) {
            return true;
        }
    }
    return false;
}

static bool is_robot(const char *word, size_t len)
{
    size_t i;

    for (i = 0; i + 2 < len; i++) {
        if (ends_in(word + i, "bot") || (i > 0 && ends_in(word + i, "agent"))
            || starts_with_part(word + i)) {
            return true;
        }
    }
    return false;
}

/* @return whether the text starts with a name and a version, as "Foo/4.1" */
static bool is_product(const char *text)
{
    while (is_word(*text) || *text == '-' || *text == '_' || *text == '.') {
        text++;
    }
    return text[0] == '/' && text[1] >= '0' && text[1] <= '9';
}

/* Classify a word that is in no table. Outside the comments of User-Agent it
 * may still be the name of a browser.
 * @return the length of the word */
static size_t guess(best_t *best, const char *text, bool outside)
{
    size_t len = 1;

    while (is_word(text[len]) || text[len] == '_') {
        len++;
    }
    if (is_robot(text, len)) {
        offer(best, CCTV_BROWSER_BOT, ROBOT);
    }
    else if (outside && len > 7
             && strncmp(text + len - 7, "browser", 7) == 0) {
        offer(best, CCTV_BROWSER_OTHER, BRAND);
    }
    else if (outside && text[-1] == ' ' && is_product(text)) {
        offer(best, CCTV_BROWSER_OTHER, UNLISTED);
    }
    return len;
}

/* @return the length of the number that the text starts with; 0: the text
 *         does not start with a number, or a letter follows it */
static size_t number(const char *text)
{
    size_t len = 0;

    while (text[len] >= '0' && text[len] <= '9') {
        len++;
    }
    return is_letter(text[len]) ? 0 : len;
}

/* Whether the text is the '@' of an address for mail. The character before it
 * exists. */
static bool is_mail(const char *text)
{
    size_t i = 1;

    while (is_word(text[i]) || text[i] == '-') {
        i++;
    }
    return *text == '@' && is_word(text[-1]) && i > 1 && text[i] == '.'
           && is_letter(text[i + 1]);
}

/* Crawlers that pretend to be a browser often add the address of a page or for
 * mail, which among browsers only old ones do; or the word "compatible", which
 * among today's browsers only Internet Explorer sends.
 * @return the highest rank of a name that this text shows to be false */
static unsigned char false_rank(const char *text)
{
    switch (*text) {
    case '(':
        return starts_with(text, "(at)") ? UNLISTED : NOTHING;
    case '.':
        return starts_with(text, ".com/") || starts_with(text, ".org/")
                       || starts_with(text, ".net/")
                   ? COMMON
                   : NOTHING;
    case '@':
        return is_mail(text) ? UNLISTED : NOTHING;
    case 'c':
        return starts_with(text, "compatible")
                       && !starts_with(text, "compatible; msie")
                       && !starts_with(text, "compatible;msie")
                   ? COMMON
                   : NOTHING;
    case 'g':
        return starts_with(text, "gecko;") ? COMMON : NOTHING;
    case 'h':
        return starts_with(text, "http:") || starts_with(text, "https:")
                   ? UNLISTED
                   : NOTHING;
    case 'm':
        return starts_with(text, "mailto:") ? UNLISTED : NOTHING;
    case 'w':
        return starts_with(text, "www.") ? UNLISTED : NOTHING;
    default:
        return NOTHING;
    }
}

/* Some names in the tables start with a '+' or a '.' before the word. */
static bool starts_name(const char *text)
{
    return (*text == '+' || *text == '.') && is_letter(text[1]);
}

static void read_user_agent(found_t *found, const char *header)
{
    /* The first product needs a blank before it, as all the others have. */
    char text[1 + LOOK_AT + 1] = " ";
    const char *p = text + 1;
    size_t len = strnlen(header, LOOK_AT);
    int depth = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        text[1 + i] = lower(header[i]);
    }
    look_up(&first_crawler_table, p, &found->browser);
    while (*p != '\0') {
        found->false_up_to = (unsigned char)max(found->false_up_to,
                                                false_rank(p));
        len = number(p);
        if (len == 0 && (is_word(*p) || starts_name(p))) {
            len = look_up_all(found, p);
        }
        if (len == 0) {
            len = is_word(*p) ? guess(&found->browser, p, depth == 0) : 1;
        }
        for (; len > 0; len--, p++) {
            depth += (*p == '(') - (*p == ')' && depth > 0);
        }
    }
}

/* On an Apple system, AppleWebKit without another name means a page inside an
 * application. On other systems, browsers send "AppleWebKit" and "Safari" only
 * for compatibility. */
static bool is_borrowed(const found_t *found)
{
    bool apple = found->os.is == CCTV_OS_IOS || found->os.is == CCTV_OS_MACOS;

    return (found->browser.is == CCTV_BROWSER_SAFARI && !apple
            && found->os.is != CCTV_OS_WINDOWS)
           || (found->browser.rank == ENGINE && !apple);
}

/* Internet Explorer is exempt: it sends the addresses of its toolbars. */
static bool has_false_name(const found_t *found)
{
    return found->browser.rank != NOTHING
           && found->browser.rank <= found->false_up_to
           && found->browser.is != CCTV_BROWSER_IE;
}

static bool is_blank(const char *header)
{
    size_t i = 0;

    while (header != NULL && i < LOOK_AT
           && (header[i] == ' ' || header[i] == '\t')) {
        i++;
    }
    return header == NULL || i == LOOK_AT || header[i] == '\0';
}

cctv_agent_t cctv_agent_classify(const char *user_agent, const char *ch_ua,
                                 const char *ch_ua_platform)
{
    bool blank = is_blank(user_agent);
    found_t found = {
        { blank ? CCTV_BROWSER_UNKNOWN : CCTV_BROWSER_OTHER, NOTHING },
        { blank ? CCTV_OS_UNKNOWN : CCTV_OS_OTHER, NOTHING },
        NOTHING,
    };

    if (ch_ua != NULL) {
        cctv_agent_read_brands(&found.browser, ch_ua);
    }
    if (ch_ua_platform != NULL) {
        cctv_agent_read_platform(&found.os, ch_ua_platform);
    }
    if (!blank) {
        read_user_agent(&found, user_agent);
    }
    if (has_false_name(&found)) {
        found.browser.is = CCTV_BROWSER_BOT;
    }
    if (found.browser.is == CCTV_BROWSER_BOT) {
        found.os.is = CCTV_OS_BOT;
    }
    else if (is_borrowed(&found)) {
        found.browser.is = CCTV_BROWSER_OTHER;
    }
    return (cctv_agent_t){ (cctv_browser_t)found.browser.is,
                           (cctv_os_t)found.os.is };
}

const char *cctv_browser_name(cctv_browser_t browser)
{
    static const char *const labels[] = {
#define X(name, label) label,
        CCTV_BROWSER_LIST(X)
#undef X
    };

    return (unsigned)browser < COUNT(labels) ? labels[browser] : "other";
}

const char *cctv_os_name(cctv_os_t os)
{
    static const char *const labels[] = {
#define X(name, label) label,
        CCTV_OS_LIST(X)
#undef X
    };

    return (unsigned)os < COUNT(labels) ? labels[os] : "other";
}
