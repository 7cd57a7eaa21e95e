/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file reader.c
 * @brief Parses the body of a request as a JSON object.
 * Layer: pure.
 */
#include "json/reader.h"

#include "apr_strings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_named(const char *type, const char *name)
{
    size_t len = strlen(name);

    if (strncasecmp(type, name, len) != 0) {
        return false;
    }
    type += len;
    type += strspn(type, " \t");
    return *type == '\0' || *type == ';';
}

bool cctv_json_is_type(const char *type)
{
    return type != NULL
           && (is_named(type, "application/json")
               || is_named(type, "text/plain"));
}

/* The messages of jansson quote what was sent, so they are not used. */
static const char *describe(enum json_error_code code)
{
    switch (code) {
    case json_error_premature_end_of_input:
        return "it ends too early";
    case json_error_end_of_input_expected:
        return "something stands behind the object";
    case json_error_duplicate_key:
        return "a member is given twice";
    case json_error_invalid_utf8:
        return "there are bytes that are not UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a string has a NUL in it";
    case json_error_numeric_overflow:
        return "a number is too large";
    case json_error_stack_overflow:
        return "it is nested too deeply";
    default:
        return "there is a mistake";
    }
}

/* A parsed text takes up to about 20 times its length ("[[],[],…"). The
 * longest strings take four times their length, because the parser copies them
 * while they grow. */
#define PARSED_FACTOR 20
#define PARSED_FIXED  4096

bool cctv_json_has_memory(size_t len)
{
    /* With volatile the compiler cannot remove the pair of calls. */
    void *volatile probe = malloc(len * PARSED_FACTOR + PARSED_FIXED);
    bool has = probe != NULL;

    free(probe);
    return has;
}

/* After most failed allocations jansson reports no error text. */
static bool is_memory_short(const json_error_t *error)
{
    return error->text[0] == '\0'
           || json_error_code(error) == json_error_out_of_memory;
}

apr_status_t cctv_json_parse(apr_pool_t *pool, const char *text, size_t len,
                             json_t **object, const char **why)
{
    json_error_t error;
    json_t *json;

    if (len == 0) {
        *why = "The body is empty; it has to be a JSON object.";
        return APR_EINVAL;
    }
    error.text[0] = '\0';
    json = cctv_json_has_memory(len)
               ? json_loadb(text, len, JSON_REJECT_DUPLICATES, &error)
               : NULL;
    if (json == NULL && is_memory_short(&error)) {
        *why = "The server has no memory for the body at the moment; try "
               "again in a second.";
        return APR_ENOMEM;
    }
    if (json == NULL) {
        *why = apr_psprintf(pool,
                            "The body is not the JSON that is asked for: %s, "
                            "at line %d, column %d.",
                            describe(json_error_code(&error)), error.line,
                            error.column);
        return APR_EINVAL;
    }
    if (!json_is_object(json)) {
        json_decref(json);
        *why = "The body has to be a JSON object.";
        return APR_EINVAL;
    }
    *object = json;
    return APR_SUCCESS;
}
