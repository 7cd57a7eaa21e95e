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
    const char *resolved;
    const char *flat; /* if ".." removes nothing; NULL: as resolved */
} resolved[] = {
    { "", "", NULL },
    { "/", "", NULL },
    { "/whep/42", "/whep/42", NULL },
    { "whep/42/", "/whep/42", NULL },
    { "//whep///42/.", "/whep/42", NULL },
    { "/x/../whep/./42", "/whep/42", "/x/whep/42" },
    { "/%77hep%2f42%2Fabc", "/whep/42/abc", NULL },
    { "/x/%2e%2e/whep", "/whep", "/x/whep" },
    { "/whep/%252f", "/whep/%2f", NULL },
    { "/a/b/../../c", "/c", "/a/b/c" },
    { "/..", "", NULL },
    { "/a/../../b", "/b", "/a/b" },
    { "/%", "/%", NULL },
    { "/%4", "/%4", NULL },
    { "/%zz", "/%zz", NULL },
    { "/a%00b", "/a%00b", NULL },
};

START_TEST(what_a_path_means)
{
    const char *flat = resolved[_i].flat;

    ck_assert_str_eq(cctv_segments_resolve(pool, resolved[_i].path, true),
                     resolved[_i].resolved);
    ck_assert_str_eq(cctv_segments_resolve(pool, resolved[_i].path, false),
                     flat == NULL ? resolved[_i].resolved : flat);
}
END_TEST

static const struct {
    const char *from;
    const char *to;
    const char *reference;
} relatives[] = {
    { "/whep/42", "/whep/42/x", "42/x" },
    { "/cctv/whep/42", "/cctv/whep/42/x", "42/x" },
    { "/42", "/42/x", "42/x" },
    { "/watch", "/whep/42/x", "whep/42/x" },
    { "/a/b/c/watch", "/a/whep/42/x", "../../whep/42/x" },
    { "/%77hep/42", "/whep/42/x", "../whep/42/x" },
    { "/", "/whep/42/x", "whep/42/x" },
    { "/whep/42/", "/whep/42/x", "x" },
};

START_TEST(relative_references)
{
    ck_assert_str_eq(
        cctv_segments_relative(pool, relatives[_i].from, relatives[_i].to),
        relatives[_i].reference);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof(table)[0])

TCase *segments_tests(void)
{
    TCase *tc = tcase_create("segments");

    tcase_add_loop_test(tc, plain_paths, 0, COUNT(plain));
    tcase_add_loop_test(tc, odd_paths, 0, COUNT(odd));
    tcase_add_loop_test(tc, what_a_path_means, 0, COUNT(resolved));
    tcase_add_loop_test(tc, relative_references, 0, COUNT(relatives));
    return tc;
}
