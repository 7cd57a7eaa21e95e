/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file documents.h
 * @brief The documents of OGC API - Features that describe the service.
 * Layer: pure.
 *
 * OGC API - Features 1.0 (OGC 17-069r4) with the requirements classes core,
 * geojson and oas30, and one collection, "cameras".
 *
 * Addresses in them are absolute: GDAL 3.6 follows no relative ones.
 */
#ifndef CCTV_OGC_DOCUMENTS_H
#define CCTV_OGC_DOCUMENTS_H

#include <jansson.h>

/** The name of the only collection. */
#define CCTV_OGC_COLLECTION "cameras"

/** The type of the document at "/api". */
#define CCTV_OGC_OPENAPI_TYPE "application/vnd.oai.openapi+json;version=3.0"

/**
 * Make a document.
 *
 * @param base  the absolute address of the service, without a slash at its end
 * @return owned by the caller; NULL: there is no memory
 * Thread-safe.
 */
json_t *cctv_ogc_landing(const char *base);
json_t *cctv_ogc_conformance(void);
json_t *cctv_ogc_collections(const char *base);
json_t *cctv_ogc_collection(const char *base);

/** As above. @param max_limit  the greatest `limit` of a list */
json_t *cctv_ogc_openapi(const char *base, int max_limit);

#endif
