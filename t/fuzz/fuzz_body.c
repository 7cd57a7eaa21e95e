/* SPDX-License-Identifier: Apache-2.0 */
/* JSON bodies: an accepted body is an object of valid text that can be written
 * again; a refused one gets a printable sentence. What json/plain.h reads, the
 * parser reads as well, and finds the same one member. The input is also tried as
 * a Content-Type. */
#include "json/plain.h"
#include "json/reader.h"

#include "apr_general.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_object(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    json_t *again = text == NULL ? NULL : json_loads(text, 0, NULL);

    if (!json_is_object(object) || !json_equal(object, again)) {
        abort();
    }
    json_decref(again);
    free(text);
}

static void check_why(const char *why)
{
    if (strlen(why) > 200 || why[strspn(why, " ")] == '\0') {
        abort();
    }
    for (; *why != '\0'; why++) {
        if (*why < ' ' || *why > '~') {
            abort();
        }
    }
}

static void check_plain(const json_t *object, const char *name,
                        const json_t *value)
{
    if (json_object_size(object) != 1
        || !json_equal(json_object_get(object, name), value)) {
        abort();
    }
}

/* @param object  what the parser has read; NULL: nothing */
static void compare(const json_t *object, const char *data, size_t size)
{
    json_t *text = NULL;
    json_t *number = NULL;
    const char *value;
    int32_t camera;
    size_t len;

    if (cctv_json_plain_text(data, size, "session_id", &value, &len)) {
        text = json_stringn(value, len);
        check_plain(object, "session_id", text);
    }
    if (cctv_json_plain_number(data, size, "camera_id", &camera)) {
        number = json_integer(camera);
        check_plain(object, "camera_id", number);
    }
    json_decref(text);
    json_decref(number);
}

static void check_type(const uint8_t *data, size_t size)
{
    char *type = malloc(size + 1);

    memcpy(type, data, size);
    type[size] = '\0';
    if (cctv_json_is_type(type) && strchr(type, '/') == NULL) {
        abort();
    }
    free(type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *pool;
    json_t *object = NULL;
    const char *why = NULL;

    if (pool == NULL) {
        apr_initialize();
        apr_pool_create(&pool, NULL);
    }
    if (cctv_json_parse(pool, (const char *)data, size, &object, &why)
        == APR_SUCCESS) {
        check_object(object);
    }
    else {
        check_why(why);
    }
    compare(object, (const char *)data, size);
    json_decref(object);
    check_type(data, size);
    apr_pool_clear(pool);
    return 0;
}
