/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_places.c
 * @brief The catalogues of this server: which folders there are, and whose they
 *        are.
 * Layer: httpd.
 */
#include "catalogue/mod_places.h"

#include "catalogue/files.h"
#include "catalogue/mod_lock.h"
#include "catalogue/mod_settings.h"
#include "config/mod_runtime.h"
#include "core/mod_log.h"
#include "database/mod_runtime.h"
#include "hls/mod_settings.h"
#include "memory/mod_as_user.h"

#include "mod_unixd.h"
#include "unixd.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

/* Noted by the check of the configuration; `state` in post_config. */
static cctv_catalogue_place_t places[CCTV_CATALOGUES_MAX];

static cctv_catalogue_memory_t *memory;

/* The place of a server in `places`. */
static cctv_runtime_slot_t place_slot;

const cctv_catalogue_place_t *cctv_catalogue_places(void)
{
    return places;
}

int cctv_catalogue_which(const server_rec *s)
{
    const cctv_catalogue_place_t *place = cctv_runtime_get(s, &place_slot);

    return place == NULL || place->state == NULL ? -1 : place->which;
}

static uint64_t hash_text(const char *text, uint64_t seed)
{
    return text == NULL ? seed
                        : XXH3_64bits_withSeed(text, strlen(text) + 1, seed);
}

/* A hash of the members that say which database it is. The others, such as the
 * password, may change. Cameras of HLS are playable only with CCTVBrowserHls, so
 * files from before it was changed are those of another database. */
static uint64_t hash_database(const char *params, bool has_hls)
{
    static const char *const names[] = { "host", "hostaddr", "port", "dbname",
                                         "service" };
    PQconninfoOption *options = params == NULL ? NULL
                                               : PQconninfoParse(params, NULL);
    const PQconninfoOption *option;
    uint64_t hash = has_hls ? 2 : 1;
    size_t i;

    for (option = options; option != NULL && option->keyword != NULL;
         option++) {
        for (i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (strcmp(option->keyword, names[i]) == 0) {
                hash = hash_text(option->val, hash + i);
            }
        }
    }
    PQconninfoFree(options);
    return hash;
}

/* ---- The configuration ---- */

/* @return the place of a folder, or a free one; NULL: there is none */
static cctv_catalogue_place_t *place_of(const char *folder)
{
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (places[i].folder == NULL
            || strcmp(places[i].folder, folder) == 0) {
            return &places[i];
        }
    }
    return NULL;
}

/* Hosts that inherit the folder may have a database for something else. Such
 * a host never answers out of the catalogue of another database. */
static void tell_elsewhere(server_rec *s, const char *folder)
{
    CCTV_LOG_S(APLOG_INFO, 0, s, "CCTV0146",
               "CCTVCatalogue %s is of another virtual host with other "
               "DBDParams: here the database answers every request",
               folder);
}

static const char *add_server(server_rec *s, const char *folder)
{
    cctv_catalogue_place_t *place = place_of(folder);
    const cctv_dbd_t *dbd = cctv_database_dbd(s);
    uint64_t database = hash_database(dbd->params,
                                      cctv_hls_settings(s)->is_on != 0);

    if (place == NULL) {
        return "there are more than 8 folders";
    }
    if (!cctv_database_is_configured(s)) {
        return "it needs DBDriver pgsql and DBDParams";
    }
    if (place->folder == NULL) {
        *place = (cctv_catalogue_place_t){ .folder = folder,
                                           .server = s,
                                           .database = database };
    }
    else if (place->database != database) {
        tell_elsewhere(s, folder);
        return NULL;
    }
    cctv_runtime_set(s, &place_slot, place);
    return NULL;
}

bool cctv_catalogue_check(server_rec *main_server)
{
    bool is_right = true;
    server_rec *s;

    memset(places, 0, sizeof places);
    for (s = main_server; s != NULL; s = s->next) {
        const char *folder = cctv_catalogue_folder(s);
        const char *wrong = folder == NULL ? NULL : add_server(s, folder);

        /* The main server may have no database while each virtual host, which
         * inherits the folder, has one; or a virtual host that shows no cameras
         * may have a database of another kind. A folder that was inherited is
         * the same text in memory. */
        if (wrong != NULL
            && (s == main_server
                    ? cctv_database_is_configured(s)
                    : folder != cctv_catalogue_folder(main_server))) {
            CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0142", "CCTVCatalogue %s: %s",
                       folder, wrong);
            is_right = false;
        }
    }
    return is_right;
}

/* ---- Shared memory ---- */

void cctv_catalogue_memory_opened(cctv_catalogue_memory_t *opened)
{
    memory = opened;
}

static bool is_of(const cctv_catalogue_state_t *state, const char *folder)
{
    return atomic_load(&state->folder) == hash_text(folder, 1);
}

static bool is_used(const cctv_catalogue_state_t *state)
{
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (places[i].folder != NULL && is_of(state, places[i].folder)) {
            return true;
        }
    }
    return false;
}

/* A reload keeps the generation of a folder. Children of the configuration
 * before may still read the state of a folder that is gone; they then find no
 * file of the new number in it, and keep what they have. */
static cctv_catalogue_state_t *state_of(const char *folder)
{
    cctv_catalogue_state_t *unused = NULL;
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (is_of(&memory->at[i], folder)) {
            return &memory->at[i];
        }
    }
    for (i = 0; unused == NULL; i++) {
        unused = is_used(&memory->at[i]) ? NULL : &memory->at[i];
    }
    memset((void *)unused, 0, sizeof *unused);
    atomic_store(&unused->folder, hash_text(folder, 1));
    return unused;
}

void cctv_catalogue_refuse(const cctv_catalogue_place_t *place,
                           uint64_t number, apr_status_t rv, const char *why)
{
    if (atomic_exchange(&place->state->refused, number) != number) {
        CCTV_LOG_S(
            APLOG_ERR, rv == APR_EGENERAL ? 0 : rv, place->server, "CCTV0141",
            "the catalogue %s/cameras-%" APR_UINT64_T_FMT " is not used: %s",
            place->folder, number, why);
    }
}

/* ---- The last generation ---- */

/* The folder above it may belong to Apache's user, who may put something else
 * into the place of the new folder. So only what is a folder is given away. */
static bool give_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool is_given = fd >= 0
                    && fchown(fd, ap_unixd_config.user_id,
                              ap_unixd_config.group_id)
                           == 0;

    if (fd >= 0) {
        close(fd);
    }
    return is_given;
}

/* A folder in a tmpfs is gone after a restart of the machine. Root makes it for
 * Apache's user, who may not. A folder that exists is left as it is. */
static void make_folder(const char *folder)
{
    if (geteuid() == 0 && mkdir(folder, 0700) == 0 && !give_folder(folder)) {
        rmdir(folder);
    }
}

static void find_last(const cctv_catalogue_place_t *place)
{
    const char *why = cctv_files_check_folder(place->folder);
    uint64_t number, base;
    apr_status_t rv;

    if (why != NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, place->server, "CCTV0140",
                   "CCTVCatalogue %s cannot be used, so the database answers "
                   "every request: %s",
                   place->folder, why);
        return;
    }
    number = cctv_files_newest(place->folder);
    if (number == 0) {
        return;
    }
    rv = cctv_files_repair(place->folder, number, place->database, &base,
                           &why);
    if (rv == APR_SUCCESS) {
        atomic_store(&place->state->base, base);
        atomic_store(&place->state->number, number);
        return;
    }
    cctv_catalogue_refuse(place, number, rv, why);
}

/* Runs as Apache's user, in a process of its own. */
static bool find_all(void)
{
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        if (places[i].folder != NULL
            && !atomic_load(&places[i].state->is_elsewhere)
            && atomic_load(&places[i].state->number) == 0) {
            find_last(&places[i]);
        }
    }
    return true;
}

void cctv_catalogue_find_last(void)
{
    bool is_any = false;
    int i;

    for (i = 0; i < CCTV_CATALOGUES_MAX; i++) {
        places[i].which = i;
        if (places[i].folder != NULL) {
            places[i].state = state_of(places[i].folder);
            make_folder(places[i].folder);
            is_any = is_any || atomic_load(&places[i].state->number) == 0;
        }
    }
    cctv_lock_folders();
    if (is_any) {
        cctv_as_user(find_all);
    }
}
