// SPDX-License-Identifier: Apache-2.0
/**
 * The client library of mod_cctv: lists of cameras, and live video that restarts
 * by itself. It is one ES module without dependencies, for any page.
 *
 *     import {Client} from './cctv-client.js';
 *     const client = new Client();
 *     for await (const page of client.list({bbox: [-1, 51, 1, 52]}).load()) show(page.features);
 *     const view = client.watch(42);               // video: <video muted autoplay playsinline>
 *     view.addEventListener('stream', () => { video.srcObject = view.stream; });
 *     view.addEventListener('state', () => { word.textContent = view.state; });
 *     view.end();
 *
 * If the page has another origin than the server, the server has to list the
 * page's origin in CCTVAllowOrigin.
 */

// In milliseconds, like all times below. The longest time between two
// heartbeats, even if the server allows more: a viewer learns this soon that
// the view has ended. Later the server may say that it knows by itself that the
// video plays, and wants fewer.
const BEAT = 4000;
const BEAT_RARE = 60000;
// The longest time between two heartbeats while the picture stands still or the
// connection is lost. The status of the camera is requested as often.
const BEAT_IN_TROUBLE = 2000;
const LEAST_BEAT = 1000;
// A heartbeat without an answer after this time does not delay the next one.
const BEAT_REQUEST = 5000;
// The picture stands still if there is no new frame for this time.
const STALL = 3000;
// How often frames are counted, before the first one and after it.
const LOOK = 250;
const LOOK_AGAIN = 1000;
// If there is no first frame: when to say so, and when to start a new view. By
// far most cameras send a keyframe at least every 10 s.
const SLOW = 5000;
const TOO_SLOW = 15000;
// How long to wait after a refusal, because access may be granted later.
const DENIED = 5000;
// The failures of a camera after which no view is started again before the
// camera has lost that failure, and how often that is asked.
const HOPELESS_CAMERA = ['login_refused'];
const ASK_CAMERA = 15000;
// The delay before the next try, if the server does not name one: 0, 1, 2, 4 s.
const LONGEST_WAIT = 4000;
// In seconds; a longer Retry-After is reduced to this.
const LONGEST_RETRY_AFTER = 600;
// A request that takes longer has failed. The server itself gives up on a
// camera after CCTVJanusColdTimeout, 30 s at most.
const REQUEST = 40000;
// A page that is hidden for longer stops playing.
const HIDDEN = 60000;
// How often changes are asked for where there is no place for a stream, and when
// to try a stream again.
const POLL = 2000;
const STREAM_AGAIN = 300000;
// A stream without a byte for this time is dead; the server sends a comment
// every 15 s.
const STREAM_QUIET = 40000;
// A stream starts with an event. If it does not come within this time, something
// between server and page holds it back: the page polls for so long.
const STREAM_OPEN = 10000;
const STREAM_HELD_BACK = 3600000;
// How long to wait after a stream that has ended, if the server has not said.
const STREAM_RETRY = 2000;
// The longest delay before all clients of a server load their lists again.
const RESET_SPREAD = 1000;
// The shortest time between two still pictures, and the time until the next try
// after an answer that is no picture.
const STILL_SOON = 1000;
const STILL_AGAIN = 5000;
// The statuses after which pictures are not asked for again.
const HOPELESS_STILL = [400, 401, 403, 404, 409];
// The statuses after which changes cannot be followed.
const HOPELESS = [200, 400, 401, 403, 404, 405, 406];
// The longest time that a timer can wait.
const FOR_EVER = 2 ** 31 - 1;
// When to start a view of HLS again of which no picture came: the server cannot
// tell when that would help.
const HLS_AGAIN = 15000;
// The statuses that say that the view has ended.
const GONE = [404, 409, 410];
const NOT_OURS = 'The answer is not of this server.';
// Thrown when a view of HLS is given up before its first picture.
const noPicture = new Error('No picture of HLS came.');

/**
 * Thrown when the server refuses, or does not answer.
 * status      HTTP status; 0: no answer
 * type        of the problem: 'urn:cctv:busy', 'urn:cctv:codec',
 *             'urn:cctv:denied', 'urn:cctv:draining', 'urn:cctv:offline',
 *             'urn:cctv:origin', 'urn:cctv:video-down', else 'about:blank'
 * detail      a sentence of the server, '' if there is none
 * retryAfter  seconds, 600 at most; null if the server names none
 * reason      the name of the failure of the camera or of the video server,
 *             such as 'login_refused'; null if the server names none
 * note        what an operator wrote to those whose views it has ended, or who
 *             cannot start one; null if there is nothing
 */
export class ServerError extends Error {
  constructor(status, {type = 'about:blank', detail = '', retryAfter = null, reason = null, note = null, cause} = {}) {
    super(detail || (status ? `The server answered ${status}.` : 'The server does not answer.'), {cause});
    this.name = 'ServerError';
    Object.assign(this, {status, type, detail, retryAfter, reason, note});
  }
}

// Whether it turned out that this browser plays no HLS: hls.js is not there.
let lacksHls = false;

// Whether this browser plays HLS, by itself or with hls.js (hls.js is loaded when
// the first camera needs it).
function mayPlayHls() {
  return !lacksHls && Boolean(globalThis.MediaSource || globalThis.ManagedMediaSource
    || globalThis.document?.createElement('video').canPlayType('application/vnd.apple.mpegurl'));
}

// The names of the codecs that this browser plays, such as 'h264', and 'hls';
// undefined if it does not tell.
function ownCodecs() {
  const found = globalThis.RTCRtpReceiver?.getCapabilities?.('video')?.codecs ?? [];
  const names = new Set(found.map(({mimeType}) => mimeType.toLowerCase().replace('video/', '')));
  return names.size ? [...names, ...(mayPlayHls() ? ['hls'] : [])] : undefined;
}

/**
 * Why this browser does not play a camera, from the properties of the camera:
 * 'not-playable' (no browser does), 'codec' (this one does not play its
 * codecs), or null.
 */
export function obstacleOf({playable, playable_by: codecs = playable ? ['h264'] : []}) {
  if (!codecs.length) return 'not-playable';
  const own = ownCodecs() ?? codecs.filter((codec) => codec !== 'hls' || mayPlayHls());
  return codecs.some((codec) => own.includes(codec)) ? null : 'codec';
}

// Rejects when the signal is aborted.
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, {once: true});
  });
}

// Rejects when the signal is aborted: a call on a peer connection that is closed
// meanwhile never settles.
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, {once: true});
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

// Resolves to the answer to an offer; it needs no candidates. This is no method
// of the view, because browsers keep references of calls that wait on a closed
// connection, and would keep the view as well.
async function answer(connection, sdp) {
  await connection.setRemoteDescription({type: 'offer', sdp});
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}

// What a heartbeat reports about the video: the names of the server, and those
// of getStats().
const TOTALS = {
  frames_received: 'framesReceived', frames_decoded: 'framesDecoded', frames_dropped: 'framesDropped',
  pli_count: 'pliCount', freeze_count: 'freezeCount', freeze_seconds: 'totalFreezesDuration',
};
const PATHS = ['host', 'srflx', 'prflx', 'relay'];

// The pair of candidates that is used; Firefox has no `transport` in its report.
function pairOf(entries) {
  const ids = entries.map((entry) => entry.selectedCandidatePairId).filter(Boolean);
  return entries.find(({id, type, nominated, state}) => type === 'candidate-pair'
    && (ids.length ? ids.includes(id) : nominated && state === 'succeeded'));
}

const videosOf = (entries) => entries.filter(({type, kind}) => type === 'inbound-rtp' && kind === 'video');

// How many packets of video have arrived.
const packetsOf = (report) => videosOf([...report.values()])
  .reduce((sum, {packetsReceived}) => sum + (packetsReceived ?? 0), 0);

// Reads the report of getStats(); members that the browser does not know are
// left out.
function readStats(report) {
  const entries = [...report.values()];
  const stats = {};
  const videos = videosOf(entries);
  for (const [name, member] of Object.entries(TOTALS)) {
    const known = videos.map((video) => video[member]).filter(Number.isFinite);
    if (known.length) stats[name] = known.reduce((sum, value) => sum + value);
  }
  const isEfficient = videos[0]?.powerEfficientDecoder;
  if (typeof isEfficient === 'boolean') stats.decoder = isEfficient ? 'hardware' : 'software';
  const pair = pairOf(entries);
  if (Number.isFinite(pair?.currentRoundTripTime)) stats.round_trip_ms = pair.currentRoundTripTime * 1000;
  const path = report.get(pair?.localCandidateId)?.candidateType;
  if (PATHS.includes(path)) stats.ice_path = path;
  return stats;
}

// What View follows: a peer connection. hls.js has the other kind.
function rtcSource(connection) {
  return {
    // Janus closes the connection of a view that the server has ended.
    listen(tell, signal) {
      for (const {transport} of connection.getReceivers()) {
        transport?.addEventListener('statechange', () => {
          if (transport.state === 'closed' || transport.state === 'failed') tell();
        }, {signal});
      }
    },
    async read(signal) {
      const report = await unlessAborted(connection.getStats(), signal);
      const stats = readStats(report);
      const {connectionState} = connection;
      return {stats, frames: stats.frames_decoded ?? 0, packets: packetsOf(report), connectionState};
    },
  };
}

// The time between two heartbeats of a view that was started.
function intervalOf({heartbeat_seconds: seconds}) {
  return Math.min(BEAT, Math.max(LEAST_BEAT, seconds * 1000) || BEAT);
}

// Calls `done` when the first frame of a stream can be shown. getStats() would
// tell this up to LOOK later.
function onPicture(stream, done, signal) {
  const video = document.createElement('video');
  const stop = () => { video.srcObject = null; };
  video.muted = true;
  video.addEventListener('loadeddata', () => {
    done();
    stop();
  }, {once: true, signal});
  signal.addEventListener('abort', stop, {once: true});
  video.srcObject = stream;
}

// The server that this module came from, if it is where cctv-map.conf puts it:
// what precedes /map/. A copy of the module at another place belongs to a page of
// its own, and its server is the origin of that page.
const HOME = /^(.*)\/map\/cctv-client\.js(?:[?#].*)?$/.exec(import.meta.url)?.[1] ?? '';

// The absolute address, without a login of the page (https://user:password@…),
// because requests with a login in their address are rejected.
function absolute(path) {
  const url = new URL(path, document.baseURI);
  url.username = '';
  url.password = '';
  return url;
}

// The query by which a load balancer finds the server of a view: the id of the
// view ends with the name of the server, if there are several (CCTVRoute).
function routeOf(session) {
  const name = session.split('.')[1];
  return name ? `?route=${encodeURIComponent(name)}` : '';
}

// Ends a view on the server.
function tellEnd(client, session) {
  const url = absolute(`${client.server}/view-end${routeOf(session)}`);
  // sendBeacon survives the end of the page. Text needs no preflight to a server
  // of another origin. To the own origin it is JSON: with text, Firefox hides the
  // origin of a page whose Referrer-Policy is no-referrer.
  const type = url.origin === location.origin ? 'application/json' : 'text/plain';
  navigator.sendBeacon(url, new Blob([JSON.stringify({session_id: session})], {type}));
}

// A random delay, so that clients that lost the same server do not return at the
// same time.
const withJitter = (ms) => ms + Math.random() * Math.max(ms, 500);

// Returns read(answer). If `read` throws, the answer is not from mod_cctv.
async function jsonOf(reply, read) {
  try {
    return read(await reply.json());
  } catch (error) {
    throw new ServerError(reply.status, {detail: NOT_OURS, cause: error});
  }
}

function check(isRight) {
  if (!isRight) throw new TypeError(NOT_OURS);
}

function readFeature(found) {
  const {id, geometry: {coordinates}, properties: {name}} = found;
  check(Number.isInteger(id) && coordinates.length >= 2 && coordinates.every(Number.isFinite));
  check(typeof name === 'string');
  return found;
}

function checkId(id) {
  if (!Number.isSafeInteger(id) || id <= 0) throw new TypeError(`No id of a camera: ${id}`);
}

async function problemOf(reply) {
  // A date is ignored, because clocks differ.
  const after = reply.headers.get('Retry-After');
  const found = {retryAfter: /^\d+$/.test(after) ? Math.min(Number(after), LONGEST_RETRY_AFTER) : null};
  if ((reply.headers.get('Content-Type') || '').startsWith('application/problem+json')) {
    // A truncated answer still has its status.
    const {type, detail, reason, note} = await reply.json().catch(() => null) ?? {};
    Object.assign(found, {type, detail, reason, note});
  }
  return new ServerError(reply.status, found);
}

// The parameters that lists and changes share.
function queryOf({bbox, roles, statuses, playable}) {
  const query = new URLSearchParams();
  if (bbox) query.set('bbox', bbox.join(','));
  if (roles) query.set('role', roles.join(','));
  if (statuses?.length) query.set('status', statuses.join(','));
  if (playable !== undefined) query.set('playable', String(playable));
  return query;
}

// Resolves when the page is visible; rejects when the signal is aborted.
async function whenVisible(signal) {
  signal.throwIfAborted();
  while (globalThis.document?.hidden) {
    const control = new AbortController();
    const any = AbortSignal.any([signal, control.signal]);
    document.addEventListener('visibilitychange', () => control.abort(), {once: true, signal: any});
    await pause(FOR_EVER, any).catch(() => signal.throwIfAborted());
  }
}

// The events of a stream, as objects of their fields; `heard` is called for each
// piece that arrives.
async function* eventsOf(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    heard();
    const events = (text + value).split('\n\n');
    text = events.pop();
    for (const event of events) {
      const fields = event.split('\n').filter((line) => !line.startsWith(':')).map((line) => line.split(': '));
      yield Object.fromEntries(fields.map(([name, ...value]) => [name, value.join(': ')]));
    }
  }
}

function readNews(found) {
  const {cursor, changed = [], gone = [], status = {}, status_since: since = {}, more = false} = found;
  check(typeof cursor === 'string');
  changed.forEach(readFeature);
  check(gone.every(Number.isInteger) && Object.values(status).flat().every(Number.isInteger));
  return {cursor, changed, gone, status, since, more};
}

export class Client {
  /**
   * Whether the last list said that changes can be followed; null if no list
   * was loaded yet.
   */
  hasChanges = null;

  /**
   * server: what precedes /api and /view-start: an address, a path, or '' for
   * the origin of the page. By default it is the server that this module came
   * from.
   */
  constructor({server = HOME} = {}) {
    this.server = server.replace(/\/$/, '');
  }

  /**
   * Returns the reply with its whole body, whatever its status. Throws
   * ServerError if there is no reply within `patience` ms, and the abort reason
   * of the signal.
   */
  async ask(path, {signal, patience = REQUEST, ...options} = {}) {
    const limit = AbortSignal.timeout(patience);
    try {
      const reply = await fetch(absolute(path), {
        credentials: 'include',
        // This module sends If-None-Match itself, so the browser's cache is not
        // needed.
        cache: 'no-store',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
        ...options,
      });
      const isEmpty = [204, 205, 304].includes(reply.status);
      return new Response(isEmpty ? null : await reply.arrayBuffer(), reply);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new ServerError(0, {cause: error});
    }
  }

  post(path, members, options) {
    return this.ask(this.server + path, {
      method: 'POST',
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify(members),
      ...options,
    });
  }

  /**
   * Cameras, as GeoJSON features; see List. Every member may be left out.
   * bbox      [west, south, east, north] in degrees; west > east crosses the
   *           antimeridian
   * roles     array of names
   * statuses  array with one of online, offline, unknown
   * playable  true: only cameras that every browser plays; false: only others
   * q         words in the name
   * sees      [longitude, latitude]: only cameras that see this spot, without bbox and q
   * first     cameras on the first page; limit: on each of the others
   */
  list(query = {}) {
    return new List(this, query);
  }

  /**
   * Follows the cameras of a query {bbox, roles, statuses}; see list(). Yields
   *   {reset, changed, gone, status, since}
   *     reset    true: load the list now, or again. This comes first
   *     changed  features that are new, have changed, or have come into the query
   *     gone     ids that have left it
   *     status   by the new status: ids of cameras of which nothing else has
   *              changed
   *     since    by the id of each of these: since when, as status_since
   * What is known already may come again. The connection is the server's
   * stream of events where it has a place, and a request every 2 s otherwise;
   * there is none while the page is hidden. It returns by itself after every
   * fault; onState of the query, if there is one, is called with whether
   * changes are being told, each time that this may have changed. Throws
   * ServerError if the server has no changes (404) or refuses, and the abort
   * reason of the signal, which also ends it at once.
   */
  changes(query = {}) {
    return new Changes(this, query).follow(query.signal ?? new AbortController().signal);
  }

  /**
   * What a map shows at a zoom, for any number of cameras: {features, numberMatched, roles}, as docs/api.md says:
   * clusters, and the cameras themselves where there are few. The query is {zoom, bbox, roles, statuses, playable}; see
   * list(). before: the result before, which is returned if nothing has changed. Throws ServerError; 404: the server has
   * no clusters.
   */
  async clusters({zoom, ...rest}, {before, signal} = {}) {
    const query = queryOf(rest);
    query.set('zoom', zoom);
    const url = `${this.server}/api/clusters?${query}`;
    const isSame = before?.url === url && before.etag;
    const reply = await this.ask(url, {headers: isSame ? {'If-None-Match': before.etag} : {}, signal});
    if (isSame && reply.status === 304) return before;
    if (!reply.ok) throw await problemOf(reply);
    this.note(reply);
    return jsonOf(reply, ({features, numberMatched, roles}) => {
      for (const feature of features) if (!feature.properties.cluster) readFeature(feature);
      check(Number.isInteger(numberMatched) && Array.isArray(roles));
      return {features, numberMatched, roles, etag: reply.headers.get('ETag'), url};
    });
  }

  /** Learns from an answer whether changes can be followed. */
  note(reply) {
    this.hasChanges = /rel="?monitor/.test(reply.headers.get('Link') ?? '');
  }

  /** Returns a Feature, or null if the camera does not exist or may not be seen. */
  async camera(id, {signal} = {}) {
    const reply = await this.ask(`${this.server}/api/cameras/${Number(id)}`, {signal});
    if (reply.status === 404) return null;
    if (!reply.ok) throw await problemOf(reply);
    return jsonOf(reply, readFeature);
  }

  /**
   * The still picture of a camera whose property `still` is true: {picture, again}, a Blob of a JPEG, and in how many
   * milliseconds there may be a new one. Throws ServerError.
   */
  async still(id, {signal} = {}) {
    // The browser keeps it as long as the server says, for all who show it.
    const reply = await this.ask(`${this.server}/api/cameras/${Number(id)}/still`, {signal, cache: 'default'});
    if (!reply.ok) throw await problemOf(reply);
    const most = /max-age=(\d+)/.exec(reply.headers.get('Cache-Control'))?.[1] ?? 0;
    // A proxy may have added its own: "5, 0".
    const age = /^\d+/.exec(reply.headers.get('Age'))?.[0] ?? 0;
    const left = (Number(most) - Number(age)) * 1000;
    return {picture: await reply.blob(), again: Math.max(STILL_SOON, left)};
  }

  /**
   * Starts to play a camera and returns a View. Throws TypeError if the id is not a positive integer.
   * video   a <video> for cameras of HLS, which have no `stream`: without it they are 'ended', 'codec'
   */
  watch(id, {video = null} = {}) {
    checkId(id);
    return new View(this, id, video);
  }

  /**
   * Shows the still pictures of a camera whose property `still` is true, and returns a StillView.
   * every   the shortest time between two pictures, in milliseconds; 0: as soon as the server has a new one
   * counts  see StillView
   */
  watchStills(id, {every = 0, counts = true} = {}) {
    checkId(id);
    return new StillView(this, id, {every, counts});
  }
}

/** A list of cameras, page by page. */
class List {
  #client;
  #first;
  #limit;
  // The last answer of each address: {etag, features, next}.
  #pages = new Map();

  constructor(client, {q, sees, first, limit, ...rest}) {
    const query = queryOf(rest);
    if (q) query.set('q', q);
    if (sees) query.set('sees', sees.join(','));
    if (first || limit) query.set('limit', first || limit);
    this.#client = client;
    this.#first = `${client.server}/api/cameras${query.size ? `?${query}` : ''}`;
    this.#limit = limit;
  }

  /**
   * Yields {features, changed, more} for each page, ordered by id; more: whether
   * there is a further page. A further call asks whether the pages have changed. For an unchanged page `changed` is false and
   * `features` is the same array as before. Throws ServerError.
   */
  async *load({signal} = {}) {
    const pages = new Map();
    for (let url = this.#first; url;) {
      if (pages.has(url)) throw new ServerError(200, {detail: NOT_OURS});
      const before = this.#pages.get(url);
      const page = await this.#ask(url, before, signal);
      this.#pages.set(url, page);
      pages.set(url, page);
      yield {features: page.features, changed: page !== before, more: Boolean(page.next)};
      url = page.next;
    }
    // Forgets pages that the list no longer has, but not after a failure.
    this.#pages = pages;
  }

  async #ask(url, before, signal) {
    const headers = before?.etag ? {'If-None-Match': before.etag} : {};
    const reply = await this.#client.ask(url, {headers, signal});
    if (before && reply.status === 304) return before;
    if (!reply.ok) throw await problemOf(reply);
    this.#client.note(reply);
    const etag = reply.headers.get('ETag');
    return jsonOf(reply, ({features, links = []}) => {
      features.forEach(readFeature);
      return {features, etag, next: this.#next(links, url)};
    });
  }

  #next(links, url) {
    const href = links.find(({rel}) => rel === 'next')?.href;
    if (!href) return null;
    const next = new URL(href, absolute(url));
    if (this.#limit) next.searchParams.set('limit', this.#limit);
    return next.href;
  }
}

/** The changes of a query, from one connection to the next. */
class Changes {
  #client;
  #query;
  #cursor = null;
  // How long to wait before the next connection.
  #wait = 0;
  #retry = STREAM_RETRY;
  // When to try a stream again.
  #streamAt = 0;
  #onState;

  constructor(client, {onState = () => {}, ...query}) {
    this.#client = client;
    this.#onState = onState;
    this.#query = queryOf(query);
  }

  async *follow(signal) {
    for (;;) {
      await whenVisible(signal);
      try {
        yield* performance.now() < this.#streamAt ? this.#poll(signal) : this.#stream(signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#onState(false);
        if (!(error instanceof ServerError) || HOPELESS.includes(error.status)) throw error;
        this.#wait = withJitter((error.retryAfter ?? 0) * 1000 || STREAM_RETRY);
      }
      if (this.#wait) await pause(this.#wait, signal);
    }
  }

  #address() {
    const query = new URLSearchParams(this.#query);
    if (this.#cursor) query.set('after', this.#cursor);
    return `${this.#client.server}/api/changes${query.size ? `?${query}` : ''}`;
  }

  * #tell({cursor, changed, gone, status, since}) {
    const reset = this.#cursor === null;
    this.#cursor = cursor;
    if (reset || changed.length || gone.length || Object.keys(status).length) {
      yield {reset, changed, gone, status, since};
    }
  }

  async *#poll(signal) {
    const reply = await this.#client.ask(this.#address(), {headers: {Accept: 'application/json'}, signal});
    this.#wait = POLL;
    if (reply.status === 204) {
      this.#onState(true);
      return;
    }
    if (reply.status === 410) {
      this.#cursor = null;
      this.#wait = 0;
      return;
    }
    if (!reply.ok) throw await problemOf(reply);
    const news = await jsonOf(reply, readNews);
    // After a cursor that was not known it waits as well: the server may refuse
    // each of them, for example if there are two servers behind this address.
    if (news.more) this.#wait = 0;
    this.#onState(true);
    yield* this.#tell(news);
  }

  async *#stream(signal) {
    // Also ends the stream when the page is hidden, or when it is quiet for too
    // long.
    const control = new AbortController();
    const any = AbortSignal.any([signal, control.signal]);
    const hide = () => { if (document.hidden) control.abort(); };
    let timer = setTimeout(() => {
      this.#streamAt = performance.now() + STREAM_HELD_BACK;
      control.abort();
    }, STREAM_OPEN);
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), STREAM_QUIET);
      this.#onState(true);
    };
    globalThis.document?.addEventListener('visibilitychange', hide);
    this.#wait = 0;
    try {
      const body = await this.#openStream(any);
      if (!body) return;
      for await (const {event, id, data, retry} of eventsOf(body, heard)) {
        if (/^\d+$/.test(retry)) this.#retry = Number(retry);
        if (event === 'reset') {
          this.#cursor = null;
          await pause(Math.random() * RESET_SPREAD, any);
        }
        if (data !== undefined) yield* this.#tell(this.#read(data));
        // A comment has a newer cursor if there was nothing to tell for long.
        else if (id && this.#cursor !== null) this.#cursor = id;
      }
      this.#wait = this.#retry;
    } catch (error) {
      this.#onState(false);
      if (signal.aborted || !control.signal.aborted) throw error instanceof ServerError ? error : new ServerError(0, {cause: error});
    } finally {
      clearTimeout(timer);
      globalThis.document?.removeEventListener('visibilitychange', hide);
      control.abort();
    }
  }

  #read(data) {
    try {
      return readNews(JSON.parse(data));
    } catch (error) {
      throw new ServerError(200, {detail: NOT_OURS, cause: error});
    }
  }

  // Resolves to null if there is no place for a stream.
  async #openStream(signal) {
    const reply = await fetch(absolute(this.#address()), {
      credentials: 'include', cache: 'no-store', headers: {Accept: 'text/event-stream'}, signal,
    });
    if (reply.status === 503) {
      this.#streamAt = performance.now() + STREAM_AGAIN;
      return null;
    }
    if (!reply.ok) throw await problemOf(reply);
    if (!(reply.headers.get('Content-Type') || '').startsWith('text/event-stream')) {
      throw new ServerError(reply.status, {detail: NOT_OURS});
    }
    return reply.body;
  }
}

/**
 * A camera that is played. After every fault it starts again by itself, until
 * end() is called. When the page is left, the server is told. A page that is
 * hidden for long pauses.
 *
 * Events (CustomEvent without detail; read the members):
 *   state    `state` or `reason` has changed:
 *            connecting  it is being started; reason null, or why that takes
 *                        longer:
 *                        'video-down', 'server' (503), 'unreachable',
 *                        'no-picture' (no frame arrives), 'hidden' (the page),
 *                        'draining' (an operator lets no new views start)
 *            live        frames arrive
 *            stalled     no frame for 3 s; reason null (nothing arrives),
 *                        'no-picture' (packets arrive, but no frame that can be
 *                        shown), 'unreachable' and 'server' (heartbeats are
 *                        not answered, or with 5xx, so nobody knows why)
 *            offline     the server reports that the camera is offline. After
 *                        the failure 'login_refused' no view is started again
 *                        before the camera has lost that failure
 *            denied      'kicked' (an operator has ended the view; it starts
 *                        again when the time of the operator is over);
 *                        'not-found' (or may not be seen); 'login', 'forbidden'
 *                        and 'origin' (the server takes this page for one of
 *                        another site), which are not tried again
 *            busy        too many viewers, or too many views of this client
 *            ended       'closed', 'not-playable', 'no-video' (the server has
 *                        none), 'codec' (the browser does not play the codec
 *                        of the camera),
 *                        'unsupported' (the browser has no WebRTC)
 *   note     `note` has changed: what an operator wrote, or null
 *   failure  `failure` has changed: the name of the failure of the camera or of
 *            the video server (docs/api.md), or null
 *   stream   `stream` has changed: a MediaStream, or null
 *   isHls    `isHls` has changed: whether the view plays HLS, in its <video>
 *   viewers  `viewers` has changed: how many people watch this camera, or null
 *   nextTry  `nextTry` has changed: when the next start is tried (as Date.now()),
 *            or null; see retry()
 *   serverFault  `serverFault` has changed: 'unreachable' or 'server' if the last
 *            request was not answered, or with 5xx; otherwise null. The picture
 *            may go on meanwhile
 * Without an event: `refusal`, the ServerError of the last start; null if it was
 * accepted.
 */
export class View extends EventTarget {
  #client;
  #control = new AbortController();
  // Covers the time from a start to the loss of the view; aborted when the page
  // is left.
  #round = new AbortController();
  #isHeld = false;
  #release = () => {};
  #video;
  // In this round: the id of the view on the server, and the peer connection.
  #session = null;
  #connection = null;
  // In this round: when it began, and the ms until the first picture.
  #clicked = 0;
  #picture = null;
  // The number of consecutive rounds without a frame.
  #failures = 0;
  #tryNow = () => {};

  constructor(client, id, video) {
    super();
    this.#client = client;
    this.#video = video;
    this.id = id;
    this.state = 'connecting';
    this.reason = null;
    this.failure = null;
    this.note = null;
    this.stream = null;
    this.isHls = false;
    this.viewers = null;
    this.nextTry = null;
    this.serverFault = null;
    this.refusal = null;
    // Deferred, so that listeners that are added now get the first state as well.
    queueMicrotask(() => this.dispatchEvent(new CustomEvent('state')));
    if (globalThis.RTCPeerConnection) {
      this.#followPage();
      this.#run();
    } else {
      queueMicrotask(() => this.#finish('unsupported'));
    }
  }

  /** Ends the view, here and on the server. */
  end() {
    this.#finish('closed');
  }

  /** Tries again at once, if the view waits for its next try or does not try any more; not after 'ended'. */
  retry() {
    this.#tryNow();
  }

  #set(state, reason = null) {
    // What a viewer sees is no failure any more.
    if (state === 'live') {
      this.#change('failure', null);
      this.#change('note', null);
    }
    if (this.state === 'ended' || this.state === state && this.reason === reason) return;
    this.state = state;
    this.reason = reason;
    this.dispatchEvent(new CustomEvent('state'));
  }

  #change(member, value) {
    if (this[member] === value) return;
    this[member] = value;
    this.dispatchEvent(new CustomEvent(member));
  }

  #finish(reason) {
    this.#set('ended', reason);
    this.#control.abort();
    this.#leave();
  }

  // Closes the peer connection, and ends the view on the server.
  #leave() {
    if (this.#session) tellEnd(this.#client, this.#session);
    this.#session = null;
    this.#connection?.close();
    this.#connection = null;
    this.#change('stream', null);
    this.#change('isHls', false);
    this.#change('viewers', null);
  }

  #followPage() {
    const {signal} = this.#control;
    let timer = null;
    const release = () => {
      clearTimeout(timer);
      if (this.#isHeld) this.#set('connecting');
      this.#isHeld = false;
      this.#release();
    };
    const hold = () => {
      this.#isHeld = true;
      this.#set('connecting', 'hidden');
      this.#round.abort();
      this.#leave();
    };
    const look = () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(hold, HIDDEN);
      else release();
    };
    addEventListener('pagehide', hold, {signal});
    // The page comes from the back-forward cache; it may still be hidden.
    addEventListener('pageshow', look, {signal});
    document.addEventListener('visibilitychange', look, {signal});
    signal.addEventListener('abort', release);
    look();
  }

  // Runs rounds until the view is ended.
  async #run() {
    const over = this.#control.signal;
    while (!over.aborted) {
      this.#round = new AbortController();
      const signal = AbortSignal.any([over, this.#round.signal]);
      try {
        await this.#playOnce(signal);
        this.#set('connecting');
        // The server has lost the view, or no frame ever arrived.
        this.#leave();
        await this.#waitForTry(this.#untilNextTry(), signal);
      } catch (error) {
        if (!signal.aborted) {
          this.#leave();
          await this.#waitForTry(this.#refused(error), signal);
        }
      }
      if (this.#isHeld) await new Promise((resolve) => { this.#release = resolve; });
    }
  }

  // Resolves after `ms`, at a retry(), or when the signal is aborted.
  async #waitForTry(ms, signal) {
    const now = new AbortController();
    this.#tryNow = () => now.abort();
    this.#change('nextTry', ms === FOR_EVER ? null : Date.now() + ms);
    const any = AbortSignal.any([signal, now.signal]);
    if (this.state === 'offline' && HOPELESS_CAMERA.includes(this.failure)) await this.#untilItIsMended(any);
    else await pause(ms, any).catch(() => {});
    this.#tryNow = () => {};
    this.#change('nextTry', null);
  }

  async #untilItIsMended(signal) {
    for (;;) {
      await pause(ASK_CAMERA, signal).catch(() => {});
      if (signal.aborted) return;
      const camera = await this.#client.camera(this.id, {signal}).catch(() => undefined);
      if (camera !== undefined && !HOPELESS_CAMERA.includes(camera?.properties.status_reason)) return;
    }
  }

  #untilNextTry() {
    const wait = this.#failures && Math.min(500 * 2 ** this.#failures, LONGEST_WAIT);
    this.#failures += 1;
    return withJitter(wait);
  }

  // Sets the state for an error; returns the milliseconds until the next try.
  #refused(error) {
    if (!(error instanceof ServerError)) {
      // The browser does not accept the offer.
      this.#set('connecting', 'no-picture');
      if (error === noPicture) return withJitter(HLS_AGAIN);
      console.error(error);
      return this.#untilNextTry();
    }
    const {status, type, retryAfter, reason, note} = error;
    this.refusal = error;
    this.#change('failure', reason);
    this.#change('note', note);
    // An answer with a type of its own is about the camera or the video server.
    this.#noteServer(type?.startsWith('urn:cctv:') ? 200 : status);
    const again = retryAfter ? withJitter(retryAfter * 1000) : this.#untilNextTry();
    if (type === 'urn:cctv:denied') {
      this.#set('denied', 'kicked');
      return again;
    }
    if (status === 401 || status === 403) {
      const refusal = type === 'urn:cctv:origin' ? 'origin' : 'forbidden';
      this.#set('denied', status === 401 ? 'login' : refusal);
      return FOR_EVER;
    }
    if (status === 404) {
      this.#set('denied', 'not-found');
      return withJitter(DENIED);
    }
    if (status === 409) this.#finish('not-playable');
    else if (type === 'urn:cctv:codec') this.#finish('codec');
    else if (type === 'urn:cctv:offline') {
      this.#set('offline');
      if (HOPELESS_CAMERA.includes(reason)) return FOR_EVER;
    } else if (type === 'urn:cctv:busy' || status === 429) this.#set('busy');
    else if (type === 'urn:cctv:video-down') this.#set('connecting', 'video-down');
    else if (type === 'urn:cctv:draining') this.#set('connecting', 'draining');
    else this.#set('connecting', status ? 'server' : 'unreachable');
    return again;
  }

  // One round. What listens to its signal is let go at its end: the signal of the
  // view, which lasts for a whole shift, would keep it.
  async #playOnce(signal) {
    const round = new AbortController();
    try {
      await this.#play(AbortSignal.any([signal, round.signal]));
    } finally {
      round.abort();
    }
  }

  // Returns when the view is lost.
  async #play(signal) {
    this.#clicked = performance.now();
    this.#picture = null;
    // It takes some milliseconds to make, which the server needs for its offer.
    const connection = this.#connect(signal);
    const started = await this.#start(signal);
    if (started.hls) {
      await this.#playHls(started, signal);
      return;
    }
    if (!started.sdp) {
      this.#finish('no-video');
      return;
    }
    this.refusal = null;
    this.#change('failure', null);
    this.#noteServer(201);
    this.#change('viewers', started.viewers ?? null);
    if (started.ice_servers?.length) connection.setConfiguration({iceServers: started.ice_servers});
    const sdp = await unlessAborted(answer(connection, started.sdp), signal);
    const reply = await this.#client.post(`/view-answer${routeOf(this.#session)}`, {session_id: this.#session, sdp}, {signal});
    if (GONE.includes(reply.status)) return;
    if (!reply.ok) throw await problemOf(reply);
    await this.#follow(rtcSource(connection), intervalOf(started), signal);
  }

  // A round in which the browser plays the address of the camera by itself.
  async #playHls(started, signal) {
    this.#connection.close();
    // A copy of this module elsewhere may come without the other one.
    const {openHls} = await import('./hls.js').catch(() => ({}));
    signal.throwIfAborted();
    const source = await openHls?.(this.#video, started.hls.url);
    if (!source) {
      lacksHls = true;
      this.#finish('codec');
      return;
    }
    try {
      signal.throwIfAborted();
      this.refusal = null;
      this.#change('failure', null);
      this.#noteServer(201);
      this.#change('viewers', started.viewers ?? null);
      this.#change('isHls', true);
      await this.#follow(source, intervalOf(started), signal);
      if (this.#picture === null) throw noPicture;
    } finally {
      source.stop();
    }
  }

  #codecs() {
    return ownCodecs()?.filter((codec) => codec !== 'hls' || this.#video);
  }

  async #start(signal) {
    // This request is not aborted, because a view that it starts has to be ended.
    const reply = await this.#client.post('/view-start', {camera_id: this.id, codecs: this.#codecs()});
    if (!reply.ok) throw await problemOf(reply);
    const started = await jsonOf(reply, (found) => {
      check(typeof found.session_id === 'string');
      return found;
    });
    this.#session = started.session_id;
    if (signal.aborted) {
      this.#leave();
      throw signal.reason;
    }
    return started;
  }

  #connect(signal) {
    const connection = new RTCPeerConnection();
    this.#connection = connection;
    connection.addEventListener('track', ({track, streams}) => {
      this.#change('stream', streams[0] ?? new MediaStream([track]));
      if (track.kind === 'video') onPicture(this.stream, () => this.#notePicture(), signal);
    }, {signal});
    return connection;
  }

  // Counts frames and sends heartbeats, until the view is lost.
  async #follow(source, interval, signal) {
    const start = performance.now();
    const seen = {frames: 0, isAny: false, at: start, packets: 0, packetsAt: start};
    const beats = {at: start, rare: 0, isUnderWay: false, isGone: false, isStanding: false, isAnswered: false, refusal: null, wake() {}};
    // The next heartbeat says why.
    source.listen(() => {
      beats.at = -Infinity;
      beats.wake();
    }, signal);
    while (!beats.isGone) {
      const woken = new Promise((resolve) => { beats.wake = resolve; });
      await Promise.race([pause(seen.isAny ? LOOK_AGAIN : LOOK, signal), woken]);
      if (beats.isGone) break;
      const {stats, frames, packets, connectionState} = await source.read(signal);
      const now = performance.now();
      if (packets !== seen.packets) Object.assign(seen, {packets, packetsAt: now});
      // The first frame is reported at once.
      if (frames > 0 && !seen.isAny) beats.at = -Infinity;
      if (frames > seen.frames) Object.assign(seen, {isAny: true, at: now});
      if (seen.isAny) this.#notePicture();
      // The count is smaller if the camera has started again.
      seen.frames = frames;
      const isStanding = this.#judge(seen, beats, now);
      if (isStanding && !beats.isStanding) beats.at = -Infinity;
      beats.isStanding = isStanding;
      if (!seen.isAny && now - seen.at > TOO_SLOW) return;
      if (connectionState === 'failed' || connectionState === 'closed') return;
      const isInTrouble = isStanding || connectionState !== 'connected';
      const wait = isInTrouble ? Math.min(interval, BEAT_IN_TROUBLE) : Math.max(interval, beats.rare);
      if (!beats.isUnderWay && now - beats.at >= wait) {
        beats.at = now;
        this.#beat({beats, seen, isStanding, stats}, signal);
      }
    }
    if (beats.refusal) throw beats.refusal;
  }

  #notePicture() {
    this.#picture ??= performance.now() - this.#clicked;
  }

  // Sets the state for the age of the last frame; returns whether the camera may
  // know why there is no picture.
  #judge(seen, beats, now) {
    const age = now - seen.at;
    if (!seen.isAny) {
      if (age <= SLOW) return false;
      this.#set('connecting', this.serverFault ?? 'no-picture');
      return true;
    }
    if (age <= STALL) {
      beats.isAnswered = false;
      this.#failures = 0;
      this.#set('live');
      return false;
    }
    // The first heartbeat of a picture that stands still tells whether the server
    // is there; nobody is blamed before.
    if (beats.isAnswered) this.#standStill(seen, now);
    return true;
  }

  #standStill(seen, now) {
    const isFed = now - seen.packetsAt <= 1.5 * LOOK_AGAIN;
    const cause = this.serverFault ?? (isFed ? 'no-picture' : null);
    if (this.state !== 'offline' || this.serverFault) this.#set('stalled', cause);
  }

  // Keeps whether the server has answered a request, by the status of its answer.
  #noteServer(status) {
    const fault = status >= 500 ? 'server' : null;
    this.#change('serverFault', status ? fault : 'unreachable');
  }

  async #beat({beats, seen, isStanding, stats}, signal) {
    beats.isUnderWay = true;
    try {
      const options = {signal, patience: BEAT_REQUEST};
      if (this.#picture !== null) stats.first_picture_ms = this.#picture;
      const reply = await this.#client.post(`/heartbeat${routeOf(this.#session)}`, {session_id: this.#session, stats}, options);
      this.#noteServer(reply.status);
      // If this does not say why, the next start does.
      if ([...GONE, 401, 403].includes(reply.status)) {
        const problem = await problemOf(reply);
        if (problem.type === 'urn:cctv:denied') beats.refusal = problem;
        beats.isGone = true;
      }
      if (reply.ok) {
        const {video, viewers, heartbeat_seconds: rare} = await jsonOf(reply, (found) => Object(found));
        signal.throwIfAborted();
        beats.rare = rare > 0 ? Math.min(rare * 1000, BEAT_RARE) : 0;
        this.#change('viewers', viewers ?? null);
        beats.isGone = video === 'gone';
      }
    } catch (error) {
      // The next heartbeat may succeed; frames do not pass through the server.
      if (error instanceof ServerError && !error.status) this.#noteServer(0);
    }
    beats.isUnderWay = false;
    if (beats.isGone) beats.wake();
    if (!isStanding || beats.isGone || signal.aborted) return;
    beats.isAnswered = true;
    this.#judge(seen, beats, performance.now());
    if (!this.serverFault) await this.#askStatus(signal).catch(() => {});
  }

  async #askStatus(signal) {
    const camera = await this.#client.camera(this.id, {signal});
    if (this.state === 'live') return;
    this.#change('failure', camera?.properties.status_reason ?? null);
    if (this.state === 'stalled' && camera?.properties.status === 'offline') this.#set('offline');
  }
}

/**
 * The still pictures of a camera, until end() is called. They are asked for again
 * as often as the server has a new one, and after every fault; not while the page
 * is hidden. `picture` is the last one, a Blob of a JPEG, or null.
 *
 * While `counts` is true, who sees a picture counts as a viewer: there is a view of
 * transport `still`. If the server refuses it, there is no picture, and `refusal`
 * is the ServerError; otherwise it is null. `counts` may be set at any time: with
 * false, the pictures are those of a list, or the poster of a video.
 *
 * Events: picture, viewers, refusal: the member has changed.
 */
export class StillView extends EventTarget {
  #client;
  #every;
  #counts;
  #control = new AbortController();
  #since = performance.now();
  // The milliseconds until the first picture.
  #first = null;
  // The id of the view on the server, and what ends its heartbeats.
  #session = null;
  #beating = new AbortController();
  #wake = () => {};

  constructor(client, id, {every, counts}) {
    super();
    this.#client = client;
    this.#every = every;
    this.#counts = counts;
    Object.assign(this, {id, picture: null, viewers: null, refusal: null});
    this.#followPage();
    this.#run(this.#control.signal);
  }

  get counts() {
    return this.#counts;
  }

  set counts(counts) {
    if (this.#counts === Boolean(counts)) return;
    this.#counts = Boolean(counts);
    if (!counts) {
      this.#leave();
      this.#change('refusal', null);
    }
    // The browser has the picture still.
    this.#wake();
  }

  end() {
    this.#control.abort();
    this.#leave();
  }

  #change(member, value) {
    if (this[member] === value) return;
    this[member] = value;
    this.dispatchEvent(new CustomEvent(member));
  }

  #followPage() {
    const {signal} = this.#control;
    let timer = null;
    document.addEventListener('visibilitychange', () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => this.#leave(), HIDDEN);
      else this.#wake();
    }, {signal});
    addEventListener('pagehide', () => this.#leave(), {signal});
    addEventListener('pageshow', () => this.#wake(), {signal});
    signal.addEventListener('abort', () => clearTimeout(timer));
  }

  async #run(signal) {
    while (!signal.aborted) {
      const control = new AbortController();
      this.#wake = () => control.abort();
      const wait = await this.#next(signal);
      if (wait === null) return;
      // The signal of the view may last for weeks: nothing may keep listening to it.
      const over = () => control.abort();
      signal.addEventListener('abort', over);
      await pause(wait, control.signal).catch(() => {});
      signal.removeEventListener('abort', over);
    }
  }

  // Shows the next picture; resolves to the milliseconds until another one, or to
  // null if there will be none.
  async #next(signal) {
    const round = new AbortController();
    try {
      const own = AbortSignal.any([signal, round.signal]);
      await whenVisible(own);
      const {picture, again} = await this.#client.still(this.id, {signal: own});
      if (this.#counts) await this.#begin(own);
      own.throwIfAborted();
      this.#first ??= performance.now() - this.#since;
      this.#change('refusal', null);
      this.#change('picture', picture);
      return Math.max(again, this.#every);
    } catch (error) {
      return signal.aborted ? null : this.#failed(error);
    } finally {
      round.abort();
    }
  }

  #failed(error) {
    if (!(error instanceof ServerError)) throw error;
    const {status, type, retryAfter} = error;
    this.#leave();
    this.#change('picture', null);
    if (HOPELESS_STILL.includes(status) && type !== 'urn:cctv:denied') return null;
    return retryAfter ? Math.max(1, retryAfter) * 1000 : STILL_AGAIN;
  }

  // Starts a view, if there is none.
  async #begin(signal) {
    if (this.#session) return;
    const reply = await this.#client.post('/view-start', {camera_id: this.id, transport: 'still'});
    if (!reply.ok) {
      const problem = await problemOf(reply);
      if (this.#counts) this.#change('refusal', problem);
      // Whoever listens may do without the view.
      if (this.#counts) throw problem;
      return;
    }
    const started = await jsonOf(reply, (found) => {
      check(typeof found.session_id === 'string');
      return found;
    });
    if (signal.aborted || !this.#counts) {
      tellEnd(this.#client, started.session_id);
      return;
    }
    this.#session = started.session_id;
    this.#beating = new AbortController();
    this.#change('viewers', started.viewers ?? null);
    const interval = Math.max(LEAST_BEAT, started.heartbeat_seconds * 1000) || BEAT;
    this.#beat(this.#session, interval, this.#beating.signal);
  }

  // Sends heartbeats until the view is over.
  async #beat(session, interval, signal) {
    const path = `/heartbeat${routeOf(session)}`;
    let stats = {first_picture_ms: this.#first ?? performance.now() - this.#since};
    for (; !signal.aborted; await pause(interval, signal).catch(() => {})) {
      try {
        const reply = await this.#client.post(path, {session_id: session, stats}, {signal, patience: BEAT_REQUEST});
        if ([...GONE, 401, 403].includes(reply.status)) {
          if (this.#session === session) this.#lose();
          return;
        }
        if (!reply.ok) continue;
        stats = undefined;
        const {viewers} = await jsonOf(reply, (found) => Object(found));
        if (!signal.aborted) this.#change('viewers', viewers ?? null);
      } catch (error) {
        // The next heartbeat may succeed.
        if (!(error instanceof ServerError) && !signal.aborted) throw error;
      }
    }
  }

  // The server has ended the view. If it may start again, the next picture does so.
  #lose() {
    this.#session = null;
    this.#beating.abort();
    this.#change('viewers', null);
    this.#wake();
  }

  #leave() {
    if (!this.#session) return;
    tellEnd(this.#client, this.#session);
    this.#session = null;
    this.#beating.abort();
    this.#change('viewers', null);
  }
}
