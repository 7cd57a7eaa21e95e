/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_actions.h
 * @brief What an operator can do: end views and deny new ones.
 * Layer: httpd.
 */
#ifndef CCTV_ADMIN_MOD_ACTIONS_H
#define CCTV_ADMIN_MOD_ACTIONS_H

#include "httpd.h"

/** End the views of a camera or a user, or one view, and deny new ones for a
 *  time. */
int cctv_admin_kick(request_rec *r);

/** Remove a denial before its time is over. */
int cctv_admin_allow(request_rec *r);

/** Let no new views start, until cctv_admin_undrain(). */
int cctv_admin_drain(request_rec *r);

int cctv_admin_undrain(request_rec *r);

#endif
