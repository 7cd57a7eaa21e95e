/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_log.h
 * @brief How the module logs, and the list of its message ids.
 * Layer: httpd.
 *
 * Every message has an id of its own. Ids are unique and never reused;
 * t/check-logids.sh compares the sources with this list.
 *
 * CCTV0001  mod_dbd is not loaded
 * CCTV0002  no DBDriver for a cctv handler
 * CCTV0003  DBDriver is not pgsql
 * CCTV0004  SetHandler names a cctv handler that does not exist
 * CCTV0005  no shared memory for the state of the database
 * CCTV0006  the gate of a child cannot be set up
 * CCTV0007  mod_dbd gives no connection
 * CCTV0008  the connection is lost and cannot be restored
 * CCTV0009  no answer from the database within CCTVQueryTimeout
 * CCTV0010  the database refuses the query
 * CCTV0011  the database answers again
 * CCTV0012  CCTVRoles cannot be evaluated
 * CCTV0013  out of memory for an answer
 * CCTV0014  a request is refused before it reaches the database
 * CCTV0015  how many threads of a child may use the database at once
 * CCTV0016  a request needs mod_dbd, which is not loaded
 * CCTV0017  the virtual host's DBDriver is not pgsql
 * CCTV0018  the file of the GeoIP database was replaced
 * CCTV0019  the new file of the GeoIP database cannot be used
 * CCTV0020  the gate to Janus cannot be set up
 * CCTV0021  Janus answers a request again
 * CCTV0022  a camera does not answer Janus
 * CCTV0023  Janus refuses a call
 * CCTV0024  the body of a request cannot be read
 * CCTV0025  a POST from a page of another origin is refused
 * CCTV0026  Janus does not answer a request
 * CCTV0027  Janus answers the keeper again
 * CCTV0028  Janus does not answer the keeper
 * CCTV0029  no lock for the memory of a child
 * CCTV0030  the state file is written again
 * CCTV0031  the state file cannot be written
 * CCTV0032  the state file is not used
 * CCTV0033  how much of the saved state was loaded
 * CCTV0034  the list of all cameras cannot be read
 * CCTV0035  the state file cannot be written at the end
 * CCTV0036  there is no watchdog
 * CCTV0037  no shared memory for views and counters
 * CCTV0038  the size of the shared memory for views and counters
 * CCTV0039  a changed table size takes effect at the next start
 * CCTV0040  the module was replaced by another version
 * CCTV0041  the process that reads the state file has died
 * CCTV0042  out of memory for the metrics
 * CCTV0043  a handler needs CCTVJanusURL or CCTVJanus
 * CCTV0044  a handler needs CCTVJanusAdminURL
 * CCTV0045  the directives of video do not fit together
 * CCTV0046  there is no watchdog for video
 * CCTV0047  an event of Janus comes without the secret
 * CCTV0048  Janus refuses the keeper
 * CCTV0049  the admin API of Janus cannot be used
 * CCTV0050  a foreign mountpoint has the number of a camera
 * CCTV0051  PostgreSQL refuses a further connection
 * CCTV0052  the database holds up the end of a child
 * CCTV0060  a camera that does not answer TEARDOWN blocked Janus
 * CCTV0071  a token is used for another camera's mountpoint
 * CCTV0086  label sets run short: new ones lose browser and system
 * CCTV0087  nearly all label sets are used: cameras and countries, too
 * CCTV0110  a camera fails, or fails for another reason
 * CCTV0111  a camera that had failed works again
 * CCTV0112  Janus offers no candidates
 * CCTV0120  the SDP of Janus cannot be used
 * CCTV0130  a new Janus session of a browser replaces an older one
 * CCTV0131  a token of a view that has ended is used
 * CCTV0132  a Janus session of a browser is used for several handles or views
 * CCTV0133  the admin API does not list Janus's sessions
 * CCTV0140  the folder of a catalogue cannot be used
 * CCTV0141  the file of a catalogue is not used
 * CCTV0142  two directives about a catalogue contradict each other
 * CCTV0143  a new generation of a catalogue cannot be made
 * CCTV0144  a catalogue has a new generation again
 * CCTV0145  what a new generation of a catalogue consists of
 * CCTV0146  a virtual host inherits the catalogue of another database
 * CCTV0150  a catalogue has no journal of changes
 * CCTV0151  a catalogue follows the journal of changes
 * CCTV0165  no section sets a handler of mod_cctv
 * CCTV0170  the database is read-only
 * CCTV0171  the database can be written to again
 * CCTV0172  the database or its client is not in UTF-8
 * CCTV0173  a pooler is between Apache and PostgreSQL
 * CCTV0174  a write is not sent to a database that is read-only
 * CCTV0175  DBDParams cannot work with this module
 * CCTV0180  DBDMin, DBDKeep and DBDMax do not fit together
 * CCTV0181  DBDParams stands twice
 * CCTV0182  the file with the password of the database cannot be used
 * CCTV0183  others may write to the folder of the state file
 * CCTV0184  a variable is defined below a line that uses it
 * CCTV0185  a variable is defined below its <IfDefine>
 * CCTV0186  CCTV_MAP_TILES names what browsers cannot match
 * CCTV0187  the page's policy does not allow the tiles of config.json
 * CCTV0188  config.json is not valid JSON
 * CCTV0189  nothing has set a variable of CCTVRoles
 * CCTV0190  the pools of all children may need more connections than there are
 * CCTV0191  no camera has a role of CCTVRoles
 * CCTV0192  the file of an event log cannot be opened
 * CCTV0193  the program of an event log cannot be started
 * CCTV0194  an event log cannot be written to
 * CCTV0195  an event log takes no lines
 * CCTV0196  an event log takes lines again
 * CCTV0197  CCTVEventChain has no key
 * CCTV0200  a section lets everybody into the admin's view
 * CCTV0201  users are named after the next full start
 * CCTV0202  an operator has done something in the admin's view
 * CCTV0223  a catalogue cannot be written anew
 * CCTV0224  a catalogue was written anew (debug)
 * CCTV0225  another Apache uses the folder of a catalogue
 * CCTV0226  no other Apache uses it any more
 * CCTV0240  there are no random bytes for the id of a view
 * CCTV0250  an address of HLS is not given to viewers
 * CCTV0260  a camera has no still picture
 * CCTV0261  a camera has a still picture again
 * CCTV0262  the threads that fetch still pictures cannot be started
 * CCTV0280  a request for a view of another server (debug)
 * CCTV0290  a Janus cannot connect to a camera that another one receives
 */
#ifndef CCTV_CORE_MOD_LOG_H
#define CCTV_CORE_MOD_LOG_H

#include "httpd.h"
#include "http_config.h"
#include "http_log.h"

APLOG_USE_MODULE(cctv);

/**
 * Log a message for a request (R) or a server (S). The id is a separate
 * argument, so that it can be found with grep at the call. Pass the real APR
 * status as rv.
 */
#define CCTV_LOG_R(level, rv, r, id, ...)                                     \
    ap_log_rerror(APLOG_MARK, level, rv, r, id ": " __VA_ARGS__)
#define CCTV_LOG_S(level, rv, s, id, ...)                                     \
    ap_log_error(APLOG_MARK, level, rv, s, id ": " __VA_ARGS__)

#endif
