/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_as_user.h
 * @brief Runs a function as the user of the children.
 * Layer: httpd.
 */
#ifndef CCTV_MEMORY_MOD_AS_USER_H
#define CCTV_MEMORY_MOD_AS_USER_H

#include <stdbool.h>

typedef enum {
    CCTV_USER_DONE,   /**< the function has returned true */
    CCTV_USER_FAILED, /**< the function has returned false */
    CCTV_USER_DIED    /**< the process could not be made, or has died */
} cctv_user_outcome_t;

/**
 * Run a function as the user of the children, in a process of its own. The
 * process has all rights to the shared memory and none of the rights of root.
 * Blocks until it ends; it is killed after a minute.
 */
cctv_user_outcome_t cctv_as_user(bool (*run)(void));

#endif
