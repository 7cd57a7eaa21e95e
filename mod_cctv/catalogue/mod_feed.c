/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_feed.c
 * @brief Asks the database what has changed, and applies it to a catalogue.
 * Layer: httpd.
 */
#include "catalogue/mod_feed.h"

#include "catalogue/journal.h"
#include "catalogue/journal_query.h"
#include "catalogue/listener.h"
#include "catalogue/mod_ask.h"
#include "catalogue/mod_apply.h"
#include "catalogue/mod_settings.h"
#include "catalogue/status.h"
#include "core/mod_log.h"

#include "http_main.h"

#include <string.h>
#include <xxhash.h>

/* How often the counters of the table are asked: µs. */
#define COUNTERS_INTERVAL 2000000

static const cctv_params_t none = { .count = 0 };

typedef enum {
    WAY_UNKNOWN,
    WAY_JOURNAL,
    WAY_COUNTERS
} way_t;

/* What this process knows of a catalogue. */
typedef struct {
    cctv_journal_t journal;
    uint64_t number; /* the generation that the journal continues */
    way_t way;
    bool has_failed; /* the last query of a journal, with WAY_UNKNOWN */
    /* WAY_COUNTERS: what they say, and when to ask again. */
    uint64_t fingerprint;
    cctv_time_t due;
    /* While a generation is made: the position of the statuses. */
    const char *side;
    cctv_time_t side_due;
} feed_t;

static feed_t feeds[CCTV_CATALOGUES_MAX];

static feed_t *feed_of(const cctv_catalogue_place_t *place)
{
    return &feeds[place->which];
}

/* ---- Which way ---- */

/* Log a change of the way. */
static void set_way(const cctv_catalogue_place_t *place, way_t way)
{
    feed_t *feed = feed_of(place);

    if (way == feed->way) {
        return;
    }
    if (way == WAY_COUNTERS) {
        CCTV_LOG_S(
            APLOG_WARNING, 0, place->server, "CCTV0150",
            "the catalogue %s has no journal of changes, so each change "
            "of a camera makes it read all cameras, some seconds late: "
            "load sql/40-journal.sql, and enable the triggers of the "
            "table",
            place->folder);
    }
    else if (feed->way == WAY_COUNTERS) {
        CCTV_LOG_S(APLOG_NOTICE, 0, place->server, "CCTV0151",
                   "the catalogue %s follows the journal of changes",
                   place->folder);
    }
    feed->way = way;
}

/* ---- The journal ---- */

static void set_statuses(const cctv_catalogue_place_t *place,
                         const cctv_catalogue_t *last,
                         const cctv_journal_news_t *news)
{
    int i;

    for (i = 0; last != NULL && i < news->status_count; i++) {
        int index = cctv_catalogue_find(last, news->statuses[i].id);
        cctv_camera_state_t now = { news->statuses[i].status,
                                    news->statuses[i].since };
        cctv_camera_state_t before;

        if (index < 0) {
            continue;
        }
        before = cctv_catalogue_state(last, index);
        if (cctv_catalogue_word(before) != cctv_catalogue_word(now)) {
            cctv_statuses_will_change(last, index, before.status);
            cctv_statuses_set(last, index, now);
            atomic_fetch_add(&place->state->statuses, 1);
            cctv_changes_status(last, index, before.status);
            cctv_statuses_told(last, index);
        }
    }
}

/* A process that was killed may have changed a status and told nobody. */
static void tell_untold(const cctv_catalogue_t *last)
{
    cctv_camera_status_t before;
    int index = last == NULL ? -1 : cctv_statuses_untold(last, &before);

    if (index >= 0) {
        cctv_changes_status(last, index, before);
        cctv_statuses_told(last, index);
    }
}

/* @return whether the database answers; news->position is NULL if there is no
 * journal that can be used */
static bool ask_journal(const cctv_catalogue_place_t *place,
                        const char *position, apr_pool_t *pool,
                        cctv_journal_news_t *news)
{
    cctv_params_t params;
    PGresult *rows;

    if (cctv_catalogue_ask(place, pool, cctv_journal_query(position, &params),
                           &params, &rows)
        != OK) {
        return false;
    }
    if (!cctv_journal_read(rows, pool, news)) {
        news->position = NULL;
    }
    PQclear(rows);
    return true;
}

static cctv_feed_t poll_journal(const cctv_catalogue_place_t *place,
                                const cctv_catalogue_t *last, apr_pool_t *pool)
{
    feed_t *feed = feed_of(place);
    cctv_journal_t *journal = &feed->journal;
    const char *position = journal->position == NULL ? "" : journal->position;
    cctv_journal_news_t news;

    if (!ask_journal(place, position, pool, &news)) {
        /* Perhaps the journal is gone. */
        feed->way = feed->way == WAY_JOURNAL ? WAY_UNKNOWN : feed->way;
        return CCTV_FEED_UNKNOWN;
    }
    if (news.position == NULL) {
        set_way(place, WAY_COUNTERS);
        return CCTV_FEED_UNKNOWN;
    }
    set_way(place, WAY_JOURNAL);
    tell_untold(last);
    set_statuses(place, last, &news);
    cctv_journal_add(journal, &news);
    switch (cctv_journal_work(
        journal, last == NULL ? -1 : cctv_catalogue_count(last), cctv_now())) {
    case CCTV_JOURNAL_IDS:
        return CCTV_FEED_CHANGES;
    case CCTV_JOURNAL_REBUILD:
        return CCTV_FEED_REBUILD;
    default:
        return journal->is_many || journal->id_count > 0 ? CCTV_FEED_LATER
                                                         : CCTV_FEED_SAME;
    }
}

/* ---- The counters ---- */

/* Ask whether there is a journal, and what the counters say. */
static bool ask_table(const cctv_catalogue_place_t *place, apr_pool_t *pool,
                      bool *has_journal)
{
    feed_t *feed = feed_of(place);
    PGresult *rows;
    bool is_there;

    if (cctv_catalogue_ask(place, pool, &cctv_journal_query_table, &none,
                           &rows)
        != OK) {
        return false;
    }
    is_there = PQntuples(rows) == 1;
    if (is_there) {
        *has_journal = PQgetvalue(rows, 0, CCTV_TABLE_COLUMN_HAS_JOURNAL)[0]
                       == 't';
        feed->fingerprint = XXH3_64bits(
                                PQgetvalue(rows, 0,
                                           CCTV_TABLE_COLUMN_FINGERPRINT),
                                (size_t)PQgetlength(
                                    rows, 0, CCTV_TABLE_COLUMN_FINGERPRINT))
                            | 1;
    }
    PQclear(rows);
    return is_there;
}

static cctv_feed_t poll_table(const cctv_catalogue_place_t *place,
                              const cctv_catalogue_t *last, apr_pool_t *pool)
{
    feed_t *feed = feed_of(place);
    cctv_time_t now = cctv_now();
    bool has_journal;

    if (feed->way == WAY_COUNTERS && now < feed->due) {
        return CCTV_FEED_LATER;
    }
    feed->due = now + COUNTERS_INTERVAL;
    if (!ask_table(place, pool, &has_journal)) {
        return CCTV_FEED_UNKNOWN;
    }
    if (has_journal) {
        cctv_feed_t found = poll_journal(place, last, pool);

        /* One failure is no reason to say that there is no journal: this
         * process may be about to end. */
        if (feed->way == WAY_JOURNAL
            || (feed->way == WAY_UNKNOWN && !feed->has_failed)) {
            feed->has_failed = feed->way == WAY_UNKNOWN;
            return found;
        }
    }
    set_way(place, WAY_COUNTERS);
    cctv_journal_start(&feed->journal, NULL);
    if (last != NULL
        && feed->fingerprint == atomic_load(&place->state->fingerprint)) {
        return CCTV_FEED_SAME;
    }
    return now < feed->journal.earliest_whole ? CCTV_FEED_LATER
                                              : CCTV_FEED_REBUILD;
}

cctv_feed_t cctv_feed_poll(const cctv_catalogue_place_t *place,
                           const cctv_catalogue_t *last, apr_pool_t *pool)
{
    feed_t *feed = feed_of(place);

    feed->side = NULL;
    if (last != NULL && last->number != feed->number) {
        cctv_journal_start(&feed->journal,
                           cctv_catalogue_newest_head(last)->position);
        feed->number = last->number;
    }
    return feed->way == WAY_JOURNAL ? poll_journal(place, last, pool)
                                    : poll_table(place, last, pool);
}

void cctv_feed_statuses(const cctv_catalogue_place_t *place,
                        const cctv_catalogue_t *last, apr_pool_t *pool)
{
    feed_t *feed = feed_of(place);
    cctv_time_t now = cctv_now();
    cctv_journal_news_t news;

    if (feed->way != WAY_JOURNAL || feed->journal.position == NULL
        || last == NULL || now < feed->side_due) {
        return;
    }
    feed->side_due = now + cctv_catalogue_settings(ap_server_conf)->interval;
    if (ask_journal(place,
                    feed->side == NULL ? feed->journal.position : feed->side,
                    pool, &news)
        && news.position != NULL) {
        set_statuses(place, last, &news);
        feed->side = news.position;
    }
}

/* ---- A new generation ---- */

const char *cctv_feed_position(const cctv_catalogue_place_t *place)
{
    const cctv_journal_t *journal = &feed_of(place)->journal;

    return journal->position == NULL || journal->resume == NULL
                   || strlen(journal->resume) >= CCTV_CATALOGUE_POSITION_SIZE
               ? ""
               : journal->resume;
}

apr_status_t cctv_feed_apply(const cctv_catalogue_place_t *place,
                             const cctv_catalogue_t *last,
                             const atomic_bool *is_stopped, apr_pool_t *pool,
                             int *fd, const int **ids, int *count,
                             const char **why)
{
    const cctv_journal_t *journal = &feed_of(place)->journal;
    cctv_changes_t changes = { .place = place,
                               .last = last,
                               .ids = journal->ids,
                               .count = journal->id_count,
                               .position = cctv_feed_position(place) };
    apr_status_t rv = cctv_changes_apply(&changes, is_stopped, pool, fd, why);

    if (rv == APR_SUCCESS && *fd >= 0) {
        atomic_fetch_add(&place->state->changes, (uint64_t)journal->id_count);
    }
    *ids = journal->ids;
    *count = journal->id_count;
    return rv;
}

void cctv_feed_published(const cctv_catalogue_place_t *place,
                         const cctv_catalogue_t *now)
{
    feed_t *feed = feed_of(place);

    feed->number = now->number;
    cctv_journal_start(&feed->journal, feed->journal.position);
    if (feed->way == WAY_COUNTERS) {
        atomic_store(&place->state->fingerprint, feed->fingerprint);
    }
}

void cctv_feed_worked(const cctv_catalogue_place_t *place, int64_t cost)
{
    cctv_journal_worked(&feed_of(place)->journal, cost, cctv_now());
}

void cctv_feed_worked_whole(const cctv_catalogue_place_t *place, int64_t cost)
{
    cctv_journal_worked_whole(&feed_of(place)->journal, cost, cctv_now());
}

void cctv_feed_continued(const cctv_catalogue_place_t *place,
                         const cctv_catalogue_t *now)
{
    feed_of(place)->number = now->number;
}

bool cctv_feed_wants_base(const cctv_catalogue_place_t *place,
                          const cctv_catalogue_t *last)
{
    int changes = last->changes == NULL
                      ? 0
                      : last->changes->count + (int)last->changes->head->gone;

    return cctv_journal_wants_base(&feed_of(place)->journal, last->count,
                                   changes, cctv_now());
}
