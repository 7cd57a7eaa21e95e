// SPDX-License-Identifier: Apache-2.0
const SHORTEST = 2;
const PAUSE_MS = 250;
const AGAIN_MS = 10000;
const HITS = 50;
const isNumber = (text) => /^\d{1,10}$/.test(text);

/**
 * Search by name or number, all over the world: `text` ('' where nothing is searched for), `hits` (null until there are
 * any for this text), `more` (there are more than those), `error` (of the last request, or null).
 *
 * Event 'change': one of them is another now.
 */
export class Search extends EventTarget {
  text = '';
  hits = null;
  more = false;
  error = null;
  #client;
  #filter;
  #timer = null;
  #list = null;
  #request = null;

  /** @param filter  function: {roles, status} for now */
  constructor(input, client, filter) {
    super();
    this.#client = client;
    this.#filter = filter;
    input.addEventListener('input', () => this.#typed(input.value));
    this.#typed(input.value);
    setInterval(() => this.#again(), AGAIN_MS);
  }

  /** The filter is another now. */
  renew() {
    if (this.text) this.#start();
  }

  #typed(value) {
    const text = value.trim();
    clearTimeout(this.#timer);
    if ([...text].length < SHORTEST && !isNumber(text)) {
      if (!this.text) return;
      this.#request?.abort();
      Object.assign(this, {text: '', hits: null, more: false, error: null});
      this.dispatchEvent(new Event('change'));
    } else if (text !== this.text) {
      this.#timer = setTimeout(() => {
        this.text = text;
        this.#start();
      }, PAUSE_MS);
    }
  }

  #start() {
    const {roles, status} = this.#filter();
    if (roles?.length === 0) {
      this.#request?.abort();
      this.#list = null;
      this.#found([]);
      return;
    }
    this.#list = this.#client.list({
      q: this.text, first: HITS, limit: HITS,
      ...(roles && {roles}), ...(status && {statuses: [status]}),
    });
    this.#load();
  }

  /** Conditional requests: what has not changed costs little. */
  #again() {
    if (this.text && this.#list && !this.#request && !document.hidden) this.#load();
  }

  async #load() {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    try {
      for await (const {features, changed} of this.#list.load({signal: request.signal})) {
        if (request.signal.aborted) return;
        if (changed || !this.hits || this.error) this.#found(await this.#withNumber(features, request.signal));
        break;
      }
    } catch (error) {
      if (request.signal.aborted) return;
      this.error = error;
      this.dispatchEvent(new Event('change'));
    }
    if (this.#request === request) this.#request = null;
  }

  // The camera that has this number, whatever its name.
  async #withNumber(hits, signal) {
    const id = isNumber(this.text) ? Number(this.text) : null;
    if (!id || hits.some((hit) => hit.id === id)) return hits;
    const camera = await this.#client.camera(id, {signal});
    return camera ? [camera, ...hits] : hits;
  }

  #found(hits) {
    Object.assign(this, {hits, more: hits.length >= HITS, error: null});
    this.dispatchEvent(new Event('change'));
  }
}
