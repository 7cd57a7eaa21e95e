/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_lists.h
 * @brief Lists of the admin's view: views, and views by camera and by user.
 * Layer: httpd.
 *
 * Each answer walks over the table of views once and sends one page.
 */
#ifndef CCTV_ADMIN_MOD_LISTS_H
#define CCTV_ADMIN_MOD_LISTS_H

#include "viewers/names.h"
#include "views/views.h"

#include "httpd.h"

/** Send the live views: ?camera=, ?user=, ?limit=, ?after=. */
int cctv_admin_list_views(request_rec *r);

/** Send the watched cameras: ?limit=, ?skip=. */
int cctv_admin_list_cameras(request_rec *r);

/** Send the users who watch: ?limit=, ?skip=. */
int cctv_admin_list_users(request_rec *r);

/** Find the next live view that is not overdue.
 *  @param index  the first slot to look at; gets the one after the view
 *  @return false: there is none */
bool cctv_admin_next_view(uint32_t *index, cctv_time_t now, cctv_view_t *view);

/** @return what is known of the viewer of a view */
cctv_viewer_name_t cctv_admin_viewer_of(const cctv_view_t *view);

#endif
