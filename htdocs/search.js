// SPDX-License-Identifier: Apache-2.0
const PAUSE_MS = 250;
const AGAIN_MS = 10000;
const HITS = 50;
// A search for the cameras that see a spot.
const SPOT = /^sees:\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)$/;

/** The text of a search for the cameras that see a spot, in degrees. */
export const spotText = ({latitude, longitude}) => `sees:${longitude.toFixed(6)},${latitude.toFixed(6)}`;

const queryOf = (text) => {
  const spot = SPOT.exec(text);
  return spot ? {sees: spot.slice(1)} : {q: text};
};

/**
 * Searches all cameras by name or number, or by a spot that they see: `text` ('' if there is no search), `hits` (null until the results for this
 * text are there), `more` (whether there are more results), `error` (of the last request, or null).
 *
 * Event 'change': one of these has changed.
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

  /** @param filter  function that returns the current {roles, status} */
  constructor(input, client, filter) {
    super();
    this.#client = client;
    this.#filter = filter;
    input.addEventListener('input', () => this.#typed(input.value));
    this.#typed(input.value);
    setInterval(() => this.#again(), AGAIN_MS);
  }

  /** Must be called when the filter has changed. */
  renew() {
    if (this.text) this.#start();
  }

  #typed(value) {
    const text = value.trim();
    clearTimeout(this.#timer);
    if (!text) {
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
    const {roles, status, playable} = this.#filter();
    if (roles?.length === 0) {
      this.#request?.abort();
      this.#list = null;
      this.#found([]);
      return;
    }
    this.#list = this.#client.list({
      ...queryOf(this.text), first: HITS, limit: HITS, ...(playable && {playable}),
      ...(roles && {roles}), ...(status && {statuses: [status]}),
    });
    this.#load();
  }

  /** Asks again. The requests are conditional, so an unchanged result costs little. */
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
        if (changed || !this.hits || this.error) this.#found(features);
        break;
      }
    } catch (error) {
      if (request.signal.aborted) return;
      this.error = error;
      this.dispatchEvent(new Event('change'));
    }
    if (this.#request === request) this.#request = null;
  }

  #found(hits) {
    Object.assign(this, {hits, more: hits.length >= HITS, error: null});
    this.dispatchEvent(new Event('change'));
  }
}
