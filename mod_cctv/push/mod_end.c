/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_end.c
 * @brief Whether this process is to end soon.
 * Layer: httpd.
 */
#include "push/mod_end.h"

#include "httpd.h"
#include "ap_mpm.h"
#include "http_core.h"
#include "scoreboard.h"

/* ms */
#define LEAST_DELAY 500
#define DELAY_RANGE 1500

bool cctv_end_is_near(void)
{
    const global_score *global = ap_get_scoreboard_global();
    int generation;
    int state;

    if (ap_mpm_query(AP_MPMQ_MPM_STATE, &state) == APR_SUCCESS
        && state == AP_MPMQ_STOPPING) {
        return true;
    }
    /* prefork tells only children that wait for a connection. */
    return global != NULL
           && ap_mpm_query(AP_MPMQ_GENERATION, &generation) == APR_SUCCESS
           && generation != (int)global->running_generation;
}

unsigned cctv_end_delay(int clients)
{
    /* At most about 2,000 a second return. */
    unsigned range = DELAY_RANGE + (unsigned)clients / 2;

    return LEAST_DELAY + ap_random_pick(0, range);
}
