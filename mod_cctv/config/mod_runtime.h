/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_runtime.h
 * @brief What a part keeps for each server or virtual host while httpd runs.
 * Layer: httpd.
 *
 * Directives do not set it: see config/mod_settings.h for what they set. A part
 * has a static slot for each pointer, and functions of its own that give the
 * pointer its type.
 */
#ifndef CCTV_CONFIG_MOD_RUNTIME_H
#define CCTV_CONFIG_MOD_RUNTIME_H

#include "httpd.h"

/** How many slots all parts may have. */
#define CCTV_RUNTIME_SLOTS 16

/** Static, and zero at the start. */
typedef struct {
    int number; /* for runtime.c alone; 0: nothing was set yet */
} cctv_runtime_slot_t;

/** @return what was set for this server; NULL: nothing. Thread-safe. */
void *cctv_runtime_get(const server_rec *s, const cctv_runtime_slot_t *slot);

/**
 * Set a slot of one server: the main server's from the time the configuration
 * is read, a virtual host's after cctv_settings_finish(). Not thread-safe:
 * call it in the hooks check_config, post_config and child_init.
 */
void cctv_runtime_set(server_rec *s, cctv_runtime_slot_t *slot, void *value);

#endif
