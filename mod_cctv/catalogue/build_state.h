/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file build_state.h
 * @brief What is known of a catalogue while it is built; private to build.c and
 *        build_file.c.
 * Layer: pure.
 */
#ifndef CCTV_CATALOGUE_BUILD_STATE_H
#define CCTV_CATALOGUE_BUILD_STATE_H

#include "catalogue/build.h"
#include "catalogue/dictionary.h"
#include "catalogue/output.h"

struct cctv_build_t {
    int fd; /* the file of the catalogue */
    /* Features in the order of ids, in a file in memory: where they belong is
     * known only when all cameras are. Its error is the builder's. */
    cctv_output_file_t spool;
    /* Of each camera, in the order of ids. */
    cctv_catalogue_record_t *records; /* `feature` is a place in the spool */
    int32_t *ids;
    uint32_t count;
    uint32_t size;
    cctv_json_t names;
    cctv_json_t blocks; /* uint64_t: where the names of each block start */
    cctv_dictionary_t roles;
};

#endif
