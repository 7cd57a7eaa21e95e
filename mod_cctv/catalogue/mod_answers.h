/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_answers.h
 * @brief Answers requests for cameras out of the catalogue.
 * Layer: httpd.
 */
#ifndef CCTV_CATALOGUE_MOD_ANSWERS_H
#define CCTV_CATALOGUE_MOD_ANSWERS_H

/** Let the handler cctv-cameras ask the catalogue first. While configuring. */
void cctv_catalogue_answer(void);

/** Hook child_init. */
void cctv_catalogue_answers_child_init(void);

#endif
