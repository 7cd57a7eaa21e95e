// SPDX-License-Identifier: Apache-2.0
/**
 * The known tiles. A tile needs no request while a larger tile that contains it is
 * complete.
 */
import {ancestorsOf, boxOf, isWithin, keyOf} from './tiles.js';

/**
 * Tiles are {z, x, y, key, box, list, state, shownAt, loadedAt, count, job}:
 *   list      the List that loads its cameras
 *   state     missing, complete, or partial: not all of its cameras fit in
 *   shownAt, loadedAt  milliseconds as of performance.now()
 *   count     how many cameras it has
 *   job       AbortController while it is loading, else null
 */
export class TileStore {
  #tiles = new Map();

  /** The tile {z, x, y}; listOf(box) makes the list of a new one. */
  get(at, listOf) {
    const key = keyOf(at);
    let tile = this.#tiles.get(key);
    if (!tile) {
      const box = boxOf(at);
      const times = {shownAt: 0, loadedAt: 0};
      tile = {...at, ...times, key, box, list: listOf(box), state: 'missing', count: 0, job: null};
      this.#tiles.set(key, tile);
    }
    return tile;
  }

  clear() {
    this.#tiles.clear();
  }

  isMissing(tile) {
    return tile.state === 'missing' && !this.#completeAncestors(tile).length;
  }

  /** When the cameras of a tile were loaded; Infinity for a missing tile. */
  loadedAt(tile) {
    if (this.isMissing(tile)) return Infinity;
    return Math.max(tile.loadedAt, ...this.#completeAncestors(tile).map((found) => found.loadedAt));
  }

  /** Makes all tiles look old, so that they are requested again when they are shown. */
  expire() {
    for (const tile of this.#tiles.values()) tile.loadedAt = -Infinity;
  }

  /** Whether a position is in a tile that was loaded. */
  covers(coordinates) {
    return [...this.#tiles.values()].some(({state, box}) => state !== 'missing' && isWithin(box, coordinates));
  }

  /** The largest complete tile that contains this one and has at most this many cameras, or the tile itself. */
  largest(tile, most) {
    return this.#completeAncestors(tile).findLast(({count}) => count <= most) ?? tile;
  }

  /** Forgets tiles that a larger tile contains, except those to keep. */
  prune(keep) {
    for (const tile of this.#tiles.values()) {
      if (!tile.job && !keep.includes(tile) && this.#completeAncestors(tile).length) {
        this.#tiles.delete(tile.key);
      }
    }
  }

  /**
   * Forgets the tile that was shown least recently, except tiles to keep. Returns
   * a function that says whether a camera of that tile is in no other tile; null
   * if there is nothing to forget.
   */
  forgetOldest(keep) {
    const [oldest] = [...this.#tiles.values()]
      .filter((tile) => !tile.job && !keep.includes(tile))
      .sort((a, b) => a.shownAt - b.shownAt);
    if (!oldest) return null;
    this.#tiles.delete(oldest.key);
    const others = [...this.#tiles.values()];
    return ({geometry: {coordinates}}) => isWithin(oldest.box, coordinates)
      && !others.some(({box}) => isWithin(box, coordinates));
  }

  #completeAncestors(tile) {
    return ancestorsOf(tile).map((at) => this.#tiles.get(keyOf(at)))
      .filter((found) => found?.state === 'complete');
  }
}
