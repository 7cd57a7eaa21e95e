/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file agent_memo.h
 * @brief Classifies a viewer's browser, and remembers the answers: most viewers
 *        have one of a few User-Agents.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_AGENT_MEMO_H
#define CCTV_VIEWS_AGENT_MEMO_H

#include "views/agent.h"

/**
 * As cctv_agent_classify(). If the same headers were classified a while ago in
 * this process, this takes a tenth of the time. Two different headers are taken
 * for the same with a probability of 1 in 2^48.
 */
cctv_agent_t cctv_agent_recall(const char *user_agent, const char *ch_ua,
                               const char *ch_ua_platform);

#endif
