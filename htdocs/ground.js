// SPDX-License-Identifier: Apache-2.0
/**
 * What lies below the cameras: coastlines and borders (basemap.js), and above them
 * the tiles of config.json. There may be several sets of tiles, of which one is
 * shown, and each may have other tiles for dark colours.
 */
import {loadCoast, textOnly} from './basemap.js';
import {Choice} from './choice.js';
import {strings} from './strings.js';
import {canDrawStreets, openStreets} from './streets.js';

// Tiles that neither come nor fail are as good as failed after this time.
const PATIENCE_MS = 8000;
// While tiles fail, one of them is tried again after this time, later less often.
const RETRY_MS = 15000;
const LONGEST_RETRY_MS = 120000;

/**
 * Events:
 *   tiles  detail {failing}: whether no tile can be loaded
 *   choose  another set is shown
 */
export class Ground extends EventTarget {
  #map;
  #sets;
  #turn;
  #chosen = null;
  #choice = null;
  #dark = matchMedia('(prefers-color-scheme: dark)');
  #layer = null;
  #coast = null;
  // Incremented with each layer: what comes late from an earlier one is ignored.
  #round = 0;
  #isFailing = false;
  #failed = null;
  #wait = RETRY_MS;
  #retry = null;
  #patience = null;

  /** @param turn  a promise: coastlines are not drawn before it is fulfilled */
  constructor(map, sets = [], turn = null) {
    super();
    this.#map = map;
    this.#sets = sets;
    this.#turn = turn;
    if (!sets.length) {
      this.#showCoast();
      return;
    }
    if (sets.length > 1) {
      this.#choice = new Choice({name: strings.map.grounds, choose: (index) => { this.chosen = index; }}).addTo(map);
    }
    this.chosen = 0;
    this.#dark.addEventListener('change', () => this.#show());
    addEventListener('online', () => this.#tryAgain());
  }

  /** The number of the set that is shown, from 0 on. A set that there is not is not chosen. */
  get chosen() {
    return this.#chosen ?? 0;
  }

  set chosen(index) {
    if (!this.#sets[index] || index === this.#chosen) return;
    this.#chosen = index;
    this.#choice?.show(this.#sets.map(({name}, at) => [at, name ?? strings.map.ground(at + 1)]), index);
    this.#show();
    this.dispatchEvent(new Event('choose'));
  }

  // Shows the chosen set in the colours of the moment.
  #show() {
    const set = this.#sets[this.#chosen];
    const round = ++this.#round;
    this.#layer?.remove();
    this.#layer = null;
    clearTimeout(this.#patience);
    if (set.pmtiles) this.#showStreets(set, round);
    else this.#showTiles(set, round);
  }

  #showTiles({url, dark = url, attribution = '', max_zoom: maxNativeZoom = 19}, round) {
    const layer = L.tileLayer(this.#dark.matches ? dark : url, {
      attribution: textOnly(attribution), maxNativeZoom, maxZoom: this.#map.getMaxZoom(), zIndex: 1,
    });
    let [good, bad] = [0, 0];
    const here = (tell) => (event) => {
      if (round === this.#round) tell(event);
    };
    // What has come for another place says nothing about this one.
    const begin = () => [good, bad] = [0, 0];
    this.#map.on('moveend', begin);
    layer.on('remove', () => this.#map.off('moveend', begin));
    layer.on('loading', here(() => {
      begin();
      clearTimeout(this.#patience);
      this.#patience = setTimeout(() => {
        if (!good) this.#fail();
      }, PATIENCE_MS);
    }));
    layer.on('tileload', here(() => {
      good += 1;
      this.#recover();
    }));
    layer.on('tileerror', here(({tile}) => {
      bad += 1;
      this.#failed = tile.src;
      this.#showCoast();
    }));
    layer.on('load', here(() => {
      clearTimeout(this.#patience);
      if (bad && !good) this.#fail();
    }));
    this.#layer = layer.addTo(this.#map);
  }

  async #showStreets(set, round) {
    // The file may cover only a part of the world: the rest has coastlines.
    this.#showCoast();
    if (!await canDrawStreets()) {
      console.warn(strings.config.noStreets);
      return;
    }
    const told = (isGood) => {
      if (round !== this.#round) return;
      if (isGood) this.#recover();
      else this.#fail();
    };
    try {
      const options = {maxZoom: this.#map.getMaxZoom(), zIndex: 1};
      const layer = await openStreets(set, {isDark: this.#dark.matches, options, told});
      if (round !== this.#round) return;
      this.#layer = layer.addTo(this.#map);
      this.#recover();
    } catch (error) {
      if (!this.#isFailing) console.warn(`${set.pmtiles}: ${error.message}`);
      told(false);
    }
  }

  async #showCoast() {
    this.#coast ??= loadCoast(this.#turn);
    const layer = await this.#coast;
    layer?.addTo(this.#map);
  }

  #fail() {
    this.#showCoast();
    if (!this.#isFailing) this.#tell(true);
    this.#retryLater();
  }

  #recover() {
    clearTimeout(this.#retry);
    this.#retry = null;
    this.#wait = RETRY_MS;
    if (this.#isFailing) this.#tell(false);
  }

  #tell(failing) {
    this.#isFailing = failing;
    this.dispatchEvent(new CustomEvent('tiles', {detail: {failing}}));
  }

  #retryLater() {
    if (this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#tryAgain();
    }, this.#wait);
    this.#wait = Math.min(2 * this.#wait, LONGEST_RETRY_MS);
  }

  // One request, not one for each tile of the map.
  async #tryAgain() {
    if (!this.#isFailing) return;
    clearTimeout(this.#retry);
    this.#retry = null;
    if (document.hidden) {
      this.#retryLater();
      return;
    }
    const round = this.#round;
    const isBack = this.#sets[this.#chosen].pmtiles || await canLoad(this.#failed);
    if (round !== this.#round) return;
    if (isBack) this.#show();
    else this.#retryLater();
  }
}

function canLoad(address) {
  return new Promise((resolve) => {
    const image = new Image();
    const isLate = setTimeout(() => resolve(false), PATIENCE_MS);
    const end = (isLoaded) => () => {
      clearTimeout(isLate);
      resolve(isLoaded);
    };
    image.onload = end(true);
    image.onerror = end(false);
    image.src = address ?? '';
  });
}
