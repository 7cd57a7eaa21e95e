// SPDX-License-Identifier: Apache-2.0
/**
 * What the map and the list show: clusters that the server has counted, and cameras. One answer covers the visible box
 * and a little around it, at one zoom; an answer without clusters has all cameras of its area, and is good for every
 * zoom. All is kept up to date: the server tells what changes, or else is asked every 10 s. What is shown stays until
 * the next answer is there. A server without a catalogue has no clusters: then the first cameras are shown.
 */
import {Answers, isCluster, queryOf} from './answers.js';
import {Seen, withStatus} from './seen.js';
import {areaOf, contains, isInside, widen} from './tiles.js';

// The most cameras of the list, where the map has clusters.
const LISTED = 100;
const REFRESH = 10000;
const RETRY = 3000;
// After a change, clusters are asked for again within this time, so that many clients do not ask at once.
const SOON = 250;
// At least so long after the answer before: ten times as long as that answer took, within these limits.
const LEAST_PAUSE = 1000;
const MOST_PAUSE = 10000;
// Changes of a box that is so many zooms larger would be told for nothing.
const FAR_ZOOMS = 3;

const STATUSES = ['online', 'offline', 'unknown'];

// Whether two versions of a feature are equal.
function isSame(a, b) {
  const [p, q] = [a.properties, b.properties];
  const names = Object.keys(q);
  return a.geometry.coordinates[0] === b.geometry.coordinates[0]
    && a.geometry.coordinates[1] === b.geometry.coordinates[1]
    && names.length === Object.keys(p).length
    && names.every((name) => p[name] === q[name]);
}

const idsOf = (cameras) => new Set(cameras.map(({id}) => id));

/**
 * Events:
 *   change  detail {added, changed, removed}: arrays of cameras of byId. `features` may have changed as well
 *   load    detail {loading, error, partial}: whether the visible box is being
 *           loaded; the ServerError that delays it, or null; whether the box has
 *           more cameras than are shown, because the server has no clusters
 */
export class Cameras extends EventTarget {
  #client;
  #answers;
  #filter = {roles: null, status: null, playable: false};
  #roles = [];
  // {box, zoom}
  #view = null;
  // The last one of Answers, with the `ids` of its cameras.
  #area = null;
  // The cameras in the visible box, where the area has clusters: {key, list, ids, isCut}.
  #listed = null;
  // id → a camera that stays known, or undefined as long as nothing is known of it.
  #kept = new Map();
  // The AbortController of what is being asked: {news, isFresh, done}.
  #job = null;
  #error = null;
  #retry = null;
  #renewal = null;
  #beat = null;
  // When the last answer came, and how long it took.
  #answered = {at: -Infinity, took: 0};
  // The AbortController of the changes that are followed, with their `box` and `zoom`.
  #follower = null;
  #canFollow = true;
  // Whether the server tells all changes of the visible box.
  #isTold = false;
  #told = '';
  #seen = new Seen();

  constructor(client) {
    super();
    this.#client = client;
    this.#answers = new Answers(client);
    /** Map of id → camera: all that are known one by one. */
    this.byId = new Map();
    document.addEventListener('visibilitychange', () => this.#keepFresh());
    this.#wait();
  }

  /** Every role that is known, sorted. */
  get roles() {
    return this.#roles;
  }

  get filter() {
    return this.#filter;
  }

  /** What the map shows: cameras, and clusters as docs/api.md describes them. */
  get features() {
    if (!this.#area) return [];
    if (this.#area.isComplete) return [...this.byId.values()];
    return this.#area.features.flatMap((feature) => (isCluster(feature) ? feature : this.byId.get(feature.id) ?? []));
  }

  /** roles: null (all) or an array of names; status: null (all) or one; playable: only what every browser plays. */
  setFilter({roles = null, status = null, playable = false}) {
    this.#filter = Object.freeze({roles: roles && [...roles].sort(), status, playable});
    this.#job?.abort();
    this.#stopRetry();
    this.#unfollow();
    this.#area = null;
    this.#listed = null;
    const removed = [...this.byId.values()];
    this.byId.clear();
    this.#tellChange({removed});
    if (this.#view) this.#look();
  }

  /** Loads what is missing in a box. Must be called when the map shows another box. */
  show(box, zoom) {
    this.#view = {box, zoom: Math.max(0, Math.round(zoom))};
    if (this.#retry) this.#tellLoad();
    else this.#look();
  }

  /** ids: cameras of which changes are told wherever the map is; cameras: those of them that are known. */
  keep(ids, cameras = []) {
    this.#kept = new Map(ids.map((id) => [id, cameras.find((camera) => camera.id === id)]));
  }

  /**
   * Asks the server whether anything in the visible box has changed. This also
   * happens every 10 s if the server does not tell changes. Resolves when the server has answered or failed.
   */
  async refresh() {
    if (!this.#view || this.#retry) return;
    this.#look(true);
    while (this.#job) await this.#job.done;
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

  /** The known cameras in the box that was shown last: all of them, if there are not very many. */
  inView() {
    if (!this.#view) return [];
    return [...this.byId.values()].filter((camera) => contains(this.#view.box, camera.geometry.coordinates));
  }

  /** How many cameras are in the box that was shown last: {total, online, offline, unknown}. */
  counts() {
    const counts = {total: 0, online: 0, offline: 0, unknown: 0};
    const isAll = this.#listed && this.#listed.key === this.#key() && !this.#listed.isCut;
    const seen = isAll || !this.#view ? this.inView()
      : this.features.filter(({geometry}) => contains(this.#view.box, geometry.coordinates));
    for (const {properties} of seen) {
      counts.total += properties.count ?? 1;
      for (const status of STATUSES) counts[status] += properties[status] ?? Number(properties.status === status);
    }
    return counts;
  }

  // ---- Asking ----

  // isFresh: asks for the area although it is known.
  #look(isFresh = false) {
    const job = Object.assign(new AbortController(), {news: [], isFresh: isFresh || Boolean(this.#job?.isFresh)});
    this.#job?.abort();
    this.#job = job;
    job.done = this.#run(job);
    this.#tellLoad();
  }

  async #run(job) {
    const {isFresh} = job;
    try {
      if (isFresh || !this.#isCovered()) await this.#loadArea(job);
      await this.#loadList(job, isFresh);
      this.#error = null;
    } catch (error) {
      if (!job.signal.aborted) this.#fail(error);
    }
    if (this.#job !== job) return;
    this.#job = null;
    this.#tellLoad();
  }

  #isCovered() {
    if (!this.#area || !isInside(this.#view.box, this.#area.box)) return false;
    return this.#area.isComplete || this.#area.zoom === this.#view.zoom;
  }

  async #loadArea(job) {
    const {zoom} = this.#view;
    const known = this.#isCovered() ? this.#area : {box: areaOf(this.#view.box, zoom), zoom};
    const start = performance.now();
    clearTimeout(this.#renewal);
    this.#renewal = null;
    const area = await this.#answers.ask(known, this.#filter, job.signal);
    job.signal.throwIfAborted();
    this.#answered = {at: performance.now(), took: performance.now() - start};
    job.isFresh = false;
    this.#takeArea(area);
    // The answer may be older than what was told meanwhile.
    for (const news of job.news.splice(0)) this.#apply(news);
    this.#follow();
  }

  #key() {
    return JSON.stringify(this.#view.box);
  }

  async #loadList(job, isFresh) {
    if (!this.#area.features.some(isCluster)) {
      this.#listed = null;
      return;
    }
    const key = this.#key();
    const before = this.#listed?.key === key ? this.#listed : null;
    if (before && !isFresh) return;
    const list = before?.list ?? this.#client.list({...queryOf(this.#filter, this.#view.box), limit: LISTED});
    // Only the first page.
    const {value: page} = await list.load({signal: job.signal}).next();
    job.signal.throwIfAborted();
    this.#listed = {key, list, ids: idsOf(page.features), isCut: page.more};
    this.#update(page.features);
    for (const news of job.news.splice(0)) this.#apply(news);
  }

  #fail(error) {
    this.#error = error;
    const wait = error.retryAfter ? error.retryAfter * 1000 : RETRY;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#look(true);
    }, wait + Math.random() * RETRY / 2);
  }

  #stopRetry() {
    clearTimeout(this.#retry);
    this.#retry = null;
  }

  // ---- What is known ----

  #takeArea(area) {
    const isOther = area.source !== this.#area?.source;
    this.#area = {...area, ids: idsOf(area.features.filter((feature) => !isCluster(feature)))};
    if (area.roles) this.#roles = [...area.roles].sort();
    if (area.isComplete) this.#listed = null;
    this.#update(area.features.filter(({id}) => this.#area.ids.has(id)), isOther);
  }

  // These cameras are known now; what is in no answer any more is not. isOther: the features are others.
  #update(cameras, isOther = false) {
    const added = [];
    const changed = [];
    for (const told of cameras) {
      const camera = this.#seen.see(told);
      const before = this.byId.get(camera.id);
      if (before === camera) continue;
      this.byId.set(camera.id, camera);
      if (!before) added.push(camera);
      else if (!isSame(before, camera)) changed.push(camera);
      this.#addRole(camera.properties.role);
    }
    const removed = [...this.byId.values()].filter((camera) => !this.#isKnown(camera));
    for (const {id} of removed) this.byId.delete(id);
    this.#tellChange({added, changed, removed}, isOther);
  }

  #isKnown({id, geometry}) {
    if (this.#area.ids.has(id) || this.#listed?.ids.has(id)) return true;
    return this.#kept.has(id) && !(this.#area.isComplete && contains(this.#area.box, geometry.coordinates));
  }

  #addRole(role) {
    if (!this.#roles.includes(role)) this.#roles = [...this.#roles, role].sort();
  }

  // ---- Changes ----

  // Follows the changes of the area and its surroundings, once an answer has said that this is possible.
  #follow() {
    if (!this.#canFollow || !this.#client.hasChanges || this.#filter.roles?.length === 0) return;
    const {box, zoom} = this.#area;
    const before = this.#follower;
    if (before && zoom - before.zoom <= FAR_ZOOMS && isInside(box, before.box)) return;
    this.#unfollow();
    this.#follower = Object.assign(new AbortController(), {box: widen(box), zoom});
    this.#listen(this.#follower);
  }

  #unfollow() {
    this.#follower?.abort();
    this.#follower = null;
    this.#isTold = false;
  }

  async #listen({box, signal}) {
    const {playable, ...query} = queryOf(this.#filter, box);
    const onState = (isTold) => { if (!signal.aborted) this.#isTold = isTold; };
    try {
      for await (const news of this.#client.changes({...query, signal, onState})) {
        if (signal.aborted) return;
        this.#hear(news);
      }
    } catch {
      // From now on the page asks every 10 s.
      if (!signal.aborted) this.#giveUp();
    }
  }

  #hear(news) {
    if (news.reset) {
      // What was loaded before changes are told may be older than the first of them.
      if (!this.#retry) this.#look(true);
      return;
    }
    this.#job?.news.push(news);
    this.#apply(news);
    if (!this.#area?.isComplete) this.#renewSoon();
  }

  // Clusters have to be counted again.
  #renewSoon() {
    const {at, took} = this.#answered;
    const pause = Math.min(MOST_PAUSE, Math.max(LEAST_PAUSE, 10 * took));
    const wait = Math.max(Math.random() * SOON, at + pause - performance.now());
    this.#renewal ??= setTimeout(() => {
      this.#renewal = null;
      if (!this.#retry) this.#look(true);
    }, wait);
  }

  #giveUp() {
    this.#unfollow();
    this.#canFollow = false;
  }

  #apply({changed, gone, status, since = {}}) {
    if (!this.#area) return;
    const {isComplete, box, ids} = this.#area;
    const isHere = ({id, geometry: {coordinates}}) => (isComplete && contains(box, coordinates))
      || (this.byId.has(id) && (!isComplete || this.#kept.has(id)));
    const isWanted = (camera) => (!this.#filter.playable || camera.properties.playable) && isHere(camera);
    const known = changed.filter(isWanted);
    const lost = changed.filter((camera) => !known.includes(camera)).map(({id}) => id);
    for (const id of [...gone, ...lost]) {
      ids.delete(id);
      this.#listed?.ids.delete(id);
    }
    for (const id of gone) this.#kept.delete(id);
    if (isComplete) for (const {id} of known) ids.add(id);
    const renewed = Object.entries(status).flatMap(([word, of]) => of
      .map((id) => this.byId.get(id) ?? this.#kept.get(id)).filter(Boolean)
      .map((camera) => withStatus(camera, word, since[camera.id])));
    // They are in a cluster.
    const aside = [...changed, ...renewed].filter(({id}) => this.#kept.has(id) && !this.byId.has(id) && !ids.has(id));
    for (const camera of aside) this.#kept.set(camera.id, camera);
    this.#update([...known, ...renewed].filter((camera) => !aside.includes(camera)));
    this.#tellChange({changed: aside});
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

  #tellChange({added = [], changed = [], removed = []}, isOther = false) {
    if (!isOther && !added.length && !changed.length && !removed.length) return;
    this.dispatchEvent(new CustomEvent('change', {detail: {added, changed, removed}}));
  }

  #tellLoad() {
    const loading = Boolean(this.#job) && !this.#isCovered();
    const partial = Boolean(this.#area?.isCut);
    const told = JSON.stringify([loading, partial, this.#error?.status, this.#error?.detail]);
    if (told === this.#told) return;
    this.#told = told;
    this.dispatchEvent(new CustomEvent('load', {detail: {loading, error: this.#error, partial}}));
  }
}
