/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_denial.c
 * @brief Asks whether an operator denies a view, and tells its viewer.
 * Layer: httpd.
 */
#include "views/mod_denial.h"

#include "http/mod_reply.h"
#include "memory/mod_part.h"
#include "viewers/mod_part.h"
#include "views/mod_admission.h"
#include "views/mod_part.h"
#include "views/mod_transport.h"
#include "views/view_id.h"

#include "apr_strings.h"

/* Retry-After while no new views start: s. */
#define DRAINING_RETRY "30"

/* ---- Answers ---- */

static const char *sentence_of(const cctv_denial_t *denial)
{
    switch (denial->kind) {
    case CCTV_DENIAL_CAMERA:
        return "An operator has stopped all views of this camera: it may be "
               "watched again after the time in Retry-After.";
    case CCTV_DENIAL_USER:
        return "An operator has stopped your views: you may watch again after "
               "the time in Retry-After.";
    default:
        return "An operator has stopped your view of this camera: you may "
               "watch it again after the time in Retry-After.";
    }
}

static int answer_denied(request_rec *r, const cctv_denial_t *denial)
{
    int64_t left = denial->until - cctv_now();
    int64_t seconds = left <= 0 ? 1 : (left + 999999) / 1000000;

    return cctv_reply_problem_noted(
        r, HTTP_FORBIDDEN, CCTV_PROBLEM_DENIED,
        apr_psprintf(r->pool, "%" APR_INT64_T_FMT, seconds),
        sentence_of(denial), denial->reason);
}

/* ---- Starts ---- */

static bool find_denial(const cctv_viewer_t *viewer, cctv_denial_t *denial)
{
    const cctv_denials_t *denials = cctv_viewers()->denials;
    const cctv_asker_t who = { .camera = viewer->camera,
                               .user = viewer->user,
                               .client = viewer->client };

    return cctv_denials_exist(denials)
           && cctv_denials_find(denials, &who, cctv_now(), denial);
}

bool cctv_denial_refuses(request_rec *r, const cctv_viewer_t *viewer,
                         int *result)
{
    cctv_denial_t denial;

    if (find_denial(viewer, &denial)) {
        cctv_admission_count_refused(r, CCTV_REFUSED_DENIED);
        *result = answer_denied(r, &denial);
        return true;
    }
    if (!cctv_denials_drain(cctv_viewers()->denials, &denial)) {
        return false;
    }
    cctv_admission_count_refused(r, CCTV_REFUSED_DRAINING);
    *result = cctv_reply_problem_noted(
        r, HTTP_SERVICE_UNAVAILABLE, CCTV_PROBLEM_DRAINING, DRAINING_RETRY,
        "An operator lets no new views start on this server: try again later.",
        denial.reason);
    return true;
}

bool cctv_denial_hides(request_rec *r, int32_t camera, int *result)
{
    const cctv_viewer_t viewer = { .camera = camera,
                                   .user = cctv_admission_user(r),
                                   .client = cctv_admission_client(r) };
    cctv_denial_t denial;

    if (!find_denial(&viewer, &denial)) {
        return false;
    }
    *result = answer_denied(r, &denial);
    return true;
}

/* Its media may begin to flow meanwhile, which counts as a heartbeat: then it is
 * found again. */
static void end_view(cctv_view_t view)
{
    const uint64_t secret = view.secret[0];

    while (!cctv_transport_kick(cctv_views(), &view, cctv_moment_now())
           && cctv_view_table_get(&cctv_views()->table, view.index, &view)
           && view.secret[0] == secret) {
    }
}

bool cctv_denial_has_hit(request_rec *r, const cctv_viewer_t *viewer,
                         const cctv_view_t *view, int *result)
{
    cctv_denial_t denial;

    if (!find_denial(viewer, &denial)) {
        return false;
    }
    end_view(*view);
    *result = answer_denied(r, &denial);
    return true;
}

/* ---- Views that run, or have run ---- */

int cctv_denial_answer_missing(request_rec *r, const char *id,
                               const char *missing)
{
    cctv_asker_t who = { .user = cctv_admission_user(r) };
    cctv_denial_t denial;
    cctv_view_t view;

    if (cctv_view_table_find_ended(&cctv_views()->table, id, &view)
        && (view.user == 0 || view.user == who.user)) {
        who.camera = view.camera;
        who.client = cctv_admission_client(r);
        who.view = cctv_view_public_id(cctv_memory(), &view).high;
        if (cctv_denials_find(cctv_viewers()->denials, &who, cctv_now(),
                              &denial)) {
            return answer_denied(r, &denial);
        }
    }
    return cctv_reply_problem(r, HTTP_NOT_FOUND, missing);
}

void cctv_denial_note_viewer(const request_rec *r, const cctv_view_t *view)
{
    const cctv_viewer_names_t *names = &cctv_viewers()->names;
    const cctv_viewer_slot_t slot = {
        .index = view->index, .secret = { view->secret[0], view->secret[1] }
    };

    if (names->max > 0) {
        cctv_viewer_names_note(names, &slot, cctv_admission_client(r),
                               view->user == 0 ? NULL : r->user);
    }
}
