/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/role_variables.h"

#include "apr_strings.h"

#include <string.h>

/* The names with blanks between them. */
static const char *names(const char *expression)
{
    const apr_array_header_t *found = cctv_role_variables(pool, expression);
    const char *text = "";
    int i;

    for (i = 0; i < found->nelts; i++) {
        text = apr_pstrcat(
            pool, text, i == 0 ? "" : " ",
            APR_ARRAY_IDX(found, i, cctv_role_variable_t *)->name, NULL);
    }
    return text;
}

START_TEST(variables_are_found)
{
    ck_assert_str_eq(names("public,%{reqenv:AUTHENTICATE_ROLES}"),
                     "AUTHENTICATE_ROLES");
    ck_assert_str_eq(names("%{env:A},%{note:b-c}, %{ENV:A}"), "A b-c");
    ck_assert_str_eq(names("%{base64:%{reqenv:A}}"), "A");
    ck_assert_str_eq(names("%{:replace(reqenv('A'), ';', \",\"):}"), "A");
    ck_assert_str_eq(names("%{:reqenv \"A\":}"), "A");
}
END_TEST

START_TEST(other_things_are_no_variables)
{
    ck_assert_str_eq(names(""), "");
    ck_assert_str_eq(names("public,environment"), "");
    ck_assert_str_eq(names("%{REMOTE_USER},%{osenv:HOME},%{http:Host}"), "");
    ck_assert_str_eq(names("%{reqenv:}"), "");
    ck_assert_str_eq(names("reqenv("), "");
    ck_assert_str_eq(names("reqenv('"), "");
    ck_assert_str_eq(names("env: %{"), " ");
}
END_TEST

TCase *role_variables_tests(void)
{
    TCase *tests = tcase_create("role variables");

    tcase_add_test(tests, variables_are_found);
    tcase_add_test(tests, other_things_are_no_variables);
    return tests;
}
