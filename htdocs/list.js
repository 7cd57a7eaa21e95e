// SPDX-License-Identifier: Apache-2.0
import {setText} from './dom.js';
import {Filters} from './filters.js';
import {Legend} from './legend.js';
import {Rows} from './rows.js';
import {Search} from './search.js';
import {strings} from './strings.js';

const MOST = 100;
// A delay, because a screen reader would announce each change of a live region while cameras are loading.
const NOTE_MS = 400;

const collator = new Intl.Collator(undefined, {numeric: true});
const byName = (a, b) => collator.compare(a.properties.name, b.properties.name) || a.id - b.id;

/**
 * The first cameras by name. Character codes select them, and only the selected ones are collated: collating
 * 20,000 names at each move of the map would take too long.
 */
export function firstByName(cameras, most) {
  if (cameras.length <= most) return [...cameras].sort(byName);
  const chosen = [];
  for (const camera of cameras) {
    const key = camera.properties.name.toLowerCase();
    if (chosen.length === most) {
      if (key >= chosen[most - 1].key) continue;
      chosen.pop();
    }
    let low = 0;
    let high = chosen.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (chosen[middle].key <= key) low = middle + 1;
      else high = middle;
    }
    chosen.splice(low, 0, {key, camera});
  }
  return chosen.map(({camera}) => camera).sort(byName);
}

function withKept(cameras, kept) {
  if (!kept || cameras.includes(kept)) return cameras;
  return [...cameras.slice(0, MOST - 1), kept].sort(byName);
}

/**
 * The list beside the map: the visible cameras, or the results of a search.
 *
 * Events: 'choose' detail {camera, add, found} (found: a search has found it, so it may be anywhere),
 * 'error' detail {error} (of the search; null: the search works).
 */
export class List extends EventTarget {
  #cameras;
  #rows;
  #search;
  #filters;
  #note = document.getElementById('list-note');
  #list = document.getElementById('cameras');
  #legend;
  #frame = null;
  #noteTimer = null;
  #loading = true;
  #partial = false;

  constructor({client, cameras}) {
    super();
    this.#cameras = cameras;
    this.#rows = new Rows(this.#list, client);
    const filters = new Filters(cameras);
    this.#filters = filters;
    const search = new Search(document.getElementById('search'), client, () => filters.value);
    this.#search = search;
    this.#list.addEventListener('click', (event) => this.#clicked(event));
    for (const id of ['status', 'roles', 'playable']) {
      document.getElementById(id).addEventListener('change', () => search.renew());
    }
    document.getElementById('search').addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && search.hits?.length) this.#list.querySelector('button').click();
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      this.#rows.focusFirst();
    });
    search.addEventListener('change', () => {
      this.update();
      this.dispatchEvent(new CustomEvent('error', {detail: {error: search.error}}));
    });
    cameras.addEventListener('change', () => this.update());
    cameras.addEventListener('load', ({detail}) => {
      this.#loading = detail.loading;
      this.#partial = detail.partial;
      this.update();
    });
    this.#legend = new Legend(cameras, search, () => this.restore({roles: null}));
    this.update();
  }

  /** @param ids  Set of the cameras that play */
  mark(ids) {
    this.#rows.mark(ids);
  }

  /** Shows what an address says: the text of the search, and the filters. */
  restore({q, status, roles, playable}) {
    const input = document.getElementById('search');
    this.#filters.restore({status, roles, playable});
    input.value = q ?? '';
    input.dispatchEvent(new Event('input', {bubbles: true}));
    this.#search.renew();
    this.update();
  }

  /** Draws soon, so that several changes are drawn at once. */
  update() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
  }

  #draw() {
    const {text, hits} = this.#search;
    this.#legend.draw(!this.#loading, this.#isFiltered());
    if (!text) {
      const inView = this.#cameras.inView();
      this.#rows.show(withKept(firstByName(inView, MOST), this.#kept()));
      this.#say(this.#wordsInView(this.#cameras.counts().total));
    } else if (hits) {
      // The loaded camera is newer than the search result.
      this.#rows.show(hits.map((hit) => this.#cameras.newest(hit)), text);
      this.#say(hits.length ? strings.list.found(hits.length, this.#search.more)
        : strings.list.nothing(this.#isFiltered()));
    } else {
      this.#say(strings.list.searching);
    }
  }

  // A row stays in the list although the map has become smaller because of the wall, if the row has the focus, or if
  // it opened the tile that has the focus.
  #kept() {
    const holder = document.activeElement?.closest('#cameras [data-id], .tile');
    return holder && this.#cameras.byId.get(Number(holder.dataset.id));
  }

  #isFiltered() {
    const {roles, status, playable} = this.#cameras.filter;
    return Boolean(roles || status || playable);
  }

  #wordsInView(total) {
    if (!total && this.#loading) return strings.list.loading;
    if (!total && this.#isFiltered()) return strings.list.nothing(true);
    return this.#partial ? strings.list.partial(total) : strings.list.inView(total, MOST);
  }

  #say(text) {
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => setText(this.#note, text), NOTE_MS);
  }

  #clicked(event) {
    const button = event.target.closest('button');
    const camera = button && this.#rows.get(Number(button.dataset.id));
    if (!camera) return;
    const add = event.ctrlKey || event.metaKey || event.shiftKey;
    this.dispatchEvent(new CustomEvent('choose', {detail: {camera, add, found: Boolean(this.#search.text)}}));
  }
}
