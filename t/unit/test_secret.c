/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "secret/file.h"
#include "secret/hmac.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define SECRET       "0123456789abcdef"

static char folder[32];
static char path[sizeof folder + 16];
static const char *error;

static void make_folder(void)
{
    strcpy(folder, "/tmp/cctv-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    error = NULL;
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(path);
    rmdir(folder);
}

static void write_bytes(const char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0600), 0);
}

static void write_text(const char *text)
{
    write_bytes(text, strlen(text));
}

/* Each error names the file, and none contains a part of its text. */
static void assert_refused(const char *why)
{
    ck_assert_ptr_null(cctv_secret_read(pool, path, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(strstr(error, why) != NULL, "%s", error);
    ck_assert_msg(strstr(error, path) != NULL, "%s", error);
    ck_assert_msg(strstr(error, "0123456789") == NULL, "%s", error);
}

/* The reader of whole texts refuses the file, too. */
static void assert_file_refused(const char *why)
{
    assert_refused(why);
    error = NULL;
    ck_assert_ptr_null(cctv_secret_read_text(pool, path, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(strstr(error, why) != NULL, "%s", error);
}

static const char *const good[] = {
    SECRET,          (SECRET "\n"), (SECRET "\r\n"), (" \t" SECRET " \t\n\n"),
    ("\n\n" SECRET),
};

START_TEST(reads)
{
    write_text(good[_i]);
    ck_assert_str_eq(cctv_secret_read(pool, path, &error), SECRET);
    ck_assert_ptr_null(error);
}
END_TEST

START_TEST(takes_all_plain_characters)
{
    char text[128];
    char plain[128];
    size_t len = 0;
    int c;

    for (c = '!'; c <= '~'; c++) {
        if (strchr("\"'`\\", c) == NULL) {
            plain[len++] = (char)c;
        }
    }
    plain[len] = '\0';
    ck_assert_uint_eq(len, 90);
    write_text(plain);
    ck_assert_str_eq(cctv_secret_read(pool, path, &error), plain);
    for (c = 1; c < 256; c++) {
        if (c > 127 || strchr(plain, c) == NULL) {
            sprintf(text, SECRET "%cx", c);
            write_text(text);
            assert_refused(c == '\n' || c == '\r' ? "more than one line"
                                                  : "printable ASCII");
        }
    }
}
END_TEST

static const struct {
    const char *text;
    const char *why;
} bad[] = {
    { "", "empty" },
    { "\n", "nothing but white space" },
    { " \t\r\n", "nothing but white space" },
    { "0123456789abcde", "too short" },
    { "0123456789abcde\n", "too short" },
    { SECRET "\n" SECRET "\n", "more than one line" },
    { SECRET "\n\n" SECRET "\n", "more than one line" },
    { SECRET " " SECRET, "printable ASCII" },
    { "0123456789\xC3\xA4zzzzzzz", "printable ASCII" },
};

START_TEST(refuses_content)
{
    write_text(bad[_i].text);
    assert_refused(bad[_i].why);
}
END_TEST

START_TEST(has_a_longest)
{
    char text[CCTV_SECRET_MAX + 2];

    memset(text, 'x', sizeof text);
    text[CCTV_SECRET_MAX] = '\n';
    write_bytes(text, CCTV_SECRET_MAX + 1);
    ck_assert_uint_eq(strlen(cctv_secret_read(pool, path, &error)),
                      CCTV_SECRET_MAX);
    text[CCTV_SECRET_MAX] = 'x';
    write_bytes(text, CCTV_SECRET_MAX + 1);
    assert_refused("too long");
}
END_TEST

START_TEST(refuses_a_nul)
{
    write_bytes(SECRET "\0", sizeof SECRET);
    assert_file_refused("NUL");
}
END_TEST

START_TEST(refuses_what_is_not_there)
{
    assert_file_refused("cannot be opened: No such file");
}
END_TEST

START_TEST(refuses_what_is_no_file)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    assert_file_refused("not a regular file");
    ck_assert_int_eq(rmdir(path), 0);
    /* Opening the file must not wait for a writer. */
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    assert_file_refused("not a regular file");
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("/dev/null", path), 0);
    assert_file_refused("not a regular file");
}
END_TEST

START_TEST(follows_a_link)
{
    char to[sizeof folder + 8];

    snprintf(to, sizeof to, "%s/real", folder);
    write_text(SECRET);
    ck_assert_int_eq(rename(path, to), 0);
    ck_assert_int_eq(symlink("real", path), 0);
    ck_assert_str_eq(cctv_secret_read(pool, path, &error), SECRET);
    ck_assert_int_eq(chmod(to, 0644), 0);
    assert_file_refused("chmod 600");
    ck_assert_int_eq(unlink(to), 0);
}
END_TEST

static const mode_t open_modes[] = { 0640, 0620, 0610, 0604,
                                     0602, 0601, 0666, 0777 };

START_TEST(refuses_an_open_file)
{
    write_text(SECRET);
    ck_assert_int_eq(chmod(path, open_modes[_i]), 0);
    assert_file_refused("chmod 600");
}
END_TEST

START_TEST(takes_a_closed_file)
{
    write_text(SECRET);
    ck_assert_int_eq(chmod(path, 0400), 0);
    ck_assert_str_eq(cctv_secret_read(pool, path, &error), SECRET);
    ck_assert_int_eq(chmod(path, 0700), 0);
    ck_assert_str_eq(cctv_secret_read(pool, path, &error), SECRET);
}
END_TEST

/* Only root can change the owner of a file. */
START_TEST(knows_the_owner)
{
    if (geteuid() != 0) {
        return;
    }
    write_text(SECRET);
    ck_assert_int_eq(chown(path, 1, 0), 0);
    assert_file_refused("belongs to user 1");
    ck_assert_int_eq(chmod(folder, 0755), 0);
    ck_assert_int_eq(seteuid(1), 0);
    ck_assert_str_eq(cctv_secret_read(pool, path, &error), SECRET);
    ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(reads_texts)
{
    static const char text[] = "# logins\r\n\n*.example  joe  a \"b\" \\c \n";

    write_text(text);
    ck_assert_str_eq(cctv_secret_read_text(pool, path, &error), text);
    ck_assert_ptr_null(error);
}
END_TEST

START_TEST(texts_have_a_longest)
{
    static char text[CCTV_SECRET_FILE_MAX + 1];

    memset(text, 'x', sizeof text);
    write_bytes(text, CCTV_SECRET_FILE_MAX);
    ck_assert_uint_eq(strlen(cctv_secret_read_text(pool, path, &error)),
                      CCTV_SECRET_FILE_MAX);
    write_bytes(text, sizeof text);
    assert_file_refused("larger than 16777216 bytes");
}
END_TEST

/* A file of the kernel has size 0, although reading it yields bytes. */
START_TEST(trusts_no_size)
{
    if (geteuid() != 0) {
        return;
    }
    ck_assert_int_eq(symlink("/proc/self/environ", path), 0);
    assert_file_refused("empty");
}
END_TEST

static const struct {
    const char *a;
    const char *b;
    bool is_equal;
} pairs[] = {
    { "", "", true },         { "a", "a", true },
    { SECRET, SECRET, true }, { "a", "b", false },
    { "a", "", false },       { "", "a", false },
    { "a", "ab", false },     { "ab", "a", false },
    { "ab", "aB", false },    { "\xC3\xA4", "\xC3\xA4", true },
};

START_TEST(compares)
{
    ck_assert_int_eq(cctv_secret_is_equal(pairs[_i].a, pairs[_i].b),
                     pairs[_i].is_equal);
}
END_TEST

/* Test cases 1, 2 and 5 of RFC 2202, and one computed with Python's hmac. */
static const struct {
    const char *key;
    const char *text;
    const char *base64;
} signatures[] = {
    { "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
      "\x0b\x0b\x0b",
      "Hi There", "thcxhlUFcmTii8C2+zeMjvFGvgA=" },
    { "Jefe", "what do ya want for nothing?", "7/zfauXrL6LSdBbV8YTfnCWafHk=" },
    { "\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c"
      "\x0c\x0c\x0c",
      "Test With Truncation", "TBoDQktV4H/n8nvh1Yu5MkqaWgQ=" },
    { SECRET, "", "gE34aJSMFDruCUbHLScupVfqr8w=" },
};

START_TEST(signs)
{
    char out[CCTV_HMAC_SIZE];

    ck_assert(
        cctv_hmac_sha1_base64(signatures[_i].key, signatures[_i].text, out));
    ck_assert_str_eq(out, signatures[_i].base64);
}
END_TEST

TCase *secret_tests(void)
{
    TCase *tc = tcase_create("secret");

    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_loop_test(tc, reads, 0, COUNT(good));
    tcase_add_test(tc, takes_all_plain_characters);
    tcase_add_loop_test(tc, refuses_content, 0, COUNT(bad));
    tcase_add_test(tc, has_a_longest);
    tcase_add_test(tc, refuses_a_nul);
    tcase_add_test(tc, refuses_what_is_not_there);
    tcase_add_test(tc, refuses_what_is_no_file);
    tcase_add_test(tc, follows_a_link);
    tcase_add_loop_test(tc, refuses_an_open_file, 0, COUNT(open_modes));
    tcase_add_test(tc, takes_a_closed_file);
    tcase_add_test(tc, knows_the_owner);
    tcase_add_test(tc, reads_texts);
    tcase_add_test(tc, texts_have_a_longest);
    tcase_add_test(tc, trusts_no_size);
    tcase_add_loop_test(tc, compares, 0, COUNT(pairs));
    tcase_add_loop_test(tc, signs, 0, COUNT(signatures));
    return tc;
}
