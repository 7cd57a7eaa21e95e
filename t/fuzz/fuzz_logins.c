/* SPDX-License-Identifier: Apache-2.0 */
/* Logins: an accepted file can be searched for any host and yields only users
 * and passwords that Janus accepts, and that fit into an address. A refusal names the number of a line. The
 * last line of the input is also the host to search for. */
#include "video/placeholders.h"

#include "core/utf8.h"

#include "apr_general.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *root;

static const char url[] = "rtsp://h/{user}={password}_{user}{user";

/* An address with a login in it consists of the same plain characters. */
static void check_filled(apr_pool_t *pool, const cctv_login_t *login)
{
    const char *filled = cctv_placeholders_fill(pool, url, login);
    size_t i;

    if (filled == NULL) {
        return;
    }
    for (i = 0; filled[i] != '\0'; i++) {
        if (filled[i] <= ' ' || filled[i] > '~' || filled[i] == '@') {
            abort();
        }
    }
    if (i > CCTV_FILLED_MAX || strncmp(filled, url, 9) != 0
        || strcmp(filled + i - 5, "{user") != 0
        || strchr(filled, '}') != NULL) {
        abort();
    }
}

static void check(apr_pool_t *pool, const cctv_login_t *login)
{
    size_t user;
    size_t password;

    if (login == NULL) {
        return;
    }
    user = strlen(login->user);
    password = strlen(login->password);
    if (user == 0 || !cctv_utf8_is_valid(login->user, user)
        || !cctv_utf8_is_valid(login->password, password)
        || strpbrk(login->user, " :\t\r\n") != NULL
        || strpbrk(login->password, "\t\r\n") != NULL
        || login->password[0] == ' '
        || (password > 0 && login->password[password - 1] == ' ')) {
        abort();
    }
    check_filled(pool, login);
}

static void search(apr_pool_t *pool, const cctv_logins_t *logins,
                   const char *host)
{
    static const int ports[] = { 1, 554, 8554 };
    size_t i;

    for (i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        check(pool, cctv_logins_find(logins, host, ports[i], "/a", host));
        check(pool,
              cctv_logins_find(logins, "cam.example", ports[i], "/a", host));
        check(pool,
              cctv_logins_find(logins, "10.1.2.3", ports[i], "/a", host));
        check(pool,
              cctv_logins_find(logins, "2001:db8::1", ports[i], "/a", host));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    const cctv_logins_t *logins;
    const char *error = NULL;
    const char *last;
    char *text;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
    }
    apr_pool_create(&pool, root);
    text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    logins = cctv_logins_parse(pool, text, &error);
    if ((logins == NULL) != (error != NULL)
        || (error != NULL && strncmp(error, "line ", 5) != 0)) {
        abort();
    }
    if (logins != NULL) {
        last = strrchr(text, '\n');
        search(pool, logins, last == NULL ? text : last + 1);
    }
    free(text);
    apr_pool_destroy(pool);
    return 0;
}
