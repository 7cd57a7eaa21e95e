// SPDX-License-Identifier: Apache-2.0
import {strings} from './strings.js';

const PREFIX = '#camera=';
const says = strings.hash;
const isId = (text) => /^\d+$/.test(text) && Number(text) > 0 && Number.isSafeInteger(Number(text));

/**
 * Parses a hash such as "#camera=42,7,9".
 * @returns {{ids: number[]|null, problem: string|null}} ids is null if the hash is to be ignored
 */
export function parseHash(hash, most) {
  if (hash === '' || hash === '#') return {ids: [], problem: null};
  if (!hash.startsWith(PREFIX)) return {ids: null, problem: says.nonsense};
  const parts = hash.slice(PREFIX.length).replaceAll(/%2c/gi, ',').split(',');
  const ids = [...new Set(parts.filter(isId).map(Number))];
  if (!ids.length) return {ids: null, problem: says.nonsense};
  if (ids.length > most) return {ids: ids.slice(0, most), problem: says.many(most)};
  return {ids, problem: parts.every(isId) ? null : says.some};
}

/** The hash for these ids; "" for none. */
export const formatHash = (ids) => (ids.length ? PREFIX + ids.join(',') : '');

/**
 * The cameras in the address. Event 'change': the user has edited the address or gone back.
 */
export class Route extends EventTarget {
  #wanted = location.hash;
  #going = false;

  constructor() {
    super();
    // Chromium fires no hashchange if the query differs as well; popstate is fired for both.
    addEventListener('popstate', () => this.#changed());
  }

  /** Must be called when the page opens or closes a camera. The back button then undoes that. */
  write(hash) {
    this.#wanted = hash;
    if (this.#going || hash === location.hash) return;
    // Closing the camera that was just opened goes back, because otherwise history would grow with each camera.
    if (history.state?.before === hash) {
      this.#going = true;
      history.back();
      return;
    }
    const state = {before: location.hash};
    history.pushState(state, '', hash || location.pathname + location.search);
  }

  /** Must be called when the order of the cameras has changed, which is no step to go back to. */
  replace(hash) {
    this.#wanted = hash;
    if (!this.#going && hash !== location.hash) history.replaceState(history.state, '', hash);
  }

  #changed() {
    if (this.#going) {
      this.#going = false;
      // Another camera was opened meanwhile.
      this.write(this.#wanted);
    } else if (location.hash !== this.#wanted) {
      this.#wanted = location.hash;
      this.dispatchEvent(new Event('change'));
    }
  }
}
