/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_names.h
 * @brief The tables of names by which agent.c recognizes what a viewer uses.
 * Layer: pure.
 *
 * Only agent.c and its unit test include this file; the test checks that the
 * tables are sorted.
 */
#ifndef CCTV_VIEWS_AGENT_NAMES_H
#define CCTV_VIEWS_AGENT_NAMES_H

#include "views/agent_browsers.h"
#include "views/agent_crawlers.h"
#include "views/agent_robots.h"
#include "views/agent_systems.h"

#endif
