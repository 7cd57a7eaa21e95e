/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "video/logins.h"

#include "apr_strings.h"

#include <stdbool.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static const char *error;

static const cctv_logins_t *parse(const char *text)
{
    const cctv_logins_t *logins;

    error = NULL;
    logins = cctv_logins_parse(pool, text, &error);
    ck_assert_msg(logins != NULL, "%s", error);
    return logins;
}

static const char *user(const cctv_logins_t *logins, const char *host,
                        int port)
{
    const cctv_login_t *login = cctv_logins_find(logins, host, port, "/main",
                                                 NULL);

    return login == NULL ? "none" : login->user;
}

static const struct {
    const char *pattern;
    const char *host;
    int port;
    bool fits;
} matches[] = {
    { "cam.example", "cam.example", 554, true },
    { "cam.example", "cam.example", 8554, true },
    { "Cam.EXAMPLE", "cAM.example", 554, true },
    { "cam.example.", "cam.example", 554, true },
    { "cam.example", "cam.example.", 554, true },
    { "cam.example", "am.example", 554, false },
    { "cam.example", "xcam.example", 554, false },
    { "cam.example", "x.cam.example", 554, false },
    { "cam.example", "cam.exampl", 554, false },
    { "cam.example", "cam.examples", 554, false },
    { "cam.example", "", 554, false },
    { "cam.example:8554", "cam.example", 8554, true },
    { "cam.example:8554", "cam.example", 554, false },

    { "*.example", "cam.example", 554, true },
    { "*.example", "a.b.EXAMPLE.", 554, true },
    { "*.Example.", "a.example", 554, true },
    { "*.example", "example", 554, false },
    { "*.example", ".example", 554, false },
    { "*.example", "xexample", 554, false },
    { "*.example", "a.example.com", 554, false },
    { "*.example:1", "cam.example", 1, true },
    { "*.example:1", "cam.example", 554, false },

    { "10.1.2.3", "10.1.2.3", 554, true },
    { "10.1.2.3", "10.1.2.4", 554, false },
    { "10.1.2.3", "::ffff:10.1.2.3", 554, true },
    { "10.1.2.3:554", "10.1.2.3", 554, true },
    { "10.1.2.3:554", "10.1.2.3", 555, false },
    { "10.1.0.0/16", "10.1.0.0", 554, true },
    { "10.1.0.0/16", "10.1.255.255", 554, true },
    { "10.1.0.0/16", "10.0.255.255", 554, false },
    { "10.1.0.0/16", "10.2.0.0", 554, false },
    { "10.1.77.8/16", "10.1.2.3", 554, true },
    { "10.1.2.3/32", "10.1.2.3", 554, true },
    { "10.1.2.3/32", "10.1.2.2", 554, false },
    { "10.1.2.2/31", "10.1.2.3", 554, true },
    { "10.1.2.2/31", "10.1.2.4", 554, false },
    { "172.16.0.0/12", "172.31.255.255", 554, true },
    { "172.16.0.0/12", "172.32.0.0", 554, false },
    { "0.0.0.0/0", "192.0.2.1", 554, true },
    { "0.0.0.0/0", "2001:db8::1", 554, false },
    { "0.0.0.0/0", "cam.example", 554, false },
    { "128.0.0.0/1", "192.0.2.1", 554, true },
    { "128.0.0.0/1", "127.0.2.1", 554, false },
    { "10.1.0.0/16:554", "10.1.2.3", 554, true },
    { "10.1.0.0/16:554", "10.1.2.3", 555, false },

    { "2001:db8::1", "2001:db8::1", 554, true },
    { "2001:db8::1", "2001:DB8:0:0::1", 554, true },
    { "2001:db8::1", "2001:db8::2", 554, false },
    { "[2001:db8::1]", "2001:db8::1", 554, true },
    { "[2001:db8::1]:554", "2001:db8::1", 554, true },
    { "[2001:db8::1]:554", "2001:db8::1", 555, false },
    { "2001:db8::/32", "2001:db8:ffff::1", 554, true },
    { "2001:db8::/32", "2001:db9::1", 554, false },
    { "2001:db8::/32:554", "2001:db8:ffff::1", 554, true },
    { "2001:db8::/32:554", "2001:db8:ffff::1", 555, false },
    { "[2001:db8::]/32", "2001:db8:ffff::1", 554, true },
    { "[2001:db8::]/33:554", "2001:db8:7fff::1", 554, true },
    { "[2001:db8::]/33:554", "2001:db8:8000::1", 554, false },
    { "[2001:db8::]/33:554", "2001:db8:7fff::1", 555, false },
    { "::/0", "2001:db8::1", 554, true },
    { "::/0", "192.0.2.1", 554, false },
    { "::1/128", "::1", 554, true },
    { "::1/128", "::", 554, false },
    { "[::ffff:10.1.0.0]/112", "10.1.2.3", 554, true },
    { "[::ffff:10.1.0.0]/112", "10.2.2.3", 554, false },

    { "*", "cam.example", 554, true },
    { "*", "10.1.2.3", 8554, true },
    { "*", "2001:db8::1", 554, true },
    { "*:554", "cam.example", 554, true },
    { "cam.example:554/main", "cam.example", 554, true },
    { "cam.example:554/main", "cam.example", 555, false },
    { "cam.example:554/main", "gate.example", 554, false },
    { "cam.example:554/Main", "cam.example", 554, false },
    { "cam.example:554/mai", "cam.example", 554, false },
    { "cam.example:554/main/", "cam.example", 554, false },
    { "cam.example:554?main", "cam.example", 554, false },
    { "10.1.2.3:554/main", "10.1.2.3", 554, true },
    { "10.1.2.3:554/16", "10.1.2.3", 554, false },
    { "[2001:db8::1]:554/main", "2001:db8::1", 554, true },
    { "*:554/main", "cam.example", 554, true },
    { "*:554", "cam.example", 8554, false },
};

START_TEST(finds_by_pattern)
{
    const cctv_logins_t *logins = parse(
        apr_pstrcat(pool, matches[_i].pattern, " joe pass", NULL));

    ck_assert_msg(strcmp(user(logins, matches[_i].host, matches[_i].port),
                         matches[_i].fits ? "joe" : "none")
                      == 0,
                  "%s %s %d", matches[_i].pattern, matches[_i].host,
                  matches[_i].port);
}
END_TEST

START_TEST(takes_the_first_that_fits)
{
    const cctv_logins_t *logins = parse("cam.example:1 a pass\n"
                                        "cam.example b pass\n"
                                        "*.example c pass\n"
                                        "10.1.2.3 d pass\n"
                                        "10.1.0.0/16 e pass\n"
                                        "10.1.2.4 never pass\n"
                                        "* f pass\n"
                                        "* never pass\n");

    ck_assert_str_eq(user(logins, "cam.example", 1), "a");
    ck_assert_str_eq(user(logins, "cam.example", 2), "b");
    ck_assert_str_eq(user(logins, "camera.example", 1), "c");
    ck_assert_str_eq(user(logins, "10.1.2.3", 1), "d");
    ck_assert_str_eq(user(logins, "10.1.2.4", 1), "e");
    ck_assert_str_eq(user(logins, "10.2.2.4", 1), "f");
}
END_TEST

static const struct {
    const char *text;
    const char *user;
    const char *password;
} spellings[] = {
    { "h joe pass", "joe", "pass" },
    { "h joe pass\n", "joe", "pass" },
    { "h joe pass\r\n", "joe", "pass" },
    { " \th \t joe\t\tpass \t\r\n", "joe", "pass" },
    { "h joe two  words", "joe", "two  words" },
    { "h joe #1", "joe", "#1" },
    { "h #joe pass # no comment", "#joe", "pass # no comment" },
    { "h joe \"\"", "joe", "" },
    { "h joe \t\"\" \r\n", "joe", "" },
    { "h joe \"\"\"", "joe", "\"\"\"" },
    { "h joe a:b\"c\"\\d'e", "joe", "a:b\"c\"\\d'e" },
    { "h j\xC3\xB6rg s\xC3\xBC\xC3\x9F", "j\xC3\xB6rg", "s\xC3\xBC\xC3\x9F" },
    { "# comment\n\n \t\n  # more\r\n\r\nh joe pass", "joe", "pass" },
    { "#\nh joe pass\n#h never pass", "joe", "pass" },
};

START_TEST(reads_lines)
{
    const cctv_login_t *login = cctv_logins_find(parse(spellings[_i].text),
                                                 "h", 554, "", NULL);

    ck_assert_ptr_nonnull(login);
    ck_assert_str_eq(login->user, spellings[_i].user);
    ck_assert_str_eq(login->password, spellings[_i].password);
}
END_TEST

static const char *const nothing[] = { "", "\n", "#", "# h joe pass\n\n" };

START_TEST(may_be_empty)
{
    ck_assert_str_eq(user(parse(nothing[_i]), "h", 554), "none");
}
END_TEST

static const struct {
    const char *line;
    const char *why;
} bad[] = {
    { "h", "needs" },
    { "h joe", "needs" },
    { "h joe ", "needs" },
    { "h joe \r", "needs" },
    { "h joe:sesame", "needs" },
    { "h joe:x sesame", "colon" },
    { "h joe ses\tame", "tab" },
    { "h joe ses\x01"
      "ame",
      "no text" },
    { "h joe ses\rame", "no text" },
    { "h joe ses\x7F", "no text" },
    { "h joe ses\xFF", "no text" },
    { "\xEF\xBB\xBFh joe sesame", "pattern" },
    { "rtsp://h joe sesame", "pattern" },
    { "h/path joe sesame", "pattern" },
    { "h/16 joe sesame", "pattern" },
    { "h: joe sesame", "pattern" },
    { "h:0 joe sesame", "pattern" },
    { "h:65536 joe sesame", "pattern" },
    { "h:x joe sesame", "pattern" },
    { "h:1x joe sesame", "pattern" },
    { "joe@h joe sesame", "pattern" },
    { "h,i joe sesame", "pattern" },
    { "b\xC3\xBC"
      "cher joe sesame",
      "pattern" },
    { "** joe sesame", "pattern" },
    { "*x joe sesame", "pattern" },
    { "*. joe sesame", "pattern" },
    { "*.*.x joe sesame", "pattern" },
    { "*.10 joe sesame", "pattern" },
    { "*.[::1] joe sesame", "pattern" },
    { "x.* joe sesame", "pattern" },
    { "10.1 joe sesame", "pattern" },
    { "10.1.2.256 joe sesame", "pattern" },
    { "10.1.2.3. joe sesame", "pattern" },
    { "10.1.2.* joe sesame", "pattern" },
    { "10.1.0.0/ joe sesame", "pattern" },
    { "10.1.0.0/33 joe sesame", "pattern" },
    { "10.1.0.0/-1 joe sesame", "pattern" },
    { "10.1.0.0/0016 joe sesame", "pattern" },
    { "10.1.0.0/4294967312 joe sesame", "pattern" },
    { "10.1.0.0/255.255.0.0 joe sesame", "pattern" },
    { "10.1.0.0/16/16 joe sesame", "pattern" },
    { "10.1.0.0/16:554/main joe sesame", "pattern" },
    { "h:554main joe sesame", "pattern" },
    { "[10.1.0.0] joe sesame", "pattern" },
    { "2001:db8::/129 joe sesame", "pattern" },
    { "2001:db8::1::2 joe sesame", "pattern" },
    { "[2001:db8::/32] joe sesame", "pattern" },
    { "[2001:db8:: joe sesame", "pattern" },
    { "fe80::1%eth0 joe sesame", "pattern" },
    { "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111 joe sesame",
      "pattern" },
    { "external_id= joe sesame", "pattern" },
    { "external_id=% joe sesame", "pattern" },
    { "external_id=a%2 joe sesame", "pattern" },
    { "external_id=a%2g joe sesame", "pattern" },
    { "external_id=a%00 joe sesame", "pattern" },
};

/* The error names the number of the line, and contains no part of its text. */
START_TEST(says_which_line_is_wrong)
{
    const char *text = apr_pstrcat(pool, "# logins\r\n\nh joe pass\n",
                                   bad[_i].line, "\nh joe pass\n", NULL);

    error = NULL;
    ck_assert_msg(cctv_logins_parse(pool, text, &error) == NULL, "%s",
                  bad[_i].line);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(strncmp(error, "line 4 ", 7) == 0, "%s", error);
    ck_assert_msg(strstr(error, bad[_i].why) != NULL, "%s: %s", bad[_i].line,
                  error);
    ck_assert_msg(strstr(error, "joe") == NULL, "%s", error);
    ck_assert_msg(strstr(error, "ses") == NULL, "%s", error);
}
END_TEST

static const char *user_of_key(const cctv_logins_t *logins, const char *key)
{
    const cctv_login_t *login = cctv_logins_find(logins, "cam.example", 1, "",
                                                 key);

    return login == NULL ? "none" : login->user;
}

START_TEST(finds_by_the_key_of_a_camera)
{
    const cctv_logins_t *logins = parse("external_id=A40-17 a pass\n"
                                        "external_id=North%20gate%25%c3%A9 b "
                                        "pass\n"
                                        "cam.example c pass\n"
                                        "external_id=later d pass\n");

    ck_assert(cctv_logins_have_keys(logins));
    ck_assert_str_eq(user_of_key(logins, "A40-17"), "a");
    ck_assert_str_eq(user_of_key(logins, "North gate%\xC3\xA9"), "b");
    ck_assert_str_eq(user_of_key(logins, "a40-17"), "c");
    ck_assert_str_eq(user_of_key(logins, "later"), "c");
    ck_assert_str_eq(user_of_key(logins, NULL), "c");
    logins = parse("external_id=only a pass");
    ck_assert_str_eq(user_of_key(logins, NULL), "none");
    ck_assert_str_eq(user_of_key(logins, "onl"), "none");
    ck_assert(!cctv_logins_have_keys(parse("cam.example a pass")));
}
END_TEST

START_TEST(keeps_nothing_of_the_text)
{
    char text[] = "cam.example joe pass";
    const cctv_logins_t *logins = parse(text);

    memset(text, 'x', sizeof text - 1);
    ck_assert_str_eq(user(logins, "cam.example", 1), "joe");
    ck_assert_str_eq(
        cctv_logins_find(logins, "cam.example", 1, "", NULL)->password,
        "pass");
}
END_TEST

TCase *logins_tests(void)
{
    TCase *tc = tcase_create("logins");

    tcase_add_loop_test(tc, finds_by_pattern, 0, COUNT(matches));
    tcase_add_test(tc, takes_the_first_that_fits);
    tcase_add_loop_test(tc, reads_lines, 0, COUNT(spellings));
    tcase_add_loop_test(tc, may_be_empty, 0, COUNT(nothing));
    tcase_add_loop_test(tc, says_which_line_is_wrong, 0, COUNT(bad));
    tcase_add_test(tc, finds_by_the_key_of_a_camera);
    tcase_add_test(tc, keeps_nothing_of_the_text);
    return tc;
}
