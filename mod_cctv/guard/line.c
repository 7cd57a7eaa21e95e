/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file line.c
 * @brief Threads that wait in line: who came first is served first.
 * Layer: pure.
 */
#include "guard/line.h"

#include <stddef.h>

void cctv_line_join(cctv_line_t *line, cctv_in_line_t *place)
{
    cctv_in_line_t **end = &line->first;

    while (*end != NULL) {
        end = &(*end)->next;
    }
    place->next = NULL;
    *end = place;
}

void cctv_line_leave(cctv_line_t *line, cctv_in_line_t *place)
{
    cctv_in_line_t **at = &line->first;

    while (*at != place) {
        at = &(*at)->next;
    }
    *at = place->next;
}
