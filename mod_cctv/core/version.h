/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file version.h
 * @brief The version of the module.
 * Layer: pure.
 */
#ifndef CCTV_CORE_VERSION_H
#define CCTV_CORE_VERSION_H

#define CCTV_VERSION "0.1.0"

#endif
