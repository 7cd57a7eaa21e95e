/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever bytes a name has, its feature is valid JSON within its room. */
#include "cameras/geojson.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cctv_text_t text = { (const char *)data, size };
    cctv_camera_t camera = { .id = { "1", 1 },
                             .lng = { "0", 1 },
                             .lat = { "0", 1 },
                             .name = text,
                             .role = text,
                             .status = text };
    cctv_json_t json;
    json_t *parsed;

    cctv_json_init(&json, 16);
    cctv_geojson_feature(&json, &camera);
    parsed = json_loadb(json.data, json.len, JSON_ALLOW_NUL, NULL);
    if (parsed == NULL || json.len > json.size) {
        abort();
    }
    json_decref(parsed);
    cctv_json_free(&json);
    return 0;
}
