/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_log.h
 * @brief How the module logs, and the list of its message ids.
 * Layer: httpd.
 *
 * Every message has an id of its own, unique and
 * never used again; t/check-logids.sh holds the sources to this list.
 *
 * CCTV0001  mod_dbd is not loaded
 * CCTV0002  no DBDriver for a cctv handler
 * CCTV0003  DBDriver is not pgsql
 * CCTV0004  SetHandler names a cctv handler that does not exist
 * CCTV0005  no shared memory for the state of the database
 * CCTV0006  the gate of a child cannot be set up
 * CCTV0007  mod_dbd gives no connection
 * CCTV0008  the connection is lost and does not come back
 * CCTV0009  no answer from the database within CCTVQueryTimeout
 * CCTV0010  the database refuses the query
 * CCTV0011  the database answers again
 * CCTV0012  CCTVRoles cannot be evaluated
 * CCTV0013  out of memory for an answer
 * CCTV0014  a request is refused before it gets to the database
 * CCTV0015  how many threads of a child may be in the database
 * CCTV0016  a request needs mod_dbd, which is not loaded
 * CCTV0017  the virtual host's DBDriver is not pgsql
 * CCTV0018  the file of the GeoIP database was replaced
 * CCTV0019  the new file of the GeoIP database cannot be used
 * CCTV0020  the gate to Janus cannot be set up
 * CCTV0021  Janus answers a request again
 * CCTV0022  a camera does not answer Janus
 * CCTV0023  Janus refuses a call
 * CCTV0024  the body of a request cannot be read
 * CCTV0025  a POST of another site's page is refused
 * CCTV0026  Janus does not answer a request
 * CCTV0027  Janus answers the keeper again
 * CCTV0028  Janus does not answer the keeper
 * CCTV0029  no lock for the memory of a child
 * CCTV0030  the state file is written again
 * CCTV0031  the state file cannot be written
 * CCTV0032  the state file is not used
 * CCTV0033  what of the state goes on
 * CCTV0034  the database does not say which cameras there are
 * CCTV0035  the state file cannot be written at the end
 * CCTV0036  there is no watchdog
 * CCTV0037  no shared memory for views and counters
 * CCTV0038  how much shared memory views and counters take
 * CCTV0039  a changed table size holds from the next start on
 * CCTV0040  the module was replaced by another version
 * CCTV0041  the process that reads the state file has died
 * CCTV0042  out of memory for the metrics
 * CCTV0043  a handler needs CCTVJanusURL
 * CCTV0044  a handler needs CCTVJanusAdminURL
 * CCTV0045  the directives of video do not fit together
 * CCTV0046  there is no watchdog for video
 * CCTV0047  events come from somebody without the secret
 * CCTV0048  Janus refuses the keeper
 * CCTV0049  Janus's admin API is of no use
 * CCTV0050  somebody else's mountpoint has the number of a camera
 * CCTV0051  PostgreSQL refuses a further connection
 * CCTV0052  the database holds up the end of a child
 * CCTV0060  a camera that hangs on TEARDOWN blocked Janus
 * CCTV0071  a token is used for another camera's mountpoint
 * CCTV0086  label sets run short: browser and system are folded
 * CCTV0087  label sets are nearly all in use: cameras and countries, too
 */
#ifndef CCTV_CORE_MOD_LOG_H
#define CCTV_CORE_MOD_LOG_H

#include "httpd.h"
#include "http_config.h"
#include "http_log.h"

APLOG_USE_MODULE(cctv);

/** Log for a request or a server. The id is an argument of its own so that
 *  it stays on the line of the call. Pass the real status as rv. */
#define CCTV_LOG_R(level, rv, r, id, ...)                                     \
    ap_log_rerror(APLOG_MARK, level, rv, r, id ": " __VA_ARGS__)
#define CCTV_LOG_S(level, rv, s, id, ...)                                     \
    ap_log_error(APLOG_MARK, level, rv, s, id ": " __VA_ARGS__)

#endif
