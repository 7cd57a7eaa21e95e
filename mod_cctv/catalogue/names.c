/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file names.c
 * @brief Finds words in the names of a catalogue.
 * Layer: pure.
 */
#include "catalogue/names.h"

#include "catalogue/find.h"
#include "catalogue/tree.h"

#include <string.h>

int cctv_names_judge(const cctv_search_t *search, int index)
{
    const cctv_catalogue_t *c = search->catalogue;
    size_t length;
    const char *name;

    if (search->words->id == cctv_catalogue_id(c, index)) {
        return CCTV_MATCH_EXACT;
    }
    name = cctv_catalogue_name(c, index, &length);
    return cctv_words_match(search->words, name, length);
}

bool cctv_names_match(const cctv_search_t *search, int index)
{
    return search->words == NULL
           || cctv_names_judge(search, index) != CCTV_MATCH_NONE;
}

bool cctv_names_has_number(const cctv_search_t *search)
{
    const cctv_catalogue_t *c = search->catalogue;
    int index = search->words->id == 0
                    ? -1
                    : cctv_catalogue_find_here(c, search->words->id);
    size_t length;
    const char *name;

    if (index < 0 || !cctv_tree_matches(search, c->slots[index])) {
        return false;
    }
    name = cctv_catalogue_name(c, index, &length);
    return cctv_words_match(search->words, name, length) == CCTV_MATCH_NONE;
}

void cctv_names_start(cctv_names_walk_t *walk, const cctv_search_t *search,
                      int first)
{
    const cctv_catalogue_t *c = search->catalogue;

    walk->search = search;
    walk->index = first;
    walk->worst = CCTV_MATCH_WITHIN;
    walk->end = c->names + c->head->sections[CCTV_SECTION_NAMES].size;
    walk->name = first < c->count ? cctv_catalogue_name(c, first, NULL)
                                  : walk->end;
}

/* Move on to the name that has this byte. The text has no NUL, so it is found
 * within one name. */
static void go_to(cctv_names_walk_t *walk, const char *byte)
{
    const cctv_catalogue_t *c = walk->search->catalogue;
    const uint64_t *blocks = c->name_blocks;
    int block = walk->index / CCTV_CATALOGUE_NAME_BLOCK;
    int last = (c->count - 1) / CCTV_CATALOGUE_NAME_BLOCK;
    uint64_t at = (uint64_t)(byte - c->names);

    if (block < last && blocks[block + 1] <= at) {
        while (block < last && blocks[block + 1] <= at) {
            block++;
        }
        walk->index = block * CCTV_CATALOGUE_NAME_BLOCK;
        walk->name = c->names + blocks[block];
    }
    for (;;) {
        const char *next = walk->name + strlen(walk->name) + 1;

        if (next > byte) {
            return;
        }
        walk->name = next;
        walk->index++;
    }
}

/* Where a name may be found next that matches well enough. A name that is the
 * text or starts with it is found by its start, others by the longest word. */
static const char *next_place(const cctv_names_walk_t *walk)
{
    const cctv_words_t *words = walk->search->words;
    const cctv_word_of_name_t *longest = &words->word[words->longest];
    size_t size = (size_t)(walk->end - walk->name);

    return walk->worst <= CCTV_MATCH_PREFIX ? cctv_find_start(
               walk->name, size, words->text, words->length, false)
           : walk->worst == CCTV_MATCH_STARTS
               ? cctv_find_start(walk->name, size, longest->text,
                                 longest->length, true)
               : cctv_find(walk->name, size, longest->text, longest->length);
}

int cctv_names_next(cctv_names_walk_t *walk)
{
    while (walk->name < walk->end) {
        const char *byte = next_place(walk);
        const char *name;
        size_t length;
        int index;

        if (byte == NULL) {
            break;
        }
        go_to(walk, byte);
        index = walk->index++;
        name = walk->name;
        length = strlen(name);
        walk->name += length + 1;
        walk->match = cctv_words_match(walk->search->words, name, length);
        if (walk->match != CCTV_MATCH_NONE && walk->match <= walk->worst) {
            return index;
        }
    }
    walk->name = walk->end;
    return -1;
}
