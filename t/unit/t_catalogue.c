/* SPDX-License-Identifier: Apache-2.0 */
#include "t_catalogue.h"

#include "t_common.h"

#include "apr_strings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static cctv_text_t text(const char *value)
{
    char *copy = apr_pstrdup(pool, value);

    return (cctv_text_t){ copy, strlen(copy) };
}

/* As PostgreSQL writes it; apr_psprintf() leaves out the 0 before the point. */
static cctv_text_t number(double value)
{
    char digits[32];

    snprintf(digits, sizeof digits, "%.17g", value);
    return text(digits);
}

void t_camera(const t_camera_t *from, cctv_camera_t *out)
{
    *out = (cctv_camera_t){
        .id = text(apr_itoa(pool, from->id)),
        .lng = number(from->lng),
        .lat = number(from->lat),
        .name = text(from->name),
        .role = text(apr_psprintf(pool, "role %d", from->role)),
        .status = text(cctv_camera_status_labels[from->status]),
        .status_since = from->since,
        .codec = text("H.264"),
        .playable = true,
        .streams = { .first = CCTV_CODEC_H264 },
    };
    if (from->id % 5 == 0) {
        out->codec = text("H.265");
        out->playable = false;
        out->streams.first = CCTV_CODEC_H265;
    }
    if (from->id % 3 == 0) {
        out->status_reason = text("login_refused");
    }
}

static double spread(double limit)
{
    return (2.0 * rand() / RAND_MAX - 1) * limit;
}

static void place_camera(t_camera_t *camera, const t_camera_t *before)
{
    int kind = rand() % 10;

    camera->lng = spread(180);
    camera->lat = spread(90);
    if (kind < 3) {
        camera->lng = 13.4 + spread(0.3);
        camera->lat = 52.5 + spread(0.2);
    }
    else if (kind == 3) {
        camera->lng = rand() % 2 ? 180 : -180;
    }
    else if (kind == 4) {
        camera->lat = rand() % 2 ? 90 : -90;
    }
    else if (kind == 5 && before != NULL) {
        camera->lng = before->lng;
        camera->lat = before->lat;
    }
    else if (kind == 6) {
        camera->lng = (rand() % 2 ? 179.9 : -179.9) + spread(0.1);
    }
}

t_camera_t *t_cameras(int count, int roles, unsigned seed)
{
    static const char *const words[] = { "Harbour",    "BRIDGE",
                                         "\"quoted\"", "\xC3\x84rger",
                                         "tunnel",     "a,\"status\":" };
    t_camera_t *cameras = apr_pcalloc(pool,
                                      ((size_t)count + 1) * sizeof *cameras);
    int id = 0;
    int i;

    srand(seed);
    for (i = 0; i < count; i++) {
        cameras[i].id = id += 1 + rand() % 3;
        place_camera(&cameras[i], i == 0 ? NULL : &cameras[i - 1]);
        /* Few cameras have one of the later roles. */
        cameras[i].role = rand() % (rand() % roles + 1);
        cameras[i].status = rand() % CCTV_CAMERA_STATUS_COUNT;
        cameras[i].since = i % 7 == 0 ? 0 : 1764252153 + i;
        snprintf(cameras[i].name, sizeof cameras[i].name, "%s %s %d",
                 words[rand() % 6], words[rand() % 6], rand() % 1000);
    }
    return cameras;
}

apr_status_t t_build(const t_camera_t *cameras, int count, int fd)
{
    cctv_build_about_t about = { .database = 7, .built = 8, .position = "9" };
    cctv_build_t *build = cctv_build_begin(fd);
    int i;

    for (i = 0; i < count; i++) {
        cctv_camera_t camera;

        t_camera(&cameras[i], &camera);
        cctv_build_add(build, &camera);
    }
    return cctv_build_end(build, &about);
}

void *t_read_fd(int fd, size_t *size)
{
    char *memory;
    size_t done = 0;

    *size = (size_t)lseek(fd, 0, SEEK_END);
    memory = aligned_alloc(64, (*size + 63) / 64 * 64);
    while (done < *size) {
        ssize_t n = pread(fd, memory + done, *size - done, (off_t)done);

        ck_assert_int_gt(n, 0);
        done += (size_t)n;
    }
    return memory;
}

void t_catalogue(const t_camera_t *cameras, int count, t_catalogue_t *out)
{
    int fd = memfd_create("catalogue", 0);

    ck_assert_int_eq(t_build(cameras, count, fd), APR_SUCCESS);
    out->file = t_read_fd(fd, &out->size);
    close(fd);
    ck_assert_ptr_null(cctv_catalogue_open(out->file, out->size, &out->c));
    out->statuses = calloc(1, cctv_statuses_size(&out->c));
    cctv_statuses_init(&out->c, out->statuses);
}

void t_catalogue_free(t_catalogue_t *catalogue)
{
    free(catalogue->file);
    free(catalogue->statuses);
}
