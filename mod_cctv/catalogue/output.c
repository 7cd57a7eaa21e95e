/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output.c
 * @brief Writes a file in large pieces, with a checksum.
 * Layer: pure.
 */
#include "catalogue/output.h"

#include <errno.h>
#include <unistd.h>

/* Bytes. */
#define PIECE (1 << 20)

void cctv_output_file_fail(cctv_output_file_t *out, apr_status_t why)
{
    if (out->failed == APR_SUCCESS) {
        out->failed = why;
    }
}

void cctv_output_file_begin(cctv_output_file_t *out, int fd, uint64_t at,
                            bool has_sum)
{
    *out = (cctv_output_file_t){ .fd = fd, .at = at };
    cctv_json_init(&out->pending, PIECE + PIECE / 4);
    if (has_sum) {
        out->sum = XXH3_createState();
    }
    if (has_sum && out->sum == NULL) {
        cctv_output_file_fail(out, ENOMEM);
    }
    else if (has_sum) {
        XXH3_64bits_reset(out->sum);
    }
    if (lseek(fd, (off_t)at, SEEK_SET) < 0) {
        cctv_output_file_fail(out, errno);
    }
}

void cctv_output_file_end(cctv_output_file_t *out)
{
    cctv_json_free(&out->pending);
    XXH3_freeState(out->sum);
    out->sum = NULL;
}

static void write_all(cctv_output_file_t *out, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0 && out->failed == APR_SUCCESS) {
        ssize_t n = write(out->fd, at, size);

        if (n > 0) {
            at += n;
            size -= (size_t)n;
        }
        else if (n == 0 || errno != EINTR) {
            cctv_output_file_fail(out, n == 0 ? ENOSPC : errno);
        }
    }
}

void cctv_output_file_flush(cctv_output_file_t *out)
{
    if (out->pending.failed) {
        cctv_output_file_fail(out, ENOMEM);
        return;
    }
    if (out->sum != NULL) {
        XXH3_64bits_update(out->sum, out->pending.data, out->pending.len);
    }
    write_all(out, out->pending.data, out->pending.len);
    out->pending.len = 0;
}

char *cctv_output_file_room(cctv_output_file_t *out, size_t size)
{
    if (out->failed != APR_SUCCESS) {
        return NULL;
    }
    if (!cctv_json_reserve(&out->pending, size)) {
        cctv_output_file_fail(out, ENOMEM);
        return NULL;
    }
    return out->pending.data + out->pending.len;
}

void cctv_output_file_wrote(cctv_output_file_t *out, size_t size)
{
    out->pending.len += size;
    out->at += size;
    if (out->pending.len >= PIECE) {
        cctv_output_file_flush(out);
    }
}

void cctv_output_file_add(cctv_output_file_t *out, const void *data,
                          size_t size)
{
    const char *from = data;

    while (size > 0) {
        size_t n = size < PIECE ? size : PIECE;
        char *to = cctv_output_file_room(out, n);

        if (to == NULL) {
            return;
        }
        memcpy(to, from, n);
        cctv_output_file_wrote(out, n);
        from += n;
        size -= n;
    }
}

void cctv_output_file_pad(cctv_output_file_t *out, size_t multiple)
{
    static const char zeros[64];

    cctv_output_file_add(out, zeros,
                         (multiple - out->at % multiple) % multiple);
}

void cctv_output_file_start(cctv_output_file_t *out, const void *data,
                            size_t size)
{
    if (lseek(out->fd, 0, SEEK_SET) < 0) {
        cctv_output_file_fail(out, errno);
    }
    write_all(out, data, size);
}
