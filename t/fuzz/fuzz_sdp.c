/* SPDX-License-Identifier: Apache-2.0 */
/* SDP answers: an accepted answer contains no candidate, neither by our rule
 * nor by that of Janus. It grows only by its line ends, and cleaning it again
 * changes nothing. */
#include "janus/sdp.h"

#include "apr_general.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static apr_pool_t *root;

/* The rules of Janus: a line ends at LF, everything after its first CR is
 * ignored, and the name of an attribute reaches to the first colon. */
static void check_like_janus(const char *line, size_t len)
{
    char copy[CCTV_SDP_MAX + 1];
    char *name = copy + 2;

    memcpy(copy, line, len);
    copy[len] = '\0';
    copy[strcspn(copy, "\r")] = '\0';
    if (strlen(copy) < 3 || copy[1] != '=') {
        abort();
    }
    name[strcspn(name, ":")] = '\0';
    if (copy[0] == 'a'
        && (strcasecmp(name, "candidate") == 0
            || strcasecmp(name, "end-of-candidates") == 0
            || strcasecmp(name, "remote-candidates") == 0)) {
        abort();
    }
    if (strncasecmp(copy, "a=", 2) == 0
        && strncasecmp(name + strspn(name, " \t"), "candidate", 9) == 0) {
        abort();
    }
}

static void check(apr_pool_t *pool, const char *out, size_t size, size_t lines)
{
    size_t len = strlen(out);
    const char *error = NULL;
    const char *again;
    const char *end;

    /* The last line of the input may have had no line end. */
    if (len > size + lines + 1 || strncmp(out, "v=0\r\n", 5) != 0) {
        abort();
    }
    if (len <= CCTV_SDP_MAX) {
        again = cctv_sdp_clean(pool, out, len, &error);
        if (again == NULL || error != NULL || strcmp(again, out) != 0) {
            abort();
        }
    }
    for (; *out != '\0'; out = end + 1) {
        end = strchr(out, '\n');
        if (end == NULL || end == out || end[-1] != '\r') {
            abort();
        }
        check_like_janus(out, (size_t)(end - out));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool;
    const char *error = NULL;
    const char *out;
    size_t lines = 1;
    size_t i;

    if (root == NULL) {
        apr_initialize();
        apr_pool_create(&root, NULL);
    }
    apr_pool_create(&pool, root);
    for (i = 0; i < size; i++) {
        lines += data[i] == '\n';
    }
    out = cctv_sdp_clean(pool, (const char *)data, size, &error);
    if ((out == NULL) != (error != NULL)) {
        abort();
    }
    if (out != NULL) {
        check(pool, out, size, lines);
    }
    apr_pool_destroy(pool);
    return 0;
}
