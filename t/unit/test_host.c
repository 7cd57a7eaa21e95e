/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "http/host.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

/* test_origin.c tests which hosts and ports are valid; this table tests what
 * follows them. */
static const struct {
    const char *text;
    const char *host;
    int port; /* 0: no port is given */
    const char *rest;
} good[] = {
    { "h", "h", 0, "" },
    { "H/path", "h", 0, "/path" },
    { "h?q:1", "h", 0, "?q:1" },
    { "h:1", "h", 1, "" },
    { "h:65535/path", "h", 65535, "/path" },
    { "h:80x", "h", 80, "x" },
    { "h:00080", "h", 80, "" },
    { "h@x", "h", 0, "@x" },
    { "[::1]", "::1", 0, "" },
    { "[0:0::1]:5?x", "::1", 5, "?x" },
    { "[::1]x", "::1", 0, "x" },
};

START_TEST(parses)
{
    char host[CCTV_HOST_SIZE];
    int port = 0;
    const char *rest = cctv_host_parse(good[_i].text, host);

    ck_assert_ptr_nonnull(rest);
    ck_assert_str_eq(host, good[_i].host);
    rest = cctv_port_parse(rest, &port);
    ck_assert_ptr_nonnull(rest);
    ck_assert_str_eq(rest, good[_i].rest);
    ck_assert_int_eq(port, good[_i].port);
}
END_TEST

static const char *const bad_hosts[] = { "",   ":80", "/",           "*",
                                         "[",  "[]",  "[::1",        "[h]",
                                         "@h", " h",  "[::1%25eth0]" };

START_TEST(refuses_hosts)
{
    char host[CCTV_HOST_SIZE];

    ck_assert_ptr_null(cctv_host_parse(bad_hosts[_i], host));
}
END_TEST

static const char *const bad_ports[] = { ":",      ":x",      ":0",
                                         ":-1",    ":+1",     ": 1",
                                         ":65536", ":000080", ":99999999999" };

START_TEST(refuses_ports)
{
    int port;

    ck_assert_ptr_null(cctv_port_parse(bad_ports[_i], &port));
}
END_TEST

TCase *host_tests(void)
{
    TCase *tc = tcase_create("host");

    tcase_add_loop_test(tc, parses, 0, COUNT(good));
    tcase_add_loop_test(tc, refuses_hosts, 0, COUNT(bad_hosts));
    tcase_add_loop_test(tc, refuses_ports, 0, COUNT(bad_ports));
    return tc;
}
