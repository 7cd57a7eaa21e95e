// SPDX-License-Identifier: Apache-2.0
/**
 * The cameras of the map's view: loaded by tiles of a fixed grid, so that
 * moving the map asks for what is new only, kept up to date, and bounded.
 */
import {ancestorsOf, boxOf, contains, isWithin, keyOf, tilesOf} from './tiles.js';

// A tile is as wide as 1024 pixels of the map.
const ZOOM_OFFSET = 2;
const FIRST = 1000;
const LIMIT = 5000;
const MOST = 50000;
// Browsers open six connections to a server: two stay for those who watch.
const AT_ONCE = 4;
const REFRESH = 10000;
// What is older is asked for again as soon as it is shown.
const STALE = 30000;
const RETRY = 3000;
const MOST_RETRIES = 3;

// Of two features with the same id: whether anything differs.
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
 *   load    detail {loading, error, partial}: whether the view is being
 *           loaded; the ServerError that holds it up, or null; whether the
 *           view has more cameras than are loaded: zoom in
 */
export class Cameras extends EventTarget {
  #client;
  #filter = {roles: null, status: null};
  #roles = [];
  // By key: {z, x, y, key, box, list, state, shownAt, loadedAt, count, job};
  // state: missing, complete, partial (there is more than MOST).
  #tiles = new Map();
  // Those of the view, from its middle outwards.
  #cover = [];
  #view = null;
  #queue = [];
  #jobs = new Set();
  // What a tile has no more. It may have moved to one that is still loading,
  // so it goes when nothing is.
  #gone = new Map();
  #error = null;
  #failures = 0;
  #retry = null;
  #refresh = null;
  #beat = null;
  #whenIdle = [];
  #told = '';

  constructor(client) {
    super();
    this.#client = client;
    /** Map of id → camera: all that is loaded. */
    this.byId = new Map();
    document.addEventListener('visibilitychange', () => this.#keepFresh());
    this.#wait();
  }

  /** Every role ever seen, sorted. */
  get roles() {
    return this.#roles;
  }

  get filter() {
    return this.#filter;
  }

  /** roles: null (all) or an array of names; status: null (all) or one. */
  setFilter({roles = null, status = null}) {
    this.#filter = Object.freeze({roles: roles && [...roles].sort(), status});
    for (const job of this.#jobs) job.abort();
    const removed = [...this.byId.values()];
    this.#tiles.clear();
    this.#gone.clear();
    this.byId.clear();
    this.#tellChange({removed});
    if (this.#view) this.show(this.#view.box, this.#view.zoom);
  }

  /** The map shows this box now: loads what is missing, and only that. */
  show(box, zoom) {
    this.#view = {box, zoom};
    this.#cover = this.#filter.roles?.length === 0 ? []
      : tilesOf(box, Math.max(0, Math.round(zoom) - ZOOM_OFFSET)).map((at) => this.#tile(at));
    for (const tile of this.#cover) tile.shownAt = performance.now();
    this.#queue = [];
    for (const job of this.#jobs) {
      if (!this.#cover.includes(job.tile)) job.abort();
    }
    this.#prune();
    this.#want(this.#cover.filter((tile) => this.#isMissing(tile)));
    if (this.#cover.some((tile) => performance.now() - this.#loadedAt(tile) > STALE)) this.refresh();
  }

  /**
   * Asks whether anything in view has changed; the server is asked by itself
   * every 10 s. Resolves when it has answered, or failed to.
   */
  refresh() {
    this.#refresh ??= this.#askAgain().finally(() => {
      this.#refresh = null;
    });
    return this.#refresh;
  }

  /** The cameras in the box that was shown last. */
  inView() {
    if (!this.#view) return [];
    return [...this.byId.values()].filter((camera) => contains(this.#view.box, camera.geometry.coordinates));
  }

  #tile(at) {
    const key = keyOf(at);
    let tile = this.#tiles.get(key);
    if (!tile) {
      const box = boxOf(at);
      const {roles, status} = this.#filter;
      const list = this.#client.list({
        bbox: [box.west, box.south, box.east, box.north],
        ...(roles && {roles}),
        ...(status && {statuses: [status]}),
        first: FIRST,
        limit: LIMIT,
      });
      tile = {...at, key, box, list, state: 'missing', shownAt: 0, loadedAt: 0, count: 0, job: null};
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  #completeAncestors(tile) {
    return ancestorsOf(tile).map((at) => this.#tiles.get(keyOf(at)))
      .filter((found) => found?.state === 'complete');
  }

  #isMissing(tile) {
    return tile.state === 'missing' && !this.#completeAncestors(tile).length;
  }

  // Infinity for what is still to be loaded: that is not stale.
  #loadedAt(tile) {
    if (this.#isMissing(tile)) return Infinity;
    return Math.max(tile.loadedAt, ...this.#completeAncestors(tile).map((found) => found.loadedAt));
  }

  // A larger tile that one page holds is one request in place of many.
  #source(tile) {
    return this.#completeAncestors(tile).findLast(({count}) => count <= FIRST) ?? tile;
  }

  #askAgain() {
    if (!this.#cover.length) return Promise.resolve();
    this.#want([...new Set(this.#cover.map((tile) => this.#source(tile)))]);
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
    const job = new AbortController();
    job.tile = tile;
    tile.job = job;
    this.#jobs.add(job);
    try {
      await this.#read(tile, job.signal);
      this.#error = null;
      this.#failures = 0;
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
    this.#prune();
  }

  #merge(features, seen) {
    const added = [];
    const changed = [];
    for (const camera of features) {
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

  #addRole(role) {
    if (!this.#roles.includes(role)) this.#roles = [...this.#roles, role].sort();
  }

  // Whether these cameras fit in; drops what was not in view for longest.
  #makeRoom(features) {
    const isNew = ({id}) => !this.byId.has(id);
    const more = this.byId.size < MOST - LIMIT ? 0 : features.filter(isNew).length;
    while (more && this.byId.size + more > MOST) {
      if (!this.#dropOldest()) return false;
    }
    return true;
  }

  #dropOldest() {
    const [oldest] = [...this.#tiles.values()]
      .filter((tile) => !tile.job && !this.#cover.includes(tile))
      .sort((a, b) => a.shownAt - b.shownAt);
    if (!oldest) return false;
    this.#tiles.delete(oldest.key);
    const others = [...this.#tiles.values()].map(({box}) => box);
    const removed = [...this.byId.values()].filter(({geometry: {coordinates}}) => (
      isWithin(oldest.box, coordinates) && !others.some((box) => isWithin(box, coordinates))));
    for (const {id} of removed) this.byId.delete(id);
    this.#tellChange({removed});
    return true;
  }

  // Forgets tiles out of view that a larger one makes up for.
  #prune() {
    for (const tile of this.#tiles.values()) {
      if (!tile.job && !this.#cover.includes(tile) && this.#completeAncestors(tile).length) {
        this.#tiles.delete(tile.key);
      }
    }
  }

  #fail(error, tile) {
    this.#error = error;
    if (this.#cover.includes(tile)) this.#queue.unshift(tile);
    if (this.#retry) return;
    const wait = error.retryAfter ? error.retryAfter * 1000
      : RETRY * 2 ** Math.min(this.#failures, MOST_RETRIES);
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#pump();
      this.#tellLoad();
    }, wait + Math.random() * RETRY / 2);
  }

  // Once nothing is under way: what was not found in another tile is gone.
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
    this.refresh().then(() => this.#wait());
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
    const loading = !this.#retry && [...this.#queue, ...underWay].some((tile) => this.#isMissing(tile));
    const partial = this.#cover.some(({state}) => state === 'partial');
    const told = JSON.stringify([loading, partial, this.#error?.status, this.#error?.detail]);
    if (told === this.#told) return;
    this.#told = told;
    this.dispatchEvent(new CustomEvent('load', {detail: {loading, error: this.#error, partial}}));
  }
}
