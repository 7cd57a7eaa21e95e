/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "http/segments.h"

static const char *const plain[] = { "/",     "/api/cameras", "/api/cameras/",
                                     "/a..b", "/.well-known", "/...",
                                     "/x y",  "/\xC3\xA4" };
static const char *const odd[] = {
    "",       "api/cameras", "*",      "//",        "//api", "/api//cameras",
    "/api//", "/./api",      "/api/.", "/api/..",   "/..",   "/api/../x",
    "/a\\b",  "/a\nb",       "/a\x7F", "http://h/x"
};

START_TEST(plain_paths)
{
    ck_assert_msg(cctv_segments_are_plain(plain[_i]), "%s", plain[_i]);
}
END_TEST

START_TEST(odd_paths)
{
    ck_assert_msg(!cctv_segments_are_plain(odd[_i]), "%s", odd[_i]);
}
END_TEST

static const struct {
    const char *path;
    const char *resolved; /* NULL: none */
} resolved[] = {
    { "", "" },
    { "/", "" },
    { "/whep/42", "/whep/42" },
    { "whep/42/", "/whep/42" },
    { "//whep///42/.", "/whep/42" },
    { "/x/../whep/./42", "/whep/42" },
    { "/%77hep%2f42%2Fabc", "/whep/42/abc" },
    { "/x/%2e%2e/whep", "/whep" },
    { "/whep/%252f", "/whep/%2f" },
    { "/a/b/../../c", "/c" },
    { "/..", NULL },
    { "/a/../../b", NULL },
    { "/%", NULL },
    { "/%4", NULL },
    { "/%zz", NULL },
    { "/a%00b", NULL },
};

START_TEST(what_a_path_means)
{
    char *found = cctv_segments_resolve(pool, resolved[_i].path);

    if (resolved[_i].resolved == NULL) {
        ck_assert_ptr_null(found);
    }
    else {
        ck_assert_str_eq(found, resolved[_i].resolved);
    }
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof(table)[0])

TCase *segments_tests(void)
{
    TCase *tc = tcase_create("segments");

    tcase_add_loop_test(tc, plain_paths, 0, COUNT(plain));
    tcase_add_loop_test(tc, odd_paths, 0, COUNT(odd));
    tcase_add_loop_test(tc, what_a_path_means, 0, COUNT(resolved));
    return tc;
}
