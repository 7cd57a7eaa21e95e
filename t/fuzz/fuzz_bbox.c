/* SPDX-License-Identifier: Apache-2.0 */
/* Every accepted box is finite, on the globe, and its south is not beyond its
 * north. */
#include "cameras/bbox.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    cctv_bbox_t box;
    const char *why = NULL;

    memcpy(text, data, size);
    text[size] = '\0';
    if (cctv_bbox_parse(text, &box, &why) == APR_SUCCESS) {
        if (!(fabs(box.west) <= 180 && fabs(box.east) <= 180
              && box.south >= -90 && box.north <= 90
              && box.south <= box.north)) {
            abort();
        }
    }
    else if (why == NULL) {
        abort();
    }
    free(text);
    return 0;
}
