/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_runtime.h
 * @brief Pointers that a part keeps for each server or virtual host at run
 *        time.
 * Layer: httpd.
 *
 * These pointers do not come from directives; config/mod_settings.h handles
 * those. For each pointer a part has a static slot, and functions that give
 * the pointer its type.
 */
#ifndef CCTV_CONFIG_MOD_RUNTIME_H
#define CCTV_CONFIG_MOD_RUNTIME_H

#include "httpd.h"

/** The number of slots for all parts together. */
#define CCTV_RUNTIME_SLOTS 16

/** A slot. Declare it static, so that it starts as zero. */
typedef struct {
    int number; /* private; 0: not used yet */
} cctv_runtime_slot_t;

/**
 * @return the pointer that was set for this server; NULL: none. Thread-safe.
 */
void *cctv_runtime_get(const server_rec *s, const cctv_runtime_slot_t *slot);

/**
 * Set a slot of one server. For the main server this is possible as soon as
 * the configuration is read, for a virtual host after cctv_settings_finish().
 * Not thread-safe: call it only in the hooks check_config, post_config and
 * child_init.
 */
void cctv_runtime_set(server_rec *s, cctv_runtime_slot_t *slot, void *value);

#endif
