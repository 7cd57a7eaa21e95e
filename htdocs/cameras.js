// SPDX-License-Identifier: Apache-2.0
/**
 * The cameras in the visible part of the map. They are loaded by tiles of a
 * fixed grid, so that a move of the map loads only new tiles. The cameras are
 * kept up to date: the server tells what changes, or else is asked every 10 s.
 * Their number is limited.
 */
import {Seen, withStatus} from './seen.js';
import {TileStore} from './tile-store.js';
import {contains, isWithin, tilesOf, widen} from './tiles.js';

// A tile is as wide as 1024 pixels of the map.
const ZOOM_OFFSET = 2;
const FIRST = 1000;
const LIMIT = 5000;
const MOST = 50000;
// Browsers open six connections to a server. Two of them stay free for video
// requests.
const AT_ONCE = 4;
const REFRESH = 10000;
// Older tiles are requested again as soon as they are shown.
const STALE = 30000;
const RETRY = 3000;

// Whether a tile is in a box that does not cross the antimeridian; null is the world.
const isInside = (tile, box) => !box || (tile.west >= box.west && tile.east <= box.east
  && tile.south >= box.south && tile.north <= box.north);

// Whether two versions of a feature are equal.
function isSame(a, b) {
  const [p, q] = [a.properties, b.properties];
  const names = Object.keys(q);
  return a.geometry.coordinates[0] === b.geometry.coordinates[0]
    && a.geometry.coordinates[1] === b.geometry.coordinates[1]
    && names.length === Object.keys(p).length
    && names.every((name) => p[name] === q[name]);
}

/**
 * Events:
 *   change  detail {added, changed, removed}: arrays of cameras
 *   load    detail {loading, error, partial}: whether the visible box is being
 *           loaded; the ServerError that delays it, or null; whether the box has
 *           more cameras than are loaded (zoom in to see them)
 */
export class Cameras extends EventTarget {
  #client;
  #filter = {roles: null, status: null, playable: false};
  #roles = [];
  #tiles = new TileStore();
  // The tiles of the visible box, from its middle outwards.
  #cover = [];
  #view = null;
  #queue = [];
  // The AbortControllers of running requests, with their `tile`.
  #jobs = new Set();
  // Cameras that are no longer in their tile. They may have moved to a tile that
  // is still loading, so they are removed when no request is running.
  #gone = new Map();
  #error = null;
  #retry = null;
  #refresh = null;
  #beat = null;
  // The AbortController of the changes that are followed, with their `box`.
  #follower = null;
  #canFollow = true;
  // Whether the server tells all changes of the visible box.
  #isTold = false;
  #whenIdle = [];
  #told = '';
  #seen = new Seen();

  constructor(client) {
    super();
    this.#client = client;
    /** Map of id → camera: all loaded cameras. */
    this.byId = new Map();
    document.addEventListener('visibilitychange', () => this.#keepFresh());
    this.#wait();
  }

  /** Every role of a camera that was loaded so far, sorted. */
  get roles() {
    return this.#roles;
  }

  get filter() {
    return this.#filter;
  }

  /** roles: null (all) or an array of names; status: null (all) or one; playable: only what every browser plays. */
  setFilter({roles = null, status = null, playable = false}) {
    this.#filter = Object.freeze({roles: roles && [...roles].sort(), status, playable});
    for (const job of this.#jobs) job.abort();
    clearTimeout(this.#retry);
    this.#retry = null;
    this.#unfollow();
    const removed = [...this.byId.values()];
    this.#tiles.clear();
    this.#gone.clear();
    this.byId.clear();
    this.#tellChange({removed});
    if (this.#view) this.show(this.#view.box, this.#view.zoom);
  }

  /** Loads the missing tiles of a box. Must be called when the map shows another box. */
  show(box, zoom) {
    this.#view = {box, zoom};
    const level = Math.max(0, Math.round(zoom) - ZOOM_OFFSET);
    const tiles = this.#filter.roles?.length === 0 ? [] : tilesOf(box, level);
    this.#cover = tiles.map((at) => this.#tiles.get(at, (part) => this.#list(part)));
    for (const tile of this.#cover) tile.shownAt = performance.now();
    this.#queue = [];
    for (const job of this.#jobs) {
      if (!this.#cover.includes(job.tile)) job.abort();
    }
    this.#tiles.prune(this.#cover);
    this.#want(this.#cover.filter((tile) => this.#tiles.isMissing(tile)));
    this.#follow();
    if (this.#cover.some((tile) => performance.now() - this.#tiles.loadedAt(tile) > STALE)) this.refresh();
  }

  /**
   * Asks the server whether anything in the visible box has changed. This also
   * happens every 10 s if the server does not tell changes. Resolves when the server has answered or failed.
   */
  refresh() {
    this.#refresh ??= this.#askAgain().finally(() => {
      this.#refresh = null;
    });
    return this.#refresh;
  }

  /** A view of this page knows a status, 'online' or 'offline'; null: not any more. */
  learn(id, status) {
    const before = this.byId.get(id);
    const camera = this.#seen.learn(id, status, before);
    if (!before || camera === before) return;
    this.byId.set(id, camera);
    if (!isSame(before, camera)) this.#tellChange({changed: [camera]});
  }

  /** A camera from elsewhere, as it is to be shown. */
  newest(camera) {
    return this.byId.get(camera.id) ?? this.#seen.show(camera);
  }

  /** The cameras in the box that was shown last. */
  inView() {
    if (!this.#view) return [];
    return [...this.byId.values()].filter((camera) => contains(this.#view.box, camera.geometry.coordinates));
  }

  #list({west, south, east, north}) {
    const {roles, status, playable} = this.#filter;
    return this.#client.list({
      ...(playable && {playable}),
      bbox: [west, south, east, north],
      ...(roles && {roles}),
      ...(status && {statuses: [status]}),
      first: FIRST,
      limit: LIMIT,
    });
  }

  #askAgain() {
    if (!this.#cover.length) return Promise.resolve();
    // If one page holds a larger tile, one request replaces many.
    this.#want([...new Set(this.#cover.map((tile) => this.#tiles.largest(tile, FIRST)))]);
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#settle();
    });
  }

  #want(tiles) {
    const wanted = tiles.filter((tile) => (!tile.job || tile.job.signal.aborted)
      && !this.#queue.includes(tile));
    this.#queue.push(...wanted);
    this.#pump();
    this.#tellLoad();
  }

  #pump() {
    while (this.#queue.length && this.#jobs.size < AT_ONCE && !this.#retry) this.#load(this.#queue.shift());
    this.#settle();
  }

  async #load(tile) {
    const job = Object.assign(new AbortController(), {tile, news: []});
    tile.job = job;
    this.#jobs.add(job);
    try {
      await this.#read(tile, job.signal);
      // The list may be older than what was told meanwhile.
      for (const news of job.news) this.#apply(news);
      if (job.isOld) {
        tile.loadedAt = -Infinity;
        this.#queue.push(tile);
      }
      this.#error = null;
      this.#follow();
    } catch (error) {
      if (!job.signal.aborted) this.#fail(error, tile);
    }
    this.#jobs.delete(job);
    if (tile.job === job) tile.job = null;
    this.#pump();
    this.#tellLoad();
  }

  async #read(tile, signal) {
    const seen = new Set();
    let last = Infinity;
    for await (const {features} of tile.list.load({signal})) {
      signal.throwIfAborted();
      if (!this.#makeRoom(features)) {
        last = Math.max(0, ...[...seen].slice(-1));
        break;
      }
      this.#merge(features, seen);
    }
    signal.throwIfAborted();
    for (const camera of this.byId.values()) {
      if (camera.id <= last && !seen.has(camera.id) && isWithin(tile.box, camera.geometry.coordinates)) {
        this.#gone.set(camera.id, camera);
      }
    }
    Object.assign(tile, {
      state: last === Infinity ? 'complete' : 'partial',
      count: seen.size,
      loadedAt: performance.now(),
    });
    this.#tiles.prune(this.#cover);
  }

  #merge(features, seen) {
    const added = [];
    const changed = [];
    for (const told of features) {
      const camera = this.#seen.see(told);
      const {id} = camera;
      const before = this.byId.get(id);
      seen.add(id);
      this.#gone.delete(id);
      if (before === camera) continue;
      this.byId.set(id, camera);
      if (!before) added.push(camera);
      else if (!isSame(before, camera)) changed.push(camera);
      this.#addRole(camera.properties.role);
    }
    this.#tellChange({added, changed});
  }

  // Follows the changes of the visible box and its surroundings, once a list has
  // said that this is possible.
  #follow() {
    if (!this.#canFollow || !this.#client.hasChanges || !this.#view || !this.#cover.length) return;
    if (this.#follower && this.#cover.every(({box}) => isInside(box, this.#follower.box))) return;
    this.#unfollow();
    this.#follower = Object.assign(new AbortController(), {box: widen(this.#cover.map(({box}) => box))});
    this.#listen(this.#follower);
  }

  #unfollow() {
    this.#follower?.abort();
    this.#follower = null;
    this.#isTold = false;
  }

  async #listen({box, signal}) {
    const {roles, status} = this.#filter;
    const query = {
      ...(box && {bbox: [box.west, box.south, box.east, box.north]}),
      ...(roles && {roles}),
      ...(status && {statuses: [status]}),
      signal,
      onState: (isTold) => { if (!signal.aborted) this.#isTold = isTold; },
    };
    try {
      for await (const news of this.#client.changes(query)) {
        if (signal.aborted) return;
        if (news.reset) {
          this.#loadAgain();
        } else {
          for (const job of this.#jobs) job.news.push(news);
          this.#apply(news);
        }
      }
    } catch {
      // From now on the page asks every 10 s.
      if (!signal.aborted) this.#giveUp();
    }
  }

  // What was loaded before changes are told may be older than the first of them.
  #loadAgain() {
    this.#tiles.expire();
    for (const job of this.#jobs) Object.assign(job, {isOld: true, news: []});
    this.#askAgain();
  }

  #giveUp() {
    this.#unfollow();
    this.#canFollow = false;
  }

  #apply({changed, gone, status, since = {}}) {
    const known = changed.filter(({geometry: {coordinates}, properties}) => this.#tiles.covers(coordinates)
      && (!this.#filter.playable || properties.playable));
    const lost = changed.filter((camera) => !known.includes(camera)).map(({id}) => id);
    const renewed = Object.entries(status).flatMap(([word, ids]) => ids.map((id) => this.byId.get(id))
      .filter(Boolean).map((camera) => withStatus(camera, word, since[camera.id])));
    const removed = [...gone, ...lost].map((id) => this.byId.get(id)).filter(Boolean);
    for (const {id} of removed) {
      this.#gone.delete(id);
      this.byId.delete(id);
    }
    this.#tellChange({removed});
    const shown = this.#makeRoom(known) ? known : known.filter(({id}) => this.byId.has(id));
    this.#merge([...shown, ...renewed], new Set());
  }

  #addRole(role) {
    if (!this.#roles.includes(role)) this.#roles = [...this.#roles, role].sort();
  }

  // Whether these cameras can be added within the limit. Drops the tiles that have
  // not been visible for the longest time.
  #makeRoom(features) {
    const isNew = ({id}) => !this.byId.has(id);
    const more = this.byId.size < MOST - LIMIT ? 0 : features.filter(isNew).length;
    while (more && this.byId.size + more > MOST) {
      if (!this.#dropOldest()) return false;
    }
    return true;
  }

  #dropOldest() {
    const isOnlyThere = this.#tiles.forgetOldest(this.#cover);
    if (!isOnlyThere) return false;
    const removed = [...this.byId.values()].filter(isOnlyThere);
    for (const {id} of removed) this.byId.delete(id);
    this.#tellChange({removed});
    return true;
  }

  #fail(error, tile) {
    this.#error = error;
    if (this.#cover.includes(tile)) this.#queue.unshift(tile);
    if (this.#retry) return;
    const wait = error.retryAfter ? error.retryAfter * 1000 : RETRY;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#pump();
      this.#tellLoad();
    }, wait + Math.random() * RETRY / 2);
  }

  // Called when no request is running: cameras that are in no tile by now are
  // removed.
  #settle() {
    if (this.#jobs.size || (this.#queue.length && !this.#retry)) return;
    const removed = [...this.#gone.values()].filter((camera) => this.byId.get(camera.id) === camera);
    this.#gone.clear();
    for (const {id} of removed) this.byId.delete(id);
    this.#tellChange({removed});
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #keepFresh() {
    clearTimeout(this.#beat);
    if (document.hidden) return;
    if (this.#isTold) this.#wait();
    else this.refresh().then(() => this.#wait());
  }

  #wait() {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => this.#keepFresh(), REFRESH);
  }

  #tellChange({added = [], changed = [], removed = []}) {
    if (!added.length && !changed.length && !removed.length) return;
    this.dispatchEvent(new CustomEvent('change', {detail: {added, changed, removed}}));
  }

  #tellLoad() {
    const underWay = [...this.#jobs].filter(({signal}) => !signal.aborted).map(({tile}) => tile);
    const loading = !this.#retry && [...this.#queue, ...underWay].some((tile) => this.#tiles.isMissing(tile));
    const partial = this.#cover.some(({state}) => state === 'partial');
    const told = JSON.stringify([loading, partial, this.#error?.status, this.#error?.detail]);
    if (told === this.#told) return;
    this.#told = told;
    this.dispatchEvent(new CustomEvent('load', {detail: {loading, error: this.#error, partial}}));
  }
}
