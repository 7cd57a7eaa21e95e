/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file names.c
 * @brief Finds text in the names of a catalogue.
 * Layer: pure.
 */
#include "catalogue/names.h"

#include "catalogue/tree.h"

#include <string.h>

bool cctv_names_match(const cctv_search_t *search, int index)
{
    size_t length;
    const char *name;

    if (search->text == NULL) {
        return true;
    }
    name = cctv_catalogue_name(search->catalogue, index, &length);
    return cctv_text_find(name, length, search->text, search->text_length)
           != NULL;
}

void cctv_names_start(cctv_names_walk_t *walk, const cctv_search_t *search,
                      int first)
{
    const cctv_catalogue_t *c = search->catalogue;

    walk->search = search;
    walk->index = first;
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

int cctv_names_next(cctv_names_walk_t *walk)
{
    const cctv_search_t *search = walk->search;

    while (walk->name < walk->end) {
        const char *byte = cctv_text_find(walk->name,
                                          (size_t)(walk->end - walk->name),
                                          search->text, search->text_length);
        int index;

        if (byte == NULL) {
            break;
        }
        go_to(walk, byte);
        index = walk->index++;
        walk->name += strlen(walk->name) + 1;
        if (cctv_tree_matches(search, search->catalogue->slots[index])) {
            return index;
        }
    }
    walk->name = walk->end;
    return -1;
}
