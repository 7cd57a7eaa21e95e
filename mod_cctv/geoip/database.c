/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file database.c
 * @brief The GeoIP database at a path; notices when its file is replaced.
 * Layer: pure.
 */
#include "geoip/database.h"

bool cctv_geoip_database_open(cctv_geoip_database_t *database,
                              const char *path, cctv_geoip_failure_t *why)
{
    pthread_rwlockattr_t attr;

    if (!cctv_geoip_copy_open(&database->copy, path, why)) {
        return false;
    }
    database->path = path;
    database->tried = database->copy.state;
    database->is_to_retry = false;
    atomic_init(&database->due, 0);
    /* With the default, readers could keep a writer waiting for ever. */
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(
        &attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&database->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    return true;
}

void cctv_geoip_database_close(cctv_geoip_database_t *database)
{
    pthread_rwlock_destroy(&database->lock);
    cctv_geoip_copy_close(&database->copy);
}

cctv_country_t cctv_geoip_database_find(cctv_geoip_database_t *database,
                                        const struct sockaddr *address)
{
    cctv_country_t country;

    pthread_rwlock_rdlock(&database->lock);
    country = cctv_geoip_copy_find(&database->copy, address);
    pthread_rwlock_unlock(&database->lock);
    return country;
}

int64_t cctv_geoip_database_built(cctv_geoip_database_t *database)
{
    uint64_t built;

    pthread_rwlock_rdlock(&database->lock);
    built = database->copy.mmdb.metadata.build_epoch;
    pthread_rwlock_unlock(&database->lock);
    return built > INT64_MAX ? INT64_MAX : (int64_t)built;
}

/* Whether the file was modified a moment ago. Uses the wall clock, as the time
 * of the file does. A time in the future does not count as recent. */
static bool is_fresh(const cctv_geoip_state_t *state)
{
    struct timespec now;
    int64_t age;

    clock_gettime(CLOCK_REALTIME, &now);
    age = (now.tv_sec - state->modified.tv_sec) * INT64_C(1000000)
          + (now.tv_nsec - state->modified.tv_nsec) / 1000;
    return age >= 0 && age < CCTV_GEOIP_SETTLE;
}

static void replace(cctv_geoip_database_t *database,
                    const cctv_geoip_copy_t *fresh)
{
    cctv_geoip_copy_t old;

    pthread_rwlock_wrlock(&database->lock);
    old = database->copy;
    database->copy = *fresh;
    pthread_rwlock_unlock(&database->lock);
    cctv_geoip_copy_close(&old);
}

/* Check the file. Only one thread at a time may call this.
 * @param pause  written: µs until the next check */
static cctv_geoip_news_t look(cctv_geoip_database_t *database, int64_t *pause,
                              cctv_geoip_failure_t *why)
{
    cctv_geoip_state_t state = cctv_geoip_state_of(database->path);
    bool is_new = !cctv_geoip_state_is_same(&state, &database->tried);
    cctv_geoip_copy_t fresh;

    *pause = CCTV_GEOIP_LOOK;
    if (!is_new && !database->is_to_retry) {
        return CCTV_GEOIP_SAME;
    }
    if (state.error == 0 && is_fresh(&state)) {
        *pause = CCTV_GEOIP_SETTLE;
        return CCTV_GEOIP_SAME;
    }
    database->tried = state;
    if (!cctv_geoip_copy_open(&fresh, database->path, why)) {
        database->is_to_retry = why->error != 0;
        return is_new ? CCTV_GEOIP_KEPT : CCTV_GEOIP_SAME;
    }
    database->is_to_retry = false;
    database->tried = fresh.state;
    replace(database, &fresh);
    return CCTV_GEOIP_REPLACED;
}

cctv_geoip_news_t cctv_geoip_database_refresh(cctv_geoip_database_t *database,
                                              cctv_time_t now,
                                              cctv_geoip_failure_t *why)
{
    cctv_time_t due = atomic_load_explicit(&database->due,
                                           memory_order_relaxed);
    cctv_geoip_news_t news;
    int64_t pause;

    /* Acquire and release: a thread that checks the file sees everything that
     * the previous checking thread wrote. */
    if (now < due
        || !atomic_compare_exchange_strong_explicit(
            &database->due, &due, CCTV_GEOIP_LOOKING, memory_order_acquire,
            memory_order_relaxed)) {
        return CCTV_GEOIP_SAME;
    }
    news = look(database, &pause, why);
    atomic_store_explicit(&database->due, now + pause, memory_order_release);
    return news;
}
