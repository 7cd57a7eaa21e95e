/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file.c
 * @brief Reads secrets from files.
 * Layer: pure.
 */
#include "secret/file.h"

#include "apr_errno.h"
#include "apr_strings.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHITE_SPACE " \t\r\n\v\f"

static const char *system_error(apr_pool_t *pool, const char *path,
                                const char *what, int number)
{
    char text[128];

    apr_strerror(number, text, sizeof text);
    return apr_psprintf(pool, "%s cannot be %s: %s", path, what, text);
}

/* What is wrong with the owner or the rights of an open file; NULL:
 * nothing. */
static const char *fault_of(apr_pool_t *pool, const char *path,
                            const struct stat *info)
{
    if (!S_ISREG(info->st_mode)) {
        return apr_psprintf(pool, "%s is not a regular file", path);
    }
    if (info->st_uid != 0 && info->st_uid != geteuid()) {
        return apr_psprintf(pool,
                            "%s belongs to user %lu, who could change it: "
                            "chown root %s",
                            path, (unsigned long)info->st_uid, path);
    }
    if ((info->st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return apr_psprintf(
            pool, "%s is open to its group or to everybody: chmod 600 %s",
            path, path);
    }
    if (info->st_size == 0) {
        return apr_psprintf(pool, "%s is empty", path);
    }
    if (info->st_size > CCTV_SECRET_FILE_MAX) {
        return apr_psprintf(pool, "%s is larger than %d bytes", path,
                            CCTV_SECRET_FILE_MAX);
    }
    return NULL;
}

/* @return a buffer of size bytes; NULL on failure */
static char *read_bytes(apr_pool_t *pool, int file, const char *path,
                        size_t size, const char **error)
{
    char *text = apr_palloc(pool, size + 1);
    size_t len = 0;
    ssize_t got = 1;

    while (len < size && got > 0) {
        do {
            got = read(file, text + len, size - len);
        } while (got < 0 && errno == EINTR);
        len += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        *error = system_error(pool, path, "read", errno);
        return NULL;
    }
    if (len < size) {
        *error = apr_psprintf(pool, "%s was changed while it was read", path);
        return NULL;
    }
    text[size] = '\0';
    if (strlen(text) != size) {
        *error = apr_psprintf(pool, "%s has a NUL byte in it", path);
        return NULL;
    }
    return text;
}

static char *read_open(apr_pool_t *pool, int file, const char *path,
                       const char **error)
{
    struct stat info;
    const char *fault;

    /* Check the open file, since the name may refer to another file by now. */
    if (fstat(file, &info) != 0) {
        *error = system_error(pool, path, "looked at", errno);
        return NULL;
    }
    fault = fault_of(pool, path, &info);
    if (fault != NULL) {
        *error = fault;
        return NULL;
    }
    return read_bytes(pool, file, path, (size_t)info.st_size, error);
}

static char *read_file(apr_pool_t *pool, const char *path, const char **error)
{
    /* Without O_NONBLOCK, opening a pipe without a writer would block. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *text;

    if (file < 0) {
        *error = system_error(pool, path, "opened", errno);
        return NULL;
    }
    text = read_open(pool, file, path, error);
    close(file);
    return text;
}

const char *cctv_secret_read_text(apr_pool_t *pool, const char *path,
                                  const char **error)
{
    return read_file(pool, path, error);
}

static bool is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~' || strchr("\"'`\\", *text) != NULL) {
            return false;
        }
    }
    return true;
}

/* What is wrong with the content of a file; NULL: nothing. */
static const char *fault_in(apr_pool_t *pool, const char *path,
                            const char *secret)
{
    size_t len = strlen(secret);

    if (len == 0) {
        return apr_psprintf(pool, "%s has nothing but white space in it",
                            path);
    }
    if (strpbrk(secret, "\r\n") != NULL) {
        return apr_psprintf(pool, "%s has more than one line", path);
    }
    if (!is_plain(secret)) {
        return apr_psprintf(pool,
                            "%s holds more than a secret may: printable "
                            "ASCII without blanks, quotes and backslashes",
                            path);
    }
    if (len < CCTV_SECRET_MIN || len > CCTV_SECRET_MAX) {
        return apr_psprintf(pool,
                            "the secret in %s is too %s: %d to %d characters",
                            path, len < CCTV_SECRET_MIN ? "short" : "long",
                            CCTV_SECRET_MIN, CCTV_SECRET_MAX);
    }
    return NULL;
}

const char *cctv_secret_read(apr_pool_t *pool, const char *path,
                             const char **error)
{
    char *text = read_file(pool, path, error);
    const char *fault;
    size_t len;

    if (text == NULL) {
        return NULL;
    }
    text += strspn(text, WHITE_SPACE);
    len = strlen(text);
    while (len > 0 && strchr(WHITE_SPACE, text[len - 1]) != NULL) {
        len--;
    }
    text[len] = '\0';
    fault = fault_in(pool, path, text);
    if (fault != NULL) {
        *error = fault;
        return NULL;
    }
    return text;
}

bool cctv_secret_is_equal(const char *a, const char *b)
{
    size_t len = strlen(a);

    return len == strlen(b) && CRYPTO_memcmp(a, b, len) == 0;
}
