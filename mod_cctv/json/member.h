/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file member.h
 * @brief Sets members of a jansson object without a check after each one.
 * Layer: pure.
 */
#ifndef CCTV_JSON_MEMBER_H
#define CCTV_JSON_MEMBER_H

#include <jansson.h>

/**
 * Set a member of an object. If there is no memory, the whole object is freed
 * and *object becomes NULL; further calls then do nothing. One check after the
 * last member is enough, and an object that lacks a member is never sent.
 *
 * @param value  owned by this function, also on failure; NULL counts as no
 *               memory
 * Thread-safe on different objects.
 */
static inline void cctv_json_set(json_t **object, const char *name,
                                 json_t *value)
{
    if (json_object_set_new(*object, name, value) != 0) {
        json_decref(*object);
        *object = NULL;
    }
}

#endif
