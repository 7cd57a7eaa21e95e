/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file params.c
 * @brief Checks the connection string in DBDParams.
 * Layer: pure.
 */
#include "database/params.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* @return "": it is not set */
static const char *value_of(const PQconninfoOption *options,
                            const char *keyword)
{
    for (; options->keyword != NULL; options++) {
        if (strcmp(options->keyword, keyword) == 0) {
            return options->val == NULL ? "" : options->val;
        }
    }
    return "";
}

/* All the names that PostgreSQL has for it. */
static bool is_utf8(const char *encoding)
{
    static const char *const names[] = { "", "UTF8", "UTF-8", "Unicode" };
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(encoding, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static const char *fault_of(const PQconninfoOption *options)
{
    if (!is_utf8(value_of(options, "client_encoding"))) {
        return "has another client_encoding than UTF8: names of cameras would "
               "be garbled; remove it";
    }
    if (strcmp(value_of(options, "user"), "cctv_reader") == 0
        && strcmp(value_of(options, "target_session_attrs"), "read-write")
               == 0) {
        return "has target_session_attrs=read-write, which refuses all "
               "sessions of cctv_reader, since this role only reads; write "
               "target_session_attrs=primary";
    }
    return NULL;
}

const char *cctv_params_fault(const char *params)
{
    PQconninfoOption *options = PQconninfoParse(params, NULL);
    const char *fault = options == NULL ? NULL : fault_of(options);

    PQconninfoFree(options);
    return fault;
}

/* Both have the same keywords in the same order: those of libpq. */
static bool are_same(const PQconninfoOption *one,
                     const PQconninfoOption *other)
{
    for (; one->keyword != NULL; one++, other++) {
        const char *value = one->val == NULL ? "" : one->val;

        if (strcmp(one->keyword, "target_session_attrs") != 0
            && strcmp(value, other->val == NULL ? "" : other->val) != 0) {
            return false;
        }
    }
    return true;
}

bool cctv_params_are_same(const char *one, const char *other)
{
    PQconninfoOption *first = PQconninfoParse(one, NULL);
    PQconninfoOption *second = PQconninfoParse(other, NULL);
    bool is_same = strcmp(one, other) == 0
                   || (first != NULL && second != NULL
                       && are_same(first, second));

    PQconninfoFree(first);
    PQconninfoFree(second);
    return is_same;
}
