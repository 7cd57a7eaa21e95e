/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.c
 * @brief Answers a GET of the still picture of a camera.
 * Layer: httpd.
 */
#include "stills/mod_handler.h"

#include "core/thread.h"
#include "http/mod_reply.h"
#include "http/number.h"
#include "http/query.h"
#include "memory/mod_part.h"
#include "push/mod_end.h"
#include "stills/mod_asker.h"
#include "stills/mod_origin.h"
#include "stills/mod_part.h"
#include "stills/mod_result.h"
#include "stills/mod_send.h"
#include "stills/mod_settings.h"
#include "stills/mod_sight.h"
#include "views/mod_denial.h"

#include "ap_mpm.h"

#include <limits.h>

/* A claim outlives the fetch by this, which has to wait for the database and
 * for others: µs. */
#define CLAIM_MARGIN 15000000

/* A request waits longer than the fetch by this, so that it is told why there is
 * no picture: µs. */
#define WAIT_MARGIN 500000

/* How long a request sleeps at most before it looks again, also whether the
 * process is to end: µs. */
#define NAP 200000

/* The greatest width that may be asked for: pixels. */
#define WIDTH_MAX 10000

/* How many requests of this process wait, and may wait. */
static _Atomic int waiting;
static int waiting_max = 1;

void cctv_still_child_init(void)
{
    int threads = 1;

    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    waiting_max = threads < 4 ? 1 : threads / 4;
}

typedef struct {
    request_rec *r;
    cctv_stills_memory_t *memory;
    const cctv_stills_settings_t *settings;
    uint64_t database;
    int32_t camera;
    int32_t key;
} question_t;

/* What is known about the picture that is asked for. */
typedef enum {
    FRESH,   /* there is one */
    STALE,   /* there is one, and it may be fetched again */
    FAILING, /* there is none, and its camera is not to be asked */
    PENDING, /* there is none, and somebody asks its camera */
    UNKNOWN  /* there is none, and nobody can ask now */
} known_t;

/* @return FRESH, STALE, or UNKNOWN */
static known_t find(const question_t *q, cctv_still_t *still)
{
    int64_t age;

    if (!cctv_still_cache_find(cctv_stills_cache(), q->database, q->camera,
                               still)) {
        return UNKNOWN;
    }
    age = cctv_now() - still->fetched;
    return age <= q->settings->age       ? FRESH
           : age <= 2 * q->settings->age ? STALE
                                         : UNKNOWN;
}

/* Whether the address or the login is not the refused one any more. */
static bool has_changed(const question_t *q, uint32_t hash)
{
    cctv_origin_still_t origin;

    return hash != 0 && cctv_origin_read(q->r, q->camera, &origin)
           && cctv_result_hash(origin.url, origin.user, origin.password)
                  != hash;
}

/* Look whether a camera that refused the login may be asked again. */
static void reconsider(const question_t *q)
{
    cctv_failed_t failed = cctv_failures_find(&q->memory->failures, q->key,
                                              cctv_now());

    if (failed.wait > 0 && failed.why == CCTV_FAILURE_LOGIN_REFUSED
        && has_changed(q, failed.fact)) {
        cctv_failures_forgive(&q->memory->failures, q->key, cctv_now());
    }
}

static cctv_attempt_t claim(const question_t *q)
{
    return cctv_failures_attempt(&q->memory->failures, q->key, cctv_now(),
                                 q->settings->timeout + CLAIM_MARGIN);
}

/* See to it that the picture is fetched.
 * @return FRESH, STALE: it was fetched meanwhile; otherwise as known_t */
static known_t begin(const question_t *q, cctv_still_t *still)
{
    known_t known;

    switch (claim(q)) {
    case CCTV_ATTEMPT_OTHERS:
        return PENDING;
    case CCTV_ATTEMPT_FAILED:
        return FAILING;
    default:
        break;
    }
    known = find(q, still);
    if (known != FRESH
        && cctv_asker_ask(q->r->server, q->database, q->camera)) {
        return PENDING;
    }
    cctv_failures_give_up(&q->memory->failures, q->key, cctv_now());
    return known;
}

/* Whether somebody still asks the camera. */
static known_t look_again(const question_t *q, cctv_still_t *still)
{
    known_t known = find(q, still);

    if (known != UNKNOWN) {
        return known;
    }
    switch (claim(q)) {
    case CCTV_ATTEMPT_OTHERS:
        return PENDING;
    case CCTV_ATTEMPT_FAILED:
        return FAILING;
    default:
        /* The picture came since, or nothing did. */
        cctv_failures_give_up(&q->memory->failures, q->key, cctv_now());
        return find(q, still);
    }
}

static known_t wait_here(const question_t *q, cctv_still_t *still)
{
    _Atomic uint32_t *bell = cctv_stills_bell(q->memory, q->key);
    cctv_time_t deadline = cctv_now() + q->settings->timeout + WAIT_MARGIN;

    for (;;) {
        uint32_t seen = atomic_load(bell);
        known_t known = look_again(q, still);
        int64_t left = deadline - cctv_now();

        if (known != PENDING || left <= 0 || cctv_end_is_near()) {
            return known;
        }
        cctv_futex_wait(bell, seen, left < NAP ? left : NAP);
    }
}

/* Wait for the picture, if not too many do so already. */
static known_t wait_for_picture(const question_t *q, cctv_still_t *still)
{
    known_t known = PENDING;

    if (atomic_fetch_add(&waiting, 1) < waiting_max) {
        known = wait_here(q, still);
    }
    atomic_fetch_sub(&waiting, 1);
    return known;
}

static int answer(const question_t *q, cctv_still_answer_t kind,
                  const cctv_still_t *still)
{
    int result;

    if (cctv_send_still(q->r, still, q->settings->age, &result)) {
        cctv_count(&q->memory->counters.answers[kind]);
        return result;
    }
    cctv_count(&q->memory->counters.answers[CCTV_STILL_BUSY]);
    return cctv_send_busy(q->r);
}

static int answer_without(const question_t *q, known_t known)
{
    cctv_failed_t failed = cctv_failures_find(&q->memory->failures, q->key,
                                              cctv_now());

    if (known == FAILING || failed.wait > 0) {
        cctv_count(&q->memory->counters.answers[CCTV_STILL_FAILED]);
        return cctv_send_failed(q->r, &failed);
    }
    cctv_count(&q->memory->counters.answers[CCTV_STILL_BUSY]);
    return cctv_send_busy(q->r);
}

static int answer_question(const question_t *q)
{
    cctv_still_t still;
    known_t known = find(q, &still);
    known_t begun;

    if (known == FRESH) {
        return answer(q, CCTV_STILL_FRESH, &still);
    }
    if (known == UNKNOWN) {
        reconsider(q);
    }
    begun = begin(q, &still);
    if (known == STALE) {
        return answer(q, CCTV_STILL_STALE, &still);
    }
    if (begun == PENDING) {
        begun = wait_for_picture(q, &still);
    }
    return begun == FRESH || begun == STALE
               ? answer(q, CCTV_STILL_WAITED, &still)
               : answer_without(q, begun);
}

/* The picture is sent as the camera made it, whatever the width, since this
 * server does not decode pictures. */
static bool are_parameters_right(request_rec *r, const char **why)
{
    static const char *const names[] = { "width" };
    const char *values[1];
    int width;

    if (cctv_query_parse(r->pool, r->args, names, 1, values, why)
        != APR_SUCCESS) {
        return false;
    }
    *why = "width has to be a whole number from 1 to 10000.";
    return values[0] == NULL
           || (cctv_number_parse_count(values[0], INT_MAX, &width) && width > 0
               && width <= WIDTH_MAX);
}

int cctv_still_answer(request_rec *r, int id)
{
    question_t question = { .r = r,
                            .memory = cctv_stills_memory(),
                            .settings = cctv_stills_settings(r->server),
                            .database = cctv_sight_database(r->server),
                            .camera = id };
    const char *why;
    int result;

    if (!are_parameters_right(r, &why)) {
        return cctv_reply_problem(r, HTTP_BAD_REQUEST, why);
    }
    if (!cctv_sight_may_see(r, question.database, id, &result)
        || cctv_denial_hides(r, id, &result)) {
        return result;
    }
    question.key = cctv_stills_key(question.database, id);
    return answer_question(&question);
}
