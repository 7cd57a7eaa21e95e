/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file t_catalogue.h
 * @brief Catalogues of made-up cameras.
 */
#ifndef T_CATALOGUE_H
#define T_CATALOGUE_H

#include "catalogue/build.h"
#include "catalogue/search.h"
#include "catalogue/status.h"

/** A camera that is known without the catalogue. */
typedef struct {
    int id;
    double lng;
    double lat;
    int role; /**< a number: the role is "role <number>" */
    int status;
    int64_t since;
    char name[64];
} t_camera_t;

/** A catalogue in memory, and the file that it came from. */
typedef struct {
    cctv_catalogue_t c;
    void *file;
    size_t size;
    void *statuses;
} t_catalogue_t;

/** Fill a camera's texts as the database would. */
void t_camera(const t_camera_t *from, cctv_camera_t *out);

/** Make random cameras: clusters, edges, poles, many at one place. */
t_camera_t *t_cameras(int count, int roles, unsigned seed);

/** The status of a camera, with its time. */
static inline cctv_camera_state_t t_state(const t_camera_t *camera)
{
    return (cctv_camera_state_t){ (cctv_camera_status_t)camera->status,
                                  camera->since };
}

/** Build the file of these cameras. @return its status */
apr_status_t t_build(const t_camera_t *cameras, int count, int fd);

/** Build a catalogue and open it. */
void t_catalogue(const t_camera_t *cameras, int count, t_catalogue_t *out);

/** Read a whole file into memory. */
void *t_read_fd(int fd, size_t *size);

void t_catalogue_free(t_catalogue_t *catalogue);

#endif
