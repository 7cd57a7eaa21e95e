/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file bbox.c
 * @brief A box on the map, in degrees (WGS 84).
 * Layer: pure.
 */
#include "cameras/bbox.h"

#include "http/number.h"

#include <math.h>
#include <string.h>

/* Clients compute edges, which may then be this much beyond a limit. */
#define NOISE 1e-9

/* Read one number of a list, with or without blanks around it.
 * @param text  the number starts here; moved behind its comma, or to the end
 * @return whether it is a finite number */
static bool read_number(const char **text, double *out)
{
    size_t len = strcspn(*text, ",");
    const char *start = *text;
    const char *end = start + len;

    *text = *end == ',' ? end + 1 : end;
    while (start < end && (*start == ' ' || *start == '\t')) {
        start++;
    }
    while (end > start && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    return cctv_number_parse_double(start, (size_t)(end - start), out);
}

static int count_numbers(const char *text)
{
    int count = 1;

    for (; *text != '\0'; text++) {
        count += *text == ',';
    }
    return count;
}

/* Read "west,south,east,north", or "west,south,low,east,north,high" without the
 * heights.
 * @param edge  west, south, east, north
 * @return NULL, or what is wrong */
static const char *read_edges(const char *text, double edge[4])
{
    int count = count_numbers(text);
    double number[6];
    int i;

    if (count != 4 && count != 6) {
        return "bbox has to be four numbers: west,south,east,north.";
    }
    for (i = 0; i < count; i++) {
        if (!read_number(&text, &number[i])) {
            return "bbox has to be four finite decimal numbers in degrees: "
                   "west,south,east,north.";
        }
    }
    edge[0] = number[0];
    edge[1] = number[1];
    edge[2] = number[count / 2];
    edge[3] = number[count / 2 + 1];
    return NULL;
}

/* Remove rounding noise beyond a limit. */
static double clamp(double value, double limit)
{
    if (fabs(value) > limit && fabs(value) <= limit + NOISE) {
        return value < 0 ? -limit : limit;
    }
    return value;
}

/* Bring a longitude to -180…180. The antimeridian is both -180 and 180; it
 * becomes `antimeridian`. */
static double wrap(double lng, double antimeridian)
{
    double wrapped = remainder(lng, 360);

    return fabs(wrapped) == 180 ? antimeridian : wrapped;
}

static void set_longitudes(cctv_bbox_t *box, double west, double east)
{
    /* The difference may be rounded up to 360. */
    bool is_world = east >= west + 360;

    west = clamp(west, 180);
    east = clamp(east, 180);
    if (is_world) {
        west = -180;
        east = 180;
    }
    else if (fabs(west) > 180 || fabs(east) > 180) {
        /* With these values at the antimeridian, a box that reaches it contains
         * both of its spellings. */
        west = wrap(west, 180);
        east = wrap(east, -180);
    }
    box->west = west;
    box->east = east;
}

apr_status_t cctv_bbox_parse(const char *text, cctv_bbox_t *out,
                             const char **why)
{
    double edge[4];
    const char *wrong = read_edges(text, edge);
    double south;
    double north;

    if (wrong != NULL) {
        *why = wrong;
        return APR_EINVAL;
    }
    south = clamp(edge[1], 90);
    north = clamp(edge[3], 90);
    if (fabs(south) > 90 || fabs(north) > 90) {
        *why = "The south and north of bbox have to lie within -90 and 90.";
        return APR_EINVAL;
    }
    if (south > north) {
        *why = "The south of bbox must not lie north of its north.";
        return APR_EINVAL;
    }
    set_longitudes(out, edge[0], edge[2]);
    out->south = south;
    out->north = north;
    return APR_SUCCESS;
}
