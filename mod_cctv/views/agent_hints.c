/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_hints.c
 * @brief Reads the client hints of a browser.
 * Layer: pure.
 */
#include "views/agent_hints.h"

#include "views/agent_hint_names.h"

static const name_t *find(const name_t *table, size_t count, const char *text)
{
    size_t i;

    for (i = 0; i < count && strcmp(table[i].text, text) != 0; i++) {
    }
    return i < count ? &table[i] : NULL;
}

/* The letters and digits of a hint, in lower case. No name in the tables is
 * longer than this. */
typedef struct {
    char text[32];
    size_t len;
} word_t;

static void append(word_t *word, char c)
{
    c = lower(c);
    if (is_word(c) && word->len < sizeof word->text - 1) {
        word->text[word->len++] = c;
        word->text[word->len] = '\0';
    }
}

/* Browsers add a brand that does not exist ("Not A(Brand", " Not;Any Brand"
 * and so on), so that servers do not rely on a fixed list. */
static bool is_grease(const word_t *brand)
{
    return brand->len > 5 && strncmp(brand->text, "not", 3) == 0
           && strcmp(brand->text + brand->len - 5, "brand") == 0;
}

static void read_brand(best_t *best, const word_t *brand)
{
    const name_t *name = find(brands, COUNT(brands), brand->text);

    if (name != NULL) {
        offer(best, name->is, name->rank);
    }
    else if (brand->len > 0 && !is_grease(brand)) {
        offer(best, CCTV_BROWSER_OTHER, HINT_OTHER);
    }
}

/* Read the first string of each member of a list (RFC 8941, 3.1). Members that
 * are not well-formed are ignored. */
void cctv_agent_read_brands(best_t *best, const char *header)
{
    const char *end = header + strnlen(header, LOOK_AT);
    bool quoted = false, named = false;
    word_t brand = { "", 0 };

    for (; header < end; header++) {
        if (!quoted && *header == ',') {
            named = false;
            brand = (word_t){ "", 0 };
        }
        else if (*header == '"') {
            if (quoted && !named) {
                read_brand(best, &brand);
                named = true;
            }
            quoted = !quoted;
        }
        else if (quoted && *header == '\\') {
            header++;
        }
        else if (quoted) {
            append(&brand, *header);
        }
    }
}

void cctv_agent_read_platform(best_t *best, const char *header)
{
    word_t platform = { "", 0 };
    const name_t *name;
    size_t i;

    for (i = 0; i < LOOK_AT && header[i] != '\0'; i++) {
        append(&platform, header[i]);
    }
    name = find(platforms, COUNT(platforms), platform.text);
    if (name != NULL) {
        offer(best, name->is, name->rank);
    }
    else if (platform.len > 0 && strcmp(platform.text, "unknown") != 0) {
        offer(best, CCTV_OS_OTHER, HINT_SYSTEM);
    }
}
